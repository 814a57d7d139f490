//! Addresses made from the table of divisions in the ways people write them: no wrong code, ever, and most of them
//! found. The generator knows the table and nothing of the algorithm.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests may panic")]

use std::collections::HashMap;

use crossdock_address::{Flag, Grade, Hints, Raw, Standard, Tables, standardize};

const DIVISIONS: &str = include_str!("../../config/cn-divisions/divisions.csv");
const FORMER: &str = include_str!("../../config/cn-divisions/former-names.csv");

/// A small generator of numbers, so that every run is the same.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) >> 33).unwrap() % sides
    }

    fn pick<'a, T: ?Sized>(&mut self, list: &[&'a T]) -> &'a T {
        list[self.roll(list.len())]
    }
}

#[derive(Clone)]
struct Unit {
    code: String,
    name: String,
    parent: String,
    level: String,
    kind: String,
    short: String,
}

/// What is true of an address.
#[derive(Clone, Debug, PartialEq)]
struct Truth {
    province: String,
    city: Option<String>,
    district: Option<String>,
}

struct World {
    units: HashMap<String, Unit>,
    order: Vec<String>,
}

impl World {
    fn new() -> World {
        let mut units = HashMap::new();
        let mut order = Vec::new();
        for row in DIVISIONS.lines().skip(1) {
            let cells: Vec<String> = row.split(',').map(str::to_owned).collect();
            let [code, name, parent, level, kind, short] = cells.try_into().unwrap();
            order.push(code.clone());
            units.insert(code.clone(), Unit { code, name, parent, level, kind, short });
        }
        World { units, order }
    }

    fn levels(&self, code: &str) -> (Unit, Option<Unit>, Option<Unit>) {
        let unit = &self.units[code];
        match unit.level.as_str() {
            "province" => (unit.clone(), None, None),
            "city" => (self.units[&unit.parent].clone(), Some(unit.clone()), None),
            _ => {
                let above = &self.units[&unit.parent];
                if above.level == "province" {
                    (above.clone(), None, Some(unit.clone()))
                } else {
                    (self.units[&above.parent].clone(), Some(above.clone()), Some(unit.clone()))
                }
            }
        }
    }

    fn truth(&self, code: &str) -> Truth {
        let (province, city, district) = self.levels(code);
        Truth {
            province: province.code,
            city: city.map(|unit| unit.code),
            district: district.map(|unit| unit.code),
        }
    }

    /// Districts, and the cities that have none.
    fn targets(&self) -> impl Iterator<Item = &Unit> {
        self.order.iter().map(|code| &self.units[code]).filter(|unit| {
            (unit.level == "district" && unit.kind != "zone")
                || ["441900", "442000", "620200", "460400"].contains(&unit.code.as_str())
        })
    }
}

/// Details that name other places.
const DETAILS: &[&str] = &[
    "北京路12号",
    "长安街88号院3号楼",
    "中山小区5栋302室",
    "南京西路100号",
    "上海大厦9楼",
    "解放路甲1号",
    "人民大道与建设路交叉口",
    "天津街7-3号",
    "朝阳花园2单元",
    "和平村委会旁",
    "文三路478号A座1203",
    "新华书店对面",
    "科技园科苑路15号",
    "西湖公寓",
    "工业大道北99号",
    "海南大厦",
    "大学城信息街1号",
    "桥头镇中学",
    "河南庄12号",
    "青年路18号-2-301",
    "郊区路口加油站",
    "江北大桥南200米",
    "高新技术产业园3号厂房",
    "鼓楼商场",
    "滨海公园南门",
    "市场路3号",
    "一号路",
    "东风街道办事处旁",
    "城关镇向阳村",
    "经济技术开发区内",
];

const NAMES: &[&str] = &["张三", "李雷", "欧阳娜娜", "王小明", "赵先生", "陈思远", "刘女士"];
const SEPARATORS: &[&str] = &["", "", "", " ", "/", "-", ",", "，", "、", "\t", "\n", "　"];

fn code_of(field: &Option<String>) -> &str {
    field.as_deref().unwrap_or("null")
}

/// Says what is wrong: a code that is neither the true one nor absent.
fn wrong(truth: &Truth, got: &Standard) -> Option<String> {
    let pairs = [
        (Some(&truth.province), &got.province),
        (truth.city.as_ref(), &got.city),
        (truth.district.as_ref(), &got.district),
    ];
    let bad = pairs.iter().any(|(truth, got)| got.is_some() && *truth != got.as_ref());
    bad.then(|| format!("{} {} {}", code_of(&got.province), code_of(&got.city), code_of(&got.district)))
}

