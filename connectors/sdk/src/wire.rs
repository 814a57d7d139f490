//! Reading vendor JSON leniently and exactly, and writing it.
//!
//! Vendors write the same field as `12`, `"12"`, `""`, `null` or not at all; a list as a list, as one
//! object, or wrapped in another object. None of that may pass through a binary float.

pub mod field;

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::Serialize;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{self, Deserialize, DeserializeOwned, Deserializer};

use crossdock_schemas::Dec;

use crate::{Error, ErrorKind, Result};

/// Reads JSON; the error names the JSON path. A UTF-8 byte order mark is passed over.
///
/// # Errors
/// `Malformed` with the path, and line and column in the message.
pub fn parse<'de, T: Deserialize<'de>>(body: &'de [u8]) -> Result<T> {
    let body = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body);
    // Text that is looked through once need not be looked through string by string. The plain reader is twice as fast as
    // the one that keeps the path; the path is only wanted on failure.
    let read = match std::str::from_utf8(body) {
        Ok(text) => serde_json::from_str(text),
        Err(_) => serde_json::from_slice(body),
    };
    read.map_err(|plain| explain::<T>(body, plain))
}

/// The same for what is known to be text.
///
/// # Errors
/// As [`parse`].
pub fn parse_text<'de, T: Deserialize<'de>>(text: &'de str) -> Result<T> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    serde_json::from_str(text).map_err(|plain| explain::<T>(text.as_bytes(), plain))
}

/// The first byte of a text that counts: `{` of an object, `<` of XML.
pub fn first_byte(body: &[u8]) -> Option<u8> {
    body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body).trim_ascii_start().first().copied()
}

/// A body as text, without a byte order mark.
///
/// # Errors
/// `Malformed` when it is not UTF-8.
pub fn utf8(body: &[u8]) -> Result<&str> {
    let text = std::str::from_utf8(body).map_err(|_| Error::malformed("not UTF-8 text").at("$"))?;
    Ok(text.trim_start_matches('\u{feff}'))
}

/// Reads one object. A structure would also be read from a list, field by field in their order.
///
/// # Errors
/// As [`parse`], and `Malformed` when it is not an object.
pub fn object<'de, T: Deserialize<'de>>(body: &'de [u8]) -> Result<T> {
    if first_byte(body) != Some(b'{') {
        return Err(Error::malformed("expected a JSON object").at("$"));
    }
    parse(body)
}

/// Writes JSON.
///
/// # Errors
/// `Bug` when it has no form there.
pub fn json(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value)
        .map_err(|error| Error::new(ErrorKind::Bug, "cannot be written as JSON").because(error))
}

#[cold]
fn explain<'de, T: Deserialize<'de>>(body: &'de [u8], plain: serde_json::Error) -> Error {
    let mut reader = serde_json::Deserializer::from_slice(body);
    let path = match serde_path_to_error::deserialize::<_, T>(&mut reader) {
        Err(error) => Some(error.path().to_string()),
        Ok(_) => None,
    };
    let what = if std::str::from_utf8(body).is_err() { "not UTF-8 text" } else { "not the JSON expected" };
    let error = Error::malformed(format!("{what}: {plain}"));
    match path.as_deref() {
        Some(".") | None => error.at("$"),
        Some(path) if path.starts_with('[') => error.at(format!("${path}")),
        Some(path) => error.at(format!("$.{path}")),
    }
}

/// A value that vendors write as text or as a number; its text, exactly as it stood.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Scalar<'a>(Cow<'a, str>);

impl<'a> Scalar<'a> {
    /// A value that is this text.
    pub(crate) const fn of(text: &'a str) -> Self {
        Self(Cow::Borrowed(text))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text without outer white space; `None` when nothing is left.
    pub fn text(&self) -> Option<&str> {
        let text = self.0.trim();
        (!text.is_empty()).then_some(text)
    }

    /// The text as an owned string; `None` when it is empty.
    pub fn owned(&self) -> Option<String> {
        self.text().map(str::to_owned)
    }

    /// The value as an exact decimal; `None` when it is empty.
    ///
    /// # Errors
    /// `Malformed` at `path` when it is not a decimal.
    pub fn dec(&self, path: &str) -> Result<Option<Dec>> {
        self.text().map(|text| dec(text, path)).transpose()
    }

    /// The text with its own lifetime.
    pub fn into_inner(self) -> Cow<'a, str> {
        self.0
    }
}

impl From<String> for Scalar<'_> {
    fn from(text: String) -> Self {
        Self(Cow::Owned(text))
    }
}

/// Text of an optional scalar; `None` when it is absent or empty.
pub fn text(value: Option<&Scalar<'_>>) -> Option<String> {
    value.and_then(Scalar::owned)
}

/// Exact decimal of an optional scalar; `None` when it is absent or empty.
///
/// # Errors
/// `Malformed` at `path` when it is not a decimal.
pub fn decimal(value: Option<&Scalar<'_>>, path: &str) -> Result<Option<Dec>> {
    value.map_or(Ok(None), |value| value.dec(path))
}

