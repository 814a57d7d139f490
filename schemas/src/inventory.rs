//! Stock.

use crate::{Dec, InventoryMode, Source, Ts};

model! {
    /// How much of a SKU is where.
    pub struct InventoryLevel {
        /// Where it was seen.
        pub source: Source,
        /// Warehouse or shop.
        pub location: Id,
        /// The seller's SKU exactly as given.
        pub sku: Id,
        /// There, in `unit`.
        pub on_hand: Dec,
        /// Promised to orders, in `unit`.
        pub reserved: Option<Dec>,
        /// Can be sold, in `unit`.
        pub available: Dec,
        /// UN/ECE Rec 20 code; absent means `C62` (pieces).
        pub unit: Option<String>,
        /// When it was so.
        pub as_of: Ts,
        /// Level or change.
        pub mode | mode_raw: InventoryMode,
    }
}