fn complete(truth: &Truth, got: &Standard) -> bool {
    got.province.as_ref() == Some(&truth.province) && got.city == truth.city && got.district == truth.district
}

#[derive(Default)]
struct Score {
    all: usize,
    found: usize,
    wrong: Vec<String>,
    missed: Vec<String>,
}

impl Score {
    fn add(&mut self, truth: &Truth, raw: &Raw, got: &Standard) {
        self.all += 1;
        self.found += usize::from(complete(truth, got));
        if let Some(codes) = wrong(truth, got) {
            self.wrong.push(format!("{} {:?} -> {codes} for {truth:?}", raw.raw, raw.hints));
        } else if !complete(truth, got) {
            self.missed.push(format!("{} {:?} {:?}", raw.raw, raw.hints, got.flags));
        }
    }

    #[track_caller]
    fn hold(&self, what: &str, least_percent: usize) {
        let sample = |list: &[String]| list.iter().take(60).cloned().collect::<Vec<_>>().join("\n");
        assert!(self.all > 0);
        assert!(self.wrong.is_empty(), "{what}: {} wrong\n{}", self.wrong.len(), sample(&self.wrong));
        assert!(
            self.found * 100 >= self.all * least_percent,
            "{what}: {} of {}\n{}",
            self.found,
            self.all,
            sample(&self.missed)
        );
    }
}

/// The levels as written: full or short, `None` where left out.
fn join(dice: &mut Dice, levels: &[Option<&str>]) -> String {
    let mut out = String::new();
    for level in levels.iter().flatten() {
        out.push_str(level);
        out.push_str(dice.pick(SEPARATORS));
    }
    out
}

fn shown(unit: &Unit) -> Option<&str> {
    (unit.kind != "virtual").then_some(unit.name.as_str())
}

fn short(unit: &Unit) -> Option<&str> {
    shown(unit).map(|name| if unit.short.is_empty() { name } else { unit.short.as_str() })
}

/// Runs a way of writing over every target.
fn over_all(seed: u64, mut write: impl FnMut(&mut Dice, &World, &Unit) -> Option<Raw>) -> Score {
    let (tables, world, mut score, mut dice) =
        (Tables::embedded().unwrap(), World::new(), Score::default(), Dice(seed));
    for target in world.targets() {
        if let Some(raw) = write(&mut dice, &world, target) {
            let got = standardize(&tables, &raw);
            score.add(&world.truth(&target.code), &raw, &got);
        }
    }
    score
}

#[test]
fn every_level_in_full() {
    let (tables, world) = (Tables::embedded().unwrap(), World::new());
    let mut score = over_all(1, |dice, world, target| {
        let (province, city, district) = world.levels(&target.code);
        let levels = [shown(&province), city.as_ref().and_then(shown), district.as_ref().and_then(shown)];
        let detail = dice.pick(DETAILS);
        Some(Raw::text(format!("{}{detail}", join(dice, &levels))))
    });
    score.hold("in full", 100);
    // And then the grade is A and the detail is the detail.
    score = Score::default();
    let mut dice = Dice(2);
    for target in world.targets() {
        let (province, city, district) = world.levels(&target.code);
        let levels = [shown(&province), city.as_ref().and_then(shown), district.as_ref().and_then(shown)];
        let detail = dice.pick(DETAILS);
        let region: String = levels.into_iter().flatten().collect();
        let got = standardize(&tables, &Raw::text(format!("{region}{detail}")));
        assert_eq!(got.grade, Grade::A, "{region}{detail} {:?}", got.flags);
        assert_eq!(got.detail, *detail, "{region}{detail}");
        score.all += 1;
    }
    assert!(score.all > 3000);
}

#[test]
fn levels_left_out() {
    let mut score = over_all(3, |dice, world, target| {
        let (_, city, district) = world.levels(&target.code);
        let levels = [city.as_ref().and_then(shown), district.as_ref().and_then(shown)];
        let detail = dice.pick(DETAILS);
        Some(Raw::text(format!("{}{detail}", join(dice, &levels))))
    });
    score.hold("without province", 95);
    score = over_all(4, |dice, world, target| {
        let (province, _, district) = world.levels(&target.code);
        let levels = [shown(&province), district.as_ref().and_then(shown)];
        let detail = dice.pick(DETAILS);
        district.as_ref()?;
        Some(Raw::text(format!("{}{detail}", join(dice, &levels))))
    });
    score.hold("without city", 95);
    score = over_all(5, |dice, _, target| {
        let detail = dice.pick(DETAILS);
        Some(Raw::text(format!("{}{detail}", target.name)))
    });
    score.hold("district alone", 80);
}

