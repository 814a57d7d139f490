//! The conformance suite for Kuaidi100.

crossdock_testkit::conformance!(crossdock_kuaidi100::Kuaidi100);
