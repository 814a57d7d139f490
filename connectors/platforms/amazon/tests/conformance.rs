//! Amazon against the conformance suite.

crossdock_testkit::conformance!(crossdock_amazon::Amazon);
