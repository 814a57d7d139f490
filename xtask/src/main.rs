//! Build and test tooling.
fn main() {}
