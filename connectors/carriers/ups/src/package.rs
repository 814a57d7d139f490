//! What a query tells about a package beside its scans.

use jiff::civil::Time;

use crossdock_connector::carrier::{self, Gathered};
use crossdock_connector::place;
use crossdock_connector::remark;
use crossdock_connector::wire::Scalar;
use crossdock_schemas::{Address, Eta, EtaBy, Package as Size, ParcelStatus, Protected, Ts};

use crate::normalize::leg;
use crate::time::{clock, date};
use crate::wire::{Package, PackageAddress, Place, Typed};

/// Fills a parcel.
pub(crate) fn fill(gathered: &mut Gathered, read: &Package<'_>) {
    let parcel = &mut gathered.parcel;
    parcel.service = read.service.as_ref().and_then(|service| service.description.owned());
    parcel.package = size(read);
    parcel.from = end(read, "ORIGIN");
    parcel.to = end(read, "DESTINATION");
    let arrived = |status: ParcelStatus| matches!(status, ParcelStatus::Delivered | ParcelStatus::Returned);
    let delivered =
        parcel.events.iter().any(|event| arrived(event.status)) || parcel.status.is_some_and(arrived);
    if !delivered {
        parcel.eta = eta(read);
    }
    for other in read.alternate_tracking_number.iter().flatten() {
        let number = other.number.text().unwrap_or_default();
        match leg(number, other.kind.as_str()) {
            Some(leg) => gathered.parcel.legs.push(leg),
            None if !number.is_empty() => gathered.note("alternate_number", number),
            None => {}
        }
    }
    if let Some(count) = read.package_count.text().filter(|count| *count != "1") {
        gathered.note("package_count", count);
    }
    if let Some(left) = read.delivery_information.as_ref().and_then(|info| info.location.text()) {
        gathered.note("delivery_location", left);
    }
    if let Some(until) = read.access_point_information.as_ref().and_then(|point| point.pickup_by_date.text())
    {
        gathered.note("pickup_by", until);
    }
    let references = || read.reference_number.iter().flatten();
    let shipment = references().find(|reference| reference.kind.as_str() == "SHIPMENT");
    if let Some(number) =
        shipment.or_else(|| references().next()).and_then(|reference| reference.number.text())
    {
        gathered.note("reference", number);
        gathered.order_no = Some(number.to_owned());
    }
}

fn size(read: &Package<'_>) -> Option<Size> {
    let weight = read.weight.as_ref();
    let edges = read.dimension.as_ref();
    let unit = edges.and_then(|edges| edges.unit_of_dimension.text());
    let edge = |edge: &Scalar<'_>| carrier::millimetres(edge.text()?, unit?);
    let size = Size {
        weight_g: weight
            .and_then(|weight| carrier::grams(weight.weight.text()?, weight.unit_of_measurement.text()?)),
        length_mm: edges.and_then(|edges| edge(&edges.length)),
        width_mm: edges.and_then(|edges| edge(&edges.width)),
        height_mm: edges.and_then(|edges| edge(&edges.height)),
        ..Size::default()
    };
    (size != Size::default()).then_some(size)
}

fn ends<'p, 'a>(read: &'p Package<'a>, kind: &str) -> Option<&'p PackageAddress<'a>> {
    read.package_address.iter().flatten().find(|address| address.kind.as_str() == kind)
}

/// One end of the way. The street stays in the capture: whoever ships knows it, and nobody else needs it from here.
fn end(read: &Package<'_>, kind: &str) -> Option<Address> {
    let end = ends(read, kind)?;
    let place = end.address.as_ref()?;
    let name = end.name.text().map(|name| Protected::masked(remark::mask_name(name)));
    let address = Address {
        name,
        country: place.country().map(str::to_owned),
        province: place.state_province.owned(),
        city: place.city.owned(),
        postal_code: place.postal_code.owned(),
        ..Address::default()
    };
    (address != Address::default()).then_some(address)
}

/// Whether a scan's place is where the package was to go, and not where it came from.
pub(crate) fn is_destination(read: &Package<'_>, place: Option<&str>) -> bool {
    let city = place.and_then(|place| place.split(", ").next()).map(str::to_lowercase);
    let of = |kind| ends(read, kind).and_then(|end| end.address.as_ref()?.city.text()).map(str::to_lowercase);
    city.is_some() && city == of("DESTINATION") && city != of("ORIGIN")
}

/// When it should arrive: the rescheduled day before the scheduled one, within the hours of a window where there is one.
fn eta(read: &Package<'_>) -> Option<Eta> {
    let dates = || read.delivery_date.iter().flatten();
    let typed = |kind: &str| dates().find(|date| date.kind.as_str() == kind);
    let day = date(typed("RDD").or_else(|| typed("SDD"))?.date.text()?)?;
    // The day is one at the destination; without its zone nobody can tell when it begins.
    let to = ends(read, "DESTINATION")?.address.as_ref()?;
    place::zone(to.country()?, to.state_province.text())?;
    let at = |time: Time, to: &Place<'_>| -> Ts {
        place::moment(day.to_datetime(time), to.country(), to.state_province.text()).0
    };
    let hour = |pick: fn(&'_ Typed<'_>) -> Option<Time>| read.delivery_time.as_ref().and_then(pick);
    let from = hour(|time| clock(time.start_time.text()?))
        .map_or_else(|| at(Time::midnight(), to), |time| at(time, to));
    let until = hour(|time| clock(time.end_time.text()?)).unwrap_or(Time::constant(23, 59, 59, 0));
    let to = at(until, to);
    (from <= to).then_some(Eta { from: Some(from), to: Some(to), by: EtaBy::Carrier, by_raw: None })
}
