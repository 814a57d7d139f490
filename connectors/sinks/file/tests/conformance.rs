//! The file sink against the conformance suite.
crossdock_testkit::conformance!(crossdock_file::File);
