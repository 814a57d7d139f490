//! The conformance suite for USPS.

crossdock_testkit::conformance!(crossdock_usps::Usps);
