//! The command `crossdock` once more, as a binary of this package: cargo then builds it for these tests and tells
//! them where it is. It is the same one line as the real one; a house rule compares them.

fn main() -> std::process::ExitCode {
    crossdock::cli::main()
}
