//! Parts that all bills share: nested fields, exact numbers, dates, custom fields.

use std::collections::BTreeMap;

use crossdock_connector::mapping::Fields;
use crossdock_schemas::{Address, Dec, Ts};
use jiff::tz::Offset;
use serde_json::{Map, Number, Value};

use crate::bills::Receiver;

/// Marks the lines that are ours; people add lines of their own.
pub(crate) const MARK: &str = "xd:";

/// Puts a value at a path of names: `FSalerId.FNumber` is `FNumber` inside `FSalerId`.
pub(crate) fn put(fields: &mut Map<String, Value>, path: &str, value: Value) {
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

/// Puts a code of base data: always an object around it.
pub(crate) fn code(fields: &mut Map<String, Value>, name: &str, code: &str) {
    put(fields, &format!("{name}.FNumber"), code.into());
}

/// A JSON number with exactly these digits.
pub(crate) fn number(value: Dec) -> Value {
    let text = value.canonical();
    text.parse::<Number>().map_or(Value::String(text), Value::Number)
}

/// The day at the server's place.
pub(crate) fn date(time: Ts, offset: Offset) -> Value {
    offset.to_datetime(time.at).date().to_string().into()
}

/// Custom fields: from the event, and always the same.
pub(crate) fn custom(fields: &mut Map<String, Value>, wanted: &Fields, data: &Value) {
    for (name, value) in wanted.values(data) {
        put(fields, name, value);
    }
}

/// Fields of a line that are always the same.
pub(crate) fn constants(fields: &mut Map<String, Value>, wanted: &BTreeMap<String, String>) {
    for (name, text) in wanted {
        put(fields, name, text.as_str().into());
    }
}

/// The person who gets the goods, as far as there are fields for it. What is masked goes as it is masked.
pub(crate) fn receiver(fields: &mut Map<String, Value>, wanted: &Receiver, to: &Address) {
    let name = to.name.as_ref().and_then(|name| name.shown()).map(str::to_owned);
    let phone = to.phones.iter().find_map(|phone| {
        let plain = phone.national.as_deref().or(phone.e164.as_deref());
        plain.or(phone.protected.as_ref().and_then(|protected| protected.shown())).map(str::to_owned)
    });
    let tokens = [to.protected.as_ref(), to.name.as_ref()];
    let token = tokens.into_iter().flatten().find_map(|protected| protected.token.as_ref());
    let token = token.map(|token| format!("{}:{}", token.scheme, token.value));
    for (field, value) in
        [(&wanted.name, name), (&wanted.phone, phone), (&wanted.address, address(to)), (&wanted.token, token)]
    {
        if let (Some(field), Some(value)) = (field, value) {
            put(fields, field, value.into());
        }
    }
}

/// The address on one line: from its parts, else as received, else masked.
fn address(to: &Address) -> Option<String> {
    let parts = [&to.province, &to.city, &to.district, &to.town, &to.line1, &to.line2, &to.line3];
    let mut text = String::new();
    for part in parts.into_iter().flatten() {
        // Chinese addresses have no blanks between their parts.
        if !text.is_empty() && (text.is_ascii() || part.is_ascii()) {
            text.push(' ');
        }
        text.push_str(part);
    }
    let detailed = to.line1.is_some();
    let whole = Some(text).filter(|text| !text.is_empty() && detailed);
    whole.or_else(|| to.raw.clone()).or_else(|| to.protected.as_ref()?.shown().map(str::to_owned))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crossdock_schemas::{Phone, Protected};

    #[test]
    fn nested_fields_meet() {
        let mut fields = Map::new();
        put(&mut fields, "FSaleOrderFinance.FExchangeRate", 1.into());
        code(&mut fields, "FSaleOrderFinance.FSettleCurrId", "PRE001");
        let text = Value::Object(fields).to_string();
        assert_eq!(text, r#"{"FSaleOrderFinance":{"FExchangeRate":1,"FSettleCurrId":{"FNumber":"PRE001"}}}"#);
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
    fn days_are_those_of_the_server() {
        let time: Ts = "2026-01-05T18:30:00Z".parse().unwrap();
        assert_eq!(date(time, Offset::constant(8)), "2026-01-06");
        assert_eq!(date(time, Offset::UTC), "2026-01-05");
    }

    #[test]
    fn a_masked_person_stays_masked_and_the_token_goes_along() {
        let wanted = Receiver {
            name: Some("F_name".into()),
            phone: Some("F_phone".into()),
            address: Some("F_address".into()),
            token: Some("F_token".into()),
        };
        let to = Address {
            name: Some(Protected::masked("王**")),
            phones: vec![Phone { protected: Some(Protected::masked("138****0012")), ..Phone::default() }],
            city: Some("杭州市".into()),
            protected: Some(Protected::token("taobao_oaid", "abc").with_masked("示范路**")),
            ..Address::default()
        };
        let mut fields = Map::new();
        receiver(&mut fields, &wanted, &to);
        let text = Value::Object(fields).to_string();
        assert_eq!(
            text,
            r#"{"F_name":"王**","F_phone":"138****0012","F_address":"示范路**","F_token":"taobao_oaid:abc"}"#
        );
    }
}
