//! Parts that all documents share: nested fields, exact numbers, times, the person who gets the goods.

use std::collections::BTreeMap;

use crossdock_connector::mapping::Fields;
use crossdock_schemas::{Address, Dec, Ts};
use jiff::tz::Offset;
use serde_json::{Map, Number, Value};

use crate::config::Receiver;

/// Puts a value at a path of names: `headItem.define1` is `define1` inside `headItem`. A `!` is part of a name:
/// `orderPrices!currency` is one flat key, as the vendor wants it.
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

/// A JSON number with exactly these digits.
pub(crate) fn number(value: Dec) -> Value {
    let text = value.canonical();
    text.parse::<Number>().map_or(Value::String(text), Value::Number)
}

/// The day at the server's place.
pub(crate) fn date(time: Ts, offset: Offset) -> String {
    offset.to_datetime(time.at).date().to_string()
}

/// `yyyy-MM-dd HH:mm:ss` at the server's place.
pub(crate) fn date_time(time: Ts, offset: Offset) -> String {
    let local = offset.to_datetime(time.at);
    format!("{} {:02}:{:02}:{:02}", local.date(), local.hour(), local.minute(), local.second())
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

/// Percent-encoded for a query, once.
pub(crate) fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.push_str(&crossdock_connector::sign::hex(&[byte]).to_ascii_uppercase());
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_in_a_name_is_no_nesting_and_a_dot_is() {
        let mut fields = Map::new();
        put(&mut fields, "orderPrices!currency", "CNY".into());
        put(&mut fields, "headItem.define1", "a".into());
        put(&mut fields, "headItem.define2", "b".into());
        let text = Value::Object(fields).to_string();
        assert_eq!(text, r#"{"orderPrices!currency":"CNY","headItem":{"define1":"a","define2":"b"}}"#);
    }

    #[test]
    fn times_are_those_of_the_server() {
        let time: Ts = "2026-01-05T18:30:07Z".parse().unwrap();
        assert_eq!(date_time(time, Offset::constant(8)), "2026-01-06 02:30:07");
        assert_eq!(date(time, Offset::UTC), "2026-01-05");
    }

    #[test]
    fn a_signature_is_encoded_once() {
        assert_eq!(encoded("r/1h=+ 张"), "r%2F1h%3D%2B%20%E5%BC%A0");
    }
}
