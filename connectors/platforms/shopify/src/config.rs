//! Settings of one Shopify shop.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crossdock_connector::{ConnectorConfig, Error, Result, Secret, settings};

/// Settings of one Shopify shop.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Permanent name of the shop, `<name>.myshopify.com`, in lower case. It is part of every identity.
    pub shop: String,
    /// Client secret of the app: the key of webhook signatures, and what refreshing an access token needs.
    pub secret: Secret,
    /// Another client secret that is also accepted, while it is being rotated.
    pub next_secret: Option<Secret>,
    /// Admin API token with `read_orders`, of an app whose tokens do not expire. Without it and without `refresh_token`
    /// nothing is fetched or polled.
    pub access_token: Option<Secret>,
    /// Client id of the app; `refresh_token` needs it.
    pub client_id: Option<String>,
    /// Instead of `access_token`: refresh token of the shop's authorization, of an app whose access tokens expire (every
    /// public one).
    pub refresh_token: Option<Secret>,
    /// Version of the Admin API for fetching and polling, `YYYY-MM`.
    #[serde(default = "default_api_version")]
    pub api_version: String,
    /// Which list of changed orders is polled.
    #[serde(default)]
    pub poll_by: PollBy,
    /// Whose note the order's `note` is.
    #[serde(default)]
    pub note_by: NoteBy,
    /// Carrier names as this shop writes them (any case) and our name of the carrier.
    #[serde(default)]
    pub carriers: BTreeMap<String, String>,
}

/// Whose note the `note` of an order is: the platform keeps the buyer's cart note and the seller's remark in
/// the same field, so only the shop knows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum NoteBy {
    /// The buyer writes it in the cart.
    #[default]
    Buyer,
    /// The seller writes it in the admin.
    Seller,
}

/// Which list of changed orders is polled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum PollBy {
    /// `orders.json`: whole orders, 250 in a call. Legacy, and complete.
    #[default]
    Rest,
    /// `graphql.json`: the ids of changed orders, each of which is then fetched.
    Graphql,
}

fn default_api_version() -> String {
    "2026-10".to_owned()
}

impl ConnectorConfig for Config {
    fn example() -> &'static str {
        include_str!("../example.toml")
    }

    fn validate(&self) -> Result<()> {
        if !is_shop(&self.shop) {
            return Err(Error::config(
                "shop is not the permanent name of a shop, like `acme-demo.myshopify.com` in lower case",
            )
            .at("shop"));
        }
        if !is_version(&self.api_version) {
            return Err(Error::config("api_version is not a version like `2026-10`").at("api_version"));
        }
        settings::secret(&self.secret, "secret")?;
        if let Some(token) = &self.refresh_token {
            if self.access_token.is_some() {
                let what = "expected either refresh_token or access_token, not both";
                return Err(Error::config(what).at("refresh_token"));
            }
            settings::secret_text(token, "refresh_token")?;
            settings::filled(self.client_id.as_deref().unwrap_or_default(), "client_id")?;
        }
        settings::carriers(&self.carriers, "carriers")
    }
}

/// `^[a-z0-9][a-z0-9-]*\.myshopify\.com$`.
fn is_shop(shop: &str) -> bool {
    let Some(name) = shop.strip_suffix(".myshopify.com") else { return false };
    !name.is_empty()
        && !name.starts_with('-')
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

fn is_version(version: &str) -> bool {
    match version.split_once('-') {
        Some((year, month)) => {
            let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
            year.len() == 4 && month.len() == 2 && digits(year) && digits(month)
        }
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_way_to_a_token() {
        let secret = || serde_json::json!({ Secret::resolved_key(): "example-secret" });
        let read = |keys: &[&str]| {
            let mut given = serde_json::json!({ "shop": "a.myshopify.com", "secret": secret() });
            for key in keys {
                given[*key] = if *key == "client_id" { "demo".into() } else { secret() };
            }
            let config: Config = serde_json::from_value(given).unwrap();
            config.validate().map_err(|error| error.path.unwrap_or_default())
        };
        assert_eq!(read(&[]), Ok(()));
        assert_eq!(read(&["access_token"]), Ok(()));
        assert_eq!(read(&["client_id", "refresh_token"]), Ok(()));
        assert_eq!(read(&["refresh_token"]), Err("client_id".to_owned()));
        assert_eq!(read(&["access_token", "client_id", "refresh_token"]), Err("refresh_token".to_owned()));
    }

    #[test]
    fn shop_names() {
        assert!(is_shop("lantern-and-loom-demo.myshopify.com"));
        for bad in [
            "",
            ".myshopify.com",
            "-a.myshopify.com",
            "A.myshopify.com",
            "a.example.com",
            "a.b.myshopify.com",
        ] {
            assert!(!is_shop(bad), "{bad}");
        }
    }

    #[test]
    fn versions() {
        assert!(is_version("2026-10"));
        for bad in ["unstable", "2026-1", "202610", "2026-1x", "2026-10/../.."] {
            assert!(!is_version(bad), "{bad}");
        }
    }
}
