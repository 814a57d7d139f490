//! Pushes and query replies to parcels: one observation for each number, partial, with its scans. A push tells the state
//! of a shipment at a moment and leaves out what it does not know: nothing of it takes anything back.

use std::collections::BTreeMap;

use crossdock_connector::carrier::{Batch, House};
use crossdock_connector::{Capture, Error, ErrorKind, Issue, IssueKind, Normalize, Normalized, Result, rows};
use crossdock_schemas::{ParcelStatus, TrackingEvent};

use crate::codes::Codes;
use crate::decide::decide;
use crate::fill::fill;
use crate::reply::{self, Found};
use crate::scan::scans;
use crate::uses;
use crate::wire::{PUSH, QUERY, Scan};

/// The normalize part.
pub(crate) struct Results {
    pub(crate) house: House,
    pub(crate) codes: Codes,
    pub(crate) order_references: Vec<String>,
}

impl Normalize for Results {
    fn normalize(&self, capture: &Capture) -> Result<Normalized> {
        let listed = match capture.topic.as_str() {
            PUSH => true,
            QUERY => false,
            other => {
                let what = format!("unknown topic, expected {PUSH} or {QUERY}");
                return Err(Error::new(ErrorKind::Unsupported, what).with("topic", other));
            }
        };
        let shipments = reply::read(&capture.body, listed).map_err(Error::into_malformed)?;
        let mut batch = Batch::new(&self.house);
        shipments.bad.into_iter().for_each(|error| batch.bad(error));
        let mut by_number: BTreeMap<String, Vec<Found<'_>>> = BTreeMap::new();
        let mut order = Vec::new();
        for found in shipments.found {
            if let Some(code) = found.error() {
                let path = format!("{}.error.code", found.place);
                batch.issues.push(Issue::new(IssueKind::BadValue, path, code));
                // An error says that nothing is known of the number; where scans stand beside it, something is.
                if !found.has_scans() {
                    continue;
                }
            }
            let Some(number) = found.number() else {
                let path = format!("{}.trackingNumberInfo.trackingNumber", found.place);
                batch.bad(Error::malformed("the number is missing").at(path));
                continue;
            };
            if !by_number.contains_key(&number) {
                order.push(number.clone());
            }
            by_number.entry(number).or_default().push(found);
        }
        for number in order {
            self.parcel(&number, by_number.remove(&number).unwrap_or_default(), &mut batch);
        }
        batch.finish("not_found")
    }
}

impl Results {
    /// One number: its newest use, from all shipments that belong to it.
    fn parcel(&self, number: &str, found: Vec<Found<'_>>, batch: &mut Batch<'_>) {
        let mut read: Vec<(Found<'_>, Vec<TrackingEvent>)> = Vec::new();
        for mut found in found {
            match self.events(&mut found, batch) {
                Ok(events) => read.push((found, events)),
                Err(error) => batch.bad(error),
            }
        }
        let events: Vec<&[TrackingEvent]> = read.iter().map(|(_, events)| events.as_slice()).collect();
        let newest = uses::newest(&events);
        for ((found, mut events), meant) in read.into_iter().zip(newest) {
            if !meant {
                let what = "an earlier use of the number, which is another shipment";
                batch.issues.push(Issue::new(IssueKind::BadValue, found.place, what));
                continue;
            }
            let status = if events.is_empty() { self.latest(&found, batch) } else { None };
            let gathered = batch.parcel(number);
            if !found.unique_id().is_empty() {
                gathered.note("tracking_number_unique_id", found.unique_id());
            }
            gathered.parcel.events.append(&mut events);
            if let Some((status, code)) = status {
                gathered.parcel.status = Some(status);
                gathered.parcel.status_raw = Some(code);
            }
            fill(gathered, found.shipment, &self.order_references);
        }
    }

    fn events(&self, found: &mut Found<'_>, batch: &mut Batch<'_>) -> Result<Vec<TrackingEvent>> {
        let scans = scans(found, &self.codes, &mut batch.issues)?;
        let nothing = scans.events.is_empty() && !scans.bad.is_empty();
        let mut bad = scans.bad.into_iter();
        if nothing && let Some(error) = bad.next() {
            bad.for_each(|error| batch.bad(error));
            return Err(error);
        }
        bad.for_each(|error| batch.bad(error));
        Ok(scans.events)
    }

    /// The status of a shipment without scans, as a status without a time: it counts until a scan comes.
    fn latest(&self, found: &Found<'_>, batch: &mut Batch<'_>) -> Option<(ParcelStatus, String)> {
        let detail = found.shipment.latest_status_detail;
        let (raw, place) = match detail {
            Some(raw) => (Some(raw), format!("{}.latestStatusDetail", found.place)),
            None => (None, found.place.clone()),
        };
        let scan: Scan<'_> = match raw {
            Some(raw) => rows::object(raw, &place).ok()?,
            None => Scan { event_type: found.shipment.event_type.clone(), ..Scan::default() },
        };
        if [&scan.event_type, &scan.code, &scan.derived_code, &scan.derived_status_code]
            .iter()
            .all(|code| code.text().is_none())
        {
            return None;
        }
        let meaning = decide(&self.codes, &scan, format_args!("{place}"), &mut batch.issues);
        Some((meaning.status, meaning.code?))
    }
}
