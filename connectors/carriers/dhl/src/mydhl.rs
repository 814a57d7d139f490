//! Shipments of MyDHL: the waybill's own scans, and those of its pieces.

use std::fmt::Arguments;

use crossdock_connector::carrier::{self, Batch};
use crossdock_connector::remark::{english, plain};
use crossdock_connector::rows::List;
use crossdock_connector::{Error, Issue, IssueKind, Result, place};
use crossdock_schemas::{ParcelStatus, TrackingEvent, Ts};

use crate::about;
use crate::decide;
use crate::history;
use crate::normalize::Scans;
use crate::time::{Clock, parts};
use crate::wire::{Checkpoint, Piece, Waybill};

/// A scan and who signed, masked.
type Signed = (TrackingEvent, Option<String>);

impl Scans {
    /// Reads a shipment.
    ///
    /// # Errors
    /// `Malformed` when it has no number, or scans of which none can be read.
    pub(crate) fn waybill(
        &self,
        mut waybill: Waybill<'_>,
        asked: Option<&str>,
        place: &str,
        batch: &mut Batch<'_>,
    ) -> Result<()> {
        let number = carrier::number(waybill.shipment_tracking_number.as_str()).ok_or_else(|| {
            Error::malformed("the number is missing").at(format!("{place}.shipmentTrackingNumber"))
        })?;
        let path = format!("{place}.events");
        let (events, pieces) = (std::mem::take(&mut waybill.events), std::mem::take(&mut waybill.pieces));
        let (from, to) = (waybill.shipper_details.as_ref(), waybill.receiver_details.as_ref());
        let ends = about::shared(about::party_country(from), about::party_country(to));
        let told = events.has_rows();
        let mut scans = self.checkpoints(events, ends, &path, batch)?;
        let pieces = self.pieces(pieces, ends, &format!("{place}.pieces"), batch);
        let asked = asked.and_then(carrier::number).filter(|asked| *asked != number);
        let piece = asked.and_then(|asked| pieces.iter().find(|(id, _)| *id == asked));
        let number = piece.map_or(number, |(id, _)| id.clone());
        match piece {
            Some((_, of_piece)) if !of_piece.is_empty() => scans = of_piece.clone(),
            // A shipment of one piece may have all its scans there.
            None if scans.is_empty() && pieces.len() == 1 => {
                scans = pieces.first().map(|(_, scans)| scans.clone()).unwrap_or_default();
            }
            _ => {}
        }
        if scans.is_empty() && told {
            // Nothing readable is left of it: the scans' own errors are the answer.
            return Ok(());
        }
        if scans.is_empty() {
            batch.issues.push(Issue::new(IssueKind::BadValue, path, "no scans yet"));
        }
        let (mut events, signers): (Vec<TrackingEvent>, Vec<Option<String>>) = scans.into_iter().unzip();
        history::acceptance(&mut events);
        let told = pieces.iter().any(|(_, scans)| !scans.is_empty());
        if told && piece.is_none() {
            let delivered: Vec<Option<Ts>> = pieces.iter().map(|(_, scans)| first_delivery(scans)).collect();
            history::whole(&mut events, &delivered);
        }
        let gathered = batch.parcel(&number);
        for (event, signer) in events.into_iter().zip(signers) {
            gathered.add(event, signer);
        }
        gathered.parcel.service = waybill.product_code.owned();
        gathered.parcel.package = about::weight(&waybill);
        gathered.parcel.from = about::party(from);
        gathered.parcel.to = about::party(to);
        let arrived =
            |event: &TrackingEvent| matches!(event.status, ParcelStatus::Delivered | ParcelStatus::Returned);
        if !gathered.parcel.events.iter().any(arrived) {
            gathered.parcel.eta = about::estimate(&waybill);
        }
        if let Some(count) = waybill.number_of_pieces.text().filter(|count| *count != "1") {
            gathered.note("pieces", count);
        }
        about::reference(gathered, waybill.shipper_references);
        Ok(())
    }

    /// The pieces with their scans.
    fn pieces(
        &self,
        pieces: List<'_, Piece<'_>>,
        ends: Option<&str>,
        path: &str,
        batch: &mut Batch<'_>,
    ) -> Vec<(String, Vec<Signed>)> {
        let found = pieces.each(path).unwrap_or_else(|error| {
            batch.bad(error);
            Vec::new()
        });
        let mut pieces = Vec::with_capacity(found.len());
        for (at, piece) in found.into_iter().enumerate() {
            let read = piece.and_then(|piece| {
                let scans = self.checkpoints(piece.events, ends, &format!("{path}[{at}].events"), batch)?;
                Ok((carrier::number(piece.tracking_number.as_str()).unwrap_or_default(), scans))
            });
            match read {
                Ok(piece) => pieces.push(piece),
                Err(error) => batch.bad(error),
            }
        }
        pieces
    }

    fn checkpoints(
        &self,
        list: List<'_, Checkpoint<'_>>,
        ends: Option<&str>,
        path: &str,
        batch: &mut Batch<'_>,
    ) -> Result<Vec<Signed>> {
        let found = list.each(path)?;
        let mut scans = Vec::with_capacity(found.len());
        for (at, scan) in found.into_iter().enumerate() {
            let read = scan.and_then(|scan| {
                self.checkpoint(&scan, ends, format_args!("{path}[{at}]"), &mut batch.issues)
            });
            match read {
                Ok(scan) => scans.push(scan),
                Err(error) => batch.bad(error),
            }
        }
        Ok(scans)
    }

    fn checkpoint(
        &self,
        scan: &Checkpoint<'_>,
        ends: Option<&str>,
        place: Arguments<'_>,
        issues: &mut Vec<Issue>,
    ) -> Result<Signed> {
        let code = scan
            .type_code
            .text()
            .ok_or_else(|| Error::malformed("the type code is missing").at(format!("{place}.typeCode")))?;
        let area = scan.service_area.as_deref().and_then(<[_]>::first);
        let named = area.and_then(|area| area.description.text());
        // `Brisbane-AU`: the country follows the last hyphen.
        let country = named.and_then(|text| text.rsplit_once('-'));
        let country = country.and_then(|(_, country)| place::country(Some(country.trim())));
        let stamp = [scan.date.text(), scan.time.text(), scan.offset.text()];
        let clock = Clock { here: country, state: None, ends };
        let (at, at_quality) = parts(stamp, clock, format_args!("{place}.date"), issues)?;
        let text = plain(scan.description.as_str());
        let meaning = decide::express(&self.codes, code, &text, place, issues);
        let shown = english::shown(&text, &[scan.signed_by.as_str()]);
        let (code_namespace, code_raw) = meaning.found.unzip();
        let event = TrackingEvent {
            at,
            at_quality,
            status: meaning.code.status,
            status_raw: meaning.unknown,
            step: meaning.code.step,
            reason: meaning.code.reason,
            delivered_to: meaning.code.delivered_to,
            code_namespace,
            code_raw,
            description: (!shown.is_empty()).then(|| shown.into_owned()),
            location: place::location([named], country, None),
            facility: area.and_then(|area| area.code.owned()),
            ..TrackingEvent::default()
        };
        Ok((event, scan.signed_by.text().and_then(english::signer)))
    }
}

/// When a piece was first delivered.
fn first_delivery(scans: &[Signed]) -> Option<Ts> {
    scans.iter().filter(|(event, _)| event.status == ParcelStatus::Delivered).map(|(event, _)| event.at).min()
}
