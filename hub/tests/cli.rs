//! The command as people and programs call it: the built binary, its output, its exit codes.

mod cli {
    pub(crate) mod bench;
    mod config;
    mod connectors;
    mod files;
    mod running;
}
