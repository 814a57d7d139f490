//! Details in which there is nothing to find: no name of a region, nobody, no number but that of a house, no wish. Most
//! shops ask for the region and the receiver in fields of their own, so most of their texts are such details, and one
//! look at each character says so.

use crate::guard;
use crate::table::Tables;
use crate::text::{is_separator, starts_with};
use crate::{peel, region};

/// Most characters of such a text.
const MOST: usize = 64;
/// Most digits in a row, with hyphens between them, that are no phone number and no postal code.
const MANY: usize = 5;

/// Room for the characters of such a text.
pub(crate) type Room = [char; MOST];
/// The room, empty.
pub(crate) const ROOM: Room = ['\0'; MOST];

/// Words that are looked for in any text and are no names of regions.
pub(crate) fn words() -> impl Iterator<Item = &'static str> {
    peel::words().chain(region::words()).filter(|word| !is_word(word))
}

/// The words of one character.
fn is_word(word: &str) -> bool {
    let mut letters = word.chars();
    letters.next().is_some_and(|letter| LONE.contains(&letter)) && letters.next().is_none()
}

/// Characters that alone say that there is more to find: a wish, or a receiver before it.
pub(crate) const LONE: [char; 3] = ['请', '勿', '收'];

/// The characters of a text, if it is all detail; and whether they are nothing but Chinese characters, small
/// letters and digits.
pub(crate) fn detail<'a>(tables: &Tables, text: &str, room: &'a mut Room) -> Option<(&'a [char], bool)> {
    let (letters, words) = read(tables, text, false, room)?;
    let says = |edge: Option<&char>| edge.is_some_and(|letter| !is_separator(*letter));
    (says(letters.first()) && says(letters.last())).then_some((letters, words))
}

/// The characters of the text of a hidden address, if it says nothing of its region.
pub(crate) fn hidden<'a>(tables: &Tables, text: &str, room: &'a mut Room) -> Option<&'a [char]> {
    read(tables, text, true, room).map(|(letters, _)| letters)
}

fn read<'a>(tables: &Tables, text: &str, hidden: bool, room: &'a mut Room) -> Option<(&'a [char], bool)> {
    if tables.trie().has_lone() {
        return None;
    }
    // A long run of letters and digits may be a cipher.
    let (mut digits, mut before, mut han) = (0, '\0', hidden && text.len() < guard::SHORTEST);
    // Where something may begin is looked at when all is read: nearly nowhere.
    let (mut places, mut len, mut words) = (0_u64, 0, true);
    let mut rest = text.chars();
    for (at, slot) in (0_u32..).zip(room.iter_mut()) {
        let Some(letter) = rest.next() else { break };
        match letter {
            '\u{4e00}'..='\u{9fff}' => {
                if tables.is_special(letter) {
                    return None;
                }
                (han, digits) = (true, 0);
            }
            '0'..='9' if digits < MANY => digits += 1,
            'a'..='z' => digits = 0,
            '-' => words = false,
            '/' | '，' | '、' | 'A'..='Z' => (words, digits) = (false, 0),
            '*' if hidden => digits = 0,
            _ => return None,
        }
        places |= u64::from(tables.trie().may_begin(before, letter)).wrapping_shl(at);
        (*slot, before) = (letter, letter);
        len += 1;
    }
    if rest.next().is_some() {
        return None;
    }
    let letters = room.get(..len)?;
    let begins = |at: usize| {
        let [first, second] = [at, at + 1].map(|at| crate::text::at(letters, at));
        tables.trie().begins(letters, at)
            || tables.words().may_begin(first, second)
                && self::words().any(|word| starts_with(letters, at, word).is_some())
    };
    (han && !seconds(places).any(begins)).then_some((letters, words))
}

