//! The Qimen sink against the conformance suite.
crossdock_testkit::conformance!(crossdock_qimen_wms::QimenWms);
