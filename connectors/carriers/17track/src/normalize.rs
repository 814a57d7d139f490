//! Pushes and replies to parcels: one observation for each number and carrier, partial, with all scans of all carriers on
//! its way. That most of them are known is no concern of this crate: the hub keeps scans as a set.

use std::sync::Arc;

use serde_json::value::RawValue;

use crossdock_connector::aggregator::Carriers;
use crossdock_connector::carrier::{self, Batch, Gathered, House};
use crossdock_connector::{
    Capture, Error, ErrorKind, Issue, IssueKind, Normalize, Normalized, Result, remark, rows,
};
use crossdock_schemas::{Address, AtQuality, Eta, EtaBy, Leg, LegKind, Package, TrackingState, Ts};

use crate::codes::Codes;
use crate::error::REGISTERED;
use crate::event::{self, Seen};
use crate::reply::{self, Answer};
use crate::when::when;
use crate::wire::{self, INFO, Info, Item, Misc, PUSH, Place, Provider, Push, REGISTER, Row, list};

/// The normalize part.
pub(crate) struct Parcels {
    pub(crate) house: House,
    pub(crate) codes: Codes,
    pub(crate) carriers: Arc<Carriers>,
}

/// How 17TRACK's watching stands, and the word it used.
type Watching<'a> = Option<(TrackingState, &'a str)>;

impl Normalize for Parcels {
    fn normalize(&self, capture: &Capture) -> Result<Normalized> {
        let mut batch = Batch::new(&self.house);
        match capture.topic.as_str() {
            PUSH => {
                let push: Push<'_> = wire::object(&capture.body)?;
                let items = rows::rows(list(push.data), "$.data")?;
                if items.is_empty() {
                    return Err(Error::malformed("the parcel is missing").at("$.data"));
                }
                let event = push.event.text();
                let event = event.ok_or_else(|| Error::malformed("the event is missing").at("$.event"))?;
                let known = self.codes.watching.get(event).map(|row| row.tracking);
                if known.is_none() {
                    batch.issues.push(Issue::unmapped("$.event", event));
                }
                let watching = Some((known.unwrap_or_default(), event));
                for (at, raw) in items.iter().enumerate() {
                    let place = if items.len() == 1 { "$.data".to_owned() } else { format!("$.data[{at}]") };
                    self.add(raw, &place, watching, &mut batch);
                }
                batch.finish("empty")
            }
            INFO | REGISTER => {
                let answer = reply::read(&capture.body).map_err(Error::into_malformed)?;
                self.answer(&answer, &mut batch);
                batch.finish("no_scans")
            }
            other => {
                let what = format!("unknown topic, expected {PUSH}, {INFO} or {REGISTER}");
                Err(Error::new(ErrorKind::Unsupported, what).with("topic", other))
            }
        }
    }
}

impl Parcels {
    fn answer(&self, answer: &Answer<'_>, batch: &mut Batch<'_>) {
        for (at, raw) in answer.accepted.iter().enumerate() {
            self.add(raw, &format!("$.data.accepted[{at}]"), None, batch);
        }
        for (at, code) in answer.rejected.iter().filter(|(_, code)| code != REGISTERED) {
            let path = format!("$.data.rejected[{at}].error.code");
            batch.issues.push(Issue::new(IssueKind::BadValue, path, code.as_str()));
        }
    }

    fn add(&self, raw: &RawValue, place: &str, watching: Watching<'_>, batch: &mut Batch<'_>) {
        if let Err(error) = self.item(raw, place, watching, batch) {
            batch.bad(error);
        }
    }

