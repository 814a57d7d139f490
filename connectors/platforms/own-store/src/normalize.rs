//! Tells the shapes of a message apart and gathers what its items say.
//!
//! A message is one observation, a list of them, or the envelope of Standard Webhooks around either; or the
//! envelope around a short notice (see the module `thin`). In a list, good items stand and bad ones are
//! reported, each problem with its path.

use serde::Deserialize;
use serde_json::value::RawValue;

use crossdock_connector::wire::{self, Scalar};
use crossdock_connector::{Capture, Error, ErrorKind, Issue, IssueKind, Normalize, Normalized, Result};
use crossdock_schemas::{Observation, Ts};

use crate::problems::{self, Problem};
use crate::thin;

/// The only topic: what a message is stands in it.
pub(crate) const TOPIC: &str = "message";
pub(crate) const CONNECTOR: &str = concat!("own-store@", env!("CARGO_PKG_VERSION"));

/// Reads the messages of one store.
#[derive(Debug)]
pub(crate) struct Reader {
    pub(crate) platform: String,
    pub(crate) shop: String,
    /// The same two as JSON members, to be put where a message leaves them out.
    pub(crate) platform_member: String,
    pub(crate) shop_member: String,
}

/// A message or an item of one: an observation, an envelope, or something else.
#[derive(Deserialize)]
#[serde(expecting = "an observation or an envelope")]
pub(crate) struct Item<'a> {
    #[serde(borrow)]
    pub(crate) kind: Option<Scalar<'a>>,
    #[serde(borrow)]
    pub(crate) partial: Option<Scalar<'a>>,
    #[serde(borrow)]
    pub(crate) order: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(crate) aftersale: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(crate) parcel: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(crate) inventory: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(crate) refs: Option<&'a RawValue>,
    #[serde(borrow)]
    r#type: Option<Scalar<'a>>,
    #[serde(borrow)]
    timestamp: Option<Scalar<'a>>,
    #[serde(borrow)]
    data: Option<&'a RawValue>,
}

/// What one item said.
pub(crate) struct Read {
    pub(crate) observations: Vec<Observation>,
    pub(crate) issues: Vec<Issue>,
}

type Outcome = std::result::Result<Read, Vec<Problem>>;

impl Reader {
    /// A reader for one shop.
    pub(crate) fn new(platform: String, shop: String) -> Self {
        let member = |name: &str, value: &str| format!("\"{name}\":{}", serde_json::Value::from(value));
        Self {
            platform_member: member("platform", &platform),
            shop_member: member("shop", &shop),
            platform,
            shop,
        }
    }

    fn list(&self, text: &str, base: &str, as_of: Option<Ts>) -> Result<Normalized> {
        let items: Vec<&RawValue> = wire::parse(text.as_bytes()).map_err(|error| error.at(base))?;
        let mut gathered = Normalized::default();
        let mut refused = Vec::new();
        for (i, item) in items.iter().enumerate() {
            let base = format!("{base}[{i}]");
            match self.item(item.get(), &base, as_of) {
                Ok(read) => {
                    gathered.observations.extend(read.observations);
                    gathered.issues.extend(read.issues);
                }
                Err(problems) => refused.extend(problems),
            }
        }
        if gathered.observations.is_empty() {
            let nothing = || vec![Problem::new(base, "holds no observation")];
            return Err(malformed(if refused.is_empty() { nothing() } else { refused }));
        }
        let issue = |problem: Problem| Issue::new(IssueKind::Malformed, problem.path, problem.message);
        gathered.issues.extend(refused.into_iter().map(issue));
        Ok(gathered)
    }

    fn item(&self, text: &str, base: &str, as_of: Option<Ts>) -> Outcome {
        let (item, unknown) = problems::read::<Item<'_>>(text, base)?;
        if item.kind.is_none() {
            return Err(vec![Problem::new(format!("{base}.kind"), "is missing")]);
        }
        self.observation(&item, unknown, base, as_of)
    }

    fn envelope(&self, item: &Item<'_>, unknown: Vec<Problem>) -> Result<Normalized> {
        let as_of = match item.timestamp.as_ref().and_then(Scalar::text) {
            Some(text) => Some(text.parse::<Ts>().map_err(|error| {
                Error::malformed("is not a time with offset").at("$.timestamp").because(error)
            })?),
            None => None,
        };
        let data = item.data.map(RawValue::get).ok_or_else(|| {
            let what = "neither an observation with `kind`, nor a list of them, nor an envelope with `data`";
            malformed(vec![Problem::new("$", what)].into_iter().chain(unknown.iter().cloned()).collect())
        })?;
        // Senders may add to the envelope, but nobody reads it: say so.
        let note = |problem: Problem| Issue::new(IssueKind::BadValue, problem.path, problem.message);
        let mut normalized = if data.starts_with('[') {
            self.list(data, "$.data", as_of)?
        } else {
            let (inner, inner_unknown) = problems::read::<Item<'_>>(data, "$.data").map_err(malformed)?;
            if inner.kind.is_some() {
                single(self.observation(&inner, inner_unknown, "$.data", as_of))?
            } else {
                let kind = item.r#type.as_ref().and_then(Scalar::text);
                let kind = kind.ok_or_else(|| malformed(vec![Problem::new("$.type", "is missing")]))?;
                thin::read(self, kind, as_of, data)?
            }
        };
        let mut notes: Vec<Issue> = unknown.into_iter().map(note).collect();
        notes.sort_by(|a, b| a.path.cmp(&b.path));
        normalized.issues.extend(notes);
        Ok(normalized)
    }
}

impl Normalize for Reader {
    fn normalize(&self, capture: &Capture) -> Result<Normalized> {
        if capture.topic != TOPIC {
            return Err(Error::new(ErrorKind::Unsupported, "topic is not `message`"));
        }
        let body = capture.body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&capture.body);
        let text = wire::utf8(body)?.trim_start();
        if text.starts_with('[') {
            return self.list(text, "$", None);
        }
        let (item, unknown) = match problems::read::<Item<'_>>(text, "$") {
            Ok(read) => read,
            // The plain reader says line and column of what is not JSON at all.
            Err(problems) => return Err(wire::parse::<Item<'_>>(body).err().unwrap_or(malformed(problems))),
        };
        if item.kind.is_some() {
            single(self.observation(&item, unknown, "$", None))
        } else {
            self.envelope(&item, unknown)
        }
    }
}

fn single(outcome: Outcome) -> Result<Normalized> {
    let read = outcome.map_err(malformed)?;
    Ok(Normalized { observations: read.observations, issues: read.issues, ..Normalized::default() })
}

/// One error for all problems: the path is that of the first.
pub(crate) fn malformed(problems: Vec<Problem>) -> Error {
    let Some(first) = problems.first() else { return Error::malformed("cannot be read").at("$") };
    let rest: Vec<String> =
        problems.iter().skip(1).map(|problem| format!("{} {}", problem.path, problem.message)).collect();
    let message = if rest.is_empty() {
        first.message.clone()
    } else {
        format!("{}; {}", first.message, rest.join("; "))
    };
    Error::malformed(message).at(first.path.clone())
}
