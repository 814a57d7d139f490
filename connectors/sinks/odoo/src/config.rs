//! Settings of an Odoo sink: where it is, who we are there, and which of our words are which of theirs.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Deserialize;

use crossdock_connector::mapping::{Codes, Fields};
use crossdock_connector::server::{self, Tail};
use crossdock_connector::{ConnectorConfig, Error, Result, Secret};

/// Which of Odoo's interfaces is spoken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Protocol {
    /// JSON-2: Odoo 19 and later.
    #[default]
    Json2,
    /// JSON-RPC: older versions, announced to go with Odoo 22.
    Jsonrpc,
}

/// From when on an order is pushed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Push {
    /// As soon as it is paid or goes by cash on delivery.
    #[default]
    Paid,
    /// As soon as it is placed.
    Placed,
}

/// What becomes of changed lines of an order that is confirmed over there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ConfirmedChanges {
    /// The event is parked with a message: people decide.
    #[default]
    Refuse,
    /// The order over there stays as it is.
    Ignore,
}

/// What becomes of lines that are parts of a bundle.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Components {
    /// Left out: the bundle is a kit over there, which Odoo takes apart itself.
    #[default]
    Skip,
    /// Sent as lines of their own.
    Send,
}

/// Whose order it is over there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum CustomersBy {
    /// One partner for each shop.
    #[default]
    Shop,
    /// One partner for each buyer.
    Buyer,
}

/// Partners.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Customers {
    /// One partner for each `shop`, or for each `buyer`.
    pub by: CustomersBy,
    /// The partner of a shop by its database id: `"taobao/shop" = "41"`. With `by = "buyer"`, for orders whose buyer
    /// cannot be told or must not be made.
    pub partners: Codes,
    /// With `by = "buyer"`: take the one partner that has the buyer's mail address.
    pub find_by_email: bool,
    /// With `by = "buyer"`: make the partner when there is none.
    pub create: bool,
    /// Leave the delivery address away instead of keeping it as a contact below the partner.
    pub without_delivery_contact: bool,
}

/// Credit notes for refunds.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Refunds {
    /// Refunds are not handed over at all.
    #[serde(default)]
    pub ignore: bool,
    /// `default_code` of the product that stands on the credit note.
    #[serde(default)]
    pub product: Option<String>,
    /// Database id of the journal; Odoo's own choice without it.
    #[serde(default)]
    pub journal: Option<String>,
    /// Post the credit note instead of leaving it as a draft.
    #[serde(default)]
    pub post: bool,
}

/// Settings of an Odoo sink.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where Odoo is: `https://host`, without a path.
    pub base_url: String,
    /// Name of the database. May be left out with `json2` where the host serves one only.
    pub database: Option<String>,
    /// `json2` (19 and later) or `jsonrpc`.
    #[serde(default)]
    pub protocol: Protocol,
    /// With `jsonrpc`: login name of the user whose key it is.
    pub login: Option<String>,
    /// API key of a user made for this. Lives three months at most: rotate it.
    pub api_key: Secret,
    /// First part of the external ids of what we make.
    #[serde(default = "namespace")]
    pub namespace: String,
    /// Language of names and messages: `zh_CN`.
    pub lang: Option<String>,
    /// Push orders once they are `paid`, or already when `placed`.
    #[serde(default)]
    pub push: Push,
    /// Confirm orders that are not held. Without it they stay quotations.
    #[serde(default = "yes")]
    pub confirm: bool,
    /// Compare the total that Odoo computes with ours before confirming; park the event when they differ.
    #[serde(default = "yes")]
    pub check_total: bool,
    /// Lines changed after confirmation: `refuse` or `ignore`.
    #[serde(default)]
    pub confirmed_changes: ConfirmedChanges,
    /// Parts of bundles: `skip` or `send`.
    #[serde(default)]
    pub components: Components,
    /// Fraction digits of prices over there ("Product Price").
    #[serde(default = "two")]
    pub price_digits: u32,
    /// `default_code` of the product that carries order discounts and roundings.
    pub adjustment_product: Option<String>,
    /// `default_code` of the product that stands for one that is not found. The line keeps our name of it.
    pub fallback_product: Option<String>,
    /// Whole-number field of `sale.order` in which we keep the revision, to refuse older ones.
    pub revision_field: Option<String>,
    /// Partners.
    #[serde(default)]
    pub customers: Customers,
    /// Database id of the company of a shop. Without a row: the company of our user.
    #[serde(default)]
    pub companies: Codes,
    /// Database id of a warehouse by our code of it.
    #[serde(default)]
    pub warehouses: Codes,
    /// Database id of the price list by currency: `"CNY" = "1"`.
    #[serde(default)]
    pub pricelists: Codes,
    /// `default_code` by our SKU, where they differ.
    #[serde(default)]
    pub skus: Codes,
    /// `default_code` of the product of a fee: `"shipping" = "SHIP"`.
    #[serde(default)]
    pub fees: Codes,
    /// Database id of the delivery method by our carrier.
    #[serde(default)]
    pub carriers: Codes,
    /// Database id of the state by ISO 3166-2 code or name of the province.
    #[serde(default)]
    pub states: Codes,
    /// Custom fields of `sale.order` and where their values come from.
    #[serde(default)]
    pub fields: Fields,
    /// Credit notes. Without this table refunds are parked.
    pub refunds: Option<Refunds>,
    /// Lets personal data travel unencrypted to another machine.
    #[serde(default)]
    pub insecure_allow_http: bool,
}