/// An exact decimal from its text.
///
/// # Errors
/// `Malformed` at `path` when it is not a decimal.
pub fn dec(text: &str, path: &str) -> Result<Dec> {
    Dec::parse(text).map_err(|error| {
        let shown: String = text.chars().take(40).collect();
        Error::malformed(format!("`{}` is not a decimal number: {error}", shown.escape_debug())).at(path)
    })
}

impl<'de: 'a, 'a> Deserialize<'de> for Scalar<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> de::Visitor<'de> for Visitor {
            type Value = Scalar<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text or a number")
            }
            fn visit_borrowed_str<E: de::Error>(self, text: &'de str) -> Result<Scalar<'de>, E> {
                Ok(Scalar(Cow::Borrowed(text)))
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Scalar<'de>, E> {
                Ok(Scalar(Cow::Owned(text.to_owned())))
            }
            fn visit_string<E: de::Error>(self, text: String) -> Result<Scalar<'de>, E> {
                Ok(Scalar(Cow::Owned(text)))
            }
            fn visit_bool<E: de::Error>(self, value: bool) -> Result<Scalar<'de>, E> {
                Ok(Scalar(Cow::Borrowed(if value { "true" } else { "false" })))
            }
            fn visit_u64<E: de::Error>(self, value: u64) -> Result<Scalar<'de>, E> {
                Ok(Scalar(Cow::Owned(value.to_string())))
            }
            fn visit_i64<E: de::Error>(self, value: i64) -> Result<Scalar<'de>, E> {
                Ok(Scalar(Cow::Owned(value.to_string())))
            }
            fn visit_unit<E: de::Error>(self) -> Result<Scalar<'de>, E> {
                Ok(Scalar(Cow::Borrowed("")))
            }
            // serde_json hands numbers over as a map when they keep their source text.
            fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<Scalar<'de>, A::Error> {
                let number = serde_json::Number::deserialize(MapAccessDeserializer::new(map))
                    .map_err(|_| de::Error::custom("expected a text or a number, found an object"))?;
                Ok(Scalar(Cow::Owned(number.to_string())))
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

/// Reads a list that may be a list, one object, or absent (`null`): `#[serde(deserialize_with = "wire::one_or_many")]`.
///
/// # Errors
/// As the elements.
pub fn one_or_many<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Vec<T>, D::Error> {
    list(deserializer, false)
}

/// Reads a list that may be wrapped in an object of one key (`{"order": [...]}`), or be a plain list, or
/// absent: `#[serde(deserialize_with = "wire::wrapped")]`.
///
/// # Errors
/// As the elements.
pub fn wrapped<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Vec<T>, D::Error> {
    list(deserializer, true)
}

fn list<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
    unwrap: bool,
) -> Result<Vec<T>, D::Error> {
    struct Visitor<T>(bool, PhantomData<T>);
    impl<'de, T: Deserialize<'de>> de::Visitor<'de> for Visitor<T> {
        type Value = Vec<T>;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a list")
        }
        fn visit_unit<E: de::Error>(self) -> Result<Vec<T>, E> {
            Ok(Vec::new())
        }
        fn visit_none<E: de::Error>(self) -> Result<Vec<T>, E> {
            Ok(Vec::new())
        }
        fn visit_str<E: de::Error>(self, text: &str) -> Result<Vec<T>, E> {
            // Some vendors write an empty list as an empty text.
            if text.trim().is_empty() {
                Ok(Vec::new())
            } else {
                Err(E::invalid_type(de::Unexpected::Str(text), &self))
            }
        }
        fn visit_seq<A: de::SeqAccess<'de>>(self, seq: A) -> Result<Vec<T>, A::Error> {
            Vec::deserialize(SeqAccessDeserializer::new(seq))
        }
        fn visit_map<A: de::MapAccess<'de>>(self, mut map: A) -> Result<Vec<T>, A::Error> {
            if !self.0 {
                return Ok(vec![T::deserialize(MapAccessDeserializer::new(map))?]);
            }
            let mut found = Vec::new();
            while map.next_key::<de::IgnoredAny>()?.is_some() {
                found.append(&mut map.next_value::<Many<T>>()?.0);
            }
            Ok(found)
        }
    }
    deserializer.deserialize_any(Visitor(unwrap, PhantomData))
}

struct Many<T>(Vec<T>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Many<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        list(deserializer, false).map(Many)
    }
}

/// Reads JSON held inside a JSON text, as some vendors nest it.
///
/// # Errors
/// `Malformed` with the outer path.
pub fn parse_inner<T: DeserializeOwned>(text: &str, path: &str) -> Result<T> {
    parse(text.as_bytes()).map_err(|error| {
        let inner = error.path.clone().unwrap_or_default();
        error.at(format!("{path} -> {inner}"))
    })
}
