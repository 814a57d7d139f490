//! The conformance suite for ZTO Express.

crossdock_testkit::conformance!(crossdock_zto::Zto);