    fn item(&self, raw: &RawValue, place: &str, watching: Watching<'_>, batch: &mut Batch<'_>) -> Result<()> {
        let item: Item<'_> = rows::object(raw, place)?;
        let missing = |what: &str, field: &str| {
            Error::malformed(format!("{what} is missing")).at(format!("{place}.{field}"))
        };
        let number = carrier::number(item.number.as_str()).ok_or_else(|| missing("the number", "number"))?;
        let code = item.carrier.text().filter(|code| *code != "0");
        let code = code.ok_or_else(|| missing("the carrier", "carrier"))?;
        // A registration without a word about the parcel.
        if watching.is_none() && item.track_info.is_none() {
            return Ok(());
        }
        let slug = self.word(code, &format!("{place}.carrier"), &mut batch.issues);
        let gathered = batch.parcel_of(&slug, &number);
        gathered.parcel.carrier_raw = Some(code.to_owned());
        gathered.order_no = item.tag.owned();
        if let Some(tag) = item.tag.text() {
            gathered.note("tag", tag);
        }
        if let Some((state, word)) = watching {
            gathered.parcel.tracking_state = Some(state);
            gathered.parcel.tracking_state_raw = Some(word.to_owned());
        }
        if let Some(info) = &item.track_info {
            about(info, gathered);
            let of = (code, slug.as_str(), number.as_str());
            self.scans(info, of, &format!("{place}.track_info"), batch)?;
        }
        Ok(())
    }

    /// Our word for a carrier. Unknown ones are named after their number, which every message has, not after their name,
    /// which only some have: a parcel must not get two keys.
    fn word(&self, code: &str, path: &str, issues: &mut Vec<Issue>) -> String {
        self.carriers.word(code, &format!("17track_{code}"), path, issues)
    }

    fn scans(
        &self,
        info: &Info<'_>,
        of: (&str, &str, &str),
        place: &str,
        batch: &mut Batch<'_>,
    ) -> Result<()> {
        let (_, slug, number) = of;
        let mut seen = Vec::new();
        let providers = info.tracking.as_ref().map(|tracking| tracking.providers.as_slice());
        for (at, provider) in providers.unwrap_or_default().iter().enumerate() {
            let place = format!("{place}.tracking.providers[{at}]");
            self.leg(provider, info, of, &place, batch);
            let gathered = batch.parcel_of(slug, number);
            if gathered.parcel.service.is_none() {
                gathered.parcel.service = provider.service_type.owned();
            }
            let events = rows::rows(list(provider.events), &format!("{place}.events"))?;
            for (at, raw) in events.into_iter().enumerate() {
                take(raw, format!("{place}.events[{at}]"), &mut seen, batch);
            }
        }
        if let (true, Some(raw)) = (seen.is_empty(), info.latest_event) {
            for raw in rows::rows(raw.get(), &format!("{place}.latest_event"))? {
                take(raw, format!("{place}.latest_event"), &mut seen, batch);
            }
        }
        let latest = info.latest_status.as_ref();
        if let Some("Expired") = latest.and_then(|latest| latest.status.text()) {
            // A word about the watching, not about the parcel.
            let parcel = &mut batch.parcel_of(slug, number).parcel;
            parcel.tracking_state = Some(TrackingState::Expired);
            parcel.tracking_state_raw = Some("Expired".to_owned());
        }
        if seen.iter().any(|scan| scan.quality == AtQuality::NoZone) {
            let what = "a local time whose place does not tell its zone";
            batch.issues.push(Issue::new(IssueKind::NoZone, place, what));
        }
        let newest = event::newest(&seen);
        for (at, scan) in seen.iter().enumerate() {
            let latest = latest.filter(|_| Some(at) == newest).map(|latest| (latest, place));
            let event = event::event(scan, &self.codes, latest, &mut batch.issues);
            let text = scan.row.description.as_str();
            let signer = if text.is_ascii() { None } else { remark::mask(text).signer };
            batch.parcel_of(slug, number).add(event, signer);
        }
        Ok(())
    }

