//! Options that pick events: the same words as in the configuration of a sink.

use super::{Failure, Outcome, select};
use crate::handoff::condition::Condition;
use crate::handoff::filter::Filter;

/// Options that pick events. Those of one kind are alternatives, kinds narrow each other.
#[derive(Clone, Debug, Default, clap::Args)]
pub(super) struct Picks {
    /// Only events of this type: order.paid, order.*; as often as needed
    #[arg(long, value_name = "PATTERN")]
    events: Vec<String>,
    /// Only what captures of this source caused
    #[arg(long = "source", value_name = "ID")]
    sources: Vec<String>,
    /// Only of this platform or carrier
    #[arg(long = "platform", value_name = "NAME")]
    platforms: Vec<String>,
    /// Only of this class: n normal, r replay and backfill, t test
    #[arg(long = "class", value_parser = ["n", "r", "t"])]
    classes: Vec<String>,
    /// Only where a field is this: order.currency=CNY, order.status.payment!=paid, order.totals.payable>=100, or
    /// only order.paid_at for any value
    #[arg(long = "where", value_name = "PATH=VALUE")]
    conditions: Vec<String>,
}

impl Picks {
    pub(super) fn is_empty(&self) -> bool {
        self.events.is_empty()
            && self.sources.is_empty()
            && self.platforms.is_empty()
            && self.classes.is_empty()
            && self.conditions.is_empty()
    }

    /// The filter they make.
    ///
    /// # Errors
    /// A pattern that fits no event type, or a condition that can never hold.
    pub(super) fn filter(&self) -> Outcome<Filter> {
        let filter = Filter {
            events: self.events.clone(),
            sources: self.sources.clone(),
            platforms: self.platforms.clone(),
            classes: self.classes.clone(),
            conditions: conditions(&self.conditions)?,
        };
        select::known(&filter)?;
        Ok(filter)
    }
}

/// Conditions from their words. Several `PATH=VALUE` of one path are alternatives.
fn conditions(words: &[String]) -> Outcome<Vec<Condition>> {
    let mut found: Vec<Condition> = Vec::new();
    for word in words {
        let condition = condition(word)?;
        let alternative = found
            .iter_mut()
            .find(|known| known.path == condition.path && !known.is.is_empty() && !condition.is.is_empty());
        match alternative {
            Some(known) => known.is.extend(condition.is),
            None => found.push(condition),
        }
    }
    Ok(found)
}

fn condition(word: &str) -> Outcome<Condition> {
    let end = word.find(['=', '!', '<', '>']).unwrap_or(word.len());
    let (path, rest) = word.split_at_checked(end).unwrap_or((word, ""));
    let mut condition = Condition { path: path.to_owned(), ..Condition::default() };
    let value = |sign: &str| rest.strip_prefix(sign).map(str::to_owned);
    if rest.is_empty() {
        condition.exists = Some(true);
    } else if let Some(value) = value("!=") {
        condition.not.push(value);
    } else if let Some(value) = value(">=") {
        condition.at_least = Some(value);
    } else if let Some(value) = value("<=") {
        condition.at_most = Some(value);
    } else if let Some(value) = value("=") {
        condition.is.push(value);
    } else {
        return Err(Failure::usage(format!(
            "--where {word}: write PATH=VALUE, PATH!=VALUE, PATH>=N or PATH<=N"
        )));
    }
    match condition.problem() {
        None => Ok(condition),
        Some(problem) => Err(Failure::usage(format!("--where {word}: {problem}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(words: &[&str]) -> Outcome<Vec<Condition>> {
        conditions(&words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn words_become_conditions() {
        let found = read(&[
            "order.currency=CNY",
            "order.status.payment!=paid",
            "order.totals.payable>=100",
            "order.totals.payable<=200.50",
            "order.paid_at",
            "order.currency=USD",
        ])
        .unwrap();
        assert_eq!(found.len(), 5, "one path, two values");
        assert_eq!(
            (found[0].path.as_str(), &found[0].is[..]),
            ("order.currency", &["CNY".to_owned(), "USD".into()][..])
        );
        assert_eq!(found[1].not, ["paid"]);
        assert_eq!(found[2].at_least.as_deref(), Some("100"));
        assert_eq!(found[3].at_most.as_deref(), Some("200.50"));
        assert_eq!(found[4].exists, Some(true));
    }

    #[test]
    fn what_can_never_hold_is_refused() {
        for (word, says) in [
            ("order.curency=CNY", "no `curency` there"),
            ("order.totals.payable>=many", "no decimal number"),
            ("order.totals.payable>5", "PATH>=N"),
        ] {
            let message = read(&[word]).unwrap_err().message;
            assert!(message.contains(says) && message.contains(word), "{message}");
        }
    }
}
