//! The life of a Shopify order: the webhooks that one sale gives rise to.
//!
//! Three-decimal prices of the rows are kept as they are, although Shopify rounds: exactness is what they are for.

use bytes::Bytes;
use jiff::{SignedDuration, Timestamp};

use super::rows::Sale;
use super::shopify_body::{Now, Order, Parcel};
use crate::standin::Rng;

/// What happens to an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Course {
    /// Paid and shipped in one parcel.
    Shipped,
    /// Paid and shipped in two parcels.
    TwoParcels,
    /// Cancelled before it was paid.
    Cancelled,
    /// Shipped, and one piece came back.
    Refunded,
}

/// One webhook of an order's life.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// `orders/paid`.
    pub topic: &'static str,
    /// When it happened.
    pub at: Timestamp,
    /// The body.
    pub body: Bytes,
}

/// An order's life.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Life {
    /// What happens to it.
    pub course: Course,
    /// Shopify's id.
    pub order_id: u64,
    /// Its number for people: `#1001`.
    pub name: String,
    /// Tracking numbers of its parcels, by SF.
    pub parcels: Vec<String>,
    /// Its webhooks in the order in which things happened.
    pub steps: Vec<Step>,
}

/// The life of the `nth` order of a shop (from 1; ids are made from it), placed at a time.
#[must_use]
pub fn life(sale: &Sale, nth: u64, placed: Timestamp, seed: u64) -> Life {
    let mut rng = Rng::named(seed, &format!("shopify {nth} {}", sale.invoice));
    let order = Order::new(sale, nth, rng.chance(250));
    let course = match rng.below(100) {
        0..55 => Course::Shipped,
        55..75 if sale.lines.len() > 1 => Course::TwoParcels,
        55..75 => Course::Shipped,
        75..85 => Course::Cancelled,
        _ => Course::Refunded,
    };
    let later = |seconds: i64| placed.checked_add(SignedDuration::from_secs(seconds)).unwrap_or(placed);
    let mut now = Now {
        placed,
        updated: placed,
        financial: "pending",
        cancelled: None,
        parcels: Vec::new(),
        refunded: None,
    };
    let mut life =
        Life { course, order_id: order.id(), name: order.name(), parcels: Vec::new(), steps: Vec::new() };
    let tell = |steps: &mut Vec<Step>, topic, at, body: String| {
        steps.push(Step { topic, at, body: Bytes::from(body) });
    };
    tell(&mut life.steps, "orders/create", placed, order.body(&now));

    if course == Course::Cancelled {
        let at = later(600 + rng.below(6000).try_into().unwrap_or(0));
        now = Now { updated: at, financial: "voided", cancelled: Some(at), ..now };
        tell(&mut life.steps, "orders/cancelled", at, order.body(&now));
        return life;
    }
    let paid = later(3);
    now = Now { updated: paid, financial: "paid", ..now };
    tell(&mut life.steps, "orders/paid", paid, order.body(&now));

    let all = sale.lines.len();
    let cuts = if course == Course::TwoParcels { [0..all / 2, all / 2..all] } else { [0..all, all..all] };
    let mut at = later(3600 + rng.below(20 * 3600).try_into().unwrap_or(0));
    for (parcel_at, lines) in cuts.into_iter().filter(|lines| !lines.is_empty()).enumerate() {
        let parcel = Parcel {
            lines,
            at,
            number: super::routes::waybill(nth * 10 + u64::try_from(parcel_at).unwrap_or(0)),
        };
        life.parcels.push(parcel.number.clone());
        now.parcels.push(parcel.clone());
        now.updated = at;
        tell(&mut life.steps, "fulfillments/create", at, order.fulfillment(parcel_at, &parcel, &now));
        let shipped: usize = now.parcels.iter().map(|parcel| parcel.lines.len()).sum();
        let topic = if shipped < all { "orders/partially_fulfilled" } else { "orders/fulfilled" };
        tell(&mut life.steps, topic, at, order.body(&now));
        at = at.checked_add(SignedDuration::from_hours(24)).unwrap_or(at);
    }
    if course == Course::Refunded {
        let at = at.checked_add(SignedDuration::from_hours(96)).unwrap_or(at);
        now = Now { updated: at, financial: "partially_refunded", refunded: Some(at), ..now };
        tell(&mut life.steps, "refunds/create", at, order.refund(at, &now));
        tell(&mut life.steps, "orders/updated", at, order.body(&now));
    }
    life
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use serde_json::Value;

    use super::*;
    use crate::standin::generate::rows::{self, Mills};

    fn sales() -> Vec<Sale> {
        rows::read(rows::tests::ROWS.as_bytes()).unwrap().sales
    }

    fn lives() -> Vec<(Sale, Life)> {
        let placed: Timestamp = "2026-07-01T10:00:00Z".parse().unwrap();
        let sales = sales();
        (1..200)
            .map(|nth| {
                let sale = sales[usize::try_from(nth).unwrap() % sales.len()].clone();
                let life = life(&sale, nth, placed, 7);
                (sale, life)
            })
            .collect()
    }

    fn read(step: &Step) -> Value {
        serde_json::from_slice(&step.body).unwrap()
    }

    fn amount(value: &Value) -> Mills {
        Mills::parse(value.as_str().unwrap_or_else(|| panic!("{value} is no amount"))).unwrap()
    }

    #[test]
    fn all_courses_happen_and_the_seed_decides() {
        let mut topics: BTreeMap<Course, BTreeSet<&str>> = BTreeMap::new();
        for (_, life) in lives() {
            topics.entry(life.course).or_default().extend(life.steps.iter().map(|step| step.topic));
        }
        assert_eq!(topics.len(), 4);
        assert!(topics[&Course::Cancelled].contains("orders/cancelled"));
        assert!(topics[&Course::TwoParcels].contains("orders/partially_fulfilled"));
        assert!(topics[&Course::Refunded].contains("refunds/create"));
        assert_eq!(lives(), lives());
        let sale = &sales()[0];
        let at = Timestamp::UNIX_EPOCH;
        let differs = (0..20).any(|seed| life(sale, 1, at, seed) != life(sale, 1, at, 20));
        assert!(differs);
    }

    #[test]
    fn amounts_add_up() {
        for (sale, life) in lives() {
            for step in life.steps.iter().filter(|step| step.topic.starts_with("orders/")) {
                let order = read(step);
                let lines = order["line_items"].as_array().unwrap();
                assert_eq!(lines.len(), sale.lines.len());
                let goods: Mills = sale.lines.iter().map(|line| line.price.times(line.quantity)).sum();
                assert_eq!(amount(&order["total_line_items_price"]), goods);
                let sum = |list: &str, field: &str| -> Mills {
                    lines
                        .iter()
                        .flat_map(|line| line[list].as_array().unwrap())
                        .map(|one| amount(&one[field]))
                        .sum()
                };
                assert_eq!(amount(&order["total_discounts"]), sum("discount_allocations", "amount"));
                assert_eq!(amount(&order["total_tax"]), sum("tax_lines", "price"));
                assert_eq!(amount(&order["subtotal_price"]), goods - amount(&order["total_discounts"]));
                assert_eq!(amount(&order["total_price"]), amount(&order["subtotal_price"]) + sale.shipping);
                assert!(amount(&order["total_discounts"]) <= goods && amount(&order["total_tax"]) <= goods);
            }
        }
    }

    #[test]
    fn later_is_later_and_names_fit() {
        for (_, life) in lives() {
            assert!(life.steps.is_sorted_by_key(|step| step.at));
            let bodies: Vec<Value> = life.steps.iter().map(read).collect();
            for (step, body) in life.steps.iter().zip(&bodies) {
                let own = if step.topic.starts_with("orders/") { "id" } else { "order_id" };
                assert_eq!(body[own].as_u64(), Some(life.order_id), "{}", step.topic);
            }
            let last = bodies.last().unwrap();
            let numbers: Vec<&str> = last["fulfillments"]
                .as_array()
                .unwrap()
                .iter()
                .map(|parcel| parcel["tracking_number"].as_str().unwrap())
                .collect();
            assert_eq!(numbers, life.parcels);
            assert_eq!(bodies[0]["created_at"], "2026-07-01T11:00:00+01:00", "the shop is in London");
        }
    }

    #[test]
    fn a_refund_gives_money_back_once() {
        let (_, life) = lives().into_iter().find(|(_, life)| life.course == Course::Refunded).unwrap();
        let refund = read(life.steps.iter().find(|step| step.topic == "refunds/create").unwrap());
        let order = read(life.steps.last().unwrap());
        let back = amount(&refund["transactions"][0]["amount"]);
        assert_eq!(amount(&order["total_price"]) - amount(&order["current_total_price"]), back);
        assert_eq!(refund["refund_line_items"][0]["subtotal"].to_string(), back.to_string());
        assert_eq!(order["refunds"][0]["id"], refund["id"]);
        assert_eq!(
            order["line_items"][0]["current_quantity"].as_i64(),
            order["line_items"][0]["quantity"].as_i64().map(|n| n - 1)
        );
    }

    #[test]
    fn guests_have_no_person() {
        let (_, life) = lives().into_iter().find(|(sale, _)| sale.customer.is_none()).unwrap();
        let order = read(&life.steps[0]);
        assert_eq!(
            (&order["customer"], &order["shipping_address"], order["email"].as_str()),
            (&Value::Null, &Value::Null, Some(""))
        );
    }
}
