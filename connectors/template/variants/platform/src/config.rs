//! Settings of one shop at Acme.

use schemars::JsonSchema;
use serde::Deserialize;

use crossdock_connector::{ConnectorConfig, Error, Result, Secret};

/// Settings of one shop at Acme. Unknown keys are refused: a misspelt key must not be a silent default.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The shop's id at Acme. It is part of every identity: never change it.
    pub shop: String,
    /// Key of the webhook signatures.
    pub secret: Secret,
    /// While the key is being changed: the one before, still accepted.
    pub previous_secret: Option<Secret>,
    /// Token for asking Acme. Without it nothing is polled.
    pub api_token: Option<Secret>,
    /// Where Acme's interface is.
    #[serde(default = "default_base_url")]
    pub base_url: String,
}

fn default_base_url() -> String {
    "https://api.shop.example".to_owned()
}

impl ConnectorConfig for Config {
    fn example() -> &'static str {
        include_str!("../example.toml")
    }

    // What the types cannot say. The message names the key and what is allowed.
    fn validate(&self) -> Result<()> {
        if self.shop.trim().is_empty() {
            return Err(Error::config("the shop's id at Acme is empty").at("shop"));
        }
        if !self.base_url.starts_with("https://") || self.base_url.ends_with('/') {
            return Err(Error::config("expected `https://` and no `/` at the end").at("base_url"));
        }
        Ok(())
    }
}
