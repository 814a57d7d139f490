//! Alerts and query replies to parcels: one observation for each package, partial, with its scans.

use std::fmt::Arguments;

use serde_json::value::RawValue;

use crossdock_connector::carrier::{self, Batch, House, came_back};
use crossdock_connector::remark::english;
use crossdock_connector::{
    Capture, Error, ErrorKind, Issue, IssueKind, Normalize, Normalized, ObjectId, Result, place, rows, wire,
};
use crossdock_schemas::{Leg, ParcelStatus, Protected, TrackingEvent};

use crate::codes::Codes;
use crate::decide::{Said, decide};
use crate::package;
use crate::time::Stamp;
use crate::track::{PACKAGE, SHIPMENTS, shipments};
use crate::wire::{ALERT, Activity, Alert, DETAILS, Package, Place, SLUG, Shipment, Status};

/// The normalize part.
pub(crate) struct Scans {
    pub(crate) house: House,
    pub(crate) codes: Codes,
    /// Whether an alert of a delivery only makes us ask.
    pub(crate) confirm: bool,
}

impl Normalize for Scans {
    fn normalize(&self, capture: &Capture) -> Result<Normalized> {
        match capture.topic.as_str() {
            ALERT => self.alerts(&capture.body),
            DETAILS => self.details(&capture.body),
            other => {
                let what = format!("unknown topic, expected {ALERT} or {DETAILS}");
                Err(Error::new(ErrorKind::Unsupported, what).with("topic", other))
            }
        }
    }
}

fn missing(what: &str, path: String) -> Error {
    Error::malformed(format!("{what} is missing")).at(path)
}

impl Scans {
    fn alerts(&self, body: &[u8]) -> Result<Normalized> {
        let text = wire::utf8(body)?;
        let found = rows::rows(text, "$")?;
        if found.is_empty() {
            return Err(Error::malformed("there is no scan in it").at("$"));
        }
        let listed = text.trim_start().starts_with('[');
        let mut batch = Batch::new(&self.house);
        let mut fetch: Vec<ObjectId> = Vec::new();
        for (at, raw) in found.iter().enumerate() {
            let place = if listed { format!("$[{at}]") } else { "$".to_owned() };
            match self.alert(raw, &place, &mut batch) {
                Ok(Some(number)) => {
                    let id = ObjectId::new(PACKAGE, number);
                    if !fetch.contains(&id) {
                        fetch.push(id);
                    }
                }
                Ok(None) => {}
                Err(error) => batch.bad(error),
            }
        }
        if fetch.is_empty() {
            return batch.finish("empty");
        }
        let normalized = batch.finish("nudge").or_else(|error| {
            let path = error.path.clone().unwrap_or_default();
            let issue = Issue::new(IssueKind::Malformed, path, error.message());
            Ok::<_, Error>(Normalized { issues: vec![issue], ..Normalized::default() })
        })?;
        Ok(Normalized { fetch, ignored: None, ..normalized })
    }

    /// Reads an alert; gives the number to ask for when it only announces a delivery.
    fn alert(&self, raw: &RawValue, place: &str, batch: &mut Batch<'_>) -> Result<Option<String>> {
        let alert: Alert<'_> = rows::object(raw, place)?;
        let number = carrier::number(alert.tracking_number.as_str())
            .ok_or_else(|| missing("the number", format!("{place}.trackingNumber")))?;
        let status =
            alert.activity_status.ok_or_else(|| missing("the status", format!("{place}.activityStatus")))?;
        let stamp = Stamp {
            local: [alert.local_activity_date.text(), alert.local_activity_time.text()],
            gmt: [alert.gmt_activity_date.text(), alert.gmt_activity_time.text()],
            offset: alert.gmt_offset.text(),
        };
        let seen = Seen {
            stamp,
            status: &status,
            keys: ["activityStatus", "descriptionCode", "localActivityDate"],
            at: alert.activity_location.as_ref(),
            facility: None,
            received_by: alert.received_by.text().unwrap_or_default(),
        };
        let event = self.event(&seen, format_args!("{place}"), &mut batch.issues)?;
        if self.confirm && event.status == ParcelStatus::Delivered {
            return Ok(Some(number));
        }
        let gathered = batch.parcel(&number);
        if event.status == ParcelStatus::Delivered {
            gathered.parcel.signed_by = english::signer(seen.received_by).map(Protected::masked);
        }
        if let Some(day) = alert.scheduled_delivery_date.text() {
            gathered.note("scheduled_delivery_date", day);
        }
        if let Some(other) = alert.alternate_tracking_number.text().filter(|other| *other != number) {
            gathered.note("alternate_number", other);
        }
        gathered.parcel.events.push(event);
        Ok(None)
    }

