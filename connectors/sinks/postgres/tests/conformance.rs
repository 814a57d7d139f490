//! The PostgreSQL sink against the conformance suite.
crossdock_testkit::conformance!(crossdock_postgres::Postgres);
