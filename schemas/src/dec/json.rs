//! Decimals in JSON: written as text that keeps the scale, read from text or from the source text of a
//! number.

use std::fmt;

use serde::de::{self, Deserialize, Deserializer, MapAccess, Visitor};
use serde::{Serialize, Serializer};

use super::{Dec, with_digits};

impl Serialize for Dec {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        with_digits(self.0.is_sign_negative(), self.0.mantissa().unsigned_abs(), self.0.scale(), |digits| {
            serializer.serialize_str(std::str::from_utf8(digits).unwrap_or_default())
        })
    }
}

impl<'de> Deserialize<'de> for Dec {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(DecVisitor)
    }
}

struct DecVisitor;

impl<'de> Visitor<'de> for DecVisitor {
    type Value = Dec;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a decimal as text or as a JSON number")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Dec, E> {
        Dec::parse(text).map_err(E::custom)
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Dec, E> {
        Ok(Dec::from(number))
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Dec, E> {
        Ok(Dec::from(number))
    }

    fn visit_i128<E: de::Error>(self, number: i128) -> Result<Dec, E> {
        Dec::parse(&number.to_string()).map_err(E::custom)
    }

    fn visit_u128<E: de::Error>(self, number: u128) -> Result<Dec, E> {
        Dec::parse(&number.to_string()).map_err(E::custom)
    }

    fn visit_f64<E: de::Error>(self, _: f64) -> Result<Dec, E> {
        Err(E::custom("a binary float is not an exact decimal"))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Dec, A::Error> {
        // A JSON number arrives as a one-entry map that holds its source text.
        let number = serde_json::Number::deserialize(de::value::MapAccessDeserializer::new(map))?;
        Dec::parse(number.as_str()).map_err(de::Error::custom)
    }
}

impl schemars::JsonSchema for Dec {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Dec".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": "An exact decimal number as text. Trailing zeros carry no meaning.",
            "type": "string",
            "pattern": r"^-?(0|[1-9][0-9]{0,18})(\.[0-9]{1,10})?$",
        })
    }
}
