//! EDI against the conformance suite.

crossdock_testkit::conformance!(crossdock_edi::Edi);
