//! The scans of a parcel as a set: what is in it does not depend on the order in which it came.

use std::cmp::Ordering;

use crossdock_schemas::{AtQuality, Effect, ParcelStatus, TrackingEvent, Ts};
use jiff::civil::Time;

use super::normal::text;

/// What a set of scans gained.
#[derive(Debug, Default, PartialEq)]
pub(super) struct News {
    /// Keys of scans that are new, or now say another status or effect.
    pub(super) fresh: Vec<String>,
    /// Whether a known scan gained detail that changes nothing of that.
    pub(super) detail: bool,
}

/// Adds scans. Of two with the same key but different detail one stays, whichever came first: a withdrawal
/// rather than what it withdraws, a known status rather than `unknown` (a code table was mended), the one
/// that says more, else the greater text. Milestones that the other one has fired stay fired.
pub(super) fn merge(known: &mut Vec<TrackingEvent>, new: Vec<TrackingEvent>) -> News {
    let mut news = News::default();
    for scan in new {
        let key = scan.event_key.clone().unwrap_or_default();
        match known.iter_mut().find(|held| held.event_key == scan.event_key) {
            None => {
                news.fresh.push(key);
                known.push(scan);
            }
            Some(held) if *held == scan || !is_better(&scan, held) => {}
            Some(held) => {
                if (held.status, held.effect) == (scan.status, scan.effect) {
                    news.detail = true;
                } else if !news.fresh.contains(&key) {
                    news.fresh.push(key);
                }
                *held = scan;
            }
        }
    }
    arrange(known);
    news
}

fn is_better(scan: &TrackingEvent, held: &TrackingEvent) -> bool {
    let claim = |scan: &TrackingEvent| (scan.effect == Effect::Retract, scan.status != ParcelStatus::Unknown);
    match claim(scan).cmp(&claim(held)) {
        Ordering::Greater => true,
        Ordering::Less => false,
        Ordering::Equal => {
            let (new, old) = (text(scan), text(held));
            (new.len(), new) > (old.len(), old)
        }
    }
}

/// Brings scans into the order of the journey: by time, then rank, then key. (The sheet's third criterion is
/// arrival; the key stands in for it, so that any order of arrival gives the same journey.)
pub(super) fn arrange(scans: &mut [TrackingEvent]) {
    scans.sort_by(|a, b| place(a, a.at).cmp(&place(b, b.at)));
    if scans.iter().any(|scan| scan.at_quality == AtQuality::DateOnly) {
        let exact: Vec<(Ts, u8)> = scans
            .iter()
            .filter(|scan| scan.at_quality != AtQuality::DateOnly)
            .map(|scan| (scan.at, scan.status.rank()))
            .collect();
        scans.sort_by_cached_key(|scan| {
            let at = if scan.at_quality == AtQuality::DateOnly { within_day(scan, &exact) } else { scan.at };
            (at, scan.status.rank(), scan.event_key.clone())
        });
    }
}

fn place(scan: &TrackingEvent, at: Ts) -> (Ts, u8, Option<&str>) {
    (at, scan.status.rank(), scan.event_key.as_deref())
}

/// Where in its day a scan without time of day belongs: right after the last exact one of no higher rank.
fn within_day(scan: &TrackingEvent, exact: &[(Ts, u8)]) -> Ts {
    let date = scan.at.offset.to_datetime(scan.at.at).date();
    let bound = |date: jiff::civil::Date| {
        scan.at.offset.to_timestamp(date.to_datetime(Time::midnight())).unwrap_or(scan.at.at)
    };
    let (from, to) = (bound(date), bound(date.tomorrow().unwrap_or(date)));
    let same_day =
        exact.iter().filter(|(at, rank)| at.at >= from && at.at < to && *rank <= scan.status.rank());
    same_day.map(|(at, _)| *at).max().unwrap_or(Ts::new(from, scan.at.offset))
}
