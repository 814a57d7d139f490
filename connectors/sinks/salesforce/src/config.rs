//! Settings of a Salesforce sink. Every org has its own objects and fields: all of their names are settings with
//! defaults that the README sets up.

use schemars::JsonSchema;
use serde::Deserialize;

use crossdock_connector::mapping::{Codes, FieldSource, Fields};
use crossdock_connector::words::base_url;
use crossdock_connector::{ConnectorConfig, Error, Result, Secret, stage};

use crate::places::{Lines, check_fields, check_name};

/// Most records Salesforce takes in one call.
pub(crate) const MAX_BATCH: u32 = 200;

/// Where orders go.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Orders {
    /// The object: `Order`, or one of the org's own (`Hub_Order__c`), which gets nothing but `fields`.
    pub object: String,
    /// Of `Order`: `platform/shop` to the key of the account that its orders belong to.
    pub accounts: Codes,
    /// Of `Order`: id of the price book.
    pub pricebook: Option<String>,
    /// Of `Order`: status of a new one.
    pub initial_status: String,
    /// Our state of an order to the org's status, written after the lines; what is not here leaves it alone.
    pub statuses: Codes,
    /// The field that `statuses` are written to.
    pub status_field: String,
    /// Of `Order`: whether the org has several currencies, so that orders carry theirs.
    pub currencies: bool,
    /// Of `Order`: whether addresses are written.
    pub addresses: bool,
    /// Further fields, from data of order events.
    pub fields: Fields,
}

impl Default for Orders {
    fn default() -> Self {
        Self {
            object: "Order".to_owned(),
            accounts: Codes::default(),
            pricebook: None,
            initial_status: "Draft".to_owned(),
            statuses: Codes::default(),
            status_field: "Status".to_owned(),
            currencies: false,
            addresses: true,
            fields: Fields::default(),
        }
    }
}

impl Orders {
    /// Whether it is Salesforce's own object, with its rules.
    pub(crate) fn standard(&self) -> bool {
        self.object == "Order"
    }
}

/// Where parcels go.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Shipments {
    /// Whether parcels are written; without them milestones are not either.
    pub enabled: bool,
    /// The object.
    pub object: String,
    /// Name of its relationship to the order; empty: none.
    pub order: String,
    /// Whether a parcel waits for its order. Without, it is written without it and gets it with its next event.
    pub wait_for_order: bool,
    /// Fields, from data of parcel and milestone events.
    pub fields: Fields,
}

impl Default for Shipments {
    fn default() -> Self {
        Self {
            enabled: true,
            object: "Hub_Shipment__c".to_owned(),
            order: "Order__r".to_owned(),
            wait_for_order: false,
            fields: paths(&[
                ("Carrier__c", "parcel.carrier"),
                ("Tracking_No__c", "parcel.tracking_no"),
                ("Direction__c", "parcel.direction"),
                ("Status__c", "parcel.status"),
                ("Shipped_At__c", "parcel.shipped_at"),
                ("Picked_Up_At__c", "parcel.picked_up_at"),
                ("Delivered_At__c", "parcel.delivered_at"),
            ]),
        }
    }
}

/// Where milestones go: rows below their parcel.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Milestones {
    /// Whether milestones are written.
    pub enabled: bool,
    /// The object.
    pub object: String,
    /// Name of its relationship to the shipment.
    pub shipment: String,
    /// The field for what it is: `picked_up`, `delivered`, `exception`, `corrected`.
    pub kind_field: String,
    /// The field for when it was.
    pub at_field: String,
    /// Further fields, from data of milestone events.
    pub fields: Fields,
}

impl Default for Milestones {
    fn default() -> Self {
        Self {
            enabled: true,
            object: "Hub_Milestone__c".to_owned(),
            shipment: "Shipment__r".to_owned(),
            kind_field: "Kind__c".to_owned(),
            at_field: "At__c".to_owned(),
            fields: paths(&[("Reason__c", "reason")]),
        }
    }
}

/// Where refunds, returns and exchanges go.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Refunds {
    /// Whether they are written.
    pub enabled: bool,
    /// The object.
    pub object: String,
    /// Name of its relationship to the order.
    pub order: String,
    /// Fields, from data of refund, return and exchange events.
    pub fields: Fields,
}

impl Default for Refunds {
    fn default() -> Self {
        Self {
            enabled: true,
            object: "Hub_Refund__c".to_owned(),
            order: "Order__r".to_owned(),
            fields: paths(&[
                ("Number__c", "aftersale.aftersale_no"),
                ("Kind__c", "aftersale.kind"),
                ("Status__c", "aftersale.status"),
                ("Amount__c", "aftersale.refund.amount"),
                ("Currency__c", "aftersale.refund.currency"),
                ("Reason__c", "aftersale.reason_raw"),
            ]),
        }
    }
}

fn paths(rows: &[(&str, &str)]) -> Fields {
    let row = |(field, path): &(&str, &str)| ((*field).to_owned(), FieldSource::Path((*path).to_owned()));
    Fields(rows.iter().map(row).collect())
}

