//! The conformance suite over this connector.

crossdock_testkit::conformance!(crossdock_taobao::Taobao);
