//! The platform variant against the conformance suite.
crossdock_testkit::conformance!(crossdock_template::acme_platform::Acme, folder = "variants/platform");
