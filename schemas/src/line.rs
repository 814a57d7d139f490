//! What was ordered, line by line.

use std::collections::BTreeMap;

use crate::{AftersaleState, CollectedBy, Dec, Ext, Fulfillment, LineKind};

model! {
    /// One line of an order.
    pub struct OrderLine {
        /// The platform's id of the line.
        pub line_ref: Option<Id>,
        /// The line's name inside its order: `line_ref`, else `sku#n`. Filled by sealing.
        pub line_key: Option<String>,
        /// From 1, for display only.
        pub position: Option<u32>,
        /// What kind of line it is.
        pub kind | kind_raw: LineKind,
        /// `line_key` of the bundle or main product.
        pub parent_ref: Option<Id>,
        /// The seller's SKU exactly as given, case kept.
        pub sku: Option<Id>,
        /// The platform's id of the product.
        pub product_ref: Option<Id>,
        /// The platform's id of the variant.
        pub variant_ref: Option<Id>,
        /// 8, 12, 13 or 14 digits.
        pub gtin: Option<Id>,
        /// Title; never identity.
        pub title: Option<String>,
        /// Title of the variant; never identity.
        pub variant_title: Option<String>,
        /// Picture.
        pub image_url: Option<String>,
        /// Category.
        pub category: Option<String>,
        /// How much was ordered, in `unit`; negative only in return documents.
        pub quantity: Dec,
        /// UN/ECE Rec 20 code; absent means `C62` (pieces).
        pub unit: Option<String>,
        /// What became of the quantity so far.
        pub quantities: Option<Quantities>,
        /// Price of one unit before any discount.
        pub list_price: Option<Dec>,
        /// Agreed price of one unit before order-level discounts.
        pub unit_price: Option<Dec>,
        /// `unit_price` times `quantity`, less discounts of the line, changed by hand where it was; before
        /// order-level discounts.
        pub line_total: Option<Dec>,
        /// Share of the order-level discounts.
        pub allocated_discount: Option<Dec>,
        /// `line_total` less `allocated_discount`.
        pub payable: Option<Dec>,
        /// Tax.
        pub tax: Option<LineTax>,
        /// ISO 4217, only when different from the order's.
        pub currency: Option<String>,
        /// What has to be made for the buyer: engraving, hash of an uploaded file.
        pub customization: BTreeMap<String, String>,
        /// Customs tariff number, 6 to 10 digits.
        pub hs_code: Option<Id>,
        /// ISO 3166-1 alpha-2.
        pub origin_country: Option<String>,
        /// Weight of one unit without packing, in grams.
        pub net_weight_g: Option<Dec>,
        /// Serial numbers.
        pub serials: Vec<String>,
        /// Lot.
        pub lot: Option<Id>,
        /// Expiry date, `YYYY-MM-DD`.
        pub expires_on: Option<String>,
        /// The warehouse it ships from.
        pub warehouse: Option<Id>,
        /// What it takes from stock, in the company's own SKUs. Written by the hub from its SKU map, never by a
        /// connector; empty: the map does not know this line. Never identity.
        pub items: Vec<StockItem>,
        /// State of this line.
        pub status: Option<LineStatus>,
        /// What only one platform knows.
        pub ext: Ext,
    }
}

model! {
    /// Goods of the company behind a line: one entry for a single product, one for each component of a bundle.
    pub struct StockItem {
        /// The company's own SKU.
        pub sku: Code,
        /// Pieces for the whole line: its quantity times the pack size.
        pub quantity: Dec,
    }
}

model! {
    /// What became of an ordered quantity so far, each in the line's unit.
    pub struct Quantities {
        /// Shipped.
        pub shipped: Option<Dec>,
        /// Delivered.
        pub delivered: Option<Dec>,
        /// Cancelled.
        pub cancelled: Option<Dec>,
        /// Returned.
        pub returned: Option<Dec>,
        /// Refunded.
        pub refunded: Option<Dec>,
    }
}

model! {
    /// Tax of a line.
    pub struct LineTax {
        /// Whether the prices contain it.
        pub included: bool,
        /// Rate as a fraction: `0.13`.
        pub rate: Option<Dec>,
        /// Amount.
        pub amount: Option<Dec>,
        /// Tax category of the source.
        pub category: Option<String>,
        /// Who collects it.
        pub collected_by | collected_by_raw: Option<CollectedBy>,
    }
}

model! {
    /// State of a line, on the axes that lines have.
    pub struct LineStatus {
        /// Goods.
        pub fulfillment | fulfillment_raw: Option<Fulfillment>,
        /// After-sale cases.
        pub aftersale | aftersale_raw: Option<AftersaleState>,
    }
}
