//! The independent axes of an order's state.

use crate::{AftersaleState, Fulfillment, Hold, Lifecycle, PaymentState, PresaleStage};

model! {
    /// The state of an order on six independent axes. An absent axis was not stated: a partial
    /// observation touches only the axes it carries.
    pub struct Status {
        /// Life of the order.
        pub lifecycle | lifecycle_raw: Option<Lifecycle>,
        /// Money.
        pub payment | payment_raw: Option<PaymentState>,
        /// Goods.
        pub fulfillment | fulfillment_raw: Option<Fulfillment>,
        /// After-sale cases.
        pub aftersale | aftersale_raw: Option<AftersaleState>,
        /// Presale.
        pub presale | presale_raw: Option<PresaleStage>,
        /// Everything that keeps the order from being shipped.
        pub hold: Vec<Hold>,
        /// The source's own text for `hold`.
        pub hold_raw: Option<String>,
    }
}
