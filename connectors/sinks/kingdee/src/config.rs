//! Settings of a Kingdee sink.

use crossdock_connector::mapping::Codes;
use crossdock_connector::server::{self, Tail};
use crossdock_connector::{ConnectorConfig, Error, Result, Secret};
use jiff::tz::Offset;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::bills::{OrderConfig, Refunds, Returns, Shipments};

/// Most bills in one `BatchSave`. The vendor names no maximum; the sheet says to keep it at or below 50.
pub(crate) const MAX_BATCH: u32 = 50;

/// How calls prove who makes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Login {
    /// Each call signed with an application's key, as the official SDK does.
    Signed,
    /// A session, opened with the user's password.
    Password,
}

/// How far a bill is taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Approve {
    /// Saved: people submit and audit it.
    Save,
    /// Submitted: people audit it.
    Submit,
    /// Audited: it takes effect.
    #[default]
    Audit,
}

/// A kind of document that people book by hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Ignored {
    /// Parcels.
    Shipments,
    /// Goods that came back.
    Returns,
    /// Money that went back without goods.
    Refunds,
}

/// Settings of a Kingdee sink.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Address of the installation with its path: `https://erp.example.com/k3cloud`.
    pub base_url: String,
    /// Id of the data centre (account set).
    pub account: String,
    /// User in whose name bills are written. Not an administrator: those may not log in by interface.
    pub user: String,
    /// How calls prove who makes them: `signed` or `password`.
    pub login: Login,
    /// The application, for `signed`: `<client id>_<32 characters>`.
    pub app_id: Option<String>,
    /// Its secret, for `signed`.
    pub app_secret: Option<Secret>,
    /// The user's password, for `password`.
    pub password: Option<Secret>,
    /// Language of messages; 2052 is Chinese. Nothing depends on it.
    #[serde(default = "chinese")]
    pub language: u32,
    /// Number of the organization to log in to, for `signed`.
    #[serde(default = "zero")]
    pub login_organization: String,
    /// Lets personal data travel unencrypted to another machine.
    #[serde(default)]
    pub insecure_allow_http: bool,
    /// New orders in one call, 1 to 50.
    #[serde(default = "twenty")]
    pub batch: u32,
    /// What bill numbers begin with, at most six letters, digits or `-`; 24 characters of our key follow.
    #[serde(default = "prefix")]
    pub number_prefix: String,
    /// Offset of the server's clock: dates have no zone there.
    #[serde(default = "china")]
    pub utc_offset: String,
    /// How far a bill is taken: `save`, `submit` or `audit`.
    #[serde(default)]
    pub approve: Approve,
    /// A custom text field that keeps our revision on each bill, so that nothing older overwrites newer.
    pub revision_field: Option<String>,
    /// Answers to questions that the server may ask (credit, lowest price), as it names them. With the consent of
    /// those who set up the rules only.
    #[serde(default)]
    pub interaction_flags: String,
    /// Documents that people book by hand: `shipments`, `returns`, `refunds`.
    #[serde(default)]
    pub ignore: Vec<Ignored>,
    /// Customer (`FCustId`) of a shop: `"taobao/2208812345" = "CUST-WEB"`.
    pub customers: Codes,
    /// Sales organization of a shop.
    pub organizations: Codes,
    /// Currency codes: `CNY = "PRE001"`.
    pub currencies: Codes,
    /// Units by UN/ECE code; lines without one are `C62`.
    pub units: Codes,
    /// Materials of SKUs. A SKU without a row is its own material code.
    #[serde(default)]
    pub skus: Codes,
    /// Refuses SKUs without a row.
    #[serde(default)]
    pub skus_only: bool,
    /// How orders are written.
    #[serde(default)]
    pub order: OrderConfig,
    /// How parcels are written.
    pub shipments: Option<Shipments>,
    /// How goods that came back are written.
    pub returns: Option<Returns>,
    /// How money that went back without goods is written.
    pub refunds: Option<Refunds>,
}

fn chinese() -> u32 {
    2052
}
fn zero() -> String {
    "0".to_owned()
}
fn twenty() -> u32 {
    20
}
fn prefix() -> String {
    "XD-".to_owned()
}
fn china() -> String {
    "+08:00".to_owned()
}

impl Config {
    /// The offset of the server's clock.
    pub(crate) fn offset(&self) -> Option<Offset> {
        server::utc_offset(&self.utc_offset)
    }

    /// Whether people book such documents by hand.
    pub(crate) fn ignores(&self, what: Ignored) -> bool {
        self.ignore.contains(&what)
    }
}

impl ConnectorConfig for Config {
    fn example() -> &'static str {
        include_str!("../example.toml")
    }

    fn validate(&self) -> Result<()> {
        server::address(&self.base_url, Tail::Path, "bills", self.insecure_allow_http)
            .map_err(|error| error.at("base_url"))?;
        for (name, text) in [("account", &self.account), ("user", &self.user)] {
            if text.trim().is_empty() || text.contains(',') {
                return Err(Error::config("must say something, without a comma").at(name));
            }
        }
        self.validate_login()?;
        if !(1..=MAX_BATCH).contains(&self.batch) {
            return Err(Error::config(format!("allowed are 1 to {MAX_BATCH}")).at("batch"));
        }
        let plain = |letter: char| letter.is_ascii_alphanumeric() || letter == '-';
        if self.number_prefix.len() > 6 || !self.number_prefix.chars().all(plain) {
            return Err(Error::config("at most six letters, digits or `-`").at("number_prefix"));
        }
        if self.offset().is_none() {
            return Err(Error::config("expected an offset like +08:00").at("utc_offset"));
        }
        if let Some(name) = &self.revision_field {
            server::name("revision_field", name)?;
        }
        for (name, codes) in [
            ("customers", &self.customers),
            ("organizations", &self.organizations),
            ("currencies", &self.currencies),
            ("units", &self.units),
            ("skus", &self.skus),
            ("order.fees", &self.order.fees),
        ] {
            codes.validate(name)?;
        }
        self.validate_bills()
    }
}

impl Config {
    fn validate_login(&self) -> Result<()> {
        let given = [
            ("app_id", self.app_id.is_some(), Login::Signed),
            ("app_secret", self.app_secret.is_some(), Login::Signed),
            ("password", self.password.is_some(), Login::Password),
        ];
        for (name, there, login) in given {
            if there != (login == self.login) {
                let what = if there { "is not used by this `login`" } else { "is needed by this `login`" };
                return Err(Error::config(what).at(name));
            }
        }
        Ok(())
    }
}
