//! Settings of a Jiandaoyun sink.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crossdock_connector::server::{self, Tail};
use crossdock_connector::{ConnectorConfig, Error, Result, Secret};

use crate::form::{Entity, Form};

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

/// What an error code means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Meaning {
    /// Too many calls: again a little later.
    Throttled,
    /// The key is refused: people have to mend it.
    Auth,
    /// A passing trouble over there.
    Retry,
    /// Refused for good.
    Rejected,
}

/// Settings of a Jiandaoyun sink.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where the API is, without a path.
    #[serde(default = "base_url")]
    pub base_url: String,
    /// An API key of the open platform.
    pub api_key: Secret,
    /// Push orders once they are `paid`, or already when `placed`.
    #[serde(default)]
    pub push: Push,
    /// Compare the settings with the form's own list of widgets before each batch: values for widgets that are not
    /// there vanish without a word otherwise.
    #[serde(default = "yes")]
    pub check_widgets: bool,
    /// What error codes mean that the documents do not explain: `"8304" = "throttled"`.
    #[serde(default)]
    pub codes: BTreeMap<String, Meaning>,
    /// The form that holds orders.
    pub orders: Option<Form>,
    /// The form that holds refunds, returns and exchanges.
    pub refunds: Option<Form>,
    /// The form that holds parcels.
    pub parcels: Option<Form>,
    /// Lets personal data travel unencrypted to another machine.
    #[serde(default)]
    pub insecure_allow_http: bool,
}

fn base_url() -> String {
    "https://api.jiandaoyun.com".to_owned()
}

fn yes() -> bool {
    true
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
        if let Some(code) = self.codes.keys().find(|code| code.parse::<u32>().is_err()) {
            return Err(Error::config("an error code is a whole number").at(format!("codes.\"{code}\"")));
        }
        let mut any = false;
        for entity in Entity::ALL {
            if let Some(form) = self.form(entity) {
                form.validate(entity)?;
                any = true;
            }
        }
        if any {
            Ok(())
        } else {
            Err(Error::config("no form: add `orders`, `refunds` or `parcels`").at("orders"))
        }
    }
}

impl Config {
    /// The form for a kind of thing.
    pub(crate) fn form(&self, entity: Entity) -> Option<&Form> {
        match entity {
            Entity::Orders => self.orders.as_ref(),
            Entity::Refunds => self.refunds.as_ref(),
            Entity::Parcels => self.parcels.as_ref(),
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Settings from TOML, with a key.
    pub(crate) fn read(text: &str) -> Result<Config> {
        let mut table: toml::Table = text.parse().unwrap();
        let mut key = toml::Table::new();
        key.insert(Secret::resolved_key().to_owned(), toml::Value::String("example-key".into()));
        table.insert("api_key".into(), toml::Value::Table(key));
        let config: Config = crossdock_connector::settings::read(table)?;
        config.validate()?;
        Ok(config)
    }

    const FORM: &str = "[orders]\napp_id = 'a'\nentry_id = 'b'\nkey = 'k'\nrevision = 'r'\n";

    #[test]
    fn what_cannot_work_is_refused_where_it_stands() {
        read(FORM).unwrap();
        let top = |more: &str| format!("{more}\n{FORM}");
        let inside = |more: &str| format!("{FORM}{more}");
        for (text, path) in [
            (top("base_url = 'http://api.jiandaoyun.com'"), "base_url"),
            (top("base_url = 'https://api.jiandaoyun.com/api'"), "base_url"),
            (top("codes = { 'x' = 'auth' }"), "codes.\"x\""),
            (String::new(), "orders"),
            (FORM.replace("'a'", "' '"), "orders.app_id"),
            (FORM.replace("'r'", "'k'"), "orders.revision"),
            (inside("[orders.fields]\nno = { from = 'order.order_nr' }"), "orders.fields.no"),
            (inside("[orders.fields]\nno = { from = 'parcel.tracking_no' }"), "orders.fields.no"),
            (inside("[orders.fields]\nsku = { from = 'order.lines.sku' }"), "orders.fields.sku"),
            (inside("[orders.fields]\nno = { from = 'order.order_no', text = 'x' }"), "orders.fields.no"),
            (inside("[orders.fields]\nno = {}"), "orders.fields.no"),
            (inside("[orders.fields]\nk = { text = 'x' }"), "orders.fields.k"),
            (
                inside("[orders.fields]\nno = { from = 'order.order_no', codes = { a = '' } }"),
                "orders.fields.no.codes.\"a\"",
            ),
            (
                inside(
                    "[orders.fields]\nat = { from = 'order.paid_at', as = 'datetime', codes = { a = 'b' } }",
                ),
                "orders.fields.at",
            ),
            (
                inside("[orders.lines]\nwidget = 'l'\nkey = 'x'\nfields = { sku = { from = 'skuu' } }"),
                "orders.lines.fields.sku",
            ),
            (inside("[orders.lines]\nwidget = 'k'\nkey = 'x'"), "orders.lines.widget"),
            (inside("[orders.lines]\nwidget = 'l'\nkey = ''"), "orders.lines.key"),
        ] {
            let error = read(&text).expect_err(&text);
            assert_eq!(error.path.as_deref(), Some(path), "{text}: {error}");
        }
    }
}
