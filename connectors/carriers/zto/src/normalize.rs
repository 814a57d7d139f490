//! Pushes and query replies to parcels: one observation for each waybill, partial, with its scans.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

use crossdock_connector::carrier::{self, Batch, House, Meaning};
use crossdock_connector::codes::{CodeTable, TrackingCode};
use crossdock_connector::{
    Capture, Error, ErrorKind, Issue, IssueKind, Normalize, Normalized, Result, remark, rows, time, wire,
};
use crossdock_schemas::{Courier, Location, ParcelStatus, Protected, TrackingEvent, Ts};

use crate::codes::Codes;
use crate::config::ReturnKind;
use crate::decide::{Words, decide};
use crate::wire::{PUSH, QUERY, Reply, Scan, Trace, opened};

/// Header under which the number asked for is kept beside a reply.
pub(crate) const ASKED: &str = "waybill";

/// The normalize part.
pub(crate) struct Traces {
    pub(crate) house: House,
    pub(crate) codes: Codes,
    pub(crate) return_types: BTreeMap<String, ReturnKind>,
}

impl Normalize for Traces {
    fn normalize(&self, capture: &Capture) -> Result<Normalized> {
        let mut batch = Batch::new(&self.house);
        match capture.topic.as_str() {
            PUSH => {
                let data = opened(&capture.body)?;
                let found = rows::rows(&data, "$.data")?;
                if found.is_empty() {
                    return Err(Error::malformed("there is no scan in it").at("$.data"));
                }
                for (at, row) in found.iter().enumerate() {
                    let place = if found.len() == 1 { "$.data".to_owned() } else { format!("$.data[{at}]") };
                    if let Err(error) = self.trace(row, &place, &mut batch) {
                        batch.bad(error);
                    }
                }
                batch.finish("empty")
            }
            QUERY => {
                let result = answer(&capture.body).map_err(Error::into_malformed)?;
                let asked = capture.headers.get(ASKED);
                for (at, row) in result.iter().enumerate() {
                    let place = format!("$.result[{at}]");
                    if let Err(error) = self.scan(row, asked, &place, &mut batch) {
                        batch.bad(error);
                    }
                }
                if result.is_empty() {
                    batch.issues.push(Issue::new(IssueKind::BadValue, "$.result", "no scans yet"));
                }
                batch.finish("no_routes")
            }
            other => {
                let what = format!("unknown topic, expected {PUSH} or {QUERY}");
                Err(Error::new(ErrorKind::Unsupported, what).with("topic", other))
            }
        }
    }
}

/// The scans of a query reply.
///
/// # Errors
/// ZTO's error as its table says; `Malformed` when it is not such a reply.
pub(crate) fn answer(body: &[u8]) -> Result<Vec<&RawValue>> {
    let reply: Reply<'_> = match body.trim_ascii_start().first() {
        Some(b'{' | 0xEF) => wire::parse(body)?,
        _ => return Err(Error::malformed("expected a JSON object").at("$")),
    };
    match reply.status.text() {
        Some("true") => {}
        Some("false") => {
            let code = reply.status_code.text().unwrap_or_default();
            return Err(Error::new(crate::error::kind(code), "zto refused the query")
                .vendor(code)
                .at("$.statusCode"));
        }
        _ => return Err(Error::malformed("expected true or false").at("$.status")),
    }
    match reply.result.map(RawValue::get) {
        // Scans of the old query interface have other names: they are nothing of this one, and not nothing at all.
        None if reply.data.is_some() => Err(Error::malformed("is missing").at("$.result")),
        None | Some("null" | "\"\"") => Ok(Vec::new()),
        Some(text) => rows::rows(text, "$.result"),
    }
}

fn missing(what: &str, path: String) -> Error {
    Error::malformed(format!("{what} is missing")).at(path)
}