/// The places before those that are set: a pair is seen at its second character.
fn seconds(mut set: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let at = usize::try_from(set.trailing_zeros()).ok().filter(|_| set != 0)?;
        set &= set - 1;
        Some(at.saturating_sub(1))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::china;
    use crate::standard::{Fields, Reading};

    #[test]
    fn details_are_told_from_all_else() {
        let tables = Tables::embedded().unwrap();
        for yes in
            ["人民路12号阳光花园3栋2室", "科苑路15号讯美科技广场2栋1001室", "A座3-2-501", "建设街8号，2楼"]
        {
            assert!(detail(&tables, yes, &mut ROOM.clone()).is_some(), "{yes}");
        }
        for no in [
            "",
            "-12号",
            "12号，",
            "南山大道12号",
            "人民路12号收",
            "人民路12号 2室",
            "人民路12号(南门)",
            "人民路12号，请放门口",
            "人民路12号菜鸟驿站",
            "人民路12号 13812345678",
            "人民路518057号",
            "人民路12號",
            "人民路１２号",
            "手机12345",
            "1 Main Street",
            "12-501",
            "中国人民路12号",
        ] {
            assert!(detail(&tables, no, &mut ROOM.clone()).is_none(), "{no}");
        }
        assert!(
            hidden(&tables, "", &mut ROOM.clone()).is_some()
                && hidden(&tables, "测**", &mut ROOM.clone()).is_some()
        );
        assert!(hidden(&tables, "杭州**", &mut ROOM.clone()).is_none());
        assert!(hidden(&tables, "QhfAAA2dXn8hX4rLZ7pP0xYw2Lk3dGm8", &mut ROOM.clone()).is_none());
    }

    /// A detail is read as any other text would be, whatever its fields say and whatever stands in it.
    #[test]
    fn nothing_is_overlooked() {
        const PIECES: &str = "人民 路 街道 大道 12 号 3-2 栋 阳光 花园 A B座 - / ， 、 室 南山 朝阳 中山 市 区 县 镇 村 新区 高新区 北京 省 \
            手机 电话 地址 收 请 放 门口 驿站 自提 中国 138 00138 000 518057 小区 广场 立医院 东城街道 县城 公安局 周末 Tel No";
        let tables = Tables::embedded().unwrap();
        let pieces: Vec<&str> = PIECES.split_whitespace().collect();
        let places: Vec<[&str; 3]> = tables
            .divisions()
            .filter_map(|unit| {
                let city = unit.parent.and_then(|code| tables.name_of(code)).unwrap_or_default();
                Some([tables.name_of(unit.code / 10_000 * 10_000)?, city, unit.name])
            })
            .collect();
        let streets: Vec<&str> = tables.streets_of(440_305).map(|street| street.1).collect();
        let (mut dice, mut plain) = (1_u64, 0);
        let mut roll = |sides: usize| {
            dice = dice.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
            usize::try_from(dice >> 33).unwrap() % sides
        };
        for turn in 0..12_000 {
            let mut text = String::new();
            for _ in 0..roll(7) {
                text.push_str(pieces[roll(pieces.len())]);
            }
            if turn % 50 == 0 {
                text.insert_str(0, streets[roll(streets.len())]);
            }
            let [province, city, district] = match turn % 50 {
                0 => ["广东省", "深圳市", "南山区"],
                _ => places[roll(places.len())],
            };
            let mut fields = Fields { province, city, district, ..Fields::default() };
            match roll(12) {
                0 => fields.province = "",
                1 => fields.city = "",
                2 => fields.district = "",
                3 => fields.city = province,
                4 => fields.town = "人民路街道",
                5 => fields.postal_code = "518057",
                6 => fields.province = "西藏自治区",
                _ => {}
            }
            let written = |reading: Reading<'_>| reading.standard(&text, fields);
            plain += usize::from(detail(&tables, &text, &mut ROOM.clone()).is_some());
            let pair =
                [china::standardize, china::searched].map(|read| written(read(&tables, &text, Some(fields))));
            assert_eq!(pair[0], pair[1], "{text} {fields:?}");
            let stars = text.replace("人民", "**");
            let pair = [china::hidden, china::hidden_searched]
                .map(|read| written(read(&tables, &stars, Some(fields))));
            assert_eq!(pair[0], pair[1], "{stars} {fields:?}");
        }
        assert!((1500..10_000).contains(&plain), "{plain} of 12000 are details");
    }

    #[test]
    fn words_of_one_character_are_known() {
        let lone = || peel::words().chain(region::words()).filter(|word| word.chars().nth(1).is_none());
        assert_eq!(lone().collect::<String>(), "请勿");
        assert!(lone().all(is_word));
    }
}
