//! Order lines, whose rules are their own, and what names of an org look like.

use schemars::JsonSchema;
use serde::Deserialize;

use crossdock_connector::mapping::{Codes, Fields};
use crossdock_connector::{Error, Result};

use crate::config::Orders;

/// Where order lines go.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Lines {
    /// Whether order lines are written.
    pub enabled: bool,
    /// The object.
    pub object: String,
    /// Name of its relationship to the order.
    pub order: String,
    /// Of `OrderItem`: our SKU to the id of its price book entry.
    pub pricebook_entries: Codes,
    /// The field for the quantity.
    pub quantity_field: String,
    /// The field for the agreed price of one.
    pub price_field: String,
    /// The field for the title; empty: none.
    pub title_field: String,
    /// The field for our SKU; empty: none.
    pub sku_field: String,
    /// Whether lines are deleted that an order has no more.
    pub remove: bool,
}

impl Default for Lines {
    fn default() -> Self {
        Self {
            enabled: true,
            object: "OrderItem".to_owned(),
            order: "Order".to_owned(),
            pricebook_entries: Codes::default(),
            quantity_field: "Quantity".to_owned(),
            price_field: "UnitPrice".to_owned(),
            title_field: "Description".to_owned(),
            sku_field: String::new(),
            remove: false,
        }
    }
}

impl Lines {
    /// Whether it is Salesforce's own object, with its rules.
    pub(crate) fn standard(&self) -> bool {
        self.object == "OrderItem"
    }

    pub(crate) fn validate(&self, orders: &Orders) -> Result<()> {
        self.pricebook_entries.validate("lines.pricebook_entries")?;
        for (at, name) in [
            ("lines.object", &self.object),
            ("lines.order", &self.order),
            ("lines.quantity_field", &self.quantity_field),
            ("lines.price_field", &self.price_field),
        ] {
            check_name(name).map_err(|error| error.at(at))?;
        }
        for (at, name) in [("lines.title_field", &self.title_field), ("lines.sku_field", &self.sku_field)] {
            if !name.is_empty() {
                check_name(name).map_err(|error| error.at(at))?;
            }
        }
        if self.enabled && self.standard() != orders.standard() {
            let what =
                "`OrderItem` belongs to `Order` and to nothing else: name an object that fits the order's";
            return Err(Error::config(what).at("lines.object"));
        }
        Ok(())
    }
}

/// Fields of the org, none of them ours.
pub(crate) fn check_fields(at: &str, fields: &Fields, ours: &[&String]) -> Result<()> {
    fields.validate(at)?;
    for name in fields.0.keys() {
        let checked = if ours.iter().any(|our| our.eq_ignore_ascii_case(name)) {
            Err(Error::config("is set by crossdock itself"))
        } else {
            check_name(name)
        };
        checked.map_err(|error| error.at(format!("{at}.{name}")))?;
    }
    Ok(())
}

/// API names: letters, digits and `_`, a letter first.
pub(crate) fn check_name(name: &str) -> Result<()> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let starts = name.bytes().next().is_some_and(|byte| byte.is_ascii_alphabetic());
    if !starts || !name.bytes().all(plain) {
        return Err(Error::config("expected an API name like Hub_Key__c: letters, digits and _"));
    }
    Ok(())
}
