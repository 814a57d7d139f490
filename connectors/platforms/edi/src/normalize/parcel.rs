//! Ship notices to parcels, and to how far their orders are.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crossdock_connector::{IssueKind, Result, carrier};
use crossdock_schemas::{
    Dec, Direction, Eta, EtaBy, Fulfillment, Observation, Order, Package, Parcel, ParcelLine, ParcelStatus,
};

use super::{Teller, Told, order, people};
use crate::codes::{self, Purpose, Role};
use crate::config::ShipNotices;
use crate::read::shipment::{Item, Shipment};

/// `carrier` of a parcel whose carrier nobody names.
const UNNAMED: &str = "unknown";

/// Parcels by their numbers, then one partial order for each order in them.
pub(super) fn shipment(teller: &mut Teller<'_>, read: Shipment) -> Result<Told> {
    let slug = slug(teller, read.carrier.as_deref());
    let cancelled = read.purpose.1 == Some(Purpose::Cancel);
    let revision = teller.said(None)?;
    let mut parcels: BTreeMap<String, Vec<&Item>> = BTreeMap::new();
    for item in &read.items {
        parcels.entry(number(&read, item)).or_default().push(item);
    }
    if parcels.is_empty() {
        // A notice that is called off may name nothing but itself.
        parcels.insert(number(&read, &Item::default()), Vec::new());
    }
    let single = parcels.len() == 1;
    let mut found = Vec::new();
    for (tracking_no, items) in &parcels {
        let mut orders: Vec<&str> = items.iter().map(|item| item.order.as_str()).collect();
        orders.sort_unstable();
        orders.dedup();
        let refs: Vec<_> = orders.iter().map(|number| teller.order_ref(number)).collect();
        let of =
            |role| people::of(&read.parties, role).and_then(|party| people::address(party, teller.profile));
        let parcel = Parcel {
            source: teller.source(revision),
            carrier: slug.clone(),
            carrier_raw: read.carrier.clone(),
            tracking_no: tracking_no.clone(),
            direction: Direction::Outbound,
            lines: lines(teller, items, orders.len() > 1),
            // The weight is that of the whole shipment.
            package: read
                .weight_g
                .filter(|_| single)
                .map(|weight| Package { weight_g: Some(weight), ..Package::default() }),
            service: read.service.clone(),
            from: of(Role::ShipFrom),
            to: of(Role::ShipTo),
            status: cancelled.then_some(ParcelStatus::Cancelled),
            status_raw: cancelled.then(|| read.purpose.0.clone()),
            shipped_at: read.dates.shipped.filter(|_| !cancelled),
            eta: read.dates.arrives.map(|to| Eta { to: Some(to), by: EtaBy::Platform, ..Eta::default() }),
            ext: ext(&read, items),
            ..Parcel::default()
        };
        found.push(Observation::parcel(parcel).partial().with_refs(refs));
    }
    if !cancelled && read.purpose.1.is_some() {
        found.extend(orders(teller, &read, revision));
    }
    Ok(Told::Observations(found))
}

/// The number under which an item travels: the carton's, the shipment's, else what names the goods.
fn number(read: &Shipment, item: &Item) -> String {
    let of_all = item.number.clone().or_else(|| read.number.clone());
    let named = of_all.or_else(|| item.sscc.as_deref().and_then(carrier::number));
    let named = named.or_else(|| read.bill_of_lading.as_deref().and_then(carrier::number));
    named.or_else(|| carrier::number(&read.id)).unwrap_or_default()
}

/// What is in it, each line once.
fn lines(teller: &Teller<'_>, items: &[&Item], keyed: bool) -> Vec<ParcelLine> {
    let mut sums: BTreeMap<(&str, &str), Dec> = BTreeMap::new();
    for item in items {
        if let Some(line) = &item.line {
            let sum = sums.entry((&item.order, line)).or_default();
            *sum = *sum + item.quantity;
        }
    }
    let line = |((order, line), quantity): ((&str, &str), Dec)| ParcelLine {
        order_key: keyed.then(|| teller.order_ref(order).key()),
        line_key: line.to_owned(),
        quantity,
    };
    sums.into_iter().filter(|(_, quantity)| *quantity > Dec::ZERO).map(line).collect()
}

