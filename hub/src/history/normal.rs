//! One text for one meaning: what ties are broken by, and short marks of what was seen.
//!
//! Two values that are equal as values have the same normal text: keys sorted, numbers without trailing
//! zeros. (The price: texts such as notes that differ only in the trailing zeros of a number count as the
//! same here. Here only: the values themselves are compared by type.)

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

/// 64 bits of a digest or of an event id, kept in states as 16 hex characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Mark(u64);

impl Mark {
    /// The first 16 hex characters of a text after its prefix (`e1-`), else a digest of the text.
    pub(super) fn of(text: &str) -> Mark {
        let digits = text.split_once('-').map_or(text, |(_, digits)| digits);
        let head = digits.get(..16).and_then(|head| u64::from_str_radix(head, 16).ok());
        Mark(head.unwrap_or_else(|| fnv(text.as_bytes())))
    }

    /// A digest of a text.
    pub(super) fn digest(text: &str) -> Mark {
        Mark(fnv(text.as_bytes()))
    }
}

/// FNV-1a: stable across versions and machines, which is all that is asked of it here.
fn fnv(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

impl Serialize for Mark {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{:016x}", self.0))
    }
}

impl<'de> Deserialize<'de> for Mark {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        u64::from_str_radix(&text, 16).map(Mark).map_err(serde::de::Error::custom)
    }
}

/// A value as JSON. The model's types have text keys and refuse nothing, so this does not fail; should it
/// ever, `null` is no entity and the reader of it says so.
pub(super) fn json<T: Serialize + ?Sized>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_else(|_| "null".to_owned())
}

/// A value as a JSON tree; see [`json`] for why this does not fail.
pub(super) fn tree<T: Serialize + ?Sized>(value: &T) -> Value {
    serde_json::to_value(value).unwrap_or(Value::Null)
}

/// The normal text of a value.
pub(super) fn text<T: Serialize + ?Sized>(value: &T) -> String {
    let mut out = String::with_capacity(256);
    write(&mut out, &tree(value));
    out
}

/// The normal text of a list whose order means nothing, without the named member, which means nothing either.
pub(super) fn set_text<T: Serialize>(items: &[T], without: &str) -> String {
    let mut texts: Vec<String> = items
        .iter()
        .map(|item| {
            let mut item = tree(item);
            if let Some(members) = item.as_object_mut() {
                members.shift_remove(without);
            }
            text(&item)
        })
        .collect();
    texts.sort_unstable();
    texts.concat()
}

/// Appends the normal text of a JSON tree.
pub(super) fn write(out: &mut String, value: &Value) {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => out.push_str(&value.to_string()),
        Value::String(text) => write_text(out, text),
        Value::Array(items) => {
            out.push('[');
            for item in items {
                write(out, item);
                out.push(',');
            }
            out.push(']');
        }
        Value::Object(members) => {
            let mut names: Vec<&String> = members.keys().collect();
            names.sort_unstable();
            out.push('{');
            for name in names {
                write_text(out, name);
                out.push(':');
                write(out, members.get(name).unwrap_or(&Value::Null));
                out.push(',');
            }
            out.push('}');
        }
    }
}

fn write_text(out: &mut String, text: &str) {
    out.push_str(&json(without_trailing_zeros(text)));
}

/// `99.90` -> `99.9`, `2.0` -> `2`; any other text as it is.
fn without_trailing_zeros(text: &str) -> &str {
    let digits = text.strip_prefix('-').unwrap_or(text);
    match digits.split_once('.') {
        Some((whole, fraction)) if is_digits(whole) && is_digits(fraction) => {
            text.trim_end_matches('0').trim_end_matches('.')
        }
        _ => text,
    }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_have_one_text() {
        let a: Value = serde_json::from_str(r#"{"b":"99.90","a":["1.0",true]}"#).unwrap();
        let b: Value = serde_json::from_str(r#"{"a":["1",true],"b":"99.9"}"#).unwrap();
        assert_eq!(text(&a), text(&b));
        let c: Value = serde_json::from_str(r#"{"a":["1",true],"b":"99.91"}"#).unwrap();
        assert_ne!(text(&a), text(&c));
    }

    #[test]
    fn only_numbers_lose_zeros() {
        for (given, normal) in [("10", "10"), ("1.500", "1.5"), ("-2.0", "-2"), ("a.0", "a.0"), (".0", ".0")]
        {
            assert_eq!(without_trailing_zeros(given), normal);
        }
    }

    #[test]
    fn a_mark_survives_its_text_form() {
        let mark = Mark::of("e1-00ff00ff00ff00ff99");
        assert_eq!(json(&mark), "\"00ff00ff00ff00ff\"");
        assert_eq!(serde_json::from_str::<Mark>(&json(&mark)).unwrap(), mark);
        assert_ne!(Mark::of("no hex at all"), Mark::of("no hex at all!"));
    }
}
