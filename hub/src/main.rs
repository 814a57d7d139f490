//! The binary. Everything it does is in the library, so that tests and other programs can do the same.

// Captures are made on one thread and let go on another, all day long: the system's allocator spends a third of the
// processor on that.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    crossdock::cli::main()
}
