//! Pushes and replies to parcels: one observation for each shipment, partial, with its scans.

use serde_json::value::RawValue;

use crossdock_connector::carrier::{self, Batch, Gathered, House};
use crossdock_connector::{
    Capture, Error, ErrorKind, Issue, IssueKind, Normalize, Normalized, Result, rows, wire,
};
use crossdock_schemas::Package;

use crate::codes::Codes;
use crate::error;
use crate::wire::{HOOK, MYDHL, Reference, Reply, Shipment, UNIFIED};

/// Header under which the number asked for is kept beside a reply.
pub(crate) const ASKED: &str = "waybill";

/// The normalize part.
pub(crate) struct Scans {
    pub(crate) house: House,
    pub(crate) codes: Codes,
    /// Which part of DHL is meant where a number fits several.
    pub(crate) service: Option<String>,
}

impl Normalize for Scans {
    fn normalize(&self, capture: &Capture) -> Result<Normalized> {
        let mut batch = Batch::new(&self.house);
        let asked = capture.headers.get(ASKED);
        match capture.topic.as_str() {
            HOOK => match pushed(&capture.body)? {
                Some(found) => self.unified(read_each(&found), asked, &mut batch),
                None => return Ok(about_the_subscription()),
            },
            UNIFIED => {
                let found = listed(&capture.body)
                    .and_then(|raw| rows::objects::<Shipment<'_>>(raw, "$.shipments"))
                    .map_err(Error::into_malformed)?;
                self.unified(found, asked, &mut batch);
            }
            MYDHL => {
                let found = shipments(&capture.body).map_err(Error::into_malformed)?;
                for (at, raw) in found.iter().enumerate() {
                    if let Err(error) = self.waybill(raw, asked, &format!("$.shipments[{at}]"), &mut batch) {
                        batch.bad(error);
                    }
                }
                if found.is_empty() {
                    batch.issues.push(Issue::new(IssueKind::BadValue, "$.shipments", "no shipment"));
                }
            }
            other => {
                let what = format!("unknown topic, expected {UNIFIED}, {MYDHL} or {HOOK}");
                return Err(Error::new(ErrorKind::Unsupported, what).with("topic", other));
            }
        }
        batch.finish("no_shipment")
    }
}

fn reply(body: &[u8]) -> Result<Reply<'_>> {
    match body.trim_ascii_start().first() {
        Some(b'{' | 0xEF) => wire::parse(body),
        _ => Err(Error::malformed("expected a JSON object").at("$")),
    }
}

/// The shipments of a reply.
///
/// # Errors
/// DHL's error, or `Malformed` when it is no such reply.
pub(crate) fn shipments(body: &[u8]) -> Result<Vec<&RawValue>> {
    rows::inside(listed(body)?, "$.shipments")
}

fn read_each<'a>(found: &[&'a RawValue]) -> Vec<Result<Shipment<'a>>> {
    let read = |(at, raw): (usize, &&'a RawValue)| rows::object(raw, &format!("$.shipments[{at}]"));
    found.iter().enumerate().map(read).collect()
}

/// The list of shipments of a reply.
///
/// # Errors
/// As [`shipments`].
fn listed(body: &[u8]) -> Result<&RawValue> {
    let reply = reply(body)?;
    if let Some(status) = error::status(&reply) {
        return Err(error::named(status).at("$.status"));
    }
    reply.shipments.ok_or_else(|| Error::malformed("is missing").at("$.shipments"))
}

/// The shipments of a push, which is a reply, one shipment of it, or a list of them; `None` for a message about the
/// subscription itself.
fn pushed(body: &[u8]) -> Result<Option<Vec<&RawValue>>> {
    let text = std::str::from_utf8(body).map_err(|_| Error::malformed("not UTF-8 text").at("$"))?;
    let text = text.trim_start_matches('\u{feff}');
    if text.trim_start().starts_with('[') {
        let found = rows::rows(text, "$")?;
        if found.is_empty() {
            return Err(Error::malformed("there is no shipment in it").at("$"));
        }
        return Ok(Some(found));
    }
    let reply = reply(text.as_bytes())?;
    if reply.shipments.is_some() || error::status(&reply).is_some() {
        return shipments(text.as_bytes()).map(Some).map_err(Error::into_malformed);
    }
    if reply.id.text().is_some() {
        return rows::rows(text, "$").map(Some);
    }
    if (reply.scope.is_some() || reply.secret.is_some()) && reply.title.is_none() {
        return Ok(None);
    }
    Err(Error::malformed("is missing").at("$.shipments"))
}

/// How a subscription is activated is not published: somebody has to look at what DHL sent.
fn about_the_subscription() -> Normalized {
    let what = "a message about the subscription: what it asks for is in the capture";
    let issues = vec![Issue::new(IssueKind::BadValue, "$.scope", what)];
    Normalized { issues, ..Normalized::ignored("subscription") }
}

/// The shipper's order number among the references: the customer's own (`CU` of MyDHL) before any other.
pub(crate) fn reference(gathered: &mut Gathered, raw: Option<&RawValue>) {
    let found = raw.and_then(|raw| rows::objects::<Reference<'_>>(raw, "$").ok()).unwrap_or_default();
    let told = found.into_iter().flatten().map(|it| (it.kind.owned(), it.number.owned()));
    let numbers: Vec<(Option<String>, Option<String>)> = told.collect();
    let own = numbers.iter().find(|(kind, _)| matches!(kind.as_deref(), Some("customer-reference" | "CU")));
    if let Some((_, Some(number))) = own.or_else(|| numbers.first()) {
        gathered.note("reference", number.as_str());
        gathered.order_no = Some(number.clone());
    }
}

/// A weight as exact grams, where the unit is one; MyDHL names the system of units.
pub(crate) fn weight(value: Option<&str>, unit: &str) -> Option<Package> {
    let unit = match unit {
        "metric" => "kg",
        "imperial" => "lb",
        unit => unit,
    };
    Some(Package { weight_g: Some(carrier::grams(value?, unit)?), ..Package::default() })
}
