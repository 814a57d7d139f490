//! Lists of which one bad row must not cost the others: each row is kept as text and read alone.

use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use crate::wire::{self, Scalar};
use crate::{Error, Result};

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
        return wire::parse::<List<'a>>(text.as_bytes()).map(|list| list.0).map_err(at);
    }
    let whole: &RawValue = wire::parse(text.as_bytes()).map_err(at)?;
    match whole.get() {
        "null" | "\"\"" => Ok(Vec::new()),
        object if object.starts_with('{') => Ok(vec![whole]),
        _ => Err(Error::malformed("expected a JSON object or a list").at(path)),
    }
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
    wire::parse(raw.get().as_bytes()).map_err(|error| wrong(error.path.as_deref().unwrap_or_default()))
}

/// Reads a field without which a row still says what happened: anything but a text or a number is passed over:
/// `#[serde(borrow, deserialize_with = "rows::or_nothing")]`.
///
/// # Errors
/// When the input is no JSON at all.
pub fn or_nothing<'de: 'a, 'a, D: Deserializer<'de>>(deserializer: D) -> Result<Scalar<'a>, D::Error> {
    let raw = <&'a RawValue>::deserialize(deserializer)?;
    Ok(serde_json::from_str(raw.get()).unwrap_or_default())
}

/// The same for a field that holds an object or a list: `None` where it is something else.
///
/// # Errors
/// When the input is no JSON at all.
pub fn or_none<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    let raw = <&'de RawValue>::deserialize(deserializer)?;
    Ok(serde_json::from_str(raw.get()).ok().flatten())
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
    fn what_nobody_needs_may_be_anything() {
        let found =
            rows(r#"[{"code":7,"note":{"x":1},"site":[]},{"code":"a","site":{"name":"b"}}]"#, "$").unwrap();
        let first: Row<'_> = object(found[0], "$[0]").unwrap();
        assert_eq!((first.code.as_str(), first.note.text(), first.site.is_none()), ("7", None, true));
        let second: Row<'_> = object(found[1], "$[1]").unwrap();
        assert_eq!(second.site.unwrap().name.as_str(), "b");
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
