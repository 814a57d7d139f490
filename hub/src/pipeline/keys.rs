//! Which history an observation belongs to.

use crossdock_schemas::{Entity, HistoryKind, Observation, OrderRef};

use crate::backbone::HistoryKey;
use crate::history;

/// Parcels named in one capture, by the order they belong to.
pub(super) fn parcels_of(observations: &[Observation]) -> Vec<(OrderRef, String)> {
    let mut found = Vec::new();
    for observation in observations {
        if let Entity::Parcel(parcel) = &observation.entity
            && let Some(key) = &parcel.parcel_key
        {
            found.extend(observation.refs.iter().map(|order| (order.clone(), key.clone())));
        }
    }
    found
}

/// The data of an event as receivers get it.
pub(super) fn data_of(key: &HistoryKey, snapshot: &str, extra: &str) -> String {
    format!("{{\"{}\":{snapshot}{extra}}}", key.kind.as_str())
}

/// The history of an order that something refers to.
pub(super) fn order_key(order: &OrderRef) -> HistoryKey {
    HistoryKey {
        kind: HistoryKind::Order,
        platform: order.platform.as_str().into(),
        shop: order.shop.as_str().into(),
        number: order.order_no.clone(),
    }
}

/// The history an observation belongs to; `instance` counts the uses of a tracking number, from 1.
pub(super) fn history_key(observation: &Observation, instance: u32) -> HistoryKey {
    let (platform, shop, number) = match &observation.entity {
        Entity::Order(order) => {
            (order.source.platform.as_str(), order.source.shop.as_str(), order.order_no.clone())
        }
        Entity::Aftersale(case) => {
            (case.source.platform.as_str(), case.source.shop.as_str(), case.aftersale_no.clone())
        }
        Entity::Parcel(parcel) => {
            (parcel.carrier.as_str(), "", history::instance_number(&parcel.tracking_no, instance))
        }
        Entity::Inventory(level) => {
            let number = format!("{}|{}", level.location, level.sku);
            (level.source.platform.as_str(), level.source.shop.as_str(), number)
        }
    };
    HistoryKey { kind: observation.kind(), platform: platform.into(), shop: shop.into(), number }
}
