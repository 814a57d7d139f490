//! Settings of each kind of bill.

use std::collections::BTreeMap;

use crossdock_connector::document::Receiver;
use crossdock_connector::mapping::{Codes, Fields};
use crossdock_connector::{Error, Result, server};
use crossdock_schemas::{Dec, PaymentState};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::config::Config;

/// What is done with the bill of a cancelled order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Withdraw {
    /// The approval is taken back, so that nothing ships. The bill stays for people to look at.
    #[default]
    Unaudit,
    /// The approval is taken back and the bill deleted.
    Delete,
}

/// Which lines of a bundle become lines of the bill: never both, the goods would be there twice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Bundles {
    /// The bundle itself.
    #[default]
    Bundle,
    /// Its components.
    Components,
}

/// What to do with a parcel that does not say what is in it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum WithoutLines {
    /// Refuse it: whoever guesses ships goods on paper that are still on the shelf.
    #[default]
    Reject,
    /// It holds the whole order.
    WholeOrder,
}

/// How orders become `SAL_SaleOrder`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct OrderConfig {
    /// Bill type.
    pub bill_type: String,
    /// States of payment in which an order is written.
    pub ready: Vec<PaymentState>,
    /// What is done with the bill of a cancelled order.
    pub withdraw: Withdraw,
    /// Whether prices contain tax when the source does not say.
    pub tax_included: bool,
    /// Tax in percent when the source does not say; else the server takes the material's.
    pub tax_percent: Option<Dec>,
    /// Which lines of a bundle are written.
    pub bundles: Bundles,
    /// Text field of a line that keeps the key of our line.
    pub line_key_field: String,
    /// Name under which a query gives the id of a line.
    pub entry_id_key: String,
    /// Settlement organization of lines, when it is not the sales organization.
    pub settle_organization: Option<String>,
    /// Materials under which fees are written, by kind of fee; `none` leaves a kind out.
    pub fees: Codes,
    /// Unit of fees.
    pub fee_unit: String,
    /// Further fields of the bill; `FSalerId.FNumber` is the code inside `FSalerId`.
    pub fields: Fields,
    /// Further fields of each line, always the same text.
    pub line_fields: BTreeMap<String, String>,
    /// Fields for the person who gets the goods.
    pub receiver: Receiver,
}

impl Default for OrderConfig {
    fn default() -> Self {
        Self {
            bill_type: "XSDD01_SYS".to_owned(),
            ready: vec![
                PaymentState::Paid,
                PaymentState::CodPending,
                PaymentState::PartiallyRefunded,
                PaymentState::Refunded,
            ],
            withdraw: Withdraw::default(),
            tax_included: true,
            tax_percent: None,
            bundles: Bundles::default(),
            line_key_field: "FEntryNote".to_owned(),
            entry_id_key: "FSaleOrderEntry_FEntryID".to_owned(),
            settle_organization: None,
            fees: Codes::default(),
            fee_unit: "Pcs".to_owned(),
            fields: Fields::default(),
            line_fields: BTreeMap::new(),
            receiver: Receiver::default(),
        }
    }
}

/// How parcels become `SAL_OUTSTOCK`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Shipments {
    /// Bill type.
    pub bill_type: Option<String>,
    /// Stock organization of a shop.
    pub organizations: Codes,
    /// Warehouse of a shop.
    pub warehouses: Codes,
    /// Field for the carrier (`FCarrierID.FNumber`); needs `carriers`.
    pub carrier_field: Option<String>,
    /// Codes of carriers.
    #[serde(default)]
    pub carriers: Codes,
    /// Conversion rule that ties the bill to the order (`SaleOrder-OutStock`). Without it the order stays open.
    pub link_rule: Option<String>,
    /// What to do with a parcel that does not say what is in it.
    #[serde(default)]
    pub without_lines: WithoutLines,
    /// Further fields of the bill.
    #[serde(default)]
    pub fields: Fields,
    /// Further fields of each line, always the same text.
    #[serde(default)]
    pub line_fields: BTreeMap<String, String>,
}

