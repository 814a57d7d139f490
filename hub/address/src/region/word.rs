//! Words of places that a short name may be the beginning of: 北京路, 中山小区. There it is no region.

use crate::text::{Words, at, piece, starts_with_any};

/// Between a short name and a road: 北京东路, 中山东二路.
const BETWEEN: &str = "东西南北中正前后上下新老大小外内环一二三四五六七八九十0123456789第";

const ROADS: Words = Words::new(&["路", "街", "道", "大道", "巷", "弄", "胡同", "里弄", "支路", "支弄"]);

/// What makes any short name a part of another name.
const PARTS: Words =
    Words::new(&["广场", "大厦", "桥", "站", "镇", "乡", "村", "湾", "小区", "花园", "公寓", "家园", "新村"]);

/// Sites named after regions.
const SITES: Words = Words::new(&[
    "大楼",
    "花苑",
    "花城",
    "家苑",
    "新苑",
    "名苑",
    "雅苑",
    "苑",
    "大酒店",
    "酒店",
    "宾馆",
    "饭店",
    "饭庄",
    "公园",
    "广电",
    "商场",
    "商城",
    "市场",
    "超市",
    "银行",
    "小学",
    "中学",
    "学校",
    "学院",
    "大学",
    "医院",
    "公司",
    "集团",
    "机场",
    "码头",
    "国际",
    "时代",
    "印象",
    "人家",
    "春天",
    "豪庭",
    "名城",
    "新城",
    "世家",
    "会馆",
    "会所",
    "影城",
    "剧院",
    "体育馆",
    "图书馆",
    "博物馆",
    "纪念堂",
    "故居",
    "菜馆",
    "餐厅",
    "烤鸭",
    "拉面",
    "米线",
    "小吃",
]);

/// What else makes a district's short name a part of another name.
const NATURE: Words = Words::new(&[
    "山",
    "湖",
    "河",
    "江",
    "海",
    "寺",
    "庙",
    "宫",
    "岛",
    "湾",
    "庄",
    "坊",
    "堂",
    "门",
    "阁",
    "楼",
    "店",
    "馆",
    "港",
    "矿",
    "厂",
    "塔",
    "泉",
    "峰",
    "岭",
    "洞",
    "谷",
    "水库",
    "风景区",
    "景区",
    "古镇",
    "古城",
    "城",
    "府",
    "园",
    "院",
    "社区",
    "屯",
]);

/// Whether what follows a short name makes it a part of something else. `word`: the short name is also a word of the
/// language, or stands alone.
pub(super) fn goes_on(text: &[char], end: usize, of_district: bool, word: bool) -> bool {
    is_road(text, end)
        || PARTS.at(text, end).is_some()
        || (word && SITES.at(text, end).is_some())
        || (word && of_district && NATURE.at(text, end).is_some())
}

/// Whether what stands here makes the word before it a road.
fn is_road(text: &[char], from: usize) -> bool {
    let between = piece(text, from, from + 2).iter().take_while(|letter| BETWEEN.contains(**letter)).count();
    (from..=from + between).any(|place| ROADS.at(text, place).is_some())
}

/// 同安县 for 同安区: the name with another suffix than it has today. Where it ends, when it is such a name.
pub(super) fn other_suffix(text: &[char], end: usize, of_district: bool) -> Option<usize> {
    if of_district && let Some(end) = starts_with_any(text, end, &["新区"]) {
        return Some(end);
    }
    let next = at(text, end + 1);
    match at(text, end) {
        '县' if next != '城' && next != '道' => Some(end + 1),
        '旗' => Some(end + 1),
        '市' if next != '场' && next != '区' => Some(end + 1),
        '区' if !matches!(next, '块' | '域' | '间' | '府') => Some(end + 1),
        _ => None,
    }
}

/// What follows a full name that is only the beginning of a longer word: 义乌市场.
pub(super) fn breaks(text: &[char], end: usize) -> bool {
    match at(text, end.saturating_sub(1)) {
        '市' => starts_with_any(text, end, &["场"]).is_some(),
        '区' => starts_with_any(text, end, &["块", "域", "间"]).is_some(),
        _ => false,
    }
}

