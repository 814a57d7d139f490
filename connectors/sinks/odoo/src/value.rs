//! Odoo's values: `false` stands for nothing, a link is `[id, name]`, a number may be a binary float in text.

use serde_json::Value;

use crossdock_schemas::{Dec, Ts};

/// A text; `false` is nothing.
pub(crate) fn text<'a>(record: &'a Value, field: &str) -> Option<&'a str> {
    record.get(field).and_then(Value::as_str).filter(|text| !text.is_empty())
}

/// A whole number.
pub(crate) fn whole(record: &Value, field: &str) -> Option<i64> {
    record.get(field).and_then(Value::as_i64)
}

/// The id of a link.
pub(crate) fn link(record: &Value, field: &str) -> Option<i64> {
    match record.get(field)? {
        Value::Array(pair) => pair.first()?.as_i64(),
        other => other.as_i64(),
    }
}

/// The name of a link.
pub(crate) fn link_name<'a>(record: &'a Value, field: &str) -> Option<&'a str> {
    record.get(field)?.as_array()?.get(1)?.as_str()
}

/// A number as far as money and quantities go: what a binary float adds beyond eight digits is cut off.
pub(crate) fn number(record: &Value, field: &str) -> Option<Dec> {
    let Value::Number(number) = record.get(field)? else { return None };
    let text = number.as_str();
    match text.split_once('.') {
        Some((whole, fraction)) if fraction.bytes().all(|digit| digit.is_ascii_digit()) => {
            // Ten digits are exact enough to be rounded to eight: 63.98999999999999 is 63.99.
            let kept = fraction.get(..10).unwrap_or(fraction);
            Dec::parse(&format!("{whole}.{kept}")).ok().map(|value| value.round(8))
        }
        _ => Dec::parse(text).ok(),
    }
}

/// A moment as Odoo takes it: UTC without a zone.
pub(crate) fn moment(at: Ts) -> String {
    // `2026-01-05T01:00:00Z` without its two letters.
    at.utc_text().replace('T', " ").trim_end_matches('Z').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn numbers_survive_the_float_of_the_other_side() {
        let read = |text: &str| {
            let record: Value = serde_json::from_str(&format!("{{\"n\":{text}}}")).unwrap();
            number(&record, "n").map(Dec::canonical)
        };
        assert_eq!(read("64.0").as_deref(), Some("64"));
        assert_eq!(read("63.98999999999999").as_deref(), Some("63.99"));
        assert_eq!(read("63.990000000000002").as_deref(), Some("63.99"));
        assert_eq!(read("-0.1").as_deref(), Some("-0.1"));
        assert_eq!(read("1e-05").as_deref(), Some("0.00001"));
        assert_eq!(read("false"), None);
    }

    #[test]
    fn nothing_is_false() {
        let record = json!({"ref": false, "partner_id": [41, "Shop"], "currency_id": false});
        assert_eq!(text(&record, "ref"), None);
        assert_eq!((link(&record, "partner_id"), link_name(&record, "partner_id")), (Some(41), Some("Shop")));
        assert_eq!(link(&record, "currency_id"), None);
    }

    #[test]
    fn moments_are_utc() {
        let at: Ts = "2026-01-05T09:00:00+08:00".parse().unwrap();
        assert_eq!(moment(at), "2026-01-05 01:00:00");
    }
}
