//! Pushes and query replies to parcels: one observation for each waybill, partial, with its scans.

use serde_json::value::RawValue;

use crossdock_connector::carrier::{self, Batch, House, Meaning};
use crossdock_connector::codes::{CodeTable, TrackingCode};
use crossdock_connector::{
    Capture, Error, ErrorKind, Issue, IssueKind, Normalize, Normalized, Result, remark, rows, time, wire,
};
use crossdock_schemas::{Courier, Location, ParcelStatus, TrackingEvent, Ts};

use crate::codes::Codes;
use crate::decide::{Told, Words, decide};
use crate::wire::{Bill, PUSH, QUERY, Reply, Scan, Trace, opened};

/// The normalize part.
pub(crate) struct Traces {
    pub(crate) house: House,
    pub(crate) codes: Codes,
    pub(crate) told: Told,
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
                let found = answer(&capture.body).map_err(Error::into_malformed)?;
                let asked = capture.headers.get(carrier::ASKED);
                for row in &found {
                    if let Err(error) = self.scan(row, asked, &mut batch) {
                        batch.bad(error);
                    }
                }
                if found.is_empty() {
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

/// One scan of a query reply.
pub(crate) struct Row<'a> {
    /// Where it stands.
    place: String,
    /// The number of the parcel it stands under, where there is one.
    parcel: Option<String>,
    raw: &'a RawValue,
    /// Whether it is of the interface before, whose times are local.
    older: bool,
}

/// The scans of a query reply, also of the interface before (`data`, by parcels).
///
/// # Errors
/// ZTO's error as its table says; `Malformed` when it is not such a reply.
pub(crate) fn answer(body: &[u8]) -> Result<Vec<Row<'_>>> {
    let reply: Reply<'_> = wire::object(body)?;
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
    let mut found = Vec::new();
    match (reply.result, reply.data) {
        (Some(list), _) => under(list, "$.result", None, &mut found)?,
        (None, Some(data)) => {
            for (at, raw) in rows::inside(data, "$.data")?.into_iter().enumerate() {
                let place = format!("$.data[{at}]");
                let bill: Bill<'_> = rows::object(raw, &place)?;
                let number = bill.bill_code.text().unwrap_or_default();
                let place = format!("{place}.traces");
                let list = bill.traces.ok_or_else(|| missing("the list of scans", place.clone()))?;
                under(list, &place, Some(number), &mut found)?;
            }
        }
        (None, None) => {}
    }
    Ok(found)
}

/// Adds the scans of one list.
fn under<'a>(list: &'a RawValue, place: &str, parcel: Option<&str>, found: &mut Vec<Row<'a>>) -> Result<()> {
    let rows = rows::inside(list, place)?.into_iter().enumerate();
    found.extend(rows.map(|(at, raw)| {
        let place = format!("{place}[{at}]");
        Row { place, parcel: parcel.map(str::to_owned), raw, older: parcel.is_some() }
    }));
    Ok(())
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
        let meaning = decide(table, code, &words, &self.told, &place, &mut batch.issues);
        let (name, phone) = (trace.courier.text(), trace.courier_phone.text());
        let who = if meaning.status == ParcelStatus::OutForDelivery {
            carrier::delivering(name, phone, &remark::mask(&desc))
        } else {
            carrier::courier(name, phone)
        };
        let known = [trace.courier.as_str(), signer.as_str()];
        let seen = Seen { at, code, table, desc: &desc, known, city: trace.city.text(), facility: &facility };
        let gathered = batch.parcel(&number);
        if !brand.is_empty() {
            gathered.note("last_mile", brand.clone());
        }
        gathered.add(event(meaning, seen, who), signed_by(&signer, &desc));
        Ok(())
    }

    fn scan(&self, row: &Row<'_>, asked: Option<&str>, batch: &mut Batch<'_>) -> Result<()> {
        let place = &row.place;
        let scan: Scan<'_> = rows::object(row.raw, place)?;
        let number = carrier::number(scan.bill_code.as_str())
            .or_else(|| row.parcel.as_deref().and_then(carrier::number))
            .or_else(|| asked.and_then(carrier::number))
            .ok_or_else(|| missing("the waybill", format!("{place}.billCode")))?;
        let date = scan.scan_date.as_str().trim();
        let at = if row.older { time::china(date) } else { time::china_millis(date) }
            .map_err(|error| error.at(format!("{place}.scanDate")))?;
        let code =
            scan.scan_type.text().ok_or_else(|| missing("the scan type", format!("{place}.scanType")))?;
        let site = scan.site();
        let city = site.city.text().or(scan.scan_city.text());
        let facility = site.name.text().unwrap_or_default();
        let (desc, signer) = (scan.desc.text().unwrap_or_default(), scan.sign_man.text().unwrap_or_default());
        let words = Words { text: desc, places: [facility, ""], signer, problem: "", returns: ["", ""] };
        let table = self.codes.of_query(code);
        let place = format!("{place}.scanType");
        let meaning = decide(table, code, &words, &self.told, &place, &mut batch.issues);
        // Whoever scanned it is the courier only while delivering.
        let who = if meaning.status == ParcelStatus::OutForDelivery {
            carrier::delivering(scan.operate_user.text(), scan.operate_user_phone.text(), &remark::mask(desc))
        } else {
            None
        };
        let known = [scan.operate_user.as_str(), signer];
        let seen = Seen { at, code, table, desc, known, city, facility };
        let gathered = batch.parcel(&number);
        gathered.add(event(meaning, seen, who), signed_by(signer, desc));
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

/// Who signed, masked: the field, when it holds a name, else the sentence.
fn signed_by(signer: &str, text: &str) -> Option<String> {
    let said = || if signer.is_empty() { remark::mask(text).signer } else { None };
    remark::signer(signer).or_else(said)
}
