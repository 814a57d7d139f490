//! The Jiandaoyun sink against the conformance suite.
crossdock_testkit::conformance!(crossdock_jiandaoyun::Jiandaoyun);
