//! Settings of a UPS source.

use schemars::JsonSchema;
use serde::Deserialize;

use crossdock_connector::carrier::OrderShop;
use crossdock_connector::{ConnectorConfig, Result, Secret, settings};

/// The `settings` table.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The account at UPS: any stable word, part of the source of every parcel.
    #[serde(default = "settings::only_account")]
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
        settings::base(self.endpoint.as_deref(), named)
    }
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
            settings::shared_token(&push.credential, "push.credential")?;
            settings::previous_token(push.previous_credential.as_ref(), "push.previous_credential")?;
        }
        if let Some(track) = &self.track {
            settings::filled(&track.client_id, "track.client_id")?;
            settings::filled(&track.transaction_source, "track.transaction_source")?;
            settings::secret(&track.client_secret, "track.client_secret")?;
            settings::word(&track.locale, "track.locale", "en_US")?;
            settings::other_address(track.endpoint.as_deref(), "track.endpoint")?;
        }
        Ok(())
    }
}
