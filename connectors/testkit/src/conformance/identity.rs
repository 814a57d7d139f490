//! What makes an observation the same one: the identity the hub folds by.

use std::collections::BTreeSet;

use crossdock_connector::Normalized;
use crossdock_schemas::{Entity, Observation};

/// The key of the history an observation belongs to.
pub(super) fn key(observation: &Observation) -> String {
    let kind = observation.kind().as_str();
    match &observation.entity {
        Entity::Order(order) => format!("{kind} {}", order.order_key.as_deref().unwrap_or_default()),
        Entity::Aftersale(case) => format!("{kind} {}", case.aftersale_key.as_deref().unwrap_or_default()),
        Entity::Parcel(parcel) => format!("{kind} {}", parcel.parcel_key.as_deref().unwrap_or_default()),
        Entity::Inventory(level) => {
            format!("{kind} {}/{} {} {}", level.source.platform, level.source.shop, level.location, level.sku)
        }
    }
}

/// All identities of a capture: keys, and with them the idempotency key of an order and the scans of a
/// parcel.
pub(super) fn identities(normalized: &Normalized) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for observation in &normalized.observations {
        let key = key(observation);
        match &observation.entity {
            Entity::Order(order) => {
                if let Some(idem) = &order.idem_key {
                    found.insert(format!("{key} {idem}"));
                }
            }
            Entity::Parcel(parcel) => {
                for event in &parcel.events {
                    found.insert(format!("{key} {}", event.event_key.as_deref().unwrap_or_default()));
                }
            }
            Entity::Aftersale(_) | Entity::Inventory(_) => {}
        }
        found.insert(key);
    }
    found.extend(normalized.fetch.iter().map(|id| format!("fetch {id}")));
    found
}
