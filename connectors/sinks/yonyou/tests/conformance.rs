//! The Yonyou sink against the conformance suite.
crossdock_testkit::conformance!(crossdock_yonyou::Yonyou);
