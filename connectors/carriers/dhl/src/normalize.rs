//! Pushes and replies to parcels: one observation for each shipment, partial, with its scans.

use serde::Deserialize;
use serde_json::value::RawValue;

use crossdock_connector::carrier::{self, Batch, House};
use crossdock_connector::{
    Capture, Error, ErrorKind, Issue, IssueKind, Normalize, Normalized, Result, rows, wire,
};

use crate::codes::Codes;
use crate::error;
use crate::wire::{HOOK, MYDHL, Reply, Shipment, UNIFIED, Waybill};

/// Where the shipments of a reply stand.
const SHIPMENTS: &str = "$.shipments";

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
        let asked = capture.headers.get(carrier::ASKED);
        match capture.topic.as_str() {
            HOOK => match pushed(&capture.body)? {
                Some(found) => self.unified(found, asked, &mut batch),
                None => return Ok(about_the_subscription()),
            },
            UNIFIED => {
                let found = shipments(&capture.body).map_err(Error::into_malformed)?;
                self.unified(found, asked, &mut batch);
            }
            MYDHL => {
                let found = shipments::<Waybill<'_>>(&capture.body).map_err(Error::into_malformed)?;
                if found.is_empty() {
                    batch.issues.push(Issue::new(IssueKind::BadValue, SHIPMENTS, "no shipment"));
                }
                for (at, waybill) in found.into_iter().enumerate() {
                    let place = format!("{SHIPMENTS}[{at}]");
                    let read = waybill.and_then(|waybill| self.waybill(waybill, asked, &place, &mut batch));
                    if let Err(error) = read {
                        batch.bad(error);
                    }
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

fn reply<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<Reply<'a, T>> {
    let in_one_go = std::str::from_utf8(body).ok().and_then(rows::whole);
    in_one_go.map_or_else(|| wire::object(body), Ok)
}

/// The shipments of a reply.
///
/// # Errors
/// DHL's error, or `Malformed` when it is no such reply.
pub(crate) fn shipments<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<Vec<Result<T>>> {
    listed(reply(body)?)
}

fn listed<'a, T: Deserialize<'a>>(reply: Reply<'a, T>) -> Result<Vec<Result<T>>> {
    if let Some(status) = error::status(&reply) {
        return Err(error::named(status).at("$.status"));
    }
    if reply.shipments.is_absent() {
        return Err(Error::malformed("is missing").at(SHIPMENTS));
    }
    reply.shipments.each(SHIPMENTS)
}

/// The shipments of a push, which is a reply, one shipment of it, or a list of them; `None` for a message about the
/// subscription itself.
fn pushed(body: &[u8]) -> Result<Option<Vec<Result<Shipment<'_>>>>> {
    let text = wire::utf8(body)?;
    if text.trim_start().starts_with('[') {
        let found = rows::rows(text, "$")?;
        if found.is_empty() {
            return Err(Error::malformed("there is no shipment in it").at("$"));
        }
        return Ok(Some(each(&found)));
    }
    let reply = reply::<Shipment<'_>>(text.as_bytes())?;
    if !reply.shipments.is_absent() || error::status(&reply).is_some() {
        return listed(reply).map(Some).map_err(Error::into_malformed);
    }
    if reply.id.text().is_some() {
        return Ok(Some(each(&rows::rows(text, "$")?)));
    }
    if (reply.scope.is_some() || reply.secret.is_some()) && reply.title.is_none() {
        return Ok(None);
    }
    Err(Error::malformed("is missing").at(SHIPMENTS))
}

fn each<'a>(found: &[&'a RawValue]) -> Vec<Result<Shipment<'a>>> {
    let read = |(at, raw): (usize, &&'a RawValue)| rows::object(raw, &format!("{SHIPMENTS}[{at}]"));
    found.iter().enumerate().map(read).collect()
}

/// How a subscription is activated is not published: somebody has to look at what DHL sent.
fn about_the_subscription() -> Normalized {
    let what = "a message about the subscription: what it asks for is in the capture";
    let issues = vec![Issue::new(IssueKind::BadValue, "$.scope", what)];
    Normalized { issues, ..Normalized::ignored("subscription") }
}
