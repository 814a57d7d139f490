//! Lists of which one bad row must not cost the others: each row is kept as text and read alone.

mod whole;

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::{Deserialize, Deserializer, de};
use serde_json::value::RawValue;

use crate::wire::{self, Scalar};
use crate::{Error, Result};

pub use whole::{List, whole};

/// The rows of a text that holds one object or a list of anything. `null` and an empty text hold none.
///
/// # Errors
/// `Malformed` at `path` when it is neither.
pub fn rows<'a>(text: &'a str, path: &str) -> Result<Vec<&'a RawValue>> {
    #[derive(Deserialize)]
    #[serde(transparent)]
    struct List<'a>(#[serde(borrow)] Vec<&'a RawValue>);
    let at = |error: Error| {
        let inner = error.path.clone().unwrap_or_default();
        error.at(format!("{path}{}", inner.trim_start_matches('$')))
    };
    if text.trim_start().starts_with('[') {
        return wire::parse_text::<List<'a>>(text).map(|list| list.0).map_err(at);
    }
    one(wire::parse_text(text).map_err(at)?, path)
}

/// The same for what stands inside something that was read already.
///
/// # Errors
/// `Malformed` at `path` when it is neither.
pub fn inside<'a>(raw: &'a RawValue, path: &str) -> Result<Vec<&'a RawValue>> {
    if raw.get().starts_with('[') { rows(raw.get(), path) } else { one(raw, path) }
}

fn one<'a>(whole: &'a RawValue, path: &str) -> Result<Vec<&'a RawValue>> {
    match whole.get() {
        "null" | "\"\"" => Ok(Vec::new()),
        object if object.starts_with('{') => Ok(vec![whole]),
        _ => Err(Error::malformed("expected a JSON object or a list").at(path)),
    }
}

/// What is an object, and never the fields of one in their order, which serde would read as well.
#[derive(Clone, Copy, Debug, Default)]
pub struct Object<T>(pub T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> de::Visitor<'de> for Visitor<T> {
            type Value = Object<T>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<Object<T>, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map)).map(Object)
            }
        }
        deserializer.deserialize_map(Visitor(PhantomData))
    }
}

/// Reads [`inside`] and each [`object`] of it, which stands at `path[0]` and so on: at once when nothing is wrong with any.
///
/// # Errors
/// `Malformed` at `path` when it is neither an object nor a list; each row has its own.
pub fn objects<'a, T: Deserialize<'a>>(raw: &'a RawValue, path: &str) -> Result<Vec<Result<T>>> {
    if raw.get().starts_with('[')
        && let Ok(all) = serde_json::from_str::<Vec<Object<T>>>(raw.get())
    {
        return Ok(all.into_iter().map(|row| Ok(row.0)).collect());
    }
    let read = |(at, raw): (usize, &'a RawValue)| object(raw, &format!("{path}[{at}]"));
    Ok(inside(raw, path)?.into_iter().enumerate().map(read).collect())
}

/// Reads one row that has to be an object. The reader's own words may quote a person, so they are not passed on.
///
/// # Errors
/// `Malformed` at the place inside the row, which itself stands at `place`.
pub fn object<'a, T: Deserialize<'a>>(raw: &'a RawValue, place: &str) -> Result<T> {
    let wrong = |path: &str| {
        let path = format!("{place}{}", path.trim_start_matches('$'));
        Error::malformed("not an object of the expected fields").at(path)
    };
    if !raw.get().starts_with('{') {
        return Err(wrong(""));
    }
    wire::parse_text(raw.get()).map_err(|error| wrong(error.path.as_deref().unwrap_or_default()))
}

/// The code in an error or a warning: of the object itself, or of the first in a list. Its message is not read, which may
/// quote what was asked.
pub fn code(raw: &RawValue) -> Option<String> {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Coded<'a> {
        #[serde(borrow, deserialize_with = "or_nothing")]
        code: Scalar<'a>,
    }
    let found = inside(raw, "$").ok()?;
    object::<Coded<'_>>(found.first()?, "$").ok()?.code.owned()
}

/// Reads a field without which a row still says what happened: anything but a text or a number is passed over:
/// `#[serde(borrow, deserialize_with = "rows::or_nothing")]`.
///
/// # Errors
/// When the input is no JSON at all.
pub fn or_nothing<'de: 'a, 'a, D: Deserializer<'de>>(deserializer: D) -> Result<Scalar<'a>, D::Error> {
    if whole::at_its_word() {
        return Scalar::deserialize(deserializer);
    }
    let raw = <&'a RawValue>::deserialize(deserializer)?.get();
    // Most are plain texts, which stand there as they are.
    let plain = raw.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    match plain.filter(|text| !text.contains('\\')) {
        Some(text) => Ok(Scalar::of(text)),
        None if raw.starts_with(['{', '[']) => Ok(Scalar::default()),
        None => Ok(serde_json::from_str(raw).unwrap_or_default()),
    }
}

