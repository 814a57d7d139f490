//! What differs per company is configuration: tables from our words to the receiver's, checked before anything runs.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use crossdock_schemas::{AftersaleBody, InventoryBody, MilestoneBody, OrderBody, ParcelBody};

use crate::{Error, ErrorKind, Result};

/// Our codes to theirs: `"taobao/shop-a" = "S001"`; `"*"` stands for all others.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Codes(pub BTreeMap<String, String>);

impl Codes {
    /// Their code, or that of `*`.
    pub fn find(&self, ours: &str) -> Option<&str> {
        self.0.get(ours).or_else(|| self.0.get("*")).map(String::as_str)
    }

    /// Their code of a platform's shop: `platform/shop`, then `platform`, then `*`.
    pub fn shop(&self, platform: &str, shop: &str) -> Option<&str> {
        let exact = self.0.get(&format!("{platform}/{shop}"));
        exact.or_else(|| self.0.get(platform)).or_else(|| self.0.get("*")).map(String::as_str)
    }

    /// Their code where there has to be one; `setting` is the table that lacks it.
    ///
    /// # Errors
    /// `Rejected`, with the line that has to be added to the configuration.
    pub fn need(&self, setting: &str, ours: &str) -> Result<&str> {
        self.find(ours).ok_or_else(|| missing(setting, ours))
    }

    /// As [`shop`](Self::shop), where there has to be one.
    ///
    /// # Errors
    /// `Rejected`, with the line that has to be added to the configuration.
    pub fn need_shop(&self, setting: &str, platform: &str, shop: &str) -> Result<&str> {
        self.shop(platform, shop).ok_or_else(|| missing(setting, &format!("{platform}/{shop}")))
    }

    /// Refuses empty names and codes.
    ///
    /// # Errors
    /// `Config` at the row.
    pub fn validate(&self, setting: &str) -> Result<()> {
        for (ours, theirs) in &self.0 {
            if ours.trim().is_empty() || theirs.trim().is_empty() {
                let what = "an empty name or code; expected a row like \"ours\" = \"theirs\"";
                return Err(Error::config(what).at(format!("{setting}.\"{ours}\"")));
            }
        }
        Ok(())
    }
}

fn missing(setting: &str, ours: &str) -> Error {
    let what = format!("no code for `{ours}`: add \"{ours}\" = \"..\" to the sink's settings.{setting}");
    Error::new(ErrorKind::Rejected, what)
}

/// Their custom fields, each with where its value comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Fields(pub BTreeMap<String, FieldSource>);

/// Where the value of a custom field comes from.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum FieldSource {
    /// A place in the data of the event, by its names: `order.currency`, `parcel.tracking_no`.
    Path(String),
    /// Always this text.
    Text {
        /// The text.
        text: String,
    },
}

impl Fields {
    /// Checks every path against the schema of the data: a typing error would otherwise be an empty field for ever.
    ///
    /// # Errors
    /// `Config` at the field, with the names that are allowed there.
    pub fn validate(&self, setting: &str) -> Result<()> {
        for (field, source) in &self.0 {
            if let FieldSource::Path(path) = source {
                check(path, false).map_err(|error| error.at(format!("{setting}.{field}")))?;
            }
        }
        Ok(())
    }

    /// Their fields with values from the data of an event, in the order of their names; what is not there is left out.
    pub fn values<'a>(&'a self, data: &'a Value) -> impl Iterator<Item = (&'a str, Value)> {
        self.0.iter().filter_map(|(field, source)| match source {
            FieldSource::Text { text } => Some((field.as_str(), Value::String(text.clone()))),
            FieldSource::Path(path) => Some((field.as_str(), find(data, path)?.clone())),
        })
    }
}

/// The value at a path of names.
fn find<'a>(data: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('.').try_fold(data, |at, name| at.get(name)).filter(|value| !value.is_null())
}

/// Checks a path into the data of an event, also one that goes through lists (`order.lines.sku`).
///
/// # Errors
/// `Config` with the names that are allowed there.
pub fn check_path(path: &str) -> Result<()> {
    check(path, true)
}

fn check(path: &str, lists: bool) -> Result<()> {
    let mut said = Vec::new();
    for root in schemas() {
        match walk(root, path, lists) {
            Ok(()) => return Ok(()),
            Err(names) => said.push(names),
        }
    }
    // The body that went furthest knows best what could stand there.
    let (at, names) = said.into_iter().max_by_key(|(depth, _)| *depth).unwrap_or_default();
    let mut names = names;
    if at == 0 {
        names = ["order", "aftersale", "parcel", "inventory"].map(str::to_owned).to_vec();
    }
    let wrong = path.split('.').nth(at).unwrap_or(path);
    Err(Error::config(format!("no `{wrong}` there: `{path}`, expected one of {}", names.join(", "))))
}