#[test]
fn short_names() {
    let mut score = over_all(6, |dice, world, target| {
        let (province, city, district) = world.levels(&target.code);
        let levels = [short(&province), city.as_ref().and_then(short), district.as_ref().and_then(shown)];
        let detail = dice.pick(DETAILS);
        Some(Raw::text(format!("{}{detail}", join(dice, &levels))))
    });
    score.hold("short above", 98);
    score = over_all(7, |dice, world, target| {
        let (province, city, district) = world.levels(&target.code);
        let mut any = |unit: &Unit| {
            let full = dice.roll(2) == 0;
            (if full { shown(unit) } else { short(unit) }).map(str::to_owned)
        };
        let levels = [any(&province), city.as_ref().and_then(&mut any), district.as_ref().and_then(&mut any)];
        let levels = levels.each_ref().map(Option::as_deref);
        let detail = dice.pick(DETAILS);
        Some(Raw::text(format!("{}{detail}", join(dice, &levels))))
    });
    score.hold("short anywhere", 85);
    score = over_all(8, |dice, world, target| {
        let (_, city, district) = world.levels(&target.code);
        // 河北 alone is the province, not the district of 天津.
        city.as_ref().and_then(short)?;
        let levels = [city.as_ref().and_then(short), district.as_ref().and_then(short)];
        let detail = dice.pick(DETAILS);
        Some(Raw::text(format!("{}{detail}", join(dice, &levels))))
    });
    score.hold("short without province", 60);
}

#[test]
fn people_and_numbers_anywhere() {
    let (tables, world, mut dice, mut score) =
        (Tables::embedded().unwrap(), World::new(), Dice(9), Score::default());
    let (mut names, mut all) = (0, 0);
    for target in world.targets() {
        let (province, city, district) = world.levels(&target.code);
        let levels = [shown(&province), city.as_ref().and_then(shown), district.as_ref().and_then(shown)];
        let region: String = levels.into_iter().flatten().collect();
        let (detail, name) = (dice.pick(DETAILS), dice.pick(NAMES));
        let (phone, ext) = match dice.roll(4) {
            0 => ("13812345678", None),
            1 => ("18400001234-5678", Some("5678")),
            2 => ("17012345678转4321", Some("4321")),
            _ => ("+86 159-8888-7777", None),
        };
        let raw = match dice.roll(8) {
            0 => format!("{name}{phone}{region}{detail}"),
            1 => format!("{name} {phone} {region}{detail}"),
            2 => format!("{region}{detail} {name} {phone}"),
            3 => format!("{region}{detail}，{name}收，{phone}"),
            4 => format!("收件人：{name}；手机：{phone}；地址：{region}{detail}"),
            5 => format!("{phone} {name} {region} {detail}"),
            6 => format!("{region}{detail},{phone},{name}"),
            _ => format!("姓名:{name}\n电话:{phone}\n地址:{region}{detail}"),
        };
        let raw = Raw::text(raw);
        let got = standardize(&tables, &raw);
        score.add(&world.truth(&target.code), &raw, &got);
        assert!(got.phone.is_some(), "{}", raw.raw);
        assert_eq!(got.phone_ext.as_deref(), ext, "{}", raw.raw);
        all += 1;
        names += usize::from(got.name.as_deref() == Some(name));
        assert!(got.name.is_none() || got.name.as_deref() == Some(name), "{} {:?}", raw.raw, got.name);
        if got.name.is_some() {
            assert_eq!(got.detail, *detail, "{}", raw.raw);
        }
    }
    score.hold("with people", 99);
    assert!(names * 100 >= all * 98, "{names} of {all} names");
}

#[test]
fn people_before_short_names() {
    let score = over_all(15, |dice, world, target| {
        let (province, city, district) = world.levels(&target.code);
        let levels = [short(&province), city.as_ref().and_then(short), district.as_ref().and_then(shown)];
        let (detail, name) = (dice.pick(DETAILS), dice.pick(NAMES));
        let region = join(dice, &levels);
        Some(Raw::text(match dice.roll(3) {
            0 => format!("{name} 18400001234-5678 {region}{detail}"),
            1 => format!("{name}13812345678{region}{detail}"),
            _ => format!("收货人：{name}，电话：13812345678，地址：{region}{detail}"),
        }))
    });
    score.hold("people before short names", 97);
}

