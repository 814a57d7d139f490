//! Settings of a Pinduoduo mall.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crossdock_connector::refusal::CodeKind;
use crossdock_connector::{ConnectorConfig, Error, Result, Secret, settings};

/// Settings of one mall.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The mall's numeric id. Part of every order's identity: never change it.
    pub shop: String,
    /// Id of the application.
    pub client_id: String,
    /// Secret of the application; signs every call.
    pub client_secret: Secret,
    /// The mall's access token, where something else renews it. Exactly one of this and `refresh_token`.
    #[serde(default)]
    pub access_token: Option<Secret>,
    /// The mall's refresh token: access tokens are renewed with it.
    #[serde(default)]
    pub refresh_token: Option<Secret>,
    /// Last segment of the URL that the message bridge posts to. Without it every post of a bridge is refused.
    #[serde(default)]
    pub path_token: Option<Secret>,
    /// The token before, accepted as well while the bridge is being changed over.
    #[serde(default)]
    pub previous_path_token: Option<Secret>,
    /// Secret of the Agiso relay. Without it every push of the relay is refused.
    #[serde(default)]
    pub relay_secret: Option<Secret>,
    /// Address of the gateway.
    #[serde(default = "default_gateway")]
    pub gateway: String,
    /// Rows in a page, 1 to 100.
    #[serde(default = "default_page_size")]
    pub page_size: u32,
    /// `after_sales_status` that asks for cases of every status; empty sends none.
    #[serde(default = "default_refund_query_status")]
    pub refund_query_status: String,
    /// What `after_sales_type` of a row of the refund list means.
    #[serde(default)]
    pub refund_types: RefundTypes,
    /// Whether an order whose receipt the buyer confirmed counts as completed.
    #[serde(default)]
    pub received_is_completed: bool,
    /// Our words for carriers by `logistics_id` or name, before the built-in tables.
    #[serde(default)]
    pub carriers: BTreeMap<String, String>,
    /// Kinds of errors by `error_code` or `sub_code`, before the built-in table.
    #[serde(default)]
    pub error_codes: BTreeMap<String, CodeKind>,
}

/// The two meanings that the platform documents for `after_sales_type`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum RefundTypes {
    /// As the list asks for them: 2 refund only, 3 return, 4 exchange, 5 resend.
    #[default]
    List,
    /// As the detail answers them: 1 refund only, 2 return, 3 exchange, 4 resend, 5 repair.
    Detail,
}

fn default_gateway() -> String {
    "https://gw-api.pinduoduo.com/api/router".to_owned()
}

fn default_page_size() -> u32 {
    100
}

fn default_refund_query_status() -> String {
    "1".to_owned()
}

impl ConnectorConfig for Config {
    fn example() -> &'static str {
        include_str!("../example.toml")
    }

    fn validate(&self) -> Result<()> {
        if self.shop.is_empty() || !self.shop.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(Error::config("expected the mall's numeric id").at("shop"));
        }
        settings::filled(&self.client_id, "client_id")?;
        settings::secret_text(&self.client_secret, "client_secret")?;
        match (&self.access_token, &self.refresh_token) {
            (Some(token), None) => settings::secret_text(token, "access_token")?,
            (None, Some(token)) => settings::secret_text(token, "refresh_token")?,
            _ => {
                return Err(
                    Error::config("expected one of access_token and refresh_token").at("access_token")
                );
            }
        }
        // Nothing else keeps strangers out of the bridge's address.
        if let Some(token) = &self.path_token {
            settings::shared_token(token, "path_token")?;
        }
        settings::previous_token(self.previous_path_token.as_ref(), "previous_path_token")?;
        if let Some(secret) = &self.relay_secret {
            settings::secret_text(secret, "relay_secret")?;
        }
        settings::address(&self.gateway, "gateway")?;
        if !(1..=100).contains(&self.page_size) {
            return Err(Error::config("expected 1 to 100").at("page_size"));
        }
        if !self.refund_query_status.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(Error::config("expected a status number or nothing").at("refund_query_status"));
        }
        settings::carriers(&self.carriers, "carriers")
    }
}
