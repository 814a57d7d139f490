//! Shipments of the unified interface, pulled or pushed.

use std::fmt::Arguments;

use crossdock_connector::carrier::{self, Batch};
use crossdock_connector::remark::{english, plain};
use crossdock_connector::wire::Scalar;
use crossdock_connector::{Error, Issue, IssueKind, Result, place, rows};
use crossdock_schemas::{Effect, ParcelStatus, Protected, TrackingEvent};

use crate::about;
use crate::decide;
use crate::history;
use crate::normalize::Scans;
use crate::time::{Clock, moment};
use crate::wire::{Event, SLUG, Shipment};

/// What all scans of a shipment have in common.
struct Common<'s> {
    is_express: bool,
    /// Names that other fields give away.
    names: &'s [&'s str],
    /// The country of both ends.
    ends: Option<&'s str>,
}

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
        // Two parts of DHL know the number: they are different parcels, and taking both would mix their scans.
        let has_twin = |shipment: &Shipment<'_>| {
            read.iter().any(|(_, other)| other.id == shipment.id && other.service != shipment.service)
        };
        let twins: Vec<bool> = read.iter().map(|(_, shipment)| has_twin(shipment)).collect();
        for ((place, shipment), has_twin) in read.into_iter().zip(twins) {
            let outcome = if has_twin {
                let what =
                    "the number fits several parts of DHL: say which in the settings, `unified.service`";
                Err(Error::malformed(what).at(format!("{place}.service")))
            } else {
                self.shipment(shipment, asked, &place, batch)
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
        mut shipment: Shipment<'_>,
        asked: Option<&str>,
        place: &str,
        batch: &mut Batch<'_>,
    ) -> Result<()> {
        let number = carrier::number(shipment.id.as_str())
            .ok_or_else(|| Error::malformed("the number is missing").at(format!("{place}.id")))?;
        let path = format!("{place}.events");
        let listed = std::mem::take(&mut shipment.events).each(&path)?;
        let details = shipment.details.as_ref();
        let piece_ids = details.and_then(|details| details.piece_ids.as_deref()).unwrap_or_default();
        let is_piece =
            |asked: &String| piece_ids.iter().any(|id| carrier::number(id.as_str()).as_ref() == Some(asked));
        let number = asked.and_then(carrier::number).filter(is_piece).unwrap_or(number);
        let person = details.and_then(|details| details.proof_of_delivery.as_ref()?.signed.as_ref());
        let signers = person.map(about::names).unwrap_or_default();
        let receiver = details.and_then(|details| details.receiver.as_ref());
        let receivers = receiver.map(about::names).unwrap_or_default();
        let names: Vec<&str> = signers.iter().chain(&receivers).map(String::as_str).collect();
        let (origin, destination) = (shipment.origin.as_ref(), shipment.destination.as_ref());
        let common = Common {
            is_express: shipment.service.as_str().eq_ignore_ascii_case("express"),
            names: &names,
            ends: about::shared(about::country(origin), about::country(destination)),
        };
        let (mut events, mut pieces) = (Vec::with_capacity(listed.len()), Vec::new());
        let (mut nothing, mut latest) = (listed.is_empty(), None);
        for (at, scan) in listed.into_iter().enumerate() {
            let read = scan
                .and_then(|scan| self.event(&scan, &common, format_args!("{path}[{at}]"), &mut batch.issues));
            match read {
                Ok((event, ids)) => {
                    events.push(event);
                    pieces.push(ids);
                }
                Err(error) => batch.bad(error),
            }
        }
        // Without a list the newest scan is all there is; without its time it is a status that counts until a scan comes.
        if nothing && let Some(raw) = shipment.status.filter(|raw| raw.get().starts_with('{')) {
            let place = format!("{place}.status");
            let scan: Event<'_> = rows::object(raw, &place)?;
            if scan.timestamp.text().is_some() {
                let (event, ids) = self.event(&scan, &common, format_args!("{place}"), &mut batch.issues)?;
                events.push(event);
                pieces.push(ids);
                nothing = false;
            } else {
                latest = self.latest(&scan, &common, format_args!("{place}"), &mut batch.issues);
            }
        }
        if nothing {
            batch.issues.push(Issue::new(IssueKind::BadValue, path.as_str(), "no scans yet"));
        }
        if events.is_empty() && !nothing {
            // Nothing readable is left of it: the scans' own errors are the answer.
            return Ok(());
        }
        history::withdrawals(&mut events, &path, &mut batch.issues);
        history::acceptance(&mut events);
        let total =
            details.and_then(|details| details.total_number_of_pieces.text()?.parse().ok()).unwrap_or(0);
        let listed = piece_ids.iter().filter(|id| id.text().is_some()).count();
        let total = if listed == 0 { total } else { listed };
        history::pieces(&mut events, &pieces, total);
        let says = |wanted| {
            events.iter().any(|event| event.status == wanted && event.effect != Effect::Retract)
                || latest.as_ref().is_some_and(|(status, _)| *status == wanted)
        };
        let (delivered, returned) = (says(ParcelStatus::Delivered), says(ParcelStatus::Returned));
        let gathered = batch.parcel(&number);
        let parcel = &mut gathered.parcel;
        parcel.events.append(&mut events);
        if let Some((status, word)) = latest {
            parcel.status = Some(status);
            parcel.status_raw = Some(word);
        }
        // A return ends with the signature of the sender.
        if delivered {
            parcel.signed_by = signers.first().and_then(|name| english::signer(name)).map(Protected::masked);
        } else if !returned {
            parcel.eta = about::eta(&shipment);
        }
        parcel.from = about::end(origin, details.and_then(|details| details.sender.as_ref()));
        parcel.to = about::end(destination, receiver);
        parcel.service = details.and_then(|details| details.product.as_ref()?.product_name.owned());
        parcel.package =
            details.and_then(|details| about::package(details.weight.as_ref(), details.dimensions.as_ref()));
        if let Some(service) = shipment.service.text() {
            gathered.note("service", service);
        }
        if total > 1 {
            gathered.note("pieces", total.to_string());
        }
        about::reference(gathered, details.and_then(|details| details.references));
        Ok(())
    }

    /// A status without a time, and DHL's word for it.
    fn latest(
        &self,
        scan: &Event<'_>,
        common: &Common<'_>,
        place: Arguments<'_>,
        issues: &mut Vec<Issue>,
    ) -> Option<(ParcelStatus, String)> {
        let word = scan.status_code.text().or_else(|| scan.status.text())?;
        let meaning = decide::unified(&self.codes, common.is_express, &fields(scan), place, issues);
        Some((meaning.code.status, word.to_owned()))
    }

    /// A scan, and the pieces it is about.
    fn event(
        &self,
        event: &Event<'_>,
        common: &Common<'_>,
        place: Arguments<'_>,
        issues: &mut Vec<Issue>,
    ) -> Result<(TrackingEvent, Vec<String>)> {
        let address = event.location.as_ref().and_then(|location| location.address.as_ref());
        let country = address.and_then(|address| address.country());
        let locality = address.and_then(|address| address.address_locality.text());
        let (named, state) = about::behind(locality, country);
        let clock = Clock { here: country, state, ends: common.ends };
        let path = format_args!("{place}.timestamp");
        let (at, at_quality) = moment(event.timestamp.as_str(), clock, path, issues)?;
        let said = fields(event);
        let meaning = decide::unified(&self.codes, common.is_express, &said, place, issues);
        // Some services write the sentence where others have a code.
        let sentence =
            if said.description.is_empty() { decide::sentence(said.status) } else { said.description };
        let sentence = plain(sentence);
        let shown = english::shown(&sentence, common.names);
        let parts = [locality, country.filter(|_| !named)];
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
            location: place::location(parts, country, address.and_then(|address| address.postal_code.text())),
            ..TrackingEvent::default()
        };
        Ok((event_of, ids(event.piece_ids.as_deref())))
    }
}

/// What a scan says.
fn fields<'e>(event: &'e Event<'_>) -> decide::Said<'e> {
    let text = |field: &'e Scalar<'_>| field.text().unwrap_or_default();
    decide::Said {
        status_code: text(&event.status_code),
        status: text(&event.status),
        description: text(&event.description),
        remark: text(&event.remark),
    }
}

fn ids(list: Option<&[Scalar<'_>]>) -> Vec<String> {
    list.unwrap_or_default().iter().filter_map(|id| carrier::number(id.as_str())).collect()
}
