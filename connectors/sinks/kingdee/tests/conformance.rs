//! The Kingdee sink against the conformance suite.
crossdock_testkit::conformance!(crossdock_kingdee::Kingdee);
