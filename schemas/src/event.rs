//! An event and its two CloudEvents 1.0 forms: one JSON text, or headers beside the data.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::subject::subject;
use crate::{EventType, Ts};

/// Whether an event is live. Consumers with effects on people take only `Normal`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Class {
    /// Live.
    #[default]
    Normal,
    /// Told again.
    Replay,
    /// A trial.
    Test,
}

impl Class {
    /// Every class.
    pub const ALL: &'static [Class] = &[Class::Normal, Class::Replay, Class::Test];

    /// The letter in subjects.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Class::Normal => "n",
            Class::Replay => "r",
            Class::Test => "t",
        }
    }
}

impl FromStr for Class {
    type Err = EventError;

    fn from_str(text: &str) -> Result<Self, EventError> {
        Class::ALL.iter().copied().find(|class| class.as_str() == text).ok_or(EventError::Attribute("class"))
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Why something is no event of ours.
#[derive(Debug, thiserror::Error)]
pub enum EventError {
    /// Not JSON, or an attribute is missing.
    #[error("not an event")]
    Json(#[from] serde_json::Error),
    /// An attribute with an impossible value.
    #[error("attribute `{0}` is not usable")]
    Attribute(&'static str),
}

/// A canonical fact that the hub decided: numbered per key, immutable.
#[derive(Debug, Clone)]
pub struct Event {
    /// `e1-` and 64 hex digits; equal ids are the same fact.
    pub id: String,
    /// What happened.
    pub event_type: EventType,
    /// Whose hub it is.
    pub tenant: String,
    /// Platform, or carrier for parcels.
    pub platform: String,
    /// Shop, or account for parcels.
    pub shop: String,
    /// The identity of the history: order, after-sale case or parcel.
    pub key: String,
    /// When it happened at the source.
    pub time: Ts,
    /// When the hub wrote it.
    pub recorded_at: Timestamp,
    /// The revision of the history after it.
    pub sequence: u64,
    /// Live, told again or a trial.
    pub class: Class,
    /// W3C trace context.
    pub traceparent: Option<String>,
    /// Where the untouched bytes are kept.
    pub correlation_id: Option<String>,
    /// Identity of the order with its lines.
    pub idem_key: Option<String>,
    /// The body, as JSON text.
    pub data: Box<RawValue>,
}

impl PartialEq for Event {
    fn eq(&self, other: &Self) -> bool {
        self.attributes() == other.attributes() && self.data.get() == other.data.get()
    }
}

impl Event {
    /// The subject it is published under.
    #[must_use]
    pub fn subject(&self) -> String {
        subject(&self.tenant, self.event_type, &self.platform, &self.shop, self.class, &self.key)
    }

    /// The schema its data obeys.
    #[must_use]
    pub const fn dataschema(&self) -> &'static str {
        self.event_type.dataschema()
    }

    /// All attributes under their names as headers, in the order they are written.
    fn attributes(&self) -> Vec<(&'static str, Cow<'_, str>)> {
        let mut out: Vec<(&'static str, Cow<'_, str>)> = Vec::with_capacity(17);
        out.push(("ce-specversion", "1.0".into()));
        out.push(("ce-id", self.id.as_str().into()));
        out.push(("ce-source", self.source_uri().into()));
        out.push(("ce-type", self.event_type.ce_type().into()));
        out.push(("ce-subject", self.key.as_str().into()));
        out.push(("ce-time", self.time.to_string().into()));
        out.push(("ce-datacontenttype", "application/json".into()));
        out.push(("ce-dataschema", self.dataschema().into()));
        out.push(("ce-recordedtime", Ts::utc(self.recorded_at).to_string().into()));
        out.push(("ce-sequence", format!("{:020}", self.sequence).into()));
        out.push(("ce-partitionkey", self.key.as_str().into()));
        let optional = [
            ("ce-traceparent", &self.traceparent),
            ("ce-correlationid", &self.correlation_id),
            ("ce-idemkey", &self.idem_key),
        ];
        for (name, value) in optional {
            if let Some(value) = value {
                out.push((name, value.as_str().into()));
            }
        }
        out.push(("ce-tenant", self.tenant.as_str().into()));
        if self.class != Class::Normal {
            out.push(("ce-class", self.class.as_str().into()));
        }
        out
    }

    fn source_uri(&self) -> String {
        let mut out = String::with_capacity(64);
        for segment in [&self.tenant, &self.platform, &self.shop] {
            out.push('/');
            percent_encode(&mut out, segment, |b| b.is_ascii_alphanumeric() || b"-._~".contains(&b));
        }
        out
    }

    /// One JSON text: CloudEvents structured mode.
    #[must_use]
    pub fn to_json(&self) -> String {
        let data = self.data.get();
        let mut out = String::with_capacity(data.len() + 768);
        let mut before = '{';
        for (name, value) in self.attributes() {
            out.push(before);
            before = ',';
            out.push('"');
            out.push_str(name.trim_start_matches("ce-"));
            out.push_str("\":");
            push_json_text(&mut out, &value);
        }
        out.push_str(",\"data\":");
        out.push_str(data);
        out.push('}');
        out
    }

    /// Headers beside the data: CloudEvents binary mode. Values are percent-encoded as the NATS binding
    /// says. `traceparent` is there a second time under its own name, where tracing tools look for it,
    /// if it can stand there as it is.
    #[must_use]
    pub fn headers(&self) -> Vec<(&'static str, Cow<'_, str>)> {
        let plain = |byte: u8| matches!(byte, 0x21..=0x7e) && byte != b'"' && byte != b'%';
        let mut out = self.attributes();
        for (_, value) in &mut out {
            if !value.bytes().all(plain) {
                let mut encoded = String::with_capacity(value.len() * 2);
                percent_encode(&mut encoded, value, plain);
                *value = Cow::Owned(encoded);
            }
        }
        if let Some(traceparent) = self.traceparent.as_deref().filter(|text| text.bytes().all(plain)) {
            out.push(("traceparent", traceparent.into()));
        }
        out
    }

    /// Reads the structured form.
    ///
    /// # Errors
    /// When the text is no event of ours.
    pub fn from_json(text: &str) -> Result<Event, EventError> {
        let mut head: Head<'_> = serde_json::from_str(text)?;
        let data = head.data.take().ok_or(EventError::Attribute("data"))?;
        head.event(data)
    }

    /// Reads the binary form; header names are compared without case.
    ///
    /// # Errors
    /// When headers and data are no event of ours.
    pub fn from_headers<'a>(
        headers: impl IntoIterator<Item = (&'a str, &'a str)>,
        data: &str,
    ) -> Result<Event, EventError> {
        let mut attributes = serde_json::Map::new();
        for (name, value) in headers {
            let lower = name.to_ascii_lowercase();
            if let Some(attribute) = lower.strip_prefix("ce-") {
                let value = percent_decode(value).ok_or(EventError::Attribute("header"))?;
                attributes.insert(attribute.to_owned(), value.into());
            }
        }
        let head = serde_json::to_string(&attributes)?;
        let head: Head<'_> = serde_json::from_str(&head)?;
        head.event(RawValue::from_string(data.to_owned())?)
    }
}

/// The attributes as they are read; unknown ones are ignored.
#[derive(Deserialize)]
struct Head<'a> {
    #[serde(borrow)]
    id: Cow<'a, str>,
    #[serde(borrow)]
    source: Cow<'a, str>,
    r#type: EventType,
    #[serde(borrow)]
    subject: Cow<'a, str>,
    time: Ts,
    recordedtime: Ts,
    #[serde(borrow)]
    sequence: Cow<'a, str>,
    traceparent: Option<String>,
    correlationid: Option<String>,
    idemkey: Option<String>,
    class: Option<String>,
    data: Option<Box<RawValue>>,
}

impl Head<'_> {
    fn event(self, data: Box<RawValue>) -> Result<Event, EventError> {
        let mut segments = self.source.split('/').map(percent_decode);
        let (Some(Some(empty)), Some(Some(tenant)), Some(Some(platform)), Some(Some(shop)), None) =
            (segments.next(), segments.next(), segments.next(), segments.next(), segments.next())
        else {
            return Err(EventError::Attribute("source"));
        };
        if !empty.is_empty() {
            return Err(EventError::Attribute("source"));
        }
        Ok(Event {
            id: self.id.into_owned(),
            event_type: self.r#type,
            tenant,
            platform,
            shop,
            key: self.subject.into_owned(),
            time: self.time,
            recorded_at: self.recordedtime.at,
            sequence: self.sequence.parse().map_err(|_| EventError::Attribute("sequence"))?,
            class: self.class.as_deref().map_or(Ok(Class::Normal), str::parse)?,
            traceparent: self.traceparent,
            correlation_id: self.correlationid,
            idem_key: self.idemkey,
            data,
        })
    }
}

fn push_json_text(out: &mut String, value: &str) {
    if value.bytes().all(|byte| matches!(byte, 0x20..=0x7e) && byte != b'"' && byte != b'\\') {
        out.push('"');
        out.push_str(value);
        out.push('"');
    } else {
        // The library's escaping for everything that is not plain.
        out.push_str(&serde_json::Value::from(value).to_string());
    }
}

fn percent_encode(out: &mut String, value: &str, plain: impl Fn(u8) -> bool) {
    for byte in value.bytes() {
        if plain(byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&crate::identity::hex("%", &[byte]).to_ascii_uppercase());
        }
    }
}

fn percent_decode(value: &str) -> Option<String> {
    let mut out = Vec::with_capacity(value.len());
    let mut bytes = value.bytes();
    while let Some(byte) = bytes.next() {
        if byte == b'%' {
            let high = char::from(bytes.next()?).to_digit(16)?;
            let low = char::from(bytes.next()?).to_digit(16)?;
            out.push(u8::try_from(high * 16 + low).ok()?);
        } else {
            out.push(byte);
        }
    }
    String::from_utf8(out).ok()
}
