//! What `crossdock nats setup` would do, and doing it: everything that must exist on the servers against what does,
//! field by field. Nothing is ever deleted, and what is not named here stays as the operator has it.

use async_nats::jetstream::{kv, object_store};
use serde_json::{Map, Value, json};

use super::api::{Trouble, ask, stream_info};
use super::fields::{Difference, of_stream, of_wanted, shown};
use super::plan::{config_of, create};
use super::{Link, Names, NatsError, Result, Wanted, consumers, events_stream, inbound_stream};
use crate::config::{Nats, Store};
use crate::duty::LEASE;

/// What kind of thing a step is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A stream.
    Stream,
    /// A durable pull consumer of a stream.
    Consumer,
    /// A key-value bucket.
    Bucket,
    /// An object store.
    Objects,
}

impl Kind {
    /// The word for people and programs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Stream => "stream",
            Self::Consumer => "consumer",
            Self::Bucket => "bucket",
            Self::Objects => "object store",
        }
    }
}

/// What is to be done about a thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// It does not exist.
    Create,
    /// It exists and is to be changed.
    Change,
    /// It is as it must be.
    Keep,
    /// It is not as it must be, and the servers cannot change it.
    Refuse,
}

/// One thing that must exist.
#[derive(Clone, Debug)]
pub struct Step {
    /// What it is.
    pub kind: Kind,
    /// Its name.
    pub name: String,
    /// The stream that a consumer belongs to.
    pub stream: Option<String>,
    /// What is to be done.
    pub action: Action,
    /// What differs; for a new thing, what it gets.
    pub fields: Vec<Difference>,
    wanted: Map<String, Value>,
    have: Map<String, Value>,
}

/// What a configuration needs on the servers.
#[derive(Clone, Debug)]
pub struct Needs<'a> {
    /// Names of the tenant.
    pub names: &'a Names,
    /// The servers.
    pub nats: &'a Nats,
    /// Ids of the sources that are fed through NATS.
    pub queues: &'a [&'a str],
    /// Where the truth is kept.
    pub store: Store,
}

/// Looks at the servers and says what is to be done.
///
/// # Errors
/// When they do not answer.
pub async fn plan(link: &Link, needs: &Needs<'_>) -> Result<Vec<Step>> {
    let Needs { names, nats, queues, store } = needs;
    let mut steps = vec![stream_step(link, events_stream(names, nats)).await?];
    for (name, consumer) in &nats.consumer {
        let wanted = consumers::subscriber(&names.tenant, consumer).map_err(NatsError::Refused)?;
        steps.push(consumer_step(link, &names.stream, name, wanted).await?);
    }
    if !queues.is_empty() {
        let stream = names.inbound_stream();
        steps.push(stream_step(link, inbound_stream(names, nats, queues)).await?);
        for source in *queues {
            steps.push(
                consumer_step(link, &stream, source, consumers::inbound(&names.inbound(source))).await?,
            );
        }
    }
    if *store == Store::Jetstream {
        for (kind, name, of) in [
            (Kind::Bucket, format!("{}_LEASES", names.stream), "KV_"),
            (Kind::Objects, format!("{}_COPIES", names.stream), "OBJ_"),
        ] {
            steps.push(store_step(link, kind, name, of, nats).await?);
        }
    }
    Ok(steps)
}

/// Does what a plan says. Nothing is done when one of its steps is refused.
///
/// # Errors
/// What the servers say, and what they did otherwise than they were told.
pub async fn apply(link: &Link, steps: &[Step], nats: &Nats) -> Result<()> {
    if let Some(step) = steps.iter().find(|step| step.action == Action::Refuse) {
        return Err(NatsError::Refused(format!(
            "{} {} exists and cannot be changed to what is needed; nothing was done",
            step.kind.as_str(),
            step.name
        )));
    }
    for step in steps {
        let told = match (&step.action, step.kind) {
            (Action::Keep | Action::Refuse, _) => continue,
            (Action::Create, Kind::Stream) => {
                let wanted = Wanted { name: step.name.clone(), config: step.wanted.clone() };
                create(link, &wanted).await?
            }
            (Action::Change, Kind::Stream) => {
                let body = Value::Object(merged(&step.wanted, &step.have));
                asked(link, &format!("STREAM.UPDATE.{}", step.name), &body, step).await?
            }
            (action, Kind::Consumer) => {
                let stream = step.stream.as_deref().unwrap_or_default();
                let config = merged(&step.wanted, &step.have);
                let action = if *action == Action::Create { "create" } else { "update" };
                let body = json!({"stream_name": stream, "config": config, "action": action});
                asked(link, &format!("CONSUMER.CREATE.{stream}.{}", step.name), &body, step).await?
            }
            (_, Kind::Bucket) => {
                let config = kv::Config {
                    bucket: step.name.clone(),
                    history: 1,
                    max_age: LEASE,
                    num_replicas: nats.profile.replicas(),
                    ..kv::Config::default()
                };
                link.jetstream.create_key_value(config).await.map_err(|error| failed(link, step, &error))?;
                continue;
            }
            (_, Kind::Objects) => {
                let config = object_store::Config {
                    bucket: step.name.clone(),
                    num_replicas: nats.profile.replicas(),
                    ..object_store::Config::default()
                };
                link.jetstream
                    .create_object_store(config)
                    .await
                    .map_err(|error| failed(link, step, &error))?;
                continue;
            }
        };
        // An old or foreign server may take what it does not understand.
        let left = differences(step.kind, &step.wanted, config_of(&told)?);
        if let Some(Difference { field, wanted, have, .. }) = left.first() {
            return Err(NatsError::Refused(format!(
                "the servers made {} {} otherwise than they were told: {field}: wanted {wanted}, have {have}",
                step.kind.as_str(),
                step.name
            )));
        }
    }
    Ok(())
}

