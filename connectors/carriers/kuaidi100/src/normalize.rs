//! Histories to parcels: one observation for each capture, partial, with all scans it holds. That most of them are known
//! is no concern of this crate: the hub keeps scans as a set.

use std::sync::Arc;

use serde_json::value::RawValue;

use crossdock_connector::aggregator::Carriers;
use crossdock_connector::carrier::{self, Batch, House, Meaning};
use crossdock_connector::{
    Capture, Error, ErrorKind, Issue, IssueKind, Normalize, Normalized, Result, remark, rows, time,
};
use crossdock_schemas::{AtQuality, Eta, EtaBy, Leg, LegKind, ParcelStatus, TrackingEvent, Ts};

use crate::codes::Codes;
use crate::decide::decide;
use crate::place;
use crate::wire::{self, Callback, CourierInfo, PUSH, QUERY, Row, Track};

/// The normalize part.
pub(crate) struct Results {
    pub(crate) house: House,
    pub(crate) codes: Codes,
    pub(crate) carriers: Arc<Carriers>,
}

impl Normalize for Results {
    fn normalize(&self, capture: &Capture) -> Result<Normalized> {
        let mut batch = Batch::new(&self.house);
        match capture.topic.as_str() {
            PUSH => {
                let text = wire::opened(&capture.body)?;
                self.callback(&wire::object(text.as_bytes())?, &mut batch)?;
            }
            QUERY => {
                let text = wire::utf8(&capture.body)?;
                let track = answer(text).map_err(Error::into_malformed)?;
                if rows::rows(track.data.map_or("null", RawValue::get), "$.data")?.is_empty() {
                    return Ok(Normalized::ignored("no_scans"));
                }
                let (carrier, number) = self.parcel_of(&track, "", "$", &mut batch.issues)?;
                batch.parcel_of(&carrier, &number).parcel.carrier_raw = track.com.owned();
                self.scans(&track, (&carrier, &number), "$", AtQuality::Exact, &mut batch)?;
            }
            other => {
                let what = format!("unknown topic, expected {PUSH} or {QUERY}");
                return Err(Error::new(ErrorKind::Unsupported, what).with("topic", other));
            }
        }
        batch.finish("empty")
    }
}

/// The history in a reply to a query.
///
/// # Errors
/// Kuaidi100's error as its table says; `Malformed` when it is not such a reply.
pub(crate) fn answer(text: &str) -> Result<Track<'_>> {
    let track: Track<'_> = wire::object(text.as_bytes())?;
    // The vendor's own client writes `false` beside a history, too, and no code then.
    if track.result.as_str() == "false" && (track.return_code.text().is_some() || track.data.is_none()) {
        let code = track.return_code.text().unwrap_or_default();
        return Err(crate::error::of_query(code).at("$.returnCode"));
    }
    if track.nu.text().is_none() {
        return Err(Error::malformed("the number is missing").at("$.nu"));
    }
    Ok(track)
}

impl Results {
    fn callback(&self, callback: &Callback<'_>, batch: &mut Batch<'_>) -> Result<()> {
        let Some(last) = &callback.last_result else {
            return Err(Error::malformed("the history is missing").at("$.lastResult"));
        };
        // The carrier was corrected: the parcel belongs to the new one from now on.
        let corrected = if callback.auto_check.as_str() == "1" { callback.com_new.text() } else { None };
        let corrected = corrected.unwrap_or_default();
        let (slug, number) = self.parcel_of(last, corrected, "$.lastResult", &mut batch.issues)?;
        let state = callback
            .status
            .text()
            .ok_or_else(|| Error::malformed("how the subscription stands is missing").at("$.status"))?;
        let known = self.codes.watching.get(state).map(|row| row.tracking);
        if known.is_none() {
            batch.issues.push(Issue::unmapped("$.status", state));
        }
        let gathered = batch.parcel_of(&slug, &number);
        let raw = if corrected.is_empty() { last.com.owned() } else { Some(corrected.to_owned()) };
        gathered.parcel.carrier_raw = raw;
        gathered.parcel.tracking_state = Some(known.unwrap_or_default());
        gathered.parcel.tracking_state_raw = Some(state.to_owned());
        if let (Some(old), false) = (callback.com_old.text(), corrected.is_empty()) {
            gathered.note("com_old", old);
        }
        if let Some(message) = callback.message.text() {
            gathered.note("message", remark::mask(message).text);
        }
        self.scans(last, (&slug, &number), "$.lastResult", AtQuality::Exact, batch)?;
        if let Some(abroad) = &callback.dest_result {
            self.abroad(abroad, (&slug, &number), batch)?;
        }
        Ok(())
    }

