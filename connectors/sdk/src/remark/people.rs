//! Hides people in remarks: digits of phone numbers, all but the first character of names.
//!
//! Runs over every remark before it leaves a connector. It hides rather too much than too little: an
//! eight-digit date loses its middle, because a Hong Kong phone number looks the same.

use std::borrow::Cow;
use std::ops::Range;

/// Labels after which a name stands, with a colon or without.
const COURIER: [&str; 12] = [
    "派件人",
    "派件员",
    "派送员",
    "快递员",
    "收派员",
    "配送员",
    "收件员",
    "快遞員",
    "派件員",
    "小件员",
    "业务员",
    "揽投员",
];
/// Labels after which a name stands only behind a colon; `签收人是` needs none.
const OTHERS: [&str; 10] =
    ["签收人是", "签收人", "簽收人", "揽收人", "取件人", "联系人", "收件人", "寄件人", "收方", "寄方"];
/// Who stands behind such a label without being a name.
const NO_NAMES: [&str; 27] = [
    "本人",
    "家人",
    "门卫",
    "門衛",
    "前台",
    "保安",
    "物业",
    "同事",
    "朋友",
    "邻居",
    "他人",
    "代收",
    "代收点",
    "收发室",
    "丰巢",
    "驿站",
    "便利店",
    "顺丰",
    "顺丰站",
    "快递员",
    "派件员",
    "收派员",
    "寄件人",
    "发件人",
    "收件人",
    "凭取货码签收",
    "凭取件码签收",
];
/// Characters that end a name where no colon announced it: they begin what the courier does.
const VERBS: [char; 19] = [
    '正', '已', '将', '在', '从', '会', '与', '把', '为', '的', '取', '收', '派', '送', '联', '致', '电',
    '上', '签',
];
/// What a courier named right before it does: `【郑州市】何测试(13800000246) 正在派件`, `网点 的 方测试 已揽收`.
const DOES: [&str; 8] =
    ["已揽收", "已收件", "已揽件", "已取件", "正在派件", "正在派送", "正在第", "正在配送"];
/// Characters of words for things and places, which stand before the same verbs.
const NOT_IN_NAMES: [char; 31] = [
    '件', '货', '品', '裹', '递', '物', '户', '部', '司', '站', '心', '场', '厅', '店', '所', '处', '柜',
    '局', '库', '点', '市', '区', '县', '省', '已', '在', '您', '员', '人', '话', '系',
];
/// Longest name after a label without a colon.
const LONGEST: usize = 4;

/// A remark that may be shown.
#[derive(Debug, PartialEq, Eq)]
pub struct Masked<'a> {
    /// The text.
    pub text: Cow<'a, str>,
    /// The courier's name, masked.
    pub courier: Option<String>,
    /// The first phone number, masked, and whether it is a mobile number.
    pub phone: Option<(String, bool)>,
    /// Who signed, masked; absent when it is not a name.
    pub signer: Option<String>,
}

/// Masks a remark.
pub fn mask(remark: &str) -> Masked<'_> {
    mask_with(remark, &[])
}

/// Masks a remark, together with names that other fields of the same scan give away.
pub fn mask_with<'a>(remark: &'a str, known: &[&str]) -> Masked<'a> {
    let mut edits: Vec<(Range<usize>, String)> = Vec::new();
    let mut found = Masked { text: Cow::Borrowed(remark), courier: None, phone: None, signer: None };
    for name in known.iter().map(|name| name.trim()) {
        // One character is no name, and would be found everywhere.
        if name.chars().nth(1).is_none() || !name.chars().all(is_name) || is_no_name(name) {
            continue;
        }
        for (at, _) in remark.match_indices(name) {
            edits.push((at..at.saturating_add(name.len()), mask_name(name)));
        }
    }
    for range in DOES.iter().flat_map(|verb| before(remark, verb)) {
        let name = masked_name(remark, &range);
        found.courier.get_or_insert_with(|| name.clone());
        edits.push((range, name));
    }
    for range in ["交给", "分配给"].iter().filter_map(|verb| handed_to(remark, verb)) {
        let name = masked_name(remark, &range);
        found.courier.get_or_insert_with(|| name.clone());
        edits.push((range, name));
    }
    for label in COURIER {
        for range in names(remark, label, true) {
            let name = masked_name(remark, &range);
            found.courier.get_or_insert_with(|| name.clone());
            edits.push((range, name));
        }
    }
    for label in OTHERS {
        for range in names(remark, label, label == "签收人是") {
            let name = masked_name(remark, &range);
            if label.starts_with("签收人") || label == "簽收人" {
                found.signer.get_or_insert_with(|| name.clone());
            }
            edits.push((range, name));
        }
    }
    if let Some(range) = in_brackets(remark) {
        let name = masked_name(remark, &range);
        found.signer.get_or_insert_with(|| name.clone());
        edits.push((range, name));
    }
    let runs = digit_runs(remark);
    for (at, run) in runs.iter().enumerate() {
        if let Some((range, shown, mobile)) =
            phone(remark, run, runs.get(at.saturating_add(1)..).unwrap_or_default())
        {
            if let Some(range) = slashed(remark.get(..run.start).unwrap_or_default()) {
                let name = masked_name(remark, &range);
                found.courier.get_or_insert_with(|| name.clone());
                edits.push((range, name));
            }
            let whole = remark.get(run.start..range.start).unwrap_or_default();
            found.phone.get_or_insert_with(|| (format!("{whole}{shown}"), mobile));
            edits.push((range, shown));
        }
    }
    if !edits.is_empty() {
        found.text = Cow::Owned(apply(remark, edits));
    }
    found
}

