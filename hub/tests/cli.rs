//! The command as people and programs call it: the built binary, its output, its exit codes.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests may fail as tests do"
)]

mod cli {
    pub(crate) mod bench;
    mod config;
    mod connectors;
    mod enrich;
    mod files;
    mod privacy;
    mod running;
}
