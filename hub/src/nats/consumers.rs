//! Consumers: what subscribers get, as filters on subjects, and the hub's own on what others publish to it.

use std::time::Duration;

use async_nats::jetstream::consumer::{PullConsumer, pull};
use crossdock_schemas::subject::token;
use crossdock_schemas::{Class, EventType};
use serde_json::{Map, Value, json};

use super::plan::LAYOUT;
use super::{Link, Names, NatsError, Result};
use crate::config::NatsConsumer;

/// How long the hub may take to capture what it got.
pub const INBOUND_WAIT: Duration = Duration::from_secs(60);
/// Most messages of a source that the hub has and did not acknowledge.
const INBOUND_PENDING: i64 = 2000;

/// The consumer of a subscriber.
///
/// # Errors
/// Patterns that no event type fits.
pub fn subscriber(tenant: &str, consumer: &NatsConsumer) -> std::result::Result<Map<String, Value>, String> {
    let wait = u64::try_from(consumer.ack_wait.get().as_nanos()).unwrap_or(u64::MAX);
    let filters = filters(tenant, consumer)?;
    Ok(durable(&filters, wait, consumer.max_ack_pending))
}

/// The hub's consumer of what others publish for a source.
pub fn inbound(subject: &str) -> Map<String, Value> {
    let wait = u64::try_from(INBOUND_WAIT.as_nanos()).unwrap_or(u64::MAX);
    durable(&[subject.to_owned()], wait, INBOUND_PENDING)
}

/// Everything from the beginning, acknowledged one by one, delivered until it is acknowledged.
fn durable(filters: &[String], ack_wait: u64, max_ack_pending: i64) -> Map<String, Value> {
    Map::from_iter([
        ("filter_subjects".to_owned(), json!(filters)),
        ("deliver_policy".to_owned(), json!("all")),
        ("ack_policy".to_owned(), json!("explicit")),
        ("replay_policy".to_owned(), json!("instant")),
        ("ack_wait".to_owned(), json!(ack_wait)),
        ("max_ack_pending".to_owned(), json!(max_ack_pending)),
        ("max_deliver".to_owned(), json!(-1)),
        ("metadata".to_owned(), json!({"crossdock": LAYOUT})),
    ])
}

/// The hub's consumer of a source: made when it is missing.
///
/// # Errors
/// What the servers say.
pub async fn open_inbound(
    link: &Link,
    names: &Names,
    source: &str,
    ack_wait: Duration,
) -> Result<PullConsumer> {
    let stream = names.inbound_stream();
    let config = pull::Config {
        durable_name: Some(source.to_owned()),
        filter_subjects: vec![names.inbound(source)],
        ack_wait,
        max_ack_pending: INBOUND_PENDING,
        metadata: [("crossdock".to_owned(), LAYOUT.to_owned())].into(),
        ..pull::Config::default()
    };
    let made = link.jetstream.create_consumer_on_stream(config, &stream).await;
    made.map_err(|error| {
        use async_nats::jetstream::stream::ConsumerErrorKind::{JetStream, TimedOut};
        let words = link.explain(&format!("consumer {source} of {stream}"), &error);
        match error.kind() {
            JetStream(_) => NatsError::Refused(format!("{words}; see `crossdock nats setup`")),
            TimedOut if link.refused().is_some() => NatsError::Refused(words),
            _ => NatsError::Away(words),
        }
    })
}