fn namespace() -> String {
    "crossdock".to_owned()
}

fn yes() -> bool {
    true
}

fn two() -> u32 {
    2
}

impl ConnectorConfig for Config {
    fn example() -> &'static str {
        include_str!("../example.toml")
    }

    fn validate(&self) -> Result<()> {
        server::address(&self.base_url, Tail::Nothing, "orders", self.insecure_allow_http)
            .map_err(|error| error.at("base_url"))?;
        let key = self.api_key.expose();
        if key.is_empty() || !key.iter().all(u8::is_ascii_graphic) {
            return Err(Error::config("an API key is visible ASCII and not empty").at("api_key"));
        }
        self.check_protocol()?;
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        if self.namespace.is_empty() || !self.namespace.bytes().all(plain) {
            return Err(Error::config("expected letters, digits and `_`").at("namespace"));
        }
        if self.price_digits > 6 {
            return Err(Error::config("allowed are 0 to 6").at("price_digits"));
        }
        if let Some(field) = &self.revision_field {
            field_name(field).map_err(|error| error.at("revision_field"))?;
        }
        for (path, value) in [
            ("adjustment_product", &self.adjustment_product),
            ("fallback_product", &self.fallback_product),
            ("lang", &self.lang),
            ("database", &self.database),
            ("login", &self.login),
        ] {
            if value.as_ref().is_some_and(|text| text.trim().is_empty()) {
                return Err(Error::config("is empty: give a value or leave it out").at(path));
            }
        }
        self.check_tables()
    }
}

impl Config {
    fn check_protocol(&self) -> Result<()> {
        match self.protocol {
            Protocol::Json2 if self.login.is_some() => {
                Err(Error::config("is used with protocol = \"jsonrpc\" only: the key says who we are")
                    .at("login"))
            }
            Protocol::Json2 => Ok(()),
            Protocol::Jsonrpc if self.database.is_none() => {
                Err(Error::config("protocol = \"jsonrpc\" needs it").at("database"))
            }
            Protocol::Jsonrpc if self.login.is_none() => {
                Err(Error::config("protocol = \"jsonrpc\" needs it").at("login"))
            }
            Protocol::Jsonrpc => Ok(()),
        }
    }

    /// The company of a shop; nothing where it is that of our user.
    pub(crate) fn company(&self, platform: &str, shop: &str) -> Result<Option<i64>> {
        self.companies.shop(platform, shop).map(database_id).transpose()
    }

    /// All companies that shops have.
    pub(crate) fn all_companies(&self) -> BTreeSet<i64> {
        self.companies.0.values().filter_map(|id| database_id(id).ok()).collect()
    }

