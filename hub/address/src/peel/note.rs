//! What people write for the courier, and places where parcels are collected.

use super::label::{Label, Mark};
use crate::text::{GONE, Words, at, is_separator, piece, string};

/// Beginnings of a wish.
const STARTS: Words = Words::new(&[
    "请",
    "勿",
    "别放",
    "别送",
    "不要",
    "不用",
    "不能",
    "务必",
    "麻烦",
    "放到",
    "放在",
    "放至",
    "放门",
    "放前台",
    "放快递",
    "放驿站",
    "放丰巢",
    "放柜",
    "放家",
    "放物业",
    "放保安",
    "放楼下",
    "放一楼",
    "送到",
    "送货",
    "送上",
    "送至",
    "送前台",
    "送门",
    "送达",
    "送家",
    "打电话",
    "电话联系",
    "提前",
    "到付",
    "加急",
    "急件",
    "易碎",
    "轻放",
    "小心轻放",
    "工作日",
    "周末",
    "尽快",
    "尽量",
    "下班后",
]);

/// Words of a wish anywhere inside brackets.
const WORDS: Words = Words::new(&[
    "送货上门",
    "送上门",
    "打电话",
    "电联",
    "电话联系",
    "联系我",
    "不要放",
    "请勿",
    "轻放",
    "加急",
    "尽快",
    "敲门",
    "按门铃",
    "本人签收",
    "不在家",
    "快递放",
    "派送",
    "请送",
    "请放",
    "请打",
    "放门口",
    "放前台",
    "放快递柜",
    "不收",
    "白天送",
    "晚上送",
    "周末送",
]);

const PICKUP: Words = Words::new(&[
    "菜鸟驿站",
    "菜鸟",
    "驿站",
    "丰巢",
    "快递柜",
    "自提点",
    "自提柜",
    "智能柜",
    "快递超市",
    "代收点",
    "代收",
    "兔喜",
    "近邻宝",
    "速递易",
    "自提",
]);

/// What begins a wish, and every word for places where parcels are collected.
pub(crate) fn words() -> impl Iterator<Item = &'static str> {
    STARTS.iter().chain(PICKUP.iter())
}

fn is_wish(text: &[char], start: usize, end: usize) -> bool {
    let inside = piece(text, start, end);
    if !(2..=60).contains(&inside.len()) {
        return false;
    }
    STARTS.at(inside, 0).is_some() || (0..inside.len()).any(|from| WORDS.at(inside, from).is_some())
}

/// Takes out what is asked of the courier: in brackets anywhere, behind a label, or as a last segment of its own.
pub(crate) fn take(text: &mut [char], marks: &[Mark]) -> Option<String> {
    let mut found: Vec<String> = Vec::new();
    let mut place = 0;
    while place < text.len() {
        let close = match at(text, place) {
            '[' => ']',
            '(' => ')',
            _ => {
                place += 1;
                continue;
            }
        };
        let inside = piece(text, place + 1, text.len()).iter().take(80).position(|it| *it == close);
        let Some(len) = inside else {
            place += 1;
            continue;
        };
        if is_wish(text, place + 1, place + 1 + len) {
            remove(text, place + 1, place + 1 + len, &mut found);
            if let Some(span) = text.get_mut(place..place + len + 2) {
                span.fill(GONE);
            }
        }
        place += len + 2;
    }
    for mark in marks.iter().filter(|mark| mark.label == Label::Note) {
        let len = piece(text, mark.value, text.len()).iter().take_while(|it| **it != GONE).count();
        remove(text, mark.value, mark.value + len, &mut found);
    }
    last_segment(text, &mut found);
    (!found.is_empty()).then(|| found.join("；"))
}

fn remove(text: &mut [char], start: usize, end: usize, found: &mut Vec<String>) {
    let wish = string(piece(text, start, end));
    let wish = wish.trim_matches(|letter: char| is_separator(letter));
    if !wish.is_empty() {
        found.push(wish.to_owned());
    }
    if let Some(span) = text.get_mut(start..end) {
        span.fill(GONE);
    }
}

/// A wish at the end, behind a separator.
fn last_segment(text: &mut [char], found: &mut Vec<String>) {
    let end = text.len() - text.iter().rev().take_while(|letter| is_separator(**letter)).count();
    let kept = piece(text, 0, end);
    let Some(before) = kept.iter().rposition(|letter| is_separator(*letter)) else { return };
    let inside = piece(text, before + 1, end);
    if (3..=40).contains(&inside.len()) && STARTS.at(inside, 0).is_some() {
        remove(text, before + 1, end, found);
    }
}

/// Whether parcels are collected there.
pub(crate) fn is_pickup_point(text: &[char]) -> bool {
    (0..text.len()).any(|from| PICKUP.at(text, from).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wish(text: &str) -> (Option<String>, String) {
        let mut text: Vec<char> = text.chars().collect();
        let found = take(&mut text, &[]);
        (found, text.iter().filter(|it| **it != GONE).collect())
    }

    #[test]
    fn wishes_are_told_from_names() {
        assert_eq!(wish("[请送到前台]福建省"), (Some("请送到前台".into()), "福建省".into()));
        assert_eq!(wish("文三路1号(放门口就行)"), (Some("放门口就行".into()), "文三路1号".into()));
        assert_eq!(wish("文三路1号，请放快递柜").0.as_deref(), Some("请放快递柜"));
        for kept in ["文三路(解放路店)", "医院(放射科)", "(申请处)1号", "[华星大厦]3楼", "莘庄(送变电小区)"]
        {
            assert_eq!(wish(kept), (None, kept.into()));
        }
    }
}
