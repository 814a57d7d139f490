//! Replies and pushes to parcels: one observation for each mail piece, partial, with its scans.

use std::fmt::Arguments;

use serde::Deserialize;
use serde_json::value::RawValue;

use crossdock_connector::carrier::{self, Batch, House};
use crossdock_connector::codes::{CodeTable, TrackingCode};
use crossdock_connector::remark::{english, plain};
use crossdock_connector::wire::{self, Scalar};
use crossdock_connector::{
    Capture, Error, ErrorKind, Issue, IssueKind, Normalize, Normalized, Result, place, rows,
};
use crossdock_schemas::{Address, AtQuality, Eta, EtaBy, ParcelStatus, TrackingEvent, Ts};

use crate::config::ParcelLocker;
use crate::decide::decide;
use crate::error;
use crate::number::number;
use crate::time::{Where, arrival, moment};
use crate::wire::{Event, Piece, SLUG, SUBSCRIPTION, TRACKING, WEB_TOOLS};

/// The normalize part.
pub(crate) struct Scans {
    pub(crate) house: House,
    pub(crate) codes: CodeTable<TrackingCode>,
    pub(crate) parcel_locker: ParcelLocker,
}

impl Normalize for Scans {
    fn normalize(&self, capture: &Capture) -> Result<Normalized> {
        let mut batch = Batch::new(&self.house);
        let asked = capture.headers.get(carrier::ASKED);
        match capture.topic.as_str() {
            TRACKING | SUBSCRIPTION => {
                if let Some((piece, text)) = single(&capture.body) {
                    if let Err(error) = self.piece(piece, text, asked, "$", &mut batch) {
                        batch.bad(error);
                    }
                    return batch.finish("no_scans");
                }
                let found = pieces(&capture.body).map_err(Error::into_malformed)?;
                // Of several numbers nobody knows which was meant.
                let asked = asked.filter(|_| found.rows.len() == 1);
                for (at, raw) in found.rows.iter().enumerate() {
                    let place = if found.listed { format!("$[{at}]") } else { "$".to_owned() };
                    let read = rows::object::<Piece<'_>>(raw, &place);
                    let read = read.and_then(|piece| self.piece(piece, raw.get(), asked, &place, &mut batch));
                    if let Err(error) = read {
                        batch.bad(error);
                    }
                }
            }
            WEB_TOOLS => self.web_tools(&capture.body, asked, &mut batch)?,
            other => {
                let what = format!("unknown topic, expected {TRACKING}, {SUBSCRIPTION} or {WEB_TOOLS}");
                return Err(Error::new(ErrorKind::Unsupported, what).with("topic", other));
            }
        }
        batch.finish("no_scans")
    }
}

/// The mail pieces of a body.
pub(crate) struct Pieces<'a> {
    pub(crate) rows: Vec<&'a RawValue>,
    /// Whether they stand in a list.
    pub(crate) listed: bool,
}

/// A reply that is one mail piece with its number, which most are, read in one go with its text; `None` when it is anything
/// else: then it is looked at more closely.
fn single(body: &[u8]) -> Option<(Piece<'_>, &str)> {
    let text = std::str::from_utf8(body).ok()?;
    let piece: Piece<'_> = rows::whole(text)?;
    (piece.error.is_none() && piece.tracking_number.text().is_some()).then_some((piece, text))
}

/// The mail pieces of a reply or a push: one object, or a list of them.
///
/// # Errors
/// USPS's error, or `Malformed` when it is neither.
pub(crate) fn pieces(body: &[u8]) -> Result<Pieces<'_>> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Named<'a> {
        #[serde(borrow, default)]
        tracking_number: Scalar<'a>,
    }
    if let Some(code) = error::code(body) {
        return Err(error::named(&code).at("$.error"));
    }
    let text = wire::utf8(body)?;
    let listed = text.trim_start().starts_with('[');
    let rows = rows::rows(text, "$")?;
    if !listed {
        let named: Named<'_> = wire::parse_text(text)?;
        if named.tracking_number.text().is_none() {
            return Err(Error::malformed("the number is missing").at("$.trackingNumber"));
        }
    } else if rows.is_empty() {
        return Err(Error::malformed("there is no mail piece in it").at("$"));
    } else if let Some(code) = refused(&rows) {
        return Err(error::named(&code).at("$[0].error"));
    }
    Ok(Pieces { rows, listed })
}

