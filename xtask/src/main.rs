//! Build and test tooling: `cargo xtask test` and `cargo xtask ci`.
//!
//! Everything that CI does can be run by anybody with the same command. A check that cannot run fails and says what
//! is missing; nothing is skipped in silence.

mod audit;
mod ci;
mod clients;
mod configs;
mod licence;
mod nats;
mod postgres;
mod schemas;
mod shell;
mod test;

use std::process::ExitCode;

use shell::{Outcome, say};

const HELP: &str = "\
cargo xtask <command>

  ci        everything that must hold: the steps below, in this order
  fmt       rustfmt --check
  clippy    lints, warnings are errors
  docs      rustdoc, broken links are errors
  audit     licences, sources and banned crates of the dependencies (deny.toml)
  schemas   the checked-in schemas are those that the types say
  configs   `crossdock check` on every configuration that ships
  demo      a short `crossdock demo`
  test      builds everything, provides what tests need (below), runs doc tests, then all other tests

  nats      provides nats-server and prints its path
  postgres  provides PostgreSQL and prints the folder of its programs
  clients   provides Python and Node for the programs of subscribers, and prints where they are";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match run(&words) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("xtask: {error}"));
            ExitCode::FAILURE
        }
    }
}

fn run(words: &[String]) -> Outcome {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        [] | ["help" | "--help" | "-h"] => {
            say(HELP);
            Ok(())
        }
        ["ci"] => ci::run(),
        ["fmt"] => ci::fmt(),
        ["clippy"] => ci::clippy(),
        ["docs"] => ci::docs(),
        ["audit"] => audit::run(),
        ["schemas"] => schemas::run(),
        ["configs"] => configs::run(),
        ["demo"] => ci::demo(),
        ["test"] => test::run(),
        ["nats"] => {
            let server = nats::provide()?;
            say(&format!("{} ({})", server.path.display(), server.version));
            Ok(())
        }
        ["postgres"] => {
            let server = postgres::provide()?;
            say(&format!("{} ({})", server.folder.display(), server.version));
            Ok(())
        }
        ["clients"] => {
            for (name, path) in clients::provide()?.variables() {
                say(&format!("{name}={}", path.display()));
            }
            Ok(())
        }
        other => Err(format!("unknown command `{}`\n\n{HELP}", other.join(" "))),
    }
}