    /// The leg abroad belongs to the same parcel. Its times have no zone, and nobody says which it is.
    fn abroad(&self, track: &Track<'_>, of: (&str, &str), batch: &mut Batch<'_>) -> Result<()> {
        if let Some(com) = track.com.text() {
            let carrier = self.carriers.word(com, com, "$.destResult.com", &mut batch.issues);
            let number = carrier::number(track.nu.as_str()).unwrap_or_else(|| of.1.to_owned());
            if (carrier.as_str(), number.as_str()) != of {
                let leg = Leg { carrier, tracking_no: number, kind: LegKind::LastMile, ..Leg::default() };
                batch.parcel_of(of.0, of.1).parcel.legs.push(leg);
            }
        }
        self.scans(track, of, "$.destResult", AtQuality::NoZone, batch)
    }

    /// Carrier and number of a history.
    fn parcel_of(
        &self,
        track: &Track<'_>,
        corrected: &str,
        place: &str,
        issues: &mut Vec<Issue>,
    ) -> Result<(String, String)> {
        let missing = |what: &str, field: &str| {
            Error::malformed(format!("{what} is missing")).at(format!("{place}.{field}"))
        };
        let number = carrier::number(track.nu.as_str()).ok_or_else(|| missing("the number", "nu"))?;
        let com = Some(corrected).filter(|code| !code.is_empty()).or_else(|| track.com.text());
        let com = com.ok_or_else(|| missing("the carrier", "com"))?;
        Ok((self.carriers.word(com, com, &format!("{place}.com"), issues), number))
    }

    fn scans(
        &self,
        track: &Track<'_>,
        (carrier, number): (&str, &str),
        place: &str,
        quality: AtQuality,
        batch: &mut Batch<'_>,
    ) -> Result<()> {
        if let Some(to) = track.arrival_time.text().and_then(to_the_hour) {
            let eta = Eta { to: Some(to), by: EtaBy::Platform, ..Eta::default() };
            batch.parcel_of(carrier, number).parcel.eta = Some(eta);
        }
        let data = track.data.map_or("null", RawValue::get);
        let mut seen = Vec::new();
        for (at, raw) in rows::rows(data, &format!("{place}.data"))?.into_iter().enumerate() {
            let place = format!("{place}.data[{at}]");
            match read(raw, &place) {
                Ok((at, row)) => seen.push(Seen { at, row, place }),
                Err(error) => batch.bad(error),
            }
        }
        if quality == AtQuality::NoZone && !seen.is_empty() {
            let what = "times of the leg abroad come without zone, read as +08:00";
            batch.issues.push(Issue::new(IssueKind::NoZone, format!("{place}.data"), what));
        }
        let newest = newest(&seen);
        let summary = self.summary(track, &seen, newest, place, &mut batch.issues);
        let mut codeless = false;
        let couriers = track.courier_info.as_ref();
        let mut events = Vec::with_capacity(seen.len());
        for (index, scan) in seen.iter().enumerate() {
            let by_state = summary.filter(|_| Some(index) == newest);
            let (meaning, code, raw) = self.meaning(scan, by_state, &mut batch.issues);
            codeless |= code.is_none() && raw.is_none();
            events.push(event(scan, meaning, (code, raw), quality, couriers));
        }
        name_courier(&mut events, couriers);
        for (event, signer) in events {
            batch.parcel_of(carrier, number).add(event, signer);
        }
        if codeless {
            let what = "scans without code and status: subscribe with resultv2=4";
            batch.issues.push(Issue::new(IssueKind::BadValue, format!("{place}.data"), what));
        }
        Ok(())
    }

