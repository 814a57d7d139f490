//! Settings: a profile for each trading partner, because each partner's guide overrides the standard.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crossdock_connector::{ConnectorConfig, Error, Result, Secret, settings};

/// Settings of one mailbox.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Trading partners.
    pub partner: Vec<PartnerConfig>,
    /// Last segment of the URL to which interchanges are posted. Without it every push is refused.
    #[serde(default)]
    pub path_token: Option<Secret>,
    /// The token before, accepted as well while the callers are being changed over.
    #[serde(default)]
    pub previous_path_token: Option<Secret>,
    /// Carriers by the code the partners use (SCAC, or what TD5 and TDT say), beside those the connector knows.
    #[serde(default)]
    pub carriers: BTreeMap<String, String>,
}

/// The profile of a trading partner.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PartnerConfig {
    /// The partner's id as in ISA06 or UNB.
    pub id: String,
    /// The qualifier beside it (`ZZ`, `01`, `14`); without it any will do.
    #[serde(default)]
    pub qualifier: Option<String>,
    /// `source.shop` of the partner's orders. Part of their identity: never change it.
    pub shop: String,
    /// ISO 4217, where a document names no currency.
    pub currency: String,
    /// IANA name of the partner's time zone: documents carry local times without one.
    pub time_zone: String,
    /// ISO 3166-1 alpha-2, where an address names no country.
    #[serde(default)]
    pub country: Option<String>,
    /// Orders are on account and count as paid when they are placed.
    #[serde(default)]
    pub counts_as_paid: bool,
    /// Interchanges with wrong counts or references are refused instead of read with an issue.
    #[serde(default)]
    pub strict: bool,
    /// Interchanges marked as a test are read as if they were meant.
    #[serde(default)]
    pub accept_tests: bool,
    /// What POC03 says when a quantity is changed.
    #[serde(default)]
    pub change_quantity: ChangeQuantity,
    /// What the lines of a change order are.
    #[serde(default)]
    pub changes: Changes,
    /// A change that only names some lines holds the order until it is answered.
    #[serde(default = "yes")]
    pub hold_changes: bool,
    /// What becomes of confirmations and duplicates of an order.
    #[serde(default)]
    pub copies: Copies,
    /// What a ship notice covers.
    #[serde(default)]
    pub ship_notices: ShipNotices,
    /// When the answer to a posted interchange holds its 997 or CONTRL.
    #[serde(default)]
    pub acknowledge: Acknowledge,
    /// The answer also holds an 855 or ORDRSP that accepts each order as it is.
    #[serde(default)]
    pub accept_orders: bool,
    /// Added to the control number of an interchange to get that of its acknowledgement, at most 999999999.
    #[serde(default)]
    pub control_offset: u32,
}

/// What POC03 says when a quantity is changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChangeQuantity {
    /// The quantity from now on.
    #[default]
    New,
    /// By how much it goes up or down.
    Difference,
}

/// What the lines of a change order are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Changes {
    /// Those that change.
    #[default]
    Some,
    /// All lines of the order as it is from now on.
    Whole,
}

/// What becomes of confirmations and duplicates of an order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Copies {
    /// They make no order; what differs from the order that is known is told as its change.
    #[default]
    Compare,
    /// They are passed over.
    Ignore,
}

/// What a ship notice covers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ShipNotices {
    /// Some of the order: lines that are not named may follow.
    #[default]
    Part,
    /// The whole order, unless it says less than was ordered.
    Whole,
}

/// When a posted interchange is acknowledged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Acknowledge {
    /// X12 always, EDIFACT when UNB asks for it.
    #[default]
    WhenAsked,
    /// Always.
    Always,
    /// Never: somebody else does it.
    Never,
}

const fn yes() -> bool {
    true
}

impl ConnectorConfig for Config {
    fn example() -> &'static str {
        include_str!("../example.toml")
    }

    fn validate(&self) -> Result<()> {
        if self.partner.is_empty() {
            return Err(Error::config("expected at least one trading partner").at("partner"));
        }
        for (key, token) in
            [("path_token", &self.path_token), ("previous_path_token", &self.previous_path_token)]
        {
            settings::previous_token(token.as_ref(), key)?;
        }
        for (at, partner) in self.partner.iter().enumerate() {
            let key = |name: &str| format!("partner[{at}].{name}");
            settings::filled(&partner.id, &key("id"))?;
            settings::filled(&partner.shop, &key("shop"))?;
            let capitals = |text: &str, length| {
                text.len() == length && text.bytes().all(|byte| byte.is_ascii_uppercase())
            };
            if !capitals(&partner.currency, 3) {
                return Err(Error::config("expected an ISO 4217 code like USD").at(key("currency")));
            }
            if partner.country.as_deref().is_some_and(|country| !capitals(country, 2)) {
                return Err(Error::config("expected an ISO 3166-1 code like US").at(key("country")));
            }
            if partner.control_offset > 999_999_999 {
                return Err(Error::config("expected at most 999999999").at(key("control_offset")));
            }
            let same = |other: &PartnerConfig| {
                other.id == partner.id
                    && (other.qualifier == partner.qualifier
                        || other.qualifier.is_none()
                        || partner.qualifier.is_none())
            };
            if self.partner.iter().take(at).any(same) {
                return Err(Error::config("two partners with one id").at(key("id")));
            }
        }
        settings::carriers(&self.carriers, "carriers")
    }
}
