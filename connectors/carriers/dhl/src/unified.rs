//! Shipments of the unified interface, pulled or pushed.

use crossdock_connector::carrier::{self, Batch};
use crossdock_connector::remark::english;
use crossdock_connector::wire::Scalar;
use crossdock_connector::{Error, Issue, IssueKind, Result, rows};
use crossdock_schemas::{Address, Effect, Eta, EtaBy, Location, ParcelStatus, Protected, TrackingEvent};

use crate::decide;
use crate::history;
use crate::normalize::{Scans, reference, weight};
use crate::time::{moment, with_zone};
use crate::wire::{Event, Person, Place, SLUG, Shipment};

impl Scans {
    /// Reads the shipments of a reply or a push.
    pub(crate) fn unified(
        &self,
        found: Vec<Result<Shipment<'_>>>,
        asked: Option<&str>,
        batch: &mut Batch<'_>,
    ) {
        if found.is_empty() {
            batch.issues.push(Issue::new(IssueKind::BadValue, "$.shipments", "no shipment"));
        }
        let mut read: Vec<(String, Shipment<'_>)> = Vec::new();
        for (at, shipment) in found.into_iter().enumerate() {
            let place = format!("$.shipments[{at}]");
            match shipment {
                Ok(shipment) if self.is_of_another(&shipment) => {
                    batch.issues.push(Issue::new(IssueKind::BadValue, place, "of another part of DHL"));
                }
                Ok(shipment) => read.push((place, shipment)),
                Err(error) => batch.bad(error),
            }
        }
        for (place, shipment) in &read {
            // Two parts of DHL know the number: they are different parcels, and taking both would mix their scans.
            let twin = |other: &Shipment<'_>| other.id == shipment.id && other.service != shipment.service;
            let outcome = if read.iter().any(|(_, other)| twin(other)) {
                let what =
                    "the number fits several parts of DHL: say which in the settings, `unified.service`";
                Err(Error::malformed(what).at(format!("{place}.service")))
            } else {
                self.shipment(shipment, asked, place, batch)
            };
            if let Err(error) = outcome {
                batch.bad(error);
            }
        }
    }

    fn is_of_another(&self, shipment: &Shipment<'_>) -> bool {
        let (ours, theirs) = (self.service.as_deref(), shipment.service.text());
        ours.zip(theirs).is_some_and(|(ours, theirs)| !ours.eq_ignore_ascii_case(theirs))
    }

    fn shipment(
        &self,
        shipment: &Shipment<'_>,
        asked: Option<&str>,
        place: &str,
        batch: &mut Batch<'_>,
    ) -> Result<()> {
        let number = carrier::number(shipment.id.as_str())
            .ok_or_else(|| Error::malformed("the number is missing").at(format!("{place}.id")))?;
        let details = shipment.details.as_ref();
        let piece_ids = ids(details.and_then(|details| details.piece_ids.as_deref()));
        let number =
            asked.and_then(carrier::number).filter(|asked| piece_ids.contains(asked)).unwrap_or(number);
        let path = format!("{place}.events");
        let listed = match shipment.events {
            Some(raw) => rows::objects::<Event<'_>>(raw, &path)?,
            None => Vec::new(),
        };
        // Without a list the newest scan is all there is.
        let alone = shipment.status.filter(|raw| listed.is_empty() && raw.get().starts_with('{'));
        let scans: Vec<(String, Result<Event<'_>>)> = match alone {
            Some(raw) => {
                let place = format!("{place}.status");
                let read = rows::object(raw, &place);
                vec![(place, read)]
            }
            None => {
                listed.into_iter().enumerate().map(|(at, read)| (format!("{path}[{at}]"), read)).collect()
            }
        };
        if scans.is_empty() {
            batch.issues.push(Issue::new(IssueKind::BadValue, path.as_str(), "no scans yet"));
        }
        let person = details.and_then(|details| details.proof_of_delivery.as_ref()?.signed.as_ref());
        let names = person.map(names).unwrap_or_default();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let is_express = shipment.service.as_str().eq_ignore_ascii_case("express");
        let (mut events, mut pieces) = (Vec::new(), Vec::new());
        let nothing = scans.is_empty();
        for (place, scan) in scans {
            let read = |scan| self.event(&scan, is_express, &names, &place, &mut batch.issues);
            match scan.and_then(read) {
                Ok((event, ids)) => {
                    events.push(event);
                    pieces.push(ids);
                }
                Err(error) => batch.bad(error),
            }
        }
        if events.is_empty() && !nothing {
            // Nothing readable is left of it: the scans' own errors are the answer.
            return Ok(());
        }
        history::withdrawals(&mut events, &path, &mut batch.issues);
        history::acceptance(&mut events);
        let total =
            details.and_then(|details| details.total_number_of_pieces.text()?.parse().ok()).unwrap_or(0);
        let total = if piece_ids.is_empty() { total } else { piece_ids.len() };
        history::pieces(&mut events, &pieces, total);
        let arrived = events.iter().any(|event| {
            matches!(event.status, ParcelStatus::Delivered | ParcelStatus::Returned)
                && event.effect != Effect::Retract
        });
        let gathered = batch.parcel(&number);
        let parcel = &mut gathered.parcel;
        parcel.events.append(&mut events);
        if arrived {
            parcel.signed_by = names.first().and_then(|name| english::signer(name)).map(Protected::masked);
        } else {
            parcel.eta = eta(shipment);
        }
        parcel.from = end(shipment.origin.as_ref());
        parcel.to = end(shipment.destination.as_ref());
        parcel.service = details.and_then(|details| details.product.as_ref()?.product_name.owned());
        let heavy = details.and_then(|details| details.weight.as_ref());
        parcel.package = heavy.and_then(|heavy| weight(heavy.value.text(), heavy.unit_text.as_str()));
        if let Some(service) = shipment.service.text() {
            gathered.note("service", service);
        }
        if total > 1 {
            gathered.note("pieces", total.to_string());
        }
        reference(gathered, details.and_then(|details| details.references));
        Ok(())
    }

    /// A scan, and the pieces it is about.
    fn event(
        &self,
        event: &Event<'_>,
        is_express: bool,
        names: &[&str],
        place: &str,
        issues: &mut Vec<Issue>,
    ) -> Result<(TrackingEvent, Vec<String>)> {
        let address = event.location.as_ref().and_then(|location| location.address.as_ref());
        let country = address.and_then(|address| address.country());
        let (at, at_quality) =
            moment(event.timestamp.as_str(), country, &format!("{place}.timestamp"), issues)?;
        let text = |field: &'_ Scalar<'_>| field.text().unwrap_or_default().to_owned();
        let (description, remark) = (text(&event.description), text(&event.remark));
        let (status, status_code) = (text(&event.status), text(&event.status_code));
        let sentence = format!("{description} {remark} {status}");
        let fields = [status_code.as_str(), status.as_str(), description.as_str()];
        let meaning = decide::unified(&self.codes, is_express, fields, &sentence, place, issues);
        let shown = english::shown(&description, names);
        let locality = address.and_then(|address| address.address_locality.text());
        let parts: Vec<&str> = locality.into_iter().chain(country).collect();
        let (code_namespace, code_raw) = meaning.found.unzip();
        let event_of = TrackingEvent {
            at,
            at_quality,
            status: meaning.code.status,
            status_raw: meaning.unknown,
            step: meaning.code.step,
            reason: meaning.code.reason,
            delivered_to: meaning.code.delivered_to,
            effect: meaning.code.effect.unwrap_or_default(),
            code_namespace: Some(code_namespace.unwrap_or_else(|| SLUG.to_owned())),
            code_raw,
            description: (!shown.is_empty()).then(|| shown.into_owned()),
            location: (!parts.is_empty()).then(|| Location {
                text: Some(parts.join(", ")),
                country: country.map(str::to_owned),
                postal_code: address.and_then(|address| address.postal_code.owned()),
                ..Location::default()
            }),
            ..TrackingEvent::default()
        };
        Ok((event_of, ids(event.piece_ids.as_deref())))
    }
}

fn ids(list: Option<&[Scalar<'_>]>) -> Vec<String> {
    list.unwrap_or_default().iter().filter_map(|id| carrier::number(id.as_str())).collect()
}

/// Every way in which a person's name may stand in a sentence, the whole name first.
fn names(person: &Person<'_>) -> Vec<String> {
    let whole = [person.given_name.text(), person.family_name.text()];
    let whole: Vec<&str> = whole.into_iter().flatten().collect();
    let mut names: Vec<String> = Vec::new();
    if !whole.is_empty() {
        names.push(whole.join(" "));
    }
    names.extend(
        [&person.name, &person.family_name, &person.given_name].into_iter().filter_map(Scalar::owned),
    );
    names
}

/// Country, place and postal code of an end of the way. Some services write a street before the place.
fn end(place: Option<&Place<'_>>) -> Option<Address> {
    let address = place?.address.as_ref()?;
    let city = address.address_locality.text().and_then(|text| text.rsplit(", ").next());
    let found = Address {
        country: address.country().map(str::to_owned),
        city: city.map(str::to_owned),
        postal_code: address.postal_code.owned(),
        ..Address::default()
    };
    (found != Address::default()).then_some(found)
}

fn eta(shipment: &Shipment<'_>) -> Option<Eta> {
    let frame = shipment.estimated_delivery_time_frame.as_ref();
    let from = frame.and_then(|frame| with_zone(frame.estimated_from.text()?));
    let through = frame.and_then(|frame| with_zone(frame.estimated_through.text()?));
    let to = through.or_else(|| with_zone(shipment.estimated_time_of_delivery.text()?));
    let from = from.filter(|from| to.is_none_or(|to| *from <= to));
    (from.is_some() || to.is_some()).then_some(Eta { from, to, by: EtaBy::Carrier, by_raw: None })
}