    /// What `state` says about the newest scan: where that scan has no code, or a code of `0` beside the state of a journey
    /// that has ended, as was seen in a real push. The states 201 and 202 are about silence and belong to no scan.
    fn summary<'t>(
        &self,
        track: &'t Track<'_>,
        seen: &[Seen<'_>],
        newest: Option<usize>,
        place: &str,
        issues: &mut Vec<Issue>,
    ) -> Option<&'t str> {
        let state = track.state.text()?;
        let Some(code) = self.codes.scans.get(state) else {
            issues.push(Issue::unmapped(format!("{place}.state"), state));
            return None;
        };
        let own = newest.and_then(|at| seen.get(at)).and_then(|scan| scan.row.status_code.text());
        let ends = matches!(code.status, ParcelStatus::Delivered | ParcelStatus::Returned);
        let speaks = match own {
            Some("0") => ends,
            Some(_) => false,
            None => !matches!(state, "201" | "202"),
        };
        speaks.then_some(state)
    }

    /// Meaning, code and, where there is no code, the vendor's word.
    fn meaning<'s>(
        &self,
        scan: &'s Seen<'_>,
        by_state: Option<&'s str>,
        issues: &mut Vec<Issue>,
    ) -> (Meaning, Option<&'s str>, Option<&'s str>) {
        let text = scan.row.context.as_str();
        let (code, word) = (by_state.or_else(|| scan.row.status_code.text()), scan.row.status.text());
        let (found, path, raw) = match (code, word) {
            (Some(code), _) => (self.codes.scans.get(code), "statusCode", code),
            (None, Some(word)) => (self.codes.by_word(word), "status", word),
            (None, None) => return (Meaning::default(), None, None),
        };
        let Some(found) = found else {
            issues.push(Issue::unmapped(format!("{}.{path}", scan.place), raw));
            return (Meaning::default(), code, Some(raw));
        };
        (decide(found, text), code, if code.is_none() { Some(raw) } else { None })
    }
}

/// A scan with its time.
struct Seen<'a> {
    at: Ts,
    row: Row<'a>,
    place: String,
}

fn read<'a>(raw: &'a RawValue, place: &str) -> Result<(Ts, Row<'a>)> {
    let row: Row<'_> = rows::object(raw, place)?;
    let text = row.ftime.text().or_else(|| row.time.text());
    let text = text.ok_or_else(|| Error::malformed("the time is missing").at(format!("{place}.ftime")))?;
    let at = time::china(text).map_err(|error| error.at(format!("{place}.ftime")))?;
    Ok((at, row))
}

/// `2026-03-04 10`, also with minutes and seconds.
fn to_the_hour(text: &str) -> Option<Ts> {
    let text = if text.len() == "2026-03-04 10".len() { format!("{text}:00:00") } else { text.to_owned() };
    time::china(&text).ok()
}

/// The newest scan, the same one in whatever order they stand.
fn newest(seen: &[Seen<'_>]) -> Option<usize> {
    let newer = |(_, a): &(usize, &Seen<'_>), (_, b): &(usize, &Seen<'_>)| {
        (a.at, a.row.context.as_str()).cmp(&(b.at, b.row.context.as_str()))
    };
    seen.iter().enumerate().max_by(newer).map(|(at, _)| at)
}

/// The scan, and who signed as its sentence has it.
fn event(
    scan: &Seen<'_>,
    meaning: Meaning,
    (code, raw): (Option<&str>, Option<&str>),
    quality: AtQuality,
    couriers: Option<&CourierInfo<'_>>,
) -> (TrackingEvent, Option<String>) {
    let row = &scan.row;
    let known = couriers.map(|info| [info.pickup_man_name.as_str(), info.delivery_man_name.as_str()]);
    let masked =
        remark::mask_with(row.context.as_str(), known.as_ref().map_or(&[], |names| names.as_slice()));
    let courier = (meaning.status == ParcelStatus::OutForDelivery)
        .then(|| carrier::delivering(None, None, &masked))
        .flatten();
    let event = TrackingEvent {
        at: scan.at,
        at_quality: quality,
        status: meaning.status,
        status_raw: raw.map(str::to_owned),
        step: meaning.step,
        reason: meaning.reason,
        delivered_to: meaning.delivered_to,
        code_namespace: code.map(|_| wire::SLUG.to_owned()),
        code_raw: code.map(str::to_owned),
        location: place::location(row),
        facility: remark::facility(row.context.as_str())
            .filter(|name| !place::is_region(name))
            .map(str::to_owned),
        description: (!masked.text.is_empty()).then(|| masked.text.into_owned()),
        courier,
        ..TrackingEvent::default()
    };
    (event, masked.signer)
}

/// The courier whom Kuaidi100 found belongs to the latest delivering scan, where its own sentence names nobody.
fn name_courier(events: &mut [(TrackingEvent, Option<String>)], couriers: Option<&CourierInfo<'_>>) {
    let delivering = events.iter_mut().map(|(event, _)| event);
    let delivering = delivering.filter(|event| event.status == ParcelStatus::OutForDelivery);
    let (Some(event), Some(info)) = (delivering.max_by_key(|event| event.at), couriers) else { return };
    if event.courier.is_none() {
        let phone = info.delivery_man_phone.text().and_then(|phones| phones.split(',').next());
        event.courier = carrier::courier(info.delivery_man_name.text(), phone);
    }
}
