//! What must exist on the servers, and the stream itself: made when it is missing, refused when it is not what the hub
//! relies on. Changes to what exists are for `crossdock nats setup`, which shows them first.

use async_nats::jetstream::stream::Stream;
use serde_json::{Map, Value, json};

use super::api::{ask, stream_info};
use super::fields::{Difference, of_stream};
use super::{Link, Names, NatsError, Result};
use crate::config::{HumanDuration, Nats};

/// Layout of the stream; raised when subjects or records change so that older hubs must not write.
pub const LAYOUT: &str = "1";

/// A stream as it must be: its name, and the fields that matter as they stand on the wire.
#[derive(Clone, Debug, PartialEq)]
pub struct Wanted {
    /// Name of the stream.
    pub name: String,
    /// Fields that must have these values. Others are the operator's.
    pub config: Map<String, Value>,
}

/// The stream of a tenant: canonical events, and the records of the JetStream backbone.
pub fn events_stream(names: &Names, nats: &Nats) -> Wanted {
    let max_age = nanos(nats.keep_events);
    let window = nanos(nats.duplicate_window);
    // The servers take no window that is longer than what they keep.
    let window = if max_age > 0 { window.min(max_age) } else { window };
    wanted(
        &names.stream,
        json!({
            "subjects": [names.events(), names.records()],
            "retention": "limits",
            "num_replicas": nats.profile.replicas(),
            "max_age": max_age,
            "max_bytes": if nats.max_bytes > 0 { nats.max_bytes } else { -1 },
            "duplicate_window": window,
            "allow_atomic": true,
        }),
    )
}

/// The stream that others publish to; what was captured leaves it.
pub fn inbound_stream(names: &Names, nats: &Nats, sources: &[&str]) -> Wanted {
    wanted(
        &names.inbound_stream(),
        json!({
            "subjects": sources.iter().map(|source| names.inbound(source)).collect::<Vec<_>>(),
            "retention": "workqueue",
            "num_replicas": nats.profile.replicas(),
            "max_age": 0,
            "max_bytes": -1,
            "duplicate_window": nanos(nats.duplicate_window),
        }),
    )
}

/// What every stream of ours has in common. Nothing is dropped to make room, and nothing is refused to those who may
/// erase what the law wants erased.
fn wanted(name: &str, own: Value) -> Wanted {
    let mut config = object(json!({
        "storage": "file",
        "max_msgs": -1,
        "max_msgs_per_subject": -1,
        "max_msg_size": -1,
        "discard": "new",
        "allow_direct": true,
        "allow_rollup_hdrs": false,
        "compression": "none",
        "metadata": {"crossdock": LAYOUT},
    }));
    config.extend(object(own));
    Wanted { name: name.to_owned(), config }
}

/// The stream of a tenant: made when it is missing, as it must be in any case.
///
/// # Errors
/// `Refused` with every field that is not as it must be, and what to do; `Away` when the servers do not answer.
pub async fn ensure(link: &Link, names: &Names, nats: &Nats) -> Result<Stream> {
    ensure_stream(link, &events_stream(names, nats)).await
}

/// The same for any stream.
///
/// # Errors
/// As [`ensure`].
pub async fn ensure_stream(link: &Link, wanted: &Wanted) -> Result<Stream> {
    let name = &wanted.name;
    let info = match stream_info(link, name).await? {
        Some(info) => info,
        None => {
            let created = create(link, wanted).await?;
            tracing::info!(stream = name, "stream created");
            created
        }
    };
    check(wanted, &info)?;
    let stream = link.jetstream.get_stream(name).await;
    stream.map_err(|error| NatsError::Away(link.explain(&format!("stream {name}"), &error)))
}

/// Makes a stream.
///
/// # Errors
/// What the servers say.
pub(crate) async fn create(link: &Link, wanted: &Wanted) -> Result<Value> {
    let name = &wanted.name;
    let mut body = wanted.config.clone();
    body.insert("name".into(), json!(name));
    match ask(link, &format!("STREAM.CREATE.{name}"), &Value::Object(body)).await {
        Ok(info) => Ok(info),
        Err(trouble) => Err(hint(trouble.into_error(&format!("stream {name}")), name, &wanted.config)),
    }
}

/// Refuses a stream that is not as it must be.
///
/// # Errors
/// Each field with what is wanted and what is there.
pub(crate) fn check(wanted: &Wanted, info: &Value) -> Result<()> {
    let differences = of_stream(&wanted.config, config_of(info)?);
    if differences.is_empty() {
        return Ok(());
    }
    Err(NatsError::Refused(refusal(&format!("stream {}", wanted.name), &differences)))
}

/// The configuration in an answer of the servers.
///
/// # Errors
/// `Away` for an answer without one.
pub(crate) fn config_of(info: &Value) -> Result<&Map<String, Value>> {
    info.get("config")
        .and_then(Value::as_object)
        .ok_or_else(|| NatsError::Away("the NATS server gave an answer without a configuration".to_owned()))
}

fn refusal(what: &str, differences: &[Difference]) -> String {
    let mut out = format!("{what} is not as the hub needs it:");
    for Difference { field, wanted, have, .. } in differences {
        out.push_str(&format!("\n  {field}: wanted {wanted}, have {have}"));
    }
    out.push_str(if differences.iter().all(|difference| difference.changeable) {
        "\nChange the configuration, or let `crossdock nats setup` change the stream; it shows what it does first"
    } else {
        "\nThe servers cannot change all of this in a stream that exists: use another tenant, or back it up, delete it \
         and let `crossdock nats setup` make it anew; with the embedded backbone the hub fills it again from its log"
    });
    out
}

/// What people can do about a stream that cannot be made.
fn hint(error: NatsError, name: &str, config: &Map<String, Value>) -> NatsError {
    let NatsError::Refused(words) = error else { return error };
    let more = if words.contains("10074") {
        format!(
            "; nats.profile wants {} servers, use \"single\" for one",
            config.get("num_replicas").unwrap_or(&Value::Null)
        )
    } else if words.contains("10065") {
        format!("; another stream has subjects of {name}")
    } else if words.contains("ermission") {
        "; run `crossdock nats setup` with a user that may make streams".to_owned()
    } else {
        String::new()
    };
    NatsError::Refused(words + &more)
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => Map::new(),
    }
}

pub(crate) fn nanos(duration: HumanDuration) -> u64 {
    u64::try_from(duration.get().as_nanos()).unwrap_or(u64::MAX)
}