fn ext(read: &Shipment, items: &[&Item]) -> crossdock_schemas::Ext {
    let mut own = Map::new();
    own.insert("ship_notice".to_owned(), Value::from(read.id.as_str()));
    if let Some(number) = &read.bill_of_lading {
        own.insert("bill_of_lading".to_owned(), Value::from(number.as_str()));
    }
    let mut cartons: Vec<&str> = items.iter().filter_map(|item| item.sscc.as_deref()).collect();
    cartons.sort_unstable();
    cartons.dedup();
    if !cartons.is_empty() {
        own.insert("sscc".to_owned(), cartons.into_iter().collect());
    }
    // A line of the order cannot be guessed from an article number: it is told as it stands.
    let unnamed = items.iter().filter(|item| item.line.is_none()).map(|item| unnamed(item));
    let unnamed: Vec<Value> = unnamed.collect();
    if !unnamed.is_empty() {
        own.insert("items".to_owned(), Value::Array(unnamed));
    }
    order::wrap(own)
}

fn unnamed(item: &Item) -> Value {
    let fields = [
        ("order", Some(item.order.clone()).filter(|order| !order.is_empty())),
        ("quantity", Some(item.quantity.canonical())),
        ("unit", item.unit.clone()),
    ];
    let said = fields.into_iter().filter_map(|(key, text)| Some((key.to_owned(), Value::from(text?))));
    let mut own: Map<String, Value> = said.collect();
    if !item.articles.is_empty() {
        own.insert("articles".to_owned(), Value::Object(order::pairs(&item.articles)));
    }
    Value::Object(own)
}

/// How far each order is: a notice says what is shipped, not what is left.
fn orders(teller: &Teller<'_>, read: &Shipment, revision: jiff::Timestamp) -> Vec<Observation> {
    // A line may be spread over cartons, each of which repeats what was ordered of it.
    let mut sums: BTreeMap<(&str, Option<&str>), (Dec, Dec)> = BTreeMap::new();
    for item in &read.items {
        let sum = sums.entry((&item.order, item.line.as_deref())).or_default();
        *sum = (sum.0 + item.quantity, sum.1.max(item.ordered.unwrap_or_default()));
    }
    let mut short: BTreeMap<&str, bool> = BTreeMap::new();
    for ((order, _), (shipped, ordered)) in sums {
        *short.entry(order).or_default() |= shipped < ordered;
    }
    let whole = teller.profile.config.ship_notices == ShipNotices::Whole;
    let order = |(number, short): (&str, bool)| {
        let mut order = Order {
            source: teller.source(revision),
            order_no: number.to_owned(),
            shipped_at: read.dates.shipped,
            ..Order::default()
        };
        let far = if whole && !short { Fulfillment::Shipped } else { Fulfillment::PartiallyShipped };
        order.status.fulfillment = Some(far);
        Observation::order(order).partial()
    };
    short.into_iter().map(order).collect()
}

/// Our slug of a carrier: by the settings, by our table, else made of the partner's own word.
fn slug(teller: &mut Teller<'_>, code: Option<&str>) -> String {
    let Some(code) = code else {
        teller.issue(IssueKind::BadValue, "carrier", "no carrier is named");
        return UNNAMED.to_owned();
    };
    if let Some(own) = teller.house.carriers.get(code) {
        return own.clone();
    }
    if let Some(known) = codes::carrier(code) {
        return known.to_owned();
    }
    teller.unmapped("carrier", code);
    let plain: String = code
        .chars()
        .map(|letter| if letter.is_ascii_alphanumeric() { letter.to_ascii_lowercase() } else { '_' })
        .take(32)
        .collect();
    if plain.len() < 2 { format!("{UNNAMED}_{plain}") } else { plain }
}
