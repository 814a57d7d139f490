//! Secrets: given by reference, never printed, never serialised.

use std::fmt;

use serde::{Deserialize, Deserializer, de};

use crate::Error;

/// A secret from the environment or a file.
///
/// In configuration it is written `{ env = "SHOPIFY_SECRET" }` or `{ file = "/run/secrets/shopify" }`;
/// the hub reads the value before the connector sees its settings. Plain text is refused.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Vec<u8>);

impl Secret {
    /// A secret from its bytes. For the hub and for tests.
    pub fn new(value: impl Into<Vec<u8>>) -> Self {
        Self(value.into())
    }

    /// The value. Give the reason to read it a name at the place where you call this.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    /// The value as text.
    pub fn expose_text(&self) -> Option<&str> {
        std::str::from_utf8(&self.0).ok()
    }

    /// The value as text, where nothing else will do.
    ///
    /// # Errors
    /// `Config` at the key when it is not.
    pub fn text(&self, key: &str) -> crate::Result<&str> {
        self.expose_text().ok_or_else(|| Error::config("expected text").at(key))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(redacted)")
    }
}

/// The key under which the hub hands a resolved secret to a connector's settings.
pub(crate) const RESOLVED: &str = "resolved-secret";

impl Secret {
    /// The table the hub puts in the place of a reference; the only form that can be read.
    pub fn resolved_key() -> &'static str {
        RESOLVED
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        const ALLOWED: &str = "a secret given by reference: { env = \"NAME\" } or { file = \"PATH\" }";
        impl<'de> de::Visitor<'de> for Visitor {
            type Value = Secret;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(ALLOWED)
            }
            // The value itself must not appear in the message.
            fn visit_str<E: de::Error>(self, _: &str) -> Result<Secret, E> {
                Err(E::custom(format!("plain text is refused, expected {ALLOWED}")))
            }
            fn visit_map<A: de::MapAccess<'de>>(self, mut map: A) -> Result<Secret, A::Error> {
                let mut value = None;
                while let Some(key) = map.next_key::<String>()? {
                    if key != RESOLVED {
                        return Err(de::Error::custom(format!("unknown key `{key}`, expected {ALLOWED}")));
                    }
                    value = Some(map.next_value::<String>()?);
                }
                value
                    .map(|text| Secret(text.into_bytes()))
                    .ok_or_else(|| de::Error::custom(format!("expected {ALLOWED}")))
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

impl schemars::JsonSchema for Secret {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Secret".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": "a secret, given by reference",
            "oneOf": [
                {"type": "object", "properties": {"env": {"type": "string"}}, "required": ["env"], "additionalProperties": false},
                {"type": "object", "properties": {"file": {"type": "string"}}, "required": ["file"], "additionalProperties": false}
            ]
        })
    }
}
