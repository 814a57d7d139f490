//! Which country a code or a name means.

use std::collections::HashMap;
use std::sync::LazyLock;

use foldhash::fast::FixedState;

use super::country_table::COUNTRIES;
use super::rows::Rows;

/// Names people use that the table does not hold.
const OTHER_NAMES: &[(&str, &str)] = &[
    ("USA", "US"),
    ("U.S.A.", "US"),
    ("U.S.", "US"),
    ("United States of America", "US"),
    ("UK", "GB"),
    ("U.K.", "GB"),
    ("Great Britain", "GB"),
    ("England", "GB"),
    ("Scotland", "GB"),
    ("Wales", "GB"),
    ("Northern Ireland", "GB"),
    ("Britain", "GB"),
    ("Korea", "KR"),
    ("Republic of Korea", "KR"),
    ("Korea, Republic of", "KR"),
    ("Holland", "NL"),
    ("The Netherlands", "NL"),
    ("Deutschland", "DE"),
    ("España", "ES"),
    ("Espana", "ES"),
    ("Italia", "IT"),
    ("Brasil", "BR"),
    ("México", "MX"),
    ("Polska", "PL"),
    ("Österreich", "AT"),
    ("Schweiz", "CH"),
    ("Suisse", "CH"),
    ("Belgique", "BE"),
    ("België", "BE"),
    ("Danmark", "DK"),
    ("Sverige", "SE"),
    ("Norge", "NO"),
    ("Suomi", "FI"),
    ("Czechia", "CZ"),
    ("Türkiye", "TR"),
    ("Viet Nam", "VN"),
    ("Russian Federation", "RU"),
    ("UAE", "AE"),
    ("PR China", "CN"),
    ("P.R. China", "CN"),
    ("People's Republic of China", "CN"),
    ("Mainland China", "CN"),
    ("Hong Kong SAR", "HK"),
    ("Macao", "MO"),
    ("Taiwan, Province of China", "TW"),
    ("Lao PDR", "LA"),
    ("Ivory Coast", "CI"),
    ("Cabo Verde", "CV"),
    ("Holy See", "VA"),
    ("中国", "CN"),
    ("中华人民共和国", "CN"),
    ("中国大陆", "CN"),
    ("香港", "HK"),
    ("中国香港", "HK"),
    ("澳门", "MO"),
    ("中国澳门", "MO"),
    ("台湾", "TW"),
    ("中国台湾", "TW"),
    ("美国", "US"),
    ("加拿大", "CA"),
    ("英国", "GB"),
    ("德国", "DE"),
    ("法国", "FR"),
    ("意大利", "IT"),
    ("西班牙", "ES"),
    ("荷兰", "NL"),
    ("波兰", "PL"),
    ("日本", "JP"),
    ("韩国", "KR"),
    ("澳大利亚", "AU"),
    ("新西兰", "NZ"),
    ("巴西", "BR"),
    ("墨西哥", "MX"),
    ("新加坡", "SG"),
    ("马来西亚", "MY"),
    ("泰国", "TH"),
    ("越南", "VN"),
    ("菲律宾", "PH"),
    ("印度尼西亚", "ID"),
    ("印度", "IN"),
    ("俄罗斯", "RU"),
    ("瑞士", "CH"),
    ("瑞典", "SE"),
    ("奥地利", "AT"),
    ("比利时", "BE"),
    ("葡萄牙", "PT"),
    ("爱尔兰", "IE"),
    ("阿联酋", "AE"),
    ("沙特阿拉伯", "SA"),
    ("日本国", "JP"),
    ("대한민국", "KR"),
    ("Nippon", "JP"),
];

/// Where a code of two capitals stands.
static CODES: LazyLock<Rows> = LazyLock::new(|| Rows::new(COUNTRIES.iter().map(|row| row.0)));

/// Every code and name as it is looked up; what comes first counts.
static NAMES: LazyLock<HashMap<String, &'static str, FixedState>> = LazyLock::new(|| {
    let codes = COUNTRIES.iter().flat_map(|row| [(row.0, row.0), (row.1, row.0), (row.2, row.0)]);
    let mut names = HashMap::default();
    for (name, code) in codes.chain(OTHER_NAMES.iter().copied()) {
        names.entry(name.trim_end_matches('.').to_ascii_lowercase()).or_insert(code);
    }
    names
});

/// The alpha-2 code of a country given as code or name.
pub(crate) fn find(text: &str) -> Option<&'static str> {
    // Most sources give the code, and most of what is read here is at home.
    if text == "CN" {
        return Some("CN");
    }
    let of_code = |text: &str| Some(COUNTRIES.get(CODES.of(text)?)?.0);
    if let Some(found) = of_code(text) {
        return Some(found);
    }
    let text = text.trim().trim_end_matches('.');
    if text.is_empty() {
        return None;
    }
    if let Some(found) = of_code(text) {
        return Some(found);
    }
    NAMES.get(&text.to_ascii_lowercase()).copied()
}

/// The country that a Latin text names at its end: `…, Shanghai, China`. A code of two letters is none: it may be a
/// state.
pub(crate) fn at_end(text: &str) -> Option<&'static str> {
    let last = text.trim_end_matches(['.', ',', ' ']).rsplit([',', '\n', ';']).next()?.trim();
    if last.len() > 2
        && let Some(found) = find(last)
    {
        return Some(found);
    }
    // `CA 94043 USA`: the last words of the last part.
    let words: Vec<&str> = last.split_whitespace().collect();
    (1..=3.min(words.len())).rev().find_map(|count| {
        let name = words.get(words.len() - count..)?.join(" ");
        (name.len() > 2).then(|| find(&name)).flatten()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_names() {
        for (text, code) in
            [("us", "US"), ("USA", "US"), ("United Kingdom", "GB"), ("日本", "JP"), ("Côte", "")]
        {
            assert_eq!(find(text).unwrap_or_default(), code, "{text}");
        }
        assert_eq!(at_end("1 Keyuan Road, Shanghai, China"), Some("CN"));
        assert_eq!(at_end("Mountain View, CA 94043, USA"), Some("US"));
        assert_eq!(at_end("Mountain View, CA"), None);
        assert_eq!(at_end("10 Downing Street, London SW1A 2AA United Kingdom"), Some("GB"));
    }

    #[test]
    fn every_code_once() {
        assert!(COUNTRIES.iter().all(|row| find(row.0) == Some(row.0)));
        let mut codes: Vec<&str> = COUNTRIES.iter().flat_map(|row| [row.0, row.1]).collect();
        codes.sort_unstable();
        let all = codes.len();
        codes.dedup();
        assert_eq!((codes.len(), all), (498, 498));
        assert!(OTHER_NAMES.iter().all(|row| COUNTRIES.iter().any(|country| country.0 == row.1)));
    }
}
