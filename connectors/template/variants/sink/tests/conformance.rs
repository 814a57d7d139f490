//! Acme against the conformance suite.
crossdock_testkit::conformance!(crossdock_acme::Acme);
