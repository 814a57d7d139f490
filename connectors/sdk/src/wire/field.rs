//! Fields of a vendor's JSON: absent, `null`, blank, a text or a number. What is absent, `null` or blank says nothing.

use serde::de::{Deserialize, Deserializer};

use crossdock_schemas::Dec;

use super::Scalar;
use crate::Result;

/// Structures that borrow from the body.
///
/// As they stand, a field is needed unless it is an `Option`; after `default;` any may be absent, after
/// `default "camelCase";` (or another case of serde's) their names are also written in that case.
///
/// ```
/// use crossdock_connector::{fields, wire::Scalar};
///
/// fields! {
///     /// An order.
///     Order { id: Scalar<'a>, note: Option<Scalar<'a>>, }
/// }
/// let order: Order<'_> = serde_json::from_str(r#"{"id": 7}"#).unwrap();
/// assert_eq!((order.id.as_str(), order.note), ("7", None));
/// ```
#[macro_export]
macro_rules! fields {
    (default; $($structures:tt)*) => { $crate::fields! { default "snake_case"; $($structures)* } };
    (default $case:tt; $($(#[$about:meta])* $name:ident { $($(#[$of:meta])* $field:ident: $kind:ty,)* })*) => {$(
        $(#[$about])*
        #[derive(Clone, Debug, Default, ::serde::Deserialize)]
        #[serde(default, rename_all = $case, expecting = "an object")]
        pub(crate) struct $name<'a> { $( $(#[$of])* #[serde(borrow)] pub(crate) $field: $kind, )* }
    )*};
    ($($(#[$about:meta])* $name:ident { $($(#[$of:meta])* $field:ident: $kind:ty,)* })*) => {$(
        $(#[$about])*
        #[derive(Debug, ::serde::Deserialize)]
        #[serde(expecting = "an object")]
        pub(crate) struct $name<'a> { $( $(#[$of])* #[serde(borrow)] pub(crate) $field: $kind, )* }
    )*};
}

/// A field that may be absent or `null`.
pub type Field<'a> = Option<Scalar<'a>>;

/// The text of a field.
pub fn text<'s>(field: &'s Field<'_>) -> Option<&'s str> {
    field.as_ref().and_then(Scalar::text)
}

/// The same as an owned text.
pub fn owned(field: &Field<'_>) -> Option<String> {
    text(field).map(str::to_owned)
}

/// Whether a field says `true`.
pub fn yes(field: &Field<'_>) -> bool {
    text(field) == Some("true")
}

/// The exact decimal of a field; its path is only built on failure.
///
/// # Errors
/// `Malformed` at the path when it is not a decimal.
pub fn dec(field: &Field<'_>, path: impl FnOnce() -> String) -> Result<Option<Dec>> {
    text(field).map(|text| number(text, path)).transpose()
}

/// The same of a text.
///
/// # Errors
/// `Malformed` at the path when it is not a decimal.
pub fn number(text: &str, path: impl FnOnce() -> String) -> Result<Dec> {
    Dec::parse(text).or_else(|_| super::dec(text, &path()))
}

/// Reads a list that may be absent or `null`, or stand inside of an object, as PHP and some documents write it:
/// `#[serde(default, deserialize_with = "field::list")]`.
///
/// # Errors
/// As the elements.
pub fn list<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<Vec<T>>, D::Error> {
    struct Listed<T>(Vec<T>);
    impl<'de, T: Deserialize<'de>> Deserialize<'de> for Listed<T> {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            super::wrapped(deserializer).map(Listed)
        }
    }
    Ok(Option::<Listed<T>>::deserialize(deserializer)?.map(|listed| listed.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fields! {
        /// A row.
        Row {
            amount: Field<'a>,
            #[serde(default, deserialize_with = "list")]
            tags: Option<Vec<Scalar<'a>>>,
        }
    }

    fields! { default "camelCase";
        /// Of another vendor.
        Other { order_id: Scalar<'a>, inner: Option<Inner<'a>>, }
        Inner { id: Scalar<'a>, }
    }

    fields! { default;
        Plain { order_id: Scalar<'a>, #[serde(rename = "type")] kind: Field<'a>, }
    }

    fn row(json: &str) -> Row<'_> {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn fields_say_something_or_nothing() {
        assert_eq!(text(&row(r#"{"amount": " 7.10 "}"#).amount), Some("7.10"));
        assert_eq!(owned(&row(r#"{"amount": 7.10}"#).amount).as_deref(), Some("7.10"));
        for nothing in [r#"{}"#, r#"{"amount": null}"#, r#"{"amount": " "}"#] {
            assert_eq!(text(&row(nothing).amount), None, "{nothing}");
            assert_eq!(dec(&row(nothing).amount, || unreachable!()).unwrap(), None, "{nothing}");
        }
        let exact = dec(&row(r#"{"amount": 0.10}"#).amount, || unreachable!()).unwrap().unwrap();
        assert_eq!(exact.to_string(), "0.10");
        let wrong = dec(&row(r#"{"amount": "ten"}"#).amount, || "$.amount".to_owned()).unwrap_err();
        assert_eq!(wrong.path.as_deref(), Some("$.amount"));
        assert!(yes(&row(r#"{"amount": true}"#).amount) && !yes(&row(r#"{"amount": "no"}"#).amount));
    }

    #[test]
    fn a_list_in_any_form() {
        let told = |json: &str| {
            let tags = row(json).tags?;
            Some(tags.into_iter().map(|tag| tag.as_str().to_owned()).collect::<Vec<_>>())
        };
        assert_eq!((told("{}"), told(r#"{"tags": null}"#)), (None, None));
        assert_eq!(told(r#"{"tags": []}"#), Some(Vec::new()));
        for json in [
            r#"{"tags": ["a", 1]}"#,
            r#"{"tags": {"tags": ["a", 1]}}"#,
            r#"{"tags": {"0": ["a"], "2": [1]}}"#,
        ] {
            assert_eq!(told(json), Some(vec!["a".to_owned(), "1".to_owned()]), "{json}");
        }
        assert!(serde_json::from_str::<Row<'_>>(r#"{"tags": 7}"#).is_err());
    }

    #[test]
    fn any_field_may_be_absent_by_default() {
        let other: Other<'_> = serde_json::from_str(r#"{"orderId": "", "inner": {}}"#).unwrap();
        assert_eq!((other.order_id.text(), other.inner.and_then(|inner| inner.id.owned())), (None, None));
        let plain: Plain<'_> = serde_json::from_str(r#"{"order_id": 7, "orderId": 8, "type": "a"}"#).unwrap();
        assert_eq!((plain.order_id.text(), text(&plain.kind)), (Some("7"), Some("a")));
        let error = serde_json::from_str::<Plain<'_>>("7").unwrap_err().to_string();
        assert!(error.contains("expected an object"), "{error}");
    }
}
