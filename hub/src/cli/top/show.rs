//! A picture of the hub, for people and for programs.

use comfy_table::{Cell, CellAlignment};
use serde_json::{Value, json};

use super::super::out::{self, plain, thousands, time};
use super::super::{BAD, FAINT, Out, Outcome, STRONG, WARN};
use super::rates::{Rate, Rates, text};
use crate::backbone::Micros;
use crate::operate::Top;
use crate::telemetry::live::SinkLive;

/// Most letters of a receiver's words.
const WORDS: usize = 120;

fn live<'a>(top: &'a Top, sink: &str) -> Option<&'a SinkLive> {
    top.sinks.iter().find(|live| live.sink == sink)
}

/// Whole seconds since something happened.
fn age(top: &Top, at: Option<Micros>) -> Option<u64> {
    Some(u64::try_from(top.at.saturating_sub(at?).max(0)).unwrap_or(0) / 1_000_000)
}

/// The picture as one object.
pub(super) fn value(top: &Top, rates: &Rates) -> Value {
    let sources: Vec<Value> = top
        .backlog
        .sources
        .iter()
        .map(|source| {
            let rate = rates.source(&source.source);
            json!({
                "source": source.source, "captured_per_second": number(rate.captured),
                "folded_per_second": number(rate.folded), "known_per_second": number(rate.known),
                "pending": source.pending, "oldest_seconds": age(top, source.oldest),
                "quarantined": source.quarantined,
            })
        })
        .collect();
    let sinks: Vec<Value> = top
        .backlog
        .sinks
        .iter()
        .map(|sink| {
            let live = live(top, &sink.sink);
            let trouble = live.and_then(|live| live.trouble.as_ref());
            json!({
                "sink": sink.sink, "delivered_per_second": number(rates.sink(&sink.sink)), "pending": sink.pending,
                "oldest_seconds": age(top, sink.oldest), "held": sink.held, "parked": sink.parked,
                "replays": sink.replays, "left_alone": live.is_some_and(|live| live.open),
                "trouble": trouble.map(|trouble| json!({
                    "at": crate::clock::timestamp(trouble.at), "words": trouble.words})),
            })
        })
        .collect();
    let nats = top.nats.as_ref().map(|nats| {
        json!({
            "behind": nats.behind, "left_out": nats.left_out, "healed": nats.healed, "waiting": nats.waiting,
            "trouble": nats.trouble.as_ref().map(|trouble| json!({
                "at": crate::clock::timestamp(trouble.at), "words": trouble.words})),
        })
    });
    json!({"at": crate::clock::timestamp(top.at), "sources": sources, "sinks": sinks, "nats": nats})
}

/// A rate as a number with one decimal.
fn number(rate: Rate) -> Value {
    serde_json::from_str(&format!("{}.{}", rate / 10, rate % 10)).unwrap_or_default()
}

/// The picture as two tables.
pub(super) fn people(top: &Top, rates: &Rates, out: &mut Out) -> Outcome<()> {
    let title = out.paint(STRONG, "crossdock top");
    let folding = top.backlog.captures.saturating_sub(top.backlog.folded);
    out.line(format_args!(
        "{title}  {} UTC  {} to be folded, {} in the log",
        time(top.at),
        thousands(u64::try_from(folding).unwrap_or(0)),
        thousands(u64::try_from(top.backlog.events).unwrap_or(0)),
    ))?;
    out.line("")?;
    let mut rows =
        out::table(&["source", "captured/s", "folded/s", "known/s", "pending", "oldest", "quarantined"]);
    for source in &top.backlog.sources {
        let rate = rates.source(&source.source);
        rows.add_row(vec![
            Cell::new(&source.source),
            right(text(rate.captured)),
            right(text(rate.folded)),
            right(text(rate.known)),
            right(thousands(source.pending)),
            right(span(age(top, source.oldest))),
            right(thousands(source.quarantined)),
        ]);
    }
    out.table(&rows)?;
    let mut rows =
        out::table(&["sink", "delivered/s", "pending", "oldest", "held", "parked", "replays", "state"]);
    for sink in &top.backlog.sinks {
        let open = live(top, &sink.sink).is_some_and(|live| live.open);
        rows.add_row(vec![
            Cell::new(&sink.sink),
            right(text(rates.sink(&sink.sink))),
            right(thousands(sink.pending)),
            right(span(age(top, sink.oldest))),
            right(thousands(sink.held)),
            right(thousands(sink.parked)),
            right(sink.replays.to_string()),
            Cell::new(if open { "left alone" } else { "ok" }),
        ]);
    }
    out.table(&rows)?;
    if let Some(nats) = &top.nats {
        let state = if nats.waiting { out.paint(BAD, "waits") } else { "ok".to_owned() };
        out.line(format_args!(
            "  nats {state}: {} behind, {} too large, {} times refilled",
            thousands(nats.behind),
            thousands(nats.left_out),
            nats.healed
        ))?;
    }
    let nats = top.nats.iter().filter_map(|nats| Some(("nats", nats.trouble.as_ref()?, nats.waiting)));
    let sinks =
        top.sinks.iter().filter_map(|live| Some((live.sink.as_str(), live.trouble.as_ref()?, live.open)));
    for (name, trouble, open) in nats.chain(sinks) {
        let words: String = plain(&trouble.words).chars().take(WORDS).collect();
        let ago = out.paint(FAINT, format_args!("{} ago:", span(age(top, Some(trouble.at)))));
        let words = if open { out.paint(BAD, words) } else { out.paint(WARN, words) };
        out.line(format_args!("  {name} {ago} {words}"))?;
    }
    Ok(())
}

fn right(text: String) -> Cell {
    Cell::new(text).set_alignment(CellAlignment::Right)
}

/// An age as people read it.
fn span(seconds: Option<u64>) -> String {
    match seconds {
        None => String::new(),
        Some(seconds @ 0..=119) => format!("{seconds} s"),
        Some(seconds @ 120..=7199) => format!("{} min", seconds / 60),
        Some(seconds @ 7200..=172_799) => format!("{} h", seconds / 3600),
        Some(seconds) => format!("{} d", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_and_rates_are_short() {
        assert_eq!([Some(0), Some(125), Some(7200), Some(200_000)].map(span), ["0 s", "2 min", "2 h", "2 d"]);
        assert_eq!(span(None), "");
        assert_eq!(number(123).to_string(), "12.3");
    }
}
