//! The Odoo sink against the conformance suite.
crossdock_testkit::conformance!(crossdock_odoo::Odoo);
