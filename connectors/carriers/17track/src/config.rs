//! Settings of a 17TRACK source.

use schemars::JsonSchema;
use serde::Deserialize;

use crossdock_connector::aggregator::MoreCarriers;
use crossdock_connector::carrier::OrderShop;
use crossdock_connector::{ConnectorConfig, Error, Result, Secret, settings};

/// The `settings` table.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The account at 17TRACK: any stable word, part of the source of every parcel.
    #[serde(default = "settings::only_account")]
    pub account: String,
    /// The security key: it signs pushes and is sent with every call.
    pub key: Secret,
    /// The key before it was changed: pushes signed with it are accepted too.
    pub previous_key: Option<Secret>,
    /// Whose order numbers the tags are that parcels were registered with.
    pub order_shop: Option<OrderShop>,
    /// Carriers that are not in the connector's table: 17TRACK's number to our word.
    #[serde(default)]
    pub carriers: MoreCarriers,
    /// For asking 17TRACK about parcels.
    pub track: Option<TrackConfig>,
}

/// What is needed to ask 17TRACK.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TrackConfig {
    /// What asking means.
    #[serde(default)]
    pub mode: Mode,
    /// Another address before `/register` and `/gettrackinfo`, for stand-ins, relays and other versions.
    pub endpoint: Option<String>,
    /// The carrier of parcels when nobody says which.
    pub carrier: Option<String>,
}

/// What asking means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Ask for the history of parcels that are registered.
    #[default]
    Info,
    /// Have them watched and pushed from now on.
    Register,
}

impl TrackConfig {
    /// Where to ask.
    pub(crate) fn url(&self) -> String {
        let base = self.endpoint.as_deref().unwrap_or("https://api.17track.net/track/v2.2");
        let call = match self.mode {
            Mode::Info => "gettrackinfo",
            Mode::Register => "register",
        };
        format!("{}/{call}", base.trim_end_matches('/'))
    }
}

impl ConnectorConfig for Config {
    fn example() -> &'static str {
        include_str!("../example.toml")
    }

    fn validate(&self) -> Result<()> {
        settings::filled(&self.account, "account")?;
        settings::secret(&self.key, "key")?;
        if let Some(shop) = &self.order_shop {
            shop.validate("order_shop")?;
        }
        self.carriers.validate("carriers")?;
        for code in self.carriers.0.keys() {
            if !code.bytes().all(|digit| digit.is_ascii_digit()) {
                let what = "expected one of 17TRACK's numbers";
                return Err(Error::config(what).at(format!("carriers.\"{code}\"")));
            }
        }
        let endpoint = self.track.as_ref().and_then(|track| track.endpoint.as_deref());
        settings::other_address(endpoint, "track.endpoint")
    }
}