/// Institutions whose name begins with their region: 苏州市立医院, 武侯区人民法院; not 天河区体育西路.
pub(super) fn is_institution(text: &[char], end: usize) -> bool {
    const WORDS: Words = Words::new(&[
        "立",
        "第",
        "人民",
        "政府",
        "公安",
        "委",
        "中心医院",
        "中医",
        "妇幼",
        "图书馆",
        "博物馆",
        "体育",
        "实验",
        "高级",
        "法院",
        "检察",
        "行政",
        "税务",
        "教育",
        "市场监督",
        "卫生",
        "档案",
        "规划",
        "财政",
        "城管",
        "消防",
        "疾控",
        "青少年",
        "文化",
        "职业",
        "技师",
        "外国语",
        "一中",
        "二中",
        "三中",
        "医院",
        "供电",
        "自来水",
        "农村",
        "农商",
        "总工会",
        "血站",
        "特殊",
        "机关",
        "看守所",
        "民政",
        "交警",
    ]);
    WORDS.at(text, end).is_some_and(|end| !is_road(text, end))
}

/// Endings of areas that have no code of their own and are passed over when a unit follows: 雄安新区容城县.
const AREAS: &[&str] = &[
    "新区",
    "高新区",
    "经开区",
    "开发区",
    "示范区",
    "保税区",
    "度假区",
    "工业园区",
    "园区",
    "管理区",
    "试验区",
    "实验区",
    "合作区",
    "管委会",
];

/// Longest area that is passed over.
const LONGEST_AREA: usize = 12;

/// Where areas that begin at a place may end.
pub(super) fn areas(text: &[char], from: usize) -> impl Iterator<Item = usize> {
    let ends = |end: &usize| matches!(at(text, end - 1), '区' | '会');
    (from + 2..=(from + LONGEST_AREA).min(text.len()))
        .filter(ends)
        .filter(move |end| crate::text::ends_with_any(text, from, *end, AREAS))
}

/// Parts of Hong Kong and Macau that are no districts.
pub(super) const SAR_AREAS: Words = Words::new(&[
    "香港岛",
    "港岛",
    "岛",
    "九龙半岛",
    "九龙",
    "新界",
    "澳门半岛",
    "氹仔",
    "路环",
    "路氹城",
    "离岛",
]);

/// Other wordings of the placeholder levels.
pub(super) const PLACEHOLDERS: Words = Words::new(&[
    "市辖区",
    "市辖县",
    "省直辖县级行政单位",
    "自治区直辖县级行政单位",
    "省直辖县级行政区划",
    "自治区直辖县级行政区划",
    "省直辖县级",
    "省直辖行政单位",
    "省直辖县",
    "省直辖",
    "区直辖县级行政单位",
    "直辖县级行政单位",
    "直辖县级",
    "直辖县",
    "直辖市",
]);

/// The corps in front of its cities: 新疆生产建设兵团第八师石河子市. Where it ends.
pub(super) fn corps(text: &[char], from: usize) -> Option<usize> {
    const DIVISION: &str = "第一二三四五六七八九十0123456789";
    let named = starts_with_any(text, from, &["生产建设兵团", "兵团"]);
    let start = named.unwrap_or(from);
    let digits =
        piece(text, start, start + 4).iter().take_while(|letter| DIVISION.contains(**letter)).count();
    if digits > 0 && at(text, start + digits) == '师' { Some(start + digits + 1) } else { named }
}

/// What may remain of a province behind its short name.
pub(super) const REMNANTS: Words =
    Words::new(&["省", "自治区", "特别行政区", "壮族自治区", "回族自治区", "维吾尔自治区", "维吾尔族自治区"]);

/// The country before the province.
pub(super) const COUNTRY: Words =
    Words::new(&["中华人民共和国", "中国大陆", "中国", "China", "CHINA", "china", "CN"]);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roads_and_sites() {
        let chars = |text: &str| text.chars().collect::<Vec<_>>();
        for text in ["路", "东二路1号", "街道", "小区3栋", "西大街"] {
            assert!(goes_on(&chars(text), 0, false, true), "{text}");
        }
        for text in ["科技园", "南山", "区", "江北区", "山东"] {
            assert!(!goes_on(&chars(text), 0, false, true), "{text}");
        }
        assert!(goes_on(&chars("山风景区"), 0, true, true));
    }
}
