//! Whatever the input: no panic, the same answer twice, no code that contradicts its parents, and bounded work.

#![allow(clippy::unwrap_used, reason = "tests may panic")]

use std::sync::LazyLock;
use std::time::{Duration, Instant};

use crossdock_address::{Flag, Grade, Hints, Raw, Tables, standardize};
use proptest::prelude::*;

static TABLES: LazyLock<Tables> = LazyLock::new(|| Tables::embedded().unwrap());

/// Pieces from which addresses are made, in no sensible order.
const PIECES: &[&str] = &[
    "广东省",
    "广东",
    "深圳市",
    "深圳",
    "南山区",
    "南山",
    "北京市",
    "北京",
    "朝阳区",
    "朝阳",
    "市辖区",
    "县",
    "重庆市",
    "吉林",
    "海南",
    "省",
    "市",
    "区",
    "高新区",
    "新区",
    "路",
    "街道",
    "镇",
    "村",
    "号",
    "12",
    "13812345678",
    "-1234",
    "转",
    "[4321]",
    "(",
    ")",
    "【",
    "】",
    "请放",
    "收",
    "张三",
    "：",
    "，",
    " ",
    "\n",
    "*",
    "***",
    "&nbsp;",
    "&#x4e00;",
    "&",
    "~",
    "$",
    "🏠",
    "１２",
    "區",
    "縣",
    "香港",
    "九龙",
    "台北市",
    "中国",
    "雄安新区",
    "莱芜市",
    "伊犁州",
    "塔城地区",
    "兵团",
    "第八师",
    "立医院",
    "场",
    "518057",
    "收件人",
    "手机",
    "地址",
    "备注",
    "A",
    "Room",
];

fn check(raw: &Raw) {
    let got = standardize(&TABLES, raw);
    assert_eq!(got, standardize(&TABLES, raw));
    let code = |field: &Option<String>| field.as_deref().map(|code| code.parse::<u32>().unwrap());
    let parent = |code: u32| TABLES.divisions().find(|unit| unit.code == code).and_then(|unit| unit.parent);
    if let Some(district) = code(&got.district) {
        let above = parent(district);
        assert!(above == code(&got.city) || above == code(&got.province), "{raw:?} {got:?}");
    }
    if let Some(city) = code(&got.city) {
        assert_eq!(parent(city), code(&got.province), "{raw:?} {got:?}");
    }
    assert_eq!(got.flags.has(Flag::Ambiguous), got.candidates.len() > 1, "{raw:?} {got:?}");
    assert_eq!(got.addr_hash.is_none(), matches!(got.grade, Grade::M | Grade::E), "{raw:?} {got:?}");
    if matches!(got.grade, Grade::A | Grade::B) && got.country.as_deref() == Some("CN") {
        assert!(got.district.is_some() || got.flags.has(Flag::NoDistrictCity), "{raw:?} {got:?}");
    }
}

fn pieces() -> impl Strategy<Value = String> {
    proptest::collection::vec(proptest::sample::select(PIECES), 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text(raw in "\\PC{0,80}|[\\s\\S]{0,60}") {
        check(&Raw::text(raw));
    }

    #[test]
    fn any_pieces(raw in pieces()) {
        check(&Raw::text(raw));
    }

    #[test]
    fn any_hints(raw in pieces(), province in pieces(), city in pieces(), district in "\\PC{0,12}", country in "\\PC{0,3}|CN|HK|US|日本") {
        check(&Raw { raw, hints: Some(Hints { country, province, city, district, ..Hints::default() }) });
    }
}

#[test]
fn long_texts_cost_no_more_than_their_length() {
    for piece in [
        "北京市",
        "广东省深圳市",
        "南山",
        "朝阳区",
        "1",
        "138",
        "(",
        "[",
        "&",
        "&#1",
        "收",
        "张",
        " ",
        "*",
        "县",
        "新区",
        "A ",
        "雄安新区",
    ] {
        let raw = Raw::text(piece.repeat(200_000 / piece.len()));
        let start = Instant::now();
        check(&raw);
        let spent = start.elapsed();
        // Debug builds on a busy machine: a quadratic walk would take minutes.
        assert!(spent < Duration::from_secs(8), "{piece}: {spent:?}");
    }
}
