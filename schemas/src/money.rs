//! Amounts: money, fees, discounts, totals.
//!
//! Amounts a source states are carried unchanged; the hub computes only what is missing and says so.

use crate::{ComputedBy, Dec, DiscountKind, DiscountTarget, FeeKind, FundedBy, TotalsCheck};

model! {
    /// An amount with its currency.
    #[derive(Eq)]
    pub struct Money {
        /// The amount.
        pub amount: Dec,
        /// ISO 4217.
        pub currency: String,
    }
}

impl Money {
    /// An amount in a currency.
    #[must_use]
    pub fn new(amount: Dec, currency: impl Into<String>) -> Money {
        Money { amount, currency: currency.into() }
    }
}

model! {
    /// Something the buyer pays beside the goods, in the order's currency.
    pub struct Fee {
        /// What it is for.
        pub kind | kind_raw: FeeKind,
        /// The amount.
        pub amount: Dec,
        /// Tax in or on the amount.
        pub tax: Option<Dec>,
        /// Its name at the source.
        pub name: Option<String>,
    }
}

model! {
    /// A price reduction at order level, in the order's currency.
    pub struct Discount {
        /// Its id at the source.
        pub id: Option<Id>,
        /// Why.
        pub kind | kind_raw: DiscountKind,
        /// Who bears it.
        pub funded_by | funded_by_raw: Option<FundedBy>,
        /// The amount, positive.
        pub amount: Dec,
        /// What it applies to.
        pub target | target_raw: DiscountTarget,
        /// Its shares by line.
        pub allocations: Vec<Allocation>,
    }
}

model! {
    /// The share of a discount that falls on one line.
    pub struct Allocation {
        /// The line.
        pub line_key: String,
        /// The share, positive.
        pub amount: Dec,
    }
}

model! {
    /// The sums of an order, in its currency. Goods - discount + shipping + fees + tax (unless included) +
    /// rounding = payable.
    pub struct Totals {
        /// Goods before discounts, as the platform states it.
        pub goods: Option<Dec>,
        /// All discounts, positive.
        pub discount: Option<Dec>,
        /// Shipping.
        pub shipping: Option<Dec>,
        /// Other fees.
        pub fees: Option<Dec>,
        /// Tax.
        pub tax: Option<Dec>,
        /// Duties.
        pub duties: Option<Dec>,
        /// Rounding of the payable amount; may be negative.
        pub rounding: Option<Dec>,
        /// What the buyer owes.
        pub payable: Option<Dec>,
        /// Paid so far.
        pub paid: Option<Dec>,
        /// Refunded so far.
        pub refunded: Option<Dec>,
        /// What the seller receives after subsidy and commission.
        pub settled: Option<Dec>,
        /// Who computed them.
        pub computed_by | computed_by_raw: Option<ComputedBy>,
        /// Whether they add up; written by the hub.
        pub check: Option<TotalsCheck>,
        /// By how much they do not add up.
        pub off_by: Option<Dec>,
    }
}
