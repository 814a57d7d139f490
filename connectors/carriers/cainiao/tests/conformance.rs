//! The conformance suite for Cainiao.

crossdock_testkit::conformance!(crossdock_cainiao::Cainiao);
