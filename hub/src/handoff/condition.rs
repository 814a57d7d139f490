//! Conditions of filters on fields of an event's data. Pure.

use std::str::FromStr;

use crossdock_schemas::Dec;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A condition on one field. A path that goes through a list holds when one of its elements does.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Condition {
    /// Names down to the field: `order.currency`, `order.lines.sku`, `parcel.carrier`.
    pub path: String,
    /// One of these.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub is: Vec<String>,
    /// None of these.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub not: Vec<String>,
    /// At least this number, exactly compared; written as text: `"100.00"`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_least: Option<String>,
    /// At most this number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_most: Option<String>,
    /// Whether there is anything at all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exists: Option<bool>,
}

impl Condition {
    /// What is wrong with it, for people; `None` when it can be used.
    pub fn problem(&self) -> Option<String> {
        if let Err(error) = crossdock_connector::mapping::check_path(&self.path) {
            return Some(error.to_string());
        }
        for (name, number) in [("at_least", &self.at_least), ("at_most", &self.at_most)] {
            if let Some(number) = number
                && Dec::from_str(number).is_err()
            {
                return Some(format!(
                    "`{name}`: `{number}` is no decimal number, expected one like \"100.00\""
                ));
            }
        }
        let says = !self.is.is_empty()
            || !self.not.is_empty()
            || self.at_least.is_some()
            || self.at_most.is_some()
            || self.exists.is_some();
        (!says).then(|| "says nothing, expected one of is, not, at_least, at_most, exists".to_owned())
    }

    fn holds(&self, data: &Value) -> bool {
        let mut found = Vec::new();
        let names: Vec<&str> = self.path.split('.').collect();
        collect(data, &names, &mut found);
        if let Some(exists) = self.exists
            && exists == found.is_empty()
        {
            return false;
        }
        let words: Vec<String> = found.iter().map(|value| word(value)).collect();
        let number = |least: &Option<String>, fits: fn(&Dec, &Dec) -> bool| {
            let Some(bound) = least.as_deref().and_then(|text| Dec::from_str(text).ok()) else { return true };
            words.iter().any(|text| Dec::from_str(text).is_ok_and(|value| fits(&value, &bound)))
        };
        (self.is.is_empty() || words.iter().any(|word| self.is.contains(word)))
            && !words.iter().any(|word| self.not.contains(word))
            && number(&self.at_least, |value, bound| value >= bound)
            && number(&self.at_most, |value, bound| value <= bound)
    }
}

/// Whether all conditions hold; data that cannot be read fits none.
pub(super) fn holds(conditions: &[Condition], data: &str) -> bool {
    if conditions.is_empty() {
        return true;
    }
    let Ok(data) = serde_json::from_str::<Value>(data) else { return false };
    conditions.iter().all(|condition| condition.holds(&data))
}

fn collect<'a>(value: &'a Value, names: &[&str], found: &mut Vec<&'a Value>) {
    match (value, names) {
        (Value::Array(items), _) => items.iter().for_each(|item| collect(item, names, found)),
        (Value::Null, _) => {}
        (value, []) => found.push(value),
        (value, [name, rest @ ..]) => {
            if let Some(inner) = value.get(*name) {
                collect(inner, rest, found);
            }
        }
    }
}

fn word(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DATA: &str = r#"{"order":{"currency":"CNY","totals":{"payable":"100.00"},"tags":[],"lines":[{"sku":"A"},{"sku":"B"}],"paid_at":null}}"#;

    fn fits(toml: &str) -> bool {
        let condition: Condition = toml::from_str(toml).unwrap();
        holds(&[condition], DATA)
    }

    #[test]
    fn each_word_means_what_it_says() {
        assert!(fits("path = 'order.currency'\nis = ['USD', 'CNY']"));
        assert!(!fits("path = 'order.currency'\nnot = ['CNY']"));
        assert!(fits("path = 'order.totals.payable'\nat_least = '100'"));
        assert!(!fits("path = 'order.totals.payable'\nat_least = '100.01'"));
        assert!(fits("path = 'order.totals.payable'\nat_most = '100.0'\nat_least = '99.99'"));
        assert!(fits("path = 'order.lines.sku'\nis = ['B']"), "one of the lines is enough");
        assert!(fits("path = 'order.paid_at'\nexists = false"));
        assert!(!fits("path = 'order.lines.sku'\nexists = false"));
        assert!(!fits("path = 'order.paid_at'\nat_most = '5'"), "what is not there has no size");
    }

    #[test]
    fn what_cannot_work_is_said() {
        let problem = |toml: &str| toml::from_str::<Condition>(toml).unwrap().problem();
        assert_eq!(problem("path = 'order.lines.sku'\nis = ['B']"), None);
        assert!(problem("path = 'order.sku'\nis = ['B']").unwrap().contains("no `sku` there"));
        assert!(problem("path = 'order.currency'").unwrap().contains("says nothing"));
        let amount = problem("path = 'order.totals.payable'\nat_least = '1,000'").unwrap();
        assert!(amount.contains("no decimal number"), "{amount}");
    }
}
