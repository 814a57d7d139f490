//! Settings of a warehouse.

use schemars::JsonSchema;
use serde::Deserialize;

use crossdock_connector::mapping::{Codes, Fields};
use crossdock_connector::server::{self, Tail};
use crossdock_connector::{ConnectorConfig, Error, Result, Secret};

mod words;

pub use words::{Changes, Evidence, Held, Masked, Meaning, OrderNames};

/// Settings of a warehouse.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Address of the warehouse's system, or of the gateway.
    pub url: String,
    /// Lets personal data travel unencrypted to another machine.
    #[serde(default)]
    pub insecure_allow_http: bool,
    /// Key of the application.
    pub app_key: String,
    /// Secret of the application: signs every call.
    pub secret: Secret,
    /// The counterpart, as agreed in the console.
    pub customer_id: String,
    /// What stands before a method's name: nothing for a direct connection, `taobao.qimen.` for the gateway.
    #[serde(default)]
    pub method_prefix: String,
    /// The owner of the goods.
    pub owner_code: String,
    /// Owners that differ by shop: `platform/shop` to `ownerCode`.
    #[serde(default)]
    pub owners: Codes,
    /// The warehouse of lines that name none; `OTHER` when the WMS decides.
    #[serde(default = "other")]
    pub warehouse_code: String,
    /// Warehouses of order lines to `warehouseCode`.
    #[serde(default)]
    pub warehouses: Codes,
    /// Shops: `platform/shop` to `shopNick`.
    pub shops: Codes,
    /// Platforms to `sourcePlatformCode`, beside TB, TM and JD.
    #[serde(default)]
    pub platforms: Codes,
    /// SKUs: ours to `itemCode`. One that is not listed is sent as it is.
    #[serde(default)]
    pub skus: Codes,
    /// Methods of delivery (`delivery.method_code` of the order) to `logisticsCode`.
    #[serde(default)]
    pub logistics: Codes,
    /// The carrier of all other orders.
    #[serde(default = "other")]
    pub logistics_code: String,
    /// Which stock is shipped: `ZP` good, `CC` defective, `JS` damaged, `XS` damaged box.
    #[serde(default = "good")]
    pub inventory_type: String,
    /// Who sends.
    pub sender: Sender,
    /// Return orders. Without it no return is announced.
    #[serde(default)]
    pub returns: Option<Returns>,
    /// Whether codes are made from our key of the order, or are the prefix with the platform's number.
    #[serde(default)]
    pub order_names: OrderNames,
    /// What codes of a shop's documents start with, for `order_names = "number"`.
    #[serde(default)]
    pub prefixes: Codes,
    /// Schemes of tokens that go into `oaid`.
    #[serde(default = "oaid")]
    pub oaid_schemes: Vec<String>,
    /// What happens to masked receivers without such a token: `reject` the order, or `send` what is shown.
    #[serde(default)]
    pub masked_receivers: Masked,
    /// What proves that a document is there: `query`, or the `text` of a refusal.
    #[serde(default)]
    pub evidence: Evidence,
    /// What happens to an order on hold, or with an open refund, before it is shipped: `cancel`, or `ignore` the hold.
    #[serde(default)]
    pub held: Held,
    /// What happens when an order changes that the warehouse has: `reject` the change, or `recreate`.
    #[serde(default)]
    pub changes: Changes,
    /// The currency of amounts. Orders in another one are rejected.
    #[serde(default = "cny")]
    pub currency: String,
    /// What this WMS means by its codes and texts, looked at before the common ones.
    #[serde(default)]
    pub rules: Vec<Rule>,
    /// Key and value pairs of `extendProps`, each from a place in the event or with a fixed text.
    #[serde(default)]
    pub fields: Fields,
}

/// Who sends a parcel.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Sender {
    /// Name.
    pub name: String,
    /// Mobile number.
    pub mobile: String,
    /// Province.
    pub province: String,
    /// City.
    pub city: String,
    /// District.
    #[serde(default)]
    pub area: Option<String>,
    /// Street and number.
    pub detail: String,
    /// Company.
    #[serde(default)]
    pub company: Option<String>,
    /// Postal code.
    #[serde(default)]
    pub zip_code: Option<String>,
}

/// What return orders need and no event holds.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Returns {
    /// Who sends the goods back. The event of a case does not hold its buyer.
    pub sender: Sender,
    /// `orderFlag`: upper-case flags joined by `^`, as agreed with the warehouse.
    pub order_flag: String,
    /// The carrier; it is not known when a return is announced.
    #[serde(default = "other")]
    pub logistics_code: String,
}

