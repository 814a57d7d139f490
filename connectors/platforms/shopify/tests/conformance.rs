//! The conformance suite over the fixtures of this connector.

crossdock_testkit::conformance!(crossdock_shopify::Shopify);
