//! An order as one source saw it.

use std::collections::BTreeMap;

use crate::{
    Address, Customs, Delivery, Discount, Fee, InvoiceRequest, OrderKind, OrderLine, Party, Payment, Presale,
    RelatedKind, RiskTag, Source, Status, Totals, Ts,
};

/// An identifier: text, never a number, however it looks.
pub type Id = String;

/// What only one connector knows: its name -> an object. At most 16 KiB and four levels; text, bool,
/// integer, list or map; no floats. Stored and forwarded, never hashed or interpreted.
pub type Ext = BTreeMap<String, serde_json::Map<String, serde_json::Value>>;

model! {
    /// An order. Full, it holds everything its source says now; partial, only what its source mentioned.
    pub struct Order {
        /// The order's identity. Filled by sealing.
        pub order_key: Option<String>,
        /// Where it was seen.
        pub source: Source,
        /// The number the platform's interface uses.
        pub order_no: Id,
        /// The number people see: `#1001`.
        pub display_no: Option<Id>,
        /// The merchant's own number.
        pub merchant_no: Option<Id>,
        /// The order this one belongs to.
        pub parent_no: Option<Id>,
        /// Other orders.
        pub related: Vec<Related>,
        /// What kind of order it is.
        pub kind | kind_raw: OrderKind,
        /// Its state.
        pub status: Status = default,
        /// When it was placed; only a partial observation may lack it.
        pub placed_at: Option<Ts>,
        /// When it was paid.
        pub paid_at: Option<Ts>,
        /// When it was confirmed.
        pub confirmed_at: Option<Ts>,
        /// When it was shipped.
        pub shipped_at: Option<Ts>,
        /// When it was delivered.
        pub delivered_at: Option<Ts>,
        /// When it was completed.
        pub completed_at: Option<Ts>,
        /// When it was cancelled.
        pub cancelled_at: Option<Ts>,
        /// When the source last changed it.
        pub modified_at: Option<Ts>,
        /// Promised shipping time.
        pub ship_by: Option<Window>,
        /// Promised delivery time.
        pub deliver_by: Option<Window>,
        /// ISO 4217: currency of all amounts unless a `Money` says otherwise. Only a partial observation may
        /// lack it.
        pub currency: Option<String>,
        /// Whether prices contain tax.
        pub prices_include_tax: Option<bool>,
        /// What was ordered; at least one unless partial.
        pub lines: Vec<OrderLine>,
        /// What the buyer pays beside the goods.
        pub fees: Vec<Fee>,
        /// Order-level price reductions.
        pub discounts: Vec<Discount>,
        /// Sums.
        pub totals: Totals = default,
        /// Payments.
        pub payments: Vec<Payment>,
        /// Who bought.
        pub buyer: Option<Party>,
        /// Where it goes.
        pub ship_to: Option<Address>,
        /// Where the bill goes.
        pub bill_to: Option<Address>,
        /// Where it comes from.
        pub ship_from: Option<Address>,
        /// How the buyer wants it delivered.
        pub delivery: Option<Delivery>,
        /// What the buyer wrote.
        pub buyer_note: Option<String>,
        /// What the seller wrote.
        pub seller_note: Option<String>,
        /// Marks of the platform.
        pub flags: Vec<String>,
        /// A sale paid in two steps.
        pub presale: Option<Presale>,
        /// Customs data.
        pub customs: Option<Customs>,
        /// Wished invoice.
        pub invoice: Option<InvoiceRequest>,
        /// What the risk rules found. Written by the hub.
        pub risk_tags: Vec<RiskTag>,
        /// Hash over all lines, hex. Filled by sealing; absent when partial.
        pub lines_hash: Option<String>,
        /// Hash over order and lines. Filled by sealing; absent when partial.
        pub idem_key: Option<String>,
        /// From 1, raised by the hub at each accepted change.
        pub hub_revision: Option<u64>,
        /// What only one platform knows.
        pub ext: Ext,
    }
}

model! {
    /// Another order.
    pub struct Related {
        /// Its number at the same shop.
        pub order_no: Id,
        /// How it is related.
        pub kind | kind_raw: RelatedKind,
    }
}

model! {
    /// A stretch of time.
    #[derive(Eq)]
    pub struct Window {
        /// Not before.
        pub from: Option<Ts>,
        /// Not after.
        pub to: Option<Ts>,
    }
}

model! {
    /// An order by its natural key.
    #[derive(Eq, PartialOrd, Ord, Hash)]
    pub struct OrderRef {
        /// The platform.
        pub platform: String,
        /// The platform's stable id of the shop.
        pub shop: Id,
        /// The number the platform's interface uses.
        pub order_no: Id,
    }
}
