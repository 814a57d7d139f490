//! Why a filter does not take an event: the first thing that does not fit. Pure.

use crate::handoff::filter::{Filter, Subject};

/// `None` when it takes the event.
pub(super) fn not(filter: &Filter, subject: &Subject<'_>) -> Option<String> {
    if filter.takes(subject) {
        return None;
    }
    // Each part of the filter is asked alone; what is empty takes everything.
    let none = Filter::default;
    let parts = [
        ("event type", Filter { events: filter.events.clone(), ..none() }),
        ("source", Filter { sources: filter.sources.clone(), ..none() }),
        ("platform", Filter { platforms: filter.platforms.clone(), ..none() }),
        ("class", Filter { classes: filter.classes.clone(), ..none() }),
    ];
    if let Some((name, _)) = parts.iter().find(|(_, part)| !part.takes(subject)) {
        return Some((*name).to_owned());
    }
    let condition = filter
        .conditions
        .iter()
        .find(|condition| !Filter { conditions: vec![(*condition).clone()], ..none() }.takes(subject));
    Some(condition.map_or_else(|| "where".to_owned(), |condition| format!("where {}", condition.path)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::handoff::condition::Condition;
    use crossdock_schemas::{Class, EventType};

    #[test]
    fn the_first_thing_that_does_not_fit_is_named() {
        let subject = Subject {
            event_type: EventType::OrderPaid,
            class: Class::Normal,
            platform: "taobao",
            shop: "1",
            source: "flagship",
            data: r#"{"order":{"currency":"CNY","kind":"sale"}}"#,
        };
        let currency = |is: &str| Condition {
            path: "order.currency".into(),
            is: vec![is.into()],
            ..Condition::default()
        };
        let mut filter = Filter { conditions: vec![currency("CNY"), currency("USD")], ..Filter::default() };
        assert_eq!(not(&filter, &subject).unwrap(), "where order.currency");
        filter.classes = vec!["r".into()];
        assert_eq!(not(&filter, &subject).unwrap(), "class");
        filter.platforms = vec!["jd".into()];
        assert_eq!(not(&filter, &subject).unwrap(), "platform");
        filter.sources = vec!["other".into()];
        assert_eq!(not(&filter, &subject).unwrap(), "source");
        filter.events = vec!["milestone.*".into()];
        assert_eq!(not(&filter, &subject).unwrap(), "event type");
        let fits =
            Filter { events: vec!["order.*".into()], conditions: vec![currency("CNY")], ..Filter::default() };
        assert_eq!(not(&fits, &subject), None);
    }
}
