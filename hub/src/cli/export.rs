//! `export`: current states or the event log, as NDJSON. Pages through the store: memory stays flat.

use crossdock_schemas::HistoryKind;
use jiff::Timestamp;
use serde::Deserialize;

use super::when::time;
use super::{Exit, Failure, Global, Out, Outcome, block_on, select, store};
use crate::backbone::{Answer, Backbone, Question, StoredState};
use crate::handoff::filter::Filter;
use crate::history::State;

/// Arguments of `export`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
One entity a line in its current state; `events` gives one CloudEvent a line. Personal data is included.
--from and --to look at when an order was placed or an event happened.

EXAMPLES
  crossdock export orders > orders.ndjson
  crossdock export orders --source shopify/lantern-and-loom.myshopify.com --from 2026-11-01
  crossdock export events --filter 'order.*' --source shopify-us | jq .type")]
pub(super) struct Args {
    /// What to export
    #[arg(value_enum)]
    what: What,
    /// Only this platform or platform/shop; of events also a source id
    #[arg(long)]
    source: Option<String>,
    /// Not before this time or day (UTC)
    #[arg(long, value_name = "TIME")]
    from: Option<String>,
    /// Before this time or day (UTC)
    #[arg(long, value_name = "TIME")]
    to: Option<String>,
    /// Events only: types, source=ID, platform=NAME, class=n
    #[arg(long, value_name = "FILTER")]
    filter: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum What {
    /// Orders
    Orders,
    /// Parcels, with all their scans
    Parcels,
    /// After-sale cases
    Aftersales,
    /// The log
    Events,
}

/// States read together.
const PAGE: usize = 256;

/// What is wanted of what is there.
struct Wanted {
    source: Option<String>,
    from: Option<Timestamp>,
    to: Option<Timestamp>,
}

impl Wanted {
    fn time(&self, at: Option<Timestamp>) -> bool {
        if self.from.is_none() && self.to.is_none() {
            return true;
        }
        at.is_some_and(|at| self.from.is_none_or(|from| at >= from) && self.to.is_none_or(|to| at < to))
    }

    fn place(&self, platform: &str, shop: &str, id: Option<&str>) -> bool {
        self.source.as_deref().is_none_or(|wanted| {
            wanted == platform
                || id == Some(wanted)
                || wanted.split_once('/').is_some_and(|(first, second)| first == platform && second == shop)
        })
    }
}

pub(super) fn run(args: &Args, global: &Global, out: &mut Out) -> Outcome {
    let wanted = Wanted {
        source: args.source.clone(),
        from: args.from.as_deref().map(time).transpose()?,
        to: args.to.as_deref().map(time).transpose()?,
    };
    let dated = wanted.from.is_some() || wanted.to.is_some();
    if dated && matches!(args.what, What::Parcels | What::Aftersales) {
        return Err(Failure::usage("--from and --to are for orders and events"));
    }
    if !args.filter.is_empty() && args.what != What::Events {
        return Err(Failure::usage("--filter is for events"));
    }
    let filter = select::filter(&args.filter)?;
    let config = global.read()?;
    let store = store::reading(&config)?;
    block_on(async {
        match args.what {
            What::Orders => states(&store, HistoryKind::Order, &wanted, out).await?,
            What::Parcels => states(&store, HistoryKind::Parcel, &wanted, out).await?,
            What::Aftersales => states(&store, HistoryKind::Aftersale, &wanted, out).await?,
            What::Events => events(&store, &filter, &wanted, out).await?,
        }
        Ok(Exit::Done)
    })
}

async fn states(store: &dyn Backbone, kind: HistoryKind, wanted: &Wanted, out: &mut Out) -> Outcome<()> {
    let mut after = 0;
    loop {
        let Answer::States(page) = store.ask(Question::States { kind, after, limit: PAGE }).await? else {
            return Err(store::unexpected());
        };
        let Some((last, _)) = page.last() else { return Ok(()) };
        after = *last;
        for (_, stored) in &page {
            if let Some(text) = entity(kind, stored, wanted)? {
                out.bytes(text.as_bytes())?;
                out.bytes(b"\n")?;
            }
        }
    }
}

/// The entity of a state, when it is published and wanted.
fn entity(kind: HistoryKind, stored: &StoredState, wanted: &Wanted) -> Outcome<Option<String>> {
    let state = State::read(kind, &stored.aux, stored.snapshot.as_deref())
        .map_err(|error| Failure::failed(format!("{kind} {}: {error}", stored.key)))?;
    if !state.is_published() {
        return Ok(None);
    }
    let text = state.full();
    if wanted.source.is_none() && wanted.from.is_none() && wanted.to.is_none() {
        return Ok(Some(text));
    }
    #[derive(Deserialize)]
    struct Head {
        source: Place,
        carrier: Option<String>,
        placed_at: Option<crossdock_schemas::Ts>,
    }
    #[derive(Deserialize)]
    struct Place {
        platform: String,
        shop: String,
    }
    let head: Head = serde_json::from_str(&text)
        .map_err(|error| Failure::failed(format!("{kind} {}: {error}", stored.key)))?;
    let platform = head.carrier.as_deref().unwrap_or(&head.source.platform);
    let at = head.placed_at.and_then(|at| Timestamp::from_second(at.utc_seconds()).ok());
    let fits = wanted.place(platform, &head.source.shop, None) && wanted.time(at);
    Ok(fits.then_some(text))
}

async fn events(store: &dyn Backbone, filter: &Filter, wanted: &Wanted, out: &mut Out) -> Outcome<()> {
    let mut after = 0;
    loop {
        let page = store.events(after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = last.seq;
        for stored in &page {
            let event = &stored.event;
            let at = Timestamp::from_second(event.time.utc_seconds()).ok();
            let fits = select::takes(filter, stored)
                && wanted.place(&event.platform, &event.shop, Some(&stored.source))
                && wanted.time(at);
            if fits {
                out.bytes(&stored.json())?;
                out.bytes(b"\n")?;
            }
        }
    }
}
