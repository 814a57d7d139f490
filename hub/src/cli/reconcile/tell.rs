//! What reconciling says: one line for each difference, and what it comes to.

use std::collections::{BTreeMap, BTreeSet};

use crossdock_connector::{Error, ObjectId};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::super::out::{count, plain, thousands};
use super::super::{BAD, FAINT, GOOD, Out, Outcome, STRONG, WARN};
use crate::backbone::{HistoryKey, QuarantineReason};
use crate::reconcile::extra::Extra;
use crate::reconcile::handed::{Newest, State};
use crate::reconcile::{Difference, Looked, What};

/// How the newest events of what was listed stand at one sink.
#[derive(Clone, Copy, Debug, Default)]
struct AtSink {
    accepted: u64,
    pending: u64,
    parked: u64,
    dropped: u64,
}

impl AtSink {
    /// Of so many that were listed, those of which it takes nothing, or of which nothing is known here.
    fn none(self, listed: u64) -> u64 {
        listed.saturating_sub(self.accepted + self.pending + self.parked + self.dropped)
    }
}

/// Counts, and tells.
pub(super) struct Tell {
    source: String,
    from: Timestamp,
    to: Timestamp,
    told: BTreeSet<HistoryKey>,
    listed: u64,
    missing: u64,
    different: u64,
    newer: u64,
    extra: u64,
    unreadable: u64,
    repaired: u64,
    handed_again: u64,
    sinks: BTreeMap<String, AtSink>,
}

impl Tell {
    pub(super) fn new(source: &str, from: Timestamp, to: Timestamp, sinks: &[String]) -> Self {
        Self {
            source: source.to_owned(),
            from,
            to,
            told: BTreeSet::new(),
            listed: 0,
            missing: 0,
            different: 0,
            newer: 0,
            extra: 0,
            unreadable: 0,
            repaired: 0,
            handed_again: 0,
            sinks: sinks.iter().map(|sink| (sink.clone(), AtSink::default())).collect(),
        }
    }

    /// Differences that are still there.
    pub(super) fn open(&self) -> u64 {
        let lacking: u64 = self.sinks.values().map(|sink| sink.parked + sink.dropped).sum();
        (self.missing + self.different + lacking + self.extra + self.unreadable)
            .saturating_sub(self.repaired + self.handed_again)
    }

    /// How a part of the list compares; `after` is how it does once it was captured.
    pub(super) fn compared(
        &mut self,
        looked: &Looked,
        seen: &[HistoryKey],
        after: Option<&Looked>,
        out: &mut Out,
    ) -> Outcome<()> {
        self.listed += u64::try_from(seen.len()).unwrap_or(u64::MAX);
        self.newer += looked.newer;
        for difference in &looked.differences {
            if !self.told.insert(difference.key.clone()) {
                continue;
            }
            let mended =
                after.map(|after| !after.differences.iter().any(|still| still.key == difference.key));
            self.difference(difference, mended, out)?;
        }
        Ok(())
    }

    fn difference(&mut self, difference: &Difference, mended: Option<bool>, out: &mut Out) -> Outcome<()> {
        let (word, paths) = match &difference.what {
            What::Missing => ("missing", &[][..]),
            What::Different(paths) => ("different", &paths[..]),
        };
        match &difference.what {
            What::Missing => self.missing += 1,
            What::Different(_) => self.different += 1,
        }
        self.repaired += u64::from(mended == Some(true));
        let mut more = json!({"repaired": mended == Some(true)});
        if let (What::Different(paths), Some(more)) = (&difference.what, more.as_object_mut()) {
            more.insert("changed".to_owned(), json!(paths));
        }
        let value = row(word, &difference.key, more);
        let fields: Vec<&str> = paths.iter().map(|path| path.trim_start_matches('/')).collect();
        let fields = if fields.is_empty() { String::new() } else { format!(": {}", fields.join(", ")) };
        let became = match mended {
            None => String::new(),
            Some(true) => out.paint(GOOD, "  pulled again"),
            Some(false) => out.paint(BAD, "  still so after it was pulled again"),
        };
        let word = out.paint(WARN, format_args!("{word:<10}"));
        say(out, &value, format!("{word} {}{fields}{became}", name(&difference.key)))
    }

    pub(super) fn extra(&mut self, extra: &Extra, out: &mut Out) -> Outcome<()> {
        self.extra += 1;
        let value = row("extra", &extra.key, json!({"modified_at": extra.modified_at}));
        let word = out.paint(WARN, format_args!("{:<10}", "extra"));
        let line =
            format!("{word} {}: changed at {}, not on their list", name(&extra.key), extra.modified_at);
        say(out, &value, line)
    }

    pub(super) fn failed(&mut self, id: &ObjectId, error: &Error, out: &mut Out) -> Outcome<()> {
        self.unreadable += 1;
        let words = plain(&error.to_string());
        let value = json!({"difference": "unreadable", "kind": id.kind, "number": id.id, "detail": words});
        let word = out.paint(BAD, "unreadable");
        say(out, &value, format!("{word} {} {}: {words}", id.kind, plain(&id.id)))
    }

