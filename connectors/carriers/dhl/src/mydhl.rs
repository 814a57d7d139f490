//! Shipments of MyDHL: the waybill's own scans, and those of its pieces.

use serde_json::value::RawValue;

use crossdock_connector::carrier::{self, Batch};
use crossdock_connector::remark::english;
use crossdock_connector::{Error, Issue, IssueKind, Result, rows};
use crossdock_schemas::{Location, ParcelStatus, Protected, TrackingEvent, Ts};

use crate::decide;
use crate::history;
use crate::normalize::{Scans, reference, weight};
use crate::time::parts;
use crate::wire::{Checkpoint, Piece, Waybill};

/// A scan and who signed.
type Signed = (TrackingEvent, Option<String>);

impl Scans {
    /// Reads a shipment.
    ///
    /// # Errors
    /// `Malformed` when it has no number, or scans of which none can be read.
    pub(crate) fn waybill(
        &self,
        raw: &RawValue,
        asked: Option<&str>,
        place: &str,
        batch: &mut Batch<'_>,
    ) -> Result<()> {
        let waybill: Waybill<'_> = rows::object(raw, place)?;
        let number = carrier::number(waybill.shipment_tracking_number.as_str()).ok_or_else(|| {
            Error::malformed("the number is missing").at(format!("{place}.shipmentTrackingNumber"))
        })?;
        let path = format!("{place}.events");
        let mut scans = self.checkpoints(waybill.events, &path, batch)?;
        let pieces = self.pieces(waybill.pieces, &format!("{place}.pieces"), batch);
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
        let failed = |raw: Option<&RawValue>| {
            raw.is_some_and(|raw| rows::inside(raw, "$").is_ok_and(|it| !it.is_empty()))
        };
        if scans.is_empty() && failed(waybill.events) {
            // Nothing readable is left of it: the scans' own errors are the answer.
            return Ok(());
        }
        if scans.is_empty() {
            batch.issues.push(Issue::new(IssueKind::BadValue, path, "no scans yet"));
        }
        let signer = scans.iter().find_map(|(_, signer)| signer.clone());
        let mut events: Vec<TrackingEvent> = scans.into_iter().map(|(event, _)| event).collect();
        history::acceptance(&mut events);
        let told = pieces.iter().any(|(_, scans)| !scans.is_empty());
        if told && piece.is_none() {
            let delivered: Vec<Option<Ts>> = pieces.iter().map(|(_, scans)| first_delivery(scans)).collect();
            history::whole(&mut events, &delivered);
        }
        let gathered = batch.parcel(&number);
        gathered.parcel.events.append(&mut events);
        gathered.parcel.signed_by = signer.as_deref().and_then(english::signer).map(Protected::masked);
        gathered.parcel.service = waybill.product_code.owned();
        gathered.parcel.package = weight(waybill.total_weight.text(), waybill.unit_of_measurements.as_str());
        if let Some(count) = waybill.number_of_pieces.text().filter(|count| *count != "1") {
            gathered.note("pieces", count);
        }
        reference(gathered, waybill.shipper_references);
        Ok(())
    }

    /// The pieces with their scans.
    fn pieces(
        &self,
        raw: Option<&RawValue>,
        path: &str,
        batch: &mut Batch<'_>,
    ) -> Vec<(String, Vec<Signed>)> {
        let found = raw.and_then(|raw| rows::inside(raw, path).ok()).unwrap_or_default();
        let mut pieces = Vec::with_capacity(found.len());
        for (at, raw) in found.iter().enumerate() {
            let place = format!("{path}[{at}]");
            let read = rows::object::<Piece<'_>>(raw, &place).and_then(|piece| {
                let scans = self.checkpoints(piece.events, &format!("{place}.events"), batch)?;
                Ok((carrier::number(piece.tracking_number.as_str()).unwrap_or_default(), scans))
            });
            match read {
                Ok(piece) => pieces.push(piece),
                Err(error) => batch.bad(error),
            }
        }
        pieces
    }

    fn checkpoints(&self, raw: Option<&RawValue>, path: &str, batch: &mut Batch<'_>) -> Result<Vec<Signed>> {
        let found = match raw {
            Some(raw) => rows::objects::<Checkpoint<'_>>(raw, path)?,
            None => Vec::new(),
        };
        let mut scans = Vec::with_capacity(found.len());
        for (at, scan) in found.into_iter().enumerate() {
            let read = |scan| self.checkpoint(&scan, &format!("{path}[{at}]"), &mut batch.issues);
            match scan.and_then(read) {
                Ok(scan) => scans.push(scan),
                Err(error) => batch.bad(error),
            }
        }
        Ok(scans)
    }

    fn checkpoint(&self, scan: &Checkpoint<'_>, place: &str, issues: &mut Vec<Issue>) -> Result<Signed> {
        let code = scan
            .type_code
            .text()
            .ok_or_else(|| Error::malformed("the type code is missing").at(format!("{place}.typeCode")))?;
        let area = scan.service_area.as_deref().and_then(<[_]>::first);
        let named = area.and_then(|area| area.description.text());
        // `Brisbane-AU`: the country follows the last hyphen.
        let country = named
            .and_then(|text| text.rsplit_once('-'))
            .map(|(_, country)| country.trim())
            .filter(|country| country.len() == 2 && country.bytes().all(|byte| byte.is_ascii_uppercase()));
        let stamp = [scan.date.text(), scan.time.text(), scan.offset.text()];
        let (at, at_quality) = parts(stamp, country, &format!("{place}.date"), issues)?;
        let text = scan.description.text().unwrap_or_default();
        let meaning = decide::express(&self.codes, code, text, place, issues);
        let signer = scan.signed_by.owned().filter(|_| meaning.code.status == ParcelStatus::Delivered);
        let shown = english::shown(text, &[scan.signed_by.as_str()]);
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
            location: named.map(|name| Location {
                text: Some(name.to_owned()),
                country: country.map(str::to_owned),
                ..Location::default()
            }),
            facility: area.and_then(|area| area.code.owned()),
            ..TrackingEvent::default()
        };
        Ok((event, signer))
    }
}

/// When a piece was first delivered.
fn first_delivery(scans: &[Signed]) -> Option<Ts> {
    scans.iter().filter(|(event, _)| event.status == ParcelStatus::Delivered).map(|(event, _)| event.at).min()
}
