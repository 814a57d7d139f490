//! The configuration: one TOML file, read strictly. Defaults are the commented file that ships with the binary.

mod enrich;
mod load;
mod nats;
mod place;
mod secrets;
mod sinks;
mod size;
mod track;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;

pub use enrich::{Enrich, Risk as RiskConfig};
pub use load::{Loaded, SinkSetup, SourceSetup, load, load_text, read};
pub use nats::{Nats, NatsConsumer, Profile, SecretSource, Store};
pub use place::Problem;
pub use size::HumanDuration;

use crate::handoff::condition::Condition;
use crate::history::MilestoneRules;

/// The file with every key, its default and its meaning.
pub const DEFAULT: &str = include_str!("../../../config/crossdock.default.toml");

/// Name of the configuration file looked for in the current folder.
pub const FILE_NAME: &str = "crossdock.toml";

/// Everything that can be configured.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Whose hub it is: part of every event id and subject.
    pub tenant: String,
    /// Where things are kept.
    pub data: Data,
    /// The port that platforms and carriers call.
    pub webhook: Webhook,
    /// The port for operators.
    pub admin: Admin,
    /// Logs, traces, metrics.
    pub telemetry: Telemetry,
    /// Calls we make.
    pub outbound: Outbound,
    /// The NATS servers that events are published to, and that the JetStream backbone keeps everything in.
    pub nats: Nats,
    /// Which parcel events people are told about.
    pub milestones: MilestoneRules,
    /// What is added to orders before they are folded.
    pub enrich: Enrich,
    /// How long a shutdown may take.
    pub shutdown_deadline: HumanDuration,
    /// Where orders and parcels come from.
    #[serde(default)]
    pub source: Vec<Source>,
    /// Where events go.
    #[serde(default)]
    pub sink: Vec<Sink>,
    /// Call budgets that sinks share, by name.
    #[serde(default)]
    pub budget: BTreeMap<String, Budget>,
}

/// What several sinks may spend together.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Budget {
    /// Most calls a second.
    #[serde(default)]
    pub rate_per_second: Option<u32>,
    /// Most calls a minute.
    #[serde(default)]
    pub rate_per_minute: Option<u32>,
    /// Most calls at a time.
    #[serde(default)]
    pub concurrency: Option<usize>,
}

/// Where things are kept.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Data {
    /// Where the truth is kept: in this folder, or in a JetStream cluster that several hubs share.
    pub backbone: Store,
    /// Folder of the embedded store; with JetStream, of this hub's copy.
    pub dir: PathBuf,
    /// Bodies of folded captures are removed after this.
    pub keep_captures: HumanDuration,
}

/// The port that platforms and carriers call; limits of the security sheet, part 1.3.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Webhook {
    /// Address and port.
    pub listen: String,
    /// Most bytes of a body as sent.
    pub max_body: usize,
    /// Most bytes of a body after decompression.
    pub max_decompressed: usize,
    /// Most times a body may grow by decompression.
    pub max_ratio: usize,
    /// Time from accepting a connection to complete headers.
    pub header_timeout: HumanDuration,
    /// Time for the whole body.
    pub body_timeout: HumanDuration,
    /// Most connections.
    pub max_connections: usize,
    /// Most connections from one address.
    pub max_connections_per_ip: usize,
    /// Most bytes of bodies being read at a time.
    pub max_in_flight: usize,
}

/// The port for operators.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Admin {
    /// Address and port; empty turns it off.
    pub listen: String,
}

/// Logs, traces, metrics.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Telemetry {
    /// `text` for people, `json` for machines, `auto` decides by the terminal.
    pub logs: LogFormat,
    /// Filter such as `info` or `info,crossdock::handoff=debug`.
    pub level: String,
    /// OTLP over HTTP, such as `http://localhost:4318`; empty turns it off.
    pub otlp: String,
}

/// How logs look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people on a terminal, JSON otherwise.
    Auto,
    /// For people.
    Text,
    /// One object a line.
    Json,
}

/// Calls we make.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outbound {
    /// To connect.
    pub connect_timeout: HumanDuration,
    /// For one whole call.
    pub timeout: HumanDuration,
    /// Most bytes of a reply that are read.
    pub max_reply: usize,
}

