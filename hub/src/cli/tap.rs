//! `tap`: events as they are written.

use std::time::Duration;

use crossdock_schemas::privacy;
use serde::Deserialize;

use super::out::time;
use super::run::Stop;
use super::{Exit, FAINT, Failure, Global, Out, Outcome, STRONG, block_on, select, store};
use crate::backbone::{Backbone, Seq, StoredEvent};
use crate::handoff::filter::Filter;

/// Arguments of `tap`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Follows the event log until Ctrl-C, one event a line; with --json one CloudEvent a line, people masked. Words of one kind are
alternatives (order.paid order.shipped), different kinds narrow each other.

EXAMPLES
  crossdock tap                                      everything from now on
  crossdock tap 'milestone.*' platform=sf_express
  crossdock tap order.paid source=shopify-us --from-start --limit 10 --json")]
pub(super) struct Args {
    /// Event types (order.paid, milestone.*), source=ID, platform=NAME, class=n
    #[arg(value_name = "FILTER")]
    filter: Vec<String>,
    /// Begin with the oldest event instead of the next one
    #[arg(long)]
    from_start: bool,
    /// End after so many events
    #[arg(long)]
    limit: Option<u64>,
    /// Names, phones and addresses in the clear, as sinks get them; without it they are masked
    #[arg(long)]
    personal_data: bool,
}

/// How often the log is looked at.
const EVERY: Duration = Duration::from_millis(200);
/// Events read together.
const PAGE: usize = 256;

pub(super) fn run(args: &Args, global: &Global, out: &mut Out) -> Outcome {
    let filter = select::filter(&args.filter)?;
    let config = global.read()?;
    let store = store::reading(&config)?;
    block_on(async {
        let after = if args.from_start { 0 } else { *store.heads().events.borrow() };
        let mut stop = Stop::new()?;
        tokio::select! {
            followed = follow(&store, &filter, after, args, out) => followed?,
            _ = stop.wait() => {}
        }
        Ok(Exit::Done)
    })
}

async fn follow(
    store: &dyn Backbone,
    filter: &Filter,
    mut after: Seq,
    args: &Args,
    out: &mut Out,
) -> Outcome<()> {
    let mut left = args.limit.unwrap_or(u64::MAX);
    while left > 0 {
        let page = store.events(after, PAGE).await?;
        let Some(last) = page.last() else {
            tokio::time::sleep(EVERY).await;
            continue;
        };
        after = last.seq;
        for stored in page.iter().filter(|stored| select::takes(filter, stored)) {
            if left == 0 {
                break;
            }
            left -= 1;
            if out.for_people() {
                line(stored, out)?;
            } else if args.personal_data {
                out.bytes(&stored.json())?;
                out.bytes(b"\n")?;
            } else {
                out.json(&masked(stored)?)?;
            }
        }
        // Whoever follows wants to see it now.
        out.flush()?;
    }
    Ok(())
}

/// An event as people who follow the log may see it.
fn masked(stored: &StoredEvent) -> Outcome<serde_json::Value> {
    let mut event: serde_json::Value = serde_json::from_slice(&stored.json())
        .map_err(|error| Failure::failed(format!("event {} cannot be read: {error}", stored.seq)))?;
    if let Some(data) = event.get_mut("data") {
        privacy::mask(data);
    }
    Ok(event)
}

/// The number of whatever an event is about.
#[derive(Deserialize)]
struct Numbers<'a> {
    #[serde(borrow)]
    order: Option<Number<'a>>,
    #[serde(borrow)]
    aftersale: Option<Number<'a>>,
    #[serde(borrow)]
    parcel: Option<Number<'a>>,
}

#[derive(Deserialize)]
struct Number<'a> {
    #[serde(borrow, alias = "order_no", alias = "aftersale_no", alias = "tracking_no")]
    number: Option<std::borrow::Cow<'a, str>>,
}

fn line(stored: &StoredEvent, out: &mut Out) -> Outcome<()> {
    let event = &stored.event;
    let numbers: Option<Numbers<'_>> = serde_json::from_str(event.data.get()).ok();
    let number = numbers
        .and_then(|numbers| numbers.order.or(numbers.aftersale).or(numbers.parcel))
        .and_then(|number| number.number)
        .map_or_else(|| event.key.clone(), std::borrow::Cow::into_owned);
    let at = out.paint(FAINT, time(stored.recorded_at));
    let name = out.paint(STRONG, format_args!("{:<24}", event.event_type));
    let class = match event.class {
        crossdock_schemas::Class::Normal => "",
        crossdock_schemas::Class::Replay => " (replay)",
        crossdock_schemas::Class::Test => " (test)",
    };
    let place = match (event.platform.as_str(), event.shop.as_str()) {
        (platform, "default") => platform.to_owned(),
        (platform, shop) => format!("{platform}/{shop}"),
    };
    out.line(format_args!(
        "{at}  {:>8}  {name} {place} {number} revision {}{class}",
        stored.seq, event.sequence
    ))?;
    Ok(())
}
