//! Settings of a Taobao or Tmall shop.

use schemars::JsonSchema;
use serde::Deserialize;

use crossdock_connector::{ConnectorConfig, Error, Result, Secret, settings};

use crate::sign::SignMethod;

/// Settings of one shop.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The seller's numeric user id. Part of every order's identity: never change it.
    pub shop: String,
    /// Key of the application.
    pub app_key: String,
    /// Secret of the application; signs every call.
    pub app_secret: Secret,
    /// The seller's session key (access token).
    pub session: Secret,
    /// Last segment of the URL that the TMC bridge posts to. Without it every push is refused.
    #[serde(default)]
    pub path_token: Option<Secret>,
    /// The token before, accepted as well while the bridge is being changed over.
    #[serde(default)]
    pub previous_path_token: Option<Secret>,
    /// The queue of TMC messages, asked over HTTP; without it only what a bridge posts is read.
    #[serde(default)]
    pub queue: Option<Queue>,
    /// Address of the gateway.
    #[serde(default = "default_gateway")]
    pub gateway: String,
    /// How calls are signed.
    #[serde(default)]
    pub sign_method: SignMethod,
    /// Rows in a page, 1 to 100.
    #[serde(default = "default_page_size")]
    pub page_size: u32,
    /// Trade types to poll for; empty leaves it to the platform, which hides the rarer ones.
    #[serde(default)]
    pub trade_types: Vec<String>,
    /// Trade types whose refunds are polled for; empty leaves it to the platform.
    #[serde(default)]
    pub refund_types: Vec<String>,
    /// Sent as the parameter `include_oaid` of `taobao.trade.fullinfo.get` when set: the documentation names
    /// the parameter, but not when an application needs it.
    #[serde(default)]
    pub include_oaid: Option<String>,
}

/// The queue of TMC messages.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Queue {
    /// Name of the message group that this seller belongs to. Left out where the application has no groups: naming one
    /// is then refused.
    #[serde(default)]
    pub group: Option<String>,
    /// Messages in one call, 10 to 200.
    #[serde(default = "default_quantity")]
    pub quantity: u32,
}

fn default_quantity() -> u32 {
    100
}

fn default_gateway() -> String {
    "https://eco.taobao.com/router/rest".to_owned()
}

fn default_page_size() -> u32 {
    100
}

impl ConnectorConfig for Config {
    fn example() -> &'static str {
        include_str!("../example.toml")
    }

    fn validate(&self) -> Result<()> {
        if self.shop.is_empty() || !self.shop.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(Error::config("expected the seller's numeric user id").at("shop"));
        }
        if self.app_key.trim().is_empty() {
            return Err(Error::config("expected the key of the application").at("app_key"));
        }
        if !(1..=100).contains(&self.page_size) {
            return Err(Error::config("expected 1 to 100").at("page_size"));
        }
        if let Some(queue) = &self.queue {
            if !(10..=200).contains(&queue.quantity) {
                return Err(Error::config("expected 10 to 200").at("queue.quantity"));
            }
            if queue.group.as_ref().is_some_and(|group| group.trim().is_empty()) {
                return Err(Error::config("expected the name of a group, or none").at("queue.group"));
            }
        }
        settings::address(&self.gateway, "gateway")?;
        settings::secret_text(&self.app_secret, "app_secret")?;
        settings::secret_text(&self.session, "session")
    }
}
