//! Settings of one account at Acme.

use schemars::JsonSchema;
use serde::Deserialize;

use crossdock_connector::{ConnectorConfig, Error, Result, Secret};

/// Settings of one account at Acme. Unknown keys are refused: a misspelt key must not be a silent default.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Name of our account at Acme, for people with several.
    #[serde(default = "default_account")]
    pub account: String,
    /// The last part of the address Acme calls. Acme does not sign, so this is the key.
    pub path_token: Secret,
    /// Token for asking Acme where parcels are. Without it nothing is tracked.
    pub api_token: Option<Secret>,
    /// Where Acme's interface is.
    #[serde(default = "default_base_url")]
    pub base_url: String,
    /// Whose order numbers stand in `reference`. Without it parcels are not linked to orders from here.
    pub order_shop: Option<OrderShop>,
}

/// A shop as identities name it.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OrderShop {
    /// Its platform.
    pub platform: String,
    /// Its id there.
    pub shop: String,
}

/// Shorter ones can be guessed.
const TOKEN_LENGTH: usize = 12;

fn default_account() -> String {
    "default".to_owned()
}

fn default_base_url() -> String {
    "https://api.express.example".to_owned()
}

impl ConnectorConfig for Config {
    fn example() -> &'static str {
        include_str!("../example.toml")
    }

    // What the types cannot say. The message names the key and what is allowed, never the value of a secret.
    fn validate(&self) -> Result<()> {
        if self.path_token.expose().len() < TOKEN_LENGTH {
            return Err(
                Error::config(format!("expected at least {TOKEN_LENGTH} characters")).at("path_token")
            );
        }
        if !self.base_url.starts_with("https://") || self.base_url.ends_with('/') {
            return Err(Error::config("expected `https://` and no `/` at the end").at("base_url"));
        }
        Ok(())
    }
}
