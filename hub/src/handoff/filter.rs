//! Which events a sink takes. Pure; written as JSON into the store so that both sides of the ledger use the same.

use crossdock_schemas::{Class, EventType};
use serde::{Deserialize, Serialize};

use super::condition::{Condition, holds};
use crate::backbone::StoredEvent;

/// What a filter looks at.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// Type of the event.
    pub event_type: EventType,
    /// Normal, replay, test.
    pub class: Class,
    /// Platform or carrier.
    pub platform: &'a str,
    /// Shop or account.
    pub shop: &'a str,
    /// Id of the source whose capture caused it.
    pub source: &'a str,
    /// The data of the event as JSON text: looked at only where a filter has conditions.
    pub data: &'a str,
}

impl<'a> Subject<'a> {
    /// What a filter looks at in a stored event.
    pub fn of(stored: &'a StoredEvent) -> Self {
        Self {
            event_type: stored.event.event_type,
            class: stored.event.class,
            platform: &stored.event.platform,
            shop: &stored.event.shop,
            source: &stored.source,
            data: stored.event.data.get(),
        }
    }
}

/// Which events a sink takes: an event must fit every list that is not empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Filter {
    /// Event types: `order.paid`, `order.*`, `milestone.*`, `*`.
    pub events: Vec<String>,
    /// Source ids.
    pub sources: Vec<String>,
    /// Platforms or carriers.
    pub platforms: Vec<String>,
    /// Classes: `n` normal, `r` replay and backfill, `t` test.
    pub classes: Vec<String>,
    /// Conditions on fields; all must hold.
    #[serde(rename = "where", skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<Condition>,
}

impl Filter {
    /// The filter as stored.
    pub fn to_text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Reads a stored filter.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn from_text(text: &str) -> Result<Self, String> {
        if text.is_empty() {
            return Ok(Self::default());
        }
        serde_json::from_str(text).map_err(|error| format!("filter of a sink: {error}"))
    }

    /// Whether the sink takes this event.
    pub fn takes(&self, subject: &Subject<'_>) -> bool {
        self.takes_type(subject.event_type)
            && fits(&self.sources, |source| source == subject.source)
            && fits(&self.platforms, |platform| platform == subject.platform)
            && self.takes_class(subject.class)
            && holds(&self.conditions, subject.data)
    }

    /// Whether it takes a type at all.
    pub fn takes_type(&self, event_type: EventType) -> bool {
        fits(&self.events, |pattern| pattern_fits(pattern, event_type.as_str()))
    }

    /// Whether it takes a class at all.
    pub fn takes_class(&self, class: Class) -> bool {
        self.classes.is_empty() || self.classes.iter().any(|wanted| wanted == class.as_str())
    }

    /// Event patterns that no event type fits: a typing error that would silence a sink.
    pub fn unknown_patterns(&self) -> Vec<&str> {
        let known = |pattern: &str| EventType::ALL.iter().any(|kind| pattern_fits(pattern, kind.as_str()));
        self.events.iter().map(String::as_str).filter(|pattern| !known(pattern)).collect()
    }
}

fn fits(list: &[String], fit: impl Fn(&str) -> bool) -> bool {
    list.is_empty() || list.iter().any(|item| fit(item))
}

fn pattern_fits(pattern: &str, name: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some("") => true,
        Some(prefix) => prefix.ends_with('.') && name.starts_with(prefix),
        None => pattern == name,
    }
}

/// Whether every event type that `pattern` fits is fitted by one of `takes`.
pub(crate) fn covers(takes: &[&str], pattern: &str) -> bool {
    let understood = |kind: &EventType| takes.iter().any(|take| pattern_fits(take, kind.as_str()));
    EventType::ALL.iter().filter(|kind| pattern_fits(pattern, kind.as_str())).all(understood)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paid() -> Subject<'static> {
        Subject {
            event_type: EventType::OrderPaid,
            class: Class::Normal,
            platform: "shopify",
            shop: "s",
            source: "us",
            data: r#"{"order":{"currency":"CNY"}}"#,
        }
    }

    #[test]
    fn an_empty_filter_takes_everything() {
        assert!(Filter::default().takes(&paid()));
    }

    #[test]
    fn patterns_end_at_the_dot() {
        let filter = |pattern: &str| Filter { events: vec![pattern.into()], ..Filter::default() };
        assert!(filter("order.*").takes(&paid()));
        assert!(filter("order.paid").takes(&paid()));
        assert!(filter("*").takes(&paid()));
        assert!(!filter("order.p*").takes(&paid()));
        assert!(!filter("milestone.*").takes(&paid()));
        assert_eq!(filter("orders.*").unknown_patterns(), ["orders.*"]);
        assert!(filter("order.*").unknown_patterns().is_empty());
    }

    #[test]
    fn every_list_must_fit() {
        let filter = Filter { sources: vec!["eu".into()], ..Filter::default() };
        assert!(!filter.takes(&paid()));
        let filter = Filter { classes: vec!["r".into()], ..Filter::default() };
        assert!(!filter.takes(&paid()));
        let filter =
            Filter::from_text(&Filter { platforms: vec!["shopify".into()], ..Filter::default() }.to_text());
        assert!(filter.unwrap().takes(&paid()));
    }
}
