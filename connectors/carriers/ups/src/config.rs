//! Settings of a UPS source.

use schemars::JsonSchema;
use serde::Deserialize;

use crossdock_connector::carrier::OrderShop;
use crossdock_connector::{ConnectorConfig, Error, Result, Secret};

/// The `settings` table.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The account at UPS: any stable word, part of the source of every parcel.
    #[serde(default = "default_account")]
    pub account: String,
    /// Whose order number the shipper gives UPS as a reference.
    pub order_shop: Option<OrderShop>,
    /// Track Alerts.
    pub push: Option<PushConfig>,
    /// For asking UPS about parcels.
    pub track: Option<TrackConfig>,
}

/// What is needed to be called by UPS.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PushConfig {
    /// The credential given to UPS when subscribing.
    pub credential: Secret,
    /// The credential before it was changed: it is accepted too.
    pub previous_credential: Option<Secret>,
    /// The header it comes in.
    #[serde(default = "default_header")]
    pub header: String,
}

/// What is needed to ask UPS.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TrackConfig {
    /// Which of UPS's systems.
    #[serde(default)]
    pub environment: Environment,
    /// Another address of the same interface, for stand-ins and relays.
    pub endpoint: Option<String>,
    /// The app's client id.
    pub client_id: String,
    /// The app's client secret.
    pub client_secret: Secret,
    /// The account, where the app acts for one merchant of several.
    pub merchant_id: Option<String>,
    /// Names us in UPS's logs.
    #[serde(default = "default_source")]
    pub transaction_source: String,
    /// Language of the texts.
    #[serde(default = "default_locale")]
    pub locale: String,
    /// Whether an alert of a delivery only makes us ask.
    #[serde(default)]
    pub confirm_deliveries: bool,
}

/// UPS's systems.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Environment {
    /// Production.
    #[default]
    Production,
    /// The customer integration environment.
    Test,
}

impl TrackConfig {
    /// Where calls go, without a slash at the end.
    pub(crate) fn base(&self) -> &str {
        let named = match self.environment {
            Environment::Production => "https://onlinetools.ups.com",
            Environment::Test => "https://wwwcie.ups.com",
        };
        self.endpoint.as_deref().unwrap_or(named).trim_end_matches('/')
    }
}

fn default_account() -> String {
    "default".to_owned()
}

fn default_header() -> String {
    "credential".to_owned()
}

fn default_source() -> String {
    "crossdock".to_owned()
}

fn default_locale() -> String {
    "en_US".to_owned()
}

/// Shortest credential: it is all that keeps strangers out.
const SHORTEST: usize = 12;

impl ConnectorConfig for Config {
    fn example() -> &'static str {
        include_str!("../example.toml")
    }

    fn validate(&self) -> Result<()> {
        not_empty(&self.account, "account")?;
        if let Some(shop) = &self.order_shop {
            shop.validate("order_shop")?;
        }
        if let Some(push) = &self.push {
            not_empty(&push.header, "push.header")?;
            if push.credential.expose().len() < SHORTEST {
                return Err(too_short("push.credential"));
            }
            if let Some(previous) = &push.previous_credential
                && !previous.expose().is_empty()
                && previous.expose().len() < SHORTEST
            {
                return Err(too_short("push.previous_credential"));
            }
        }
        if let Some(track) = &self.track {
            not_empty(&track.client_id, "track.client_id")?;
            not_empty(&track.transaction_source, "track.transaction_source")?;
            if track.client_secret.expose().is_empty() {
                return Err(Error::config("must not be empty").at("track.client_secret"));
            }
            let word = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
            if !word(&track.locale) || track.locale.is_empty() {
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

fn too_short(key: &str) -> Error {
    Error::config(format!("expected at least {SHORTEST} characters")).at(key)
}

fn not_empty(text: &str, key: &str) -> Result<()> {
    if text.trim().is_empty() { Err(Error::config("must not be empty").at(key)) } else { Ok(()) }
}
