//! Pushes and query replies to parcels: one observation for each waybill, partial, with its scans.

use serde_json::value::RawValue;

use crossdock_connector::carrier::{self, Batch, House, Meaning};
use crossdock_connector::codes::{CodeTable, TrackingCode};
use crossdock_connector::xml::{self, Node};
use crossdock_connector::{
    Capture, Error, ErrorKind, Issue, IssueKind, Normalize, Normalized, Result, remark, rows, time, wire,
};
use crossdock_schemas::{Courier, Location, ParcelStatus, TrackingEvent, Ts};

use crate::decide::{Words, decide};
use crate::wire::{PUSH, QUERY, Reply, Scan, opened};

/// The kind of information that is a scan; the others carry weights and pictures.
const STATUS: &str = "STATUS";

/// The normalize part.
pub(crate) struct Updates {
    pub(crate) house: House,
    pub(crate) codes: CodeTable<TrackingCode>,
}

impl Normalize for Updates {
    fn normalize(&self, capture: &Capture) -> Result<Normalized> {
        match capture.topic.as_str() {
            PUSH => self.push(&capture.body),
            QUERY => self.reply(capture),
            other => {
                let what = format!("unknown topic, expected {PUSH} or {QUERY}");
                Err(Error::new(ErrorKind::Unsupported, what).with("topic", other))
            }
        }
    }
}

/// What a reply is.
pub(crate) enum Answer<'a> {
    /// Scans, each with its place.
    Rows(Vec<(String, &'a RawValue)>),
    /// Nothing known yet.
    Nothing,
    /// A refusal with its code.
    Refused(String),
}

/// Reads a reply by its shape: a list of scans, or an object.
///
/// # Errors
/// `Malformed` when it is neither.
pub(crate) fn answer(body: &[u8]) -> Result<Answer<'_>> {
    let start = wire::first_byte(body);
    if start == Some(b'[') {
        let text = wire::utf8(body)?;
        let list = rows::rows(text, "$")?;
        let rows: Vec<_> = list.into_iter().enumerate().map(|(at, row)| (format!("$[{at}]"), row)).collect();
        // YTO says in so many words that it knows nothing; an empty list is not its way.
        return if rows.is_empty() {
            Err(Error::malformed("an empty list of scans").at("$"))
        } else {
            Ok(Answer::Rows(rows))
        };
    }
    if start == Some(b'<') {
        return refusal(body);
    }
    if start != Some(b'{') {
        return Err(Error::malformed("expected a JSON list or object").at("$"));
    }
    let reply: Reply<'_> = wire::parse(body)?;
    match reply.success.text() {
        Some("true") => {}
        Some("false") => return Ok(Answer::Refused(reply.code.owned().unwrap_or_default())),
        _ => return Err(Error::malformed("expected true or false").at("$.success")),
    }
    let mut rows = Vec::new();
    for (number, scans) in reply.map.unwrap_or_default() {
        let place = |at| format!("$.map.{number}[{at}]");
        rows.extend(scans.into_iter().enumerate().map(|(at, row)| (place(at), row)));
    }
    Ok(if rows.is_empty() { Answer::Nothing } else { Answer::Rows(rows) })
}

/// A refusal in XML, as the interface before sends it: its reason stands where others have a code.
fn refusal(body: &[u8]) -> Result<Answer<'_>> {
    let text = wire::utf8(body)?;
    let root = xml::read(text)?;
    if root.name != "Response" || root.get("success") != Some("false") {
        return Err(Error::malformed("expected a JSON list or object").at("$"));
    }
    Ok(Answer::Refused(root.get("reason").unwrap_or_default().to_owned()))
}

impl Updates {
    fn push(&self, body: &[u8]) -> Result<Normalized> {
        let text = opened(body)?;
        let root = xml::read(&text).map_err(|error| error.at("$.logistics_interface"))?;
        let updates: Vec<&Node> = root.all().into_iter().filter(|node| node.name == PUSH).collect();
        if updates.is_empty() {
            return Err(Error::malformed("expected UpdateInfo").at("$.logistics_interface"));
        }
        let mut batch = Batch::new(&self.house);
        for (at, update) in updates.iter().enumerate() {
            let place =
                if updates.len() == 1 { "$.UpdateInfo".to_owned() } else { format!("$.UpdateInfo[{at}]") };
            if update.get("infoType").is_some_and(|kind| kind != STATUS) {
                continue;
            }
            if let Err(error) = self.update(update, &place, &mut batch) {
                batch.bad(error);
            }
        }
        batch.finish("not_a_scan")
    }