#[test]
fn hints_of_a_platform() {
    let mut score = over_all(10, |dice, world, target| {
        let (province, city, district) = world.levels(&target.code);
        let own = |unit: Option<&str>| unit.unwrap_or_default().to_owned();
        let municipality = city.as_ref().is_some_and(|city| city.name == "市辖区");
        let mut hints = Hints {
            province: own(shown(&province)),
            city: own(city.as_ref().and_then(shown)),
            district: own(district.as_ref().and_then(shown)),
            ..Hints::default()
        };
        match dice.roll(4) {
            0 if municipality => hints.city.clone_from(&hints.province),
            1 if municipality => hints.city = "市辖区".into(),
            2 => {
                hints.province = own(short(&province));
                hints.city = own(city.as_ref().and_then(short));
            }
            3 if hints.city.is_empty() => {
                // The county stands where the city belongs.
                hints.city.clone_from(&hints.district);
            }
            _ => {}
        }
        let region = [&hints.province, &hints.city, &hints.district].map(String::as_str).concat();
        let detail = dice.pick(DETAILS);
        let raw = match dice.roll(3) {
            0 => format!("{region}{detail}"),
            1 => format!("{}{detail}", hints.district),
            _ => (*detail).to_owned(),
        };
        Some(Raw { raw, hints: Some(hints) })
    });
    score.hold("hints", 99);
    score = over_all(11, |dice, world, target| {
        let (province, city, district) = world.levels(&target.code);
        let own = |unit: Option<&str>| unit.unwrap_or_default().to_owned();
        let hints = Hints {
            province: own(shown(&province)),
            city: own(city.as_ref().and_then(shown)),
            ..Hints::default()
        };
        let detail = dice.pick(DETAILS);
        let raw = format!("{}{detail}", own(district.as_ref().and_then(shown)));
        Some(Raw { raw, hints: Some(hints) })
    });
    score.hold("hints above", 99);
}

#[test]
fn written_twice_or_wide_or_with_the_country() {
    let mut score = over_all(12, |dice, world, target| {
        let (province, city, district) = world.levels(&target.code);
        let levels = [shown(&province), city.as_ref().and_then(shown), district.as_ref().and_then(shown)];
        let region: String = levels.into_iter().flatten().collect();
        let detail = dice.pick(DETAILS);
        Some(Raw::text(match dice.roll(4) {
            0 => format!("{region}{region}{detail}"),
            1 => format!("中国{region}{detail}"),
            2 => format!("【请放门口】{region}{detail}🏠"),
            _ => format!("{region}１０８号（{detail}）"),
        }))
    });
    score.hold("twice, wide, with the country", 99);
    score = over_all(13, |dice, _, target| {
        let spaced: Vec<String> = target.name.chars().map(String::from).collect();
        let detail = dice.pick(DETAILS);
        Some(Raw::text(format!("{} {detail}", spaced.join(" "))))
    });
    assert!(score.wrong.is_empty(), "{:?}", score.wrong);
}

#[test]
fn former_names() {
    let (tables, world, mut dice, mut score) =
        (Tables::embedded().unwrap(), World::new(), Dice(14), Score::default());
    for row in FORMER.lines().skip(1) {
        let cells: Vec<&str> = row.split(',').collect();
        let [old, level, _, province, old_city, _, successor, _, _] = cells[..] else { panic!("{row}") };
        let truth = world.truth(successor);
        let now = &world.units[successor];
        let city = &world.units[truth.city.as_ref().unwrap()];
        let upper = match dice.roll(3) {
            0 => province.to_owned(),
            1 if level == "district" && city.kind != "virtual" => format!("{province}{}", city.name),
            _ if level == "district"
                && old_city.ends_with(['市', '区', '州', '盟'])
                && old_city != "市辖区" =>
            {
                format!("{province}{old_city}")
            }
            _ => province.to_owned(),
        };
        let raw = Raw::text(format!("{upper}{old}{}", dice.pick(DETAILS)));
        let got = standardize(&tables, &raw);
        score.add(&truth, &raw, &got);
        if complete(&truth, &got) && now.name != old {
            assert!(got.flags.has(Flag::FormerName), "{}", raw.raw);
        }
    }
    score.hold("former names", 96);
}

#[test]
fn streets_settle_what_their_district_does_not() {
    let (tables, world, mut score) = (Tables::embedded().unwrap(), World::new(), Score::default());
    let mut streets = (0, 0);
    for target in world.targets().filter(|target| target.kind == "normal") {
        let code: u32 = target.code.parse().unwrap();
        let Some((street, name)) = tables.streets_of(code).last() else { continue };
        let raw = Raw::text(format!("{}{name}人民路1号", target.name));
        let got = standardize(&tables, &raw);
        score.add(&world.truth(&target.code), &raw, &got);
        streets.0 += usize::from(!name.contains(['（', ' ']) && name.chars().count() < 12);
        streets.1 += usize::from(got.street.as_deref() == Some(format!("{street:09}").as_str()));
    }
    score.hold("district and street", 97);
    assert!(streets.1 * 100 >= streets.0 * 95, "{} of {} streets", streets.1, streets.0);
}
