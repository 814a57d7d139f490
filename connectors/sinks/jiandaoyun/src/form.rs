//! A company's own form: which widget takes which of our values, and how. Checked before anything runs.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crossdock_connector::mapping::{self, Codes, FieldSource, Fields};
use crossdock_connector::{Error, Result};

/// What a form holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Entity {
    Orders,
    Refunds,
    Parcels,
}

impl Entity {
    pub(crate) const ALL: [Self; 3] = [Self::Orders, Self::Refunds, Self::Parcels];

    /// The name of its settings.
    pub(crate) const fn setting(self) -> &'static str {
        match self {
            Self::Orders => "orders",
            Self::Refunds => "refunds",
            Self::Parcels => "parcels",
        }
    }

    /// The name of its snapshot in the data of an event.
    pub(crate) const fn root(self) -> &'static str {
        match self {
            Self::Orders => "order",
            Self::Refunds => "aftersale",
            Self::Parcels => "parcel",
        }
    }
}

/// How a value is written: the kind of widget that takes it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Text, one line or several, and single choices.
    #[default]
    Text,
    /// A number. Not for order numbers: it keeps 15 digits.
    Number,
    /// Date and time.
    Datetime,
    /// Several choices.
    List,
    /// An address.
    Address,
    /// A phone number.
    Phone,
    /// A member, by user name.
    Member,
    /// A department, by number.
    Department,
}

/// Where the value of a widget comes from.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// A place in the data of the event: `order.currency`; in a line: `sku`.
    pub from: Option<String>,
    /// Always this text.
    pub text: Option<String>,
    /// How it is written: `text`, `number`, `datetime`, `list`, `address`, `phone`, `member`, `department`.
    #[serde(default, rename = "as")]
    pub kind: Kind,
    /// Their words for ours: `{ paid = "已付款" }`; `*` stands for all others. A word without a row is refused.
    #[serde(default)]
    pub codes: Codes,
}

/// A subform with a row for each line.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Lines {
    /// The subform.
    pub widget: String,
    /// Text widget inside it for our key of the line, so that a row keeps its identity when the order changes.
    pub key: String,
    /// Widgets inside it, and the places in a line their values come from.
    #[serde(default)]
    pub fields: BTreeMap<String, Field>,
}

/// A form and its widgets, each by its alias, or by its id where it has none.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Form {
    /// The app.
    pub app_id: String,
    /// The form.
    pub entry_id: String,
    /// Text widget for our key. Rows are found by it: nobody may change it.
    pub key: String,
    /// Number widget for our revision, to refuse older ones.
    pub revision: String,
    /// Widgets and where their values come from.
    #[serde(default)]
    pub fields: BTreeMap<String, Field>,
    /// A subform for the lines.
    pub lines: Option<Lines>,
    /// User name of the member who is said to have made the row.
    pub creator: Option<String>,
    /// Start the form's workflow for new rows. Without it they stand outside of it.
    #[serde(default)]
    pub start_workflow: bool,
    /// Let the company's automations run when a row is updated.
    #[serde(default)]
    pub start_trigger: bool,
    /// Hold a row back until its order has one. Default: for refunds yes, for parcels no.
    pub wait_for_order: Option<bool>,
}

impl Form {
    /// Checks everything that can be checked without asking.
    pub(crate) fn validate(&self, entity: Entity) -> Result<()> {
        let setting = entity.setting();
        for (name, value) in [
            ("app_id", &self.app_id),
            ("entry_id", &self.entry_id),
            ("key", &self.key),
            ("revision", &self.revision),
        ] {
            if value.trim().is_empty() {
                return Err(Error::config("is empty").at(format!("{setting}.{name}")));
            }
        }
        if self.key == self.revision {
            return Err(Error::config("is the widget of `key`").at(format!("{setting}.revision")));
        }
        for (widget, field) in &self.fields {
            let path = format!("{setting}.fields.{widget}");
            if *widget == self.key || *widget == self.revision {
                return Err(Error::config("is written as `key` or `revision` already").at(path));
            }
            field
                .validate(&path, |from| inside(entity.root(), widget, from, &format!("{setting}.fields")))?;
        }
        self.lines.as_ref().map_or(Ok(()), |lines| self.validate_lines(lines, entity))
    }

    fn validate_lines(&self, lines: &Lines, entity: Entity) -> Result<()> {
        let setting = entity.setting();
        for (name, value) in [("widget", &lines.widget), ("key", &lines.key)] {
            if value.trim().is_empty() {
                return Err(Error::config("is empty").at(format!("{setting}.lines.{name}")));
            }
        }
        let taken =
            [&self.key, &self.revision].contains(&&lines.widget) || self.fields.contains_key(&lines.widget);
        if taken {
            return Err(Error::config("is written by another setting").at(format!("{setting}.lines.widget")));
        }
        for (widget, field) in &lines.fields {
            let path = format!("{setting}.lines.fields.{widget}");
            if *widget == lines.key {
                return Err(Error::config("is written as `key` already").at(path));
            }
            field.validate(&path, |from| {
                mapping::check_path(&format!("{}.lines.{from}", entity.root()))
                    .map_err(|error| error.at(path.clone()))
            })?;
        }
        Ok(())
    }
}

/// A path into the snapshot, not through its lists.
fn inside(root: &str, widget: &str, from: &str, setting: &str) -> Result<()> {
    if from.split('.').next() != Some(root) {
        return Err(Error::config(format!("expected a path that starts with `{root}.`"))
            .at(format!("{setting}.{widget}")));
    }
    Fields(BTreeMap::from([(widget.to_owned(), FieldSource::Path(from.to_owned()))])).validate(setting)
}

impl Field {
    fn validate(&self, path: &str, known: impl Fn(&str) -> Result<()>) -> Result<()> {
        match (&self.from, &self.text) {
            (Some(from), None) => known(from)?,
            (None, Some(text)) if self.kind == Kind::Text && !text.is_empty() => {}
            (None, Some(_)) => return Err(Error::config("`text` is not empty and written as text").at(path)),
            _ => return Err(Error::config("give one of `from` and `text`").at(path)),
        }
        let words = matches!(self.kind, Kind::Text | Kind::List | Kind::Member | Kind::Department);
        if !self.codes.0.is_empty() && !words {
            return Err(Error::config("`codes` are for words: text, list, member, department").at(path));
        }
        self.codes.validate(&format!("{path}.codes"))
    }
}
