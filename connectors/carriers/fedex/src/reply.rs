//! Finds the shipments in whatever stands around them: a reply, a push in one of several forms, a bare shipment.

use serde_json::value::RawValue;

use crossdock_connector::rows::{self, Object};
use crossdock_connector::{Error, Result, wire};

use crate::error;
use crate::wire::{Envelope, Reply, Shipment};

/// One shipment, where it stands, and the number that was asked for.
pub(crate) struct Found<'a> {
    pub(crate) place: String,
    pub(crate) asked: Option<String>,
    pub(crate) raw: &'a RawValue,
    pub(crate) shipment: Shipment<'a>,
}

/// What was found in a capture.
#[derive(Default)]
pub(crate) struct Shipments<'a> {
    pub(crate) found: Vec<Found<'a>>,
    /// Those that could not be read.
    pub(crate) bad: Vec<Error>,
}

/// Reads a capture: one object, or a list of them.
///
/// # Errors
/// FedEx's error of the whole call; `Malformed` when it is nothing of FedEx.
pub(crate) fn read(body: &[u8], listed: bool) -> Result<Shipments<'_>> {
    let text = wire::utf8(body)?;
    let is_list = text.trim_start().starts_with('[');
    if let Some(found) = whole(text) {
        return Ok(Shipments { found, bad: Vec::new() });
    }
    let outer = if is_list && !listed { Vec::new() } else { rows::rows(text, "$")? };
    if outer.is_empty() {
        return Err(Error::malformed("expected a JSON object").at("$"));
    }
    let mut shipments = Shipments::default();
    for (at, raw) in outer.iter().enumerate() {
        let place = if is_list { format!("$[{at}]") } else { "$".to_owned() };
        open(raw, &place, None, &mut shipments)?;
    }
    Ok(shipments)
}

/// A reply that is just as FedEx documents it, read in one go; `None` when anything is not: then it is opened piece by piece.
fn whole(text: &str) -> Option<Vec<Found<'_>>> {
    let Reply { output: Object(output), errors } = rows::whole(text)?;
    if errors.is_some() || output.errors.is_some() {
        return None;
    }
    let mut found = Vec::new();
    for (outer, Object(complete)) in output.complete_track_results.into_iter().enumerate() {
        let asked = Some(complete.tracking_number.owned().filter(|_| complete.errors.is_none())?);
        for (inner, Object(shipment)) in complete.track_results.into_iter().enumerate() {
            // A scan beside the number may be all there is, and is read from the shipment as it stands.
            if !speaks(&shipment) || shipment.event_type.text().is_some() {
                return None;
            }
            let place = format!("$.output.completeTrackResults[{outer}].trackResults[{inner}]");
            found.push(Found { place, asked: asked.clone(), raw: RawValue::NULL, shipment });
        }
    }
    Some(found)
}

fn open<'a>(raw: &'a RawValue, place: &str, asked: Option<&str>, into: &mut Shipments<'a>) -> Result<()> {
    let envelope: Envelope<'a> = rows::object(raw, place)?;
    if let Some(errors) = envelope.errors {
        let path = format!("{place}.errors");
        if !rows::inside(errors, &path)?.is_empty() {
            let code = rows::code(errors).unwrap_or_default();
            return Err(error::named(&code).at(format!("{path}[0].code")));
        }
    }
    let own = envelope.tracking_number.text().or(asked);
    let inner = [
        ("output", envelope.output),
        ("completeTrackResults", envelope.complete_track_results),
        ("trackResults", envelope.track_results),
    ];
    let Some((field, inner)) = inner.into_iter().find_map(|(field, raw)| Some((field, raw?))) else {
        return shipment(raw, place, own, into);
    };
    let path = format!("{place}.{field}");
    let listed = inner.get().starts_with('[');
    for (at, raw) in rows::inside(inner, &path)?.into_iter().enumerate() {
        let place = if listed { format!("{path}[{at}]") } else { path.clone() };
        let read = match field {
            "trackResults" => shipment(raw, &place, own, into),
            _ => open(raw, &place, own, into),
        };
        if let Err(error) = read {
            into.bad.push(error);
        }
    }
    Ok(())
}

fn shipment<'a>(raw: &'a RawValue, place: &str, asked: Option<&str>, into: &mut Shipments<'a>) -> Result<()> {
    let shipment: Shipment<'a> = rows::object(raw, place)?;
    if !speaks(&shipment) {
        return Err(Error::malformed("there is no shipment in it").at(place));
    }
    into.found.push(Found { place: place.to_owned(), asked: asked.map(str::to_owned), raw, shipment });
    Ok(())
}

fn speaks(shipment: &Shipment<'_>) -> bool {
    shipment.tracking_number_info.is_some()
        || shipment.tracking_number.text().is_some()
        || !shipment.scan_events.is_absent()
        || shipment.error.is_some()
}

impl Found<'_> {
    /// The number of the shipment.
    pub(crate) fn number(&self) -> Option<String> {
        let info = self.shipment.tracking_number_info.as_ref();
        let numbers = [
            info.map(|info| info.tracking_number.as_str()),
            Some(self.shipment.tracking_number.as_str()),
            self.asked.as_deref(),
        ];
        numbers.into_iter().flatten().find_map(crossdock_connector::carrier::number)
    }

    /// FedEx's id of the shipment: numbers are used again, ids are not.
    pub(crate) fn unique_id(&self) -> &str {
        let info = self.shipment.tracking_number_info.as_ref();
        info.and_then(|info| info.tracking_number_unique_id.text()).unwrap_or_default()
    }

    /// Whether there is anything in its list of scans.
    pub(crate) fn has_scans(&self) -> bool {
        self.shipment.scan_events.has_rows()
    }

    /// The code of its error.
    pub(crate) fn error(&self) -> Option<&str> {
        self.shipment.error.as_ref().and_then(|error| error.code.text())
    }
}
