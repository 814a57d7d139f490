//! The carrier variant against the conformance suite.
crossdock_testkit::conformance!(crossdock_template::acme_carrier::Acme, folder = "variants/carrier");
