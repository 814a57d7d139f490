//! Reading and checking a configuration: every problem is reported with file, line and key.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crossdock_connector::{Descriptor, Parts, Role, settings};
use toml::{Table, Value};

use super::place::Map;
use super::{Config, DEFAULT, Problem, Sink, Source, secrets};
use super::{enrich, nats, sinks, track};
use crate::enrich::Enricher;
use crate::enrich::risk::Risk;
use crate::handoff::filter::Filter;
use crate::registry;

/// A checked configuration with its connectors built.
pub struct Loaded {
    /// The configuration.
    pub config: Config,
    /// Sources with their parts.
    pub sources: Vec<SourceSetup>,
    /// Sinks with their parts.
    pub sinks: Vec<SinkSetup>,
    /// What is added to orders before they are folded.
    pub enrich: Arc<Enricher>,
    /// The risk rules; none when there are none.
    pub risk: Option<Arc<Risk>>,
    /// Things that work but should be looked at.
    pub warnings: Vec<Problem>,
}

/// A source ready to run.
#[derive(Clone)]
pub struct SourceSetup {
    /// Its id.
    pub id: Arc<str>,
    /// Its configuration.
    pub config: Source,
    /// The connector.
    pub descriptor: &'static Descriptor,
    /// The connector's parts.
    pub parts: Parts,
}

/// A sink ready to run.
#[derive(Clone)]
pub struct SinkSetup {
    /// Its id.
    pub id: Arc<str>,
    /// Its configuration.
    pub config: Sink,
    /// The connector.
    pub descriptor: &'static Descriptor,
    /// The connector's parts.
    pub parts: Parts,
    /// Which events it takes.
    pub filter: Filter,
}

/// Reads a file, or the built-in defaults when there is none; `data` overrides the data directory.
///
/// # Errors
/// Every problem found, with file, line and key.
pub fn load(file: Option<&Path>, data: Option<&Path>) -> Result<Loaded, Vec<Problem>> {
    let (name, text) = text_of(file)?;
    load_text(&name, &text, data)
}

/// Name and text of a file; no file is an empty one.
fn text_of(file: Option<&Path>) -> Result<(String, String), Vec<Problem>> {
    let Some(path) = file else { return Ok(("built-in defaults".to_owned(), String::new())) };
    let name = path.display().to_string();
    match std::fs::read_to_string(path) {
        Ok(text) => Ok((name, text)),
        Err(error) => {
            let message = format!("cannot be read: {error}");
            Err(vec![Problem { file: name, line: 0, key: String::new(), message, fatal: true }])
        }
    }
}

/// As [`load`], from text.
///
/// # Errors
/// Every problem found, with file, line and key.
pub fn load_text(name: &str, text: &str, data: Option<&Path>) -> Result<Loaded, Vec<Problem>> {
    let map = Map::new(name, text);
    let config = parse(text, data, &map)?;
    let mut problems = Vec::new();
    if config.tenant.is_empty()
        || !config.tenant.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    {
        problems.push(
            map.at("tenant", format!("`{}` is not a tenant: use letters, digits and -", config.tenant)),
        );
    }
    let sources = sources(&config, &map, &mut problems);
    let sinks = sink_setups(&config, &map, &mut problems);
    sinks::hidden(&sinks, &sources, &config, &map, &mut problems);
    sinks::budgets(&config, &map, &mut problems);
    nats::check(&config, &map, &mut problems);
    let (enrich, risk) = enrich::build(&config, &map, &mut problems);
    let (fatal, warnings): (Vec<_>, Vec<_>) = problems.into_iter().partition(|problem| problem.fatal);
    if fatal.is_empty() { Ok(Loaded { config, sources, sinks, enrich, risk, warnings }) } else { Err(fatal) }
}

/// Reads a configuration without building its connectors, so without its secrets: for commands that only read the
/// store.
///
/// # Errors
/// What cannot be read, with file, line and key.
pub fn read(file: Option<&Path>, data: Option<&Path>) -> Result<Config, Vec<Problem>> {
    let (name, text) = text_of(file)?;
    parse(&text, data, &Map::new(&name, &text))
}

/// The file merged over the defaults.
fn parse(text: &str, data: Option<&Path>, map: &Map<'_>) -> Result<Config, Vec<Problem>> {
    let own: Table = toml::from_str(text)
        .map_err(|error| vec![map.at_span(error.span(), error.message().replace('\n', " "))])?;
    let mut merged: Table = toml::from_str(DEFAULT).map_err(|error| {
        vec![Problem {
            file: "built-in defaults".into(),
            line: 0,
            key: String::new(),
            message: error.to_string(),
            fatal: true,
        }]
    })?;
    merge(&mut merged, own);
    let mut config: Config = serde_path_to_error::deserialize(Value::Table(merged)).map_err(|error| {
        let path = error.path().to_string();
        let message = error.into_inner().to_string().trim().replace('\n', " ");
        vec![map.at(&unknown_key(&path, &message), message)]
    })?;
    if let Some(dir) = data {
        config.data.dir = PathBuf::from(dir);
    }
    Ok(config)
}

/// Tables are merged key by key; lists and values of the file replace those of the defaults.
fn merge(base: &mut Table, own: Table) {
    for (key, value) in own {
        match (base.get_mut(&key), value) {
            (Some(Value::Table(base)), Value::Table(own)) => merge(base, own),
            (_, value) => {
                base.insert(key, value);
            }
        }
    }
}

