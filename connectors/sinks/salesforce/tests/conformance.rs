//! The Salesforce sink against the conformance suite.
crossdock_testkit::conformance!(crossdock_salesforce::Salesforce);
