//! A timeline as people read it.

use crossdock_schemas::{Hold, RiskTag};
use serde_json::{Map, Value};

use super::super::out::{count, plain, time};
use super::super::{BAD, FAINT, GOOD, Out, Outcome, STRONG, WARN};
use super::entries::{self, Entry, SinkState, State, Told};
use super::{head, name_of};
use crate::backbone::{HistoryKey, Seq, StoredEvent, Timeline, TimelineCapture};
use crate::enrich::INTERNAL;
use crate::history::RELEASED;

/// What stands before a line that belongs to the one above.
const BELOW: &str = "                     ";
/// Changed paths that are named before the rest is counted.
const NAMED: usize = 4;

/// Prints a timeline, then the events of the histories linked to it.
pub(super) fn print(
    timeline: &Timeline,
    linked: &[(HistoryKey, Option<Box<Timeline>>)],
    out: &mut Out,
) -> Outcome<()> {
    header(timeline, out)?;
    out.line("")?;
    for entry in entries::of(timeline) {
        match &entry {
            Entry::Capture(capture) => captured(capture, out)?,
            Entry::Event(event, told, sinks) => happened(event, told, sinks, out)?,
        }
    }
    for (key, timeline) in linked {
        out.line("")?;
        match timeline {
            None => {
                let name = out.paint(STRONG, name_of(key));
                out.line(format_args!("{name}  named, but nothing was told about it yet"))?;
            }
            Some(timeline) => {
                header(timeline, out)?;
                for entry in entries::of(timeline) {
                    if let Entry::Event(event, told, sinks) = &entry {
                        happened(event, told, sinks, out)?;
                    }
                }
            }
        }
    }
    Ok(())
}

fn header(timeline: &Timeline, out: &mut Out) -> Outcome<()> {
    let head = head::of(timeline);
    let state = head.get("state").and_then(Value::as_object).cloned().unwrap_or_default();
    let shown = state
        .get("display_no")
        .and_then(Value::as_str)
        .map(|number| format!(" ({number})"))
        .unwrap_or_default();
    let name = out.paint(STRONG, format_args!("{}{shown}", name_of(&timeline.key)));
    let revision = state.get("hub_revision").and_then(Value::as_u64);
    let revision = revision.map(|revision| format!("  revision {revision}")).unwrap_or_default();
    out.line(format_args!("{name}{revision}"))?;
    if state.get("published") == Some(&Value::Bool(false)) {
        out.line("  only parts of it are known so far: nothing was published")?;
    }
    for (label, text) in [("status", status(&state)), ("totals", totals(&state)), ("dates", dates(&state))] {
        if !text.is_empty() {
            let label = out.paint(FAINT, format_args!("{label:<7}"));
            out.line(format_args!("  {label} {text}"))?;
        }
    }
    if let Some(region) = state.get("region").and_then(Value::as_str) {
        let label = out.paint(FAINT, "to     ");
        out.line(format_args!("  {label} {region}"))?;
    }
    risk(timeline, &state, out)?;
    let label = out.paint(FAINT, "key    ");
    out.line(format_args!("  {label} {}", timeline.published))?;
    Ok(())
}

/// What the risk rules find in an order, and who let it go or how it is let go.
fn risk(timeline: &Timeline, state: &Map<String, Value>, out: &mut Out) -> Outcome<()> {
    let tags = state.get("risk_tags").cloned().unwrap_or_default();
    for tag in serde_json::from_value::<Vec<RiskTag>>(tags).unwrap_or_default() {
        let label = out.paint(FAINT, "risk   ");
        out.line(format_args!("  {label} {}", finding(&tag)))?;
    }
    let holds = state.get("status").and_then(|status| status.get("hold")?.as_array());
    let held = holds.is_some_and(|holds| holds.iter().any(|hold| hold == Hold::Risk.as_str()));
    let mut told = timeline.captures.iter().filter(|capture| capture.source != INTERNAL);
    if held && let Some(capture) = told.next() {
        let label = out.paint(FAINT, "held   ");
        let number = &timeline.key.number;
        out.line(format_args!("  {label} crossdock risk release {} {number}", capture.source))?;
    }
    if let Some(released) = state.get(RELEASED) {
        let word = |name: &str| released.get(name).and_then(Value::as_str).unwrap_or_default();
        let label = out.paint(FAINT, "let go ");
        out.line(format_args!("  {label} by {} at {}", plain(word("by")), word("at")))?;
    }
    Ok(())
}

/// A finding in a line.
fn finding(tag: &RiskTag) -> String {
    let RiskTag { severity, rule, rule_version, evidence, .. } = tag;
    format!("{severity} by {} {}: {}", plain(rule), plain(rule_version), plain(evidence))
}

/// The axes of an order, or the one status of a parcel or case.
fn status(state: &Map<String, Value>) -> String {
    match state.get("status") {
        Some(Value::String(status)) => status.clone(),
        Some(Value::Object(axes)) => axes
            .iter()
            .filter(|(name, _)| !name.ends_with("_raw"))
            .filter_map(|(name, value)| match value {
                Value::String(word) => Some(format!("{name} {word}")),
                Value::Array(words) if !words.is_empty() => {
                    let words: Vec<&str> = words.iter().filter_map(Value::as_str).collect();
                    Some(format!("{name} {}", words.join("+")))
                }
                _ => None,
            })
            .collect::<Vec<_>>()
            .join(", "),
        _ => String::new(),
    }
}

