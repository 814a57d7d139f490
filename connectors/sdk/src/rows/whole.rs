//! Reading a text in one go, where it is just as its vendor documents it, which most are.
//!
//! A lenient field has to find its end before it knows whether it wants what is in it, so what is nested is looked through
//! once for each block around it. A text that is taken at its word is looked through once, and anything that is in another
//! form than it should be ends that: then it is read again, leniently. Either way it says the same.

use std::cell::Cell;
use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::{Deserialize, Deserializer, de};
use serde_json::value::RawValue;

use super::{Object, inside, objects};
use crate::Result;

thread_local! {
    static AT_ITS_WORD: Cell<bool> = const { Cell::new(false) };
}

/// Whether the text that is being read is taken at its word.
pub(super) fn at_its_word() -> bool {
    AT_ITS_WORD.get()
}

/// Reads an object in one go; `None` where anything is in another form than it should be: then it has to be read leniently.
pub fn whole<'a, T: Deserialize<'a>>(text: &'a str) -> Option<T> {
    struct Before(bool);
    impl Drop for Before {
        fn drop(&mut self) {
            AT_ITS_WORD.set(self.0);
        }
    }
    let _before = Before(AT_ITS_WORD.replace(true));
    serde_json::from_str::<Object<T>>(text).ok().map(|object| object.0)
}

/// A list inside of a row, of which one bad row must not cost the others. One object is a list of one.
#[derive(Debug, Default)]
pub enum List<'a, T> {
    /// There is none.
    #[default]
    Absent,
    /// All rows, read in one go.
    Read(Vec<T>),
    /// As it stands: its rows are read one by one.
    Raw(&'a RawValue),
}

impl<'a, T: Deserialize<'a>> List<'a, T> {
    /// The rows, of which each stands at `path[0]` and so on.
    ///
    /// # Errors
    /// `Malformed` at `path` when it is neither an object nor a list; each row has its own.
    pub fn each(self, path: &str) -> Result<Vec<Result<T>>> {
        match self {
            Self::Absent => Ok(Vec::new()),
            Self::Read(rows) => Ok(rows.into_iter().map(Ok).collect()),
            Self::Raw(raw) => objects(raw, path),
        }
    }
}

impl<T> List<'_, T> {
    /// Whether there is no list, whatever could stand in one.
    pub fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }

    /// Whether anything stands in it.
    pub fn has_rows(&self) -> bool {
        match self {
            Self::Absent => false,
            Self::Read(rows) => !rows.is_empty(),
            Self::Raw(raw) => inside(raw, "$").is_ok_and(|rows| !rows.is_empty()),
        }
    }
}

impl<'de: 'a, 'a, T: Deserialize<'de>> Deserialize<'de> for List<'a, T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> de::Visitor<'de> for Visitor<T> {
            type Value = Vec<T>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of objects")
            }
            fn visit_seq<A: de::SeqAccess<'de>>(self, mut seq: A) -> Result<Vec<T>, A::Error> {
                let mut rows = Vec::new();
                while let Some(Object(row)) = seq.next_element()? {
                    rows.push(row);
                }
                Ok(rows)
            }
            fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<Vec<T>, A::Error> {
                Ok(vec![T::deserialize(MapAccessDeserializer::new(map))?])
            }
        }
        if at_its_word() {
            return deserializer.deserialize_any(Visitor(PhantomData)).map(Self::Read);
        }
        let raw = <&'a RawValue>::deserialize(deserializer)?;
        Ok(if raw.get() == "null" { Self::Absent } else { Self::Raw(raw) })
    }
}

#[cfg(test)]
mod tests {
    use super::super::{or_none, or_nothing};
    use super::*;
    use crate::wire::{self, Scalar};

    #[derive(Debug, Default, Deserialize)]
    #[serde(default)]
    struct Row<'a> {
        #[serde(borrow)]
        code: Scalar<'a>,
        #[serde(borrow, deserialize_with = "or_nothing")]
        note: Scalar<'a>,
        #[serde(borrow, deserialize_with = "or_none")]
        site: Option<Box<Row<'a>>>,
        #[serde(borrow)]
        rows: List<'a, Row<'a>>,
    }

    fn told(row: Row<'_>, path: &str) -> String {
        let mut text = format!("{}|{}", row.code.as_str(), row.note.as_str());
        if let Some(site) = row.site {
            text.push_str(&format!("({})", told(*site, "site")));
        }
        match row.rows.each(path) {
            Ok(rows) => rows.into_iter().for_each(|row| match row {
                Ok(row) => text.push_str(&format!("[{}]", told(row, "rows"))),
                Err(error) => text.push_str(&format!("[!{}]", error.path.unwrap_or_default())),
            }),
            Err(error) => text.push_str(&format!("[!!{}]", error.path.unwrap_or_default())),
        }
        text
    }

    #[test]
    fn in_one_go_says_what_piece_by_piece_says() {
        for (json, in_one_go, wanted) in [
            (
                r#"{"code":1.50,"note":"a\u00e9","site":{"code":"b"},"rows":[{"code":true}]}"#,
                true,
                "1.50|aé(b|)[true|]",
            ),
            (r#"{"rows":{"code":"one"},"note":null,"site":null}"#, true, "|[one|]"),
            (r#"{"rows":[]}"#, true, "|"),
            (r#"{"rows":null}"#, false, "|"),
            (r#"{"note":{"x":1},"rows":[{"code":"a"},7,["a","b"]]}"#, false, "|[a|][!$.rows[1]][!$.rows[2]]"),
            (r#"{"site":"nowhere","rows":"soon"}"#, false, "|[!!$.rows]"),
            (r#"{"code":"a","rows":[{"note":"\ud83d"}]}"#, false, "a|[|]"),
        ] {
            let read = whole::<Row<'_>>(json);
            assert_eq!(read.is_some(), in_one_go, "{json}");
            assert!(!at_its_word());
            let lenient: Row<'_> = wire::parse_text(json).unwrap();
            assert_eq!(told(lenient, "$.rows"), wanted, "{json}");
            if let Some(read) = read {
                assert_eq!(told(read, "$.rows"), wanted, "{json}");
            }
        }
        assert!(whole::<Row<'_>>("[1]").is_none() && whole::<Row<'_>>("{}x").is_none());
    }
}