/// Where orders and parcels come from.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Unique id, part of its URL: lower case, digits and `-`.
    pub id: String,
    /// Id of the connector.
    #[serde(rename = "use")]
    pub connector: String,
    /// Takes requests without a valid signature. Only for trying things out.
    #[serde(default)]
    pub insecure_accept_unsigned: bool,
    /// Files are today's business, not history: their events are live (class `n`) instead of backfill (`r`).
    #[serde(default)]
    pub live_files: bool,
    /// It is also fed through NATS: others publish what it saw to `xd.in.<tenant>.<id>`.
    #[serde(default)]
    pub queue: bool,
    /// How often to poll; absent turns polling off.
    #[serde(default)]
    pub poll_every: Option<HumanDuration>,
    /// How far back the first poll reaches.
    #[serde(default)]
    pub poll_since: Option<HumanDuration>,
    /// How often to ask for a parcel on its way; absent turns asking off.
    #[serde(default)]
    pub track_every: Option<HumanDuration>,
    /// How long a parcel of which nothing is heard is asked for.
    #[serde(default = "sixty_days")]
    pub track_for: HumanDuration,
    /// Whose parcels are asked for, in our words: for aggregators. Empty is the connector's own carrier.
    #[serde(default)]
    pub carriers: Vec<String>,
    /// Last four digits of the sender's phone, for carriers that want one. Absent is each recipient's.
    #[serde(default)]
    pub track_phone: Option<String>,
    /// Most calls a second for parcels, in the place of what the vendor publishes.
    #[serde(default)]
    pub track_per_second: Option<u32>,
    /// Most calls in any 24 hours for parcels, in the place of what the vendor publishes.
    #[serde(default)]
    pub track_per_day: Option<u32>,
    /// Most calls a second for polls and fetches together, in the place of what the vendor publishes.
    #[serde(default)]
    pub rate_per_second: Option<u32>,
    /// Most calls a minute for polls and fetches together, in the place of what the vendor publishes.
    #[serde(default)]
    pub rate_per_minute: Option<u32>,
    /// Most fetches, or calls for parcels, at a time.
    #[serde(default = "four")]
    pub fetch_concurrency: usize,
    /// The connector's own settings.
    #[serde(default)]
    pub settings: toml::Table,
}

/// Where events go.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sink {
    /// Unique id: lower case, digits and `-`.
    pub id: String,
    /// Id of the connector.
    #[serde(rename = "use")]
    pub connector: String,
    /// Event types it takes: `order.*`, `milestone.*`, `order.paid`, `*`. Empty takes all.
    #[serde(default)]
    pub events: Vec<String>,
    /// Only events of these sources.
    #[serde(default)]
    pub sources: Vec<String>,
    /// Only events of these platforms or carriers.
    #[serde(default)]
    pub platforms: Vec<String>,
    /// Classes it takes: `n` normal, `r` replay and backfill, `t` test. Empty takes all.
    #[serde(default)]
    pub classes: Vec<String>,
    /// Only events whose fields fit all of these.
    #[serde(default, rename = "where")]
    pub conditions: Vec<Condition>,
    /// Most calls at a time.
    #[serde(default = "eight")]
    pub concurrency: usize,
    /// Most calls a second.
    #[serde(default)]
    pub rate_per_second: Option<u32>,
    /// Most calls a minute, for receivers that count so.
    #[serde(default)]
    pub rate_per_minute: Option<u32>,
    /// A budget shared with other sinks that use the same application key; see `[budget]`.
    #[serde(default)]
    pub budget: Option<String>,
    /// Most events in a call, where the sink takes more than one.
    #[serde(default = "one")]
    pub batch: usize,
    /// Hands off only the latest of several events of one key that wait, for receivers that keep no history.
    #[serde(default)]
    pub coalesce: bool,
    /// A refund or return waits until its order was accepted here, where the sink takes orders too.
    #[serde(default = "yes")]
    pub wait_for_orders: bool,
    /// First wait after a failure; doubles with each attempt.
    #[serde(default = "retry_base")]
    pub retry_base: HumanDuration,
    /// Longest wait between attempts, also when the receiver asks for more.
    #[serde(default = "retry_max")]
    pub retry_max: HumanDuration,
    /// After this an event is parked.
    #[serde(default = "give_up")]
    pub give_up_after: HumanDuration,
    /// The connector's own settings.
    #[serde(default)]
    pub settings: toml::Table,
}

fn yes() -> bool {
    true
}
fn one() -> usize {
    1
}
fn four() -> usize {
    4
}
fn eight() -> usize {
    8
}
fn retry_base() -> HumanDuration {
    HumanDuration(Duration::from_secs(1))
}
fn retry_max() -> HumanDuration {
    HumanDuration(Duration::from_secs(3600))
}
fn sixty_days() -> HumanDuration {
    HumanDuration(Duration::from_secs(60 * 24 * 3600))
}
fn give_up() -> HumanDuration {
    HumanDuration(Duration::from_secs(3 * 24 * 3600))
}