fn totals(state: &Map<String, Value>) -> String {
    if let Some(Value::Object(refund)) = state.get("refund") {
        let word = |name: &str| refund.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        return format!("refund {} {}", word("amount"), word("currency"));
    }
    let currency = state.get("currency").and_then(Value::as_str).unwrap_or_default();
    let lines = state.get("lines").and_then(Value::as_u64).map(|lines| count(lines, "line"));
    let amounts =
        ["goods", "discount", "shipping", "payable", "paid", "refunded"].iter().filter_map(|name| {
            let amount = state.get("totals")?.get(*name)?.as_str()?;
            Some(format!("{name} {amount} {currency}"))
        });
    lines.into_iter().chain(amounts).collect::<Vec<_>>().join(", ")
}

fn dates(state: &Map<String, Value>) -> String {
    state
        .iter()
        .filter_map(|(name, value)| Some((name.strip_suffix("_at")?, value.as_str()?)))
        .map(|(name, at)| format!("{} {at}", name.replace('_', " ")))
        .collect::<Vec<_>>()
        .join(", ")
}

fn captured(capture: &TimelineCapture, out: &mut Out) -> Outcome<()> {
    let at = out.paint(FAINT, time(capture.received_at));
    let verdict = match capture.verdict.as_str() {
        word @ ("duplicate" | "stale" | "ignored") => out.paint(FAINT, word),
        word => word.to_owned(),
    };
    let origin = capture.origin.as_deref().map(|origin| format!(" {origin}")).unwrap_or_default();
    let retired = if capture.size == 0 { ", body retired" } else { "" };
    out.line(format_args!(
        "{at}  capture {} {} from {} by {}{origin}: {verdict}{retired}",
        capture.seq, capture.topic, capture.source, capture.channel
    ))?;
    Ok(())
}

fn happened(event: &StoredEvent, told: &Told, sinks: &[SinkState], out: &mut Out) -> Outcome<()> {
    let at = out.paint(FAINT, time(event.recorded_at));
    let name = out.paint(STRONG, event.event.event_type);
    let mut more = Vec::new();
    if !told.changed.is_empty() {
        more.push(changed(&told.changed));
    }
    more.extend(told.reason.clone());
    if told.superseded == Some(true) {
        more.push("superseded: a later milestone was known already".to_owned());
    }
    if told.at_quality.as_deref() == Some("inferred") {
        more.push("inferred".to_owned());
    }
    let more =
        if more.is_empty() { String::new() } else { out.paint(FAINT, format_args!("  {}", more.join("; "))) };
    out.line(format_args!(
        "{at}  event {} {name} at {} revision {}{more}",
        event.seq, event.event.time, event.event.sequence
    ))?;
    for tag in told.tags.iter().flatten() {
        let finding = out.paint(FAINT, finding(tag));
        out.line(format_args!("{BELOW}  {finding}"))?;
    }
    for sink in sinks {
        handed(event.seq, sink, out)?;
    }
    Ok(())
}

fn changed(paths: &[String]) -> String {
    let named: Vec<&str> = paths.iter().take(NAMED).map(|path| path.trim_start_matches('/')).collect();
    match paths.len().saturating_sub(NAMED) {
        0 => named.join(", "),
        rest => format!("{} and {rest} more", named.join(", ")),
    }
}

fn handed(seq: Seq, sink: &SinkState, out: &mut Out) -> Outcome<()> {
    for (at, attempt, outcome, detail) in &sink.attempts {
        let at = time(*at);
        let line = match outcome.as_str() {
            "retried" => format!("{} at {at}: tried again, as people said", sink.sink),
            "dropped" => format!("{} at {at}: dropped, as people said", sink.sink),
            _ => format!("{} attempt {attempt} at {at}: {outcome} {}", sink.sink, plain(detail)),
        };
        let line = out.paint(FAINT, line.trim_end());
        out.line(format_args!("{BELOW}  {line}"))?;
    }
    let state = match &sink.state {
        State::Delivered => out.paint(GOOD, "delivered"),
        State::AlreadyThere => out.paint(GOOD, "was there already"),
        State::Superseded => "not handed off: the receiver has something newer".to_owned(),
        State::Dropped => out.paint(BAD, "dropped"),
        State::Settled => "settled after a repair".to_owned(),
        State::Pending => out.paint(WARN, "pending"),
        State::Held(until) => out.paint(WARN, format_args!("held until {}", time(*until))),
        State::Parked(words) => {
            let parked = out.paint(BAD, format_args!("parked: {}", plain(words)));
            format!("{parked}  crossdock parked retry --sink {} --event {seq}", sink.sink)
        }
    };
    out.line(format_args!("{BELOW}  -> {} {state}", sink.sink))?;
    Ok(())
}