/// The subjects of a subscriber, none within another: the servers refuse filters that overlap.
fn filters(tenant: &str, consumer: &NatsConsumer) -> std::result::Result<Vec<String>, String> {
    let mut all: Vec<[String; 5]> = Vec::new();
    for pattern in &consumer.events {
        let (entity, event) = parts(pattern)?;
        for platform in any(&consumer.platforms, |platform| Ok(token(platform).into_owned()))? {
            for class in any(&consumer.classes, class)? {
                all.push([entity.clone(), event.clone(), platform.clone(), "*".to_owned(), class]);
            }
        }
    }
    all.sort();
    all.dedup();
    let covers = |wide: &[String; 5], narrow: &[String; 5]| {
        wide != narrow && wide.iter().zip(narrow).all(|(wide, narrow)| wide == "*" || wide == narrow)
    };
    let kept = all.iter().filter(|one| !all.iter().any(|other| covers(other, one)));
    Ok(kept
        .map(|tokens| {
            let mut tokens: Vec<&str> = tokens.iter().map(String::as_str).collect();
            while tokens.last() == Some(&"*") {
                tokens.pop();
            }
            let mut subject = format!("xd.v1.{tenant}");
            for token in tokens {
                subject.push('.');
                subject.push_str(token);
            }
            // The partition at least is always left open.
            subject + ".>"
        })
        .collect())
}

/// A list of tokens; an empty one takes any.
fn any(
    list: &[String],
    token: impl Fn(&str) -> std::result::Result<String, String>,
) -> std::result::Result<Vec<String>, String> {
    if list.is_empty() {
        return Ok(vec!["*".to_owned()]);
    }
    list.iter().map(|value| token(value)).collect()
}

fn class(value: &str) -> std::result::Result<String, String> {
    let class: Class = value.parse().map_err(|_| format!("class `{value}`: n, r or t"))?;
    Ok(class.as_str().to_owned())
}

/// Entity and event of a pattern: `order.*`, `order.paid`, `*`.
fn parts(pattern: &str) -> std::result::Result<(String, String), String> {
    let any = || "*".to_owned();
    if pattern == "*" {
        return Ok((any(), any()));
    }
    if let Some(entity) = pattern.strip_suffix(".*")
        && EventType::ALL.iter().any(|known| known.entity() == entity)
    {
        return Ok((entity.to_owned(), any()));
    }
    let known = EventType::ALL.iter().find(|known| known.as_str() == pattern);
    let known = known.ok_or_else(|| format!("no event type is like `{pattern}`"))?;
    Ok((known.entity().to_owned(), known.token().to_owned()))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{NatsConsumer, filters};
    use crate::config::HumanDuration;

    fn of(events: &[&str], platforms: &[&str], classes: &[&str]) -> Result<Vec<String>, String> {
        let list = |of: &[&str]| of.iter().map(|&text| text.to_owned()).collect();
        let consumer = NatsConsumer {
            events: list(events),
            platforms: list(platforms),
            classes: list(classes),
            ack_wait: HumanDuration(Duration::from_secs(60)),
            max_ack_pending: 1000,
        };
        filters("acme", &consumer)
    }

    #[test]
    fn subjects_of_patterns() {
        assert_eq!(of(&["order.*"], &[], &[]).unwrap(), ["xd.v1.acme.order.>"]);
        assert_eq!(of(&["*"], &[], &[]).unwrap(), ["xd.v1.acme.>"]);
        assert_eq!(of(&["order.paid"], &[], &["n"]).unwrap(), ["xd.v1.acme.order.paid.*.*.n.>"]);
        assert_eq!(of(&["*"], &[], &["n"]).unwrap(), ["xd.v1.acme.*.*.*.*.n.>"]);
        assert_eq!(
            of(&["milestone.*"], &["sf_express", "dhl"], &[]).unwrap(),
            ["xd.v1.acme.milestone.*.dhl.>", "xd.v1.acme.milestone.*.sf_5Fexpress.>"]
        );
        assert_eq!(
            of(&["order.paid", "order.*", "refund.agreed"], &[], &[]).unwrap(),
            ["xd.v1.acme.order.>", "xd.v1.acme.refund.agreed.>"]
        );
        assert!(of(&["orders.*"], &[], &[]).unwrap_err().contains("orders.*"));
        assert!(of(&["order.*"], &[], &["x"]).is_err());
    }
}
