//! The HubSpot sink against the conformance suite.
crossdock_testkit::conformance!(crossdock_hubspot::Hubspot);
