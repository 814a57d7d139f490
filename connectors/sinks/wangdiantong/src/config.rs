//! Settings of a WDT account.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crossdock_connector::mapping::{Codes, Fields};
use crossdock_connector::server::{self, Tail};
use crossdock_connector::{ConnectorConfig, Error, Result, Secret};

mod words;

pub use words::{
    Generation, Held, InvoiceWord, Masked, OrderNames, Push, RefundStatusWord, RefundTypeWord, StatusWord,
    UnknownPhase,
};

/// Settings of a WDT account.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Which interface the account has: `qyb`, `y` or `qjb`.
    pub generation: Generation,
    /// The seller account.
    pub sid: String,
    /// Key of the application.
    pub appkey: String,
    /// Secret of the application; for `qjb` as the console shows it, `secret:salt`.
    pub appsecret: Secret,
    /// Address of the interface up to the service; the generation's own when absent.
    #[serde(default)]
    pub base_url: Option<String>,
    /// Lets personal data travel unencrypted to another machine.
    #[serde(default)]
    pub insecure_allow_http: bool,
    /// Shops: `platform/shop` to `shop_no`. Each has to be a shop of one's own (自有平台/其它) over there.
    pub shops: Codes,
    /// What numbers of a shop's orders, lines and refunds start with: they are unique per account, not per shop.
    #[serde(default)]
    pub prefixes: Codes,
    /// Whether `tid` is the prefix with the platform's number, or made from our key of the order.
    #[serde(default)]
    pub order_names: OrderNames,
    /// Which orders are pushed: `paid` ones (cash on delivery too), or `all`.
    #[serde(default)]
    pub push: Push,
    /// What happens to an unshipped order that is on hold: `keep_back` until it is released, or `push`.
    #[serde(default)]
    pub held: Held,
    /// What happens to receivers that the platform masks: `send` what is shown, or `reject` the order.
    #[serde(default)]
    pub masked_receivers: Masked,
    /// The currency of the account. Orders in another one are rejected.
    #[serde(default = "cny")]
    pub currency: String,
    /// The parameter `switch` of `trade_push`: 0 lenient, 1 strict. Sent as 1 to `qyb`, not sent to `y`.
    #[serde(default)]
    pub switch: Option<u8>,
    /// SKUs: ours to `spec_no`. One that is not listed is sent as it is.
    #[serde(default)]
    pub skus: Codes,
    /// Warehouses of order lines to `warehouse_no`; empty leaves the choice to WDT.
    #[serde(default)]
    pub warehouses: Codes,
    /// Codes of order and line states, where they differ from the generation's own.
    #[serde(default)]
    pub statuses: BTreeMap<StatusWord, u32>,
    /// Codes of kinds of refunds, where they differ from the generation's own.
    #[serde(default)]
    pub refund_types: BTreeMap<RefundTypeWord, u32>,
    /// Codes of states of refunds, where they differ from the generation's own.
    #[serde(default)]
    pub refund_statuses: BTreeMap<RefundStatusWord, u32>,
    /// How a refund counts when nobody says whether its goods are shipped. Without it such a refund is rejected.
    #[serde(default)]
    pub unknown_phase: Option<UnknownPhase>,
    /// Payment methods to `pay_method` of `qjb`, where they differ from its own.
    #[serde(default)]
    pub pay_methods: BTreeMap<String, u32>,
    /// Wished invoices to `invoice_type` of `qjb`. What is not listed is not asked for.
    #[serde(default)]
    pub invoice_types: BTreeMap<InvoiceWord, u32>,
    /// Texts in WDT's messages that mean: the order of this refund is not there yet.
    #[serde(default)]
    pub wait_texts: Vec<String>,
    /// Seconds without any call after WDT said that there were too many.
    #[serde(default = "five_minutes")]
    pub pause_seconds: u32,
    /// Further fields of an order's head, each from a place in the event or with a fixed text.
    #[serde(default)]
    pub fields: Fields,
}

fn cny() -> String {
    "CNY".to_owned()
}

fn five_minutes() -> u32 {
    300
}

/// What the head of an order holds already.
pub(crate) const OURS: &[&str] = &[
    "adjust_amount",
    "buyer_message",
    "buyer_nick",
    "cod_amount",
    "delivery_term",
    "discount",
    "end_time",
    "goods_count",
    "invoice_title",
    "invoice_type",
    "is_auto_wms",
    "logistics_type",
    "order_count",
    "order_list",
    "other_amount",
    "paid",
    "pay_method",
    "pay_status",
    "pay_time",
    "platform_cost",
    "post_amount",
    "process_status",
    "receivable",
    "received",
    "receiver_address",
    "receiver_area",
    "receiver_city",
    "receiver_district",
    "receiver_mobile",
    "receiver_name",
    "receiver_province",
    "receiver_telno",
    "receiver_zip",
    "refund_status",
    "remark",
    "remark_flag",
    "seller_flag",
    "seller_memo",
    "tid",
    "trade_status",
    "trade_time",
    "warehouse_no",
];

