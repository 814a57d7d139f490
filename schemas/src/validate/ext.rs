//! Limits of what connectors may attach.

use serde_json::Value;

use super::{At, Check};
use crate::Ext;

/// Most bytes of one namespace, written as JSON.
const MAX_BYTES: usize = 16 * 1024;
/// Most levels of one namespace; the object itself is the first.
const MAX_DEPTH: usize = 4;

impl Check {
    pub(super) fn ext(&mut self, at: &At<'_>, ext: &Ext) {
        for (namespace, fields) in ext {
            let at = at.name(namespace);
            let fits = (2..=128).contains(&namespace.len())
                && namespace
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"_.-".contains(&b));
            self.ensure(&at, fits, "must be a connector's name or a reverse-DNS name in small letters");
            for value in fields.values() {
                self.ext_value(&at, value, 2);
            }
            // Writing maps of text and integers cannot fail; if it does, the size is not acceptable either.
            let bytes = serde_json::to_vec(fields).map_or(usize::MAX, |json| json.len());
            self.ensure(&at, bytes <= MAX_BYTES, "is larger than 16 KiB");
        }
    }

    fn ext_value(&mut self, at: &At<'_>, value: &Value, depth: usize) {
        match value {
            Value::String(_) | Value::Bool(_) => {}
            Value::Number(number) => {
                let integer = number.as_str().bytes().all(|b| b.is_ascii_digit() || b == b'-');
                self.ensure(at, integer, "holds a number that is no integer; write it as text");
            }
            Value::Null => self.problem(at, "holds null; leave it out"),
            Value::Array(_) | Value::Object(_) if depth > MAX_DEPTH => {
                self.problem(at, "is deeper than 4 levels")
            }
            Value::Array(values) => values.iter().for_each(|value| self.ext_value(at, value, depth + 1)),
            Value::Object(fields) => fields.values().for_each(|value| self.ext_value(at, value, depth + 1)),
        }
    }
}