    /// A second carrier on the way.
    fn leg(
        &self,
        provider: &Provider<'_>,
        info: &Info<'_>,
        of: (&str, &str, &str),
        place: &str,
        batch: &mut Batch<'_>,
    ) {
        let (code, slug, number) = of;
        let Some(who) = &provider.provider else { return };
        let Some(key) = who.key.text() else { return };
        if key == code {
            if let Some(name) = who.name.text() {
                batch.parcel_of(slug, number).note("carrier_name", name);
            }
            return;
        }
        let misc = info.misc_info.as_ref().filter(|misc| misc.local_key.text() == Some(key));
        let local = misc.and_then(|misc| carrier::number(misc.local_number.as_str()));
        let carrier = self.word(key, &format!("{place}.provider.key"), &mut batch.issues);
        let leg = Leg {
            carrier,
            tracking_no: local.unwrap_or_else(|| number.to_owned()),
            kind: LegKind::LastMile,
            ..Leg::default()
        };
        batch.parcel_of(slug, number).parcel.legs.push(leg);
    }
}

fn take<'a>(raw: &'a RawValue, place: String, seen: &mut Vec<Seen<'a>>, batch: &mut Batch<'_>) {
    let read = || -> Result<(Ts, AtQuality, Row<'a>)> {
        let row: Row<'a> = rows::object(raw, &place)?;
        let (at, quality) = when(&row, &place)?;
        Ok((at, quality, row))
    };
    match read() {
        Ok((at, quality, row)) => seen.push(Seen { at, quality, row, place }),
        Err(error) => batch.bad(error),
    }
}

/// What is known about the parcel beside its scans.
fn about(info: &Info<'_>, gathered: &mut Gathered) {
    if let Some(shipping) = &info.shipping_info {
        gathered.parcel.from = shipping.shipper_address.as_ref().and_then(region);
        gathered.parcel.to = shipping.recipient_address.as_ref().and_then(region);
    }
    if let Some(misc) = &info.misc_info {
        gathered.parcel.service = misc.service_type.owned();
        gathered.parcel.package = package(misc);
        for (key, value) in [
            ("weight", &misc.weight_raw),
            ("pieces", &misc.pieces),
            ("dimensions", &misc.dimensions),
            ("customer_number", &misc.customer_number),
            ("reference_number", &misc.reference_number),
            ("local_number", &misc.local_number),
        ] {
            if let Some(text) = value.text() {
                gathered.note(key, text);
            }
        }
    }
    let estimate = info.time_metrics.as_ref().and_then(|metrics| metrics.estimated_delivery_date.as_ref());
    if let Some(estimate) = estimate {
        let time = |text: Option<&str>| text.and_then(|text| text.parse::<Ts>().ok());
        let (from, to) = (time(estimate.from.text()), time(estimate.to.text()));
        let (from, to) = if from > to && to.is_some() { (to, from) } else { (from, to) };
        if from.is_some() || to.is_some() {
            let by =
                if estimate.source.text() == Some("Official") { EtaBy::Carrier } else { EtaBy::Platform };
            gathered.parcel.eta = Some(Eta { from, to, by, ..Eta::default() });
            if let Some(source) = estimate.source.text() {
                gathered.note("eta_source", source);
            }
        }
    }
}

/// Weight and edges, as far as units are stated: `22.32` kilograms, `20x15x10 CM`.
fn package(misc: &Misc<'_>) -> Option<Package> {
    let edges = || {
        let (edges, unit) = misc.dimensions.as_str().trim().rsplit_once(' ')?;
        let mut edges = edges.split(['x', 'X', '*']).map(|edge| carrier::millimetres(edge, unit));
        Some([edges.next()??, edges.next()??, edges.next()??]).filter(|_| edges.next().is_none())
    };
    let [length_mm, width_mm, height_mm] = edges().map_or([None; 3], |edges| edges.map(Some));
    let weight_g = carrier::grams(misc.weight_kg.as_str(), "kg");
    let package = Package { weight_g, length_mm, width_mm, height_mm, ..Package::default() };
    (package != Package::default()).then_some(package)
}

/// Country, state and city: streets and postal codes of people stay in the capture.
fn region(place: &Place<'_>) -> Option<Address> {
    let address = Address {
        country: event::country(place.country.as_str()),
        province: place.state.owned(),
        city: place.city.owned(),
        ..Address::default()
    };
    (address != Address::default()).then_some(address)
}
