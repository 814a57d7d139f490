//! The DingTalk bot against the conformance suite.
crossdock_testkit::conformance!(crossdock_dingtalk::Dingtalk);
