//! What is checked about a sink beyond its types.

use crossdock_connector::SinkPart;

use super::load::{SinkSetup, SourceSetup};
use super::place::Map;
use super::{Budget, Config, Problem, Sink};
use crate::handoff::filter::{Filter, covers};

/// What a sink takes: what its configuration says, else what its connector wants.
pub(super) fn filter(sink: &Sink, part: Option<&SinkPart>) -> Filter {
    let wants = part.map_or(&["*"][..], SinkPart::wants);
    let wanted = || wants.iter().filter(|pattern| **pattern != "*").map(|pattern| (*pattern).to_owned());
    Filter {
        events: if sink.events.is_empty() { wanted().collect() } else { sink.events.clone() },
        sources: sink.sources.clone(),
        platforms: sink.platforms.clone(),
        classes: sink.classes.clone(),
        conditions: sink.conditions.clone(),
    }
}

/// Adds what cannot work.
pub(super) fn check(
    sink: &Sink,
    filter: &Filter,
    part: Option<&SinkPart>,
    config: &Config,
    key: &dyn Fn(&str) -> String,
    map: &Map<'_>,
    problems: &mut Vec<Problem>,
) {
    for pattern in filter.unknown_patterns() {
        let message = format!(
            "no event type fits `{pattern}`: use a type such as order.paid, a group such as milestone.*, or *"
        );
        problems.push(map.at(&key("events"), message));
    }
    let takes = part.map_or(&["*"][..], SinkPart::takes);
    for pattern in filter.events.iter().filter(|pattern| !covers(takes, pattern)) {
        let message =
            format!("`{}` does not understand `{pattern}`: it takes {}", sink.connector, takes.join(", "));
        problems.push(map.at(&key("events"), message));
    }
    for class in sink.classes.iter().filter(|class| !["n", "r", "t"].contains(&class.as_str())) {
        problems.push(map.at(&key("classes"), format!("`{class}` is not a class: n, r or t")));
    }
    for (at, condition) in sink.conditions.iter().enumerate() {
        if let Some(problem) = condition.problem() {
            problems.push(map.at(&key(&format!("where[{at}]")), problem));
        }
    }
    for source in sink.sources.iter().filter(|id| !config.source.iter().any(|source| source.id == **id)) {
        problems.push(map.at(&key("sources"), format!("there is no source `{source}`")));
    }
    for (name, value) in [("concurrency", sink.concurrency), ("batch", sink.batch)] {
        if value == 0 {
            problems.push(map.at(&key(name), "0 would never deliver: at least 1"));
        }
    }
    for (name, rate) in [("rate_per_second", sink.rate_per_second), ("rate_per_minute", sink.rate_per_minute)]
    {
        if rate == Some(0) {
            problems.push(map.at(&key(name), "0 would never deliver: at least 1, or leave it out"));
        }
    }
    if let Some(budget) = &sink.budget
        && !config.budget.contains_key(budget)
    {
        let known: Vec<&str> = config.budget.keys().map(String::as_str).collect();
        let message = format!("there is no [budget.{budget}]: {}", listed(&known));
        problems.push(map.at(&key("budget"), message));
    }
}

/// Adds sinks that take no masked receivers, but orders of sources that give no others (SEC-20).
pub(super) fn hidden(
    sinks: &[SinkSetup],
    sources: &[SourceSetup],
    config: &Config,
    map: &Map<'_>,
    problems: &mut Vec<Problem>,
) {
    for sink in sinks {
        let Some(part) = &sink.parts.sink else { continue };
        if !sink.filter.events.is_empty() && !sink.filter.events.iter().any(|pattern| of_orders(pattern)) {
            continue;
        }
        let Some(at) = config.sink.iter().position(|known| *known.id == *sink.id) else { continue };
        for source in sources.iter().filter(|source| may_reach(&sink.filter, source)) {
            let scheme = source.descriptor.capabilities.hidden_receivers;
            if let Some(advice) = scheme.and_then(|scheme| part.refuses_hidden(scheme)) {
                let message = format!(
                    "`{}` takes no masked receivers, and `{}` gives no others: {advice}; or name under sources the sources that show theirs",
                    sink.id, source.id
                );
                problems.push(map.at(&format!("sink[{at}].sources"), message));
            }
        }
    }
}

fn of_orders(pattern: &str) -> bool {
    pattern == "*" || pattern.starts_with("order.")
}

/// Whether orders of a source may pass a filter. What platform they are of is said by the orders; that of a connector is
/// its own.
fn may_reach(filter: &Filter, source: &SourceSetup) -> bool {
    let named = filter.sources.is_empty() || filter.sources.iter().any(|id| **id == *source.id);
    let own = source.descriptor.id.replace('-', "_");
    named && (filter.platforms.is_empty() || filter.platforms.contains(&own))
}

/// Adds what cannot work about shared budgets.
pub(super) fn budgets(config: &Config, map: &Map<'_>, problems: &mut Vec<Problem>) {
    for (name, budget) in &config.budget {
        let key = |what: &str| format!("budget.{name}.{what}");
        let Budget { rate_per_second, rate_per_minute, concurrency } = budget;
        for (what, zero) in [
            ("rate_per_second", *rate_per_second == Some(0)),
            ("rate_per_minute", *rate_per_minute == Some(0)),
            ("concurrency", *concurrency == Some(0)),
        ] {
            if zero {
                problems.push(map.at(&key(what), "0 would never deliver: at least 1, or leave it out"));
            }
        }
        if !config.sink.iter().any(|sink| sink.budget.as_deref() == Some(name)) {
            problems.push(map.warn(&format!("budget.{name}"), "no sink uses this budget"));
        }
    }
}

fn listed(known: &[&str]) -> String {
    if known.is_empty() { "there are none".to_owned() } else { format!("there are {}", known.join(", ")) }
}