    fn details(&self, body: &[u8]) -> Result<Normalized> {
        // An error reply should never have been captured: as a capture it is bytes that are not what they claim.
        let found = shipments(body).map_err(Error::into_malformed)?;
        let mut batch = Batch::new(&self.house);
        if found.is_empty() {
            batch.issues.push(Issue::new(IssueKind::BadValue, SHIPMENTS, "no shipment"));
        }
        for (at, shipment) in found.into_iter().enumerate() {
            let place = format!("{SHIPMENTS}[{at}]");
            if let Err(error) = shipment.and_then(|shipment| self.shipment(shipment, &place, &mut batch)) {
                batch.bad(error);
            }
        }
        batch.finish("no_scans")
    }

    fn shipment(&self, shipment: Shipment<'_>, place: &str, batch: &mut Batch<'_>) -> Result<()> {
        let inquiry = carrier::number(shipment.inquiry_number.as_str());
        let path = format!("{place}.package");
        let packages = shipment.package.each(&path)?;
        if packages.is_empty() {
            batch.issues.push(match shipment.warnings.and_then(rows::code) {
                Some(code) => Issue::new(IssueKind::BadValue, format!("{place}.warnings[0].code"), code),
                None => Issue::new(IssueKind::BadValue, path.as_str(), "no package"),
            });
        }
        for (at, package) in packages.into_iter().enumerate() {
            let place = format!("{path}[{at}]");
            let read = package.and_then(|package| self.package(package, inquiry.as_deref(), &place, batch));
            if let Err(error) = read {
                batch.bad(error);
            }
        }
        Ok(())
    }

    fn package(
        &self,
        mut read: Package<'_>,
        inquiry: Option<&str>,
        place: &str,
        batch: &mut Batch<'_>,
    ) -> Result<()> {
        let number = carrier::number(read.tracking_number.as_str())
            .or_else(|| inquiry.map(str::to_owned))
            .ok_or_else(|| missing("the number", format!("{place}.trackingNumber")))?;
        let path = format!("{place}.activity");
        let activities = std::mem::take(&mut read.activity).each(&path)?;
        if activities.is_empty() {
            batch.issues.push(Issue::new(IssueKind::BadValue, path.as_str(), "no scans yet"));
        }
        let received_by = read.delivery_information.as_ref().and_then(|info| info.received_by.text());
        let mut events = Vec::with_capacity(activities.len());
        let scans = activities.len();
        for (at, activity) in activities.into_iter().enumerate() {
            let event = activity.and_then(|activity| {
                self.activity(&activity, received_by, format_args!("{path}[{at}]"), &mut batch.issues)
            });
            match event {
                Ok(event) => events.push(event),
                Err(error) => batch.bad(error),
            }
        }
        if events.is_empty() && scans > 0 {
            // Nothing readable is left of it: the scans' own errors are the answer.
            return Ok(());
        }
        came_back(&mut events, |place| package::is_destination(&read, place));
        let delivered = events.iter().any(|event| event.status == ParcelStatus::Delivered);
        let latest = read.current_status.as_ref().filter(|_| scans == 0);
        let latest = latest.and_then(|status| self.latest(status, received_by, place, &mut batch.issues));
        let gathered = batch.parcel(&number);
        gathered.parcel.events.append(&mut events);
        if let Some((status, code)) = latest {
            gathered.parcel.status = Some(status);
            gathered.parcel.status_raw = Some(code);
        }
        if delivered || matches!(gathered.parcel.status, Some(ParcelStatus::Delivered)) {
            gathered.parcel.signed_by = received_by.and_then(english::signer).map(Protected::masked);
        }
        package::fill(gathered, &read);
        Ok(())
    }

