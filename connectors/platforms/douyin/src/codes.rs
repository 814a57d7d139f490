//! The platform's codes and what they mean, read once when the connector is built. Each table says where it is from. A code
//! without a row is `unknown` with an issue, never a guess.

use serde::Deserialize;

use crossdock_connector::Result;
use crossdock_connector::aggregator::Carriers;
use crossdock_connector::codes::CodeTable;
use crossdock_connector::refusal::CodeKind;
use crossdock_schemas::{
    AftersaleKind, AftersalePhase, AftersaleState, AftersaleStatus, Fulfillment, Hold, Lifecycle, OrderKind,
    PaymentState,
};

use crate::config::Config;

/// What a status of an order or line says; an axis that it does not speak about is absent.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(crate) struct OrderStatus {
    #[serde(default)]
    pub(crate) lifecycle: Option<Lifecycle>,
    #[serde(default)]
    pub(crate) payment: Option<PaymentState>,
    #[serde(default)]
    pub(crate) fulfillment: Option<Fulfillment>,
    #[serde(default)]
    pub(crate) hold: Option<Hold>,
    /// Whether it ends a part of an order by a refund; only the main status does.
    #[serde(default)]
    pub(crate) refunded: bool,
}

/// What a status of an after-sale case says.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(crate) struct CaseStatus {
    pub(crate) state: AftersaleState,
    pub(crate) status: AftersaleStatus,
    /// Whether the money is back when the refund says so.
    #[serde(default)]
    pub(crate) pays: bool,
}

/// What a type of an after-sale case says.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(crate) struct CaseType {
    /// Absent for a repair, for which our model has no word.
    #[serde(default)]
    pub(crate) kind: Option<AftersaleKind>,
    #[serde(default)]
    pub(crate) phase: Option<AftersalePhase>,
    /// Whether money goes back when it succeeds.
    #[serde(default)]
    pub(crate) pays: bool,
}

/// What a message makes us do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Effect {
    /// Fetch the order.
    Order,
    /// Fetch the case and its order.
    Case,
    /// It does not concern orders.
    Goods,
    /// The console tries the address.
    Test,
}

/// A row of the message table.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(crate) struct TagRow {
    pub(crate) effect: Effect,
}

/// A row of the error table.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(crate) struct ErrorRow {
    pub(crate) kind: CodeKind,
}

/// A row of the table of means of payment.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct PayType {
    pub(crate) method: String,
}

/// All tables of this connector.
#[derive(Debug)]
pub(crate) struct Codes {
    pub(crate) order_status: CodeTable<OrderStatus>,
    pub(crate) case_status: CodeTable<CaseStatus>,
    pub(crate) case_type: CodeTable<CaseType>,
    pub(crate) tags: CodeTable<TagRow>,
    pub(crate) errors: CodeTable<ErrorRow>,
    pub(crate) pay_type: CodeTable<PayType>,
    pub(crate) carriers: Carriers,
}

impl Codes {
    /// Reads all tables.
    pub(crate) fn new(config: &Config) -> Result<Self> {
        Ok(Self {
            order_status: CodeTable::read(include_str!("codes/order_status.toml"))?,
            case_status: CodeTable::read(include_str!("codes/aftersale_status.toml"))?,
            case_type: CodeTable::read(include_str!("codes/aftersale_type.toml"))?,
            tags: CodeTable::read(include_str!("codes/tags.toml"))?,
            errors: CodeTable::read(include_str!("codes/errors.toml"))?,
            pay_type: CodeTable::read(include_str!("codes/pay_type.toml"))?,
            carriers: Carriers::read(include_str!("codes/carriers.toml"), config.carriers.clone())?,
        })
    }
}

/// `order_type`: goods (also 1 sold before they are there, 3 of a pop-up shop), and 2 virtual goods, 4 and 5 vouchers, 6 the
/// market of services. Sources: comments of the order model in the official SDK, an integrator's interface.
pub(crate) fn order_kind(code: &str) -> Option<OrderKind> {
    match code {
        "0" | "1" | "3" => Some(OrderKind::Sale),
        "2" | "4" | "5" | "6" => Some(OrderKind::Service),
        _ => None,
    }
}

/// `arbitrate_status` of a case that the platform decides on right now: 1 begun, 4 waits for evidence, 5 negotiation.
pub(crate) fn arbitrated(code: &str) -> bool {
    matches!(code, "1" | "4" | "5")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Words of our own model that are misspelt in a table would be read as `unknown`.
    #[test]
    fn no_row_says_unknown() {
        let orders: CodeTable<OrderStatus> =
            CodeTable::read(include_str!("codes/order_status.toml")).unwrap();
        assert_eq!(orders.rows().len(), 8 + 3);
        for row in orders.rows() {
            assert!(row.value.lifecycle.is_some_and(|word| word != Lifecycle::Unknown), "{}", row.code);
            assert_ne!(row.value.payment, Some(PaymentState::Unknown), "{}", row.code);
            assert_ne!(row.value.fulfillment, Some(Fulfillment::Unknown), "{}", row.code);
            assert_ne!(row.value.hold, Some(Hold::Unknown), "{}", row.code);
        }
        let cases: CodeTable<CaseStatus> =
            CodeTable::read(include_str!("codes/aftersale_status.toml")).unwrap();
        assert_eq!(cases.rows().len(), 14);
        for row in cases.rows() {
            assert_ne!(row.value.status, AftersaleStatus::Unknown, "{}", row.code);
            assert_ne!(row.value.state, AftersaleState::Unknown, "{}", row.code);
        }
        let types: CodeTable<CaseType> = CodeTable::read(include_str!("codes/aftersale_type.toml")).unwrap();
        assert_eq!(types.rows().len(), 9);
        for row in types.rows() {
            assert_ne!(row.value.kind, Some(AftersaleKind::Unknown), "{}", row.code);
            assert_ne!(row.value.phase, Some(AftersalePhase::Unknown), "{}", row.code);
        }
        let tags: CodeTable<TagRow> = CodeTable::read(include_str!("codes/tags.toml")).unwrap();
        assert_eq!(tags.rows().len(), 1 + 14 + 12 + 10 + 2);
    }
}
