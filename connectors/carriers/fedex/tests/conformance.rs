//! The conformance suite for FedEx.

crossdock_testkit::conformance!(crossdock_fedex::Fedex);
