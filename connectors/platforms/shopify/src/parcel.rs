//! Fulfilments: one parcel for each tracking number.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crossdock_connector::{Result, carrier};
use crossdock_schemas::{Direction, Observation, Parcel, ParcelLine, ParcelStatus};

use crate::carrier::UNNAMED;
use crate::codes::{self, Sent};
use crate::normalize::{PLATFORM, Reading};
use crate::read::{number, owned, required, text, time};
use crate::{people, wire};

/// The parcels of one fulfilment. One without a number is no parcel that anybody could follow.
pub(crate) fn observations(
    reading: &mut Reading<'_>,
    given: &wire::Fulfillment<'_>,
    order_no: &str,
    path: &str,
) -> Result<Vec<Observation>> {
    let sent = text(&given.status).map(|word| {
        let found = codes::sent(word);
        (reading.word(found, word, || format!("{path}.status")), word)
    });
    if matches!(sent, Some((Some(Sent::Failed), _))) {
        return Ok(Vec::new());
    }
    let numbers = numbers(given);
    if numbers.is_empty() {
        return Ok(Vec::new());
    }
    let (status, status_raw) = match (sent, text(&given.shipment_status)) {
        (Some((Some(Sent::Undone), word)), _) => (Some(ParcelStatus::Cancelled), Some(word)),
        (Some((None, word)), _) => (Some(ParcelStatus::Unknown), Some(word)),
        (_, Some(word)) => {
            let found = codes::parcel(word);
            let found = reading.word(found, word, || format!("{path}.shipment_status"));
            (Some(found.unwrap_or(ParcelStatus::Unknown)), Some(word))
        }
        (_, None) => (None, None),
    };
    let created = time(&given.created_at, &format!("{path}.created_at"))?;
    let updated = time(&given.updated_at, &format!("{path}.updated_at"))?;
    let carrier_raw = owned(&given.tracking_company);
    let carrier = carrier_raw.as_deref().and_then(|name| reading.reader.carriers.name(name));
    if let (None, Some(name)) = (&carrier, &carrier_raw) {
        reading.word::<()>(None, name, || format!("{path}.tracking_company"));
    }
    let carrier = carrier.unwrap_or_else(|| UNNAMED.to_owned());
    // Which of several parcels holds a line is not said.
    let lines = if numbers.len() == 1 { lines(given, path)? } else { Vec::new() };
    let from = given.origin_address.as_ref().and_then(people::address);
    let ext = ext(given);
    let parcel = |tracking_no: String| Parcel {
        source: reading.source(updated),
        carrier: carrier.clone(),
        carrier_raw: carrier_raw.clone(),
        tracking_no,
        direction: Direction::Outbound,
        lines: lines.clone(),
        from: from.clone(),
        status,
        status_raw: status_raw.map(str::to_owned),
        shipped_at: created.filter(|_| matches!(sent, Some((Some(Sent::Yes), _)))),
        ext: ext.clone(),
        ..Parcel::default()
    };
    let refs = || vec![reading.order_ref(order_no)];
    Ok(numbers
        .into_iter()
        .map(|number| Observation::parcel(parcel(number)).partial().with_refs(refs()))
        .collect())
}

/// The tracking numbers, each once, upper case and without blanks.
pub(crate) fn numbers(given: &wire::Fulfillment<'_>) -> Vec<String> {
    let many = given.tracking_numbers.as_deref().unwrap_or_default().iter();
    let mut found: Vec<String> = Vec::new();
    for number in many.chain(&given.tracking_number).filter_map(|number| number.text()) {
        let Some(number) = carrier::number(number) else { continue };
        if !found.contains(&number) {
            found.push(number);
        }
    }
    found
}

fn lines(given: &wire::Fulfillment<'_>, path: &str) -> Result<Vec<ParcelLine>> {
    let all = given.line_items.as_deref().unwrap_or_default().iter().enumerate();
    all.map(|(i, line)| {
        let at = |field: &str| format!("{path}.line_items[{i}].{field}");
        Ok(ParcelLine {
            order_key: None,
            line_key: required(&line.id, &at("id"))?.to_owned(),
            quantity: number(required(&line.quantity, &at("quantity"))?, || at("quantity"))?,
        })
    })
    .collect()
}

fn ext(given: &wire::Fulfillment<'_>) -> BTreeMap<String, Map<String, Value>> {
    let mut own = Map::new();
    own.insert("fulfillment_id".to_owned(), Value::from(given.id.as_str()));
    let optional = [
        ("fulfillment_name", &given.name),
        ("service", &given.service),
        ("location_id", &given.location_id),
        ("tracking_url", &given.tracking_url),
    ];
    for (name, field) in optional {
        if let Some(value) = text(field) {
            own.insert(name.to_owned(), Value::from(value));
        }
    }
    BTreeMap::from([(PLATFORM.to_owned(), own)])
}
