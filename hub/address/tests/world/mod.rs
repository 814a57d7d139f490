//! The table of divisions as the generator of addresses sees it, dice, and the score.

use std::collections::HashMap;

use crossdock_address::{Raw, Standard, Tables, standardize};

pub const DIVISIONS: &str = include_str!("../../../../config/cn-divisions/divisions.csv");
pub const FORMER: &str = include_str!("../../../../config/cn-divisions/former-names.csv");

/// A small generator of numbers, so that every run is the same.
pub struct Dice(pub u64);

impl Dice {
    pub fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) >> 33).unwrap() % sides
    }

    pub fn pick<'a, T: ?Sized>(&mut self, list: &[&'a T]) -> &'a T {
        list[self.roll(list.len())]
    }
}

#[derive(Clone)]
pub struct Unit {
    pub code: String,
    pub name: String,
    pub parent: String,
    pub level: String,
    pub kind: String,
    pub short: String,
}

/// What is true of an address.
#[derive(Clone, Debug, PartialEq)]
pub struct Truth {
    pub province: String,
    pub city: Option<String>,
    pub district: Option<String>,
}

pub struct World {
    pub units: HashMap<String, Unit>,
    pub order: Vec<String>,
}

impl World {
    pub fn new() -> World {
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

    pub fn levels(&self, code: &str) -> (Unit, Option<Unit>, Option<Unit>) {
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

    pub fn truth(&self, code: &str) -> Truth {
        let (province, city, district) = self.levels(code);
        Truth {
            province: province.code,
            city: city.map(|unit| unit.code),
            district: district.map(|unit| unit.code),
        }
    }

    /// Districts, and the cities that have none.
    pub fn targets(&self) -> impl Iterator<Item = &Unit> {
        self.order.iter().map(|code| &self.units[code]).filter(|unit| {
            (unit.level == "district" && unit.kind != "zone")
                || ["441900", "442000", "620200", "460400"].contains(&unit.code.as_str())
        })
    }
}

/// Details that name other places.
pub const DETAILS: &[&str] = &[
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

pub const NAMES: &[&str] = &["张三", "李雷", "欧阳娜娜", "王小明", "赵先生", "陈思远", "刘女士"];
pub const SEPARATORS: &[&str] = &["", "", "", " ", "/", "-", ",", "，", "、", "\t", "\n", "　"];

pub fn code_of(field: &Option<String>) -> &str {
    field.as_deref().unwrap_or("null")
}

/// Says what is wrong: a code that is neither the true one nor absent.
pub fn wrong(truth: &Truth, got: &Standard) -> Option<String> {
    let pairs = [
        (Some(&truth.province), &got.province),
        (truth.city.as_ref(), &got.city),
        (truth.district.as_ref(), &got.district),
    ];
    let bad = pairs.iter().any(|(truth, got)| got.is_some() && *truth != got.as_ref());
    bad.then(|| format!("{} {} {}", code_of(&got.province), code_of(&got.city), code_of(&got.district)))
}

pub fn complete(truth: &Truth, got: &Standard) -> bool {
    got.province.as_ref() == Some(&truth.province) && got.city == truth.city && got.district == truth.district
}

#[derive(Default)]
pub struct Score {
    pub all: usize,
    pub found: usize,
    pub wrong: Vec<String>,
    pub missed: Vec<String>,
}

impl Score {
    pub fn add(&mut self, truth: &Truth, raw: &Raw, got: &Standard) {
        self.all += 1;
        self.found += usize::from(complete(truth, got));
        if let Some(codes) = wrong(truth, got) {
            self.wrong.push(format!("{} {:?} -> {codes} for {truth:?}", raw.raw, raw.hints));
        } else if !complete(truth, got) {
            self.missed.push(format!("{} {:?} {:?}", raw.raw, raw.hints, got.flags));
        }
    }

    #[track_caller]
    pub fn hold(&self, what: &str, least_percent: usize) {
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
pub fn join(dice: &mut Dice, levels: &[Option<&str>]) -> String {
    let mut out = String::new();
    for level in levels.iter().flatten() {
        out.push_str(level);
        out.push_str(dice.pick(SEPARATORS));
    }
    out
}

pub fn shown(unit: &Unit) -> Option<&str> {
    (unit.kind != "virtual").then_some(unit.name.as_str())
}

pub fn short(unit: &Unit) -> Option<&str> {
    shown(unit).map(|name| if unit.short.is_empty() { name } else { unit.short.as_str() })
}

/// Runs a way of writing over every target.
pub fn over_all(seed: u64, mut write: impl FnMut(&mut Dice, &World, &Unit) -> Option<Raw>) -> Score {
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
