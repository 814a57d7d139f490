//! Settings of an SF source.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crossdock_connector::carrier::OrderShop;
use crossdock_connector::{ConnectorConfig, Error, Result, Secret, settings};
use crossdock_schemas::Reason;

/// The `settings` table.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The account at SF: any stable word, part of the source of every parcel.
    #[serde(default = "settings::only_account")]
    pub account: String,
    /// The encoding chosen in SF's console for pushes; the answer has to match it.
    #[serde(default)]
    pub push_format: PushFormat,
    /// Last segment of the push URL. Without it there is no push.
    pub path_token: Option<Secret>,
    /// The segment before it was changed: accepted beside the new one.
    pub previous_path_token: Option<Secret>,
    /// Whose order number `orderid` is.
    pub order_shop: Option<OrderShop>,
    /// Why a courier came in vain, by `reasonCode`: before the words of the remark are asked.
    #[serde(default)]
    pub reason_codes: BTreeMap<String, Reason>,
    /// For asking SF about parcels.
    pub track: Option<TrackConfig>,
}

/// Encodings of the push.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum PushFormat {
    /// `application/json`.
    #[default]
    Json,
    /// A form whose field `content` holds XML.
    Xml,
}

/// What is needed to ask SF.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TrackConfig {
    /// Which of SF's systems.
    #[serde(default)]
    pub environment: Environment,
    /// Another address of the same interface, for stand-ins and relays.
    pub endpoint: Option<String>,
    /// The partner id (顾客编码).
    pub partner_id: String,
    /// The check word (校验码) that belongs to it and to the environment.
    pub checkword: Secret,
    /// Language of the texts.
    #[serde(default)]
    pub language: Language,
    /// Whether SF answers only with the last four digits of a phone.
    #[serde(default)]
    pub needs_phone: bool,
}

/// SF's systems.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Environment {
    /// Mainland production.
    #[default]
    Production,
    /// Hong Kong production.
    HongKong,
    /// Sandbox.
    Sandbox,
}

impl Environment {
    /// The address of the interface.
    pub(crate) const fn endpoint(self) -> &'static str {
        match self {
            Self::Production => "https://bspgw.sf-express.com/std/service",
            Self::HongKong => "https://sfapi-hk.sf-express.com/std/service",
            Self::Sandbox => "https://sfapi-sbox.sf-express.com/std/service",
        }
    }
}

/// Languages SF writes remarks in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum Language {
    /// Simplified Chinese.
    #[default]
    #[serde(rename = "zh-CN")]
    Mainland,
    /// Traditional Chinese, Taiwan.
    #[serde(rename = "zh-TW")]
    Taiwan,
    /// Traditional Chinese, Hong Kong.
    #[serde(rename = "zh-HK")]
    HongKong,
    /// Traditional Chinese, Macau.
    #[serde(rename = "zh-MO")]
    Macau,
    /// English.
    #[serde(rename = "en")]
    English,
}

impl Language {
    /// As it stands in a query.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Mainland => "zh-CN",
            Self::Taiwan => "zh-TW",
            Self::HongKong => "zh-HK",
            Self::Macau => "zh-MO",
            Self::English => "en",
        }
    }
}

impl ConnectorConfig for Config {
    fn example() -> &'static str {
        include_str!("../example.toml")
    }

    fn validate(&self) -> Result<()> {
        settings::filled(&self.account, "account")?;
        for (token, key) in
            [(&self.path_token, "path_token"), (&self.previous_path_token, "previous_path_token")]
        {
            token.as_ref().map_or(Ok(()), |token| settings::shared_token(token, key))?;
        }
        if self.path_token.is_none() && self.previous_path_token.is_some() {
            return Err(Error::config("needs path_token beside it").at("previous_path_token"));
        }
        if let Some(shop) = &self.order_shop {
            shop.validate("order_shop")?;
        }
        settings::reasons(&self.reason_codes, "reason_codes")?;
        if let Some(track) = &self.track {
            settings::filled(&track.partner_id, "track.partner_id")?;
            settings::secret(&track.checkword, "track.checkword")?;
            settings::other_address(track.endpoint.as_deref(), "track.endpoint")?;
        }
        Ok(())
    }
}
