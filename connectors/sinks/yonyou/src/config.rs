//! Settings of a Yonyou sink.

use std::collections::BTreeMap;

use crossdock_connector::document::Receiver;
use crossdock_connector::mapping::{Codes, Fields};
use crossdock_connector::server::{self, Tail};
use crossdock_connector::{ConnectorConfig, Error, Result, Secret};
use crossdock_schemas::{Dec, PaymentState};
use jiff::tz::Offset;
use schemars::JsonSchema;
use serde::Deserialize;

/// Which of Yonyou's systems.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Product {
    /// YonBIP and YonSuite, by the open platform.
    Yonbip,
    /// U8, by its OpenAPI.
    U8,
}

/// How far an order is taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Approve {
    /// Saved: people do the rest.
    Save,
    /// Submitted: people audit it. YonBIP only.
    Submit,
    /// Audited: it takes effect.
    #[default]
    Audit,
}

/// What is done with a cancelled order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Withdraw {
    /// The approval is taken back, so that nothing ships. The order stays for people to look at.
    #[default]
    Unaudit,
    /// The approval is taken back and the order deleted. YonBIP only.
    Delete,
}

/// Which lines of a bundle are written: never both, the goods would be there twice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Bundles {
    /// The bundle itself.
    #[default]
    Bundle,
    /// Its components.
    Components,
}

/// Settings of a Yonyou sink.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Which system: `yonbip` or `u8`.
    pub product: Product,
    /// Lets personal data travel unencrypted to another machine.
    #[serde(default)]
    pub insecure_allow_http: bool,
    /// What order numbers begin with, at most six letters, digits or `-`; 24 characters of our key follow.
    #[serde(default = "prefix")]
    pub number_prefix: String,
    /// Offset of the server's clock: times have no zone there.
    #[serde(default = "china")]
    pub utc_offset: String,
    /// How far an order is taken: `save`, `submit` or `audit`.
    #[serde(default)]
    pub approve: Approve,
    /// What is done with a cancelled order: `unaudit` or `delete`.
    #[serde(default)]
    pub withdraw: Withdraw,
    /// States of payment in which an order is written.
    #[serde(default = "ready")]
    pub ready: Vec<PaymentState>,
    /// Customer of a shop: `"taobao/2208812345" = "CUST-WEB"`.
    pub customers: Codes,
    /// Units by UN/ECE code; lines without one are `C62`.
    pub units: Codes,
    /// Products of SKUs. A SKU without a row is its own product code.
    #[serde(default)]
    pub skus: Codes,
    /// Refuses SKUs without a row.
    #[serde(default)]
    pub skus_only: bool,
    /// Whether prices contain tax when the source does not say.
    #[serde(default = "yes")]
    pub tax_included: bool,
    /// Tax in percent when the source does not say.
    pub tax_percent: Dec,
    /// Which lines of a bundle are written.
    #[serde(default)]
    pub bundles: Bundles,
    /// Products under which fees are written, by kind of fee; `none` leaves a kind out.
    #[serde(default)]
    pub fees: Codes,
    /// Further fields of the order; `headItem.define1` is `define1` inside `headItem`.
    #[serde(default)]
    pub fields: Fields,
    /// Further fields of each line, always the same text.
    #[serde(default)]
    pub line_fields: BTreeMap<String, String>,
    /// Fields for the person who gets the goods.
    #[serde(default)]
    pub receiver: Receiver,
    /// What YonBIP needs besides.
    pub yonbip: Option<YonbipConfig>,
    /// What U8 needs besides.
    pub u8: Option<U8Config>,
}

/// What YonBIP needs besides.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct YonbipConfig {
    /// The tenant's `gatewayUrl`, as the data centre query says.
    pub gateway_url: String,
    /// The tenant's `tokenUrl`, as the data centre query says.
    pub token_url: String,
    /// The application.
    pub app_key: String,
    /// Its secret.
    pub app_secret: Secret,
    /// Sales organization of a shop.
    pub organizations: Codes,
    /// Stock organization of a shop; else the sales organization.
    #[serde(default)]
    pub stock_organizations: Codes,
    /// Settlement (invoicing) organization of a shop; else the sales organization.
    #[serde(default)]
    pub settlement_organizations: Codes,
    /// Transaction type.
    pub transaction_type: String,
    /// Currencies: `CNY = "CNY"`.
    pub currencies: Codes,
    /// ISO code of the books' own currency.
    #[serde(default = "yuan")]
    pub native_currency: String,
    /// Rates into the books' own currency, for other currencies.
    #[serde(default)]
    pub exchange_rates: Codes,
    /// Type of exchange rate.
    pub exchange_rate_type: String,
    /// Tax items by percent: `13 = "VAT13"`.
    pub taxes: Codes,
}

/// What U8 needs besides.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct U8Config {
    /// The platform's address.
    #[serde(default = "u8_platform")]
    pub base_url: String,
    /// Account of the caller.
    pub from_account: String,
    /// Account that is called.
    pub to_account: String,
    /// The application.
    pub app_key: String,
    /// Its secret. U8 wants it in the address of the token call.
    pub app_secret: Secret,
    /// Data source.
    #[serde(default = "one")]
    pub ds_sequence: u32,
    /// Kind of business.
    #[serde(default = "ordinary_sale")]
    pub business_type: String,
    /// Code of the type of sale.
    pub sale_type: String,
    /// Department of a shop.
    pub departments: Codes,
    /// ISO code of the books' currency: orders in others are refused, the document has no field for them.
    #[serde(default = "yuan")]
    pub currency: String,
    /// Error codes that mean that the token has ended. The vendor's list is not established.
    #[serde(default)]
    pub session_errors: Vec<String>,
    /// Error codes that pass by themselves.
    #[serde(default)]
    pub passing_errors: Vec<String>,
}

