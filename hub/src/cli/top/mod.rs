//! `top`: what goes through a running hub right now, and what has piled up.

mod rates;
mod show;

use std::io::IsTerminal;
use std::time::Duration;

use super::admin::Admin;
use super::run::Stop;
use super::{Exit, Failure, Global, Out, Outcome};
use crate::lock;
use crate::operate::Top;
use rates::Rates;

/// How often it looks.
const EVERY: Duration = Duration::from_secs(1);

/// Arguments of `top`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Renewed every second until Ctrl-C; where stdout is no terminal, one line of JSON a second. Rates are those since the
picture before. A sink is `left alone` while one call after the other fails: it is probed now and then, and what waits
for it is kept.

EXAMPLES
  crossdock top
  crossdock top --once
  crossdock top | jq '.sinks[] | select(.pending > 1000)'")]
pub(super) struct Args {
    /// One picture, after a second of watching, and no more
    #[arg(long)]
    once: bool,
}

pub(super) async fn run(args: &Args, global: &Global, out: &mut Out) -> Outcome {
    let config = global.read()?;
    let dir = &config.data.dir;
    let Some(running) = lock::running(dir) else {
        let shown = dir.display();
        return Err(Failure::failed(match lock::is_held(dir) {
            true => {
                format!(
                    "the hub on {shown} answers no operators: it has not started yet (its log says what it waits \
                     for), or admin.listen is empty"
                )
            }
            false => format!(
                "no hub runs on {shown}: start one with `crossdock run`, or name its folder with --data; \
                 `crossdock ledger` shows where a hub that is stopped stands"
            ),
        }));
    };
    let admin = Admin::new(running, &config)?;
    let mut stop = Stop::new()?;
    tokio::select! {
        watched = watch(args, &admin, out) => watched?,
        _ = stop.wait() => {}
    }
    Ok(Exit::Done)
}

async fn watch(args: &Args, admin: &Admin, out: &mut Out) -> Outcome<()> {
    let redraws = out.for_people() && !args.once && std::io::stdout().is_terminal();
    let mut before = admin.top().await?;
    loop {
        let now = next(admin, &before).await?;
        let rates = Rates::between(&before, &now);
        if redraws {
            // Home, and away with what was there: no more is needed to stay in place.
            out.bytes(b"\x1b[H\x1b[J")?;
        }
        if out.for_people() {
            show::people(&now, &rates, out)?
        } else {
            out.json(&show::value(&now, &rates))?
        }
        out.flush()?;
        if args.once {
            return Ok(());
        }
        before = now;
    }
}

/// The next picture. A hub with much to count takes its time between two of them.
async fn next(admin: &Admin, before: &Top) -> Outcome<Top> {
    loop {
        tokio::time::sleep(EVERY).await;
        let now = admin.top().await?;
        if now.at > before.at {
            return Ok(now);
        }
    }
}
