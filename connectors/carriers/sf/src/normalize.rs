//! Routes to parcels: one observation for each waybill of a capture, partial, with its scans.
//!
//! Scans stand in the order SF sent them, which is no order at all: sorting is the hub's.

use serde_json::{Map, Value};

use crossdock_connector::carrier::{self, Batch, House, Meaning};
use crossdock_connector::remark::{Masked, mask};
use crossdock_connector::{Capture, Error, Issue, IssueKind, Normalize, Normalized, Result, time, wire};
use crossdock_schemas::{
    AtQuality, Courier, Datum, Direction, Entity, Geo, Location, Observation, ParcelStatus, TrackingEvent,
};

use crate::codes::Codes;
use crate::decide::{Context, Scan, decide};
use crate::wire::{PUSH, Place, QUERY, Route, Rows};
use crate::{form, older, places, query, remark};

/// Platform, carrier and namespace of everything that is SF's.
pub(crate) const SLUG: &str = "sf_express";

/// opCodes whose remark names the number under which the goods go on.
const NAMES_NEXT: [&str; 3] = ["648", "631", "99"];

/// The normalize part.
pub(crate) struct Routes {
    pub(crate) codes: Codes,
    pub(crate) house: House,
}

impl Normalize for Routes {
    fn normalize(&self, capture: &Capture) -> Result<Normalized> {
        match capture.topic.as_str() {
            PUSH if wire::first_byte(&capture.body) == Some(b'{') => {
                self.parcels(crate::wire::json_push(&capture.body)?, "empty")
            }
            PUSH => {
                let xml = form::content(&capture.body)?;
                self.parcels(form::rows(&xml)?, "empty")
            }
            QUERY if wire::first_byte(&capture.body) == Some(b'<') => {
                let found = older::waybills(wire::utf8(&capture.body)?);
                self.parcels(answered(found.map_err(Error::into_malformed)?), "no_routes")
            }
            QUERY => {
                let inner = query::open(&capture.body).map_err(Error::into_malformed)?;
                self.parcels(answered(query::waybills(&inner).map_err(Error::into_malformed)?), "no_routes")
            }
            other => {
                let what = format!("unknown topic, expected {PUSH} or {QUERY}");
                Err(Error::new(crossdock_connector::ErrorKind::Unsupported, what).with("topic", other))
            }
        }
    }
}

/// The rows of a query reply. A waybill without any is worth a word: a wrong phone looks just so.
fn answered(waybills: Vec<query::Waybill<'_>>) -> Rows<'_> {
    let mut rows = Rows { history: true, ..Rows::default() };
    for (at, waybill) in waybills.into_iter().enumerate() {
        if waybill.routes.is_empty() {
            let path = format!("$.apiResultData -> $.msgData.routeResps[{at}].routes");
            let detail = match waybill.reason_code.text() {
                Some(code) => format!("no routes, reason {code}"),
                None => "no routes: not known yet, or the phone does not fit".to_owned(),
            };
            rows.issues.push(Issue::new(IssueKind::BadValue, path, detail));
        }
        for (scan, mut route) in waybill.routes.into_iter().enumerate() {
            route.mailno = waybill.mail_no.clone();
            rows.rows.push((Place::Query(at, scan), route));
        }
    }
    rows
}

/// One waybill of a capture while its scans are gathered: what one means may follow from the others.
struct Waybill<'a> {
    number: String,
    scans: Vec<Scan<'a>>,
}

impl Routes {
    fn parcels(&self, rows: Rows<'_>, nothing: &'static str) -> Result<Normalized> {
        let Rows { rows, issues, history } = rows;
        let mut batch = Batch::new(&self.house);
        batch.issues = issues;
        let mut waybills: Vec<Waybill<'_>> = Vec::new();
        for (place, route) in rows {
            match scan(place, route) {
                Ok((number, scan)) => match waybills.iter_mut().find(|waybill| waybill.number == number) {
                    Some(waybill) => waybill.scans.push(scan),
                    None => waybills.push(Waybill { number, scans: vec![scan] }),
                },
                Err(error) => batch.bad(error),
            }
        }
        let mut next = Vec::new();
        for waybill in &waybills {
            self.parcel(waybill, history, &mut batch, &mut next);
        }
        let mut found = batch.finish(nothing)?;
        self.add_next(next, &mut found.observations);
        Ok(found)
    }

    fn parcel(&self, waybill: &Waybill<'_>, history: bool, batch: &mut Batch<'_>, next: &mut Vec<Next>) {
        let context = Context { codes: &self.codes, scans: &waybill.scans, history };
        let order_no = waybill.scans.iter().find_map(|scan| scan.route.orderid.text());
        for scan in &waybill.scans {
            let meaning = decide(scan, &context, &mut batch.issues);
            let returns = meaning.status == ParcelStatus::Returning;
            let masked = mask(scan.remark());
            let event = self.event(scan, meaning, &masked, &mut batch.issues);
            let gathered = batch.parcel(&waybill.number);
            gathered.add(event, masked.signer);
            if NAMES_NEXT.contains(&scan.op_code()) {
                for number in remark::other_numbers(scan.remark(), &waybill.number) {
                    add_text(
                        gathered.parcel.ext.entry(SLUG.to_owned()).or_default(),
                        "forwarded_to",
                        &number,
                    );
                    let order_no = order_no.map(str::to_owned);
                    next.push(Next { number, from: waybill.number.clone(), returns, order_no });
                }
            }
            if let Some(pieces) = remark::pieces(scan.remark()) {
                gathered.note("pieces", pieces);
            }
        }
        if let Some(order_no) = order_no {
            let gathered = batch.parcel(&waybill.number);
            gathered.order_no = Some(order_no.to_owned());
            gathered.note("order_id", order_no);
        }
    }

