//! What FedEx tells about a shipment beside its scans.

use jiff::Timestamp;

use crossdock_connector::carrier::{self, Gathered, millimetres};
use crossdock_connector::remark::english;
use crossdock_connector::rows::List;
use crossdock_connector::wire::Scalar;
use crossdock_schemas::{Address, AtQuality, Dec, Eta, EtaBy, Money, Package, ParcelStatus, Protected, Ts};

use crate::when::day_or_time;
use crate::wire::{Dated, Edges, PackageDetails, Place, Shipment, Size};

/// Fills a parcel.
pub(crate) fn fill(gathered: &mut Gathered, mut shipment: Shipment<'_>, order_references: &[String]) {
    let dates = std::mem::take(&mut shipment.date_and_times);
    let to = shipment.last_updated_destination_address.as_ref();
    let to = to.or_else(|| shipment.recipient_information.as_ref().and_then(|party| party.address.as_ref()));
    let from = shipment.shipper_information.as_ref().and_then(|party| party.address.as_ref());
    let parcel = &mut gathered.parcel;
    let has = |status| parcel.events.iter().any(|event| event.status == status);
    let (delivered, returned) = (has(ParcelStatus::Delivered), has(ParcelStatus::Returned));
    parcel.from = from.and_then(region).or(parcel.from.take());
    parcel.to = to.and_then(region).or(parcel.to.take());
    if let Some(service) = &shipment.service_detail {
        parcel.service = service.kind.owned().or_else(|| service.description.owned());
    }
    if !delivered && !returned {
        parcel.eta = eta(&shipment, dates, to);
    }
    if let Some(details) = &shipment.delivery_details {
        let name = details.signed_by_name.text().or_else(|| details.received_by_name.text());
        if delivered {
            parcel.signed_by = name.and_then(english::signer).map(Protected::masked);
        }
        for (key, value) in
            [("delivery_location", &details.location_type), ("delivery_attempts", &details.delivery_attempts)]
        {
            if let Some(text) = value.text() {
                gathered.note(key, text);
            }
        }
        if let (true, Some(place)) = (parcel_to_is_unknown(gathered), &details.actual_delivery_address) {
            gathered.parcel.to = region(place);
        }
    }
    if let Some(details) = &shipment.package_details {
        package(gathered, details);
    }
    references(gathered, &shipment, order_references);
}

fn parcel_to_is_unknown(gathered: &Gathered) -> bool {
    gathered.parcel.to.is_none()
}

/// Country, state and city: streets and postal codes of people stay in the capture.
fn region(place: &Place<'_>) -> Option<Address> {
    let address = Address {
        country: place.country(),
        province: place.state_or_province_code.owned(),
        city: place.city.owned(),
        ..Address::default()
    };
    (address != Address::default()).then_some(address)
}

fn package(gathered: &mut Gathered, details: &PackageDetails<'_>) {
    let size = details.weight_and_dimensions.as_ref();
    let (length_mm, width_mm, height_mm) = size.map(edges).unwrap_or_default();
    let package = Package {
        weight_g: size.and_then(grams),
        length_mm,
        width_mm,
        height_mm,
        kind: details.physical_packaging_type.owned(),
    };
    if package != Package::default() {
        gathered.parcel.package = Some(package);
    }
    if let Some(declared) = &details.declared_value
        && let (Some(currency), Some(amount)) = (declared.currency.text(), declared.value.text())
        && let Ok(amount) = Dec::parse(amount)
        && currency.len() == 3
        && currency.bytes().all(|letter| letter.is_ascii_uppercase())
    {
        gathered.parcel.declared_value = Some(Money { amount, currency: currency.to_owned() });
    }
    // One of several: each piece has a number of its own.
    if details.count.text().is_some_and(|count| count != "1" && count != "0") {
        for (key, value) in [("pieces", &details.count), ("piece", &details.sequence_number)] {
            if let Some(text) = value.text() {
                gathered.note(key, text);
            }
        }
    }
}

/// Grams; FedEx gives pounds, kilograms or both, and kilograms need no conversion that rounds.
fn grams(size: &Size<'_>) -> Option<Dec> {
    let weigh = |unit: &str| {
        let found = size.weight.iter().flatten().find(|weight| weight.unit.as_str() == unit)?;
        carrier::grams(found.value.text()?, unit)
    };
    weigh("KG").or_else(|| weigh("LB"))
}

/// Length, width and height; FedEx gives inches, centimetres or both.
fn edges(size: &Size<'_>) -> (Option<Dec>, Option<Dec>, Option<Dec>) {
    let of = |units: &str| size.dimensions.iter().flatten().find(|edges| edges.units.as_str() == units);
    let Some(edges) = of("CM").or_else(|| of("IN")) else { return (None, None, None) };
    let Edges { length, width, height, units } = edges;
    // Nothing is as flat as zero: it was not measured.
    let edge = |edge: &Scalar<'_>| millimetres(edge.text()?, units.as_str());
    (edge(length), edge(width), edge(height))
}

/// When it should arrive: the window, else the estimate. A day without a time means any time of that day.
fn eta(shipment: &Shipment<'_>, dates: List<'_, Dated<'_>>, to: Option<&Place<'_>>) -> Option<Eta> {
    let read = |text: Option<&str>| text.and_then(|text| day_or_time(text, to));
    let window = shipment.estimated_delivery_time_window.as_ref().and_then(|window| window.window.as_ref());
    let (from, until) = match window {
        Some(window) => (read(window.begins.text()), read(window.ends.text())),
        None => (None, None),
    };
    let (from, until) = if from.is_none() && until.is_none() {
        let estimate = dates
            .each("$")
            .ok()?
            .into_iter()
            .flatten()
            .filter(|dated| dated.kind.as_str() == "ESTIMATED_DELIVERY")
            .find_map(|dated| read(dated.date_time.text()))?;
        let day = estimate.1 == AtQuality::DateOnly;
        (day.then_some(estimate), Some(estimate))
    } else {
        (from, until)
    };
    let (from, until) = (from.map(|(at, _)| at), until.map(end));
    if from.zip(until).is_some_and(|(from, until)| until < from) {
        return None;
    }
    Some(Eta { from, to: until, by: EtaBy::Carrier, ..Eta::default() })
}

/// The end of a day, where only the day is known.
fn end((at, quality): (Ts, AtQuality)) -> Ts {
    if quality != AtQuality::DateOnly {
        return at;
    }
    let last = at.utc_seconds().saturating_add(24 * 60 * 60 - 1);
    Ts::new(Timestamp::from_second(last).unwrap_or(at.at), at.offset)
}

fn references(gathered: &mut Gathered, shipment: &Shipment<'_>, order_references: &[String]) {
    let numbers = shipment.additional_tracking_info.as_ref();
    let numbers = numbers.and_then(|info| info.package_identifiers.as_deref()).unwrap_or_default();
    for number in numbers {
        if let (Some(kind), Some(value)) = (number.kind.text(), number.first()) {
            gathered.note(&kind.to_ascii_lowercase(), value);
        }
    }
    let order = order_references.iter().find_map(|wanted| {
        numbers.iter().find(|number| number.kind.as_str() == wanted).and_then(|number| number.first())
    });
    if let Some(order) = order {
        gathered.order_no = Some(order.to_owned());
    }
}