/// The schemas of the data of events. Made once: a large mapping table asks for them again and again.
fn schemas() -> &'static [Value] {
    static MADE: OnceLock<[Value; 5]> = OnceLock::new();
    MADE.get_or_init(|| {
        [
            schemars::schema_for!(OrderBody).to_value(),
            schemars::schema_for!(AftersaleBody).to_value(),
            schemars::schema_for!(ParcelBody).to_value(),
            schemars::schema_for!(MilestoneBody).to_value(),
            schemars::schema_for!(InventoryBody).to_value(),
        ]
    })
}

fn walk(root: &Value, path: &str, lists: bool) -> std::result::Result<(), (usize, Vec<String>)> {
    let mut at = root;
    for (depth, name) in path.split('.').enumerate() {
        let Some(properties) = properties(root, at, lists) else { return Err((depth, Vec::new())) };
        match properties.get(name) {
            Some(inner) => at = inner,
            None => return Err((depth, properties.keys().cloned().collect())),
        }
    }
    Ok(())
}

/// The members of an object schema, behind references, "or null" and, where asked, lists.
fn properties<'a>(
    root: &'a Value,
    schema: &'a Value,
    lists: bool,
) -> Option<&'a serde_json::Map<String, Value>> {
    if let Some(properties) = schema.get("properties").and_then(Value::as_object) {
        return Some(properties);
    }
    if let Some(name) = schema.get("$ref").and_then(Value::as_str) {
        return properties(root, root.pointer(name.strip_prefix('#')?)?, lists);
    }
    if lists && let Some(items) = schema.get("items") {
        return properties(root, items, lists);
    }
    let options = schema.get("anyOf").or_else(|| schema.get("oneOf")).or_else(|| schema.get("allOf"))?;
    options.as_array()?.iter().find_map(|option| properties(root, option, lists))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(rows: &[(&str, &str)]) -> Codes {
        Codes(rows.iter().map(|(ours, theirs)| ((*ours).to_owned(), (*theirs).to_owned())).collect())
    }

    #[test]
    fn the_nearest_row_wins_and_a_missing_one_says_what_to_add() {
        let shops = codes(&[("taobao/a", "S1"), ("taobao", "S2"), ("*", "S9")]);
        assert_eq!(shops.shop("taobao", "a"), Some("S1"));
        assert_eq!(shops.shop("taobao", "b"), Some("S2"));
        assert_eq!(shops.shop("jd", "a"), Some("S9"));
        let error = codes(&[]).need_shop("shops", "jd", "x").unwrap_err();
        assert_eq!(
            error.to_string(),
            "no code for `jd/x`: add \"jd/x\" = \"..\" to the sink's settings.shops"
        );
        assert_eq!(error.kind(), ErrorKind::Rejected);
        assert!(codes(&[("a", " ")]).validate("shops").is_err());
    }

    #[test]
    fn a_path_that_no_event_has_is_refused_with_what_is_there() {
        let fields =
            |path: &str| Fields(BTreeMap::from([("F_x".to_owned(), FieldSource::Path(path.to_owned()))]));
        for good in ["order.currency", "order.status.payment", "parcel.tracking_no", "order.totals.payable"] {
            fields(good).validate("fields").unwrap();
        }
        let error = fields("order.curency").validate("fields").unwrap_err().to_string();
        assert!(error.contains("no `curency` there") && error.contains("currency"), "{error}");
        assert!(error.contains("at fields.F_x"), "{error}");
        let error = fields("ordr.currency").validate("fields").unwrap_err().to_string();
        assert!(error.contains("expected one of order, aftersale, parcel, inventory"), "{error}");
    }

    #[test]
    fn what_is_not_there_is_left_out() {
        let fields = Fields(BTreeMap::from([
            ("a".to_owned(), FieldSource::Path("order.currency".to_owned())),
            ("b".to_owned(), FieldSource::Path("order.remark".to_owned())),
            ("c".to_owned(), FieldSource::Text { text: "crossdock".to_owned() }),
        ]));
        let data = serde_json::json!({"order": {"currency": "CNY", "remark": null}});
        let values: Vec<_> = fields.values(&data).collect();
        assert_eq!(values, [("a", Value::from("CNY")), ("c", Value::from("crossdock"))]);
    }
}