/// Settings of a Salesforce sink.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Address of the org's own domain: `https://example.my.salesforce.com`.
    pub base_url: String,
    /// Version of the API.
    #[serde(default = "version")]
    pub version: String,
    /// Consumer key of the connected app.
    pub client_id: String,
    /// Its secret. The app runs as its integration user (client credentials).
    pub client_secret: Secret,
    /// The external id that holds our key, on all objects.
    #[serde(default = "key_field")]
    pub key_field: String,
    /// The number field that holds our revision on orders, shipments and refunds; empty: none.
    #[serde(default = "version_field")]
    pub version_field: String,
    /// Fields that hold numbers: their values are sent as such.
    #[serde(default = "numbers")]
    pub numbers: Vec<String>,
    /// Whether records are saved that a duplicate rule of the org warns about.
    #[serde(default)]
    pub allow_duplicates: bool,
    /// Calls of a day that are left to others: with so many left there is a pause.
    #[serde(default)]
    pub spare_calls: u64,
    /// How long a pause is once the org's calls are used up, in minutes.
    #[serde(default = "limit_pause_minutes")]
    pub limit_pause_minutes: u32,
    /// Events handed over together, 1 to 200.
    #[serde(default = "batch")]
    pub batch: u32,
    /// Where orders go.
    #[serde(default)]
    pub orders: Orders,
    /// Where their lines go.
    #[serde(default)]
    pub lines: Lines,
    /// Where parcels go.
    #[serde(default)]
    pub shipments: Shipments,
    /// Where milestones go.
    #[serde(default)]
    pub milestones: Milestones,
    /// Where refunds, returns and exchanges go.
    #[serde(default)]
    pub refunds: Refunds,
}

fn version() -> String {
    "v60.0".to_owned()
}

fn key_field() -> String {
    "Hub_Key__c".to_owned()
}

fn version_field() -> String {
    "Hub_Version__c".to_owned()
}

fn numbers() -> Vec<String> {
    vec!["Amount__c".to_owned()]
}

fn limit_pause_minutes() -> u32 {
    15
}

fn batch() -> u32 {
    100
}

impl Config {
    /// The address without a slash at its end.
    pub(crate) fn base(&self) -> &str {
        self.base_url.trim_end_matches('/')
    }
}

impl ConnectorConfig for Config {
    fn example() -> &'static str {
        include_str!("../example.toml")
    }

    fn validate(&self) -> Result<()> {
        base_url(&self.base_url).map_err(|error| error.at("base_url"))?;
        let number = self.version.strip_prefix('v').and_then(|text| text.strip_suffix(".0"));
        if number.and_then(|text| text.parse::<u32>().ok()).is_none_or(|number| number < 46) {
            return Err(Error::config("expected v60.0 or the like, v46.0 at least").at("version"));
        }
        if self.client_id.trim().is_empty() {
            return Err(Error::config("is empty").at("client_id"));
        }
        // It is not shown.
        let secret = self.client_secret.expose_text().unwrap_or_default();
        if secret.is_empty() || !secret.bytes().all(|byte| byte.is_ascii_graphic()) {
            let what = "is empty, or holds blanks or characters outside ASCII";
            return Err(Error::config(what).at("client_secret"));
        }
        check_name(&self.key_field).map_err(|error| error.at("key_field"))?;
        if !self.version_field.is_empty() {
            check_name(&self.version_field).map_err(|error| error.at("version_field"))?;
        }
        for (at, allowed, value) in
            [("batch", MAX_BATCH, self.batch), ("limit_pause_minutes", 1440, self.limit_pause_minutes)]
        {
            if !(1..=allowed).contains(&value) {
                return Err(Error::config(format!("allowed are 1 to {allowed}")).at(at));
            }
        }
        self.check_orders()?;
        self.lines.validate(&self.orders)?;
        self.check_names()
    }
}

impl Config {
    fn check_orders(&self) -> Result<()> {
        let orders = &self.orders;
        orders.accounts.validate("orders.accounts")?;
        orders.statuses.validate("orders.statuses")?;
        let known = |name: &&String| name.as_str() == "*" || stage::WORDS.contains(&name.as_str());
        if let Some(name) = orders.statuses.0.keys().find(|name| !known(name)) {
            let what = format!("no such state, expected one of {}, *", stage::WORDS.join(", "));
            return Err(Error::config(what).at(format!("orders.statuses.\"{name}\"")));
        }
        if orders.initial_status.trim().is_empty() {
            return Err(Error::config("a new order needs a status").at("orders.initial_status"));
        }
        if !orders.standard() && orders.fields.0.is_empty() {
            let what = "an object of the org's own gets nothing but what stands here";
            return Err(Error::config(what).at("orders.fields"));
        }
        Ok(())
    }

    fn check_names(&self) -> Result<()> {
        for (at, name) in [
            ("orders.object", &self.orders.object),
            ("orders.status_field", &self.orders.status_field),
            ("shipments.object", &self.shipments.object),
            ("milestones.object", &self.milestones.object),
            ("milestones.shipment", &self.milestones.shipment),
            ("milestones.kind_field", &self.milestones.kind_field),
            ("milestones.at_field", &self.milestones.at_field),
            ("refunds.object", &self.refunds.object),
            ("refunds.order", &self.refunds.order),
        ] {
            check_name(name).map_err(|error| error.at(at))?;
        }
        if !self.shipments.order.is_empty() {
            check_name(&self.shipments.order).map_err(|error| error.at("shipments.order"))?;
        }
        for (at, fields) in [
            ("orders.fields", &self.orders.fields),
            ("shipments.fields", &self.shipments.fields),
            ("milestones.fields", &self.milestones.fields),
            ("refunds.fields", &self.refunds.fields),
        ] {
            check_fields(at, fields, &[&self.key_field, &self.version_field])?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
