//! Fields of a platform beside the text: parents of what the text says, and evidence against it.

#![allow(clippy::unwrap_used, reason = "tests may panic")]

use crossdock_address::{Flag, Grade, Hints, NumberKind, Raw, Standard, Tables, standardize};

fn ask(country: &str, [province, city, district]: [&str; 3], raw: &str) -> Standard {
    let own = str::to_owned;
    let hints = Hints {
        country: own(country),
        province: own(province),
        city: own(city),
        district: own(district),
        ..Hints::default()
    };
    standardize(&Tables::embedded().unwrap(), &Raw { raw: own(raw), hints: Some(hints) })
}

fn codes(found: &Standard) -> [&str; 3] {
    [&found.province, &found.city, &found.district].map(|code| code.as_deref().unwrap_or("-"))
}

#[test]
fn fields_as_platforms_fill_them() {
    for (fields, raw, expected) in [
        (["广东省", "东莞市", "长安镇"], "振安中路1号", ["440000", "441900", "-"]),
        (["湖北省", "仙桃市", ""], "沙嘴街道钱沟路", ["420000", "429000", "429004"]),
        (["湖北省", "省直辖县级行政区划", "仙桃市"], "沙嘴街道钱沟路", ["420000", "429000", "429004"]),
        (["河南省", "济源市", "济源市"], "沁园街道", ["410000", "419000", "419001"]),
        (["北京", "北京市", "朝阳区"], "望京街道", ["110000", "110100", "110105"]),
        (["北京", "朝阳区", "三环以内"], "建国路93号", ["110000", "110100", "110105"]),
        (["重庆市", "县", "云阳县"], "青龙街道", ["500000", "500200", "500235"]),
        (["浙江省", "杭州市", "其它区"], "文三路90号", ["330000", "330100", "-"]),
        (["浙江省", "杭州市", "其它区"], "西湖区文三路90号", ["330000", "330100", "330106"]),
        (["江苏省", "苏州市", "工业园区"], "星湖街328号", ["320000", "320500", "320576"]),
        (["", "", "鼓楼区"], "南京市中央路1号", ["320000", "320100", "320106"]),
        (["", "", "鼓楼区"], "华侨路街道1号", ["320000", "320100", "320106"]),
        (["江苏", "", "鼓楼区"], "中央路1号", ["-", "-", "-"]),
        (["广东省", "深圳市", "南山区"], "南京路12号", ["440000", "440300", "440305"]),
        (["广东省", "深圳市", "南山区"], "杭州大厦1楼", ["440000", "440300", "440305"]),
        (["440000", "440300", "440305"], "广东省广州市天河区体育西路", ["440000", "440100", "440106"]),
    ] {
        let found = ask("", fields, raw);
        let wrong = codes(&found).iter().zip(&expected).any(|(found, expected)| found != expected);
        assert!(!wrong, "{fields:?} {raw}: {:?}", codes(&found));
    }
    let street = ask("", ["广东省", "东莞市", "长安镇"], "振安中路1号");
    assert_eq!(street.street.as_deref(), Some("441900119"));
}

#[test]
fn fields_against_the_text() {
    let found = ask("", ["广东省", "深圳市", "南山区"], "浙江省杭州市西湖区文三路");
    assert_eq!((codes(&found), found.grade), (["-"; 3], Grade::D));
    let found = ask("", ["广东省", "深圳市", "南山区"], "福田区深南大道");
    assert_eq!((codes(&found), found.grade), (["-"; 3], Grade::D));
    // But streets are called like districts, and former names are no contradiction.
    for raw in ["福田路1号", "福田小学", "老城区", "北京市场"] {
        assert_eq!(
            codes(&ask("", ["广东省", "深圳市", "南山区"], raw)),
            ["440000", "440300", "440305"],
            "{raw}"
        );
    }
    let found = ask("", ["浙江省", "杭州市", "钱塘区"], "江干区下沙街道");
    assert_eq!(codes(&found), ["330000", "330100", "330114"]);
    let found = ask("", ["广东省", "", ""], "杭州市西湖区文三路");
    assert_eq!(codes(&found), ["330000", "330100", "330106"]);
    assert!(found.flags.has(Flag::Conflict) && found.grade == Grade::D);
}

