//! Putting phones, addresses and buyers on the list and taking them off.

use std::fs::File;
use std::io::BufRead;
use std::path::{Path, PathBuf};

use crossdock_connector::sign;
use serde_json::json;

use super::super::out::count;
use super::super::{Exit, Failure, Global, Out, Outcome, table};
use crate::clock;
use crate::config::Config;
use crate::enrich::embedded;
use crate::enrich::risk::{FILE_NAME, Finger, Key, Kind, Listed, Listing, normal};
use crate::lock::private_dir;

/// What to add or remove.
#[derive(Debug, clap::Args)]
pub(super) struct Values {
    /// What it is
    #[arg(value_enum)]
    kind: Kind,
    /// Phone numbers, addresses, or buyers as platform:id; - reads one a line, which keeps them out of the shell's history
    #[arg(required = true, value_name = "VALUE")]
    values: Vec<String>,
    /// Country of phone numbers without one
    #[arg(long, default_value = "CN", value_name = "CODE")]
    country: String,
}

/// A file to add.
#[derive(Debug, clap::Args)]
pub(super) struct Import {
    /// CSV with the columns kind (phone, address, buyer) and value; - is stdin
    file: PathBuf,
    /// Country of phone numbers without one
    #[arg(long, default_value = "CN", value_name = "CODE")]
    country: String,
}

pub(super) fn add(values: &Values, global: &Global, out: &mut Out) -> Outcome {
    let config = global.read()?;
    let fingers = values.fingers(&key(&config)?)?;
    enlist(&config, values.kind, fingers.into_iter(), out)
}

pub(super) fn remove(values: &Values, global: &Global, out: &mut Out) -> Outcome {
    let config = global.read()?;
    let fingers = values.fingers(&key(&config)?)?;
    let changed = change(&config.data.dir, |list| {
        fingers.iter().filter(|finger| list.remove(values.kind, finger)).count()
    })?;
    say(out, "removed", changed, fingers.len())
}

pub(super) fn list(global: &Global, out: &mut Out) -> Outcome {
    let dir = global.read()?.data.dir;
    let list = Listing::load(&dir.join(FILE_NAME)).map_err(Failure::failed)?;
    let mut rows = table(&["kind", "hash", "since"]);
    for listed in list.all() {
        let hash: String = sign::hex(&listed.finger).chars().take(12).collect();
        let (kind, since) = (listed.kind.as_str(), listed.since.strftime("%Y-%m-%d").to_string());
        if out.for_people() {
            rows.add_row(vec![kind.to_owned(), hash, since]);
        } else {
            out.json(&json!({"kind": kind, "hash": hash, "since": since}))?;
        }
    }
    if out.for_people() {
        out.table(&rows)?;
    }
    Ok(Exit::Done)
}

pub(super) fn import(import: &Import, global: &Global, out: &mut Out) -> Outcome {
    let config = global.read()?;
    let key = key(&config)?;
    let text = match import.file.as_os_str() == "-" {
        true => std::io::read_to_string(std::io::stdin()),
        false => std::fs::read_to_string(&import.file),
    };
    let text = text.map_err(|error| Failure::failed(format!("{}: {error}", import.file.display())))?;
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.as_bytes());
    let bad = |line: u64, what: &str| Failure::usage(format!("line {line}: {what}"));
    let headers = reader.headers().map_err(|error| Failure::usage(error.to_string()))?.clone();
    let column = |name: &str| headers.iter().position(|header| header == name);
    let (Some(kinds), Some(values)) = (column("kind"), column("value")) else {
        return Err(bad(1, "the columns are kind and value"));
    };
    let mut all = Vec::new();
    for row in reader.records() {
        let row = row.map_err(|error| {
            bad(error.position().map_or(0, csv::Position::line), "is not a row like the first")
        })?;
        let line = row.position().map_or(0, csv::Position::line);
        let kind = match row.get(kinds).unwrap_or_default() {
            "phone" => Kind::Phone,
            "address" => Kind::Address,
            "buyer" => Kind::Buyer,
            _ => return Err(bad(line, "kind is phone, address or buyer")),
        };
        let value = row.get(values).unwrap_or_default();
        let finger = finger(&key, kind, value, &import.country).map_err(|error| bad(line, &error))?;
        all.push((kind, finger));
    }
    let (since, given) = (clock::now(), all.len());
    let changed = change(&config.data.dir, |list| {
        all.into_iter()
            .filter(|(kind, finger)| list.add(Listed { kind: *kind, finger: *finger, since }))
            .count()
    })?;
    say(out, "added", changed, given)
}

fn enlist(
    config: &Config,
    kind: Kind,
    fingers: impl ExactSizeIterator<Item = Finger>,
    out: &mut Out,
) -> Outcome {
    let (since, given) = (clock::now(), fingers.len());
    let changed = change(&config.data.dir, |list| {
        fingers.filter(|finger| list.add(Listed { kind, finger: *finger, since })).count()
    })?;
    say(out, "added", changed, given)
}

impl Values {
    fn fingers(&self, key: &Key) -> Outcome<Vec<Finger>> {
        let mut fingers = Vec::new();
        let mut take = |at: usize, value: &str| {
            let finger = finger(key, self.kind, value, &self.country)
                .map_err(|error| Failure::usage(format!("value {}: {error}", at + 1)))?;
            fingers.push(finger);
            Ok::<(), Failure>(())
        };
        if self.values == ["-"] {
            for (at, line) in std::io::stdin().lock().lines().enumerate() {
                let line = line.map_err(|error| Failure::failed(error.to_string()))?;
                if !line.trim().is_empty() {
                    take(at, line.trim())?;
                }
            }
        } else {
            for (at, value) in self.values.iter().enumerate() {
                take(at, value)?;
            }
        }
        Ok(fingers)
    }
}

fn finger(key: &Key, kind: Kind, value: &str, country: &str) -> Result<Finger, String> {
    let tables = embedded().map_err(ToString::to_string)?;
    Ok(key.finger(kind, &normal(tables, kind, value, country)?))
}

fn key(config: &Config) -> Outcome<Key> {
    let key =
        config.enrich.risk.key().map_err(|error| Failure::usage(format!("enrich.risk.secret: {error}")))?;
    key.ok_or_else(|| {
        Failure::usage(
            "the list needs a key: set [enrich.risk] secret = { file = \"..\" } or { env = \"..\" }",
        )
    })
}

/// Changes the list while nobody else does.
fn change<T>(dir: &Path, work: impl FnOnce(&mut Listing) -> T) -> Outcome<T> {
    private_dir(dir).map_err(Failure::failed)?;
    let said = |error: std::io::Error| Failure::failed(format!("{}: {error}", dir.display()));
    let lock = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(dir.join("risk-list.lock"))
        .map_err(said)?;
    lock.lock().map_err(said)?;
    let path = dir.join(FILE_NAME);
    let mut list = Listing::load(&path).map_err(Failure::failed)?;
    let done = work(&mut list);
    list.save(&path).map_err(Failure::failed)?;
    Ok(done)
}

fn say(out: &mut Out, word: &str, changed: usize, given: usize) -> Outcome {
    if out.for_people() {
        let number = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
        out.line(format_args!("{word} {} of {}", changed, count(number(given), "value")))?;
    } else {
        out.json(&json!({word: changed, "given": given}))?;
    }
    Ok(Exit::Done)
}
