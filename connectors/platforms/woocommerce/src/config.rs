//! Settings of one shop.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crossdock_connector::aggregator::MoreCarriers;
use crossdock_connector::server::{self, Tail};
use crossdock_connector::{ConnectorConfig, Error, Result, Secret, settings};

use crate::site;

/// Settings of one shop.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The shop's address without scheme, `www.` and a slash at the end. Part of every order's identity: never change it.
    pub shop: String,
    /// Where the site answers; `https://` and the shop's address when it is left out.
    pub url: Option<String>,
    /// Whether the site may be asked over plain http. Orders hold personal data.
    #[serde(default)]
    pub insecure_allow_http: bool,
    /// Other addresses under which webhooks of this shop may come.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Secret of the webhooks.
    pub secret: Secret,
    /// Another secret that is also accepted, while it is being changed.
    pub next_secret: Option<Secret>,
    /// Last segment of the delivery URL, for the call with which a shop tries a new webhook.
    pub ping_token: Option<Secret>,
    /// REST API key with read permission. Without it nothing is fetched or polled.
    pub consumer_key: Option<String>,
    /// Its secret.
    pub consumer_secret: Option<Secret>,
    /// How the key is shown.
    #[serde(default)]
    pub auth: Auth,
    /// Whether the site has no pretty permalinks.
    #[serde(default)]
    pub plain_permalinks: bool,
    /// Rows in a page, 1 to 100.
    #[serde(default = "default_page_size")]
    pub page_size: u32,
    /// Whether refunds are asked for across orders as well.
    #[serde(default)]
    pub poll_refunds: bool,
    /// What a refund with quantities on its lines is.
    #[serde(default)]
    pub refunds_with_quantity: RefundKind,
    /// Data of lines, by key, that is not part of what has to be made.
    #[serde(default = "default_ignored_line_meta")]
    pub ignored_line_meta: Vec<String>,
    /// Data of orders, by key, that is kept.
    #[serde(default)]
    pub kept_meta: Vec<String>,
    /// Data of orders, by key, in which plugins keep tracking numbers.
    #[serde(default = "default_tracking_meta")]
    pub tracking_meta: Vec<String>,
    /// What statuses mean, before the built-in table.
    #[serde(default)]
    pub statuses: BTreeMap<String, Meaning>,
    /// Our words for carriers, before the built-in table.
    #[serde(default)]
    pub carriers: MoreCarriers,
}

/// How the API key is shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Auth {
    /// HTTP Basic.
    #[default]
    Basic,
    /// In the query: for servers that drop the `Authorization` header. Their logs then hold the key.
    Query,
    /// OAuth 1.0a: for plain http.
    Oauth1,
}

/// What a refund with quantities on its lines is: the shop does not say whether goods came back.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RefundKind {
    /// Money alone.
    #[default]
    RefundOnly,
    /// Money for goods that came back.
    ReturnRefund,
}

/// What a status means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Meaning {
    /// Placed, not paid.
    Placed,
    /// Placed, waits for somebody to confirm the payment.
    OnHold,
    /// Placed, the payment failed; it may be tried again.
    Failed,
    /// Paid, to be shipped.
    Paid,
    /// A part was sent.
    PartiallyShipped,
    /// All was sent.
    Shipped,
    /// All has arrived.
    Delivered,
    /// Done.
    Completed,
    /// Called off.
    Cancelled,
    /// All money went back.
    Refunded,
    /// Over.
    Closed,
    /// No order yet: a cart, a draft.
    Ignore,
}

fn default_page_size() -> u32 {
    100
}

fn default_ignored_line_meta() -> Vec<String> {
    vec!["Backordered".to_owned()]
}

fn default_tracking_meta() -> Vec<String> {
    vec!["_wc_shipment_tracking_items".to_owned()]
}

impl Config {
    /// Where the site answers, without a slash at the end.
    pub(crate) fn address(&self) -> String {
        let given = self.url.as_deref().map(|url| url.trim_end_matches('/').to_owned());
        given.unwrap_or_else(|| format!("https://{}", self.shop))
    }
}

impl ConnectorConfig for Config {
    fn example() -> &'static str {
        include_str!("../example.toml")
    }

    fn validate(&self) -> Result<()> {
        let plain = |byte: u8| byte.is_ascii_graphic() && !b"?#@".contains(&byte);
        let canonical = !self.shop.is_empty() && site::canonical(&self.shop) == self.shop;
        if !canonical || !self.shop.bytes().all(plain) {
            let what = "expected the shop's address like `acme.example` or `acme.example/shop`: lower case, without \
                        https://, www. and a slash at the end";
            return Err(Error::config(what).at("shop"));
        }
        server::address(&self.address(), Tail::Path, "orders", self.insecure_allow_http)
            .map_err(|error| error.at("url"))?;
        settings::secret_text(&self.secret, "secret")?;
        if let Some(secret) = &self.next_secret {
            settings::secret_text(secret, "next_secret")?;
        }
        if let Some(token) = &self.ping_token {
            settings::shared_token(token, "ping_token")?;
        }
        match (&self.consumer_key, &self.consumer_secret) {
            (Some(key), Some(secret)) => {
                settings::filled(key, "consumer_key")?;
                settings::secret_text(secret, "consumer_secret")?;
            }
            (None, None) => {}
            _ => return Err(Error::config("a key has two parts: give both or none").at("consumer_key")),
        }
        if self.plain_permalinks && self.auth == Auth::Oauth1 {
            let what = "how a site without pretty permalinks checks OAuth is not established";
            return Err(Error::config(what).at("auth"));
        }
        if !(1..=100).contains(&self.page_size) {
            return Err(Error::config("expected 1 to 100").at("page_size"));
        }
        self.carriers.validate("carriers")
    }
}
