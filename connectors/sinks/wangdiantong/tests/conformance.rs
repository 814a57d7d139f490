//! The Wangdiantong sink against the conformance suite.
crossdock_testkit::conformance!(crossdock_wangdiantong::Wangdiantong);
