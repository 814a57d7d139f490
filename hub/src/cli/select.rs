//! Which events somebody wants to see: `order.paid`, `milestone.*`, `source=ID`, `platform=NAME`, `class=n`.

use crossdock_schemas::EventType;

use super::{Failure, Outcome};
use crate::backbone::StoredEvent;
use crate::handoff::filter::{Filter, Subject};

/// Reads the words of a filter. Words of one kind are alternatives, kinds narrow each other.
///
/// # Errors
/// With the word that fits nothing.
pub(super) fn filter(words: &[String]) -> Outcome<Filter> {
    let mut filter = Filter::default();
    for word in words {
        match word.split_once('=') {
            None => filter.events.push(word.clone()),
            Some(("source", value)) => filter.sources.push(value.to_owned()),
            Some(("platform", value)) => filter.platforms.push(value.to_owned()),
            Some(("class", value @ ("n" | "r" | "t"))) => filter.classes.push(value.to_owned()),
            Some(_) => {
                return Err(Failure::usage(format!(
                    "`{word}` is no filter: use an event type, source=ID, platform=NAME, or class=n, r or t"
                )));
            }
        }
    }
    known(&filter)?;
    Ok(filter)
}

/// Every pattern of a filter fits an event type.
///
/// # Errors
/// With the one that fits none.
pub(super) fn known(filter: &Filter) -> Outcome<()> {
    match filter.unknown_patterns().first() {
        None => Ok(()),
        Some(unknown) => Err(Failure::usage(format!(
            "no event type fits `{unknown}`: use a type such as order.paid, a group such as milestone.*, or *"
        ))),
    }
}

/// The event types that patterns fit; none for no patterns.
///
/// # Errors
/// With the pattern that fits none.
pub(super) fn types(patterns: &[String]) -> Outcome<Vec<String>> {
    let filter = Filter { events: patterns.to_vec(), ..Filter::default() };
    known(&filter)?;
    let all = EventType::ALL.iter().filter(|kind| !patterns.is_empty() && filter.takes_type(**kind));
    Ok(all.map(|kind| kind.as_str().to_owned()).collect())
}

/// Whether a filter takes an event.
pub(super) fn takes(filter: &Filter, stored: &StoredEvent) -> bool {
    filter.takes(&Subject::of(stored))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_become_lists_of_the_filter() {
        let words = ["milestone.*", "source=sf", "platform=sf_express", "class=n"].map(str::to_owned);
        let filter = filter(&words).unwrap();
        assert_eq!(filter.events, ["milestone.*"]);
        assert_eq!(filter.sources, ["sf"]);
        assert_eq!(filter.platforms, ["sf_express"]);
        assert_eq!(filter.classes, ["n"]);
    }

    #[test]
    fn a_word_that_fits_nothing_is_refused() {
        for wrong in ["orders.*", "shop=x", "class=z"] {
            let failure = filter(&[wrong.to_owned()]).unwrap_err();
            assert!(failure.message.contains(wrong), "{}", failure.message);
        }
    }
}
