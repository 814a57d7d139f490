//! Acme's scans as observations of parcels: one for each number, holding only what Acme mentioned.
//!
//! Each scan is decided from itself alone, so the order in which calls arrive cannot matter.

use crossdock_connector::codes::{CodeTable, TrackingCode};
use crossdock_connector::wire::{self, Scalar};
use crossdock_connector::{
    Capture, Error, ErrorKind, Issue, IssueKind, Normalize, Normalized, Result, Topic,
};
use crossdock_schemas::{
    AtQuality, Direction, Location, Observation, OrderRef, Parcel, ParcelStatus, Source, TrackingEvent, Ts,
};

use super::config::OrderShop;
use super::wire::{Body, Scan, Shipment};

/// The carrier's name in every identity. Once published it never changes.
pub(crate) const CARRIER: &str = "acme";
const CONNECTOR: &str = concat!("acme@", env!("CARGO_PKG_VERSION"));

pub(super) const SCANS: Topic = "scans";

pub(super) fn codes() -> Result<CodeTable<TrackingCode>> {
    CodeTable::read(include_str!("codes.toml"))
}

/// Reads the scans of one account.
#[derive(Debug)]
pub(super) struct Reader {
    pub(super) account: String,
    pub(super) order_shop: Option<OrderShop>,
    pub(super) codes: CodeTable<TrackingCode>,
}

impl Normalize for Reader {
    fn normalize(&self, capture: &Capture) -> Result<Normalized> {
        if capture.topic != SCANS {
            return Err(Error::new(ErrorKind::Unsupported, format!("expected topic {SCANS}")));
        }
        let body: Body<'_> = wire::parse(&capture.body)?;
        let mut found = Normalized::default();
        for (at, shipment) in body.shipments.iter().enumerate() {
            let path = format!("$.shipments[{at}]");
            if let Some(observation) = self.parcel(shipment, &path, &mut found.issues)? {
                found.observations.push(observation);
            }
        }
        if found.observations.is_empty() && found.issues.is_empty() {
            // Say why there is nothing to do: ignored captures are counted by their reason.
            found.ignored = Some("no_scans");
        }
        Ok(found)
    }
}

impl Reader {
    fn parcel(
        &self,
        shipment: &Shipment<'_>,
        path: &str,
        issues: &mut Vec<Issue>,
    ) -> Result<Option<Observation>> {
        let number = shipment
            .number
            .text()
            .ok_or_else(|| Error::malformed("is empty").at(format!("{path}.number")))?;
        let mut events = Vec::with_capacity(shipment.scans.len());
        for (at, scan) in shipment.scans.iter().enumerate() {
            // One bad row must not cost the good ones: they stand, and the capture is kept for repair.
            match self.scan(scan, &format!("{path}.scans[{at}]"), issues) {
                Ok(event) => events.push(event),
                Err(error) => {
                    let path = error.path.clone().unwrap_or_default();
                    issues.push(Issue::new(IssueKind::Malformed, path, error.message()));
                }
            }
        }
        if events.is_empty() {
            return Ok(None);
        }
        let parcel = Parcel {
            source: Source {
                platform: CARRIER.to_owned(),
                shop: self.account.clone(),
                connector: Some(CONNECTOR.to_owned()),
                ..Source::default()
            },
            carrier: CARRIER.to_owned(),
            tracking_no: plain(number),
            direction: Direction::Outbound,
            events,
            ..Parcel::default()
        };
        Ok(Some(Observation::parcel(parcel).partial().with_refs(self.order(shipment))))
    }

    /// The order, where somebody said whose numbers `reference` holds. It is never guessed.
    fn order(&self, shipment: &Shipment<'_>) -> Option<OrderRef> {
        let shop = self.order_shop.as_ref()?;
        let order_no = wire::text(shipment.reference.as_ref())?;
        Some(OrderRef { platform: shop.platform.clone(), shop: shop.shop.clone(), order_no })
    }

    fn scan(&self, scan: &Scan<'_>, path: &str, issues: &mut Vec<Issue>) -> Result<TrackingEvent> {
        let code = scan.code.text().ok_or_else(|| Error::malformed("is empty").at(format!("{path}.code")))?;
        let at: Ts = scan.at.trim().parse().map_err(|_| {
            Error::malformed("expected a time like 2026-11-21T12:00:00+01:00").at(format!("{path}.at"))
        })?;
        let meaning = self.codes.get(code).copied().unwrap_or_else(|| {
            issues.push(Issue::unmapped(format!("{path}.code"), code));
            TrackingCode {
                status: ParcelStatus::Unknown,
                step: None,
                reason: None,
                delivered_to: None,
                effect: None,
            }
        });
        Ok(TrackingEvent {
            at,
            at_quality: AtQuality::Exact,
            status: meaning.status,
            step: meaning.step,
            reason: meaning.reason,
            delivered_to: meaning.delivered_to,
            effect: meaning.effect.unwrap_or_default(),
            code_namespace: Some(self.codes.namespace.clone()),
            code_raw: Some(code.to_owned()),
            description: wire::text(scan.text.as_ref()),
            location: location(scan.place.as_ref(), scan.country.as_ref()),
            ..TrackingEvent::default()
        })
    }
}

fn location(place: Option<&Scalar<'_>>, country: Option<&Scalar<'_>>) -> Option<Location> {
    let location = Location { text: wire::text(place), country: wire::text(country), ..Location::default() };
    (location != Location::default()).then_some(location)
}

/// Numbers are compared in upper case and without blanks.
fn plain(number: &str) -> String {
    number.chars().filter(|letter| !letter.is_whitespace()).flat_map(char::to_uppercase).collect()
}
