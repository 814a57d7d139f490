//! Settings of a USPS source.

use schemars::JsonSchema;
use serde::Deserialize;

use crossdock_connector::{ConnectorConfig, Error, Result, Secret, settings};

/// The `settings` table.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The account at USPS: any stable word, part of the source of every parcel.
    #[serde(default = "settings::only_account")]
    pub account: String,
    /// What "Delivered, Parcel Locker" is.
    #[serde(default)]
    pub parcel_locker: ParcelLocker,
    /// Tracking subscriptions.
    pub push: Option<PushConfig>,
    /// For asking USPS about parcels.
    pub track: Option<TrackConfig>,
}

/// What a delivery into a parcel locker is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ParcelLocker {
    /// A delivery, to the locker.
    #[default]
    Delivered,
    /// It waits for its recipient.
    AvailableForPickup,
}

/// What is needed to be called by USPS: a secret path, or an HMAC whose form the merchant has seen to fit.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PushConfig {
    /// The last segment of the listener URL.
    pub path_token: Option<Secret>,
    /// The segment before it was changed: it is accepted too.
    pub previous_path_token: Option<Secret>,
    /// The `X-HMAC` header, instead of the path.
    pub hmac: Option<HmacConfig>,
}

/// How USPS's HMAC is made, which is not published.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HmacConfig {
    /// The secret given with the subscription.
    pub secret: Secret,
    /// How the header writes it.
    pub encoding: Encoding,
    /// The header.
    #[serde(default = "default_header")]
    pub header: String,
}

/// How bytes are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Encoding {
    /// Hexadecimal digits.
    Hex,
    /// Base64.
    Base64,
}

/// What is needed to ask USPS.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TrackConfig {
    /// Which of USPS's systems.
    #[serde(default)]
    pub environment: Environment,
    /// Another address of the same interface, for stand-ins and relays.
    pub endpoint: Option<String>,
    /// The app's client id (consumer key).
    pub client_id: String,
    /// The app's client secret.
    pub client_secret: Secret,
}

/// USPS's systems.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Environment {
    /// Production.
    #[default]
    Production,
    /// Testing environment for mailers.
    Test,
}

impl TrackConfig {
    /// Where calls go, without a slash at the end.
    pub(crate) fn base(&self) -> &str {
        let named = match self.environment {
            Environment::Production => "https://apis.usps.com",
            Environment::Test => "https://apis-tem.usps.com",
        };
        settings::base(self.endpoint.as_deref(), named)
    }
}

fn default_header() -> String {
    "X-HMAC".to_owned()
}

impl ConnectorConfig for Config {
    fn example() -> &'static str {
        include_str!("../example.toml")
    }

    fn validate(&self) -> Result<()> {
        settings::filled(&self.account, "account")?;
        if let Some(push) = &self.push {
            push.validate()?;
        }
        if let Some(track) = &self.track {
            settings::filled(&track.client_id, "track.client_id")?;
            settings::secret(&track.client_secret, "track.client_secret")?;
            settings::other_address(track.endpoint.as_deref(), "track.endpoint")?;
        }
        Ok(())
    }
}

impl PushConfig {
    fn validate(&self) -> Result<()> {
        match (&self.path_token, &self.hmac) {
            (None, None) => {
                Err(Error::config("expected a path token, or an hmac instead").at("push.path_token"))
            }
            // Either would be enough to get in, so the weaker one would decide.
            (Some(_), Some(_)) => {
                Err(Error::config("expected one of `path_token` and `hmac`, not both").at("push.hmac"))
            }
            (None, Some(hmac)) => {
                settings::filled(&hmac.header, "push.hmac.header")?;
                settings::shared_token(&hmac.secret, "push.hmac.secret")
            }
            (Some(token), None) => {
                settings::shared_token(token, "push.path_token")?;
                settings::previous_token(self.previous_path_token.as_ref(), "push.previous_path_token")
            }
        }
    }
}
