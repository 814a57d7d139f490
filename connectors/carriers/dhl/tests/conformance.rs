//! The conformance suite for DHL.

crossdock_testkit::conformance!(crossdock_dhl::Dhl);