/// The first error of a list that holds nothing else.
fn refused(rows: &[&RawValue]) -> Option<String> {
    let errors = |raw: &&RawValue| error::code(raw.get().as_bytes());
    let all: Option<Vec<String>> = rows.iter().map(errors).collect();
    all?.into_iter().next()
}

/// A scan and who signed, masked.
pub(crate) type Signed = (TrackingEvent, Option<String>);

/// Whether nothing is to be expected any more.
pub(crate) fn arrived((event, _): &Signed) -> bool {
    matches!(event.status, ParcelStatus::Delivered | ParcelStatus::Returned)
}

/// A scan, as either interface gives it.
pub(crate) struct Seen<'s> {
    pub(crate) at: (Ts, AtQuality),
    pub(crate) code: &'s str,
    pub(crate) text: &'s str,
    pub(crate) name: &'s str,
    pub(crate) city: Option<&'s str>,
    pub(crate) state: Option<&'s str>,
    pub(crate) zip: Option<&'s str>,
    pub(crate) country: Option<&'s str>,
}

/// The country of a scan: absent means the United States, names of other countries are no codes.
pub(crate) fn country(text: Option<&str>) -> Option<&str> {
    match text {
        None => Some("US"),
        named => place::country(named),
    }
}

impl Scans {
    fn piece(
        &self,
        mut piece: Piece<'_>,
        text: &str,
        asked: Option<&str>,
        place: &str,
        batch: &mut Batch<'_>,
    ) -> Result<()> {
        if let Some(code) = piece.error.and_then(error::of) {
            batch.issues.push(Issue::new(IssueKind::BadValue, format!("{place}.error.code"), code));
            return Ok(());
        }
        let number = number(piece.tracking_number.as_str())
            .or_else(|| asked.and_then(number))
            .ok_or_else(|| Error::malformed("the number is missing").at(format!("{place}.trackingNumber")))?;
        let path = format!("{place}.trackingEvents");
        let mut scans = std::mem::take(&mut piece.tracking_events).each(&path)?;
        // A push may hold its one scan beside the number.
        let is_beside = scans.is_empty()
            && wire::parse_text::<Event<'_>>(text).is_ok_and(|event| event.event_timestamp.text().is_some());
        if is_beside {
            scans.push(wire::parse_text(text));
        }
        if scans.is_empty() {
            batch.issues.push(Issue::new(IssueKind::BadValue, path.as_str(), "no scans"));
        }
        let from = piece.origin_state.text();
        let ends = from.filter(|from| piece.destination_state.text() == Some(from));
        let mut events = Vec::with_capacity(scans.len());
        let nothing = scans.is_empty();
        for (at, scan) in scans.into_iter().enumerate() {
            let read = scan.and_then(|event| {
                if is_beside {
                    return self.event(&event, ends, format_args!("{place}"), &mut batch.issues);
                }
                self.event(&event, ends, format_args!("{path}[{at}]"), &mut batch.issues)
            });
            match read {
                Ok(event) => events.push(event),
                Err(error) => batch.bad(error),
            }
        }
        if events.is_empty() && !nothing {
            // Nothing readable is left of it: the scans' own errors are the answer.
            return Ok(());
        }
        let eta = if events.iter().any(arrived) { None } else { eta(&piece) };
        let gathered = batch.parcel(&number);
        for (event, signer) in events {
            gathered.add(event, signer);
        }
        let parcel = &mut gathered.parcel;
        parcel.eta = eta;
        parcel.service = piece.mail_class.text().map(|class| plain(class).into_owned());
        let to = [&piece.destination_city, &piece.destination_state, &piece.destination_zip];
        parcel.to = end(to.map(Scalar::text), piece.destination_country_code.text());
        let from = [&piece.origin_city, &piece.origin_state, &piece.origin_zip];
        parcel.from = end(from.map(Scalar::text), piece.origin_country.text());
        for (key, value) in [
            ("unique_mail_piece_id", &piece.unique_mail_piece_id),
            ("predicted_delivery_date", &piece.predicted_delivery_date),
        ] {
            if let Some(value) = value.text() {
                gathered.note(key, value);
            }
        }
        Ok(())
    }