    fn event(
        &self,
        scan: &Scan<'_>,
        meaning: Meaning,
        masked: &Masked<'_>,
        issues: &mut Vec<Issue>,
    ) -> TrackingEvent {
        let route = &scan.route;
        let address = route.accept_address.text();
        let known_zone = places::is_china_time(address);
        if !known_zone {
            let path = format!("{}.acceptTime", scan.place);
            issues.push(Issue::new(IssueKind::NoZone, path, "a scan abroad, read as +08:00"));
        }
        let geo = geo(scan, issues);
        let location = (address.is_some() || geo.is_some()).then(|| Location {
            text: address.map(str::to_owned),
            geo,
            ..Location::default()
        });
        let courier = courier(meaning.status, masked);
        TrackingEvent {
            at: scan.at,
            at_quality: if known_zone { AtQuality::Exact } else { AtQuality::NoZone },
            status: meaning.status,
            status_raw: meaning.status_raw,
            step: meaning.step,
            reason: meaning.reason,
            reason_raw: route
                .reason_code
                .owned()
                .or_else(|| route.reason_name.text().map(|name| mask(name).text.into_owned())),
            delivered_to: meaning.delivered_to,
            code_namespace: Some(self.codes.namespace().to_owned()),
            code_raw: route.op_code.owned(),
            description: (!masked.text.is_empty()).then(|| masked.text.clone().into_owned()),
            location,
            facility: remark::facility(scan.remark()).map(str::to_owned),
            courier,
            ..TrackingEvent::default()
        }
    }

    /// The numbers under which goods go on: known from here on, and known to be a return when they are one,
    /// so that their own delivery is not taken for the buyer's.
    fn add_next(&self, next: Vec<Next>, observations: &mut Vec<Observation>) {
        for Next { number, from, returns, order_no } in next {
            let direction = if returns { Direction::Return } else { Direction::Unknown };
            let refs = self.house.refs(order_no.as_deref());
            let known = observations.iter_mut().find_map(|observation| match &mut observation.entity {
                Entity::Parcel(parcel) if parcel.tracking_no == number => {
                    Some((parcel, &mut observation.refs))
                }
                _ => None,
            });
            if let Some((parcel, known_refs)) = known {
                parcel.direction = direction;
                let ext = parcel.ext.entry(SLUG.to_owned()).or_default();
                ext.insert("forwarded_from".to_owned(), from.into());
                if known_refs.is_empty() {
                    *known_refs = refs;
                }
                continue;
            }
            let mut parcel = self.house.parcel(number);
            parcel.direction = direction;
            let mut ext = Map::new();
            ext.insert("forwarded_from".to_owned(), from.into());
            parcel.ext.insert(SLUG.to_owned(), ext);
            observations.push(Observation::parcel(parcel).partial().with_refs(refs));
        }
    }
}

/// A number that a return or forward goes on under.
struct Next {
    number: String,
    from: String,
    returns: bool,
    order_no: Option<String>,
}

/// A row as a scan, with its waybill.
fn scan(place: Place, route: Route<'_>) -> Result<(String, Scan<'_>)> {
    let number = carrier::number(route.mailno.as_str())
        .ok_or_else(|| Error::malformed("the waybill is missing").at(format!("{place}.mailno")))?;
    let at =
        time::china(route.accept_time.as_str()).map_err(|error| error.at(format!("{place}.acceptTime")))?;
    Ok((number, Scan { place, at, route }))
}

/// Coordinates of the branch. On which map they are SF does not say.
fn geo(scan: &Scan<'_>, issues: &mut Vec<Issue>) -> Option<Geo> {
    let lat = scan.route.dept_lat.text()?;
    let lng = scan.route.dept_lng.text()?;
    match (wire::dec(lat, "deptLat"), wire::dec(lng, "deptLng")) {
        (Ok(lat), Ok(lng)) => Some(Geo { lat, lng, datum: Datum::Unknown, datum_raw: None }),
        _ => {
            let path = format!("{}.deptLat", scan.place);
            issues.push(Issue::new(IssueKind::BadValue, path, "not coordinates"));
            None
        }
    }
}

/// The courier a remark names, masked. A phone without a name is the courier's only while delivering.
fn courier(status: ParcelStatus, masked: &Masked<'_>) -> Option<Courier> {
    if masked.courier.is_none() && status != ParcelStatus::OutForDelivery {
        return None;
    }
    carrier::delivering(None, None, masked)
}

fn add_text(ext: &mut Map<String, Value>, key: &str, text: &str) {
    let list = ext.entry(key).or_insert_with(|| Value::Array(Vec::new()));
    if let Value::Array(items) = list
        && !items.iter().any(|item| item == text)
    {
        items.push(text.into());
    }
}
