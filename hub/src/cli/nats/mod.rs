//! `nats`: what must exist on the NATS servers, and whether the stream holds what was published.

mod audit;
mod setup;

use super::{Failure, Global, Out, Outcome};
use crate::config::Config;
use crate::nats::{Link, NatsError, connect};

/// Arguments of `nats`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Makes the streams and consumers of the configuration, and shows first what it does
    #[command(after_help = "\
Nothing is ever deleted. What exists and differs is changed only with --yes.

EXAMPLES
  crossdock nats setup --dry-run
  crossdock nats setup
  crossdock nats setup --yes")]
    Setup(setup::Args),
    /// Holds the stream against the log: what is missing, what is foreign, what is out of order
    #[command(after_help = "\
Events older than nats.keep_events are not expected, nor those that the hub has not published yet.
Exit code 4 when something is missing.

EXAMPLES
  crossdock nats audit
  crossdock nats audit --from 2026-11-20 --repair")]
    Audit(audit::Args),
}

pub(super) async fn run(args: &Args, global: &Global, out: &mut Out) -> Outcome {
    let config = global.read()?;
    if config.nats.servers.is_empty() {
        return Err(Failure::usage(
            "nats.servers is empty: name at least one in the configuration, for example \"nats://localhost:4222\"",
        ));
    }
    match &args.what {
        What::Setup(args) => setup::run(args, &config, out).await,
        What::Audit(args) => audit::run(args, &config, out).await,
    }
}

async fn link(config: &Config, name: &str) -> Outcome<Link> {
    let link = connect(&config.nats, name).await?;
    if !link.version.is_safe() {
        super::say(format_args!(
            "the NATS server is {}, which can damage compressed or encrypted blocks; install {} or newer",
            link.version,
            crate::nats::SAFE[1]
        ));
    }
    Ok(link)
}

impl From<NatsError> for Failure {
    fn from(error: NatsError) -> Self {
        match error {
            NatsError::Refused(words) | NatsError::Away(words) => Self::failed(words),
        }
    }
}
