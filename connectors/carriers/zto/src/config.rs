//! Settings of a ZTO source.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crossdock_connector::{ConnectorConfig, Result, Secret, settings};
use crossdock_schemas::Reason;

/// The `settings` table.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The account at ZTO: any stable word, part of the source of every parcel.
    #[serde(default = "settings::only_account")]
    pub account: String,
    /// The app secret: it signs pushes and queries.
    pub app_secret: Secret,
    /// The secret before it was changed: pushes signed with it are accepted too.
    pub previous_app_secret: Option<Secret>,
    /// What `returnType` and `returnUpdateType` say where their text does not.
    #[serde(default)]
    pub return_types: BTreeMap<String, ReturnKind>,
    /// Why, by `problemCode`: before the words of the sentence are asked.
    #[serde(default)]
    pub problem_codes: BTreeMap<String, Reason>,
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
    /// What is asked.
    #[serde(default)]
    pub mode: Mode,
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

/// What is asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// What happened to a parcel.
    #[default]
    Query,
    /// Have it pushed from now on.
    Subscribe,
}

impl Mode {
    /// The name of the interface; the second is misspelt by ZTO.
    pub(crate) const fn method(self) -> &'static str {
        match self {
            Self::Query => "zto.merchant.waybill.track.query",
            Self::Subscribe => "zto.merchant.waybill.track.subsrcibe",
        }
    }
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
    /// The address of the gateway.
    const fn gateway(self) -> &'static str {
        match self {
            Self::Production => "https://japi.zto.com/",
            Self::Test => "https://japi-test.zto.com/",
        }
    }
}

impl TrackConfig {
    /// The address that is asked.
    pub(crate) fn url(&self) -> String {
        match &self.endpoint {
            Some(endpoint) => endpoint.clone(),
            None => format!("{}{}", self.environment.gateway(), self.mode.method()),
        }
    }
}

impl ConnectorConfig for Config {
    fn example() -> &'static str {
        include_str!("../example.toml")
    }

    fn validate(&self) -> Result<()> {
        settings::filled(&self.account, "account")?;
        settings::secret(&self.app_secret, "app_secret")?;
        settings::reasons(&self.problem_codes, "problem_codes")?;
        if let Some(track) = &self.track {
            settings::filled(&track.app_key, "track.app_key")?;
            settings::other_address(track.endpoint.as_deref(), "track.endpoint")?;
        }
        Ok(())
    }
}
