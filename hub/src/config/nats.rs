//! `[nats]`: the servers that events are published to.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crossdock_connector::settings::SecretRef;
use serde::Deserialize;

use super::place::Map;
use super::{Config, HumanDuration, Problem, secrets};

/// Where captures, states and events are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Store {
    /// One file on this machine.
    Embedded,
    /// A JetStream cluster.
    Jetstream,
}

/// What an acknowledgement of the cluster must be worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Profile {
    /// One server, one copy: for trying things out, and for a fan-out that the embedded store can refill.
    Single,
    /// Three copies; servers write to disk before they acknowledge and flush every second.
    Standard,
    /// Three copies; servers flush before they acknowledge, and we publish in atomic batches to pay for it.
    Strict,
}

impl Profile {
    /// Copies of a stream.
    pub const fn replicas(self) -> usize {
        match self {
            Self::Single => 1,
            Self::Standard | Self::Strict => 3,
        }
    }

    /// The word in the configuration.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Single => "single",
            Self::Standard => "standard",
            Self::Strict => "strict",
        }
    }
}

/// Where a secret is: `{ env = "NAME" }` or `{ file = "PATH" }`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SecretSource {
    /// An environment variable.
    Env(String),
    /// A file that only its owner can read.
    File(String),
}

impl SecretSource {
    /// The secret.
    ///
    /// # Errors
    /// `Config` that names the variable or file, never the value.
    pub fn read(&self) -> crossdock_connector::Result<String> {
        secrets::read(match self {
            Self::Env(name) => SecretRef::Env(name),
            Self::File(path) => SecretRef::File(path),
        })
    }
}

/// The NATS servers.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Nats {
    /// Such as `nats://localhost:4222`, several for a cluster; empty: no NATS.
    pub servers: Vec<String>,
    /// Name, where the servers ask for one.
    #[serde(default)]
    pub user: Option<String>,
    /// Its password.
    #[serde(default)]
    pub password: Option<SecretSource>,
    /// File with a JWT and its seed.
    #[serde(default)]
    pub credentials: Option<PathBuf>,
    /// File with an nkey seed.
    #[serde(default)]
    pub nkey: Option<PathBuf>,
    /// File with the certificates of the authority that signed the servers' ones.
    #[serde(default)]
    pub ca: Option<PathBuf>,
    /// Prefix of this user's inboxes, as its permissions say.
    pub inbox_prefix: String,
    /// What an acknowledgement must be worth.
    pub profile: Profile,
    /// Events are published to the stream. Off with `backbone = "jetstream"`, which writes them there itself.
    pub publish: bool,
    /// How long events stay in the stream.
    pub keep_events: HumanDuration,
    /// Most bytes of the stream; 0: no limit but the servers'. When it is full, publishing waits.
    pub max_bytes: i64,
    /// With the JetStream backbone: how often the cluster keeps a duplicate of the hubs' copy, which new hubs begin with.
    pub copy_every: HumanDuration,
    /// With the JetStream backbone: how long a hub that starts waits for servers that are away; 0: as long as it takes.
    pub wait_at_start: HumanDuration,
    /// How long the servers remember message ids.
    pub duplicate_window: HumanDuration,
    /// Most messages published and not yet acknowledged.
    pub window: usize,
    /// Consumers that subscribers pull from, by name.
    #[serde(default)]
    pub consumer: BTreeMap<String, NatsConsumer>,
}

/// A durable pull consumer for a subscriber.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NatsConsumer {
    /// Event types it gets: `order.*`, `milestone.*`, `order.paid`, `*`.
    pub events: Vec<String>,
    /// Only events of these platforms or carriers.
    #[serde(default)]
    pub platforms: Vec<String>,
    /// Classes: `n` normal, `r` replay and backfill, `t` test. Empty gets all.
    #[serde(default)]
    pub classes: Vec<String>,
    /// Time to acknowledge.
    #[serde(default = "minute")]
    pub ack_wait: HumanDuration,
    /// Most events delivered and not acknowledged.
    #[serde(default = "thousand")]
    pub max_ack_pending: i64,
}

/// What the types cannot say.
pub(super) fn check(config: &Config, map: &Map<'_>, problems: &mut Vec<Problem>) {
    let nats = &config.nats;
    if config.data.backbone == Store::Jetstream {
        if nats.servers.is_empty() {
            problems
                .push(map.at("data.backbone", "\"jetstream\" keeps everything in NATS: name nats.servers"));
        }
        let (keep, every) = (nats.keep_events.micros(), nats.copy_every.micros());
        if keep > 0 && every.saturating_mul(2) > keep {
            let words = "what has left the stream is only in a copy: at most half of nats.keep_events";
            problems.push(map.at("nats.copy_every", words));
        }
    }
    if nats.window == 0 {
        problems.push(map.at("nats.window", "0 would never publish: at least 1"));
    }
    if nats.user.is_some() && nats.password.is_none() {
        problems.push(
            map.at("nats.user", "a user needs nats.password = { env = \"NAME\" } or { file = \"PATH\" }"),
        );
    }
    for (name, consumer) in &nats.consumer {
        let key = |field: &str| format!("nats.consumer.{name}.{field}");
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        if !name.bytes().all(fits) || name.is_empty() || name.len() > 64 {
            let message = format!("`{name}` is no name of a consumer: letters, digits, - and _");
            problems.push(map.at(&format!("nats.consumer.{name}"), message));
        }
        if consumer.events.is_empty() {
            problems.push(map.at(&key("events"), "nothing would be delivered: [\"*\"] takes everything"));
        }
        if let Err(message) = crate::nats::consumers::subscriber(&config.tenant, consumer) {
            problems.push(map.at(&key("events"), message));
        }
    }
}

fn minute() -> HumanDuration {
    HumanDuration(std::time::Duration::from_secs(60))
}

fn thousand() -> i64 {
    1000
}
