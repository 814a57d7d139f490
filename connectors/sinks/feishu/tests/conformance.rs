//! The Feishu bot against the conformance suite.
crossdock_testkit::conformance!(crossdock_feishu::Feishu);