/// Every district, with and without what it lies in, behind fields that say the same: the text repeats them, whatever
/// other districts are called so.
#[test]
fn what_fields_say_may_be_said_again() {
    const DETAILS: [&str; 16] = [
        "人民路12号",
        "体育西路9号",
        "新华街3号",
        "中心大道88号",
        "科技园2栋",
        "第一大街1号",
        "教育巷5号",
        "立新路7号",
        "长江中路66号",
        "北京路8号",
        "中山东路1号",
        "朝阳街7号",
        "和平里小区2栋",
        "府前街1号",
        "创业三路5号",
        "12号院3单元",
    ];
    let tables = Tables::embedded().unwrap();
    let (mut bad, mut count) = (Vec::new(), 0);
    for unit in tables.divisions().filter(|unit| !unit.placeholder && !unit.zone && unit.code % 100 != 0) {
        let own = str::to_owned;
        let province = tables.name_of(unit.code / 10_000 * 10_000).unwrap();
        let above = unit.parent.filter(|code| code % 10_000 != 0).and_then(|code| tables.name_of(code));
        let city =
            above.filter(|_| !tables.divisions().any(|it| Some(it.code) == unit.parent && it.placeholder));
        let (city, name) = (city.unwrap_or(province), unit.name);
        let hints =
            Hints { province: own(province), city: own(city), district: own(name), ..Hints::default() };
        for before in [
            name.to_owned(),
            format!("{city}{name}"),
            format!("{province}{city}{name}"),
            format!("{province} {city} {name} {name}"),
        ] {
            let detail = DETAILS[(count + count / 16) % DETAILS.len()];
            count += 1;
            let raw = before + detail;
            let found = standardize(&tables, &Raw { raw: raw.clone(), hints: Some(hints.clone()) });
            if codes(&found)[2] != unit.code.to_string() || found.detail != detail {
                bad.push(format!("{province} {city} {name} | {raw} | {:?} {}", codes(&found), found.detail));
            }
        }
    }
    assert!(bad.is_empty(), "{} of them, as {:#?}", bad.len(), bad.iter().take(40).collect::<Vec<_>>());
}

#[test]
fn hidden_texts_keep_the_region_of_their_fields() {
    let found = ask("CN", ["浙江省", "杭州市", "西湖区"], "~AgAAAAMOXvYH5sQhfAAA2dXn8hX4rLZ7~1~");
    assert_eq!((codes(&found), found.grade), (["330000", "330100", "330106"], Grade::M));
    assert_eq!((found.detail.as_str(), found.addr_hash), ("", None));
    let found = ask("CN", ["浙江省", "杭州市", "西湖区"], "***");
    assert_eq!((codes(&found), found.grade), (["330000", "330100", "330106"], Grade::M));
}

#[test]
fn countries() {
    let found = ask("HK", ["", "", ""], "油尖旺区尖沙咀海防道38号");
    assert_eq!((codes(&found), found.country.as_deref()), (["810000", "-", "810005"], Some("HK")));
    let found = ask("TW", ["", "台北市", "信義區"], "市府路45號");
    assert_eq!((codes(&found), found.country.as_deref()), (["710000", "710100", "710107"], Some("TW")));
    let found = ask("United States", ["California", "Mountain View", ""], "1600 Amphitheatre Pkwy");
    assert_eq!(found.subdivision.as_deref(), Some("US-CA"));
    assert_eq!((found.detail.as_str(), found.grade), ("1600 Amphitheatre Pkwy", Grade::A));
    assert!(found.addr_hash.is_some() && found.province.is_none());
    let found = ask("US", ["Ontario", "", ""], "1 Main St");
    assert_eq!((found.subdivision, found.grade), (None, Grade::C));
    let found = ask("JP", ["東京都", "千代田区", ""], "丸の内1-1-1");
    assert_eq!((found.subdivision.as_deref(), found.detail.as_str()), (Some("JP-13"), "丸の内1-1-1"));
    let found = ask("Atlantis", ["", "", ""], "北京市海淀区");
    assert_eq!((found.country, found.grade), (None, Grade::E));
    let found = ask("", ["", "", ""], "Flat 1, 5 Road, London, United Kingdom, +44 20 7946 0018");
    assert_eq!(found.phones.first().map(|phone| phone.kind), Some(NumberKind::Unknown));
    assert_eq!(found.phones.first().and_then(|phone| phone.e164.as_deref()), Some("+442079460018"));
}
