//! Settings of a ZTO source.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crossdock_connector::{ConnectorConfig, Error, Result, Secret};

/// The `settings` table.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The account at ZTO: any stable word, part of the source of every parcel.
    #[serde(default = "default_account")]
    pub account: String,
    /// The app secret: it signs pushes and queries.
    pub app_secret: Secret,
    /// The secret before it was changed: pushes signed with it are accepted too.
    pub previous_app_secret: Option<Secret>,
    /// What `returnType` and `returnUpdateType` say where their text does not.
    #[serde(default)]
    pub return_types: BTreeMap<String, ReturnKind>,
    /// For asking ZTO about parcels.
    pub track: Option<TrackConfig>,
}

/// What a RETURN_SCAN is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ReturnKind {
    /// It goes back to the sender.
    Return,
    /// It goes to another address.
    Readdress,
}

/// What is needed to ask ZTO.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TrackConfig {
    /// Which of ZTO's systems.
    #[serde(default)]
    pub environment: Environment,
    /// Another address of the same interface, for stand-ins and relays.
    pub endpoint: Option<String>,
    /// The app key (company id).
    pub app_key: String,
    /// Whether ZTO answers only with the last four digits of a phone.
    #[serde(default)]
    pub needs_phone: bool,
}

/// ZTO's systems.
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
            Self::Production => "https://japi.zto.com/zto.merchant.waybill.track.query",
            Self::Test => "https://japi-test.zto.com/zto.merchant.waybill.track.query",
        }
    }
}

fn default_account() -> String {
    "default".to_owned()
}

impl ConnectorConfig for Config {
    fn example() -> &'static str {
        include_str!("../example.toml")
    }

    fn validate(&self) -> Result<()> {
        not_empty(&self.account, "account")?;
        if self.app_secret.expose().is_empty() {
            return Err(Error::config("must not be empty").at("app_secret"));
        }
        if let Some(track) = &self.track {
            not_empty(&track.app_key, "track.app_key")?;
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
