//! Settings of a Cainiao source.

use schemars::JsonSchema;
use serde::Deserialize;

use crossdock_connector::aggregator::MoreCarriers;
use crossdock_connector::carrier::OrderShop;
use crossdock_connector::{ConnectorConfig, Error, Result, Secret, settings};

/// The `settings` table.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The account at Cainiao: any stable word, part of the source of every parcel.
    #[serde(default = "settings::only_account")]
    pub account: String,
    /// The secret of the LINK gateway. Without it there is no push and no tracking.
    pub secret: Option<Secret>,
    /// The secret before it was changed: pushes signed with it are accepted too.
    pub previous_secret: Option<Secret>,
    /// What a push must say in `partner_code`.
    pub partner_code: Option<String>,
    /// What a push must say in `from_code`.
    pub from_code: Option<String>,
    /// Whose order number the Taobao trace's `tid` is.
    pub order_shop: Option<OrderShop>,
    /// Codes and names of carriers beyond those the connector knows.
    #[serde(default)]
    pub carriers: MoreCarriers,
    /// For asking Cainiao about parcels of its own express.
    pub track: Option<TrackConfig>,
    /// For asking the Taobao Open Platform about the parcels of an order.
    pub taobao: Option<TaobaoConfig>,
}

/// What is needed to ask Cainiao.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TrackConfig {
    /// The address of the gateway.
    #[serde(default = "default_link")]
    pub endpoint: String,
    /// Our partner code.
    pub partner_code: String,
    /// Whom the call is for, where the gateway wants to know.
    pub to_code: Option<String>,
}

/// What is needed to ask the Taobao Open Platform.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TaobaoConfig {
    /// The address of the gateway.
    #[serde(default = "default_top")]
    pub gateway: String,
    /// The app key.
    pub app_key: String,
    /// The app secret.
    pub app_secret: Secret,
    /// The seller's session.
    pub session: Secret,
    /// The seller's name.
    pub seller_nick: String,
    /// How calls are signed.
    #[serde(default)]
    pub sign_method: SignMethod,
}

/// The digests that are built.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum SignMethod {
    /// HMAC-SHA256 with the secret as key.
    #[default]
    #[serde(rename = "hmac-sha256")]
    HmacSha256,
    /// MD5 over secret, parameters, secret.
    #[serde(rename = "md5")]
    Md5,
}

fn default_link() -> String {
    "https://link.cainiao.com/gateway/link.do".to_owned()
}

fn default_top() -> String {
    "https://eco.taobao.com/router/rest".to_owned()
}

impl ConnectorConfig for Config {
    fn example() -> &'static str {
        include_str!("../example.toml")
    }

    fn validate(&self) -> Result<()> {
        settings::filled(&self.account, "account")?;
        for (key, value) in [("partner_code", &self.partner_code), ("from_code", &self.from_code)] {
            if let Some(value) = value {
                settings::filled(value, key)?;
            }
        }
        match &self.secret {
            Some(secret) => settings::secret(secret, "secret")?,
            None if self.previous_secret.is_some() || self.track.is_some() => {
                return Err(Error::config("must be there for pushes and tracking").at("secret"));
            }
            None => {}
        }
        if let Some(shop) = &self.order_shop {
            shop.validate("order_shop")?;
        }
        self.carriers.validate("carriers")?;
        if let Some(track) = &self.track {
            settings::address(&track.endpoint, "track.endpoint")?;
            settings::filled(&track.partner_code, "track.partner_code")?;
        }
        if let Some(taobao) = &self.taobao {
            settings::address(&taobao.gateway, "taobao.gateway")?;
            settings::filled(&taobao.app_key, "taobao.app_key")?;
            settings::secret(&taobao.app_secret, "taobao.app_secret")?;
            settings::secret(&taobao.session, "taobao.session")?;
            settings::filled(&taobao.seller_nick, "taobao.seller_nick")?;
        }
        Ok(())
    }
}
