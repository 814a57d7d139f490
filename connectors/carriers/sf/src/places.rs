//! Which scans happened where SF's clock is +08:00.
//!
//! SF gives local times without a zone. For mainland China, Hong Kong, Macau and Taiwan that is +08:00; for
//! scans abroad nobody says. `places.txt` holds the short names of provinces, prefectures and county-level
//! cities (divisions of the Ministry of Civil Affairs, state of 2024; origin in `places.license.md`),
//! and the traditional spellings of Hong Kong, Macau and Taiwan.

use std::collections::HashSet;
use std::sync::LazyLock;

static PLACES: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| include_str!("places.txt").lines().collect());

/// Longest name in `places.txt`, in characters.
const LONGEST: usize = 8;

/// English names of the same, as SF writes them when asked for English.
const ENGLISH: [&str; 6] = ["hong kong", "hongkong", "macau", "macao", "taiwan", "china"];

/// Whether the clock of a scan at this address is known to be +08:00. An absent address tells nothing
/// against the rule.
pub(crate) fn is_china_time(address: Option<&str>) -> bool {
    let Some(address) = address else { return true };
    let ends = address.char_indices().map(|(at, _)| at).chain([address.len()]);
    for end in ends.skip(2).take(LONGEST) {
        if address.get(..end).is_some_and(|name| PLACES.contains(name)) {
            return true;
        }
    }
    // Districts and counties are too many to list, and nobody abroad is called so.
    if ["区", "區", "县", "縣", "旗"].iter().any(|suffix| address.ends_with(suffix)) {
        return true;
    }
    let lower = address.to_ascii_lowercase();
    ENGLISH.iter().any(|name| lower.contains(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_china_from_abroad() {
        for address in [
            "深圳市",
            "上海",
            "昆山市",
            "浦东新区",
            "香港",
            "觀塘區",
            "九龙",
            "臺北市",
            "芒市",
            "呼伦贝尔市",
            "Hong Kong",
        ] {
            assert!(is_china_time(Some(address)), "{address}");
        }
        for address in ["东京", "首尔市", "新加坡", "纽约", "Los Angeles", "曼谷", "加利福尼亚州", "吉隆坡"]
        {
            assert!(!is_china_time(Some(address)), "{address}");
        }
        assert!(is_china_time(None));
    }

    #[test]
    fn the_longest_name_is_found() {
        let longest = PLACES.iter().map(|name| name.chars().count()).max();
        assert!(longest.is_some_and(|length| length <= LONGEST));
        assert!(PLACES.iter().all(|name| name.chars().count() >= 2));
    }
}
