//! Settings of one own store.

use schemars::JsonSchema;
use serde::Deserialize;

use crossdock_connector::{ConnectorConfig, Error, Result, Scheme, Secret, sign};

/// Settings of one own store.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Your name of the shop. It is part of every identity, so it must never change.
    pub shop: String,
    /// Your name of the system, `[a-z0-9_]{2,32}`.
    #[serde(default = "default_platform")]
    pub platform: String,
    /// Secrets that sign messages with HMAC-SHA256 (`v1`); several while one is replaced by another.
    #[serde(default)]
    pub secrets: Vec<Secret>,
    /// How the secrets are written.
    #[serde(default)]
    pub secret_encoding: SecretEncoding,
    /// Public keys, `whpk_` and base64, of messages signed with Ed25519 (`v1a`). They are no secret, but are
    /// given like one, so that all keys are replaced in the same way.
    #[serde(default)]
    pub public_keys: Vec<Secret>,
}

/// How a secret is written. Senders disagree, and a wrong guess would refuse every message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum SecretEncoding {
    /// `whsec_` and base64, or base64 alone, as the specification has it.
    #[default]
    Base64,
    /// The text itself is the key.
    Raw,
}

fn default_platform() -> String {
    "own_store".to_owned()
}

impl ConnectorConfig for Config {
    fn example() -> &'static str {
        include_str!("../example.toml")
    }

    fn validate(&self) -> Result<()> {
        let letters = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        if !(2..=32).contains(&self.platform.len()) || !self.platform.bytes().all(letters) {
            return Err(Error::config("platform is 2 to 32 of a-z, 0-9 and _").at("platform"));
        }
        if self.shop.trim() != self.shop || self.shop.is_empty() || self.shop.chars().any(char::is_control) {
            return Err(Error::config("shop is a text without outer blanks").at("shop"));
        }
        if self.secrets.is_empty() && self.public_keys.is_empty() {
            return Err(
                Error::config("neither secrets nor public_keys: nothing could be verified").at("secrets")
            );
        }
        self.keys().map(|_| ())
    }
}

impl Config {
    /// The keys in force.
    ///
    /// # Errors
    /// `Config` with the key that cannot be read.
    pub(crate) fn keys(&self) -> Result<Vec<(Scheme, Secret)>> {
        let mut keys = Vec::new();
        for (i, secret) in self.secrets.iter().enumerate() {
            let key = match self.secret_encoding {
                SecretEncoding::Base64 => sign::standard_webhooks_key(secret),
                SecretEncoding::Raw => Ok(secret.expose().to_vec()),
            };
            let key = key.map_err(|error| error.at(format!("secrets[{i}]")))?;
            if key.is_empty() {
                return Err(Error::config("secret is empty").at(format!("secrets[{i}]")));
            }
            keys.push((Scheme::HmacSha256, Secret::new(key)));
        }
        for (i, key) in self.public_keys.iter().enumerate() {
            let text = key.expose_text().unwrap_or_default().trim();
            let key =
                sign::unbase64(text.strip_prefix("whpk_").unwrap_or(text)).filter(|key| key.len() == 32);
            let key = key.ok_or_else(|| {
                Error::config("a public key is `whpk_` and the base64 of 32 bytes")
                    .at(format!("public_keys[{i}]"))
            })?;
            keys.push((Scheme::Ed25519, Secret::new(key)));
        }
        Ok(keys)
    }
}
