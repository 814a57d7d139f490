//! What the data of an event holds: the full snapshot after it, and what changed.

use serde_json::{Map, Value};

use crate::{
    Aftersale, AtQuality, InventoryLevel, Order, Parcel, Reason, RiskTag, Source, TrackingEvent, Ts,
};

model! {
    /// Data of `order.*` and of the presale events.
    pub struct OrderBody {
        /// The order after the event.
        pub order: Order,
        /// JSON pointers into `order` of what changed.
        pub changed: Vec<String>,
        /// What the status axes that changed said before.
        pub previous: Option<Map<String, Value>>,
        /// Why, where the type alone does not say: `regression`.
        pub reason: Option<String>,
    }
}

model! {
    /// Data of `refund.*`, `return.*` and `exchange.*`.
    pub struct AftersaleBody {
        /// The case after the event.
        pub aftersale: Aftersale,
        /// JSON pointers into `aftersale` of what changed.
        pub changed: Vec<String>,
        /// What the fields that changed said before.
        pub previous: Option<Map<String, Value>>,
        /// Numbers of the orders it belongs to, as people know them.
        pub order_nos: Vec<String>,
    }
}

model! {
    /// Data of `parcel.*`.
    pub struct ParcelBody {
        /// The parcel after the event, without its scans.
        pub parcel: Parcel,
        /// The scans that are new.
        pub new_events: Vec<TrackingEvent>,
        /// JSON pointers into `parcel` of what changed.
        pub changed: Vec<String>,
        /// What the fields that changed said before.
        pub previous: Option<Map<String, Value>>,
        /// Numbers of the orders it belongs to, as people know them.
        pub order_nos: Vec<String>,
    }
}

model! {
    /// Data of `milestone.*`.
    pub struct MilestoneBody {
        /// The parcel after the event, without its scans.
        pub parcel: Parcel,
        /// The scans it follows from.
        pub new_events: Vec<TrackingEvent>,
        /// How its time is known; `inferred` when nobody reported it.
        pub at_quality | at_quality_raw: Option<AtQuality>,
        /// Of `milestone.exception`: why.
        pub reason | reason_raw: Option<Reason>,
        /// Whether a later milestone had already made it old news: recorded, not told to people.
        pub superseded: Option<bool>,
        /// Of `milestone.corrected`: the id of the event that was wrong.
        pub corrects: Option<Id>,
        /// Numbers of the orders it belongs to, as people know them.
        pub order_nos: Vec<String>,
    }
}

model! {
    /// Data of `inventory.*`.
    pub struct InventoryBody {
        /// The level after the event.
        pub inventory: InventoryLevel,
        /// Of `inventory.low`: the threshold it fell below, as text.
        pub threshold: Option<String>,
    }
}

model! {
    /// Data of `risk.*`.
    pub struct RiskBody {
        /// The order after the event.
        pub order: Order,
        /// The findings that came or went.
        pub tags: Vec<RiskTag>,
    }
}

model! {
    /// Data of `invoice.*`.
    pub struct InvoiceBody {
        /// The order after the event, with its invoice.
        pub order: Order,
    }
}

model! {
    /// Data of `product.*` and `price.*`. The model has no product yet: the fields are the source's own.
    pub struct ProductBody {
        /// Where it was seen.
        pub source: Source,
        /// The source's id of the product.
        pub product_ref: Option<Id>,
        /// The source's id of the variant.
        pub variant_ref: Option<Id>,
        /// The seller's SKU.
        pub sku: Option<Id>,
        /// The product as the source describes it.
        pub product: Option<Map<String, Value>>,
    }
}

model! {
    /// Data of `connector.*`, `payload.*`, `reconcile.*` and `audit.*`: about the hub itself.
    pub struct HubBody {
        /// Name and version of the connector.
        pub connector: Option<String>,
        /// The account it concerns.
        pub account: Option<Id>,
        /// What happened, without personal data.
        pub message: Option<String>,
        /// Stable code of the error.
        pub code: Option<String>,
        /// Where the untouched bytes are kept.
        pub raw_ref: Option<Id>,
        /// Of `audit.access`: who looked.
        pub actor: Option<Id>,
        /// Since when.
        pub since: Option<Ts>,
        /// Of `reconcile.mismatch`: numbers of the orders that differ.
        pub order_nos: Vec<String>,
    }
}