    fn event(
        &self,
        event: &Event<'_>,
        ends: Option<&str>,
        place: Arguments<'_>,
        issues: &mut Vec<Issue>,
    ) -> Result<Signed> {
        let stamp = [event.event_timestamp.text(), event.gmt_timestamp.text(), event.gmt_offset.text()];
        let (city, state) = (event.event_city.text(), event.event_state.text());
        let place_of = Where { country: country(event.event_country.text()), state, ends };
        let at = moment(stamp, place_of, format_args!("{place}.eventTimestamp"), issues)?;
        let code = event.event_code.text().unwrap_or_default();
        // Written as a number a code loses its zero.
        let padded =
            (code.len() == 1 && code.bytes().all(|byte| byte.is_ascii_digit())).then(|| format!("0{code}"));
        let seen = Seen {
            at,
            code: padded.as_deref().unwrap_or(code),
            text: event.event_type.text().unwrap_or_default(),
            name: event.name.text().unwrap_or_default(),
            city,
            state,
            zip: event.event_zip.text(),
            country: event.event_country.text(),
        };
        Ok(self.scan(&seen, format_args!("{place}.eventCode"), issues))
    }

    /// A scan as an event, and who signed.
    pub(crate) fn scan(&self, seen: &Seen<'_>, path: Arguments<'_>, issues: &mut Vec<Issue>) -> Signed {
        let meaning = decide(&self.codes, self.parcel_locker, seen.code, seen.text, path, issues);
        let text = plain(seen.text);
        let shown = english::shown(&text, &[seen.name]);
        let event = TrackingEvent {
            at: seen.at.0,
            at_quality: seen.at.1,
            status: meaning.code.status,
            status_raw: meaning.unknown,
            step: meaning.code.step,
            reason: meaning.code.reason,
            delivered_to: meaning.code.delivered_to,
            code_namespace: Some(SLUG.to_owned()),
            code_raw: (!seen.code.is_empty()).then(|| seen.code.to_owned()),
            description: (!shown.is_empty()).then(|| shown.into_owned()),
            location: place::location([seen.city, seen.state, seen.country], country(seen.country), seen.zip),
            ..TrackingEvent::default()
        };
        (event, english::signer(seen.name))
    }
}

/// An end of the way: city, state and ZIP code. Where only a ZIP code is given it is in the United States.
pub(crate) fn end([city, state, zip]: [Option<&str>; 3], country_code: Option<&str>) -> Option<Address> {
    (city.is_some() || state.is_some() || zip.is_some()).then(|| Address {
        country: country(country_code).map(str::to_owned),
        province: state.map(str::to_owned),
        city: city.map(str::to_owned),
        postal_code: zip.map(str::to_owned),
        ..Address::default()
    })
}

fn eta(piece: &Piece<'_>) -> Option<Eta> {
    let at = Where {
        country: country(piece.destination_country_code.text()),
        state: piece.destination_state.text(),
        ends: None,
    };
    let clock = piece.expected_delivery_time.text();
    let expected = [
        (&piece.expected_delivery_time_stamp, None),
        (&piece.predicted_delivery_time_stamp, None),
        (&piece.expected_delivery_date, clock),
        (&piece.predicted_delivery_date, None),
    ];
    expected.into_iter().find_map(|(text, clock)| arrives(text.text()?, clock, at))
}

/// When it should arrive.
pub(crate) fn arrives(text: &str, clock: Option<&str>, at: Where<'_>) -> Option<Eta> {
    let (from, to) = arrival(text, clock, at)?;
    Some(Eta { from, to: Some(to), by: EtaBy::Carrier, by_raw: None })
}
