//! The conformance suite over this connector.

crossdock_testkit::conformance!(crossdock_pinduoduo::Pinduoduo);
