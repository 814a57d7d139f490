//! Settings of a Kuaidi100 source.

use schemars::JsonSchema;
use serde::Deserialize;

use crossdock_connector::aggregator::MoreCarriers;
use crossdock_connector::{ConnectorConfig, Error, Result, Secret, settings};

/// The `settings` table.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The account at Kuaidi100: any stable word, part of the source of every parcel.
    #[serde(default = "settings::only_account")]
    pub account: String,
    /// The salt given when subscribing: it signs pushes.
    pub salt: Secret,
    /// The salt before it was changed: pushes signed with it are accepted too.
    pub previous_salt: Option<Secret>,
    /// Carriers that are not in the connector's table: their code to our word.
    #[serde(default)]
    pub carriers: MoreCarriers,
    /// For asking Kuaidi100 about parcels.
    pub track: Option<TrackConfig>,
}

/// What is needed to ask Kuaidi100.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TrackConfig {
    /// What asking means.
    #[serde(default)]
    pub mode: Mode,
    /// Another address of the same interface, for stand-ins and relays.
    pub endpoint: Option<String>,
    /// The customer number; needed for `query`.
    pub customer: Option<String>,
    /// The key: it signs queries and is sent with subscriptions.
    pub key: Secret,
    /// Where pushes go; needed for `subscribe`.
    pub callback_url: Option<String>,
    /// The carrier of parcels when nobody says which.
    pub carrier: Option<String>,
    /// Carriers for which Kuaidi100 answers only with the last four digits of a phone.
    #[serde(default = "default_needs_phone")]
    pub needs_phone: Vec<String>,
}

/// What asking means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Ask for the history of a parcel now.
    #[default]
    Query,
    /// Have it pushed from now on.
    Subscribe,
}

impl Mode {
    /// The address of the interface.
    pub(crate) const fn endpoint(self) -> &'static str {
        match self {
            Self::Query => "https://poll.kuaidi100.com/poll/query.do",
            Self::Subscribe => "https://poll.kuaidi100.com/poll",
        }
    }
}

impl TrackConfig {
    /// Where to ask.
    pub(crate) fn url(&self) -> &str {
        self.endpoint.as_deref().unwrap_or_else(|| self.mode.endpoint())
    }

    fn validate(&self) -> Result<()> {
        settings::secret(&self.key, "track.key")?;
        let (needed, key) = match self.mode {
            Mode::Query => (&self.customer, "track.customer"),
            Mode::Subscribe => (&self.callback_url, "track.callback_url"),
        };
        settings::filled(needed.as_deref().unwrap_or_default(), key)?;
        for (url, key) in [(&self.endpoint, "track.endpoint"), (&self.callback_url, "track.callback_url")] {
            settings::other_address(url.as_deref(), key)?;
        }
        Ok(())
    }
}

fn default_needs_phone() -> Vec<String> {
    vec!["sf_express".to_owned(), "zto".to_owned()]
}

impl ConnectorConfig for Config {
    fn example() -> &'static str {
        include_str!("../example.toml")
    }

    fn validate(&self) -> Result<()> {
        settings::filled(&self.account, "account")?;
        if self.salt.expose().is_empty() {
            return Err(Error::config("must not be empty: without a salt Kuaidi100 signs nothing").at("salt"));
        }
        self.carriers.validate("carriers")?;
        self.track.as_ref().map_or(Ok(()), TrackConfig::validate)
    }
}
