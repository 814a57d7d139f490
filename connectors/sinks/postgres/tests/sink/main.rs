//! The sink against a real PostgreSQL: what stands in its tables, and what is said when it cannot.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a helper of a test fails as the test itself does"
)]

mod events;
mod failures;
mod login;
mod rows;
mod shuffled;
mod site;
mod tables;