    pub(super) fn unreadable(
        &mut self,
        topic: &str,
        reason: &QuarantineReason,
        out: &mut Out,
    ) -> Outcome<()> {
        self.unreadable += 1;
        let words = plain(&reason.detail);
        let value = json!({"difference": "unreadable", "kind": topic, "path": reason.path, "detail": words});
        let at = reason.path.as_deref().map(|path| format!(" at {}", plain(path))).unwrap_or_default();
        let word = out.paint(BAD, "unreadable");
        say(out, &value, format!("{word} {}: {words}{at}", plain(topic)))
    }

    /// How the newest event of a history stands at a sink.
    pub(super) fn handed(
        &mut self,
        key: &HistoryKey,
        newest: &Newest,
        repairs: bool,
        out: &mut Out,
    ) -> Outcome<()> {
        let at = self.sinks.entry(newest.sink.clone()).or_default();
        let words = match &newest.state {
            State::Delivered | State::AlreadyThere | State::Superseded | State::Settled => {
                at.accepted += 1;
                return Ok(());
            }
            State::Pending | State::Held(_) => {
                at.pending += 1;
                return Ok(());
            }
            State::Parked(words) => {
                at.parked += 1;
                plain(words)
            }
            State::Dropped => {
                at.dropped += 1;
                "dropped by people".to_owned()
            }
        };
        let word = newest.state.word();
        let more = json!({"sink": newest.sink, "event": newest.seq, "revision": newest.revision, "detail": words,
            "repaired": repairs});
        let value = row(word, key, more);
        let became = if repairs { out.paint(GOOD, "  handed off again") } else { String::new() };
        let word = out.paint(WARN, format_args!("{word:<10}"));
        let line =
            format!("{word} {} at {}, revision {}: {words}{became}", name(key), newest.sink, newest.revision);
        say(out, &value, line)
    }

    pub(super) fn handed_again(&mut self, events: u64) {
        self.handed_again += events;
    }

    /// What it comes to. `extras` says whether they were looked for.
    pub(super) fn summary(&self, extras: bool, out: &mut Out) -> Outcome<()> {
        if !out.for_people() {
            let sinks: Vec<Value> = self
                .sinks
                .iter()
                .map(|(sink, at)| {
                    json!({"sink": sink, "accepted": at.accepted, "pending": at.pending, "parked": at.parked,
                        "dropped": at.dropped, "none": at.none(self.listed)})
                })
                .collect();
            out.json(&json!({"summary": {
                "source": self.source, "from": self.from, "to": self.to, "listed": self.listed,
                "missing": self.missing, "different": self.different, "newer_here": self.newer,
                "extra": extras.then_some(self.extra), "unreadable": self.unreadable, "repaired": self.repaired,
                "handed_again": self.handed_again, "open": self.open(), "sinks": sinks,
            }}))?;
            return Ok(());
        }
        let source = out.paint(STRONG, &self.source);
        out.line(format_args!(
            "{source} lists {} from {} to {}",
            count(self.listed, "key"),
            self.from,
            self.to
        ))?;
        let extra = match extras {
            true => format!("{} extra", thousands(self.extra)),
            false => "extra ones not looked for with --to".to_owned(),
        };
        out.line(format_args!(
            "  {} missing, {} different, {extra}, {} unreadable; {} newer here",
            thousands(self.missing),
            thousands(self.different),
            thousands(self.unreadable),
            thousands(self.newer)
        ))?;
        for (sink, at) in &self.sinks {
            out.line(format_args!(
                "  {sink}: {} accepted, {} pending, {} parked, {} dropped, {} not for it",
                thousands(at.accepted),
                thousands(at.pending),
                thousands(at.parked),
                thousands(at.dropped),
                thousands(at.none(self.listed))
            ))?;
        }
        let verdict = match self.open() {
            0 if self.repaired + self.handed_again > 0 => {
                out.paint(GOOD, "everything that differed was repaired")
            }
            0 => out.paint(GOOD, "nothing differs"),
            open => out.paint(BAD, format_args!("{} left", count(open, "difference"))),
        };
        let hint = match self.open() > self.extra + self.unreadable {
            true => out.paint(FAINT, "  --repair pulls and hands off again"),
            false => String::new(),
        };
        out.line(format_args!("  {verdict}{hint}"))?;
        Ok(())
    }
}

fn say(out: &mut Out, value: &Value, line: String) -> Outcome<()> {
    if out.for_people() {
        out.line(line)?
    } else {
        out.json(value)?
    }
    Ok(())
}

fn row(word: &str, key: &HistoryKey, more: Value) -> Value {
    let mut row = json!({"difference": word, "kind": key.kind.as_str(), "platform": *key.platform,
        "shop": *key.shop, "number": key.number});
    if let (Some(row), Value::Object(more)) = (row.as_object_mut(), more) {
        row.extend(more);
    }
    row
}

fn name(key: &HistoryKey) -> String {
    match key.shop.as_ref() {
        "" => format!("{} {} {}", key.kind, key.platform, key.number),
        shop => format!("{} {}/{shop} {}", key.kind, key.platform, key.number),
    }
}
