//! One order from the first push to the last scan: what came in, what the hub made of it, who was told.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use crossdock_schemas::{EventType, HistoryKind, Order};

use crate::backbone::{Answer, Backbone, HistoryKey, Question, Seq, StoredEvent, Timeline};
use crate::clock;
use crate::handoff::filter::{Filter, Subject};

use super::text::{FAINT, GOOD, Paper, STRONG, count, paint};

/// What came in at one time.
struct Arrival {
    received_at: i64,
    source: String,
    topic: String,
    verdicts: BTreeSet<String>,
    events: Vec<StoredEvent>,
}

/// An order's story.
pub(super) struct Story {
    order: Order,
    arrivals: BTreeMap<Seq, Arrival>,
    /// By sink and event: attempts that were needed, where it was more than one.
    attempts: BTreeMap<(String, Seq), u32>,
    linked: Vec<HistoryKey>,
}

/// Reads the story of a Shopify order.
///
/// # Errors
/// When it is not known.
pub(super) async fn read(backbone: &dyn Backbone, shop: &str, number: &str) -> Result<Story, String> {
    let key = HistoryKey {
        kind: HistoryKind::Order,
        platform: "shopify".into(),
        shop: shop.into(),
        number: number.to_owned(),
    };
    let timeline = timeline(backbone, key).await?;
    let snapshot = timeline.state.snapshot.as_deref().unwrap_or_default();
    let order = serde_json::from_str(snapshot).map_err(|error| format!("order {number}: {error}"))?;
    let linked = timeline.linked.clone();
    let mut story = Story { order, arrivals: BTreeMap::new(), attempts: BTreeMap::new(), linked: linked.clone() };
    story.add(timeline);
    for key in linked {
        story.add(self::timeline(backbone, key).await?);
    }
    Ok(story)
}

async fn timeline(backbone: &dyn Backbone, key: HistoryKey) -> Result<Timeline, String> {
    let number = key.number.clone();
    match backbone.ask(Question::Timeline(key)).await {
        Ok(Answer::Timeline(Some(timeline))) => Ok(*timeline),
        Ok(_) => Err(format!("{number} is not known")),
        Err(error) => Err(error.to_string()),
    }
}

impl Story {
    fn add(&mut self, timeline: Timeline) {
        for capture in timeline.captures {
            let arrival = self.arrivals.entry(capture.seq).or_insert_with(|| Arrival {
                received_at: capture.received_at,
                source: capture.source,
                topic: capture.topic,
                verdicts: BTreeSet::new(),
                events: Vec::new(),
            });
            arrival.verdicts.insert(capture.verdict);
        }
        for stored in timeline.events {
            let cause = stored.event.correlation_id.as_deref().and_then(|id| id.strip_prefix("capture:")?.parse().ok());
            if let Some(arrival) = cause.and_then(|seq: Seq| self.arrivals.get_mut(&seq)) {
                arrival.events.push(stored);
            }
        }
        for handoff in timeline.handoffs.into_iter().filter(|handoff| handoff.outcome != "retry") {
            self.attempts.insert((handoff.sink, handoff.seq), handoff.attempt);
        }
    }

    /// Numbers of its parcels.
    pub(super) fn parcels(&self) -> impl Iterator<Item = &str> {
        self.linked.iter().filter(|key| key.kind == HistoryKind::Parcel).map(|key| key.number.as_str())
    }

    /// Prints it.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) fn print(&self, sinks: &[(&str, &Filter)], paper: Paper<'_>) -> io::Result<()> {
        let order = &self.order;
        let mut state = vec![];
        state.extend(order.status.lifecycle.map(|axis| axis.as_str()));
        state.extend(order.status.payment.map(|axis| axis.as_str()));
        state.extend(order.status.fulfillment.map(|axis| axis.as_str()));
        let total = order.totals.payable.map(|total| total.to_string()).unwrap_or_default();
        let lines = count(u64::try_from(order.lines.len()).unwrap_or(0), "line");
        writeln!(
            paper,
            "  {} · {lines} · {} {total} · {}",
            paint(STRONG, order.display_no.as_deref().unwrap_or(&order.order_no)),
            order.currency.as_deref().unwrap_or_default(),
            state.join(", ").replace('_', " ")
        )?;
        let mut silent: Vec<&Arrival> = Vec::new();
        for arrival in self.arrivals.values() {
            if arrival.events.is_empty() {
                silent.push(arrival);
                continue;
            }
            hush(&mut silent, paper)?;
            let verdict = if arrival.verdicts.contains("folded") { "" } else { "known" };
            let time = clock::timestamp(arrival.received_at).strftime("%H:%M:%S%.3f");
            writeln!(paper, "  {time}  {} {} {verdict}", arrival.source, paint(STRONG, &arrival.topic))?;
            for stored in &arrival.events {
                self.event(stored, sinks, paper)?;
            }
        }
        hush(&mut silent, paper)
    }

    fn event(&self, stored: &StoredEvent, sinks: &[(&str, &Filter)], paper: Paper<'_>) -> io::Result<()> {
        let event = &stored.event;
        let subject = Subject {
            event_type: event.event_type,
            class: event.class,
            platform: &event.platform,
            shop: &event.shop,
            source: &stored.source,
        };
        let mut told = Vec::new();
        for (id, filter) in sinks {
            if filter.takes(&subject) {
                let attempts = self.attempts.get(&((*id).to_owned(), stored.seq)).copied().unwrap_or(1);
                let again = if attempts > 1 { format!(" at attempt {attempts}") } else { String::new() };
                told.push(format!("{id} {}{again}", paint(GOOD, "✓")));
            }
        }
        let happened = event.time.at.strftime("%m-%d %H:%M");
        let name = format!("{}{}", event.event_type.as_str(), chinese(event.event_type));
        // Chinese characters take two columns.
        let wide = chinese(event.event_type).chars().count().saturating_sub(1);
        let gap = " ".repeat(30_usize.saturating_sub(name.chars().count() + wide));
        let quiet = told.is_empty();
        let name = if quiet { paint(FAINT, name) } else { name };
        let line = format!("                {name}{gap} {}  {}", paint(FAINT, happened), told.join("  "));
        writeln!(paper, "{}", line.trim_end())
    }
}

/// Several arrivals that told nothing new, in one line.
fn hush(silent: &mut Vec<&Arrival>, paper: Paper<'_>) -> io::Result<()> {
    let Some(first) = silent.first() else { return Ok(()) };
    let mut verdicts: BTreeMap<&str, u64> = BTreeMap::new();
    let mut topics: BTreeSet<&str> = BTreeSet::new();
    for arrival in silent.iter() {
        let verdict = arrival.verdicts.iter().find(|verdict| *verdict != "folded").map_or("folded", String::as_str);
        *verdicts.entry(verdict).or_default() += 1;
        topics.insert(&arrival.topic);
    }
    let verdicts: Vec<String> = verdicts.iter().map(|(verdict, count)| format!("{count} {verdict}")).collect();
    let topics: Vec<&str> = topics.into_iter().collect();
    let time = clock::timestamp(first.received_at).strftime("%H:%M:%S%.3f");
    let text = format!("  {time}  {}: {} (nothing new to tell)", topics.join(", "), verdicts.join(", "));
    silent.clear();
    writeln!(paper, "{}", paint(FAINT, text))
}

/// The word that carriers and customers use.
fn chinese(event_type: EventType) -> &'static str {
    match event_type {
        EventType::MilestonePickedUp => " 揽收",
        EventType::MilestoneDelivered => " 妥投",
        EventType::MilestoneException => " 异常",
        _ => "",
    }
}
