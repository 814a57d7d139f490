//! The names by which a unit is called beside its official one: what rules derive, so that the file need not list it.

/// Endings of zones, longest first, and the words people use for them. The first group that fits decides.
const ZONES: &[(&[&str], &[&str])] = &[
    (
        &["高新技术产业开发区", "高新技术产业园区", "高新技术开发区", "高技术产业开发区"],
        &["高新区", "高新技术开发区", "高新技术产业开发区", "高新开发区"],
    ),
    (&["经济技术开发区", "经济开发区"], &["经开区", "开发区", "经济开发区", "经济技术开发区"]),
    (&["航空港经济综合实验区"], &["航空港区", "航空港", "航空港实验区", "航空港经济综合实验区"]),
    (&["城乡一体化示范区"], &["示范区", "一体化示范区", "城乡一体化示范区"]),
    (&["工业园区"], &["工业园区"]),
    (&["新区"], &["新区"]),
];

/// Kinds of autonomous units: their full endings, and the one character people keep.
const AUTONOMOUS: &[(&str, &str)] =
    &[("自治县", "县"), ("自治旗", "旗"), ("联合旗", "旗"), ("族区", "区"), ("特区", "区")];

/// What a name loses in everyday use.
const SUFFIXES: &[&str] = &["自治县", "地区", "特区", "矿区", "市", "县", "区", "盟"];

/// Endings of a name that say that it is a division.
const WHOLE: &[&str] = &["省", "州", "县", "区", "盟", "旗", "市"];

/// Names that describe a place in any city: no evidence without the city.
const GENERIC: &[&str] = &[
    "老城区",
    "新城区",
    "市中区",
    "市北区",
    "市南区",
    "城东区",
    "城西区",
    "城中区",
    "城北区",
    "城南区",
    "城关区",
    "新市区",
    "港口区",
    "郊区",
    "城区",
    "矿区",
];

/// Characters that only describe; a district named with nothing else is called so elsewhere too.
const DESCRIBING: &str = "东西南北中新老旧城市郊关内外";

/// Whether the name alone may mean a place anywhere.
pub(super) fn is_generic(name: &str) -> bool {
    GENERIC.contains(&name) || (name.ends_with('区') && name.chars().count() == 2)
}

/// Whether the name describes rather than names.
pub(crate) fn is_describing(name: &str) -> bool {
    name.strip_suffix('区').is_some_and(|stem| stem.chars().all(|letter| DESCRIBING.contains(letter)))
}

/// Whether an alias says on sight that it is a division.
pub(super) fn is_whole(alias: &str) -> bool {
    alias.chars().count() > 2 && WHOLE.iter().any(|end| alias.ends_with(end))
}

/// 围场县 for 围场满族蒙古族自治县.
pub(super) fn plain(name: &str, short: &str) -> Option<String> {
    let (_, end) = AUTONOMOUS.iter().find(|(full, _)| name.ends_with(full))?;
    let stem = short.strip_suffix('族').unwrap_or(short);
    (stem.chars().count() >= 2).then(|| format!("{stem}{end}"))
}

/// The name without its suffix, when two characters remain.
pub(super) fn stem(name: &str) -> Option<&str> {
    SUFFIXES.iter().find_map(|end| name.strip_suffix(end)).filter(|stem| stem.chars().count() >= 2)
}

/// What a zone is called after its city: its own words, and the usual ones when its name is the city's name and
/// the kind of zone. Words of a zone with a name of its own keep that name: 新站高新区, never 高新区.
pub(super) fn zone_words(name: &str, provinces: &[&str], cities: &[&str]) -> Vec<String> {
    let strip = |name: &mut &str, starts: &[&str]| {
        if let Some(rest) =
            starts.iter().filter_map(|start| name.strip_prefix(start)).min_by_key(|rest| rest.len())
            && !rest.is_empty()
        {
            *name = rest;
        }
    };
    let mut rest = name.strip_suffix("管委会").unwrap_or(name);
    strip(&mut rest, provinces);
    strip(&mut rest, cities);
    let mut words = vec![rest.to_owned()];
    for (endings, usual) in ZONES {
        if let Some(own) = endings.iter().find_map(|end| rest.strip_suffix(end)) {
            words.extend(usual.iter().map(|word| format!("{own}{word}")));
            break;
        }
    }
    words.sort();
    words.dedup();
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_keep_what_is_their_own() {
        let words = |name| zone_words(name, &["安徽省", "安徽"], &["合肥市", "合肥"]);
        assert!(words("合肥高新技术产业开发区").contains(&"高新区".to_owned()));
        assert!(words("合肥新站高新技术产业开发区").contains(&"新站高新区".to_owned()));
        assert!(!words("合肥新站高新技术产业开发区").contains(&"高新区".to_owned()));
    }

    #[test]
    fn autonomous_units_are_called_shorter() {
        assert_eq!(plain("围场满族蒙古族自治县", "围场").as_deref(), Some("围场县"));
        assert_eq!(plain("东乡族自治县", "东乡族").as_deref(), Some("东乡县"));
        assert_eq!(plain("和平区", "和平"), None);
    }
}
