//! The WeCom bot against the conformance suite.
crossdock_testkit::conformance!(crossdock_wecom::Wecom);
