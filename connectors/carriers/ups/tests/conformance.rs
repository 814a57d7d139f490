//! The conformance suite for UPS.

crossdock_testkit::conformance!(crossdock_ups::Ups);
