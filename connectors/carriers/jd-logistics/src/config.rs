//! Settings of a JD Logistics source.

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
    /// The account at JD Logistics: any stable word, part of the source of every parcel.
    #[serde(default = "settings::only_account")]
    pub account: String,
    /// Whose order numbers JD repeats in `orderId`; without it, they are only kept.
    pub order_shop: Option<OrderShop>,
    /// For asking JD about parcels.
    pub track: Option<TrackConfig>,
}

/// What is needed to ask JD.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TrackConfig {
    /// Which of JD's systems.
    #[serde(default)]
    pub environment: Environment,
    /// Another address of the gateway, for stand-ins and relays.
    pub endpoint: Option<String>,
    /// Another address of the token service, for stand-ins and relays.
    pub oauth_endpoint: Option<String>,
    /// The app key.
    pub app_key: String,
    /// The app secret.
    pub app_secret: Secret,
    /// An access token, used as it is.
    pub access_token: Option<Secret>,
    /// A refresh token, with which access tokens are got.
    pub refresh_token: Option<Secret>,
    /// Which interface is asked.
    #[serde(default)]
    pub interface: Interface,
    /// Who ordered: 0 consumer, 1 business contract, 2 consumer to business.
    #[serde(default = "default_origin")]
    pub order_origin: u8,
    /// The customer code (merchant number) of the contract.
    pub customer_code: Option<String>,
    /// What the codes of the gateway mean.
    #[serde(default)]
    pub gateway_codes: BTreeMap<String, CodeKind>,
}

/// JD's systems.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Environment {
    /// Production.
    #[default]
    Production,
    /// Pre-production.
    Test,
}

/// JD's interfaces for traces.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Interface {
    /// `/ecap/v1/orders/trace/query`, for orders of one's own.
    #[default]
    Trace,
    /// `/jd/tracking/query`, by number and phone.
    Tracking,
}

impl TrackConfig {
    /// The gateway, without a slash at its end.
    pub(crate) fn gateway(&self) -> &str {
        let standard = match self.environment {
            Environment::Production => "https://api.jdl.com",
            Environment::Test => "https://uat-api.jdl.com",
        };
        settings::base(self.endpoint.as_deref(), standard)
    }

    /// The token service, without a slash at its end.
    pub(crate) fn oauth(&self) -> &str {
        let standard = match self.environment {
            Environment::Production => "https://oauth.jdl.com",
            Environment::Test => "https://uat-oauth.jdl.com",
        };
        settings::base(self.oauth_endpoint.as_deref(), standard)
    }
}

const fn default_origin() -> u8 {
    1
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
        let Some(track) = &self.track else { return Ok(()) };
        settings::filled(&track.app_key, "track.app_key")?;
        settings::secret(&track.app_secret, "track.app_secret")?;
        if track.access_token.is_some() == track.refresh_token.is_some() {
            let what = "expected either refresh_token or access_token";
            return Err(Error::config(what).at("track.refresh_token"));
        }
        for (key, token) in
            [("track.access_token", &track.access_token), ("track.refresh_token", &track.refresh_token)]
        {
            token.as_ref().map_or(Ok(()), |token| settings::secret(token, key))?;
        }
        for (key, address) in
            [("track.endpoint", &track.endpoint), ("track.oauth_endpoint", &track.oauth_endpoint)]
        {
            settings::other_address(address.as_deref(), key)?;
        }
        if track.order_origin > 2 {
            return Err(Error::config("expected 0, 1 or 2").at("track.order_origin"));
        }
        let needs_customer = track.interface == Interface::Trace && track.order_origin > 0;
        if needs_customer && track.customer_code.as_deref().is_none_or(|code| code.trim().is_empty()) {
            let what = "must be there for orders of business customers (order_origin 1 and 2)";
            return Err(Error::config(what).at("track.customer_code"));
        }
        Ok(())
    }
}