/// The same for a field that holds an object or a list: `None` where it is something else.
///
/// # Errors
/// When the input is no JSON at all.
pub fn or_none<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    if whole::at_its_word() {
        return Option::deserialize(deserializer);
    }
    let raw = <&'de RawValue>::deserialize(deserializer)?.get();
    if raw == "null" { Ok(None) } else { Ok(serde_json::from_str(raw).ok().flatten()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Default, Deserialize)]
    #[serde(default)]
    struct Row<'a> {
        #[serde(borrow)]
        code: Scalar<'a>,
        #[serde(borrow, deserialize_with = "or_nothing")]
        note: Scalar<'a>,
        #[serde(borrow, deserialize_with = "or_none")]
        site: Option<Site<'a>>,
    }

    #[derive(Debug, Default, Deserialize)]
    struct Site<'a> {
        #[serde(borrow)]
        name: Scalar<'a>,
    }

    #[test]
    fn one_object_is_a_list_of_one() {
        assert_eq!(rows(r#"[{"a":1}, 2]"#, "$.data").unwrap().len(), 2);
        assert_eq!(rows(r#" {"a":1}"#, "$.data").unwrap().len(), 1);
        assert_eq!(rows("null", "$.data").unwrap().len() + rows("\"\"", "$.data").unwrap().len(), 0);
        assert_eq!(rows("7", "$.data").unwrap_err().path.as_deref(), Some("$.data"));
        assert_eq!(rows("[1", "$.data").unwrap_err().path.as_deref(), Some("$.data"));
    }

    #[test]
    fn rows_are_read_at_once_as_one_by_one() {
        let raw = |text| serde_json::from_str::<&RawValue>(text).unwrap();
        let read = |text| objects::<Row<'_>>(raw(text), "$.data").unwrap();
        let codes = |text| -> Vec<Result<String, Option<String>>> {
            let rows = read(text).into_iter();
            rows.map(|row| row.map(|row| row.code.as_str().to_owned()).map_err(|error| error.path)).collect()
        };
        let whole = codes(r#"[{"code":1.50},{"code":"b","note":"\u00e9"},{}]"#);
        assert_eq!(whole, [Ok("1.50".to_owned()), Ok("b".to_owned()), Ok(String::new())]);
        // The fields of a row in their order are no row.
        let mixed = codes(r#"[{"code":1},["a","b",null],7]"#);
        let (second, third) = (Some("$.data[1]".to_owned()), Some("$.data[2]".to_owned()));
        assert_eq!(mixed, [Ok("1".to_owned()), Err(second), Err(third)]);
        assert_eq!(codes(r#"{"code":"a"}"#), [Ok("a".to_owned())]);
        assert_eq!((read("null").len(), read("[]").len(), read("\"\"").len()), (0, 0, 0));
        assert!(objects::<Row<'_>>(raw("7"), "$").is_err() && inside(raw("true"), "$").is_err());
    }

    #[test]
    fn what_nobody_needs_is_read_as_it_stands() {
        let note =
            |text: &'static str| serde_json::from_str::<Row<'_>>(text).unwrap().note.as_str().to_owned();
        for (json, wanted) in [
            (r#"{"note":"plain"}"#, "plain"),
            (r#"{"note":"a\u00e9\"b"}"#, "a\u{e9}\"b"),
            (r#"{"note":1.50}"#, "1.50"),
            (r#"{"note":true}"#, "true"),
            (r#"{"note":null}"#, ""),
            (r#"{"note":["x"]}"#, ""),
            // Half of a character that was cut off.
            (r#"{"note":"\ud83d"}"#, ""),
        ] {
            assert_eq!(note(json), wanted, "{json}");
        }
    }

    #[test]
    fn what_nobody_needs_may_be_anything() {
        let found =
            rows(r#"[{"code":7,"note":{"x":1},"site":[]},{"code":"a","site":{"name":"b"}}]"#, "$").unwrap();
        let first: Row<'_> = object(found[0], "$[0]").unwrap();
        assert_eq!((first.code.as_str(), first.note.text(), first.site.is_none()), ("7", None, true));
        let second: Row<'_> = object(found[1], "$[1]").unwrap();
        assert_eq!(second.site.unwrap().name.as_str(), "b");
    }

    #[test]
    fn the_code_of_an_error() {
        let told = |text| code(serde_json::from_str::<&RawValue>(text).unwrap());
        assert_eq!(told(r#"[{"code":"151018","message":"x"},{"code":"2"}]"#).as_deref(), Some("151018"));
        assert_eq!(told(r#"{"code":404}"#).as_deref(), Some("404"));
        assert_eq!((told("[]"), told("{}"), told("\"x\""), told("null")), (None, None, None, None));
    }

    #[test]
    fn a_bad_row_is_named_and_not_quoted() {
        let found = rows(r#"[{"code":{"name":"何测试"}},"何测试"]"#, "$").unwrap();
        for (at, raw) in found.iter().enumerate() {
            let error = object::<Row<'_>>(raw, &format!("$[{at}]")).unwrap_err();
            assert!(!error.to_string().contains('何'), "{error}");
            assert!(error.path.unwrap().starts_with(&format!("$[{at}]")));
        }
    }
}
