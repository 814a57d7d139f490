//! The vendor's words and what they mean, read once when the connector is built.
//!
//! Each table says where it is from. A word without a row is `unknown` with an issue, never a guess.

use serde::Deserialize;

use crossdock_connector::Result;
use crossdock_connector::codes::CodeTable;
use crossdock_schemas::{
    AftersaleKind, AftersalePhase, AftersaleState, AftersaleStatus, Fulfillment, GoodsState, Hold, Lifecycle,
    PaymentState, PresaleStage,
};

/// What a trade status says on our axes.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(crate) struct TradeStatus {
    pub(crate) lifecycle: Lifecycle,
    pub(crate) payment: PaymentState,
    #[serde(default)]
    pub(crate) fulfillment: Option<Fulfillment>,
    #[serde(default)]
    pub(crate) hold: Option<Hold>,
}

/// What a presale's step status says.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(crate) struct StepStatus {
    pub(crate) stage: PresaleStage,
    #[serde(default)]
    pub(crate) payment: Option<PaymentState>,
    #[serde(default)]
    pub(crate) lifecycle: Option<Lifecycle>,
}

/// What a refund status says.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(crate) struct RefundStatus {
    pub(crate) state: AftersaleState,
    #[serde(default)]
    pub(crate) status: Option<AftersaleStatus>,
}

/// What a TMC topic makes us do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Effect {
    /// Fetch the trade.
    Trade,
    /// Fetch the refund.
    Refund,
    /// Nothing to do.
    Ignore,
}

/// A row of the topic table.
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
    pub(crate) trade_status: CodeTable<TradeStatus>,
    pub(crate) step_status: CodeTable<StepStatus>,
    pub(crate) refund_status: CodeTable<RefundStatus>,
    pub(crate) topics: CodeTable<TopicRow>,
    pub(crate) carriers: CodeTable<CarrierRow>,
}

impl Codes {
    /// Reads all tables.
    pub(crate) fn read() -> Result<Self> {
        Ok(Self {
            trade_status: CodeTable::read(include_str!("codes/trade_status.toml"))?,
            step_status: CodeTable::read(include_str!("codes/step_status.toml"))?,
            refund_status: CodeTable::read(include_str!("codes/refund_status.toml"))?,
            topics: CodeTable::read(include_str!("codes/topics.toml"))?,
            carriers: CodeTable::read(include_str!("codes/carriers.toml"))?,
        })
    }
}

/// Whether a trade type is one the platform documents. All of them are sales to us.
pub(crate) fn is_trade_type(text: &str) -> bool {
    matches!(
        text,
        "fixed"
            | "auction"
            | "guarantee_trade"
            | "auto_delivery"
            | "independent_simple_trade"
            | "independent_shop_trade"
            | "ec"
            | "cod"
            | "fenxiao"
            | "game_equipment"
            | "shopex_trade"
            | "netcn_trade"
            | "external_trade"
            | "o2o_offlinetrade"
            | "step"
            | "nopaid"
            | "pre_auth_type"
    )
}

/// `dispute_type` of a refund. `REPAIR` and `OTHERS` are documented but have no word in our model.
pub(crate) fn dispute(text: &str) -> Option<AftersaleKind> {
    match text {
        "REFUND" => Some(AftersaleKind::RefundOnly),
        "REFUND_AND_RETURN" => Some(AftersaleKind::ReturnRefund),
        "TMALL_EXCHANGE" | "TAOBAO_EXCHANGE" => Some(AftersaleKind::Exchange),
        "RESHIPPING" => Some(AftersaleKind::Resend),
        _ => None,
    }
}

/// `good_status` of a refund.
pub(crate) fn goods(text: &str) -> Option<GoodsState> {
    match text {
        "BUYER_NOT_RECEIVED" => Some(GoodsState::NotReceived),
        "BUYER_RECEIVED" => Some(GoodsState::Received),
        "BUYER_RETURNED_GOODS" => Some(GoodsState::Returned),
        _ => None,
    }
}

/// `refund_phase` of a refund together with the status of its sub-order: `onsale` alone does not say whether
/// the goods have left. `Err` for a phase we do not know.
pub(crate) fn phase(text: &str, order_status: Option<&str>) -> Result<Option<AftersalePhase>, ()> {
    match (text, order_status) {
        ("aftersale", _) => Ok(Some(AftersalePhase::AfterDelivery)),
        ("onsale", Some("WAIT_SELLER_SEND_GOODS" | "PAID_FORBID_CONSIGN")) => {
            Ok(Some(AftersalePhase::BeforeShipping))
        }
        ("onsale", Some("WAIT_BUYER_CONFIRM_GOODS")) => Ok(Some(AftersalePhase::InTransit)),
        ("onsale", _) => Ok(None),
        _ => Err(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crossdock_connector::carrier;

    /// Words of our own model that are misspelt in a table would be read as `unknown`.
    #[test]
    fn no_row_says_unknown() {
        let codes = Codes::read().unwrap();
        assert_eq!(codes.trade_status.rows().len(), 12);
        for row in codes.trade_status.rows() {
            assert_ne!(row.value.lifecycle, Lifecycle::Unknown, "{}", row.code);
            assert_ne!(row.value.payment, PaymentState::Unknown, "{}", row.code);
            assert_ne!(row.value.fulfillment, Some(Fulfillment::Unknown), "{}", row.code);
            assert_ne!(row.value.hold, Some(Hold::Unknown), "{}", row.code);
        }
        for row in codes.step_status.rows() {
            assert_ne!(row.value.stage, PresaleStage::Unknown, "{}", row.code);
            assert_ne!(row.value.payment, Some(PaymentState::Unknown), "{}", row.code);
            assert_ne!(row.value.lifecycle, Some(Lifecycle::Unknown), "{}", row.code);
        }
        for row in codes.refund_status.rows() {
            assert_ne!(row.value.state, AftersaleState::Unknown, "{}", row.code);
            assert_ne!(row.value.status, Some(AftersaleStatus::Unknown), "{}", row.code);
            assert_eq!(row.value.status.is_none(), row.code == "NO_REFUND", "{}", row.code);
        }
        // A carrier has one name, whichever platform calls it.
        for row in codes.carriers.rows() {
            assert_eq!(carrier::known(&row.code), Some(row.value.slug.as_str()), "{}", row.code);
        }
        assert_eq!(codes.topics.rows().len(), 15 + 8 + 10 + 2);
    }
}
