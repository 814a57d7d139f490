//! What travels.

use crate::{
    Address, Dec, Direction, EtaBy, Ext, LegKind, Money, ParcelStatus, Protected, Source, TrackingEvent,
    TrackingState, Ts,
};

model! {
    /// One parcel under one carrier's number.
    pub struct Parcel {
        /// The parcel's identity. Filled by sealing.
        pub parcel_key: Option<String>,
        /// Where it was seen.
        pub source: Source,
        /// The carrier: `sf_express`.
        pub carrier: String,
        /// The platform's code of the carrier.
        pub carrier_raw: Option<String>,
        /// The carrier's number, upper case, no blanks.
        pub tracking_no: Id,
        /// Which way it goes.
        pub direction | direction_raw: Direction,
        /// `order_key`s of the orders in it. Filled by sealing.
        pub orders: Vec<String>,
        /// What is in it.
        pub lines: Vec<ParcelLine>,
        /// Weight and size.
        pub package: Option<Package>,
        /// The carrier's product.
        pub service: Option<String>,
        /// Where the label is kept.
        pub label_ref: Option<String>,
        /// To be collected at the door.
        pub cod_amount: Option<Money>,
        /// Declared or insured value.
        pub declared_value: Option<Money>,
        /// Sender; may be region codes only.
        pub from: Option<Address>,
        /// Recipient; may be region codes only.
        pub to: Option<Address>,
        /// Place in the journey.
        pub status | status_raw: Option<ParcelStatus>,
        /// What an aggregator says about its own watching.
        pub tracking_state | tracking_state_raw: Option<TrackingState>,
        /// When the seller shipped it.
        pub shipped_at: Option<Ts>,
        /// When the carrier got it.
        pub picked_up_at: Option<Ts>,
        /// When it was handed over.
        pub delivered_at: Option<Ts>,
        /// When it should arrive.
        pub eta: Option<Eta>,
        /// Who signed.
        pub signed_by: Option<Protected>,
        /// Parts of the way under other numbers.
        pub legs: Vec<Leg>,
        /// Scans; in events only the new ones.
        pub events: Vec<TrackingEvent>,
        /// What only one source knows.
        pub ext: Ext,
    }
}

model! {
    /// A part of an order that is in a parcel.
    pub struct ParcelLine {
        /// The order; absent means the only order of the parcel.
        pub order_key: Option<String>,
        /// The line.
        pub line_key: Id,
        /// How much of it, in its unit.
        pub quantity: Dec,
    }
}

model! {
    /// Weight and size.
    pub struct Package {
        /// Grams.
        pub weight_g: Option<Dec>,
        /// Millimetres.
        pub length_mm: Option<Dec>,
        /// Millimetres.
        pub width_mm: Option<Dec>,
        /// Millimetres.
        pub height_mm: Option<Dec>,
        /// What it is packed in.
        pub kind: Option<String>,
    }
}

model! {
    /// An estimated arrival.
    pub struct Eta {
        /// Not before.
        pub from: Option<Ts>,
        /// Not after.
        pub to: Option<Ts>,
        /// Who estimated it.
        pub by | by_raw: EtaBy,
    }
}

model! {
    /// A part of the way under another number.
    pub struct Leg {
        /// The carrier.
        pub carrier: String,
        /// Its number.
        pub tracking_no: Id,
        /// Which part.
        pub kind | kind_raw: LegKind,
    }
}
