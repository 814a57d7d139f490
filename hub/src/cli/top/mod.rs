//! `top`: what goes through a running hub right now, and what has piled up.

mod rates;
mod screen;
mod show;

use std::io::IsTerminal;
use std::time::Duration;

use super::admin::Admin;
use super::run::Stop;
use super::{Exit, Failure, Global, Out, Outcome};
use crate::lock;
use crate::operate::Top;
use rates::Rates;
use screen::Window;

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
    if out.for_people() && !args.once {
        // The prompt comes below the picture.
        out.line("")?;
    }
    Ok(Exit::Done)
}

async fn watch(args: &Args, admin: &Admin, out: &mut Out) -> Outcome<()> {
    let terminal = out.for_people() && std::io::stdout().is_terminal();
    // One that can do nothing but write gets one picture below the other.
    let moves = std::env::var_os("TERM").is_none_or(|name| name != "dumb");
    let mut before = admin.top().await?;
    loop {
        let now = next(admin, &before).await?;
        let rates = Rates::between(&before, &now);
        // Asked each time: windows are made larger and smaller.
        let window = terminal.then(Window::of_terminal).flatten();
        match window.filter(|_| moves && !args.once) {
            Some(window) => {
                let lines = show::people(&now, &rates, out, Some(window));
                let lines: Vec<String> = lines.iter().map(|line| out.harmless(line)).collect();
                out.bytes(screen::over(&lines, window).as_bytes())?;
            }
            None if out.for_people() => {
                // What is shown once may be longer than the window.
                let window = window.map(|window| Window { rows: usize::MAX, ..window });
                for line in show::people(&now, &rates, out, window) {
                    out.line(line)?;
                }
            }
            None => out.json(&show::value(&now, &rates))?,
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