    fn check_tables(&self) -> Result<()> {
        let ids = [
            ("customers.partners", &self.customers.partners),
            ("companies", &self.companies),
            ("warehouses", &self.warehouses),
            ("pricelists", &self.pricelists),
            ("carriers", &self.carriers),
            ("states", &self.states),
        ];
        for (setting, table) in ids {
            table.validate(setting)?;
            for (ours, theirs) in &table.0 {
                database_id(theirs).map_err(|error| error.at(format!("{setting}.\"{ours}\"")))?;
            }
        }
        for (setting, table) in [("skus", &self.skus), ("fees", &self.fees)] {
            table.validate(setting)?;
        }
        self.fields.validate("fields")?;
        for field in self.fields.0.keys() {
            field_name(field).map_err(|error| error.at(format!("fields.{field}")))?;
        }
        let customers = &self.customers;
        if customers.by == CustomersBy::Shop && customers.partners.0.is_empty() {
            let what = "no partner: add rows like \"taobao/shop\" = \"41\", or set customers.by = \"buyer\"";
            return Err(Error::config(what).at("customers.partners"));
        }
        if customers.by == CustomersBy::Shop && (customers.create || customers.find_by_email) {
            let what = "`create` and `find_by_email` need by = \"buyer\"";
            return Err(Error::config(what).at("customers.by"));
        }
        if let Some(refunds) = &self.refunds {
            if refunds.product.as_ref().is_none_or(|code| code.trim().is_empty()) && !refunds.ignore {
                let what = "name the product of credit notes, or set refunds.ignore = true";
                return Err(Error::config(what).at("refunds.product"));
            }
            if let Some(journal) = &refunds.journal {
                database_id(journal).map_err(|error| error.at("refunds.journal"))?;
            }
        }
        Ok(())
    }
}

/// A database id as people write it into the settings.
pub(crate) fn database_id(text: &str) -> Result<i64> {
    match text.trim().parse::<i64>() {
        Ok(id) if id > 0 => Ok(id),
        _ => {
            Err(Error::config(format!("`{text}` is no database id: expected a whole number such as \"41\"")))
        }
    }
}

fn field_name(name: &str) -> Result<()> {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    if name.is_empty() || !name.bytes().all(plain) {
        return Err(Error::config(format!("`{name}` is no field name: expected something like x_channel")));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(change: &str) -> Result<Config> {
        let mut table: toml::Table =
            "base_url = 'https://erp.example.com'\n[customers.partners]\n'*' = '41'".parse().unwrap();
        let change: toml::Table = change.parse().unwrap();
        for (key, value) in change {
            table.insert(key, value);
        }
        let mut key = toml::Table::new();
        key.insert(Secret::resolved_key().to_owned(), toml::Value::String("example-key".into()));
        table.insert("api_key".into(), toml::Value::Table(key));
        let config: Config = crossdock_connector::settings::read(table)?;
        config.validate()?;
        Ok(config)
    }

    #[test]
    fn what_cannot_work_is_refused_where_it_stands() {
        read("").unwrap();
        read("protocol = 'jsonrpc'\ndatabase = 'acme'\nlogin = 'bot'").unwrap();
        for (change, path) in [
            ("base_url = 'http://erp.example.com'", "base_url"),
            ("base_url = 'https://erp.example.com/odoo'", "base_url"),
            ("base_url = 'https://user@erp.example.com'", "base_url"),
            ("protocol = 'jsonrpc'\nlogin = 'bot'", "database"),
            ("protocol = 'jsonrpc'\ndatabase = 'acme'", "login"),
            ("login = 'bot'", "login"),
            ("namespace = 'a.b'", "namespace"),
            ("price_digits = 7", "price_digits"),
            ("revision_field = 'X Revision'", "revision_field"),
            ("companies = { 'taobao' = 'Acme' }", "companies.\"taobao\""),
            ("pricelists = { 'CNY' = '0' }", "pricelists.\"CNY\""),
            ("customers = { by = 'shop' }", "customers.partners"),
            ("customers = { partners = { '*' = '1' }, create = true }", "customers.by"),
            ("refunds = { post = true }", "refunds.product"),
            ("refunds = { product = 'REFUND', journal = 'x' }", "refunds.journal"),
            ("fields = { 'x_channel' = 'order.nothing' }", "fields.x_channel"),
            ("fields = { 'X-channel' = 'order.currency' }", "fields.X-channel"),
            ("adjustment_product = ' '", "adjustment_product"),
        ] {
            let error = read(change).expect_err(change);
            assert_eq!(error.path.as_deref(), Some(path), "{change}: {error}");
        }
    }
}
