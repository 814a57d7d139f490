//! One of our values as the widget of a kind takes it.

use serde_json::{Map, Number, Value, json};

use crossdock_connector::{Error, ErrorKind, Result};
use crossdock_schemas::{Address, Dec, Phone, Protected, Ts};

use crate::form::{Field, Kind};

/// Most significant digits that a number keeps over there.
const DIGITS: usize = 15;

/// The value of a field, from the data its path starts in. Nothing when there is none.
///
/// # Errors
/// `Rejected` when it cannot be written as the settings say; `setting` is where they say it.
pub(crate) fn field(field: &Field, data: &Value, setting: &str) -> Result<Option<Value>> {
    if let Some(text) = &field.text {
        return Ok(Some(Value::String(text.clone())));
    }
    let path = field.from.as_deref().unwrap_or_default();
    let found = path.split('.').try_fold(data, |at, name| at.get(name)).filter(|value| !value.is_null());
    let Some(found) = found else { return Ok(None) };
    let wrong = |what: &str| {
        Error::new(ErrorKind::Rejected, format!("`{path}` {what}")).at(format!("settings.{setting}"))
    };
    let word = |text: String| -> Result<String> {
        match field.codes.0.is_empty() {
            true => Ok(text),
            false => field.codes.need(&format!("{setting}.codes"), &text).map(str::to_owned),
        }
    };
    let value = match field.kind {
        Kind::Text | Kind::Member => Value::String(word(text(found).ok_or_else(|| wrong("is no text"))?)?),
        Kind::Department => number(&word(text(found).ok_or_else(|| wrong("is no number"))?)?)
            .ok_or_else(|| wrong("is no number of a department"))?,
        Kind::Number => {
            let text = text(found).ok_or_else(|| wrong("is no number"))?;
            number(&text).ok_or_else(|| wrong("is no number of at most 15 digits: use a text widget"))?
        }
        Kind::Datetime => {
            let at = found.as_str().and_then(|text| text.parse::<Ts>().ok());
            at.ok_or_else(|| wrong("is no time"))?.millis_text().into()
        }
        Kind::List => {
            let items = found.as_array().cloned().unwrap_or_else(|| vec![found.clone()]);
            let words: Option<Vec<String>> = items.iter().map(text).collect();
            let words: Result<Vec<String>> =
                words.ok_or_else(|| wrong("is no list of words"))?.into_iter().map(word).collect();
            json!(words?)
        }
        Kind::Address => address(&read::<Address>(found).ok_or_else(|| wrong("is no address"))?),
        Kind::Phone => match phone(found) {
            Some(number) => json!({"phone": number}),
            None => return Ok(None),
        },
    };
    Ok(Some(value))
}

fn read<T: serde::de::DeserializeOwned>(value: &Value) -> Option<T> {
    serde_json::from_value(value.clone()).ok()
}

/// Words for people. What is masked stays masked.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(yes) => Some(yes.to_string()),
        Value::Array(items) => {
            let words: Option<Vec<String>> = items.iter().map(text).collect();
            Some(words?.join(", "))
        }
        Value::Object(map) => of_object(value, map),
        Value::Null => None,
    }
}

fn of_object(value: &Value, map: &Map<String, Value>) -> Option<String> {
    if let (Some(amount), Some(currency)) = (map.get("amount"), map.get("currency")) {
        return Some(format!("{} {}", text(amount)?, text(currency)?));
    }
    let is_phone = ["e164", "national", "protected"].iter().any(|name| map.contains_key(*name));
    if is_phone && map.contains_key("kind") && !map.contains_key("country") {
        return phone(value);
    }
    if map.contains_key("state") {
        return read::<Protected>(value)?.shown().map(str::to_owned);
    }
    None
}

/// An exact number, if it survives over there.
fn number(text: &str) -> Option<Value> {
    let canonical = Dec::parse(text).ok()?.canonical();
    let digits = canonical.trim_start_matches(['-', '0', '.']).bytes().filter(u8::is_ascii_digit).count();
    (digits <= DIGITS).then(|| canonical.parse::<Number>().ok().map(Value::Number))?
}

/// The first number that says something. Chinese numbers without their country code, as the widget wants them.
fn phone(value: &Value) -> Option<String> {
    let phones: Vec<Phone> = match value {
        Value::Array(_) => read(value)?,
        Value::String(text) => return Some(text.clone()),
        _ => vec![read(value)?],
    };
    phones.iter().find_map(|phone| {
        let plain = phone.e164.as_deref().map(|text| text.strip_prefix("+86").unwrap_or(text));
        let plain = plain.or(phone.national.as_deref());
        let shown = plain.or_else(|| phone.protected.as_ref()?.shown())?;
        Some(match &phone.ext {
            Some(ext) => format!("{shown}-{ext}"),
            None => shown.to_owned(),
        })
    })
}

