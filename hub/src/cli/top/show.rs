//! A picture of the hub, for people and for programs.

use std::cmp::Reverse;

use serde_json::{Value, json};

use super::super::out::{plain, thousands, time};
use super::super::{BAD, FAINT, Out, STRONG, WARN};
use super::rates::{Rate, Rates, text};
use super::screen::{Window, cut, width};
use crate::backbone::{Micros, SourceBacklog};
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

/// Below so many columns what matters least is left out.
const WIDE: usize = 100;
/// Lines of a table that are no rows: its borders and its head.
const FRAME: usize = 4;

/// The picture as two tables, line by line. In a window they are as wide as that, and of many sources only those with
/// the most to do are shown where else what is wrong with receivers would not fit.
pub(super) fn people(top: &Top, rates: &Rates, out: &Out, window: Option<Window>) -> Vec<String> {
    let narrow = window.is_some_and(|window| window.columns < WIDE);
    let folding = top.backlog.captures.saturating_sub(top.backlog.folded);
    let mut lines = vec![
        format!(
            "{}  {} UTC  {} to be folded, {} in the log",
            out.paint(STRONG, "crossdock top"),
            time(top.at),
            thousands(u64::try_from(folding).unwrap_or(0)),
            thousands(u64::try_from(top.backlog.events).unwrap_or(0)),
        ),
        String::new(),
    ];
    let (sinks, troubles) = (sinks(top, rates, narrow, window), troubles(top, out));
    let others = lines.len() + sinks.len() + troubles.len() + FRAME;
    let room = window.map_or(usize::MAX, |window| window.rows.saturating_sub(others));
    lines.extend(sources(top, rates, narrow, window, room));
    lines.extend(sinks);
    lines.extend(troubles);
    lines
}

fn sources(top: &Top, rates: &Rates, narrow: bool, window: Option<Window>, room: usize) -> Vec<String> {
    let mut shown: Vec<&SourceBacklog> = top.backlog.sources.iter().collect();
    let mut busiest = shown.clone();
    busiest.sort_by_key(|source| Reverse((source.pending, rates.source(&source.source).captured)));
    if shown.len() > room {
        let kept: Vec<&str> =
            busiest.iter().take(room.saturating_sub(1).max(1)).map(|source| source.source.as_str()).collect();
        shown.retain(|source| kept.contains(&source.source.as_str()));
    }
    let mut rows =
        vec![words(&["source", "captured/s", "folded/s", "known/s", "pending", "oldest", "quarantined"])];
    for source in &shown {
        let rate = rates.source(&source.source);
        rows.push(vec![
            source.source.clone(),
            text(rate.captured),
            text(rate.folded),
            text(rate.known),
            thousands(source.pending),
            span(age(top, source.oldest)),
            thousands(source.quarantined),
        ]);
    }
    let mut lines = grid(rows, if narrow { &["known/s"] } else { &[] }, window);
    match top.backlog.sources.len() - shown.len() {
        0 => {}
        more => lines.push(format!("  … {more} sources more")),
    }
    lines
}

fn sinks(top: &Top, rates: &Rates, narrow: bool, window: Option<Window>) -> Vec<String> {
    let mut rows =
        vec![words(&["sink", "delivered/s", "pending", "oldest", "held", "parked", "replays", "state"])];
    for sink in &top.backlog.sinks {
        let open = live(top, &sink.sink).is_some_and(|live| live.open);
        rows.push(vec![
            sink.sink.clone(),
            text(rates.sink(&sink.sink)),
            thousands(sink.pending),
            span(age(top, sink.oldest)),
            thousands(sink.held),
            thousands(sink.parked),
            sink.replays.to_string(),
            if open { "left alone" } else { "ok" }.to_owned(),
        ]);
    }
    grid(rows, if narrow { &["replays"] } else { &[] }, window)
}

/// How publishing is, and what was wrong last, wherever something was.
fn troubles(top: &Top, out: &Out) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(nats) = &top.nats {
        let state = if nats.waiting { out.paint(BAD, "waits") } else { "ok".to_owned() };
        lines.push(format!(
            "  nats {state}: {} behind, {} too large, {} times refilled",
            thousands(nats.behind),
            thousands(nats.left_out),
            nats.healed
        ));
    }
    let nats = top.nats.iter().filter_map(|nats| Some(("nats", nats.trouble.as_ref()?, nats.waiting)));
    let sinks =
        top.sinks.iter().filter_map(|live| Some((live.sink.as_str(), live.trouble.as_ref()?, live.open)));
    for (name, trouble, open) in nats.chain(sinks) {
        let words: String = plain(&trouble.words).chars().take(WORDS).collect();
        let ago = out.paint(FAINT, format_args!("{} ago:", span(age(top, Some(trouble.at)))));
        let words = if open { out.paint(BAD, words) } else { out.paint(WARN, words) };
        lines.push(format!("  {name} {ago} {words}"));
    }
    lines
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

