//! Settings of a FedEx source.

use schemars::JsonSchema;
use serde::Deserialize;

use crossdock_connector::carrier::OrderShop;
use crossdock_connector::{ConnectorConfig, Result, Secret, settings};

/// The `settings` table.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The account at FedEx: any stable word, part of the source of every parcel.
    #[serde(default = "settings::only_account")]
    pub account: String,
    /// Whose order number the shipper gives FedEx as a reference.
    pub order_shop: Option<OrderShop>,
    /// The kinds of references that hold it; the first that is there counts.
    #[serde(default = "default_references")]
    pub order_references: Vec<String>,
    /// The visibility webhook.
    pub push: Option<PushConfig>,
    /// For asking FedEx about parcels.
    pub track: Option<TrackConfig>,
}

/// What is needed to be called by FedEx.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PushConfig {
    /// The security token chosen when subscribing: it signs pushes.
    pub security_token: Secret,
    /// The token before it was changed: pushes signed with it are accepted too.
    pub previous_security_token: Option<Secret>,
}

/// What is needed to ask FedEx.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TrackConfig {
    /// Which of FedEx's systems.
    #[serde(default)]
    pub environment: Environment,
    /// Another address of the same interface, for stand-ins and relays.
    pub endpoint: Option<String>,
    /// The project's API key.
    pub client_id: String,
    /// The project's secret key.
    pub client_secret: Secret,
    /// Language of the texts.
    #[serde(default = "default_locale")]
    pub locale: String,
}

/// FedEx's systems.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Environment {
    /// Production.
    #[default]
    Production,
    /// The sandbox, which answers with canned replies.
    Sandbox,
}

impl TrackConfig {
    /// Where calls go, without a slash at the end.
    pub(crate) fn base(&self) -> &str {
        let named = match self.environment {
            Environment::Production => "https://apis.fedex.com",
            Environment::Sandbox => "https://apis-sandbox.fedex.com",
        };
        settings::base(self.endpoint.as_deref(), named)
    }
}

fn default_references() -> Vec<String> {
    vec!["CUSTOMER_REFERENCE".to_owned(), "SHIPPER_REFERENCE".to_owned()]
}

fn default_locale() -> String {
    "en_US".to_owned()
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
            settings::secret(&push.security_token, "push.security_token")?;
        }
        if let Some(track) = &self.track {
            settings::filled(&track.client_id, "track.client_id")?;
            settings::secret(&track.client_secret, "track.client_secret")?;
            settings::word(&track.locale, "track.locale", "en_US")?;
            settings::other_address(track.endpoint.as_deref(), "track.endpoint")?;
        }
        Ok(())
    }
}
