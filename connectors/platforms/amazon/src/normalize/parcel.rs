//! Packages of orders that the seller ships, and parcels that come back.

use serde_json::{Map, Value};

use crossdock_connector::{Result, carrier};
use crossdock_schemas::{Dec, Direction, Observation, OrderRef, Parcel, ParcelLine, ParcelStatus, Ts};

use super::order::wrap;
use super::{Reading, count, people, time};
use crate::codes;
use crate::wire as theirs;

/// `carrier` of a parcel whose carrier nobody names.
const UNNAMED: &str = "unknown";

pub(super) fn read(
    reading: &mut Reading<'_>,
    given: &theirs::Order<'_>,
    order: &OrderRef,
    changed: Ts,
    path: &str,
) -> Result<Vec<Observation>> {
    let mut parcels: Vec<Parcel> = Vec::new();
    for (at, package) in given.packages.iter().enumerate() {
        let at = format!("{path}.packages[{at}]");
        let Some(number) = package.tracking_number.text().and_then(carrier::number) else { continue };
        let slug = slug(reading, package.carrier.text(), &format!("{at}.carrier"));
        let lines = lines(package, &at)?;
        let known = parcels.iter_mut().find(|parcel| parcel.carrier == slug && parcel.tracking_no == number);
        if let Some(known) = known {
            // Several packages under one number travel as one.
            for line in lines {
                put(known, line);
            }
            continue;
        }
        let status = package.package_status.as_ref().and_then(|status| {
            let word = status.detailed_status.text().or(status.status.text())?;
            let found = reading.word(codes::package(word), word, &format!("{at}.packageStatus"));
            Some((found.unwrap_or(ParcelStatus::Unknown), word.to_owned()))
        });
        let (status, status_raw) = status.unzip();
        let from = package.ship_from_address.as_ref();
        let from = from.and_then(|given| people::address(reading, given, &format!("{at}.shipFromAddress")));
        let mut own = Map::new();
        if let Some(id) = package.package_reference_id.owned() {
            own.insert("package".to_owned(), Value::from(id));
        }
        let mut parcel = Parcel {
            source: reading.source(changed.at, None),
            carrier: slug,
            carrier_raw: package.carrier.owned(),
            tracking_no: number,
            direction: Direction::Outbound,
            service: package.shipping_service.owned(),
            from,
            status,
            status_raw,
            shipped_at: time(&package.ship_time, &format!("{at}.shipTime"))?,
            ext: wrap(own),
            ..Parcel::default()
        };
        for line in lines {
            put(&mut parcel, line);
        }
        parcels.push(parcel);
    }
    let observation = |parcel| Observation::parcel(parcel).partial().with_refs([order.clone()]);
    Ok(parcels.into_iter().map(observation).collect())
}

fn lines(package: &theirs::Package<'_>, at: &str) -> Result<Vec<ParcelLine>> {
    let mut found = Vec::new();
    for (place, item) in package.package_items.iter().enumerate() {
        let quantity = count(&item.quantity, &format!("{at}.packageItems[{place}].quantity"))?;
        let (Some(id), Some(quantity)) = (item.order_item_id.owned(), quantity) else { continue };
        if quantity > Dec::ZERO {
            found.push(ParcelLine { line_key: id, quantity, ..ParcelLine::default() });
        }
    }
    Ok(found)
}

fn put(parcel: &mut Parcel, line: ParcelLine) {
    match parcel.lines.iter_mut().find(|known| known.line_key == line.line_key) {
        Some(known) => known.quantity = known.quantity + line.quantity,
        None => parcel.lines.push(line),
    }
    parcel.lines.sort_by(|one, other| one.line_key.cmp(&other.line_key));
}

/// The parcel of a return.
pub(super) fn coming_back(
    reading: &mut Reading<'_>,
    given: &theirs::Tracking<'_>,
    changed: Ts,
    path: &str,
) -> Option<Parcel> {
    let number = given.tracking_id.text().and_then(carrier::number)?;
    let slug = slug(reading, given.carrier_name.text(), &format!("{path}.carrierName"));
    Some(Parcel {
        source: reading.source(changed.at, None),
        carrier: slug,
        carrier_raw: given.carrier_name.owned(),
        tracking_no: number,
        direction: Direction::Return,
        ..Parcel::default()
    })
}

/// Our slug of a carrier: by the settings, by our table, else made of the seller's own word.
fn slug(reading: &mut Reading<'_>, name: Option<&str>, path: &str) -> String {
    let Some(name) = name else { return UNNAMED.to_owned() };
    if let Some(own) = reading.config.carriers.get(name) {
        return own.clone();
    }
    if let Some(known) = codes::carrier(name).or_else(|| carrier::known(name)) {
        return known.to_owned();
    }
    reading.word::<()>(None, name, path);
    let plain = |letter: char| if letter.is_ascii_alphanumeric() { letter.to_ascii_lowercase() } else { '_' };
    let made: String = name.chars().map(plain).take(32).collect();
    if made.bytes().all(|byte| byte == b'_') {
        return carrier::slug(name);
    }
    if made.len() < 2 { format!("{UNNAMED}_{made}") } else { made }
}
