//! How values of the model are read from JSON: an identifier written as a JSON integer contributes its
//! digits, a word outside its vocabulary is `unknown` and keeps its text.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{self, Deserialize, Deserializer, MapAccess, Visitor};

/// Whether a text says nothing, so that it is not written.
pub(crate) fn says_nothing<T: AsRef<str>>(text: &Option<T>) -> bool {
    text.as_ref().is_none_or(|text| text.as_ref().is_empty())
}

/// A closed list of words plus `unknown`.
pub(crate) trait Vocabulary: Sized {
    /// The value of a word of the list.
    fn find(text: &str) -> Option<Self>;
    /// The value of any other word.
    fn unknown() -> Self;
}

/// A word as read: its value, and its text when this version does not know it.
pub(crate) struct Word<T> {
    pub(crate) value: T,
    pub(crate) text: Option<String>,
}

impl<'de, T: Vocabulary> Deserialize<'de> for Word<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(WordVisitor(PhantomData))
    }
}

struct WordVisitor<T>(PhantomData<T>);

impl<T: Vocabulary> Visitor<'_> for WordVisitor<T> {
    type Value = Word<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a word")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Word<T>, E> {
        Ok(match T::find(text) {
            Some(value) => Word { value, text: None },
            None => Word { value: T::unknown(), text: (!text.is_empty()).then(|| text.to_owned()) },
        })
    }
}

/// An identifier as read: text, or a JSON integer of any length by its digits.
pub(crate) struct IdText(pub(crate) String);

impl<'de> Deserialize<'de> for IdText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(IdVisitor).map(IdText)
    }
}

struct IdVisitor;

impl<'de> Visitor<'de> for IdVisitor {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an identifier: text or an integer")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<String, E> {
        Ok(text.to_owned())
    }

    fn visit_string<E: de::Error>(self, text: String) -> Result<String, E> {
        Ok(text)
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<String, E> {
        Ok(number.to_string())
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<String, E> {
        Ok(number.to_string())
    }

    fn visit_u128<E: de::Error>(self, number: u128) -> Result<String, E> {
        Ok(number.to_string())
    }

    fn visit_i128<E: de::Error>(self, number: i128) -> Result<String, E> {
        Ok(number.to_string())
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<String, A::Error> {
        // A JSON number arrives as a one-entry map that holds its source text.
        let number = serde_json::Number::deserialize(de::value::MapAccessDeserializer::new(map))?;
        let text = number.as_str();
        if text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-') {
            Ok(text.to_owned())
        } else {
            Err(de::Error::invalid_value(de::Unexpected::Other("a number that is no integer"), &self))
        }
    }
}
