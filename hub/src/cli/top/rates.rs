//! How fast things go: the difference of two pictures. Pure.

use std::collections::BTreeMap;

use crate::operate::Top;

/// Tenths of things a second.
pub(super) type Rate = u64;

/// How fast one source goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct SourceRates {
    pub(super) captured: Rate,
    pub(super) folded: Rate,
    pub(super) known: Rate,
}

/// How fast everything goes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Rates {
    sources: BTreeMap<String, SourceRates>,
    sinks: BTreeMap<String, Rate>,
}

impl Rates {
    /// The rates between two pictures of one hub.
    pub(super) fn between(before: &Top, now: &Top) -> Self {
        let micros = u64::try_from(now.at.saturating_sub(before.at)).unwrap_or(0).max(1);
        // A retry out of quarantine takes something back: that is no rate.
        let rate = |before: u64, now: u64| now.saturating_sub(before).saturating_mul(10_000_000) / micros;
        let mut rates = Self::default();
        for source in &now.backlog.sources {
            let was = before.backlog.sources.iter().find(|was| was.source == source.source);
            let was = was.cloned().unwrap_or_default();
            let found = SourceRates {
                captured: rate(was.captured, source.captured),
                folded: rate(was.folded, source.folded),
                known: rate(was.known, source.known),
            };
            rates.sources.insert(source.source.clone(), found);
        }
        for sink in &now.backlog.sinks {
            let was = before.backlog.sinks.iter().find(|was| was.sink == sink.sink);
            let was = was.map_or(0, |was| was.delivered);
            rates.sinks.insert(sink.sink.clone(), rate(was, sink.delivered));
        }
        rates
    }

    pub(super) fn source(&self, id: &str) -> SourceRates {
        self.sources.get(id).copied().unwrap_or_default()
    }

    pub(super) fn sink(&self, id: &str) -> Rate {
        self.sinks.get(id).copied().unwrap_or_default()
    }
}

/// A rate as it is read: `0.4`, `12`, with tenths only where they say something.
pub(super) fn text(rate: Rate) -> String {
    match (rate / 10, rate % 10) {
        (whole, tenths) if whole < 100 && tenths > 0 => format!("{whole}.{tenths}"),
        (whole, _) => whole.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backbone::{Backlog, SinkBacklog, SourceBacklog};

    fn picture(at: i64, captured: u64, delivered: u64) -> Top {
        let source = SourceBacklog {
            source: "shop".into(),
            captured,
            folded: captured / 2,
            ..SourceBacklog::default()
        };
        let sink = SinkBacklog { sink: "erp".into(), delivered, ..SinkBacklog::default() };
        let backlog = Backlog { sources: vec![source], sinks: vec![sink], ..Backlog::default() };
        Top { at, backlog, sinks: Vec::new(), nats: None }
    }

    #[test]
    fn rates_are_differences_over_time() {
        let rates = Rates::between(&picture(1_000_000, 100, 7), &picture(3_000_000, 300, 8));
        assert_eq!(rates.source("shop"), SourceRates { captured: 1000, folded: 500, known: 0 });
        assert_eq!((rates.sink("erp"), rates.sink("new")), (5, 0));
        let back = Rates::between(&picture(1_000_000, 100, 7), &picture(1_000_000, 90, 7));
        assert_eq!(back.source("shop").captured, 0);
        assert_eq!([5, 1000, 123, 99_999].map(text), ["0.5", "100", "12.3", "9999"]);
    }
}
