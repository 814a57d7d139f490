//! Captures to observations.

mod item;
mod money;
mod notice;
mod order;
mod parcel;
mod people;
mod returns;
mod v0;

use std::sync::Arc;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::value::RawValue;

use crossdock_connector::wire::{self, Scalar};
use crossdock_connector::{Capture, Error, ErrorKind, Issue, IssueKind, Normalize, Normalized, Result};
use crossdock_schemas::{Dec, OrderRef, Source, Ts};

use crate::config::Config;
use crate::{NOTIFICATION, ORDER, RETURN};

/// `source.platform`.
pub(crate) const PLATFORM: &str = "amazon";

/// The normalizing part.
pub(crate) struct AmazonNormalize {
    pub(crate) config: Arc<Config>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Envelope<'a> {
    #[serde(borrow)]
    order: Option<&'a RawValue>,
    /// Of v0.
    #[serde(borrow)]
    payload: Option<&'a RawValue>,
}

impl Normalize for AmazonNormalize {
    fn normalize(&self, capture: &Capture) -> Result<Normalized> {
        let mut reading = Reading { config: &self.config, shop: String::new(), issues: Vec::new() };
        let mut normalized = match capture.topic.as_str() {
            NOTIFICATION => return notice::read(&self.config, &capture.body),
            ORDER => {
                // A reply of getOrder, or a row of a search.
                let envelope: Envelope<'_> = wire::object(&capture.body)?;
                match (envelope.order, envelope.payload) {
                    (Some(raw), _) => order::read(&mut reading, raw.get().as_bytes(), "$.order")?,
                    (None, Some(raw)) => v0::read(&mut reading, raw.get().as_bytes(), "$.payload")?,
                    (None, None) => order::read(&mut reading, &capture.body, "$")?,
                }
            }
            RETURN => returns::read(&mut reading, &capture.body)?,
            _ => {
                let what = format!("known topics are {ORDER}, {RETURN} and {NOTIFICATION}");
                return Err(Error::new(ErrorKind::Unsupported, what));
            }
        };
        normalized.issues.append(&mut reading.issues);
        Ok(normalized)
    }
}

/// Reads an object that stands at `path`.
///
/// # Errors
/// `Malformed` at the place inside of it.
fn object<'a, T: Deserialize<'a>>(body: &'a [u8], path: &str) -> Result<T> {
    wire::object(body).map_err(|error| inside(error, path))
}

fn inside(error: Error, path: &str) -> Error {
    let own = error.path.clone().unwrap_or_default();
    error.at(format!("{path}{}", own.trim_start_matches('$')))
}

/// What is said about one capture while it is read.
pub(crate) struct Reading<'a> {
    config: &'a Config,
    /// `seller:marketplace`.
    shop: String,
    issues: Vec<Issue>,
}

impl Reading<'_> {
    fn in_marketplace(&mut self, marketplace: &str) {
        self.shop = format!("{}:{marketplace}", self.config.seller);
    }

    fn source(&self, changed: Timestamp, site: Option<String>) -> Source {
        Source {
            platform: PLATFORM.to_owned(),
            shop: self.shop.clone(),
            site,
            connector: Some(concat!("amazon@", env!("CARGO_PKG_VERSION")).to_owned()),
            revision: Some(Ts::utc(changed).millis_text()),
            ..Source::default()
        }
    }

    fn order_ref(&self, order_no: &str) -> OrderRef {
        OrderRef { platform: PLATFORM.to_owned(), shop: self.shop.clone(), order_no: order_no.to_owned() }
    }

    fn issue(&mut self, kind: IssueKind, path: impl Into<String>, what: impl Into<String>) {
        self.issues.push(Issue::new(kind, path, what));
    }

    /// A word by its table: the table's meaning, else an issue.
    fn word<T>(&mut self, found: Option<T>, word: &str, path: &str) -> Option<T> {
        if found.is_none() {
            self.issues.push(Issue::unmapped(path, word));
        }
        found
    }
}

/// A text that must be there.
pub(crate) fn required<'s>(value: &'s Scalar<'_>, path: &str) -> Result<&'s str> {
    value.text().ok_or_else(|| Error::malformed("must not be empty").at(path))
}

/// A time that may be missing.
pub(crate) fn time(value: &Scalar<'_>, path: &str) -> Result<Option<Ts>> {
    let read = |text: &str| {
        text.parse::<Ts>().map_err(|_| Error::malformed("not a time like 2026-11-21T12:00:00Z").at(path))
    };
    value.text().map(read).transpose()
}

/// A whole number that may be missing.
pub(crate) fn count(value: &Scalar<'_>, path: &str) -> Result<Option<Dec>> {
    value.dec(path)
}
