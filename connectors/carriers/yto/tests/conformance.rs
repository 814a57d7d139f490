//! The conformance suite for YTO Express.

crossdock_testkit::conformance!(crossdock_yto::Yto);
