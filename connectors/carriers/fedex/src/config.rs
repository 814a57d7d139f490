//! Settings of a FedEx source.

use schemars::JsonSchema;
use serde::Deserialize;

use crossdock_connector::carrier::OrderShop;
use crossdock_connector::{ConnectorConfig, Error, Result, Secret};

/// The `settings` table.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The account at FedEx: any stable word, part of the source of every parcel.
    #[serde(default = "default_account")]
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
        self.endpoint.as_deref().unwrap_or(named).trim_end_matches('/')
    }
}

fn default_account() -> String {
    "default".to_owned()
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
        not_empty(&self.account, "account")?;
        if let Some(shop) = &self.order_shop {
            shop.validate("order_shop")?;
        }
        if let Some(push) = &self.push
            && push.security_token.expose().is_empty()
        {
            return Err(Error::config("must not be empty").at("push.security_token"));
        }
        if let Some(track) = &self.track {
            not_empty(&track.client_id, "track.client_id")?;
            if track.client_secret.expose().is_empty() {
                return Err(Error::config("must not be empty").at("track.client_secret"));
            }
            let word = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
            if track.locale.is_empty() || !word(&track.locale) {
                return Err(Error::config("expected a locale like en_US").at("track.locale"));
            }
            if let Some(endpoint) = &track.endpoint
                && !(endpoint.starts_with("https://") || endpoint.starts_with("http://"))
            {
                return Err(Error::config("expected an http or https address").at("track.endpoint"));
            }
        }
        Ok(())
    }
}

fn not_empty(text: &str, key: &str) -> Result<()> {
    if text.trim().is_empty() { Err(Error::config("must not be empty").at(key)) } else { Ok(()) }
}
