//! One column: its name, how the server reads it, and where its value comes from.

use crossdock_schemas::{Dec, Ts};
use jiff::Timestamp;

/// A value on its way into a column. Nothing stands for NULL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Cell {
    /// Text, and everything that is sent as text because that is exact: amounts, lists, documents.
    Text(Option<String>),
    Number(Option<i64>),
    Time(Option<Timestamp>),
    Flag(Option<bool>),
}

/// How a value is sent, and what the server makes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    /// A decimal, exact: it is sent as the text it was stated in.
    Amount,
    /// A list of words.
    Words,
    /// A JSON document.
    Json,
    Number,
    Time,
    Flag,
}

impl Kind {
    /// The type of the parameter, of which there is a list.
    pub(crate) const fn sent(self) -> &'static str {
        match self {
            Self::Text | Self::Amount | Self::Words | Self::Json => "text",
            Self::Number => "int8",
            Self::Time => "timestamptz",
            Self::Flag => "bool",
        }
    }

    /// What the server turns it into.
    pub(crate) const fn cast(self) -> &'static str {
        match self {
            Self::Amount => "::numeric",
            Self::Words => "::text[]",
            Self::Json => "::jsonb",
            Self::Text | Self::Number | Self::Time | Self::Flag => "",
        }
    }
}

/// Where a value comes from.
enum Get<T: ?Sized> {
    Text(fn(&T) -> Option<&str>),
    Amount(fn(&T) -> Option<Dec>),
    Words(fn(&T) -> Vec<&str>),
    Json(fn(&T) -> &str),
    Number(fn(&T) -> Option<i64>),
    Time(fn(&T) -> Option<Timestamp>),
    Flag(fn(&T) -> Option<bool>),
}

/// A column that is filled from a `T`.
pub(crate) struct Field<T: ?Sized> {
    pub(crate) name: &'static str,
    get: Get<T>,
}

impl<T: ?Sized> Field<T> {
    pub(crate) const fn text(name: &'static str, get: fn(&T) -> Option<&str>) -> Self {
        Self { name, get: Get::Text(get) }
    }

    pub(crate) const fn amount(name: &'static str, get: fn(&T) -> Option<Dec>) -> Self {
        Self { name, get: Get::Amount(get) }
    }

    pub(crate) const fn words(name: &'static str, get: fn(&T) -> Vec<&str>) -> Self {
        Self { name, get: Get::Words(get) }
    }

    pub(crate) const fn json(name: &'static str, get: fn(&T) -> &str) -> Self {
        Self { name, get: Get::Json(get) }
    }

    pub(crate) const fn number(name: &'static str, get: fn(&T) -> Option<i64>) -> Self {
        Self { name, get: Get::Number(get) }
    }

    pub(crate) const fn time(name: &'static str, get: fn(&T) -> Option<Timestamp>) -> Self {
        Self { name, get: Get::Time(get) }
    }

    pub(crate) const fn flag(name: &'static str, get: fn(&T) -> Option<bool>) -> Self {
        Self { name, get: Get::Flag(get) }
    }

    pub(crate) const fn kind(&self) -> Kind {
        match self.get {
            Get::Text(_) => Kind::Text,
            Get::Amount(_) => Kind::Amount,
            Get::Words(_) => Kind::Words,
            Get::Json(_) => Kind::Json,
            Get::Number(_) => Kind::Number,
            Get::Time(_) => Kind::Time,
            Get::Flag(_) => Kind::Flag,
        }
    }

    pub(crate) fn cell(&self, from: &T) -> Cell {
        match self.get {
            Get::Text(get) => Cell::Text(get(from).map(str::to_owned)),
            Get::Amount(get) => Cell::Text(get(from).map(|amount| amount.to_string())),
            Get::Words(get) => Cell::Text(Some(list(&get(from)))),
            Get::Json(get) => Cell::Text(Some(get(from).to_owned())),
            Get::Number(get) => Cell::Number(get(from)),
            Get::Time(get) => Cell::Time(get(from)),
            Get::Flag(get) => Cell::Flag(get(from)),
        }
    }
}

/// The moment of a time.
pub(crate) fn at(time: Option<Ts>) -> Option<Timestamp> {
    time.map(|time| time.at)
}

/// A list as PostgreSQL writes it: `{"a","b"}`.
fn list(words: &[&str]) -> String {
    let mut text = String::from("{");
    for (place, word) in words.iter().enumerate() {
        text.push_str(if place == 0 { "\"" } else { ",\"" });
        for letter in word.chars() {
            if matches!(letter, '"' | '\\') {
                text.push('\\');
            }
            text.push(letter);
        }
        text.push('"');
    }
    text.push('}');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_cannot_end_its_list() {
        assert_eq!(list(&[]), "{}");
        assert_eq!(list(&["risk", "address"]), r#"{"risk","address"}"#);
        assert_eq!(list(&[r#"a"}, \ {"#, "NULL"]), r#"{"a\"}, \\ {","NULL"}"#);
    }

    #[test]
    fn an_amount_is_sent_as_it_was_stated() {
        let field = Field::<Dec>::amount("payable", |amount| Some(*amount));
        for text in ["0.10", "12345678901234567.89", "-3", "99.9000000001"] {
            let cell = field.cell(&text.parse().unwrap());
            assert_eq!(cell, Cell::Text(Some(text.to_owned())));
        }
        assert_eq!((field.kind().sent(), field.kind().cast()), ("text", "::numeric"));
    }
}