    /// The status of a package without scans, as a status without a time: it counts until a scan comes. Its number may stand
    /// where a scan has its letters.
    fn latest(
        &self,
        status: &Status<'_>,
        received_by: Option<&str>,
        place: &str,
        issues: &mut Vec<Issue>,
    ) -> Option<(ParcelStatus, String)> {
        let letters = status.code.text().unwrap_or_default();
        let kind = status.kind.text().unwrap_or_default();
        let is_number = letters.len() == 3 && letters.bytes().all(|byte| byte.is_ascii_digit());
        // Letters say nothing without their type.
        let alone =
            status.status_code.text().is_none() && !letters.is_empty() && (is_number || kind.is_empty());
        let said = Said {
            kind,
            code: if alone { "" } else { letters },
            number: status.status_code.text().or(alone.then_some(letters)),
            text: status.description.text().unwrap_or_default(),
            received_by: received_by.unwrap_or_default(),
        };
        let code = said.joined()?;
        let key = if alone { "code" } else { "statusCode" };
        let meaning = decide(&self.codes, &said, format_args!("{place}.currentStatus"), key, issues);
        Some((meaning.code.status, code))
    }

    fn activity(
        &self,
        activity: &Activity<'_>,
        received_by: Option<&str>,
        place: Arguments<'_>,
        issues: &mut Vec<Issue>,
    ) -> Result<TrackingEvent> {
        let status =
            activity.status.as_ref().ok_or_else(|| missing("the status", format!("{place}.status")))?;
        let location = activity.location.as_ref();
        let slic = location.and_then(|location| location.slic.text());
        let stamp = Stamp {
            local: [activity.date.text(), activity.time.text()],
            gmt: [activity.gmt_date.text(), activity.gmt_time.text()],
            offset: activity.gmt_offset.text(),
        };
        let seen = Seen {
            stamp,
            status,
            keys: ["status", "statusCode", "date"],
            at: location.and_then(|location| location.address.as_ref()),
            facility: slic.filter(|slic| slic.bytes().any(|byte| byte != b'0')),
            received_by: received_by.unwrap_or_default(),
        };
        self.event(&seen, place, issues)
    }

    fn event(&self, seen: &Seen<'_>, place: Arguments<'_>, issues: &mut Vec<Issue>) -> Result<TrackingEvent> {
        let [status_key, number_key, date_key] = seen.keys;
        let (at, at_quality) = seen.stamp.moment(seen.at, format_args!("{place}.{date_key}"), issues)?;
        let status = seen.status;
        let text = status.description.text().unwrap_or_default();
        let said = Said {
            kind: status.kind.text().unwrap_or_default(),
            code: status.code.text().unwrap_or_default(),
            number: status.status_code.text(),
            text,
            received_by: seen.received_by,
        };
        let meaning = decide(&self.codes, &said, format_args!("{place}.{status_key}"), number_key, issues);
        let shown = english::shown(text, &[seen.received_by]);
        Ok(TrackingEvent {
            at,
            at_quality,
            status: meaning.code.status,
            status_raw: meaning.unknown,
            step: meaning.code.step,
            reason: meaning.code.reason,
            delivered_to: meaning.code.delivered_to,
            code_namespace: Some(SLUG.to_owned()),
            code_raw: said.joined(),
            description: (!shown.is_empty()).then(|| shown.into_owned()),
            location: seen.at.and_then(|at| {
                let country = at.country();
                let parts = [at.city.text(), at.state_province.text(), country.or(at.country.text())];
                place::location(parts, country, at.postal_code.text())
            }),
            facility: seen.facility.map(str::to_owned),
            ..TrackingEvent::default()
        })
    }
}

/// What a scan holds, from either interface.
struct Seen<'s> {
    stamp: Stamp<'s>,
    status: &'s Status<'s>,
    /// Names of the status, of its number and of its date.
    keys: [&'static str; 3],
    at: Option<&'s Place<'s>>,
    facility: Option<&'s str>,
    received_by: &'s str,
}

/// A number at the post that carries the last mile.
pub(crate) fn leg(number: &str, kind: &str) -> Option<Leg> {
    let number = carrier::number(number)?;
    (kind == "USPS_PIC").then(|| Leg {
        carrier: "usps".to_owned(),
        tracking_no: number,
        kind: crossdock_schemas::LegKind::LastMile,
        kind_raw: None,
    })
}
