//! The conformance suite over this connector.

crossdock_testkit::conformance!(crossdock_jd::Jd);
