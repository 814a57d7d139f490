//! What the hub's store says in the end: its event log and the states of its histories, read from the start.

use std::collections::BTreeMap;

use crossdock_schemas::{Class, Dec, EventType, HistoryKind, Lifecycle, Order, Ts};

use crate::backbone::{Answer, Backbone, Question, Seq};
use crate::handoff::filter::{Filter, Subject};

use super::script::{Ends, Known, SHEET, SHOPIFY, TAOBAO};

/// One event of the log, without its body.
pub(super) struct Fact {
    pub(super) id: String,
    pub(super) event_type: EventType,
    pub(super) key: String,
    pub(super) time: Ts,
    pub(super) source: String,
    pub(super) capture: Seq,
    platform: String,
    shop: String,
    class: Class,
}

impl Fact {
    /// Whether a receiver should have it.
    pub(super) fn is_for(&self, filter: &Filter) -> bool {
        filter.takes(&Subject {
            event_type: self.event_type,
            class: self.class,
            platform: &self.platform,
            shop: &self.shop,
            source: &self.source,
            // The demo's filters have no conditions on fields.
            data: "",
        })
    }
}

#[cfg(test)]
impl Fact {
    /// A fact for tests.
    pub(super) fn made(id: &str, event_type: EventType, key: &str) -> Self {
        Self {
            id: id.to_owned(),
            event_type,
            key: key.to_owned(),
            time: Ts::utc(jiff::Timestamp::UNIX_EPOCH),
            source: String::new(),
            capture: 0,
            platform: String::new(),
            shop: String::new(),
            class: Class::Normal,
        }
    }
}

/// Reads the whole log.
pub(super) async fn log(backbone: &dyn Backbone) -> Result<Vec<Fact>, String> {
    const PAGE: usize = 512;
    let mut facts = Vec::new();
    let mut after = 0;
    loop {
        let page = backbone.events(after, PAGE).await.map_err(|error| error.to_string())?;
        let Some(last) = page.last() else { return Ok(facts) };
        after = last.seq;
        facts.extend(page.iter().map(|stored| {
            let event = &stored.event;
            let capture =
                event.correlation_id.as_deref().and_then(|id| id.strip_prefix("capture:")?.parse().ok());
            Fact {
                id: event.id.clone(),
                event_type: event.event_type,
                key: event.key.clone(),
                time: event.time,
                source: stored.source.to_string(),
                capture: capture.unwrap_or(0),
                platform: event.platform.clone(),
                shop: event.shop.clone(),
                class: event.class,
            }
        }));
    }
}

/// All orders, by source and number; the key is how events name them.
pub(super) async fn orders(
    backbone: &dyn Backbone,
) -> Result<BTreeMap<(&'static str, String), (Known, String)>, String> {
    let mut found = BTreeMap::new();
    let mut unreadable = None;
    each(backbone, HistoryKind::Order, |key, snapshot| match serde_json::from_str::<Order>(snapshot) {
        Ok(order) => {
            let source = source_of(&order.source.platform);
            let ends = match order.status.lifecycle {
                Some(Lifecycle::Cancelled) => Ends::Cancelled,
                Some(Lifecycle::Completed) => Ends::Completed,
                _ => Ends::Open,
            };
            let amount = amount(&order).unwrap_or_default();
            found.insert((source, order.order_no), (Known { amount, ends }, key.to_owned()));
        }
        Err(error) => unreadable = Some(format!("an order of the store cannot be read: {error}")),
    })
    .await?;
    match unreadable {
        Some(error) => Err(error),
        None => Ok(found),
    }
}

/// How many after-sale cases each source has.
pub(super) async fn cases(backbone: &dyn Backbone) -> Result<BTreeMap<&'static str, u64>, String> {
    let mut found = BTreeMap::new();
    each(backbone, HistoryKind::Aftersale, |_, snapshot| {
        let read: serde_json::Value = serde_json::from_str(snapshot).unwrap_or_default();
        let platform =
            read.pointer("/source/platform").and_then(serde_json::Value::as_str).unwrap_or_default();
        *found.entry(source_of(platform)).or_default() += 1;
    })
    .await?;
    Ok(found)
}

async fn each(
    backbone: &dyn Backbone,
    kind: HistoryKind,
    mut take: impl FnMut(&str, &str),
) -> Result<(), String> {
    const PAGE: usize = 512;
    let mut after = 0;
    loop {
        let page = match backbone.ask(Question::States { kind, after, limit: PAGE }).await {
            Ok(Answer::States(page)) => page,
            Ok(_) => return Err("the store answered something else than states".to_owned()),
            Err(error) => return Err(error.to_string()),
        };
        let Some((last, _)) = page.last() else { return Ok(()) };
        after = *last;
        for (_, state) in &page {
            if let Some(snapshot) = &state.snapshot {
                take(&state.key, snapshot);
            }
        }
    }
}

fn source_of(platform: &str) -> &'static str {
    match platform {
        "shopify" => SHOPIFY,
        "taobao" => TAOBAO,
        "online_retail" => SHEET,
        _ => "unknown",
    }
}

/// What the buyer owes: as the platform states it, else the sum of lines and fees, exactly.
fn amount(order: &Order) -> Option<Dec> {
    if let Some(stated) = order.totals.payable {
        return Some(stated);
    }
    let lines = order.lines.iter().map(|line| match line.line_total {
        Some(total) => Some(total),
        None => line.unit_price?.checked_mul(line.quantity),
    });
    let fees = order.fees.iter().map(|fee| Some(fee.amount));
    lines.chain(fees).try_fold(Dec::ZERO, |sum, amount| sum.checked_add(amount?))
}