impl Config {
    /// Address of the interface, without a slash at its end.
    pub(crate) fn base(&self) -> &str {
        self.base_url.as_deref().unwrap_or(self.generation.base()).trim_end_matches('/')
    }

    /// The two halves of the secret: what signs, and the salt that `qjb` sends along.
    pub(crate) fn secret(&self) -> Result<(String, String)> {
        let text = self.appsecret.expose_text().map(str::trim).unwrap_or_default();
        let (secret, salt) = match self.generation {
            Generation::Qjb => text.split_once(':').unwrap_or_default(),
            Generation::Qyb | Generation::Y => (text, "-"),
        };
        if secret.is_empty() || salt.is_empty() {
            let what = match self.generation {
                Generation::Qjb => "expected `secret:salt`, as the console of qjb shows it",
                Generation::Qyb | Generation::Y => "expected text that is not empty",
            };
            return Err(Error::config(what).at("appsecret"));
        }
        Ok((secret.to_owned(), salt.to_owned()))
    }
}

impl ConnectorConfig for Config {
    fn example() -> &'static str {
        include_str!("../example.toml")
    }

    fn validate(&self) -> Result<()> {
        for (key, text) in [("sid", &self.sid), ("appkey", &self.appkey)] {
            if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
                return Err(Error::config("expected visible ASCII characters").at(key));
            }
        }
        self.secret()?;
        server::address(self.base(), Tail::Path, "orders", self.insecure_allow_http)
            .map_err(|error| error.at("base_url"))?;
        if self.shops.0.is_empty() {
            return Err(Error::config("expected a row like \"taobao/2208812345\" = \"S001\"").at("shops"));
        }
        self.shops.validate("shops")?;
        for (shop, number) in &self.shops.0 {
            // Plain form values are where the two readings of the signature would differ.
            if !number.bytes().all(|byte| byte.is_ascii_graphic()) {
                return Err(Error::config("expected ASCII").at(format!("shops.\"{shop}\"")));
            }
        }
        self.prefixes()?;
        self.skus.validate("skus")?;
        self.warehouses.validate("warehouses")?;
        if self.currency.len() != 3 || !self.currency.bytes().all(|byte| byte.is_ascii_uppercase()) {
            return Err(Error::config("expected three letters like CNY").at("currency"));
        }
        if self.wait_texts.iter().any(|text| text.trim().is_empty()) {
            return Err(Error::config("an empty text is in every message").at("wait_texts"));
        }
        if !(1..=86_400).contains(&self.pause_seconds) {
            return Err(Error::config("allowed are 1 to 86400").at("pause_seconds"));
        }
        self.fields.validate("fields")?;
        if let Some(name) = self.fields.0.keys().find(|name| OURS.contains(&name.as_str())) {
            return Err(Error::config("is filled already").at(format!("fields.{name}")));
        }
        self.only_some()
    }
}

impl Config {
    fn prefixes(&self) -> Result<()> {
        self.prefixes.validate("prefixes")?;
        if self.prefixes.0.contains_key("*") {
            let what = "one prefix for all would let orders of two shops collide: give each platform or shop its own";
            return Err(Error::config(what).at("prefixes.\"*\""));
        }
        let mut seen = BTreeMap::new();
        for (shop, prefix) in &self.prefixes.0 {
            if prefix.len() > 12 || !prefix.bytes().all(|byte| byte.is_ascii_graphic()) {
                let what = "expected up to 12 visible ASCII characters";
                return Err(Error::config(what).at(format!("prefixes.\"{shop}\"")));
            }
            if let Some(other) = seen.insert(prefix, shop) {
                let what = format!("`{other}` has the same prefix: their orders would collide");
                return Err(Error::config(what).at(format!("prefixes.\"{shop}\"")));
            }
        }
        if self.prefixes.0.is_empty() && self.order_names == OrderNames::Number {
            return Err(Error::config("expected a row like \"taobao\" = \"tb-\"").at("prefixes"));
        }
        Ok(())
    }

    /// Settings that only some generations have.
    fn only_some(&self) -> Result<()> {
        let qjb = self.generation == Generation::Qjb;
        let wrong = |key: &str, what: &str| Err(Error::config(what).at(key));
        match self.switch {
            Some(_) if qjb => return wrong("switch", "qjb has no such parameter"),
            Some(value) if value > 1 => return wrong("switch", "allowed are 0 and 1"),
            _ => {}
        }
        if qjb && !self.warehouses.0.is_empty() {
            return wrong("warehouses", "qjb takes a warehouse only for orders that ship by themselves");
        }
        if !qjb && !self.pay_methods.is_empty() {
            return wrong("pay_methods", "only qjb has such a field");
        }
        if !qjb && !self.invoice_types.is_empty() {
            return wrong("invoice_types", "only qjb's codes are known: use `fields` for this generation");
        }
        Ok(())
    }
}

#[cfg(test)]
pub(crate) mod tests;
