//! What is counted: one enum of names, closed sets of labels. Never an account's data, an order or a URL.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;

use super::live::Board;
use crate::backbone::Micros;
use crate::handoff::lanes::Result as Became;

/// Every metric. `hub/docs/metrics.md` lists them, and a test compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Metric {
    /// Webhook requests by outcome.
    WebhookRequests,
    /// Captures stored by channel.
    Captures,
    /// Fetches by outcome.
    Fetches,
    /// Polled pages by outcome.
    Polls,
    /// Questions for parcels by outcome.
    Tracks,
    /// Parcels that are asked for, by source.
    TrackOpen,
    /// Seconds that the first parcel waits beyond its time, by source.
    TrackLate,
    /// Handoffs by outcome.
    Handoffs,
    /// Events given to the stream of the tenant, by outcome.
    Published,
    /// Events that are not in that stream yet.
    PublishBehind,
    /// Handoffs that wait with a row of their own, by sink.
    HandoffsHeld,
    /// Seconds from commit to the end of a handoff.
    HandoffSeconds,
    /// Seconds from request to acknowledgement.
    WebhookSeconds,
}

impl Metric {
    /// Every metric.
    pub const ALL: &'static [Self] = &[
        Self::WebhookRequests,
        Self::Captures,
        Self::Fetches,
        Self::Polls,
        Self::Tracks,
        Self::TrackOpen,
        Self::TrackLate,
        Self::Handoffs,
        Self::Published,
        Self::PublishBehind,
        Self::HandoffsHeld,
        Self::HandoffSeconds,
        Self::WebhookSeconds,
    ];

    /// Name as Prometheus sees it, without the suffix that it adds to counters.
    pub const fn name(self) -> &'static str {
        match self {
            Self::WebhookRequests => "crossdock_webhook_requests",
            Self::Captures => "crossdock_captures",
            Self::Fetches => "crossdock_fetches",
            Self::Polls => "crossdock_polls",
            Self::Tracks => "crossdock_tracks",
            Self::TrackOpen => "crossdock_track_open",
            Self::TrackLate => "crossdock_track_late_seconds",
            Self::Handoffs => "crossdock_handoffs",
            Self::Published => "crossdock_published",
            Self::PublishBehind => "crossdock_publish_behind",
            Self::HandoffsHeld => "crossdock_handoffs_held",
            Self::HandoffSeconds => "crossdock_handoff_seconds",
            Self::WebhookSeconds => "crossdock_webhook_seconds",
        }
    }

    const fn help(self) -> &'static str {
        match self {
            Self::WebhookRequests => "Webhook requests by outcome",
            Self::Captures => "Captures stored by channel",
            Self::Fetches => "Fetches by outcome",
            Self::Polls => "Polled pages by outcome",
            Self::Tracks => "Questions for parcels by outcome",
            Self::TrackOpen => "Parcels that are asked for, by source",
            Self::TrackLate => "Seconds that the first parcel waits beyond its time, by source",
            Self::Handoffs => "Handoffs by outcome",
            Self::Published => "Events given to the NATS stream, by outcome",
            Self::PublishBehind => "Events of the log that are not in the NATS stream yet",
            Self::HandoffsHeld => "Handoffs that wait for their time, by sink",
            Self::HandoffSeconds => "Seconds from commit to the end of a handoff",
            Self::WebhookSeconds => "Seconds from request to acknowledgement",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Label {
    outcome: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct SinkLabel {
    sink: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct SourceLabel {
    source: String,
}

/// The hub's counts.
pub struct Metrics {
    registry: Mutex<Registry>,
    webhook: Family<Label, Counter>,
    captures: Family<Label, Counter>,
    fetches: Family<Label, Counter>,
    polls: Family<Label, Counter>,
    tracks: Family<Label, Counter>,
    track_open: Family<SourceLabel, Gauge>,
    track_late: Family<SourceLabel, Gauge>,
    handoffs: Family<Label, Counter>,
    published: Family<Label, Counter>,
    behind: Gauge,
    held: Family<SinkLabel, Gauge>,
    handoff_seconds: Histogram,
    webhook_seconds: Histogram,
    delivered: AtomicU64,
    /// How sinks are right now.
    pub live: Board,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::default();
        let buckets = || Histogram::new(exponential_buckets(0.0005, 2.0, 18));
        let this = Self {
            webhook: Family::default(),
            captures: Family::default(),
            fetches: Family::default(),
            polls: Family::default(),
            tracks: Family::default(),
            track_open: Family::default(),
            track_late: Family::default(),
            handoffs: Family::default(),
            published: Family::default(),
            behind: Gauge::default(),
            held: Family::default(),
            handoff_seconds: buckets(),
            webhook_seconds: buckets(),
            delivered: AtomicU64::new(0),
            live: Board::default(),
            registry: Mutex::default(),
        };
        let mut add = |metric: Metric, counter: &Family<Label, Counter>| {
            registry.register(metric.name(), metric.help(), counter.clone());
        };
        add(Metric::WebhookRequests, &this.webhook);
        add(Metric::Captures, &this.captures);
        add(Metric::Fetches, &this.fetches);
        add(Metric::Polls, &this.polls);
        add(Metric::Tracks, &this.tracks);
        add(Metric::Handoffs, &this.handoffs);
        add(Metric::Published, &this.published);
        registry.register(Metric::PublishBehind.name(), Metric::PublishBehind.help(), this.behind.clone());
        for (metric, gauge) in [(Metric::TrackOpen, &this.track_open), (Metric::TrackLate, &this.track_late)]
        {
            registry.register(metric.name(), metric.help(), gauge.clone());
        }
        registry.register(Metric::HandoffsHeld.name(), Metric::HandoffsHeld.help(), this.held.clone());
        for (metric, histogram) in
            [(Metric::HandoffSeconds, &this.handoff_seconds), (Metric::WebhookSeconds, &this.webhook_seconds)]
        {
            registry.register(metric.name(), metric.help(), histogram.clone());
        }
        if let Ok(mut guard) = this.registry.lock() {
            *guard = registry;
        }
        this
    }
}

impl Metrics {
    /// Adds to a counter. `outcome` is from a closed set.
    pub fn count(&self, metric: Metric, outcome: &'static str, more: u64) {
        let family = match metric {
            Metric::WebhookRequests => &self.webhook,
            Metric::Captures => &self.captures,
            Metric::Fetches => &self.fetches,
            Metric::Polls => &self.polls,
            Metric::Tracks => &self.tracks,
            Metric::Handoffs => &self.handoffs,
            Metric::Published => &self.published,
            Metric::TrackOpen
            | Metric::TrackLate
            | Metric::HandoffsHeld
            | Metric::HandoffSeconds
            | Metric::WebhookSeconds
            | Metric::PublishBehind => return,
        };
        family.get_or_create(&Label { outcome }).inc_by(more);
    }

    /// Sets a gauge of a configured source or sink.
    pub fn set(&self, metric: Metric, id: &str, value: usize) {
        let value = i64::try_from(value).unwrap_or(i64::MAX);
        let source = || SourceLabel { source: id.to_owned() };
        match metric {
            Metric::HandoffsHeld => {
                self.held.get_or_create(&SinkLabel { sink: id.to_owned() }).set(value);
            }
            Metric::TrackOpen => {
                self.track_open.get_or_create(&source()).set(value);
            }
            Metric::TrackLate => {
                self.track_late.get_or_create(&source()).set(value);
            }
            _ => {}
        }
    }

    /// How many events are not in the stream yet.
    pub fn publish_behind(&self, events: u64) {
        self.behind.set(i64::try_from(events).unwrap_or(i64::MAX));
    }

    /// One webhook request, answered after this many microseconds.
    pub fn webhook(&self, outcome: &'static str, micros: Micros) {
        self.count(Metric::WebhookRequests, outcome, 1);
        self.webhook_seconds.observe(seconds(micros));
    }

    /// One handoff that ended, this many microseconds after its commit.
    pub fn handoff(&self, became: &Became, micros: Micros) {
        let outcome = match became {
            Became::Delivered => "delivered",
            Became::AlreadyThere => "already_there",
            Became::Superseded(_) => "superseded",
            Became::Retry { sent: false, .. } => "retry",
            Became::Retry { sent: true, .. } => "uncertain",
            Became::Wait(..) => "wait",
            Became::Uncertain(_) => "uncertain",
            Became::Rejected(_) => "rejected",
        };
        self.count(Metric::Handoffs, outcome, 1);
        if matches!(became, Became::Delivered | Became::AlreadyThere) {
            self.delivered.fetch_add(1, Ordering::Relaxed);
            self.handoff_seconds.observe(seconds(micros));
        }
    }

    /// Handoffs delivered since start: for progress and benchmarks.
    pub fn delivered(&self) -> u64 {
        self.delivered.load(Ordering::Relaxed)
    }

    /// All metrics in Prometheus' text form.
    pub fn render(&self) -> String {
        let mut text = String::new();
        if let Ok(registry) = self.registry.lock()
            && encode(&mut text, &registry).is_err()
        {
            text.clear();
            text.push_str("# metrics cannot be written\n");
        }
        text
    }
}

#[allow(
    clippy::cast_precision_loss,
    clippy::float_arithmetic,
    reason = "a duration for a histogram, not money"
)]
fn seconds(micros: Micros) -> f64 {
    micros as f64 / 1_000_000.0
}
