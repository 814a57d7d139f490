//! Settings of a seller's account.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crossdock_connector::{ConnectorConfig, Error, Result, Secret, settings};

/// Settings of one seller in one region.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The seller's id (merchant token). With the marketplace it is part of every order's identity: never change it.
    pub seller: String,
    /// Marketplaces that are read; each is a shop of its own, `seller:marketplace`.
    pub marketplaces: Vec<String>,
    /// Which endpoint they belong to.
    pub region: Region,
    /// Id of the application (Login with Amazon).
    pub client_id: String,
    /// Secret of the application.
    pub client_secret: Secret,
    /// Refresh token of the seller's authorization.
    pub refresh_token: Secret,
    /// Last segment of the URL to which notifications are forwarded. Without it every push is refused.
    #[serde(default)]
    pub path_token: Option<Secret>,
    /// The token before, accepted as well while the forwarder is being changed over.
    #[serde(default)]
    pub previous_path_token: Option<Secret>,
    /// Blocks of an order that are asked for.
    #[serde(default = "default_included")]
    pub included_data: Vec<String>,
    /// Only orders fulfilled by these (`MERCHANT`, `AMAZON`) are searched for; empty: all.
    #[serde(default)]
    pub fulfilled_by: Vec<String>,
    /// Returns of external fulfilment are polled too. The application needs the role for it.
    #[serde(default)]
    pub returns: bool,
    /// Orders in a page, 1 to 100.
    #[serde(default = "default_page_size")]
    pub page_size: u32,
    /// How far windows of the search reach back into the one before, in minutes, 10 to 1380.
    #[serde(default = "default_overlap")]
    pub overlap_minutes: u32,
    /// Address of the interface, where it is not that of the region: a sandbox or a relay.
    #[serde(default)]
    pub endpoint: Option<String>,
    /// Address of the token service.
    #[serde(default = "default_token_service")]
    pub token_service: String,
    /// Carriers by the name Amazon gives, beside those the connector knows.
    #[serde(default)]
    pub carriers: BTreeMap<String, String>,
}

/// A region of the interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Region {
    /// North and South America.
    Na,
    /// Europe, Middle East, Africa, India.
    Eu,
    /// Far East and Australia.
    Fe,
}

impl Config {
    /// The address of the interface, without a slash at its end.
    pub(crate) fn host(&self) -> &str {
        let of_region = match self.region {
            Region::Na => "https://sellingpartnerapi-na.amazon.com",
            Region::Eu => "https://sellingpartnerapi-eu.amazon.com",
            Region::Fe => "https://sellingpartnerapi-fe.amazon.com",
        };
        self.endpoint.as_deref().unwrap_or(of_region).trim_end_matches('/')
    }
}

fn default_included() -> Vec<String> {
    [
        "BUYER",
        "RECIPIENT",
        "PROCEEDS",
        "PROMOTION",
        "CANCELLATION",
        "FULFILLMENT",
        "PACKAGES",
        "TAX",
        "PAYMENT",
        "FULFILLMENT_ORDERS",
    ]
    .map(str::to_owned)
    .to_vec()
}

const fn default_page_size() -> u32 {
    100
}

const fn default_overlap() -> u32 {
    240
}

fn default_token_service() -> String {
    "https://api.amazon.com/auth/o2/token".to_owned()
}

/// Blocks that can be asked for.
const BLOCKS: [&str; 11] = [
    "BUYER",
    "RECIPIENT",
    "PROCEEDS",
    "EXPENSE",
    "PROMOTION",
    "CANCELLATION",
    "FULFILLMENT",
    "PACKAGES",
    "TAX",
    "PAYMENT",
    "FULFILLMENT_ORDERS",
];

impl ConnectorConfig for Config {
    fn example() -> &'static str {
        include_str!("../example.toml")
    }

    fn validate(&self) -> Result<()> {
        let plain = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if !plain(&self.seller) {
            return Err(Error::config("expected a seller id of letters and digits").at("seller"));
        }
        if self.marketplaces.is_empty() || !self.marketplaces.iter().all(|id| plain(id)) {
            return Err(Error::config("expected ids of marketplaces like ATVPDKIKX0DER").at("marketplaces"));
        }
        settings::filled(&self.client_id, "client_id")?;
        settings::secret(&self.client_secret, "client_secret")?;
        settings::secret(&self.refresh_token, "refresh_token")?;
        settings::previous_token(self.path_token.as_ref(), "path_token")?;
        settings::previous_token(self.previous_path_token.as_ref(), "previous_path_token")?;
        for block in &self.included_data {
            if !BLOCKS.contains(&block.as_str()) {
                let what = format!("expected some of {}", BLOCKS.join(", "));
                return Err(Error::config(what).at("included_data"));
            }
        }
        // Without these an order says neither what it costs nor how far it is.
        for needed in ["PROCEEDS", "FULFILLMENT"] {
            if !self.included_data.iter().any(|block| block == needed) {
                return Err(Error::config(format!("{needed} must be among them")).at("included_data"));
            }
        }
        if !self.fulfilled_by.iter().all(|by| matches!(by.as_str(), "MERCHANT" | "AMAZON")) {
            return Err(Error::config("expected MERCHANT or AMAZON").at("fulfilled_by"));
        }
        if !(1..=100).contains(&self.page_size) {
            return Err(Error::config("expected 1 to 100").at("page_size"));
        }
        if !(10..=1380).contains(&self.overlap_minutes) {
            return Err(Error::config("expected 10 to 1380").at("overlap_minutes"));
        }
        if let Some(endpoint) = &self.endpoint {
            settings::address(endpoint, "endpoint")?;
        }
        settings::address(&self.token_service, "token_service")?;
        settings::carriers(&self.carriers, "carriers")
    }
}
