//! The conformance suite for JD Logistics.

crossdock_testkit::conformance!(crossdock_jd_logistics::JdLogistics);