/// How goods that came back become a return bill.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Returns {
    /// Form.
    #[serde(default = "return_form")]
    pub form: String,
    /// Bill type.
    pub bill_type: Option<String>,
    /// Field of the customer.
    #[serde(default = "return_customer")]
    pub customer_field: String,
    /// Stock organization of a shop.
    pub organizations: Codes,
    /// Warehouse of a shop.
    pub warehouses: Codes,
    /// Further fields of the bill.
    #[serde(default)]
    pub fields: Fields,
    /// Further fields of each line, always the same text.
    #[serde(default)]
    pub line_fields: BTreeMap<String, String>,
}

/// How money that went back without goods becomes a bill. Its fields are not established: each is named here.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Refunds {
    /// Form.
    pub form: String,
    /// Bill type.
    pub bill_type: Option<String>,
    /// Field of the customer's code.
    pub customer_field: String,
    /// Field of the organization's code.
    pub organization_field: String,
    /// Field of the currency's code.
    pub currency_field: String,
    /// List of lines; one is written.
    pub entry: String,
    /// Field of that line with the amount.
    pub amount_field: String,
    /// Further fields of the bill.
    #[serde(default)]
    pub fields: Fields,
    /// Further fields of the line, always the same text.
    #[serde(default)]
    pub line_fields: BTreeMap<String, String>,
}

fn return_form() -> String {
    "SAL_RETURNSTOCK".to_owned()
}

fn return_customer() -> String {
    "FRetcustId".to_owned()
}

/// Names of fields in a table of constants.
fn constants(setting: &str, fields: &BTreeMap<String, String>) -> Result<()> {
    fields.keys().try_for_each(|name| server::name(&format!("{setting}.{name}"), name))
}

impl Config {
    /// What the types of the tables cannot say.
    pub(crate) fn validate_bills(&self) -> Result<()> {
        self.validate_orders()?;
        self.validate_documents()
    }

    fn validate_orders(&self) -> Result<()> {
        let order = &self.order;
        if order.ready.is_empty() || order.ready.contains(&PaymentState::Unknown) {
            let words: Vec<&str> = PaymentState::ALL.iter().map(|state| state.as_str()).collect();
            let what = format!("expected some of {}", words.join(", "));
            return Err(Error::config(what).at("order.ready"));
        }
        for (name, text) in [
            ("order.bill_type", &order.bill_type),
            ("order.line_key_field", &order.line_key_field),
            ("order.entry_id_key", &order.entry_id_key),
            ("order.fee_unit", &order.fee_unit),
        ] {
            server::name(name, text)?;
        }
        order.fields.validate("order.fields")?;
        constants("order.line_fields", &order.line_fields)
    }

    fn validate_documents(&self) -> Result<()> {
        if let Some(shipments) = &self.shipments {
            shipments.organizations.validate("shipments.organizations")?;
            shipments.warehouses.validate("shipments.warehouses")?;
            shipments.carriers.validate("shipments.carriers")?;
            shipments.fields.validate("shipments.fields")?;
            constants("shipments.line_fields", &shipments.line_fields)?;
        }
        if let Some(returns) = &self.returns {
            server::name("returns.form", &returns.form)?;
            server::name("returns.customer_field", &returns.customer_field)?;
            returns.organizations.validate("returns.organizations")?;
            returns.warehouses.validate("returns.warehouses")?;
            returns.fields.validate("returns.fields")?;
            constants("returns.line_fields", &returns.line_fields)?;
        }
        if let Some(refunds) = &self.refunds {
            for (name, text) in [
                ("refunds.form", &refunds.form),
                ("refunds.customer_field", &refunds.customer_field),
                ("refunds.organization_field", &refunds.organization_field),
                ("refunds.currency_field", &refunds.currency_field),
                ("refunds.entry", &refunds.entry),
                ("refunds.amount_field", &refunds.amount_field),
            ] {
                server::name(name, text)?;
            }
            refunds.fields.validate("refunds.fields")?;
            constants("refunds.line_fields", &refunds.line_fields)?;
        }
        Ok(())
    }
}
