//! Settings of a DHL source.

use schemars::JsonSchema;
use serde::Deserialize;

use crossdock_connector::carrier::OrderShop;
use crossdock_connector::{ConnectorConfig, Error, Result, Secret, settings};

/// The `settings` table.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The account at DHL: any stable word, part of the source of every parcel.
    #[serde(default = "settings::only_account")]
    pub account: String,
    /// Whose order number the shipper gives DHL as a reference.
    pub order_shop: Option<OrderShop>,
    /// Unified Push.
    pub push: Option<PushConfig>,
    /// For asking the unified interface about parcels.
    pub unified: Option<UnifiedConfig>,
    /// For asking MyDHL (Express) about parcels, instead of the unified interface.
    pub mydhl: Option<MyDhlConfig>,
}

/// What is needed to be called by DHL.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PushConfig {
    /// The token given to DHL when subscribing.
    pub token: Secret,
    /// The token before it was changed: it is accepted too.
    pub previous_token: Option<Secret>,
    /// The header it comes in.
    #[serde(default = "default_header")]
    pub header: String,
}

/// What is needed to ask the unified interface.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UnifiedConfig {
    /// Another address of the same interface, for stand-ins and relays.
    pub endpoint: Option<String>,
    /// The app's consumer key.
    pub api_key: Secret,
    /// Which part of DHL carries the parcels.
    pub service: Option<String>,
    /// Language of the texts.
    #[serde(default = "default_language")]
    pub language: String,
}

/// What is needed to ask MyDHL.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MyDhlConfig {
    /// Which of MyDHL's systems.
    #[serde(default)]
    pub environment: Environment,
    /// Another address of the same interface, for stand-ins and relays.
    pub endpoint: Option<String>,
    /// The user of the API.
    pub username: String,
    /// Its password.
    pub password: Secret,
}

/// MyDHL's systems.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Environment {
    /// Production.
    #[default]
    Production,
    /// Test.
    Test,
}

impl Environment {
    /// The address of the interface.
    pub(crate) const fn endpoint(self) -> &'static str {
        match self {
            Self::Production => "https://express.api.dhl.com/mydhlapi",
            Self::Test => "https://express.api.dhl.com/mydhlapi/test",
        }
    }
}

fn default_header() -> String {
    "X-Hook-Key".to_owned()
}

fn default_language() -> String {
    "en".to_owned()
}

impl ConnectorConfig for Config {
    fn example() -> &'static str {
        include_str!("../example.toml")
    }

    fn validate(&self) -> Result<()> {
        settings::filled(&self.account, "account")?;
        if let Some(shop) = &self.order_shop {
            shop.validate("order_shop")?;
        }
        if let Some(push) = &self.push {
            settings::filled(&push.header, "push.header")?;
            settings::shared_token(&push.token, "push.token")?;
            settings::previous_token(push.previous_token.as_ref(), "push.previous_token")?;
        }
        if let Some(unified) = &self.unified {
            if self.mydhl.is_some() {
                return Err(Error::config("expected one of `unified` and `mydhl`, not both").at("mydhl"));
            }
            settings::secret(&unified.api_key, "unified.api_key")?;
            settings::word(&unified.language, "unified.language", "en")?;
            if let Some(service) = &unified.service {
                settings::word(service, "unified.service", "parcel-de")?;
            }
            settings::other_address(unified.endpoint.as_deref(), "unified.endpoint")?;
        }
        if let Some(mydhl) = &self.mydhl {
            settings::filled(&mydhl.username, "mydhl.username")?;
            settings::secret(&mydhl.password, "mydhl.password")?;
            settings::other_address(mydhl.endpoint.as_deref(), "mydhl.endpoint")?;
        }
        Ok(())
    }
}