fn apply(text: &str, mut edits: Vec<(Range<usize>, String)>) -> String {
    edits.sort_by_key(|(range, _)| range.start);
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    for (range, shown) in edits {
        // Two labels can lead to the same name: the first edit stands.
        if range.start < from {
            continue;
        }
        out.push_str(text.get(from..range.start).unwrap_or_default());
        out.push_str(&shown);
        from = range.end;
    }
    out.push_str(text.get(from..).unwrap_or_default());
    out
}

fn is_name(character: char) -> bool {
    character.is_alphabetic() || character == '·' || character == '*'
}

/// Names after a label.
fn names(text: &str, label: &str, bare: bool) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices(label) {
        let after = at.saturating_add(label.len());
        let rest = text.get(after..).unwrap_or_default();
        let value = rest.trim_start_matches([' ', ':', '：']);
        let colon = rest.trim_start().starts_with([':', '：']);
        if !colon && !bare {
            continue;
        }
        let start = after.saturating_add(rest.len().saturating_sub(value.len()));
        let name: String = value
            .chars()
            .take_while(|character| is_name(*character) && (colon || !VERBS.contains(character)))
            .collect();
        let length = name.chars().count();
        // Set apart by a blank, the courier's branch may stand in it: `派件员 测试点何测试 正在派件`.
        let longest = if value.len() < rest.len() { 2 * LONGEST } else { LONGEST };
        // `客户签收人: 已签收`: the field is empty, and the sentence goes on.
        if length == 0
            || name.starts_with('已')
            || NO_NAMES.contains(&name.as_str())
            || (!colon && length > longest)
        {
            continue;
        }
        found.push(start..start.saturating_add(name.len()));
    }
    found
}

/// The name in `快件交给林测试，正在派送途中` and `揽收任务已分配给林测试（`.
fn handed_to(text: &str, verb: &str) -> Option<Range<usize>> {
    let (before, after) = text.split_once(verb)?;
    let start = before.len().saturating_add(verb.len());
    let name: String = after.chars().take_while(|character| is_name(*character)).collect();
    let length = name.chars().count();
    let fits = (2..=LONGEST).contains(&length)
        && !NO_NAMES.iter().any(|word| name.starts_with(word))
        && (verb == "交给" || !name.contains(NOT_IN_NAMES));
    fits.then(|| start..start.saturating_add(name.len()))
}

/// The name in `快件已由【林测试】签收`, where a shop stands more often.
fn in_brackets(text: &str) -> Option<Range<usize>> {
    let (before, after) = text.split_once("由【")?;
    let (name, behind) = after.split_once('】')?;
    let start = before.len().saturating_add("由【".len());
    let signed = behind.starts_with("签收") || behind.starts_with("代收");
    (signed && looks_like_a_name(name)).then(|| start..start.saturating_add(name.len()))
}

/// The name before a phone number in `(林测试/13800000135)` and `网点/林测试 13800000135`.
fn slashed(head: &str) -> Option<Range<usize>> {
    let ends_so = head.ends_with('/');
    let head = head.trim_end_matches([' ', '/']);
    let length = head.chars().rev().take_while(|letter| is_name(*letter)).count();
    let start = head.char_indices().rev().take(length).last().map_or(head.len(), |(at, _)| at);
    let opened = head.get(..start)?.chars().next_back();
    let apart = if ends_so { matches!(opened, Some('(' | '（' | '/' | ' ')) } else { opened == Some('/') };
    (apart && looks_like_a_name(head.get(start..)?)).then_some(start..head.len())
}

/// Who stands right before a verb, perhaps with a phone number in brackets between them.
fn before(text: &str, verb: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices(verb) {
        let mut head = text.get(..at).unwrap_or_default().trim_end_matches([' ', ',', '，']);
        let in_brackets = head.ends_with([')', '）']);
        if in_brackets && let Some(open) = head.rfind(['(', '（']) {
            head = head.get(..open).unwrap_or_default().trim_end();
        } else {
            let digit = |letter: char| letter.is_ascii_digit() || matches!(letter, '-' | '*' | ' ');
            head = head.trim_end_matches(digit);
        }
        let length = head.chars().rev().take_while(|letter| is_name(*letter) && *letter != '的').count();
        let start = head.char_indices().rev().take(length).last().map_or(head.len(), |(at, _)| at);
        let name = head.get(start..).unwrap_or_default();
        let fits = (2..=LONGEST).contains(&length)
            && !name.contains(NOT_IN_NAMES)
            && !NO_NAMES.contains(&name)
            && !name.is_ascii();
        if fits {
            found.push(start..head.len());
        }
    }
    found
}

