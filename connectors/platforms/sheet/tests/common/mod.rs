//! What the hub does with a file, in memory.

#![allow(dead_code, reason = "each test file uses a part of it")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeMap;
use std::io::Cursor;

use crossdock_connector::{Captured, Connector, ConnectorConfig, Parts, Row, RowMatch, settings};
use crossdock_schemas::{Channel, Entity, Observation};
use crossdock_sheet::{Sheet, SheetConfig};
use jiff::Timestamp;

/// Rows of the UCI Online Retail data.
pub(crate) const SAMPLE: &[u8] = include_bytes!("../data/online-retail-sample.csv");

/// What became of a file.
#[derive(Debug, Default)]
pub(crate) struct Ingested {
    /// Body of each document, by its number.
    pub captures: BTreeMap<String, Vec<u8>>,
    pub observations: Vec<Observation>,
    pub ignored: BTreeMap<&'static str, usize>,
    pub errors: Vec<String>,
    /// Line and problem of rows that belong to no document.
    pub bad: Vec<(u64, String)>,
    pub links: BTreeMap<String, String>,
}

impl Ingested {
    /// The entities of all observations.
    pub(crate) fn entities(&self) -> impl Iterator<Item = &Entity> {
        self.observations.iter().map(|observation| &observation.entity)
    }
}

/// The connector with the settings of the example.
pub(crate) fn part() -> Parts {
    part_with(SheetConfig::example())
}

/// The connector with other settings.
pub(crate) fn part_with(text: &str) -> Parts {
    let config: SheetConfig = settings::read(toml::from_str(text).unwrap()).unwrap();
    config.validate().unwrap();
    Sheet::build(config).unwrap()
}

/// Takes a file with the settings of the example.
pub(crate) fn ingest(name: &str, bytes: &[u8]) -> Ingested {
    ingest_with(part(), name, bytes)
}

/// Takes a file.
pub(crate) fn ingest_with(parts: Parts, name: &str, bytes: &[u8]) -> Ingested {
    let (files, normalize) = (parts.files.unwrap(), parts.normalize.unwrap());
    let mut rows = files.open(name, Box::new(Cursor::new(bytes))).unwrap();
    let header = rows.header().to_vec();
    let mut all = Ingested::default();
    let mut documents: BTreeMap<String, Vec<Vec<u8>>> = BTreeMap::new();
    let mut matching: Vec<(String, RowMatch)> = Vec::new();
    while let Some(row) = rows.next_row() {
        match row {
            Row::Part { document, bytes, matching: found, order_by, .. } => {
                if let Some(found) = found {
                    assert_eq!(found.at, order_by);
                    matching.push((document.clone(), found));
                }
                documents.entry(document).or_default().push(bytes);
            }
            Row::Bad { line, problem, .. } => all.bad.push((line, problem)),
        }
    }
    for (document, reversal) in matching.iter().filter(|(_, found)| found.reversal) {
        let sale = matching
            .iter()
            .filter(|(_, sale)| !sale.reversal && sale.key == reversal.key && sale.at < reversal.at);
        if let Some((sale, _)) = sale.max_by(|a, b| a.1.at.cmp(&b.1.at)) {
            all.links.insert(document.clone(), sale.clone());
        }
    }
    for (document, mut rows) in documents {
        rows.sort();
        let linked = all.links.get(&document).map(String::as_str);
        let captured = files.document(&header, &rows, linked);
        all.captures.insert(document.clone(), captured.body.to_vec());
        let capture = Captured { origin: Some(name.to_owned()), ..captured };
        let capture = capture.received(Timestamp::UNIX_EPOCH, Channel::File);
        assert_eq!(files.label(&capture), Some(document));
        match normalize.normalize(&capture) {
            Ok(normalized) => {
                if let Some(reason) = normalized.ignored {
                    *all.ignored.entry(reason).or_default() += 1;
                }
                for mut observation in normalized.observations {
                    observation.seal().unwrap();
                    assert_eq!(observation.validate(), []);
                    all.observations.push(observation);
                }
            }
            Err(error) => all.errors.push(error.to_string()),
        }
    }
    all
}