/// An address in the widget's four parts.
fn address(address: &Address) -> Value {
    let part = |text: &Option<String>| text.clone().unwrap_or_default();
    let lines = [&address.town, &address.line1, &address.line2, &address.line3];
    let mut detail: String = lines.into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join(" ");
    if detail.is_empty() {
        let masked = address.protected.as_ref().and_then(|whole| whole.shown());
        detail = address.raw.as_deref().or(masked).unwrap_or_default().to_owned();
    }
    json!({
        "province": part(&address.province),
        "city": part(&address.city),
        "district": part(&address.district),
        "detail": detail,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crossdock_connector::mapping::Codes;

    fn write(kind: Kind, value: Value) -> Result<Option<Value>> {
        let one = Field { from: Some("a.b".into()), kind, ..Field::default() };
        field(&one, &json!({"a": {"b": value}}), "orders.fields.x")
    }

    fn written(kind: Kind, value: Value) -> Value {
        write(kind, value).unwrap().unwrap()
    }

    #[test]
    fn amounts_are_exact_and_long_numbers_are_refused() {
        assert_eq!(written(Kind::Number, json!("63.90")).to_string(), "63.9");
        assert_eq!(written(Kind::Number, json!("-0.01")).to_string(), "-0.01");
        assert_eq!(written(Kind::Number, json!("999999999999.99")).to_string(), "999999999999.99");
        assert!(write(Kind::Number, json!("100000000000000000")).is_err());
        let error = write(Kind::Number, json!("4012345678901234567")).unwrap_err();
        assert_eq!(
            error.to_string(),
            "`a.b` is no number of at most 15 digits: use a text widget at settings.orders.fields.x"
        );
        assert!(write(Kind::Number, json!("SF1")).is_err());
    }

    #[test]
    fn times_are_utc_with_milliseconds() {
        let at = written(Kind::Datetime, json!("2026-01-05T09:00:00+08:00"));
        assert_eq!(at, "2026-01-05T01:00:00.000Z");
        assert!(write(Kind::Datetime, json!("2026-01-05")).is_err());
    }

    #[test]
    fn people_are_shown_as_far_as_they_may() {
        let token = json!({"masked": "林**", "token": {"scheme": "taobao_oaid", "value": "secret"}, "state": "encrypted"});
        assert_eq!(written(Kind::Text, token), "林**");
        assert_eq!(written(Kind::Text, json!({"value": "林小满", "state": "plain"})), "林小满");
        let phones = json!([{"kind": "virtual", "protected": {"state": "absent"}}, {"kind": "mobile", "e164": "+8613800000001"}]);
        assert_eq!(written(Kind::Phone, phones), json!({"phone": "13800000001"}));
        assert_eq!(
            written(Kind::Text, json!({"kind": "virtual", "national": "13800000002", "ext": "12"})),
            "13800000002-12"
        );
        assert_eq!(write(Kind::Phone, json!([])).unwrap(), None);
        assert!(write(Kind::Text, json!({"province": "浙江省"})).is_err());
    }

    #[test]
    fn addresses_have_four_parts() {
        let address = json!({"country": "CN", "province": "浙江省", "city": "杭州市", "district": "西湖区", "line1": "示范路1号", "line2": "2幢"});
        let expected =
            json!({"province": "浙江省", "city": "杭州市", "district": "西湖区", "detail": "示范路1号 2幢"});
        assert_eq!(written(Kind::Address, address), expected);
        let masked = written(
            Kind::Address,
            json!({"province": "浙江省", "protected": {"masked": "示范路***", "state": "masked"}}),
        );
        assert_eq!(masked["detail"], "示范路***");
    }

    #[test]
    fn words_are_translated_or_refused() {
        let codes = Codes([("paid".to_owned(), "已付款".to_owned())].into());
        let one = |kind| Field { from: Some("a.b".into()), kind, codes: codes.clone(), ..Field::default() };
        let data = |value: Value| json!({"a": {"b": value}});
        let said = field(&one(Kind::Text), &data(json!("paid")), "orders.fields.x").unwrap();
        assert_eq!(said, Some(json!("已付款")));
        let said = field(&one(Kind::List), &data(json!(["paid"])), "orders.fields.x").unwrap();
        assert_eq!(said, Some(json!(["已付款"])));
        let error = field(&one(Kind::Text), &data(json!("unpaid")), "orders.fields.x").unwrap_err();
        let expected =
            "no code for `unpaid`: add \"unpaid\" = \"..\" to the sink's settings.orders.fields.x.codes";
        assert_eq!(error.to_string(), expected);
        assert_eq!(field(&one(Kind::Text), &json!({"a": {}}), "x").unwrap(), None);
    }

    #[test]
    fn money_and_lists_are_readable() {
        assert_eq!(written(Kind::Text, json!({"amount": "28.00", "currency": "CNY"})), "28.00 CNY");
        assert_eq!(written(Kind::Text, json!(["o1-a", "o1-b"])), "o1-a, o1-b");
        assert_eq!(written(Kind::List, json!("risk")), json!(["risk"]));
        assert_eq!(written(Kind::Text, json!(true)), "true");
        assert_eq!(written(Kind::Department, json!("12")).to_string(), "12");
    }
}
