//! The words that settings choose from.

use schemars::JsonSchema;
use serde::Deserialize;

/// What codes of documents are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum OrderNames {
    /// Made from our key, which every event of an order and of its cases carries. The platform's number stands in
    /// `sourceOrderCode`.
    #[default]
    Key,
    /// The prefix of the shop and the platform's number of the order.
    Number,
}

/// What happens to masked receivers that have no token for the warehouse.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Masked {
    /// The order is rejected: a label with stars on it reaches nobody.
    #[default]
    Reject,
    /// What is shown is sent.
    Send,
}

/// What proves that a document is there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Evidence {
    /// The WMS is asked for it.
    #[default]
    Query,
    /// What it says when it refuses a second one: for a WMS that cannot be asked.
    Text,
}

/// What happens to an order that must not be shipped for now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Held {
    /// It is cancelled over there, and created anew under another code when it is released.
    #[default]
    Cancel,
    /// The hold is not looked at.
    Ignore,
}

/// What happens when an order changes that the warehouse has. Qimen has no update.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Changes {
    /// The change is rejected, for people to see to.
    #[default]
    Reject,
    /// The delivery order is cancelled and created anew under another code.
    Recreate,
}

/// What an answer means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Meaning {
    /// Not now.
    Retry,
    /// The document is there already.
    Exists,
    /// There is no such document.
    NotFound,
    /// The document is cancelled already.
    Cancelled,
    /// It may or may not have happened.
    Uncertain,
    /// Credentials or permissions.
    Auth,
    /// Refused for good.
    Reject,
}