/// What exists with the wanted fields in it.
fn merged(wanted: &Map<String, Value>, have: &Map<String, Value>) -> Map<String, Value> {
    let mut out = have.clone();
    for (field, value) in wanted {
        match (field.as_str(), out.get_mut(field), value) {
            ("metadata", Some(Value::Object(have)), Value::Object(wanted)) => have.extend(wanted.clone()),
            _ => drop(out.insert(field.clone(), value.clone())),
        }
    }
    // One filter stands under another name than several.
    if wanted.contains_key("filter_subjects") {
        out.remove("filter_subject");
    }
    out
}

async fn stream_step(link: &Link, wanted: Wanted) -> Result<Step> {
    let have = match stream_info(link, &wanted.name).await? {
        Some(info) => Some(config_of(&info)?.clone()),
        None => None,
    };
    Ok(step(Kind::Stream, wanted.name, None, wanted.config, have))
}

async fn consumer_step(
    link: &Link,
    stream: &str,
    name: &str,
    mut wanted: Map<String, Value>,
) -> Result<Step> {
    let subject = format!("CONSUMER.INFO.{stream}.{name}");
    let have = match ask(link, &subject, &json!(null)).await {
        Ok(info) => Some(config_of(&info)?.clone()),
        Err(Trouble::Missing) => None,
        Err(Trouble::No(error)) => return Err(error),
    };
    wanted.insert("name".into(), json!(name));
    wanted.insert("durable_name".into(), json!(name));
    Ok(step(Kind::Consumer, name.to_owned(), Some(stream.to_owned()), wanted, have))
}

async fn store_step(link: &Link, kind: Kind, name: String, of: &str, nats: &Nats) -> Result<Step> {
    let mut wanted = Map::from_iter([
        ("storage".to_owned(), json!("file")),
        ("num_replicas".to_owned(), json!(nats.profile.replicas())),
    ]);
    if kind == Kind::Bucket {
        // A lease that is not renewed vanishes.
        wanted.insert("max_age".to_owned(), json!(u64::try_from(LEASE.as_nanos()).unwrap_or(u64::MAX)));
    }
    let have = match stream_info(link, &format!("{of}{name}")).await? {
        Some(info) => Some(config_of(&info)?.clone()),
        None => None,
    };
    let mut step = step(kind, name, None, wanted, have);
    if step.action == Action::Change {
        step.action = Action::Refuse;
    }
    Ok(step)
}

fn step(
    kind: Kind,
    name: String,
    stream: Option<String>,
    wanted: Map<String, Value>,
    have: Option<Map<String, Value>>,
) -> Step {
    let Some(have) = have else {
        let fields = wanted
            .iter()
            .map(|(field, value)| Difference {
                field: field.clone(),
                wanted: shown(field, value),
                have: "none".to_owned(),
                changeable: true,
            })
            .collect();
        return Step { kind, name, stream, action: Action::Create, fields, wanted, have: Map::new() };
    };
    let fields = differences(kind, &wanted, &have);
    let action = if fields.is_empty() {
        Action::Keep
    } else if fields.iter().all(|field| field.changeable) {
        Action::Change
    } else {
        Action::Refuse
    };
    Step { kind, name, stream, action, fields, wanted, have }
}

fn differences(kind: Kind, wanted: &Map<String, Value>, have: &Map<String, Value>) -> Vec<Difference> {
    match kind {
        Kind::Stream => of_stream(wanted, have),
        Kind::Consumer => {
            let mut have = have.clone();
            if let Some(one) = have.remove("filter_subject").filter(|one| *one != "") {
                have.insert("filter_subjects".into(), json!([one]));
            }
            of_wanted(wanted, &have)
        }
        Kind::Bucket | Kind::Objects => of_wanted(wanted, have),
    }
}

async fn asked(link: &Link, subject: &str, body: &Value, step: &Step) -> Result<Value> {
    let what = format!("{} {}", step.kind.as_str(), step.name);
    ask(link, subject, body).await.map_err(|trouble| trouble.into_error(&what))
}

fn failed(link: &Link, step: &Step, error: &dyn std::error::Error) -> NatsError {
    let cause = error.source().map(|cause| format!(": {cause}")).unwrap_or_default();
    let what = format!("{} {}", step.kind.as_str(), step.name);
    NatsError::Refused(link.explain(&what, &format!("{error}{cause}")))
}
