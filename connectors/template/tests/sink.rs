//! The sink variant against the conformance suite.
crossdock_testkit::conformance!(crossdock_template::acme_sink::Acme, folder = "variants/sink");
