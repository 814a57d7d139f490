//! Parts of the documents that business systems keep: nested fields, exact numbers, times, the person who gets the
//! goods.

use std::collections::BTreeMap;

use jiff::tz::Offset;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Number, Value};

use crossdock_schemas::{Address, Dec, Ts};

use crate::address;
use crate::mapping::{FieldSource, Fields};

/// Fields for the person who gets the goods. What is not named is not written.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Receiver {
    /// Name, masked where it is masked.
    pub name: Option<String>,
    /// Phone, masked where it is masked.
    pub phone: Option<String>,
    /// Whole address on one line.
    pub address: Option<String>,
    /// The platform's token for the protected receiver, as `scheme:token`.
    pub token: Option<String>,
}

impl Receiver {
    /// Whether any field is named.
    pub fn is_used(&self) -> bool {
        [&self.name, &self.phone, &self.address, &self.token].iter().any(|field| field.is_some())
    }

    /// Writes the person, as far as there are fields for it. What is masked goes as it is masked.
    pub fn write(&self, fields: &mut Map<String, Value>, to: &Address) {
        let name = to.name.as_ref().and_then(|name| name.shown()).map(str::to_owned);
        let phone = to.phones.iter().find_map(|phone| {
            let plain = phone.national.as_deref().or(phone.e164.as_deref());
            plain.or(phone.protected.as_ref().and_then(|protected| protected.shown())).map(str::to_owned)
        });
        let tokens = [to.protected.as_ref(), to.name.as_ref()];
        let token = tokens.into_iter().flatten().find_map(|protected| protected.token.as_ref());
        let token = token.map(|token| format!("{}:{}", token.scheme, token.value));
        for (field, value) in [
            (&self.name, name),
            (&self.phone, phone),
            (&self.address, address::one_line(to)),
            (&self.token, token),
        ] {
            if let (Some(field), Some(value)) = (field, value) {
                put(fields, field, value.into());
            }
        }
    }
}

/// Puts a value at a path of names: `headItem.define1` is `define1` inside `headItem`.
pub fn put(fields: &mut Map<String, Value>, path: &str, value: Value) {
    match path.split_once('.') {
        None => {
            fields.insert(path.to_owned(), value);
        }
        Some((first, rest)) => {
            let inner = fields.entry(first).or_insert_with(|| Value::Object(Map::new()));
            if !inner.is_object() {
                *inner = Value::Object(Map::new());
            }
            if let Value::Object(inner) = inner {
                put(inner, rest, value);
            }
        }
    }
}

/// A JSON number with exactly these digits.
pub fn number(value: Dec) -> Value {
    let text = value.canonical();
    text.parse::<Number>().map_or(Value::String(text), Value::Number)
}

/// The day at the server's place.
pub fn date(time: Ts, offset: Offset) -> String {
    offset.to_datetime(time.at).date().to_string()
}

/// `yyyy-MM-dd HH:mm:ss` at the server's place.
pub fn date_time(time: Ts, offset: Offset) -> String {
    let local = offset.to_datetime(time.at);
    format!("{} {:02}:{:02}:{:02}", local.date(), local.hour(), local.minute(), local.second())
}

/// Puts custom fields: from the event, and always the same.
pub fn custom(fields: &mut Map<String, Value>, wanted: &Fields, data: &Value) {
    for (name, value) in wanted.values(data) {
        put(fields, name, value);
    }
}

/// Puts fields that are always the same.
pub fn constants(fields: &mut Map<String, Value>, wanted: &BTreeMap<String, String>) {
    for (name, text) in wanted {
        put(fields, name, text.as_str().into());
    }
}

/// Places in the event that custom fields are filled from.
pub fn paths(wanted: &Fields) -> impl Iterator<Item = &str> {
    wanted.0.values().filter_map(|source| match source {
        FieldSource::Path(path) => Some(path.as_str()),
        FieldSource::Text { .. } => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crossdock_schemas::{Phone, Protected};

    fn text(fields: Map<String, Value>) -> String {
        Value::Object(fields).to_string()
    }

    #[test]
    fn a_dot_is_nesting_and_nested_fields_meet() {
        let mut fields = Map::new();
        put(&mut fields, "orderPrices!currency", "CNY".into());
        put(&mut fields, "headItem.define1", "a".into());
        put(&mut fields, "headItem.define2.code", "b".into());
        let expected = r#"{"orderPrices!currency":"CNY","headItem":{"define1":"a","define2":{"code":"b"}}}"#;
        assert_eq!(text(fields), expected);
    }

    #[test]
    fn the_last_word_counts_where_a_field_is_a_value_and_an_object() {
        let mut fields = Map::new();
        put(&mut fields, "a", "x".into());
        put(&mut fields, "a.b", "y".into());
        assert_eq!(text(fields), r#"{"a":{"b":"y"}}"#);
    }

    #[test]
    fn numbers_keep_their_digits() {
        for (text, expected) in
            [("29.00", "29"), ("0.1", "0.1"), ("9007199254740993.01", "9007199254740993.01")]
        {
            assert_eq!(number(Dec::parse(text).unwrap()).to_string(), expected);
        }
    }

    #[test]
    fn times_are_those_of_the_server() {
        let time: Ts = "2026-01-05T18:30:07Z".parse().unwrap();
        assert_eq!(date_time(time, Offset::constant(8)), "2026-01-06 02:30:07");
        assert_eq!(date(time, Offset::constant(8)), "2026-01-06");
        assert_eq!(date(time, Offset::UTC), "2026-01-05");
    }

    #[test]
    fn custom_fields_come_from_the_event_or_are_always_the_same() {
        let path = |path: &str| FieldSource::Path(path.to_owned());
        let wanted = Fields(BTreeMap::from([
            ("a.b".to_owned(), path("order.currency")),
            ("c".to_owned(), FieldSource::Text { text: "crossdock".to_owned() }),
            ("d".to_owned(), path("order.remark")),
        ]));
        let mut fields = Map::new();
        custom(&mut fields, &wanted, &serde_json::json!({"order": {"currency": "CNY"}}));
        constants(&mut fields, &BTreeMap::from([("a.e".to_owned(), "x".to_owned())]));
        assert_eq!(text(fields), r#"{"a":{"b":"CNY","e":"x"},"c":"crossdock"}"#);
        assert_eq!(paths(&wanted).collect::<Vec<_>>(), ["order.currency", "order.remark"]);
    }

    #[test]
    fn a_masked_person_stays_masked_and_the_token_goes_along() {
        let wanted = Receiver {
            name: Some("F_name".into()),
            phone: Some("F_phone".into()),
            address: Some("F_address".into()),
            token: Some("F_token".into()),
        };
        assert!(wanted.is_used() && !Receiver::default().is_used());
        let to = Address {
            name: Some(Protected::masked("王**")),
            phones: vec![Phone { protected: Some(Protected::masked("138****0012")), ..Phone::default() }],
            city: Some("杭州市".into()),
            protected: Some(Protected::token("taobao_oaid", "abc").with_masked("示范路**")),
            ..Address::default()
        };
        let mut fields = Map::new();
        wanted.write(&mut fields, &to);
        assert_eq!(
            text(fields),
            r#"{"F_name":"王**","F_phone":"138****0012","F_address":"示范路**","F_token":"taobao_oaid:abc"}"#
        );
        let mut none = Map::new();
        Receiver::default().write(&mut none, &to);
        assert!(none.is_empty());
    }
}
