//! Refunds, returns and exchanges: cases of their own, linked to order lines.

use crate::{AftersaleKind, AftersalePhase, AftersaleStatus, Dec, Ext, GoodsState, Money, Source, Ts};

model! {
    /// One after-sale case.
    pub struct Aftersale {
        /// The case's identity. Filled by sealing.
        pub aftersale_key: Option<String>,
        /// Where it was seen.
        pub source: Source,
        /// The platform's number of the case.
        pub aftersale_no: Id,
        /// The order; absent while it is not known. Filled by sealing.
        pub order_key: Option<String>,
        /// What the buyer asks for.
        pub kind | kind_raw: Option<AftersaleKind>,
        /// When the case was opened.
        pub phase | phase_raw: Option<AftersalePhase>,
        /// Where the case is.
        pub status | status_raw: Option<AftersaleStatus>,
        /// Reason as a code.
        pub reason_code: Option<String>,
        /// Reason as the source words it.
        pub reason_raw: Option<String>,
        /// Which lines, how much.
        pub lines: Vec<AftersaleLine>,
        /// Money that goes back.
        pub refund: Option<Money>,
        /// Shipping that goes back, in the refund's currency.
        pub shipping_refund: Option<Dec>,
        /// Where the goods are.
        pub goods_state | goods_state_raw: Option<GoodsState>,
        /// `parcel_key` of the parcel that goes back.
        pub return_parcel: Option<String>,
        /// When it was asked for.
        pub requested_at: Option<Ts>,
        /// When it was last changed.
        pub modified_at: Option<Ts>,
        /// When somebody has to have answered.
        pub deadline: Option<Ts>,
        /// When it ended.
        pub closed_at: Option<Ts>,
        /// The platform's version of the case.
        pub version: Option<Id>,
        /// What only one platform knows.
        pub ext: Ext,
    }
}

model! {
    /// A part of a case.
    pub struct AftersaleLine {
        /// The order line.
        pub line_key: Id,
        /// How much of it, in its unit.
        pub quantity: Dec,
        /// Money for it.
        pub amount: Option<Dec>,
    }
}
