//! Short texts of which an entity has many.

use std::borrow::{Borrow, Cow};
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;

use serde::de::{Deserialize, Deserializer, Error, Visitor};
use serde::{Serialize, Serializer};

/// Longest text, in bytes, that is kept in place.
const NEAR: usize = 22;

/// A short text: a code, a flag, a SKU. It is used and written as text is, and takes no memory of its own unless it is
/// longer than such texts are.
#[derive(Clone, PartialEq, Eq)]
pub struct Code(Kept);

/// Each text has one form: what fits is kept in place, behind it are zeros.
#[derive(Clone, PartialEq, Eq)]
enum Kept {
    Near { len: u8, bytes: [u8; NEAR] },
    Far(Box<str>),
}

impl Code {
    /// A number with all its digits, so many of them; of a longer number the last ones.
    #[must_use]
    pub fn of_digits<const N: usize>(number: u32) -> Code {
        let (mut bytes, mut rest, mut len) = ([0; NEAR], number, 0);
        for digit in bytes.iter_mut().take(N).rev() {
            // A remainder of ten is one digit.
            *digit = b'0' | u8::try_from(rest % 10).unwrap_or(0);
            rest /= 10;
            len += 1;
        }
        Code(Kept::Near { len, bytes })
    }

    /// The bytes of the text.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        match &self.0 {
            Kept::Near { len, bytes } => bytes.get(..usize::from(*len)).unwrap_or_default(),
            Kept::Far(text) => text.as_bytes(),
        }
    }

    /// The text. Where its bytes do as well, [`Code::as_bytes`] costs less.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match &self.0 {
            Kept::Near { .. } => {
                // It was a text when it was put there.
                std::str::from_utf8(self.as_bytes()).unwrap_or_default()
            }
            Kept::Far(text) => text,
        }
    }
}

impl From<&str> for Code {
    fn from(text: &str) -> Code {
        let mut bytes = [0; NEAR];
        match (bytes.get_mut(..text.len()), u8::try_from(text.len())) {
            (Some(place), Ok(len)) => {
                place.copy_from_slice(text.as_bytes());
                Code(Kept::Near { len, bytes })
            }
            _ => Code(Kept::Far(text.into())),
        }
    }
}

impl From<String> for Code {
    fn from(text: String) -> Code {
        if text.len() <= NEAR { Code::from(text.as_str()) } else { Code(Kept::Far(text.into())) }
    }
}

impl From<Code> for String {
    fn from(code: Code) -> String {
        code.as_str().to_owned()
    }
}

impl Default for Code {
    fn default() -> Code {
        Code(Kept::Near { len: 0, bytes: [0; NEAR] })
    }
}

impl Deref for Code {
    type Target = str;

    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl AsRef<str> for Code {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl Borrow<str> for Code {
    fn borrow(&self) -> &str {
        self.as_str()
    }
}

impl PartialEq<str> for Code {
    fn eq(&self, other: &str) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl PartialEq<&str> for Code {
    fn eq(&self, other: &&str) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl PartialOrd for Code {
    fn partial_cmp(&self, other: &Code) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Code {
    fn cmp(&self, other: &Code) -> Ordering {
        self.as_str().cmp(other.as_str())
    }
}

impl Hash for Code {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Code {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Code, D::Error> {
        struct Text;

        impl Visitor<'_> for Text {
            type Value = Code;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Code, E> {
                Ok(text.into())
            }
        }

        deserializer.deserialize_str(Text)
    }
}

impl schemars::JsonSchema for Code {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        String::schema_name()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        String::json_schema(generator)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_text_it_came_from() {
        for text in [
            "",
            "4",
            "440305",
            "SKU-0000000000000000-22",
            "SKU-000000000000000-22",
            "蓝色-超长的商品编码-XXL",
            "\0",
            "\0\0",
        ] {
            let code = Code::from(text);
            assert_eq!(
                (code.as_str(), code.to_string(), format!("{code:?}")),
                (text, text.to_owned(), format!("{text:?}"))
            );
            assert_eq!(code, Code::from(text.to_owned()));
            assert_eq!(String::from(code.clone()), text);
            let json = serde_json::to_string(&code).unwrap();
            assert_eq!(json, serde_json::to_string(text).unwrap());
            assert_eq!(serde_json::from_str::<Code>(&json).unwrap(), code);
        }
        for (code, text) in [
            (Code::of_digits::<6>(440_305), "440305"),
            (Code::of_digits::<9>(12), "000000012"),
            (Code::of_digits::<2>(345), "45"),
        ] {
            assert_eq!(code, Code::from(text));
        }
        assert_ne!(Code::from("\0"), Code::from("\0\0"));
        let [near, far] = ["b", "a very long text that has to be kept elsewhere"].map(Code::from);
        assert!(near > far);
        assert_eq!(size_of::<Option<Code>>(), size_of::<String>());
    }
}
