//! Settings of one shop.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crossdock_connector::aggregator::MoreCarriers;
use crossdock_connector::refusal::CodeKind;
use crossdock_connector::{ConnectorConfig, Error, Result, Secret, settings};

/// Settings of one shop.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The shop's numeric id. Part of every order's identity: never change it.
    pub shop: String,
    /// Key of the application.
    pub app_key: String,
    /// Secret of the application; signs calls and pushes.
    pub app_secret: Secret,
    /// Another secret that is also accepted for pushes, while it is being changed.
    pub next_app_secret: Option<Secret>,
    /// An access token, used as it is.
    pub access_token: Option<Secret>,
    /// A refresh token, with which access tokens are got.
    pub refresh_token: Option<Secret>,
    /// Whether the application is the merchant's own and gets access tokens without being authorized.
    #[serde(default)]
    pub self_authorized: bool,
    /// Address of the gateway.
    #[serde(default = "default_gateway")]
    pub gateway: String,
    /// How calls are signed.
    #[serde(default)]
    pub sign_method: SignMethod,
    /// Rows in a page, 1 to 100.
    #[serde(default = "default_page_size")]
    pub page_size: u32,
    /// Longest window that is asked for, in minutes, 15 to 1440.
    #[serde(default = "default_window_minutes")]
    pub window_minutes: u32,
    /// Whether special after-sale cases are asked for as well.
    #[serde(default = "default_special_cases")]
    pub special_cases: bool,
    /// Which of the merchant's codes names the article.
    #[serde(default)]
    pub sku_field: SkuField,
    /// Our words for carriers, before the built-in table.
    #[serde(default)]
    pub carriers: MoreCarriers,
    /// Kinds of errors by code or sub code, before the built-in table.
    #[serde(default)]
    pub error_codes: BTreeMap<String, CodeKind>,
}

/// How calls are signed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum SignMethod {
    /// HMAC-SHA256.
    #[default]
    #[serde(rename = "hmac-sha256")]
    HmacSha256,
    /// MD5, which old applications use.
    #[serde(rename = "md5")]
    Md5,
}

impl SignMethod {
    /// The word the platform has for it.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::HmacSha256 => "hmac-sha256",
            Self::Md5 => "md5",
        }
    }
}

/// Which of the merchant's codes names the article; the other one stands in where it is empty.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SkuField {
    /// The code typed in the merchant's back office.
    #[default]
    Code,
    /// The id of the variant in a system of the merchant's.
    OutSkuId,
}

fn default_gateway() -> String {
    "https://openapi-fxg.jinritemai.com".to_owned()
}

fn default_page_size() -> u32 {
    100
}

fn default_special_cases() -> bool {
    true
}

fn default_window_minutes() -> u32 {
    30
}

impl Config {
    /// Whether access tokens are got by ourselves.
    pub(crate) fn has_session(&self) -> bool {
        self.access_token.is_none()
    }
}

impl ConnectorConfig for Config {
    fn example() -> &'static str {
        include_str!("../example.toml")
    }

    fn validate(&self) -> Result<()> {
        let number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if !number(&self.shop) {
            return Err(Error::config("expected the shop's numeric id").at("shop"));
        }
        if !number(&self.app_key) {
            return Err(Error::config("expected the application's numeric key").at("app_key"));
        }
        settings::secret_text(&self.app_secret, "app_secret")?;
        if let Some(secret) = &self.next_app_secret {
            settings::secret_text(secret, "next_app_secret")?;
        }
        match (&self.access_token, &self.refresh_token, self.self_authorized) {
            (Some(token), None, false) => settings::secret_text(token, "access_token")?,
            (None, Some(token), false) => settings::secret_text(token, "refresh_token")?,
            (None, None, true) => {}
            _ => {
                let what = "expected one of access_token, refresh_token and self_authorized = true";
                return Err(Error::config(what).at("refresh_token"));
            }
        }
        settings::address(&self.gateway, "gateway")?;
        if !(1..=100).contains(&self.page_size) {
            return Err(Error::config("expected 1 to 100").at("page_size"));
        }
        // Shorter than the overlap, polling would stand still.
        if !(15..=1440).contains(&self.window_minutes) {
            return Err(Error::config("expected 15 to 1440").at("window_minutes"));
        }
        self.carriers.validate("carriers")
    }
}
