//! Carrier names as merchants type them -> our name of the carrier.
//!
//! Shopify keeps free text (`tracking_company`), so this is no code table: a name that the shop's settings or
//! the short list below knows gets that name, any other keeps its own name in our spelling.

use std::collections::BTreeMap;

/// Spellings that would otherwise become a name of their own.
const KNOWN: &[(&str, &str)] = &[
    ("sf", "sf_express"),
    ("s f express", "sf_express"),
    ("sf express", "sf_express"),
    ("顺丰", "sf_express"),
    ("顺丰速运", "sf_express"),
    ("順豐速運", "sf_express"),
    ("中通", "zto"),
    ("中通快递", "zto"),
    ("圆通", "yto"),
    ("圆通速递", "yto"),
    ("申通", "sto"),
    ("申通快递", "sto"),
    ("韵达", "yunda"),
    ("韵达快递", "yunda"),
    ("极兔", "jt"),
    ("极兔速递", "jt"),
    ("京东物流", "jd_logistics"),
    ("京东快递", "jd_logistics"),
    ("德邦", "deppon"),
    ("德邦快递", "deppon"),
];

/// What a parcel without a carrier's name is filed under.
pub(crate) const UNNAMED: &str = "unknown";

/// Longest name the model allows.
const LONGEST: usize = 32;

/// The carriers of one shop.
#[derive(Debug)]
pub(crate) struct Carriers(BTreeMap<String, String>);

impl Carriers {
    /// The built-in spellings and those of the shop, which win.
    pub(crate) fn new(own: &BTreeMap<String, String>) -> Self {
        let known = KNOWN.iter().map(|(name, ours)| ((*name).to_owned(), (*ours).to_owned()));
        let own = own.iter().map(|(name, ours)| (plain(name), ours.clone()));
        Self(known.chain(own).collect())
    }

    /// Our name of a carrier; `None` when the text holds nothing that a name could be made of.
    pub(crate) fn name(&self, given: &str) -> Option<String> {
        let plain = plain(given);
        if let Some(known) = self.0.get(&plain) {
            return Some(known.clone());
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
pub(crate) fn is_slug(text: &str) -> bool {
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
            ("UPS", Some("ups")),
            ("Canada Post", Some("canada_post")),
            ("DHL - Express", Some("dhl_express")),
            ("our van", Some("own_fleet")),
            ("一个没有听说过的快递", None),
            ("…", None),
            ("", None),
        ] {
            assert_eq!(carriers.name(given).as_deref(), expected, "{given}");
        }
    }
}
