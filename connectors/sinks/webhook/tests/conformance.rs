//! The webhook sink against the conformance suite.
crossdock_testkit::conformance!(crossdock_webhook::Webhook);
