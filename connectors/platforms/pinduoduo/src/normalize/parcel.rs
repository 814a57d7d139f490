//! Parcels: the order's own, and those of the lists of more, of gifts and of what was sent again.

use crossdock_connector::{IssueKind, carrier as common, sign};
use crossdock_schemas::{Direction, Observation, OrderRef, Parcel, Ts};

use super::Reading;
use super::line::told;
use crate::wire::{Delivery, Order, Value, text};

/// One parcel for each distinct carrier and number. Nothing says which lines are in which.
pub(super) fn outbound(
    reading: &mut Reading<'_>,
    order: &Order<'_>,
    reference: &OrderRef,
    modified: Option<Ts>,
    shipped_at: Option<Ts>,
) -> Vec<Observation> {
    let mut parcels: Vec<Parcel> = Vec::new();
    let first =
        Delivery { logistics_id: order.logistics_id.clone(), tracking_number: order.tracking_number.clone() };
    let main = [first];
    let lists: [(&str, &[Delivery<'_>]); 4] = [
        ("", &main),
        ("extra_delivery_list", &order.extra_delivery_list),
        ("gift_delivery_list", &order.gift_delivery_list),
        ("resend_delivery_list", &order.resend_delivery_list),
    ];
    for (list, deliveries) in lists {
        for (at, delivery) in deliveries.iter().enumerate() {
            let Some(tracking_no) = text(&delivery.tracking_number).and_then(common::number) else {
                continue;
            };
            let field = if list.is_empty() {
                "logistics_id".to_owned()
            } else {
                format!("{list}[{at}].logistics_id")
            };
            let Some((carrier, carrier_raw)) = carrier(reading, told(&delivery.logistics_id), &field) else {
                continue;
            };
            if parcels.iter().any(|known| known.carrier == carrier && known.tracking_no == tracking_no) {
                continue;
            }
            parcels.push(Parcel {
                source: reading.source(modified),
                carrier,
                carrier_raw: Some(carrier_raw),
                tracking_no,
                direction: Direction::Outbound,
                // The time is the first shipment's; the others may have left later.
                shipped_at: if list.is_empty() { shipped_at } else { None },
                ..Parcel::default()
            });
        }
    }
    parcels.sort_by(|a, b| (&a.carrier, &a.tracking_no).cmp(&(&b.carrier, &b.tracking_no)));
    parcels
        .into_iter()
        .map(|parcel| Observation::parcel(parcel).partial().with_refs(vec![reference.clone()]))
        .collect()
}

/// The parcel the buyer sends back, once its number is known.
pub(super) fn going_back(
    reading: &mut Reading<'_>,
    number: &Value<'_>,
    name: &Value<'_>,
    modified: Option<Ts>,
) -> Option<Parcel> {
    let tracking_no = text(number).and_then(common::number)?;
    let (carrier, carrier_raw) = carrier(reading, text(name), "shipping_name")?;
    Some(Parcel {
        source: reading.source(modified),
        carrier,
        carrier_raw: Some(carrier_raw),
        tracking_no,
        direction: Direction::Return,
        ..Parcel::default()
    })
}

/// Our word for a carrier, and what it was called. A number without a carrier makes no parcel: the identity needs
/// both.
fn carrier(reading: &mut Reading<'_>, given: Option<&str>, field: &str) -> Option<(String, String)> {
    let Some(given) = given else {
        reading.issue(IssueKind::BadValue, field, "a tracking number without a carrier");
        return None;
    };
    let known = reading.of.config.carriers.get(given);
    let known = known.or_else(|| reading.of.codes.carriers.get(given).map(|row| &row.slug));
    if let Some(slug) = known {
        return Some((slug.clone(), given.to_owned()));
    }
    reading.unmapped(field, given);
    Some((slug(given), given.to_owned()))
}

/// A slug for a carrier we have no row for: the platform's number, its letters, else a stable fingerprint.
fn slug(given: &str) -> String {
    if given.len() <= 16 && given.bytes().all(|byte| byte.is_ascii_digit()) {
        return format!("pinduoduo_{given}");
    }
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b' ');
    if (2..=32).contains(&given.len()) && given.bytes().all(fits) {
        return given.to_ascii_lowercase().replace(['-', '.', ' '], "_");
    }
    let print: String = sign::hex(&sign::sha256(given.as_bytes())).chars().take(12).collect();
    format!("carrier_{print}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_are_slugs() {
        assert_eq!(slug("115"), "pinduoduo_115");
        assert_eq!(slug("Best-Express"), "best_express");
        assert_eq!(slug("测试物流"), slug("测试物流"));
        assert_ne!(slug("测试物流"), slug("测试快运"));
        assert!(slug("测试物流").starts_with("carrier_"));
    }
}
