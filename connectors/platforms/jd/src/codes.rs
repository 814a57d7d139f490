//! JD's words and what they mean, read once when the connector is built.
//!
//! Each table says where it is from. A word without a row is `unknown` with an issue, never a guess.

use serde::Deserialize;

use crossdock_connector::Result;
use crossdock_connector::codes::CodeTable;
use crossdock_schemas::{
    AftersaleStatus, DiscountKind, Fulfillment, FundedBy, Hold, Lifecycle, PaymentKind, PaymentState,
};

/// What a state of an order says on our axes.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(crate) struct OrderState {
    #[serde(default)]
    pub(crate) lifecycle: Option<Lifecycle>,
    #[serde(default)]
    pub(crate) payment: Option<PaymentState>,
    #[serde(default)]
    pub(crate) fulfillment: Option<Fulfillment>,
    #[serde(default)]
    pub(crate) hold: Option<Hold>,
    /// The goods are coming back.
    #[serde(default)]
    pub(crate) returned: bool,
}

/// What a status of a case says.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(crate) struct CaseStatus {
    pub(crate) status: AftersaleStatus,
}

/// A price reduction, or a means of payment that JD lists among them.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct CouponRow {
    #[serde(default)]
    pub(crate) discount: Option<DiscountKind>,
    #[serde(default)]
    pub(crate) funded_by: Option<FundedBy>,
    #[serde(default)]
    pub(crate) tender: Option<PaymentKind>,
    #[serde(default)]
    pub(crate) method: Option<String>,
}

/// A way to pay.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct PayRow {
    pub(crate) method: String,
}

/// A carrier.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct CarrierRow {
    pub(crate) slug: String,
}

/// All tables of this connector.
#[derive(Debug)]
pub(crate) struct Codes {
    pub(crate) order_state: CodeTable<OrderState>,
    pub(crate) refund_status: CodeTable<CaseStatus>,
    pub(crate) service_status: CodeTable<CaseStatus>,
    pub(crate) case_status: CodeTable<CaseStatus>,
    pub(crate) coupon: CodeTable<CouponRow>,
    pub(crate) pay_type: CodeTable<PayRow>,
    pub(crate) carriers: CodeTable<CarrierRow>,
}

impl Codes {
    /// Reads all tables.
    pub(crate) fn read() -> Result<Self> {
        Ok(Self {
            order_state: CodeTable::read(include_str!("codes/order_state.toml"))?,
            refund_status: CodeTable::read(include_str!("codes/refund_status.toml"))?,
            service_status: CodeTable::read(include_str!("codes/service_status.toml"))?,
            case_status: CodeTable::read(include_str!("codes/case_status.toml"))?,
            coupon: CodeTable::read(include_str!("codes/coupon.toml"))?,
            pay_type: CodeTable::read(include_str!("codes/pay_type.toml"))?,
            carriers: CodeTable::read(include_str!("codes/carriers.toml"))?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Words of our own model that are misspelt in a table would be read as `unknown`.
    #[test]
    fn no_row_says_unknown() {
        let codes = Codes::read().unwrap();
        assert_eq!(codes.order_state.rows().len(), 23);
        for row in codes.order_state.rows() {
            let value = row.value;
            assert!(value.lifecycle.is_some() != value.hold.is_some(), "{}", row.code);
            assert_ne!(value.lifecycle, Some(Lifecycle::Unknown), "{}", row.code);
            assert_ne!(value.payment, Some(PaymentState::Unknown), "{}", row.code);
            assert_ne!(value.fulfillment, Some(Fulfillment::Unknown), "{}", row.code);
            assert_ne!(value.hold, Some(Hold::Unknown), "{}", row.code);
        }
        let cases = [&codes.refund_status, &codes.service_status, &codes.case_status];
        for row in cases.into_iter().flat_map(CodeTable::rows) {
            assert_ne!(row.value.status, AftersaleStatus::Unknown, "{}", row.code);
        }
        for row in codes.coupon.rows() {
            let CouponRow { discount, funded_by, tender, method } = &row.value;
            assert!(discount.is_some() != tender.is_some() && tender.is_some() == method.is_some());
            assert_ne!(*discount, Some(DiscountKind::Unknown), "{}", row.code);
            assert_ne!(*funded_by, Some(FundedBy::Unknown), "{}", row.code);
            assert_ne!(*tender, Some(PaymentKind::Unknown), "{}", row.code);
        }
    }
}
