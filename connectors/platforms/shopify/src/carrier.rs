//! Carrier names as merchants type them -> our name of the carrier.
//!
//! Shopify keeps free text (`tracking_company`), so this is no code table: a name that the shop's settings or
//! our list of spellings knows gets that name, any other keeps its own name in our spelling.

use std::collections::BTreeMap;

use crossdock_connector::carrier;

/// What a parcel without a carrier's name is filed under.
pub(crate) const UNNAMED: &str = "unknown";

/// Longest name the model allows.
const LONGEST: usize = 32;

/// The carriers of one shop, as it spells them.
#[derive(Debug)]
pub(crate) struct Carriers(BTreeMap<String, String>);

impl Carriers {
    /// The spellings of the shop, which win over those that everybody uses.
    pub(crate) fn new(own: &BTreeMap<String, String>) -> Self {
        Self(own.iter().map(|(name, ours)| (plain(name), ours.clone())).collect())
    }

    /// Our name of a carrier; `None` when the text holds nothing that a name could be made of.
    pub(crate) fn name(&self, given: &str) -> Option<String> {
        let plain = plain(given);
        if let Some(own) = self.0.get(&plain) {
            return Some(own.clone());
        }
        if let Some(known) = carrier::known(given) {
            return Some(known.to_owned());
        }
        let slug: String = plain.chars().map(|c| if c == ' ' { '_' } else { c }).take(LONGEST).collect();
        let slug = slug.trim_matches('_');
        is_slug(slug).then(|| slug.to_owned())
    }
}

/// Lower case, everything but letters and digits as one space.
fn plain(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for c in name.chars().flat_map(char::to_lowercase) {
        if c.is_alphanumeric() {
            out.push(c);
        } else if !out.ends_with(' ') && !out.is_empty() {
            out.push(' ');
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// `[a-z0-9_]{2,32}`.
fn is_slug(text: &str) -> bool {
    (2..=LONGEST).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        let own = BTreeMap::from([("Our Van!".to_owned(), "own_fleet".to_owned())]);
        let carriers = Carriers::new(&own);
        for (given, expected) in [
            ("SF Express", Some("sf_express")),
            ("  S.F. Express ", Some("sf_express")),
            ("顺丰速运", Some("sf_express")),
            ("极兔速递", Some("jt_express")),
            ("J&T Express", Some("jt_express")),
            ("UPS", Some("ups")),
            ("Canada Post", Some("canada_post")),
            ("DHL - Express", Some("dhl")),
            ("DHL eCommerce", Some("dhl")),
            ("DHL Parcel", Some("dhl")),
            ("our van", Some("own_fleet")),
            ("一个没有听说过的快递", None),
            ("…", None),
            ("", None),
        ] {
            assert_eq!(carriers.name(given).as_deref(), expected, "{given}");
        }
    }
}
