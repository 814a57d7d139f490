//! Numbers are used again. A reply then holds several shipments under one number: the newest is meant. Splits and
//! redirections give several shipments too; those belong together, and are told apart by time.

use crossdock_schemas::{TrackingEvent, Ts};

const SIXTY_DAYS: i64 = 60 * 24 * 60 * 60;

/// Which of the shipments under one number belong to its newest use.
pub(crate) fn newest(shipments: &[&[TrackingEvent]]) -> Vec<bool> {
    let span = |events: &&[TrackingEvent]| -> Option<(Ts, Ts)> {
        let times = events.iter().map(|event| event.at);
        Some((times.clone().min()?, times.max()?))
    };
    let spans: Vec<Option<(Ts, Ts)>> = shipments.iter().map(span).collect();
    let Some(mut begins) = spans.iter().flatten().max_by_key(|(_, last)| *last).map(|(first, _)| *first)
    else {
        return vec![true; shipments.len()];
    };
    // A shipment shortly before one that belongs to it belongs to it, too.
    let near = |last: Ts, begins: Ts| begins.utc_seconds().saturating_sub(last.utc_seconds()) < SIXTY_DAYS;
    for _ in &spans {
        let joined = spans.iter().flatten().filter(|(_, last)| near(*last, begins));
        begins = joined.map(|(first, _)| *first).min().unwrap_or(begins).min(begins);
    }
    spans.iter().map(|span| span.is_none_or(|(_, last)| near(last, begins))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shipment(times: &[&str]) -> Vec<TrackingEvent> {
        let event = |time: &&str| TrackingEvent { at: time.parse().unwrap(), ..TrackingEvent::default() };
        times.iter().map(event).collect()
    }

    #[test]
    fn the_newest_use_and_what_belongs_to_it() {
        let old = shipment(&["2024-05-01T10:00:00-05:00"]);
        let first = shipment(&["2026-02-01T10:00:00Z", "2026-02-03T10:00:00Z"]);
        let second = shipment(&["2026-03-20T10:00:00Z"]);
        let none = shipment(&[]);
        let all: [&[TrackingEvent]; 4] = [&old, &second, &none, &first];
        assert_eq!(newest(&all), [false, true, true, true]);
        assert_eq!(newest(&[&none, &none]), [true, true]);
        assert_eq!(newest(&[&old]), [true]);
    }
}
