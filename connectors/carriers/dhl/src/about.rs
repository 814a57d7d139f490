//! What DHL tells about a shipment beside its scans.

use serde_json::value::RawValue;

use crossdock_connector::carrier::{self, Gathered};
use crossdock_connector::wire::Scalar;
use crossdock_connector::{place, remark, rows};
use crossdock_schemas::{Address, Eta, EtaBy, Package, Protected};

use crate::time::arrival;
use crate::wire::{Edges, Measure, Party, Person, Place, Reference, Shipment, Waybill};

/// The country of both ends, where they lie in the same one.
pub(crate) fn shared<'c>(from: Option<&'c str>, to: Option<&str>) -> Option<&'c str> {
    from.filter(|from| to == Some(from))
}

/// Whether the country stands behind a place once more (`Reno, NV, US`), and the state before it where one does.
pub(crate) fn behind<'p>(locality: Option<&'p str>, country: Option<&str>) -> (bool, Option<&'p str>) {
    let parts = locality.and_then(|text| text.rsplit_once(", "));
    let Some((rest, _)) = parts.filter(|(_, last)| Some(*last) == country) else { return (false, None) };
    let state = rest.rsplit_once(", ").and_then(|(_, state)| place::country(Some(state)));
    (true, state)
}

/// The country of an end of the unified interface.
pub(crate) fn country<'p>(end: Option<&'p Place<'_>>) -> Option<&'p str> {
    end?.address.as_ref()?.country()
}

/// The country of an end of MyDHL.
pub(crate) fn party_country<'p>(party: Option<&'p Party<'_>>) -> Option<&'p str> {
    place::country(party?.postal_address.as_ref()?.country_code.text())
}

/// An end of the way in the unified interface: country, place and postal code, and who is there, masked. Some services
/// write a street before the place.
pub(crate) fn end(place: Option<&Place<'_>>, person: Option<&Person<'_>>) -> Option<Address> {
    let address = place.and_then(|place| place.address.as_ref());
    let city = address.and_then(|address| address.address_locality.text());
    filled(Address {
        name: person.and_then(|person| names(person).into_iter().next()).map(masked),
        country: country(place).map(str::to_owned),
        city: city.and_then(|text| text.rsplit(", ").next()).map(str::to_owned),
        postal_code: address.and_then(|address| address.postal_code.owned()),
        ..Address::default()
    })
}

/// The same of MyDHL.
pub(crate) fn party(party: Option<&Party<'_>>) -> Option<Address> {
    let address = party.and_then(|party| party.postal_address.as_ref());
    let text = |pick: for<'p, 'a> fn(&'p crate::wire::PostalAddress<'a>) -> &'p Scalar<'a>| {
        address.and_then(|address| pick(address).owned())
    };
    filled(Address {
        name: party.and_then(|party| party.name.owned()).map(masked),
        country: party_country(party).map(str::to_owned),
        province: text(|address| &address.province_code),
        city: text(|address| &address.city_name),
        postal_code: text(|address| &address.postal_code),
        ..Address::default()
    })
}

fn masked(name: String) -> Protected {
    Protected::masked(remark::mask_name(&name))
}

fn filled(address: Address) -> Option<Address> {
    (address != Address::default()).then_some(address)
}

/// Every way in which a person's name may stand in a sentence, the whole name first.
pub(crate) fn names(person: &Person<'_>) -> Vec<String> {
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

/// Weight and edges, where their units are known.
pub(crate) fn package(weight: Option<&Measure<'_>>, edges: Option<&Edges<'_>>) -> Option<Package> {
    let edge = |edge: Option<&Measure<'_>>| {
        let edge = edge?;
        carrier::millimetres(edge.value.text()?, edge.unit_text.as_str())
    };
    let package = Package {
        weight_g: weight.and_then(|weight| carrier::grams(weight.value.text()?, weight.unit_text.as_str())),
        length_mm: edges.and_then(|edges| edge(edges.length.as_ref())),
        width_mm: edges.and_then(|edges| edge(edges.width.as_ref())),
        height_mm: edges.and_then(|edges| edge(edges.height.as_ref())),
        ..Package::default()
    };
    (package != Package::default()).then_some(package)
}