fn prefix() -> String {
    "XD-".to_owned()
}
fn china() -> String {
    "+08:00".to_owned()
}
fn yuan() -> String {
    "CNY".to_owned()
}
fn yes() -> bool {
    true
}
fn one() -> u32 {
    1
}
fn u8_platform() -> String {
    "https://api.yonyouup.com".to_owned()
}
fn ordinary_sale() -> String {
    "普通销售".to_owned()
}
fn ready() -> Vec<PaymentState> {
    vec![
        PaymentState::Paid,
        PaymentState::CodPending,
        PaymentState::PartiallyRefunded,
        PaymentState::Refunded,
    ]
}

impl Config {
    /// The offset of the server's clock.
    pub(crate) fn offset(&self) -> Option<Offset> {
        server::utc_offset(&self.utc_offset)
    }
}

impl ConnectorConfig for Config {
    fn example() -> &'static str {
        include_str!("../example.toml")
    }

    fn validate(&self) -> Result<()> {
        let plain = |letter: char| letter.is_ascii_alphanumeric() || letter == '-';
        if self.number_prefix.len() > 6 || !self.number_prefix.chars().all(plain) {
            return Err(Error::config("at most six letters, digits or `-`").at("number_prefix"));
        }
        if self.offset().is_none() {
            return Err(Error::config("expected an offset like +08:00").at("utc_offset"));
        }
        if self.ready.is_empty() || self.ready.contains(&PaymentState::Unknown) {
            let words: Vec<&str> = PaymentState::ALL.iter().map(|state| state.as_str()).collect();
            return Err(Error::config(format!("expected some of {}", words.join(", "))).at("ready"));
        }
        if self.tax_percent.is_negative() {
            return Err(Error::config("expected a percentage like 13").at("tax_percent"));
        }
        for (name, codes) in [
            ("customers", &self.customers),
            ("units", &self.units),
            ("skus", &self.skus),
            ("fees", &self.fees),
        ] {
            codes.validate(name)?;
        }
        self.fields.validate("fields")?;
        for name in self.line_fields.keys() {
            server::name(&format!("line_fields.{name}"), name)?;
        }
        match (self.product, &self.yonbip, &self.u8) {
            (Product::Yonbip, Some(yonbip), None) => yonbip.validate(self.insecure_allow_http),
            (Product::U8, None, Some(u8)) => {
                if self.approve == Approve::Submit {
                    return Err(Error::config("u8 knows `save` and `audit`").at("approve"));
                }
                if self.withdraw == Withdraw::Delete {
                    return Err(Error::config("u8 knows `unaudit`").at("withdraw"));
                }
                u8.validate(self.insecure_allow_http)
            }
            (Product::Yonbip, None, _) => Err(Error::config("is needed for this `product`").at("yonbip")),
            (Product::U8, _, None) => Err(Error::config("is needed for this `product`").at("u8")),
            (Product::Yonbip, _, Some(_)) => Err(Error::config("is not used by this `product`").at("u8")),
            (Product::U8, Some(_), _) => Err(Error::config("is not used by this `product`").at("yonbip")),
        }
    }
}

/// Orders go there.
fn address(url: &str, setting: &str, allow_http: bool) -> Result<()> {
    server::address(url, Tail::Path, "orders", allow_http).map_err(|error| error.at(setting))
}

impl YonbipConfig {
    fn validate(&self, allow_http: bool) -> Result<()> {
        address(&self.gateway_url, "yonbip.gateway_url", allow_http)?;
        address(&self.token_url, "yonbip.token_url", allow_http)?;
        for (name, text) in [
            ("yonbip.app_key", &self.app_key),
            ("yonbip.transaction_type", &self.transaction_type),
            ("yonbip.native_currency", &self.native_currency),
            ("yonbip.exchange_rate_type", &self.exchange_rate_type),
        ] {
            server::name(name, text)?;
        }
        if self.app_secret.expose().is_empty() {
            return Err(Error::config("is empty").at("yonbip.app_secret"));
        }
        for (currency, rate) in &self.exchange_rates.0 {
            if Dec::parse(rate).is_err() {
                let path = format!("yonbip.exchange_rates.{currency}");
                return Err(Error::config("expected a rate like \"7.1\"").at(path));
            }
        }
        for (name, codes) in [
            ("yonbip.organizations", &self.organizations),
            ("yonbip.stock_organizations", &self.stock_organizations),
            ("yonbip.settlement_organizations", &self.settlement_organizations),
            ("yonbip.currencies", &self.currencies),
            ("yonbip.taxes", &self.taxes),
        ] {
            codes.validate(name)?;
        }
        Ok(())
    }
}

impl U8Config {
    fn validate(&self, allow_http: bool) -> Result<()> {
        address(&self.base_url, "u8.base_url", allow_http)?;
        for (name, text) in [
            ("u8.from_account", &self.from_account),
            ("u8.to_account", &self.to_account),
            ("u8.app_key", &self.app_key),
            ("u8.business_type", &self.business_type),
            ("u8.sale_type", &self.sale_type),
            ("u8.currency", &self.currency),
        ] {
            server::name(name, text)?;
        }
        if self.app_secret.expose().is_empty() {
            return Err(Error::config("is empty").at("u8.app_secret"));
        }
        self.departments.validate("u8.departments")
    }
}
