//! The vendor's codes and what they mean, read once when the connector is built.
//!
//! Long tables say in their files where they are from; the short ones of the order (source: documentation of
//! `pdd.order.information.get` as carried by public SDKs) stand in functions. A code without a row is `unknown`
//! with an issue, never a guess.

use serde::Deserialize;

use crossdock_connector::Result;
use crossdock_connector::codes::CodeTable;
use crossdock_schemas::{
    AftersaleKind, AftersalePhase, AftersaleState, AftersaleStatus, Fulfillment, GoodsState, PresaleStage,
};

use crate::config::RefundTypes;

/// What an after-sale status says.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(crate) struct CaseStatus {
    pub(crate) state: AftersaleState,
    #[serde(default)]
    pub(crate) status: Option<AftersaleStatus>,
    #[serde(default)]
    pub(crate) kind: Option<AftersaleKind>,
}

/// What a message makes us do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Effect {
    /// Fetch the order.
    Order,
    /// Fetch the case and its order.
    Refund,
}

/// A row of the message table.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(crate) struct TopicRow {
    pub(crate) effect: Effect,
}

/// A row of the carrier table.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct CarrierRow {
    pub(crate) slug: String,
}

/// All tables of this connector.
#[derive(Debug)]
pub(crate) struct Codes {
    pub(crate) case_status: CodeTable<CaseStatus>,
    pub(crate) topics: CodeTable<TopicRow>,
    pub(crate) carriers: CodeTable<CarrierRow>,
}

impl Codes {
    /// Reads all tables.
    pub(crate) fn read() -> Result<Self> {
        Ok(Self {
            case_status: CodeTable::read(include_str!("codes/after_sales_status.toml"))?,
            topics: CodeTable::read(include_str!("codes/topics.toml"))?,
            carriers: CodeTable::read(include_str!("codes/carriers.toml"))?,
        })
    }
}

/// `order_status`.
pub(crate) fn fulfillment(code: &str) -> Option<Fulfillment> {
    match code {
        "1" => Some(Fulfillment::Unfulfilled),
        "2" => Some(Fulfillment::Shipped),
        "3" => Some(Fulfillment::Delivered),
        _ => None,
    }
}

/// `step_trade_status` of a presale.
pub(crate) fn step(code: &str) -> Option<PresaleStage> {
    match code {
        "0" => Some(PresaleStage::DepositDue),
        "1" => Some(PresaleStage::DepositPaid),
        "2" => Some(PresaleStage::BalancePaid),
        _ => None,
    }
}

/// `after_sales_type`: the list and the detail number the same words differently. `Ok(None)`: the platform
/// knows it, our model has no word for it.
pub(crate) fn kind(code: &str, types: RefundTypes) -> Result<Option<AftersaleKind>, ()> {
    match (types, code) {
        (RefundTypes::List, "2") | (RefundTypes::Detail, "1") => Ok(Some(AftersaleKind::RefundOnly)),
        (RefundTypes::List, "3") | (RefundTypes::Detail, "2") => Ok(Some(AftersaleKind::ReturnRefund)),
        (RefundTypes::List, "4") | (RefundTypes::Detail, "3") => Ok(Some(AftersaleKind::Exchange)),
        (RefundTypes::List, "5") | (RefundTypes::Detail, "4") => Ok(Some(AftersaleKind::Resend)),
        (RefundTypes::Detail, "5") => Ok(None),
        _ => Err(()),
    }
}

/// `user_shipping_status` of a case; 0 says nothing. `Err` for a code we do not know.
pub(crate) fn goods(code: &str) -> Result<Option<GoodsState>, ()> {
    match code {
        "0" => Ok(None),
        "1" => Ok(Some(GoodsState::NotReceived)),
        "2" => Ok(Some(GoodsState::Received)),
        _ => Err(()),
    }
}

/// `shipping_status` of a case. That the goods have left does not say whether they arrived.
pub(crate) fn phase(code: &str) -> Result<Option<AftersalePhase>, ()> {
    match code {
        "0" => Ok(Some(AftersalePhase::BeforeShipping)),
        "1" => Ok(None),
        _ => Err(()),
    }
}

/// Our word for `pay_type`.
pub(crate) fn pay_method(code: &str) -> String {
    match code {
        "WEIXIN" => "wechat_pay".to_owned(),
        "ALIPAY" => "alipay".to_owned(),
        "QQ" => "qq_wallet".to_owned(),
        "LIANLIANPAY" => "lianlian_pay".to_owned(),
        other => other.to_lowercase(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Words of our own model that are misspelt in a table would be read as `unknown`.
    #[test]
    fn no_row_says_unknown() {
        let codes = Codes::read().unwrap();
        assert_eq!(codes.case_status.rows().len(), 26);
        for row in codes.case_status.rows() {
            assert_ne!(row.value.state, AftersaleState::Unknown, "{}", row.code);
            assert_ne!(row.value.status, Some(AftersaleStatus::Unknown), "{}", row.code);
            assert_ne!(row.value.kind, Some(AftersaleKind::Unknown), "{}", row.code);
            assert_eq!(row.value.status.is_none(), row.code == "0", "{}", row.code);
        }
        assert_eq!(codes.topics.rows().len(), 7 + 6 + 1);
        for row in codes.carriers.rows() {
            assert!(row.value.slug.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'));
        }
    }

    #[test]
    fn list_and_detail_number_differently() {
        for (list, detail) in [("2", "1"), ("3", "2"), ("4", "3"), ("5", "4")] {
            assert_eq!(kind(list, RefundTypes::List), kind(detail, RefundTypes::Detail));
        }
        // "All" is a question, not an answer.
        assert_eq!(kind("1", RefundTypes::List), Err(()));
        assert_eq!(kind("5", RefundTypes::Detail), Ok(None));
    }
}
