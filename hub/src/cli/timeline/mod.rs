//! `order` and `parcel`: everything known about one history, for people who ask what happened.

mod entries;
pub(super) mod find;
mod head;
mod people;
mod program;

use crossdock_schemas::HistoryKind;

use super::{Exit, Global, Out, Outcome, block_on, guess, store};
use crate::backbone::{Answer, Backbone, HistoryKey, Question, Timeline};

/// Arguments of `order`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Captures, events and handoffs in the order in which they happened, then the parcels and after-sale cases of the
order. Personal data is left out; `export orders` has it.

EXAMPLES
  crossdock order shopify-us 5678901234567
  crossdock order shopify-us '#1001'                 the number people see
  crossdock order taobao/2000000001 2987654321012345 --json")]
pub(super) struct OrderArgs {
    /// Source id, platform, or platform/shop
    #[arg(value_name = "SOURCE")]
    source: String,
    /// The order number
    #[arg(value_name = "ORDER_NO")]
    number: String,
}

/// Arguments of `parcel`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
EXAMPLES
  crossdock parcel sf_express SF1234567890123
  crossdock parcel sf SF1234567890123 --json         by the id of the source
  crossdock parcel --guess 1Z5R89390357567127        which carrier it may be of, a hint only")]
pub(super) struct ParcelArgs {
    /// Carrier, or source id
    #[arg(value_name = "CARRIER", required_unless_present = "guess")]
    carrier: Option<String>,
    /// The tracking number
    #[arg(value_name = "NUMBER", required_unless_present = "guess")]
    number: Option<String>,
    /// Says which carriers a number may be of, by its form and check digit
    #[arg(long, value_name = "NUMBER", conflicts_with_all = ["carrier", "number"])]
    guess: Option<String>,
}

pub(super) fn order(args: &OrderArgs, global: &Global, out: &mut Out) -> Outcome {
    block_on(show(HistoryKind::Order, &args.source, &args.number, global, out))
}

pub(super) fn parcel(args: &ParcelArgs, global: &Global, out: &mut Out) -> Outcome {
    if let Some(number) = &args.guess {
        return guessed(number, out);
    }
    let (carrier, number) = (args.carrier.as_deref(), args.number.as_deref());
    block_on(show(HistoryKind::Parcel, carrier.unwrap_or_default(), number.unwrap_or_default(), global, out))
}

fn guessed(number: &str, out: &mut Out) -> Outcome {
    let found = guess::guess(number);
    if !out.for_people() {
        out.json(&serde_json::json!({ "number": number, "guesses": found }))?;
    } else if found.is_empty() {
        out.line("no carrier's numbers look like this")?;
    } else {
        for guess in &found {
            let check = if guess.check_digit == Some(true) { ", check digit right" } else { "" };
            out.line(format_args!("{:16} {}{check} ({})", guess.carrier, guess.kind, guess.confidence))?;
        }
    }
    Ok(if found.is_empty() { Exit::Failed } else { Exit::Done })
}

async fn show(kind: HistoryKind, place: &str, number: &str, global: &Global, out: &mut Out) -> Outcome {
    let config = global.read()?;
    let store = store::reading(&config)?;
    let timeline = find::one(&store, kind, place, number).await?;
    print(&store, &timeline, out).await?;
    Ok(Exit::Done)
}

/// Prints a timeline with those of the histories linked to it.
///
/// # Errors
/// What the store says; when stdout cannot be written.
pub(super) async fn print(store: &dyn Backbone, timeline: &Timeline, out: &mut Out) -> Outcome<()> {
    let mut linked = Vec::with_capacity(timeline.linked.len());
    for key in &timeline.linked {
        linked.push((key.clone(), of(store, key.clone()).await?));
    }
    if out.for_people() {
        people::print(timeline, &linked, out)
    } else {
        out.json(&program::object(timeline, &linked))?;
        Ok(())
    }
}

/// The timeline of a history; none when nothing is known about it (a parcel may name an order we never got).
async fn of(store: &dyn Backbone, key: HistoryKey) -> Outcome<Option<Box<Timeline>>> {
    match store.ask(Question::Timeline(key)).await? {
        Answer::Timeline(timeline) => Ok(timeline),
        _ => Err(store::unexpected()),
    }
}

/// Prints the timeline of one history, for other commands that end with one.
///
/// # Errors
/// What the store says; when the history is not known; when stdout cannot be written.
pub async fn print_history(store: &dyn Backbone, key: HistoryKey, out: &mut Out) -> Outcome<()> {
    let name = name_of(&key);
    match of(store, key).await? {
        Some(timeline) => print(store, &timeline, out).await,
        None => Err(super::Failure::failed(format!("nothing is known about {name}"))),
    }
}

/// A history in words: `order taobao/2000000001 123`.
fn name_of(key: &HistoryKey) -> String {
    format!("{} {} {}", key.kind, shop_of(key), key.number)
}

fn shop_of(key: &HistoryKey) -> String {
    if key.shop.is_empty() { key.platform.to_string() } else { format!("{}/{}", key.platform, key.shop) }
}
