//! What enrich is configured with: which addresses, which SKU maps, which risk rules.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crossdock_address::Tables;
use crossdock_connector::{Secret, settings};
use serde::Deserialize;
use toml::{Table, Value};

use super::place::Map;
use super::{Config, Problem, secrets};
use crate::enrich::{Enricher, risk, sku};

/// What is added to orders before they are folded.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Enrich {
    /// Addresses.
    pub address: Address,
    /// Maps from SKUs of platforms to those of the company.
    #[serde(default)]
    pub sku: Vec<Sku>,
    /// Risk rules.
    pub risk: Risk,
}

/// Addresses.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Address {
    /// Whether addresses are made deliverable at all.
    pub on: bool,
    /// Sources whose addresses stay as they came.
    pub except: Vec<String>,
    /// A file of divisions other than the one that is built in; empty: that one.
    pub divisions: PathBuf,
}

/// A SKU map.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sku {
    /// The source it is for; `*` for all.
    pub source: String,
    /// The CSV file: `sku,item,pieces`.
    #[serde(default)]
    pub file: Option<PathBuf>,
    /// Or the same as a table here.
    #[serde(default)]
    pub rows: Vec<sku::Row>,
}

impl Sku {
    /// What it maps.
    ///
    /// # Errors
    /// The member that cannot be used, and why.
    pub fn entries(&self) -> Result<sku::Entries, (&'static str, String)> {
        match (&self.file, self.rows.as_slice()) {
            (Some(file), []) => {
                let text = std::fs::read_to_string(file).map_err(|error| error.to_string());
                let entries = text.and_then(|text| sku::read(&text));
                entries.map_err(|error| ("file", format!("{}: {error}", file.display())))
            }
            (None, rows @ [_, ..]) => sku::rows(rows).map_err(|error| ("rows", error)),
            _ => Err(("file", "a map has either a file or rows".to_owned())),
        }
    }
}

/// Risk rules.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Risk {
    /// The file of rules; empty: no rules.
    pub rules: PathBuf,
    /// Where the key of the list is, as `{ env = ".." }` or `{ file = ".." }`.
    #[serde(default)]
    pub secret: Option<Table>,
}

impl Risk {
    /// The key of the list; none when no secret is configured.
    ///
    /// # Errors
    /// When it is no reference, cannot be read or is too short; never names its value.
    pub fn key(&self) -> Result<Option<risk::Key>, String> {
        #[derive(Deserialize)]
        struct Read {
            secret: Secret,
        }
        let Some(reference) = &self.secret else { return Ok(None) };
        let mut table = Table::new();
        table.insert("secret".to_owned(), Value::Table(reference.clone()));
        let read: Read = settings::resolve(&mut table, &|reference| secrets::read(reference))
            .and_then(|()| settings::read(table))
            .map_err(|error| error.message().to_owned())?;
        risk::Key::new(read.secret).map(Some)
    }

    /// The rules of a file.
    ///
    /// # Errors
    /// What cannot be read or used.
    pub fn read(path: &Path) -> Result<risk::Rules, String> {
        let text = std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
        risk::Rules::read(&text).map_err(|error| format!("{}: {error}", path.display()))
    }
}

/// Puts the stage together; what does not work is added to the problems.
pub(super) fn build(
    config: &Config,
    map: &Map<'_>,
    problems: &mut Vec<Problem>,
) -> (Arc<Enricher>, Option<Arc<risk::Risk>>) {
    let mut enricher = Enricher::default();
    let Enrich { address, sku, risk } = &config.enrich;
    let known = |source: &str| config.source.iter().any(|known| known.id == source);
    for source in address.except.iter().filter(|source| !known(source)) {
        problems.push(map.at("enrich.address.except", format!("there is no source `{source}`")));
    }
    if address.on {
        match tables(&address.divisions) {
            Ok(tables) => enricher = enricher.with_addresses(tables, address.except.clone()),
            Err(error) => problems.push(map.at("enrich.address.divisions", error)),
        }
    }
    if let Some(skus) = skus(sku, &known, map, problems) {
        enricher = enricher.with_skus(skus);
    }
    let risk = rules(risk, &known, map, problems).map(Arc::new);
    if let Some(risk) = &risk {
        match risk::Listing::load(&config.data.dir.join(risk::FILE_NAME)) {
            Ok(list) => risk.set_list(list),
            Err(error) => problems.push(map.at("data.dir", error)),
        }
        enricher = enricher.with_risk(Arc::clone(risk));
    }
    (Arc::new(enricher), risk)
}

/// A table that was given; none for the one that is built in.
fn tables(file: &Path) -> Result<Option<Arc<Tables>>, String> {
    if file.as_os_str().is_empty() {
        return Ok(None);
    }
    let said = |error: &dyn std::fmt::Display| format!("{}: {error}", file.display());
    let bytes = std::fs::read(file).map_err(|error| said(&error))?;
    Tables::read(&bytes).map(Arc::new).map(Some).map_err(|error| said(&error))
}

fn skus(
    given: &[Sku],
    known: &dyn Fn(&str) -> bool,
    map: &Map<'_>,
    problems: &mut Vec<Problem>,
) -> Option<sku::Map> {
    let mut skus = sku::Map::default();
    for (at, one) in given.iter().enumerate() {
        let source = &one.source;
        if source != sku::ALL && !known(source) {
            problems
                .push(map.at(&format!("enrich.sku[{at}].source"), format!("there is no source `{source}`")));
        }
        match one.entries() {
            Ok(entries) => skus.add(source, entries),
            Err((member, error)) => problems.push(map.at(&format!("enrich.sku[{at}].{member}"), error)),
        }
    }
    (!given.is_empty()).then_some(skus)
}

fn rules(
    config: &Risk,
    known: &dyn Fn(&str) -> bool,
    map: &Map<'_>,
    problems: &mut Vec<Problem>,
) -> Option<risk::Risk> {
    if config.rules.as_os_str().is_empty() {
        return None;
    }
    let key = config.key().unwrap_or_else(|error| {
        problems.push(map.at("enrich.risk.secret", error));
        None
    });
    match Risk::read(&config.rules) {
        Ok(rules) => {
            if rules.lists() && config.secret.is_none() {
                let message = "there are rules for listed phones, addresses or buyers, but no secret for the list: \
                               they find nothing";
                problems.push(map.warn("enrich.risk.rules", message));
            }
            for rule in &rules.rules {
                for source in rule.sources.iter().filter(|source| !known(source)) {
                    let message = format!("rule `{}`: there is no source `{source}`", rule.id);
                    problems.push(map.warn("enrich.risk.rules", message));
                }
            }
            Some(risk::Risk::new(rules, key))
        }
        Err(error) => {
            problems.push(map.at("enrich.risk.rules", error));
            None
        }
    }
}