/// For an unknown key serde names the table around it: add the key itself, so that its line is found.
fn unknown_key(path: &str, message: &str) -> String {
    let named = message.strip_prefix("unknown field `").and_then(|rest| rest.split('`').next());
    match named {
        Some(name) if !path.ends_with(name) => match path {
            "." => name.to_owned(),
            path => format!("{path}.{name}"),
        },
        _ => path.to_owned(),
    }
}

fn sources(config: &Config, map: &Map<'_>, problems: &mut Vec<Problem>) -> Vec<SourceSetup> {
    let mut ready = Vec::new();
    let mut seen: HashMap<&str, usize> = HashMap::new();
    for (at, source) in config.source.iter().enumerate() {
        let key = |name: &str| format!("source[{at}].{name}");
        if let Some(first) = seen.insert(&source.id, at) {
            let message = format!(
                "source id `{}` is used twice: first by source[{first}]; ids must be unique",
                source.id
            );
            problems.push(map.at(&key("id"), message));
        }
        check_id(&source.id, &key("id"), map, problems);
        let Some((descriptor, parts)) =
            parts(&source.connector, &source.settings, &format!("source[{at}]"), map, problems)
        else {
            continue;
        };
        if descriptor.role == Role::Sink {
            problems.push(
                map.at(&key("use"), format!("`{}` is a sink: use it under [[sink]]", source.connector)),
            );
            continue;
        }
        if source.poll_every.is_some() && parts.poll.is_none() {
            problems.push(map.at(&key("poll_every"), format!("`{}` cannot be polled", source.connector)));
        }
        if source.queue && config.nats.servers.is_empty() {
            problems.push(map.at(&key("queue"), "nats.servers is empty: nobody can publish to this source"));
        }
        if source.queue && parts.normalize.is_none() {
            problems.push(map.at(&key("queue"), format!("`{}` reads nothing", source.connector)));
        }
        track::check(source, descriptor, &parts, at, map, problems);
        if source.insecure_accept_unsigned {
            let message =
                "requests are taken without a valid signature: anybody who knows the URL can send orders";
            problems.push(map.warn(&key("insecure_accept_unsigned"), message));
        }
        for (name, rate) in
            [("rate_per_second", source.rate_per_second), ("rate_per_minute", source.rate_per_minute)]
        {
            match rate {
                Some(0) => {
                    problems.push(map.at(&key(name), "0 would never call: at least 1, or leave it out"))
                }
                Some(_) if parts.poll.is_none() && parts.fetch.is_none() => {
                    let message =
                        format!("`{}` neither polls nor fetches: this does nothing", source.connector);
                    problems.push(map.at(&key(name), message));
                }
                _ => {}
            }
        }
        if source.fetch_concurrency == 0 {
            problems.push(map.at(&key("fetch_concurrency"), "0 would never fetch: at least 1"));
        }
        ready.push(SourceSetup { id: source.id.as_str().into(), config: source.clone(), descriptor, parts });
    }
    ready
}

fn sink_setups(config: &Config, map: &Map<'_>, problems: &mut Vec<Problem>) -> Vec<SinkSetup> {
    let mut ready = Vec::new();
    let mut seen: HashMap<&str, usize> = HashMap::new();
    for (at, sink) in config.sink.iter().enumerate() {
        let key = |name: &str| format!("sink[{at}].{name}");
        if let Some(first) = seen.insert(&sink.id, at) {
            let message =
                format!("sink id `{}` is used twice: first by sink[{first}]; ids must be unique", sink.id);
            problems.push(map.at(&key("id"), message));
        }
        check_id(&sink.id, &key("id"), map, problems);
        let Some((descriptor, parts)) =
            parts(&sink.connector, &sink.settings, &format!("sink[{at}]"), map, problems)
        else {
            continue;
        };
        if descriptor.role != Role::Sink {
            problems.push(
                map.at(&key("use"), format!("`{}` is not a sink: use it under [[source]]", sink.connector)),
            );
            continue;
        }
        let part = parts.sink.as_ref();
        let filter = sinks::filter(sink, part);
        sinks::check(sink, &filter, part, config, &key, map, problems);
        ready.push(SinkSetup {
            id: sink.id.as_str().into(),
            config: sink.clone(),
            descriptor,
            parts,
            filter,
        });
    }
    ready
}

fn check_id(id: &str, key: &str, map: &Map<'_>, problems: &mut Vec<Problem>) {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if id.is_empty() || id.len() > 64 || !id.bytes().all(fits) {
        problems.push(map.at(key, format!("`{id}` is not an id: 1 to 64 lower-case letters, digits and -")));
    }
}

fn parts(
    connector: &str,
    table: &Table,
    at: &str,
    map: &Map<'_>,
    problems: &mut Vec<Problem>,
) -> Option<(&'static Descriptor, Parts)> {
    let entry = match registry::find(connector) {
        Ok(entry) => entry,
        Err(error) => {
            problems.push(map.at(&format!("{at}.use"), error.message()));
            return None;
        }
    };
    let mut table = table.clone();
    let built = settings::resolve(&mut table, &|reference| secrets::read(reference))
        .and_then(|()| entry.build(table));
    match built {
        Ok(parts) => Some((entry.descriptor, parts)),
        Err(error) => {
            let inner = error.path.as_deref().unwrap_or_default();
            let inner = unknown_key(if inner.is_empty() { "." } else { inner }, error.message());
            let key = if inner == "." { format!("{at}.settings") } else { format!("{at}.settings.{inner}") };
            problems.push(map.at(&key, error.message()));
            None
        }
    }
}
