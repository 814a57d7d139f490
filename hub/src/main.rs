//! The binary. Everything it does is in the library, so that tests and other programs can do the same.

fn main() -> std::process::ExitCode {
    crossdock::cli::main()
}