/// Whether a text from a field for names is not a name: `本人`, `前台`, `菜鸟驿站`.
pub fn is_no_name(text: &str) -> bool {
    let text = text.trim();
    NO_NAMES.iter().any(|word| text.contains(word)) || text.chars().count() > 8
}

/// The text of a field for who signed, masked, when it is a name; `None` for `本人`, `前台`, a shop or a sentence.
pub fn signer(text: &str) -> Option<String> {
    let text = text.trim();
    (looks_like_a_name(text) && !text.contains("签收")).then(|| mask_name(text))
}

fn looks_like_a_name(text: &str) -> bool {
    (2..=LONGEST).contains(&text.chars().count())
        && text.chars().all(is_name)
        && !is_no_name(text)
        && !text.contains(NOT_IN_NAMES)
}

/// A name with all but its first character hidden.
pub fn mask_name(name: &str) -> String {
    masked_name(name, &(0..name.len()))
}

/// A phone number from a field of its own, its middle hidden, and whether it is a mobile number.
pub fn mask_phone(number: &str) -> (String, bool) {
    let masked = mask(number);
    if let Some((_, mobile)) = masked.phone {
        return (masked.text.into_owned(), mobile);
    }
    // Already masked, or too short to be somebody's: only the last two characters stay.
    if number.contains('*') {
        return (number.to_owned(), false);
    }
    let length = number.chars().count();
    let hide = |(at, letter)| if length.saturating_sub(at) > 2 { '*' } else { letter };
    (number.chars().enumerate().map(hide).collect(), false)
}

fn masked_name(text: &str, range: &Range<usize>) -> String {
    let mut name = text.get(range.clone()).unwrap_or_default().chars();
    let mut out: String = name.next().into_iter().collect();
    out.extend(name.map(|_| '*'));
    out
}

/// A run of digits, also full-width ones.
#[derive(Clone, Copy, Debug)]
struct Run {
    start: usize,
    end: usize,
    digits: usize,
}

fn is_digit(character: char) -> bool {
    character.is_ascii_digit() || ('０'..='９').contains(&character)
}

fn digit_runs(text: &str) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for (at, character) in text.char_indices().filter(|(_, character)| is_digit(*character)) {
        let end = at.saturating_add(character.len_utf8());
        match runs.last_mut() {
            Some(run) if run.end == at => {
                run.end = end;
                run.digits = run.digits.saturating_add(1);
            }
            _ => runs.push(Run { start: at, end, digits: 1 }),
        }
    }
    runs
}

/// What to hide of a run that is, or begins, a phone number.
fn phone(text: &str, run: &Run, next: &[Run]) -> Option<(Range<usize>, String, bool)> {
    let before = text.get(..run.start).and_then(|text| text.chars().next_back());
    if before.is_some_and(|character| character.is_ascii_alphanumeric()) {
        return None;
    }
    let starts = |digit: &str| text.get(run.start..).is_some_and(|text| text.starts_with(digit));
    let joined = |left: &Run, right: &Run| matches!(text.get(left.end..right.start), Some("-" | " "));
    // 138 0000 0035 and 138-0000-0035
    if let [middle, last, ..] = next
        && (run.digits, middle.digits, last.digits) == (3, 4, 4)
        && starts("1")
        && joined(run, middle)
        && joined(middle, last)
    {
        let from = text.get(run.end..middle.start).unwrap_or_default();
        let tail = text.get(middle.end..last.end).unwrap_or_default();
        return Some((run.end..last.end, format!("{from}****{tail}"), true));
    }
    // 0755-55500135: its second run is hidden when its turn comes.
    let mobile = (run.digits == 11 && starts("1")) || (run.digits == 13 && starts("861"));
    let looks = (7..=11).contains(&run.digits) || (run.digits == 12 && starts("0")) || mobile;
    if !looks {
        return None;
    }
    let keep = if run.digits >= 11 { 4 } else { 2 };
    let digits: Vec<char> = text.get(run.start..run.end).unwrap_or_default().chars().collect();
    let shown = digits
        .iter()
        .enumerate()
        .map(|(at, digit)| {
            let from_end = digits.len().saturating_sub(at);
            if from_end > keep && from_end <= keep.saturating_add(4) { '*' } else { *digit }
        })
        .collect();
    Some((run.start..run.end, shown, mobile))
}

#[cfg(test)]
mod tests;
