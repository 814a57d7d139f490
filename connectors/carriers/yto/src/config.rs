//! Settings of a YTO source.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crossdock_connector::carrier::OrderShop;
use crossdock_connector::refusal::CodeKind;
use crossdock_connector::{ConnectorConfig, Error, Result, Secret, settings};

/// The `settings` table.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The account at YTO: any stable word, part of the source of every parcel.
    #[serde(default = "settings::only_account")]
    pub account: String,
    /// The secret of the push interface. Without it there is no push.
    pub push_secret: Option<Secret>,
    /// The secret before it was changed: pushes signed with it are accepted too.
    pub previous_push_secret: Option<Secret>,
    /// Whose order number `txLogisticID` is.
    pub order_shop: Option<OrderShop>,
    /// For asking YTO about parcels.
    pub track: Option<TrackConfig>,
}

/// What is needed to ask YTO.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TrackConfig {
    /// What is asked.
    #[serde(default)]
    pub mode: Mode,
    /// The address of the interface: another one for every customer and interface.
    pub endpoint: String,
    /// The secret of the interface.
    pub secret: Secret,
    /// Our client id; needed for `subscribe`.
    pub client_id: Option<String>,
    /// What the codes of refusals mean.
    #[serde(default)]
    pub refusals: BTreeMap<String, CodeKind>,
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
    /// The name of the interface, as it is signed.
    pub(crate) const fn method(self) -> &'static str {
        match self {
            Self::Query => "track_query_adapter",
            Self::Subscribe => "subscribe_adapter",
        }
    }
}

impl ConnectorConfig for Config {
    fn example() -> &'static str {
        include_str!("../example.toml")
    }

    fn validate(&self) -> Result<()> {
        settings::filled(&self.account, "account")?;
        if self.push_secret.is_none() && self.previous_push_secret.is_some() {
            return Err(Error::config("needs push_secret beside it").at("previous_push_secret"));
        }
        if let Some(secret) = &self.push_secret {
            settings::secret(secret, "push_secret")?;
        }
        if let Some(shop) = &self.order_shop {
            shop.validate("order_shop")?;
        }
        if let Some(track) = &self.track {
            settings::address(&track.endpoint, "track.endpoint")?;
            settings::secret(&track.secret, "track.secret")?;
            if track.mode == Mode::Subscribe {
                settings::filled(track.client_id.as_deref().unwrap_or_default(), "track.client_id")?;
            }
        }
        Ok(())
    }
}
