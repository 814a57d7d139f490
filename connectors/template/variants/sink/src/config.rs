//! Settings of one Acme.

use schemars::JsonSchema;
use serde::Deserialize;

use crossdock_connector::{ConnectorConfig, Error, Result, Secret};

/// Settings of one Acme. Unknown keys are refused: a misspelt key must not be a silent default.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where Acme takes events.
    pub url: String,
    /// Token Acme gave us.
    pub api_token: Secret,
}

impl ConnectorConfig for Config {
    fn example() -> &'static str {
        include_str!("../example.toml")
    }

    // What the types cannot say. The message names the key and what is allowed.
    fn validate(&self) -> Result<()> {
        if self.url.starts_with("https://") {
            Ok(())
        } else {
            Err(Error::config("expected an address that starts with `https://`").at("url"))
        }
    }
}
