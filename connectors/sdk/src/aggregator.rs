//! Aggregators speak of many carriers in codes of their own. A parcel's carrier is always our word for the real
//! carrier, so that a parcel has one key, whoever tells about it.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crossdock_schemas::TrackingState;

use crate::codes::CodeTable;
use crate::{Error, Issue, Result, sign};

/// Carriers that a merchant adds to a connector's table: `"danniao" = "cainiao"`, their code to our word.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct MoreCarriers(pub BTreeMap<String, String>);

impl MoreCarriers {
    /// Refuses words that cannot be a carrier of ours.
    ///
    /// # Errors
    /// `Config` at the row.
    pub fn validate(&self, setting: &str) -> Result<()> {
        for (theirs, ours) in &self.0 {
            if theirs.trim().is_empty() || !is_slug(ours) {
                let what = "expected a row like \"their code\" = \"our_word\" (2 to 32 of a-z, 0-9 and _)";
                return Err(Error::config(what).at(format!("{setting}.\"{theirs}\"")));
            }
        }
        Ok(())
    }
}

/// One row of a table of what an aggregator says about its own watching.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct Watching {
    /// What that means.
    pub tracking: TrackingState,
}

/// One row of a table of carriers.
#[derive(Debug, Deserialize)]
struct Carrier {
    slug: String,
}

/// An aggregator's codes of carriers, and ours.
#[derive(Debug)]
pub struct Carriers {
    table: CodeTable<Carrier>,
    more: MoreCarriers,
}

impl Carriers {
    /// Reads a table (rows with `slug`), with what the merchant adds, which wins.
    ///
    /// # Errors
    /// `Bug` when the table is broken.
    pub fn read(toml: &str, more: MoreCarriers) -> Result<Self> {
        let table: CodeTable<Carrier> = CodeTable::read(toml)?;
        if let Some(row) = table.rows().iter().find(|row| !is_slug(&row.value.slug)) {
            let what = format!("code table: `{}` is no word for a carrier", row.value.slug);
            return Err(Error::new(crate::ErrorKind::Bug, what));
        }
        Ok(Self { table, more })
    }

    /// Our word for their code; `None` when neither table knows it.
    pub fn slug(&self, theirs: &str) -> Option<&str> {
        let more = self.more.0.get(theirs).map(String::as_str);
        more.or_else(|| self.table.get(theirs).map(|carrier| carrier.slug.as_str()))
    }

    /// Their code for our word: the merchant's, else the first row of the table.
    pub fn code(&self, ours: &str) -> Option<&str> {
        let more = self.more.0.iter().find(|(_, slug)| *slug == ours).map(|(code, _)| code.as_str());
        more.or_else(|| {
            let row = self.table.rows().iter().find(|row| row.value.slug == ours);
            row.map(|row| row.code.as_str())
        })
    }

    /// Our word for their code. A code nobody knows gets a word made of `name`, and an issue: the parcel is not lost, but
    /// its key will be another one once the carrier is known, so it should be added to the settings.
    pub fn word(&self, theirs: &str, name: &str, path: &str, issues: &mut Vec<Issue>) -> String {
        if let Some(slug) = self.slug(theirs) {
            return slug.to_owned();
        }
        issues.push(Issue::unmapped(path, theirs));
        let word = slug_of(name);
        if is_slug(&word) {
            return word;
        }
        if theirs.bytes().any(|byte| byte.is_ascii_alphanumeric()) {
            return slug_of(&format!("carrier_{theirs}"));
        }
        // A Chinese name leaves nothing to make a word of: a stable fingerprint, as the platforms' connectors make it.
        let print = sign::hex(&sign::sha256(name.as_bytes()));
        format!("carrier_{}", print.get(..12).unwrap_or_default())
    }

    /// Codes of the table with our words, for documentation and tests.
    pub fn rows(&self) -> impl Iterator<Item = (&str, &str)> {
        self.table.rows().iter().map(|row| (row.code.as_str(), row.value.slug.as_str()))
    }
}

fn is_slug(text: &str) -> bool {
    (2..=32).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

/// A name as a word: small letters and digits, everything else one `_`.
fn slug_of(name: &str) -> String {
    let mut word = String::with_capacity(name.len().min(32));
    for letter in name.trim().chars().map(|letter| letter.to_ascii_lowercase()) {
        if letter.is_ascii_lowercase() || letter.is_ascii_digit() {
            word.push(letter);
        } else if !word.is_empty() && !word.ends_with('_') {
            word.push('_');
        }
        if word.len() == 32 {
            break;
        }
    }
    word.truncate(word.trim_end_matches('_').len());
    word
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = r#"
        namespace = "acme"
        source = "made up"
        [[code]]
        code = "zhongtong"
        slug = "zto"
        meaning = "ZTO"
        confidence = "solid"
        [[code]]
        code = "zhongtongkuaiyun"
        slug = "zto"
        meaning = "ZTO freight"
        confidence = "thin"
    "#;

    fn carriers(more: &[(&str, &str)]) -> Carriers {
        let more = more.iter().map(|(theirs, ours)| ((*theirs).to_owned(), (*ours).to_owned())).collect();
        Carriers::read(TABLE, MoreCarriers(more)).unwrap()
    }

    #[test]
    fn both_ways() {
        let known = carriers(&[("danniao", "cainiao")]);
        assert_eq!((known.slug("zhongtong"), known.slug("danniao")), (Some("zto"), Some("cainiao")));
        assert_eq!((known.code("zto"), known.code("cainiao")), (Some("zhongtong"), Some("danniao")));
        assert_eq!((known.slug("x"), known.code("x")), (None, None));
        assert_eq!(carriers(&[("zhongtong", "zto_global")]).slug("zhongtong"), Some("zto_global"));
    }

    #[test]
    fn an_unknown_carrier_keeps_its_name_and_is_told() {
        let mut issues = Vec::new();
        let known = carriers(&[]);
        assert_eq!(known.word("zhongtong", "x", "$.com", &mut issues), "zto");
        assert_eq!(issues, []);
        assert_eq!(known.word("190271", "Royal  Mail (UK)", "$.carrier", &mut issues), "royal_mail_uk");
        assert_eq!(known.word("190271", "中", "$.carrier", &mut issues), "carrier_190271");
        assert_eq!(known.word("x", &"a".repeat(90), "$.carrier", &mut issues).len(), 32);
        assert_eq!(issues.len(), 3);
        assert!(is_slug(&known.word("", "", "$", &mut issues)));
        let chinese = known.word("测试物流", "测试物流", "$", &mut issues);
        assert!(is_slug(&chinese) && chinese != known.word("测试快运", "测试快运", "$", &mut issues));
    }

    #[test]
    fn words_that_cannot_be_are_refused() {
        let more = MoreCarriers([("a".to_owned(), "Not A Slug".to_owned())].into());
        assert_eq!(more.validate("carriers").unwrap_err().path.as_deref(), Some("carriers.\"a\""));
        assert!(Carriers::read(&TABLE.replace("\"zto\"", "\"Z\""), MoreCarriers::default()).is_err());
    }
}
