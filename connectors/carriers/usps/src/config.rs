//! Settings of a USPS source.

use schemars::JsonSchema;
use serde::Deserialize;

use crossdock_connector::{ConnectorConfig, Error, Result, Secret};

/// The `settings` table.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The account at USPS: any stable word, part of the source of every parcel.
    #[serde(default = "default_account")]
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
        self.endpoint.as_deref().unwrap_or(named).trim_end_matches('/')
    }
}

fn default_account() -> String {
    "default".to_owned()
}

fn default_header() -> String {
    "X-HMAC".to_owned()
}

/// Shortest path token: it is all that keeps strangers out.
const SHORTEST: usize = 12;

impl ConnectorConfig for Config {
    fn example() -> &'static str {
        include_str!("../example.toml")
    }

    fn validate(&self) -> Result<()> {
        not_empty(&self.account, "account")?;
        if let Some(push) = &self.push {
            push.validate()?;
        }
        if let Some(track) = &self.track {
            not_empty(&track.client_id, "track.client_id")?;
            if track.client_secret.expose().is_empty() {
                return Err(Error::config("must not be empty").at("track.client_secret"));
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
                not_empty(&hmac.header, "push.hmac.header")?;
                long_enough(&hmac.secret, "push.hmac.secret")
            }
            (Some(token), None) => {
                long_enough(token, "push.path_token")?;
                match self.previous_path_token.as_ref().filter(|token| !token.expose().is_empty()) {
                    Some(previous) => long_enough(previous, "push.previous_path_token"),
                    None => Ok(()),
                }
            }
        }
    }
}

fn not_empty(text: &str, key: &str) -> Result<()> {
    if text.trim().is_empty() { Err(Error::config("must not be empty").at(key)) } else { Ok(()) }
}

fn long_enough(secret: &Secret, key: &str) -> Result<()> {
    if secret.expose().len() >= SHORTEST {
        return Ok(());
    }
    Err(Error::config(format!("expected at least {SHORTEST} characters")).at(key))
}
