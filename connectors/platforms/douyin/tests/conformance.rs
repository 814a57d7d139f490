//! The conformance suite over the fixtures of this connector.

crossdock_testkit::conformance!(crossdock_douyin::Douyin);
