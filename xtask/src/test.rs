//! All tests: everything is built once, a real nats-server, a real PostgreSQL, Python and Node are provided, then doc
//! tests run, then unit and whole-system tests. Nothing is retried: a test that fails now and then is a bug report.

use crate::shell::{self, Outcome, cargo, has, say};
use crate::{clients, nats, postgres};

pub(crate) fn run() -> Outcome {
    shell::build()?;
    let server = nats::provide()?;
    say(&format!("nats-server: {} ({})", server.version, server.path.display()));
    let database = postgres::provide()?;
    say(&format!("postgres: {} ({})", database.version, database.folder.display()));
    let clients = clients::provide()?;
    let provided = |arguments: &[&str]| {
        let mut command = cargo();
        command.env(nats::VARIABLE, &server.path).env(postgres::VARIABLE, &database.folder);
        command.envs(clients.variables());
        shell::run(command.args(arguments))
    };
    // Doc tests first: the closing line of the many tests is what people and machines look for at the end.
    provided(&["test", "--locked", "--workspace", "--doc"])?;
    if has("nextest") {
        provided(&["nextest", "run", "--locked", "--workspace"])
    } else {
        say("cargo-nextest is not installed: tests run by cargo test");
        provided(&["test", "--locked", "--workspace", "--no-fail-fast", "--lib", "--bins", "--tests"])
    }
}
