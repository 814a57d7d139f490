//! Settings of a JD shop.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crossdock_connector::refusal::CodeKind;
use crossdock_connector::{ConnectorConfig, Error, Result, Secret, settings};

/// Settings of one shop.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The shop's `venderId`. Part of every order's identity: never change it.
    pub shop: String,
    /// Which of JD's interfaces is asked.
    #[serde(default)]
    pub interface: Interface,
    /// Key of the application.
    pub app_key: String,
    /// Secret of the application; signs every call.
    pub app_secret: Secret,
    /// An access token, used as it is.
    #[serde(default)]
    pub access_token: Option<Secret>,
    /// A refresh token, with which access tokens are got.
    #[serde(default)]
    pub refresh_token: Option<Secret>,
    /// Last segment of the URL to which order numbers are posted. Without it every push is refused.
    #[serde(default)]
    pub path_token: Option<Secret>,
    /// The token before, accepted as well while the callers are being changed over.
    #[serde(default)]
    pub previous_path_token: Option<Secret>,
    /// Address of the JOS gateway.
    #[serde(default = "default_gateway")]
    pub gateway: String,
    /// Address of the seller interface.
    #[serde(default = "default_seller_gateway")]
    pub seller_gateway: String,
    /// Address that renews access tokens.
    #[serde(default = "default_oauth")]
    pub oauth: String,
    /// Rows in a page, 1 to 100; of refunds and after-sale cases never more than 50 are asked for.
    #[serde(default = "default_page_size")]
    pub page_size: u32,
    /// States of orders to poll for: JD answers only those that are named.
    #[serde(default = "default_order_states")]
    pub order_states: Vec<String>,
    /// By which time JOS orders are polled: 0 by their last change, 1 by when they were placed.
    #[serde(default)]
    pub date_type: u8,
    /// How far back refunds are read again, in hours, at most 168.
    #[serde(default = "default_lookback")]
    pub lookback_hours: u32,
    /// What the codes of the gateway mean.
    #[serde(default)]
    pub gateway_codes: BTreeMap<String, CodeKind>,
    /// Carriers by JD's number, beside those the connector knows.
    #[serde(default)]
    pub carriers: BTreeMap<String, String>,
    /// How the seller interface is asked.
    #[serde(default)]
    pub seller: SellerConfig,
}

/// JD's two generations of interfaces.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Interface {
    /// `api.jd.com/routerjson`, `jingdong.pop.*`.
    #[default]
    Jos,
    /// `api-cn.jd.com/rest`.
    Seller,
}

/// How the seller interface is asked. The values JD takes are not published, hence they are settings.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SellerConfig {
    /// `sortBy` of the list of orders.
    pub sort_by: String,
    /// `sortOrder` of the list of orders.
    pub sort_order: String,
    /// `scopeSet` of an order: the blocks that shall be answered.
    pub order_scope: String,
    /// `scopeSet` of an after-sale case.
    pub case_scope: String,
}

impl Default for SellerConfig {
    fn default() -> Self {
        Self {
            sort_by: "modifiedTime".to_owned(),
            sort_order: "ASC".to_owned(),
            order_scope:
                "consigneeInfo,finalConsigneeInfo,paymentInfo,sellerTradePriceInfo,paymentDetailList,\
skuItemInfoList,stepPaymentInfo,transportInfo,orderFlag,globalInfo,invoiceInfo,buyerRemark,venderRemarkInfo"
                    .to_owned(),
            case_scope: "refundInfo,skuExtInfo".to_owned(),
        }
    }
}

fn default_gateway() -> String {
    "https://api.jd.com/routerjson".to_owned()
}

fn default_seller_gateway() -> String {
    "https://api-cn.jd.com".to_owned()
}

fn default_oauth() -> String {
    "https://open-oauth.jd.com/oauth2/refresh_token".to_owned()
}

const fn default_page_size() -> u32 {
    50
}

const fn default_lookback() -> u32 {
    168
}

fn default_order_states() -> Vec<String> {
    [
        "WAIT_SELLER_STOCK_OUT",
        "WAIT_SELLER_DELIVERY",
        "WAIT_GOODS_RECEIVE_CONFIRM",
        "FINISHED_L",
        "TRADE_CANCELED",
        "LOCKED",
        "POP_ORDER_PAUSE",
        "PAUSE",
        "WAIT_SEND_CODE",
    ]
    .map(str::to_owned)
    .to_vec()
}

impl ConnectorConfig for Config {
    fn example() -> &'static str {
        include_str!("../example.toml")
    }

    fn validate(&self) -> Result<()> {
        if self.shop.is_empty() || !self.shop.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(Error::config("expected the shop's venderId, a number").at("shop"));
        }
        settings::filled(&self.app_key, "app_key")?;
        settings::secret(&self.app_secret, "app_secret")?;
        if self.access_token.is_some() == self.refresh_token.is_some() {
            return Err(Error::config("expected either refresh_token or access_token").at("refresh_token"));
        }
        for (key, secret) in [("access_token", &self.access_token), ("refresh_token", &self.refresh_token)] {
            if let Some(secret) = secret {
                settings::secret(secret, key)?;
            }
        }
        for (key, url) in
            [("gateway", &self.gateway), ("seller_gateway", &self.seller_gateway), ("oauth", &self.oauth)]
        {
            settings::address(url, key)?;
        }
        if !(1..=100).contains(&self.page_size) {
            return Err(Error::config("expected 1 to 100").at("page_size"));
        }
        if self.order_states.is_empty() {
            return Err(Error::config("expected at least one state").at("order_states"));
        }
        // After-sale services are answered for at most seven days of requests.
        if self.lookback_hours > 168 {
            return Err(Error::config("expected at most 168").at("lookback_hours"));
        }
        if self.date_type > 1 {
            return Err(Error::config("expected 0 or 1").at("date_type"));
        }
        settings::carriers(&self.carriers, "carriers")
    }
}
