//! The parser: captures of every topic, and files where the connector reads files.

use std::io::Cursor as Bytes;

use crossdock_connector::{Capture, ErrorKind, Files, Normalize, Normalized, Parts, Result, Row};
use crossdock_schemas::{Channel, Observation};
use jiff::Timestamp;

use super::Input;

/// Rows of a file that are read at most: garbage may be a file without end.
const ROWS: usize = 2_000;
/// What stands before the name of a file in the place of a topic.
pub(super) const FILE: &str = "file:";

pub(super) fn run(parts: &Parts, topics: &[&'static str], input: &Input) -> Result<(), String> {
    let topic = input.word(1);
    if let (Some(files), Some(name)) = (&parts.files, topic.strip_prefix(FILE)) {
        file(files.as_ref(), parts.normalize.as_deref(), name, input);
    }
    let Some(normalize) = &parts.normalize else { return Ok(()) };
    // A name that mutated away from all topics still chooses one: else most inputs would say nothing.
    let known = topics.contains(&topic) || topics.contains(&"*");
    let any = topics.get(topic.len().checked_rem(topics.len()).unwrap_or_default()).copied();
    let topic = if known { topic } else { any.unwrap_or_default() };
    let capture = Capture {
        topic: topic.to_owned(),
        headers: input.headers.clone(),
        body: input.body.clone(),
        origin: None,
        received_at: Timestamp::UNIX_EPOCH,
        channel: Channel::Webhook,
    };
    holds(normalize.as_ref(), &capture)
}

/// What must hold of any capture whatever.
pub(super) fn holds(normalize: &dyn Normalize, capture: &Capture) -> Result<(), String> {
    let first = normalize.normalize(capture);
    let second = normalize.normalize(capture);
    match (first, second) {
        (Ok(first), Ok(second)) => {
            if !same(&first, &second) {
                return Err("the same capture gives two results".to_owned());
            }
            first.observations.into_iter().try_for_each(survives)
        }
        (Err(first), Err(second)) => {
            if first.to_string() != second.to_string() {
                return Err(format!("the same capture gives two errors: {first}; {second}"));
            }
            let blames_bytes = matches!(first.kind(), ErrorKind::Malformed | ErrorKind::Unsupported);
            if blames_bytes {
                Ok(())
            } else {
                Err(format!("{:?} instead of Malformed: {first}", first.kind()))
            }
        }
        (Ok(_), Err(error)) | (Err(error), Ok(_)) => {
            Err(format!("the same capture is read and refused: {error}"))
        }
    }
}

fn same(first: &Normalized, second: &Normalized) -> bool {
    first.observations == second.observations
        && first.issues == second.issues
        && first.fetch == second.fetch
        && first.ignored == second.ignored
}

/// Sealed, written and read it is still the same. One without an identity, or one that breaks the model, goes no further:
/// the hub keeps it in quarantine.
fn survives(mut observation: Observation) -> Result<(), String> {
    if observation.seal().is_err() || !observation.validate().is_empty() {
        return Ok(());
    }
    let text = serde_json::to_string(&observation).map_err(|error| format!("cannot be written: {error}"))?;
    let again: Observation =
        serde_json::from_str(&text).map_err(|error| format!("cannot be read back: {error}"))?;
    if again == observation { Ok(()) } else { Err(format!("another one after writing and reading: {text}")) }
}

fn file(files: &dyn Files, normalize: Option<&dyn Normalize>, name: &str, input: &Input) {
    let Ok(mut rows) = files.open(name, Box::new(Bytes::new(input.body.clone()))) else { return };
    let header = rows.header().to_vec();
    for _ in 0..ROWS {
        match rows.next_row() {
            Some(Row::Part { bytes, .. }) => {
                let captured = files.document(&header, &[bytes], None);
                if let Some(normalize) = normalize {
                    let capture = captured.received(Timestamp::UNIX_EPOCH, Channel::File);
                    let _outcome = normalize.normalize(&capture).is_ok();
                }
            }
            Some(Row::Bad { .. }) => {}
            None => break,
        }
    }
}
