//! `migrate`: from one machine into a cluster, and back.

use serde_json::json;

use super::{Exit, Failure, Global, Out, Outcome, block_on, say};
use crate::backbone::jetstream::{into_cluster, out_of_cluster};
use crate::lock::{DataLock, private_dir};

/// Arguments of `migrate`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Nothing runs meanwhile: stop every hub first. What is in the store stays there until the new place has all of it.

EXAMPLES
  crossdock migrate jetstream            the store in data.dir becomes this hub's copy of the cluster that [nats] names
  crossdock migrate embedded             this hub's copy becomes a store of its own
  crossdock migrate jetstream --again    the cluster lost its stream: begin a new one with what this hub's copy holds")]
pub(super) struct Args {
    /// Where everything is kept afterwards
    #[arg(value_enum)]
    to: To,
    /// The folder holds a copy of a stream that was lost: it begins a new one
    #[arg(long)]
    again: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum To {
    /// In the NATS cluster
    Jetstream,
    /// In the folder of this machine
    Embedded,
}

pub(super) fn run(args: &Args, global: &Global, out: &mut Out) -> Outcome {
    let config = global.read()?;
    let dir = &config.data.dir;
    if args.again && args.to == To::Embedded {
        return Err(Failure::usage("--again is for `migrate jetstream`"));
    }
    private_dir(dir).map_err(Failure::failed)?;
    let lock = DataLock::take(dir).map_err(|error| Failure::failed(format!("{error}: stop it first")))?;
    let told = match args.to {
        To::Jetstream => {
            let work = into_cluster(&config.nats, dir, &config.tenant, args.again, |_| {});
            let brought = block_on(async { Ok(work.await?) })?;
            say(
                "set backbone = \"jetstream\" under [data] and start the hub; other hubs begin with empty folders",
            );
            json!({"to": "jetstream", "events": brought.events, "place": brought.place})
        }
        To::Embedded => {
            let work = out_of_cluster(&config.nats, dir, &config.tenant);
            let place = block_on(async { Ok(work.await?) })?;
            say("set backbone = \"embedded\" under [data] and start the hub; the stream is left as it is");
            json!({"to": "embedded", "place": place})
        }
    };
    drop(lock);
    match out.for_people() {
        true => out.line(format_args!("moved: {told}"))?,
        false => out.json(&told)?,
    }
    Ok(Exit::Done)
}
