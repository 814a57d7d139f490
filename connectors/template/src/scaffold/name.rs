//! The name of a new connector, in every form in which it is written.

use std::fmt;

/// A name that can be used: an id, a crate, a module, a type, and the start of environment variables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name(String);

/// Why a name or kind cannot be used, and what is allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameError(String);

impl fmt::Display for NameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for NameError {}

impl NameError {
    pub(super) fn kind(text: &str) -> Self {
        Self(format!("`{}` is none of platform, carrier, sink", text.escape_debug()))
    }
}

/// Crates of our own, and words whose type would hide one that the code uses.
const TAKEN: &[&str] = &[
    "address",
    "aftersale",
    "alloc",
    "arc",
    "body",
    "box",
    "capabilities",
    "captured",
    "carrier",
    "config",
    "connector",
    "core",
    "crossdock",
    "cursor",
    "delivery",
    "descriptor",
    "err",
    "error",
    "hub",
    "is-page",
    "kind",
    "maturity",
    "money",
    "name",
    "none",
    "ok",
    "option",
    "order",
    "parcel",
    "part",
    "parts",
    "platform",
    "poll",
    "push",
    "quota",
    "reader",
    "refund",
    "result",
    "role",
    "schemas",
    "sdk",
    "secret",
    "self",
    "send",
    "sink",
    "sink-part",
    "some",
    "std",
    "string",
    "sync",
    "template",
    "testkit",
    "tests",
    "track",
    "vec",
    "xtask",
];

impl Name {
    /// Reads a name: lower case letters, digits and `-`, starting with a letter. `known` are the connectors
    /// that exist already.
    ///
    /// # Errors
    /// Says what is allowed.
    pub fn parse(text: &str, known: &[&str]) -> Result<Self, NameError> {
        let shown: String = text.chars().take(40).collect();
        let shown = shown.escape_debug().to_string();
        let wrong = |why: &str| Err(NameError(format!("`{shown}` {why}")));
        if !(2..=32).contains(&text.len()) {
            return wrong("is not 2 to 32 characters long");
        }
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        let word = |word: &str| !word.is_empty() && word.bytes().all(plain);
        if !text.split('-').all(word) || !text.starts_with(|letter: char| letter.is_ascii_lowercase()) {
            return wrong("is not lower case letters, digits and `-` between them, like `tea-house`");
        }
        // `a-1` and `a1` would be the same type.
        let joint =
            text.split('-').skip(1).any(|word| word.starts_with(|first: char| first.is_ascii_digit()));
        if joint && known.iter().any(|other| other.replace('-', "") == text.replace('-', "")) {
            return wrong("reads like a connector that exists already");
        }
        if known.contains(&text) {
            return wrong("exists already");
        }
        if TAKEN.contains(&text) {
            return wrong("means something else here: take another name");
        }
        Ok(Self(text.to_owned()))
    }

    /// The id: `tea-house`.
    pub fn id(&self) -> &str {
        &self.0
    }

    /// The type: `TeaHouse`.
    pub fn type_name(&self) -> String {
        let word = |word: &str| {
            let mut letters = word.chars();
            letters
                .next()
                .map(|first| first.to_ascii_uppercase())
                .into_iter()
                .chain(letters)
                .collect::<String>()
        };
        self.0.split('-').map(word).collect()
    }

    /// The slug in identities, and the module: `tea_house`.
    pub fn slug(&self) -> String {
        self.0.replace('-', "_")
    }

    /// The text with Acme's name replaced, each time in the form it stands in.
    pub(super) fn substitute(&self, text: &str) -> String {
        let (slug, loud, type_name) = (self.slug(), self.slug().to_ascii_uppercase(), self.type_name());
        let mut out = String::with_capacity(text.len() + text.len() / 8);
        let mut rest = text;
        while let Some((before, found, after)) = next(rest) {
            out.push_str(before);
            // Inside a name of code and as a slug there are no hyphens.
            let ends_word = |text: &str| text.ends_with('_');
            let slug_of =
                ["platform\": \"", "carrier\": \"", "PLATFORM: &str = \"", "CARRIER: &str = \"", " as "];
            out.push_str(match found {
                "ACME" => &loud,
                "Acme" => &type_name,
                _ if ends_word(before) || after.starts_with('_') || after.starts_with("::") => &slug,
                _ if slug_of.iter().any(|start| before.ends_with(start)) => &slug,
                _ => self.id(),
            });
            rest = after;
        }
        out.push_str(rest);
        out
    }
}

/// The next place where Acme's name stands: text before, the form found, text after.
fn next(text: &str) -> Option<(&str, &str, &str)> {
    let at = ["acme", "Acme", "ACME"].into_iter().filter_map(|form| text.find(form)).min()?;
    let (before, from) = text.split_at_checked(at)?;
    let (found, after) = from.split_at_checked(4)?;
    Some((before, found, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> Name {
        Name::parse(text, &[]).unwrap()
    }

    #[test]
    fn each_form_is_replaced_by_its_own() {
        let text = r#"use crossdock_acme::Acme; "acme" "acme-signature" ACME_SECRET crossdock-acme acme::Order
            "platform": "acme" const PLATFORM: &str = "acme"; use super::wire as acme;"#;
        let expected = r#"use crossdock_tea_house::TeaHouse; "tea-house" "tea-house-signature" TEA_HOUSE_SECRET crossdock-tea-house tea_house::Order
            "platform": "tea_house" const PLATFORM: &str = "tea_house"; use super::wire as tea_house;"#;
        assert_eq!(name("tea-house").substitute(text), expected);
    }

    #[test]
    fn names_that_cannot_be_a_crate_or_a_type_are_refused() {
        for bad in [
            "",
            "a",
            "Tea",
            "tea_house",
            "-tea",
            "tea-",
            "tea--house",
            "7tea",
            "tea house",
            "t\u{e9}",
            "self",
            "sink",
            "option",
            "../x",
        ] {
            assert!(Name::parse(bad, &[]).is_err(), "{bad}");
        }
        assert!(Name::parse(&"a".repeat(33), &[]).is_err());
        assert!(Name::parse("shopify", &["shopify"]).unwrap_err().to_string().contains("exists already"));
        assert_eq!(name("tea-house-2").type_name(), "TeaHouse2");
    }
}