/// What a WMS means by a code or a text.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// The code of the answer.
    #[serde(default)]
    pub code: Option<String>,
    /// A text in its message.
    #[serde(default)]
    pub text: Option<String>,
    /// What that means.
    pub means: Meaning,
}

fn other() -> String {
    "OTHER".to_owned()
}

fn good() -> String {
    "ZP".to_owned()
}

fn cny() -> String {
    "CNY".to_owned()
}

fn oaid() -> Vec<String> {
    vec!["taobao_oaid".to_owned()]
}

impl ConnectorConfig for Config {
    fn example() -> &'static str {
        include_str!("../example.toml")
    }

    fn validate(&self) -> Result<()> {
        server::address(&self.url, Tail::Path, "orders", self.insecure_allow_http)
            .map_err(|error| error.at("url"))?;
        for (key, text) in [
            ("app_key", &self.app_key),
            ("customer_id", &self.customer_id),
            ("owner_code", &self.owner_code),
            ("warehouse_code", &self.warehouse_code),
            ("logistics_code", &self.logistics_code),
            ("inventory_type", &self.inventory_type),
        ] {
            if text.trim().is_empty() {
                return Err(Error::config("expected text that is not empty").at(key));
            }
        }
        if self.secret.expose_text().is_none_or(|text| text.trim().is_empty()) {
            return Err(Error::config("expected text that is not empty").at("secret"));
        }
        self.sender.validate("sender")?;
        if let Some(returns) = &self.returns {
            returns.sender.validate("returns.sender")?;
            let flags = |letter: char| letter.is_ascii_uppercase() || matches!(letter, '_' | '^');
            if returns.order_flag.is_empty() || !returns.order_flag.chars().all(flags) {
                return Err(Error::config("expected upper-case flags joined by ^").at("returns.order_flag"));
            }
        }
        if self.shops.0.is_empty() {
            return Err(Error::config("expected a row like \"taobao/2208812345\" = \"演示店铺\"").at("shops"));
        }
        for (setting, codes) in [
            ("owners", &self.owners),
            ("warehouses", &self.warehouses),
            ("shops", &self.shops),
            ("platforms", &self.platforms),
            ("skus", &self.skus),
            ("logistics", &self.logistics),
            ("prefixes", &self.prefixes),
        ] {
            codes.validate(setting)?;
        }
        for (shop, prefix) in &self.prefixes.0 {
            if prefix.len() > 12 || !prefix.bytes().all(|byte| byte.is_ascii_graphic()) {
                let what = "expected up to 12 visible ASCII characters";
                return Err(Error::config(what).at(format!("prefixes.\"{shop}\"")));
            }
        }
        if self.order_names == OrderNames::Number && self.prefixes.0.is_empty() {
            return Err(Error::config("expected a row like \"taobao\" = \"TB-\"").at("prefixes"));
        }
        if self.currency.len() != 3 || !self.currency.bytes().all(|byte| byte.is_ascii_uppercase()) {
            return Err(Error::config("expected three letters like CNY").at("currency"));
        }
        for (at, rule) in self.rules.iter().enumerate() {
            let said = [&rule.code, &rule.text].into_iter().flatten();
            if said.clone().count() == 0 || said.clone().any(|text| text.trim().is_empty()) {
                return Err(
                    Error::config("expected a `code` or a `text`, not empty").at(format!("rules[{at}]"))
                );
            }
        }
        self.fields.validate("fields")?;
        self.without_queries()
    }
}

impl Config {
    /// Nothing is cancelled or replaced where nobody can ask what is there.
    fn without_queries(&self) -> Result<()> {
        if self.evidence == Evidence::Query {
            return Ok(());
        }
        let what = "needs `evidence = \"query\"`: what is there has to be asked for first";
        if self.held == Held::Cancel {
            return Err(Error::config(what).at("held"));
        }
        if self.changes == Changes::Recreate {
            return Err(Error::config(what).at("changes"));
        }
        Ok(())
    }
}

impl Sender {
    fn validate(&self, path: &str) -> Result<()> {
        let parts = [
            ("name", &self.name),
            ("mobile", &self.mobile),
            ("province", &self.province),
            ("city", &self.city),
            ("detail", &self.detail),
        ];
        match parts.iter().find(|(_, text)| text.trim().is_empty()) {
            Some((key, _)) => {
                Err(Error::config("expected text that is not empty").at(format!("{path}.{key}")))
            }
            None => Ok(()),
        }
    }
}

#[cfg(test)]
pub(crate) mod tests;