/// A table of rows, the first of them its head, without the columns that are left out. Where a window is too narrow the
/// names in the first column are cut; nothing is broken over two lines.
fn grid(mut rows: Vec<Vec<String>>, left_out: &[&str], window: Option<Window>) -> Vec<String> {
    let head = rows.first().cloned().unwrap_or_default();
    for row in &mut rows {
        let mut names = head.iter();
        row.retain(|_| names.next().is_none_or(|name| !left_out.contains(&name.as_str())));
    }
    let head = rows.first().cloned().unwrap_or_default();
    let widest = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| width(cell)).max();
    let mut widths: Vec<usize> = (0..head.len()).filter_map(widest).collect();
    // Two for the borders, two for the space around each column.
    let all = widths.iter().map(|width| width + 2).sum::<usize>() + 2;
    if let (Some(window), Some(name)) = (window, widths.first_mut()) {
        *name = name.saturating_sub(all.saturating_sub(window.columns)).max(8);
    }
    let wide: usize = widths.iter().map(|width| width + 2).sum();
    let border = |left: char, fill: &str, right: char| format!("{left}{}{right}", fill.repeat(wide));
    let mut lines = vec![border('┌', "─", '┐')];
    for (at, row) in rows.iter().enumerate() {
        let mut line = String::from("│");
        for (column, ((cell, head), wide)) in row.iter().zip(&head).zip(&widths).enumerate() {
            let cell = cut(cell, *wide);
            let space = " ".repeat(wide.saturating_sub(width(&cell)));
            let reads = column == 0 || head == "state";
            line.push_str(&if reads { format!(" {cell}{space} ") } else { format!(" {space}{cell} ") });
        }
        lines.push(line + "│");
        if at == 0 {
            lines.push(border('╞', "═", '╡'));
        }
    }
    lines.push(border('└', "─", '┘'));
    lines
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
    use crate::backbone::{Backlog, SinkBacklog};
    use crate::cli::out;
    use crate::telemetry::live::{Fanout, Trouble};

    fn picture(sources: usize) -> Top {
        let source = |at: usize| SourceBacklog {
            source: format!("shop-with-a-long-name-number-{at}"),
            captured: 1,
            pending: u64::try_from(at % 7).unwrap(),
            oldest: Some(0),
            ..SourceBacklog::default()
        };
        let sink = |id: &str| SinkBacklog {
            sink: id.into(),
            pending: 1_234_567,
            oldest: Some(0),
            held: 10_000,
            parked: 1234,
            ..SinkBacklog::default()
        };
        let backlog = Backlog {
            sources: (0..sources).map(source).collect(),
            sinks: vec![sink("erp"), sink("wms-of-the-warehouse-in-杭州"), sink("crm")],
            ..Backlog::default()
        };
        let words = format!("http status 400, reply 订单 refused: {}", "x".repeat(200));
        let trouble = Some(Trouble { at: 60_000_000, words });
        let live = SinkLive { sink: "crm".into(), open: true, trouble };
        let nats = Some(Fanout { waiting: true, behind: 1_234_567, ..Fanout::default() });
        Top { at: 100_000_000, backlog, sinks: vec![live], nats }
    }

    #[test]
    fn a_picture_fits_its_window_and_what_is_wrong_is_in_it() {
        let out = Out::new(out::Reader::Program);
        for (sources, columns, rows) in [(2, 80, 24), (30, 80, 24), (30, 200, 50), (2, 200, 50), (1, 60, 20)]
        {
            let (top, window) = (picture(sources), Window { columns, rows });
            let lines = people(&top, &Rates::default(), &out, Some(window));
            assert!(lines.len() <= rows, "{} of {rows} lines:\n{}", lines.len(), lines.join("\n"));
            let tables = lines.iter().filter(|line| !line.starts_with(' '));
            for line in tables {
                assert!(columns < 80 || width(line) <= columns, "{line}");
            }
            let all = lines.join("\n");
            assert!(all.contains("nats waits: 1,234,567 behind") && all.contains("crm 40 s ago"), "{all}");
            assert!(all.contains("left alone") && all.contains("delivered/s"), "{all}");
            assert_eq!(all.contains("sources more"), sources > rows, "{all}");
            assert_eq!(all.contains("replays"), columns >= WIDE, "{all}");
        }
    }

    #[test]
    fn where_there_is_no_window_nothing_is_cut() {
        let lines = people(&picture(30), &Rates::default(), &Out::new(out::Reader::Program), None).join("\n");
        assert!(
            lines.contains("shop-with-a-long-name-number-29") && lines.contains("warehouse-in-杭州"),
            "{lines}"
        );
        assert!(lines.contains("replays") && !lines.contains('…'));
    }

    #[test]
    fn ages_and_rates_are_short() {
        assert_eq!([Some(0), Some(125), Some(7200), Some(200_000)].map(span), ["0 s", "2 min", "2 h", "2 d"]);
        assert_eq!(span(None), "");
        assert_eq!(number(123).to_string(), "12.3");
    }
}