    fn update(&self, update: &Node, place: &str, batch: &mut Batch<'_>) -> Result<()> {
        let get = |name: &str| update.get(name).unwrap_or_default();
        let number = carrier::number(get("mailNo"))
            .ok_or_else(|| Error::malformed("the waybill is missing").at(format!("{place}.mailNo")))?;
        let at = moment(get("acceptTime")).map_err(|error| error.at(format!("{place}.acceptTime")))?;
        let code = update
            .get("infoContent")
            .ok_or_else(|| Error::malformed("infoContent is missing").at(format!("{place}.infoContent")))?;
        let branch = get("orgName");
        let words =
            Words { text: get("remark"), signer: get("signedName"), cause: get("questionCause"), branch };
        let meaning = decide(&self.codes, code, words, place, &mut batch.issues);
        let names = [get("deliveryName"), get("empName"), words.signer];
        let courier = courier(&meaning, words.text, &names, update.get("contactInfo"));
        // The city tells hubs apart in pushes and queries alike; where it is missing, the branch does.
        let city = update.get("city").or((!branch.is_empty()).then_some(branch));
        let gathered = batch.parcel(&number);
        if let Some(order) = update.get("txLogisticID") {
            gathered.order_no = Some(order.to_owned());
            gathered.note("order_id", order);
        }
        let facility = (!branch.is_empty()).then(|| branch.to_owned());
        let event = self.event(meaning, at, code, (words.text, &names), city);
        let signer = remark::signer(words.signer).or_else(|| remark::mask(words.text).signer);
        gathered.add(TrackingEvent { facility, courier, ..event }, signer);
        Ok(())
    }

    fn reply(&self, capture: &Capture) -> Result<Normalized> {
        let mut batch = Batch::new(&self.house);
        match answer(&capture.body)? {
            Answer::Rows(rows) => {
                let asked = capture.headers.get(carrier::ASKED);
                for (place, row) in rows {
                    if let Err(error) = self.scan(row, asked, &place, &mut batch) {
                        batch.bad(error);
                    }
                }
            }
            Answer::Nothing => {
                batch.issues.push(Issue::new(IssueKind::BadValue, "$.map", "no scans yet"));
            }
            // An error reply should never have been captured: as a capture it is not what it claims to be.
            Answer::Refused(code) => {
                return Err(Error::malformed("yto refused the query").vendor(code).at("$.code"));
            }
        }
        batch.finish("no_routes")
    }

    fn scan(&self, raw: &RawValue, asked: Option<&str>, place: &str, batch: &mut Batch<'_>) -> Result<()> {
        let scan: Scan<'_> = rows::object(raw, place)?;
        let number = carrier::number(scan.number.as_str())
            .or_else(|| asked.and_then(carrier::number))
            .ok_or_else(|| Error::malformed("the waybill is missing").at(format!("{place}.waybill_No")))?;
        let at = moment(scan.time.as_str()).map_err(|error| error.at(format!("{place}.upload_Time")))?;
        // The interface before has no codes: its scans keep their sentence, and nobody guesses what it means.
        let code = scan.code.text().unwrap_or_default();
        let words = Words { text: scan.text.text().unwrap_or_default(), ..Words::default() };
        let meaning = decide(&self.codes, code, words, place, &mut batch.issues);
        let courier = courier(&meaning, words.text, &[], None);
        let gathered = batch.parcel(&number);
        let event = self.event(meaning, at, code, (words.text, &[]), scan.city.text());
        let facility = remark::facility(words.text).map(str::to_owned);
        gathered.add(TrackingEvent { facility, courier, ..event }, remark::mask(words.text).signer);
        Ok(())
    }

    fn event(
        &self,
        meaning: Meaning,
        at: Ts,
        code: &str,
        (text, names): (&str, &[&str]),
        city: Option<&str>,
    ) -> TrackingEvent {
        let text = remark::mask_with(text, names).text;
        TrackingEvent {
            at,
            status: meaning.status,
            status_raw: meaning.status_raw,
            step: meaning.step,
            reason: meaning.reason,
            reason_raw: meaning.reason_raw,
            delivered_to: meaning.delivered_to,
            code_namespace: Some(self.codes.namespace.clone()),
            code_raw: (!code.is_empty()).then(|| code.to_owned()),
            description: (!text.is_empty()).then(|| text.into_owned()),
            location: city.map(|city| Location { text: Some(city.to_owned()), ..Location::default() }),
            ..TrackingEvent::default()
        }
    }
}

/// Who delivers, while delivering: from fields of their own, else from the sentence.
fn courier(meaning: &Meaning, text: &str, names: &[&str], phone: Option<&str>) -> Option<Courier> {
    if meaning.status != ParcelStatus::OutForDelivery {
        return None;
    }
    let named = names.iter().copied().find(|name| !name.is_empty());
    carrier::delivering(named, phone, &remark::mask(text))
}

/// A time in China; older documents show a fraction and `CST`, which is China's here, and the interface before leaves out
/// zeros: `2015-12-2 0:09:23`.
fn moment(text: &str) -> Result<Ts> {
    let text = text.trim();
    let text = text.strip_suffix("CST").unwrap_or(text).trim_end();
    time::china(text).or_else(|error| match text.split_once(' ') {
        Some((date, clock)) => time::china(&format!("{} {}", two_digits(date, '-'), two_digits(clock, ':'))),
        None => Err(error),
    })
}

fn two_digits(text: &str, between: char) -> String {
    let parts: Vec<String> = text.split(between).map(|part| format!("{part:0>2}")).collect();
    parts.join(&between.to_string())
}
