//! Settings of a HubSpot sink. What a portal names in its own way is a setting; every row is checked before
//! anything runs.

use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::Deserialize;

use crossdock_connector::mapping::{Codes, Fields};
use crossdock_connector::words::{Detail, Language, Topic, Words, base_url as check_url};
use crossdock_connector::{ConnectorConfig, Error, Result, Secret, stage};

/// Most records HubSpot takes in one batch.
pub(crate) const MAX_BATCH: u32 = 100;

/// Which object an order becomes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Object {
    /// The orders object (`0-123`).
    #[default]
    Order,
    /// Deals, for portals without orders.
    Deals,
}

impl Object {
    /// Its name in paths.
    pub(crate) const fn path(self) -> &'static str {
        match self {
            Self::Order => "order",
            Self::Deals => "deals",
        }
    }
}

/// An app that renews its access token.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OAuth {
    /// Client id of the app.
    pub client_id: String,
    /// Client secret of the app.
    pub client_secret: Secret,
    /// Refresh token of the portal.
    pub refresh_token: Secret,
}

/// Order lines as line items.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Lines {
    /// Whether order lines become line items.
    pub enabled: bool,
    /// The line items' property with unique values.
    pub key_property: String,
}

impl Default for Lines {
    fn default() -> Self {
        Self { enabled: true, key_property: "hub_key".to_owned() }
    }
}

/// Buyers as contacts.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Contacts {
    /// Whether a buyer whose mail address is known in the clear becomes a contact of the order.
    pub enabled: bool,
    /// Their contact properties, each with where its value comes from.
    pub fields: Fields,
}

impl Default for Contacts {
    fn default() -> Self {
        Self { enabled: true, fields: Fields::default() }
    }
}

/// What people read on the order's timeline.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Notes {
    /// Whether milestones of parcels become notes.
    pub milestones: bool,
    /// Whether steps of refunds, returns and exchanges become notes.
    pub aftersales: bool,
    /// The notes' property with unique values.
    pub key_property: String,
    /// Their language, `zh` or `en`.
    pub language: Language,
    /// What they say about a parcel or case.
    pub show: Vec<Detail>,
}

impl Default for Notes {
    fn default() -> Self {
        Self {
            milestones: true,
            aftersales: true,
            key_property: "hub_key".to_owned(),
            language: Language::default(),
            show: Detail::DEFAULT.into_iter().chain([Detail::Amount]).collect(),
        }
    }
}

/// Settings of a HubSpot sink.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Address of the API.
    #[serde(default = "base_url")]
    pub base_url: String,
    /// Token of a private app. Either this or `oauth`.
    pub token: Option<Secret>,
    /// An app that renews its access token. Either this or `token`.
    pub oauth: Option<OAuth>,
    /// Path of objects: `/crm/v3/objects`, or a dated one like `/crm/objects/2026-03`.
    #[serde(default = "objects_path")]
    pub objects_path: String,
    /// Path of associations: `/crm/v4/associations`, or a dated one.
    #[serde(default = "associations_path")]
    pub associations_path: String,
    /// Which object an order becomes: `order` or `deals`.
    #[serde(default)]
    pub object: Object,
    /// The object's property with unique values that holds our key of the order.
    #[serde(default = "key_property")]
    pub key_property: String,
    /// The object's number property that holds our revision of the order; empty: none, older ones are not noticed.
    #[serde(default = "revision_property")]
    pub revision_property: String,
    /// Id of the pipeline.
    pub pipeline: Option<String>,
    /// Our state of an order to the id of a stage; what is not here leaves the stage alone.
    #[serde(default)]
    pub stages: Codes,
    /// Our word for where the goods are to the portal's; without a row it is our word.
    #[serde(default)]
    pub fulfillment: Codes,
    /// Our word for where the money is to the portal's; without a row it is our word.
    #[serde(default)]
    pub payment: Codes,
    /// `platform/shop` to the name of the store; without a row it is `platform/shop`.
    #[serde(default)]
    pub shops: Codes,
    /// Names of carriers in notes, where ours do not fit.
    #[serde(default)]
    pub carriers: Codes,
    /// Properties that are never sent because the portal does not have them.
    #[serde(default)]
    pub leave_out: Vec<String>,
    /// Further order properties, from data of order events.
    #[serde(default)]
    pub fields: Fields,
    /// Further order properties, from data of parcel and milestone events.
    #[serde(default)]
    pub parcel_fields: Fields,
    /// Further order properties, from data of refund, return and exchange events.
    #[serde(default)]
    pub aftersale_fields: Fields,
    /// Order lines as line items.
    #[serde(default)]
    pub lines: Lines,
    /// Buyers as contacts.
    #[serde(default)]
    pub contacts: Contacts,
    /// What people read on the order's timeline.
    #[serde(default)]
    pub notes: Notes,
    /// Events handed over together, 1 to 100.
    #[serde(default = "batch")]
    pub batch: u32,
    /// Time zone of the portal, in which the daily limit ends.
    #[serde(default = "portal_zone")]
    pub portal_zone: String,
    /// Whether a milestone may bring an order along that the portal does not have yet; otherwise it waits for it.
    #[serde(default = "yes")]
    pub orders_from_milestones: bool,
}

fn base_url() -> String {
    "https://api.hubapi.com".to_owned()
}

fn objects_path() -> String {
    "/crm/v3/objects".to_owned()
}

fn associations_path() -> String {
    "/crm/v4/associations".to_owned()
}

fn key_property() -> String {
    "hub_key".to_owned()
}

