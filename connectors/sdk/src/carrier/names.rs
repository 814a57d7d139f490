//! Carriers as people and platforms spell them -> our name of the carrier, which is the same everywhere: a parcel that
//! one source calls by name and another by code is one parcel.
//!
//! The spellings are the carriers' own names and those that platforms' documents and people use for them. A vendor's
//! codes stand in that vendor's own table, with their source.

use crate::sign;

/// Our name of a carrier and how it is spelt, in lower case, letters and digits only.
const NAMES: &[(&str, &[&str])] = &[
    ("sf_express", &["顺丰", "顺丰速运", "顺丰快递", "順豐", "順豐速運", "sf", "sfexpress"]),
    ("zto", &["中通", "中通快递", "中通速递", "zto", "ztoexpress"]),
    ("yto", &["圆通", "圆通速递", "圆通快递", "yto", "ytoexpress"]),
    ("sto", &["申通", "申通快递", "申通e物流", "sto", "stoexpress"]),
    ("yunda", &["韵达", "韵达快递", "韵达速递", "yunda", "yundaexpress"]),
    ("jt_express", &["极兔", "极兔速递", "极兔快递", "jt", "jtexpress"]),
    ("jd_logistics", &["京东物流", "京东快递", "jdlogistics"]),
    ("deppon", &["德邦", "德邦快递", "德邦物流", "deppon", "depponexpress"]),
    ("ems", &["ems", "邮政ems"]),
    ("china_post", &["中国邮政", "邮政快递包裹", "chinapost"]),
    ("cainiao", &["菜鸟", "菜鸟直送", "丹鸟", "cainiao"]),
    ("fedex", &["fedex", "federalexpress", "联邦快递"]),
    ("ups", &["ups"]),
    ("dhl", &["dhl", "dhlexpress", "dhlparcel", "dhlecommerce", "dhlpaket", "敦豪"]),
    ("usps", &["usps"]),
];

/// Longest name the model allows.
const LONGEST: usize = 32;

/// Our name of a carrier that is spelt like this, however it is written; `None` when we do not know it.
pub fn known(name: &str) -> Option<&'static str> {
    let plain: String = name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    let found = NAMES.iter().find(|(_, spelt)| spelt.contains(&plain.as_str()));
    found.map(|(slug, _)| *slug)
}

/// A name for a carrier that no table knows: its letters when it has any, else a stable fingerprint of it.
pub fn slug(name: &str) -> String {
    let mut slug = String::new();
    for letter in name.chars().filter(|letter| !letter.is_whitespace()) {
        match letter {
            'a'..='z' | '0'..='9' => slug.push(letter),
            'A'..='Z' => slug.push(letter.to_ascii_lowercase()),
            '-' | '_' | '.' => slug.push('_'),
            _ => {
                slug.clear();
                break;
            }
        }
    }
    if (2..=LONGEST).contains(&slug.len()) {
        return slug;
    }
    let print: String = sign::hex(&sign::sha256(name.as_bytes())).chars().take(12).collect();
    format!("carrier_{print}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_carrier_has_one_name() {
        for (spelt, ours) in [
            ("极兔", Some("jt_express")),
            ("极兔速递", Some("jt_express")),
            ("J&T Express", Some("jt_express")),
            (" S.F. Express ", Some("sf_express")),
            ("EMS", Some("ems")),
            ("Fed-Ex", Some("fedex")),
            ("申通E物流", Some("sto")),
            ("一个没有听说过的快递", None),
            ("DHL - Express", Some("dhl")),
            ("DHL Global Forwarding", None),
            ("…", None),
            ("", None),
        ] {
            assert_eq!(known(spelt), ours, "{spelt}");
        }
        let all: Vec<&str> = NAMES.iter().flat_map(|(_, spelt)| spelt.iter().copied()).collect();
        for (at, name) in all.iter().enumerate() {
            assert!(!all[at + 1..].contains(name), "{name} is there twice");
            assert!(
                known(name).is_some(),
                "{name} cannot be found: is it in lower case, letters and digits?"
            );
        }
    }

    #[test]
    fn slugs_are_slugs() {
        assert_eq!(slug("Best-Express"), "best_express");
        assert_eq!(slug("测试物流"), slug("测试物流"));
        assert_ne!(slug("测试物流"), slug("测试快运"));
        assert!(slug("测试物流").starts_with("carrier_"));
        assert!(slug("x").starts_with("carrier_"));
    }
}