/// The weight that MyDHL gives in a system of units.
pub(crate) fn weight(waybill: &Waybill<'_>) -> Option<Package> {
    let unit = match waybill.unit_of_measurements.as_str() {
        "metric" => "kg",
        "imperial" => "lb",
        unit => unit,
    };
    let weight_g = Some(carrier::grams(waybill.total_weight.text()?, unit)?);
    Some(Package { weight_g, ..Package::default() })
}

/// The shipper's order number among the references: the customer's own (`CU` of MyDHL) before any other that is not a
/// number of the parcel itself.
pub(crate) fn reference(gathered: &mut Gathered, raw: Option<&RawValue>) {
    const OF_THE_PARCEL: [&str; 2] = ["ecommerce-number", "local-tracking-number"];
    let found = raw.and_then(|raw| rows::objects::<Reference<'_>>(raw, "$").ok()).unwrap_or_default();
    let (of_it, numbers): (Vec<Reference<'_>>, Vec<Reference<'_>>) =
        found.into_iter().flatten().partition(|it| {
            OF_THE_PARCEL.contains(&it.kind.as_str()) || it.number.as_str() == gathered.parcel.tracking_no
        });
    let local = of_it.iter().find(|it| it.kind.as_str() == "local-tracking-number");
    if let Some(number) = local.and_then(|it| it.number.text()) {
        gathered.note("local_tracking_number", number);
    }
    let own = numbers.iter().find(|it| matches!(it.kind.text(), Some("customer-reference" | "CU")));
    if let Some(number) = own.or_else(|| numbers.first()).and_then(|it| it.number.text()) {
        gathered.note("reference", number);
        gathered.order_no = Some(number.to_owned());
    }
}

/// When a shipment of the unified interface should arrive.
pub(crate) fn eta(shipment: &Shipment<'_>) -> Option<Eta> {
    let to = country(shipment.destination.as_ref());
    let frame = shipment.estimated_delivery_time_frame.as_ref();
    let read = |text: Option<&str>| text.and_then(|text| arrival(text, to));
    let from = frame.and_then(|frame| read(frame.estimated_from.text()));
    let through = frame.and_then(|frame| read(frame.estimated_through.text()));
    let day = read(shipment.estimated_time_of_delivery.text());
    let until = through.or(day).map(|(_, until)| until);
    let from = match (from, through, day) {
        (Some((day, time)), _, _) => Some(day.unwrap_or(time)),
        (None, None, Some((day, _))) => day,
        _ => None,
    };
    let from = from.filter(|from| until.is_none_or(|until| *from <= until));
    (from.is_some() || until.is_some()).then_some(Eta { from, to: until, by: EtaBy::Carrier, by_raw: None })
}

/// When a shipment of MyDHL should arrive.
pub(crate) fn estimate(waybill: &Waybill<'_>) -> Option<Eta> {
    let to = party_country(waybill.receiver_details.as_ref());
    let (from, until) = arrival(waybill.estimated_delivery_date.text()?, to)?;
    Some(Eta { from, to: Some(until), by: EtaBy::Carrier, by_raw: None })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_stands_before_the_country() {
        assert_eq!(behind(Some("Reno, NV, US"), Some("US")), (true, Some("NV")));
        assert_eq!(behind(Some("HEATHROW, GB"), Some("GB")), (true, None));
        assert_eq!(behind(Some("Oderweg 2, AMSTERDAM"), Some("NL")), (false, None));
        assert_eq!(behind(Some("US"), Some("US")), (false, None));
        assert_eq!(behind(Some("Reno, NV, US"), None), (false, None));
        assert_eq!(behind(None, Some("US")), (false, None));
    }
}
