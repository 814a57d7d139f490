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
    let mut story =
        Story { order, arrivals: BTreeMap::new(), attempts: BTreeMap::new(), linked: linked.clone() };
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
            let cause = stored
                .event
                .correlation_id
                .as_deref()
                .and_then(|id| id.strip_prefix("capture:")?.parse().ok());
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
        let heads = format!(
            "  {:<14}{:<38}{:<14}{}",
            "received UTC", "what came, and what was told", "happened", "who has it"
        );
        writeln!(paper, "{}", paint(FAINT, heads))?;
        let mut silent: Vec<&Arrival> = Vec::new();
        for arrival in self.arrivals.values() {
            let told =
                arrival.events.iter().filter(|stored| sinks.iter().any(|(_, filter)| takes(filter, stored)));
            let told: Vec<&StoredEvent> = told.collect();
            if told.is_empty() {
                silent.push(arrival);
                continue;
            }
            hush(&mut silent, paper)?;
            let from = format!("{} from {}", paint(STRONG, &arrival.topic), arrival.source);
            writeln!(paper, "  {}  {from}", clock_time(arrival))?;
            for stored in told {
                self.event(stored, sinks, paper)?;
            }
        }
        hush(&mut silent, paper)
    }

    fn event(&self, stored: &StoredEvent, sinks: &[(&str, &Filter)], paper: Paper<'_>) -> io::Result<()> {
        let event = &stored.event;
        let mut has = Vec::new();
        for (id, _) in sinks.iter().filter(|(_, filter)| takes(filter, stored)) {
            let attempts = self.attempts.get(&((*id).to_owned(), stored.seq)).copied().unwrap_or(1);
            let again = if attempts > 1 { format!(" at attempt {attempts}") } else { String::new() };
            has.push(format!("{id} {}{again}", paint(GOOD, "✓")));
        }
        let label = chinese(event.event_type);
        let name = format!("{}{label}", event.event_type.as_str());
        // Chinese characters take two columns.
        let wide = name.chars().count() + label.chars().count().saturating_sub(1);
        let gap = " ".repeat(34_usize.saturating_sub(wide));
        let happened = event.time.at.strftime("%m-%d %H:%M");
        writeln!(paper, "                  {name}{gap}{}   {}", paint(FAINT, happened), has.join("  "))
    }
}

fn takes(filter: &Filter, stored: &StoredEvent) -> bool {
    filter.takes(&Subject::of(stored))
}

fn clock_time(arrival: &Arrival) -> String {
    clock::timestamp(arrival.received_at).strftime("%H:%M:%S%.3f").to_string()
}

/// Several arrivals that nobody had to be told of, in one line.
fn hush(silent: &mut Vec<&Arrival>, paper: Paper<'_>) -> io::Result<()> {
    let Some(first) = silent.first() else { return Ok(()) };
    let mut by_topic: BTreeMap<&str, BTreeMap<&str, u64>> = BTreeMap::new();
    for arrival in silent.iter() {
        let folded = arrival.verdicts.contains("folded");
        let other = arrival.verdicts.first().map_or("", String::as_str);
        let verdict = if folded { "folded" } else { other };
        *by_topic.entry(&arrival.topic).or_default().entry(verdict).or_default() += 1;
    }
    let time = clock_time(first);
    let mut lines = vec![String::new()];
    for (topic, verdicts) in by_topic {
        let counts: Vec<String> =
            verdicts.iter().map(|(verdict, count)| format!("{count} {verdict}")).collect();
        let word = format!("{topic}: {}", counts.join(", "));
        match lines.last_mut() {
            Some(line) if line.is_empty() => *line = word,
            Some(line) if line.len() + word.len() < 78 => *line = format!("{line} · {word}"),
            _ => lines.push(word),
        }
    }
    silent.clear();
    for (at, line) in lines.iter().enumerate() {
        let time = if at == 0 { time.as_str() } else { "" };
        writeln!(paper, "{}", paint(FAINT, format!("  {time:<12}  {line}")))?;
    }
    Ok(())
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