fn revision_property() -> String {
    "hub_revision".to_owned()
}

fn portal_zone() -> String {
    "UTC".to_owned()
}

fn yes() -> bool {
    true
}

fn batch() -> u32 {
    50
}

impl Config {
    /// The time zone of the portal.
    pub(crate) fn zone(&self) -> Result<TimeZone> {
        TimeZone::get(&self.portal_zone).map_err(|error| {
            Error::config("no such time zone, expected an IANA name like Asia/Shanghai")
                .at("portal_zone")
                .because(error)
        })
    }

    /// The address of the API.
    pub(crate) fn base(&self) -> &str {
        self.base_url.trim_end_matches('/')
    }

    /// How notes are worded.
    pub(crate) fn words(&self) -> Words {
        Words {
            language: self.notes.language,
            tell: vec![Topic::Milestones, Topic::Refunds],
            show: self.notes.show.clone(),
            carriers: self.carriers.clone(),
            special: "",
        }
    }
}

impl ConnectorConfig for Config {
    fn example() -> &'static str {
        include_str!("../example.toml")
    }

    fn validate(&self) -> Result<()> {
        check_url(&self.base_url).map_err(|error| error.at("base_url"))?;
        for (name, path) in
            [("objects_path", &self.objects_path), ("associations_path", &self.associations_path)]
        {
            let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/._-".contains(&byte);
            if !path.starts_with('/') || path.ends_with('/') || !path.bytes().all(plain) {
                return Err(Error::config("expected a path like /crm/v3/objects").at(name));
            }
        }
        match (&self.token, &self.oauth) {
            (Some(token), None) => check_secret(token).map_err(|error| error.at("token"))?,
            (None, Some(oauth)) => {
                check_secret(&oauth.client_secret).map_err(|error| error.at("oauth.client_secret"))?;
                check_secret(&oauth.refresh_token).map_err(|error| error.at("oauth.refresh_token"))?;
                if oauth.client_id.trim().is_empty() {
                    return Err(Error::config("is empty").at("oauth.client_id"));
                }
            }
            (Some(_), Some(_)) => return Err(Error::config("give `token` or `oauth`, not both").at("token")),
            (None, None) => return Err(Error::config("give `token` or `oauth`").at("token")),
        }
        self.names()?;
        self.codes()?;
        self.fields.validate("fields")?;
        self.parcel_fields.validate("parcel_fields")?;
        self.aftersale_fields.validate("aftersale_fields")?;
        self.contacts.fields.validate("contacts.fields")?;
        if !(1..=MAX_BATCH).contains(&self.batch) {
            return Err(Error::config(format!("allowed are 1 to {MAX_BATCH}")).at("batch"));
        }
        self.words().validate().map_err(|error| match error.path.as_deref() {
            Some("show") => error.at("notes.show"),
            _ => error,
        })?;
        self.zone().map(drop)
    }
}

impl Config {
    fn names(&self) -> Result<()> {
        let needed = [
            ("key_property", &self.key_property),
            ("lines.key_property", &self.lines.key_property),
            ("notes.key_property", &self.notes.key_property),
        ];
        for (at, name) in needed {
            check_name(name).map_err(|error| error.at(at))?;
        }
        if !self.revision_property.is_empty() {
            check_name(&self.revision_property).map_err(|error| error.at("revision_property"))?;
        }
        for (at, fields) in [
            ("fields", &self.fields),
            ("parcel_fields", &self.parcel_fields),
            ("aftersale_fields", &self.aftersale_fields),
        ] {
            for name in fields.0.keys() {
                let ours = *name == self.key_property || *name == self.revision_property;
                let checked =
                    if ours { Err(Error::config("is set by crossdock itself")) } else { check_name(name) };
                checked.map_err(|error| error.at(format!("{at}.{name}")))?;
            }
        }
        for name in self.contacts.fields.0.keys() {
            let checked = if name == "email" {
                Err(Error::config("is set by crossdock itself"))
            } else {
                check_name(name)
            };
            checked.map_err(|error| error.at(format!("contacts.fields.{name}")))?;
        }
        if let Some(name) = self.leave_out.iter().find(|name| **name == self.key_property) {
            return Err(
                Error::config(format!("`{name}` tells orders apart and is always sent")).at("leave_out")
            );
        }
        Ok(())
    }

    fn codes(&self) -> Result<()> {
        for (at, codes) in [
            ("stages", &self.stages),
            ("fulfillment", &self.fulfillment),
            ("payment", &self.payment),
            ("shops", &self.shops),
            ("carriers", &self.carriers),
        ] {
            codes.validate(at)?;
        }
        let known = |name: &&String| name.as_str() == "*" || stage::WORDS.contains(&name.as_str());
        if let Some(name) = self.stages.0.keys().find(|name| !known(name)) {
            let what = format!("no such state, expected one of {}, *", stage::WORDS.join(", "));
            return Err(Error::config(what).at(format!("stages.\"{name}\"")));
        }
        Ok(())
    }
}

/// Internal names of properties: lower case letters, digits and `_`.
fn check_name(name: &str) -> Result<()> {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    if name.is_empty() || !name.bytes().all(plain) {
        return Err(Error::config(
            "expected the internal name of a property: lower case letters, digits and _",
        ));
    }
    Ok(())
}

/// A secret stands in a header or a form: visible ASCII. It is not shown.
fn check_secret(secret: &Secret) -> Result<()> {
    let text = secret.expose_text().unwrap_or_default();
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(Error::config("is empty, or holds blanks or characters outside ASCII"));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
