//! Small readers: a field's text as an exact decimal, a time, a yes or no. Paths are built only on failure.

use serde::Deserialize;
use serde_json::value::RawValue;

use crossdock_connector::wire::Scalar;
pub(crate) use crossdock_connector::wire::field::{dec, number, owned, text, yes};
use crossdock_connector::{Error, Result};
use crossdock_schemas::{Dec, Ts};

use crate::wire::{MoneySet, Property};

/// The text of a field that has to be there.
pub(crate) fn required<'s>(field: &'s Scalar<'_>, path: &str) -> Result<&'s str> {
    field.text().ok_or_else(|| Error::malformed("is empty").at(path))
}

/// The amount of a money set in the shop's currency.
pub(crate) fn shop_amount(set: &Option<MoneySet<'_>>, path: &str) -> Result<Option<Dec>> {
    match set.as_ref().and_then(|set| set.shop_money.as_ref()) {
        Some(money) => dec(&money.amount, || format!("{path}.shop_money.amount")),
        None => Ok(None),
    }
}

/// The currency of a money set's shop side.
pub(crate) fn shop_currency<'s>(set: &'s Option<MoneySet<'_>>) -> Option<&'s str> {
    set.as_ref().and_then(|set| set.shop_money.as_ref()).and_then(|money| text(&money.currency_code))
}

/// An optional time; Shopify writes the shop's own offset.
pub(crate) fn time(field: &Option<Scalar<'_>>, path: &str) -> Result<Option<Ts>> {
    text(field).map(|text| moment(text, path)).transpose()
}

/// A time from its text.
pub(crate) fn moment(text: &str, path: &str) -> Result<Ts> {
    text.parse().map_err(|error| Error::malformed("is not a time with offset").at(path).because(error))
}

/// Names and values as people wrote them: a list, or in old orders an empty object. Values that are no text
/// are kept as their JSON text. Anything else is no reason to refuse an order, so it gives nothing.
pub(crate) fn properties(raw: Option<&RawValue>) -> Vec<(String, String)> {
    let Some(raw) = raw.map(RawValue::get).filter(|raw| raw.starts_with('[')) else { return Vec::new() };
    let Ok(list) = serde_json::from_str::<Vec<Property<'_>>>(raw) else { return Vec::new() };
    let pair = |property: Property<'_>| {
        let name = owned(&property.name)?;
        let raw = property.value?.get();
        let value = match Scalar::deserialize(&mut serde_json::Deserializer::from_str(raw)) {
            Ok(scalar) => scalar.owned()?,
            Err(_) => raw.to_owned(),
        };
        Some((name, value))
    };
    list.into_iter().filter_map(pair).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(text: &str) -> Box<RawValue> {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn properties_of_any_age() {
        assert_eq!(properties(None), []);
        assert_eq!(properties(Some(&raw("{}"))), []);
        assert_eq!(properties(Some(&raw("[]"))), []);
        let given = r#"[{"name":"Engraving","value":"A \"B\""},{"name":"Count","value":3},{"name":"None","value":null},
            {"name":"Files","value":["x"]},{"name":"","value":"y"}]"#;
        let expected = [("Engraving", "A \"B\""), ("Count", "3"), ("Files", "[\"x\"]")];
        assert_eq!(properties(Some(&raw(given))), expected.map(|(k, v)| (k.to_owned(), v.to_owned())));
    }
}
