//! The suite every connector passes.

crossdock_testkit::conformance!(crossdock_sheet::Sheet);