impl Traces {
    fn trace(&self, raw: &RawValue, place: &str, batch: &mut Batch<'_>) -> Result<()> {
        let trace: Trace<'_> = rows::object(raw, place)?;
        let number = carrier::number(trace.bill_code.as_str())
            .ok_or_else(|| missing("the waybill", format!("{place}.billCode")))?;
        let at = time::china(trace.action_time.as_str())
            .map_err(|error| error.at(format!("{place}.actionTime")))?;
        let code = trace.action.text().ok_or_else(|| missing("the action", format!("{place}.action")))?;
        let text = |scalar: &'_ wire::Scalar<'_>| scalar.text().unwrap_or_default().to_owned();
        let (desc, facility, brand) = (text(&trace.desc), text(&trace.facility_name), text(&trace.com_name));
        let signer = text(&trace.express_signer);
        let words = Words {
            text: &desc,
            places: [&facility, &brand],
            signer: &signer,
            problem: trace.problem_code.text().unwrap_or_default(),
            returns: [
                trace.return_update_type.text().unwrap_or_default(),
                trace.return_type.text().unwrap_or_default(),
            ],
        };
        let place = format!("{place}.action");
        let table = &self.codes.push;
        let meaning = decide(table, code, &words, &self.return_types, &place, &mut batch.issues);
        let who = carrier::courier(trace.courier.text(), trace.courier_phone.text());
        let known = [trace.courier.as_str(), signer.as_str()];
        let seen = Seen { at, code, table, desc: &desc, known, city: trace.city.text(), facility: &facility };
        let gathered = batch.parcel(&number);
        if !brand.is_empty() {
            gathered.note("last_mile", brand.clone());
        }
        if meaning.status == ParcelStatus::Delivered {
            gathered.parcel.signed_by = signed_by(&signer);
        }
        gathered.parcel.events.push(event(meaning, seen, who));
        Ok(())
    }

    fn scan(&self, raw: &RawValue, asked: Option<&str>, place: &str, batch: &mut Batch<'_>) -> Result<()> {
        let scan: Scan<'_> = rows::object(raw, place)?;
        let number = carrier::number(scan.bill_code.as_str())
            .or_else(|| asked.and_then(carrier::number))
            .ok_or_else(|| missing("the waybill", format!("{place}.billCode")))?;
        let at = time::china_millis(scan.scan_date.as_str())
            .map_err(|error| error.at(format!("{place}.scanDate")))?;
        let code =
            scan.scan_type.text().ok_or_else(|| missing("the scan type", format!("{place}.scanType")))?;
        let site = scan.scan_site.unwrap_or_default();
        let facility = site.name.text().unwrap_or_default();
        let (desc, signer) = (scan.desc.text().unwrap_or_default(), scan.sign_man.text().unwrap_or_default());
        let words = Words { text: desc, places: [facility, ""], signer, problem: "", returns: ["", ""] };
        let table = self.codes.of_query(code);
        let place = format!("{place}.scanType");
        let meaning = decide(table, code, &words, &self.return_types, &place, &mut batch.issues);
        // Whoever scanned it is the courier only while delivering.
        let who = if meaning.status == ParcelStatus::OutForDelivery {
            carrier::courier(scan.operate_user.text(), scan.operate_user_phone.text())
        } else {
            None
        };
        let known = [scan.operate_user.as_str(), signer];
        let seen = Seen { at, code, table, desc, known, city: site.city.text(), facility };
        let gathered = batch.parcel(&number);
        if meaning.status == ParcelStatus::Delivered {
            gathered.parcel.signed_by = signed_by(signer);
        }
        gathered.parcel.events.push(event(meaning, seen, who));
        Ok(())
    }
}

/// What a scan holds beside its meaning, from either interface.
struct Seen<'s> {
    at: Ts,
    code: &'s str,
    table: &'s CodeTable<TrackingCode>,
    desc: &'s str,
    known: [&'s str; 2],
    city: Option<&'s str>,
    facility: &'s str,
}

fn event(meaning: Meaning, seen: Seen<'_>, courier: Option<Courier>) -> TrackingEvent {
    let masked = remark::mask_with(seen.desc, &seen.known);
    let facility = (!seen.facility.is_empty()).then(|| seen.facility.to_owned());
    TrackingEvent {
        at: seen.at,
        status: meaning.status,
        status_raw: meaning.status_raw,
        step: meaning.step,
        reason: meaning.reason,
        reason_raw: meaning.reason_raw,
        delivered_to: meaning.delivered_to,
        code_namespace: Some(seen.table.namespace.clone()),
        code_raw: Some(seen.code.to_owned()),
        description: (!masked.text.is_empty()).then(|| masked.text.into_owned()),
        location: seen.city.map(|city| Location { text: Some(city.to_owned()), ..Location::default() }),
        facility,
        courier,
        ..TrackingEvent::default()
    }
}

/// Who signed, masked, when the field holds a name.
fn signed_by(signer: &str) -> Option<Protected> {
    remark::signer(signer).map(Protected::masked)
}
