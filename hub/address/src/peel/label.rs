//! Words that announce what follows: 收件人：, 手机：, 地址：.

use crate::text::{GONE, at, is_separator, piece, starts_with};

/// What a label announces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Label {
    Name,
    Phone,
    Address,
    Postcode,
    Note,
}

/// A label that was taken out.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Mark {
    pub(crate) label: Label,
    /// Where what it announces begins.
    pub(crate) value: usize,
}

const WORDS: &[(Label, &[&str])] = &[
    (
        Label::Name,
        &[
            "收件人姓名",
            "收货人姓名",
            "收件姓名",
            "收货姓名",
            "收件人",
            "收货人",
            "联系人姓名",
            "联系人",
            "收件方",
            "姓名",
            "名字",
            "收货方",
            "Name",
            "name",
            "Recipient",
            "Consignee",
        ],
    ),
    (
        Label::Phone,
        &[
            "收件人手机号",
            "收件人手机",
            "收件人电话",
            "收货人手机号",
            "收货人手机",
            "收货人电话",
            "联系人电话",
            "联系方式",
            "联系电话",
            "手机号码",
            "手机号",
            "手机",
            "电话号码",
            "电话",
            "座机",
            "固话",
            "联系手机",
            "Tel",
            "tel",
            "TEL",
            "Phone",
            "phone",
            "Mobile",
            "mobile",
        ],
    ),
    (
        Label::Address,
        &[
            "收件人地址",
            "收货人地址",
            "收件地址",
            "收货地址",
            "详细地址",
            "具体地址",
            "联系地址",
            "邮寄地址",
            "寄送地址",
            "配送地址",
            "街道地址",
            "所在地区",
            "所在区域",
            "所在地",
            "地区",
            "省市区",
            "地址",
            "Address",
            "address",
            "Add",
        ],
    ),
    (Label::Postcode, &["邮政编码", "邮编", "邮码", "Zip", "zip", "ZIP", "Postcode", "postcode"]),
    (Label::Note, &["买家留言", "买家备注", "订单备注", "备注", "留言", "附言"]),
];

/// Every label.
pub(crate) fn words() -> impl Iterator<Item = &'static str> {
    WORDS.iter().flat_map(|row| row.1).copied()
}

/// Whether some label begins so.
const fn begins(letter: char) -> bool {
    matches!(
        letter,
        '收' | '联'
            | '姓'
            | '名'
            | '手'
            | '电'
            | '座'
            | '固'
            | '详'
            | '具'
            | '邮'
            | '寄'
            | '配'
            | '街'
            | '所'
            | '地'
            | '省'
            | '买'
            | '订'
            | '备'
            | '留'
            | '附'
            | 'N'
            | 'n'
            | 'R'
            | 'C'
            | 'T'
            | 't'
            | 'P'
            | 'p'
            | 'M'
            | 'm'
            | 'A'
            | 'a'
            | 'Z'
            | 'z'
    )
}

/// Takes every label out and says where they stood.
pub(crate) fn take(text: &mut [char]) -> Vec<Mark> {
    let mut marks = Vec::new();
    let mut place = 0;
    let mut fresh = true;
    while place < text.len() {
        let letter = at(text, place);
        if begins(letter)
            && let Some((label, end)) = label_at(text, place, fresh)
        {
            if let Some(span) = text.get_mut(place..end) {
                span.fill(GONE);
            }
            marks.push(Mark { label, value: end });
            place = end;
            fresh = true;
            continue;
        }
        fresh = is_separator(letter) || matches!(letter, ')' | ']');
        place += 1;
    }
    marks
}

/// The label at a place, and where it ends with its colon. Without a colon it must begin a segment, and a number or
/// the end of the segment must follow.
fn label_at(text: &[char], place: usize, fresh: bool) -> Option<(Label, usize)> {
    let (label, end) = WORDS
        .iter()
        .flat_map(|(label, words)| {
            words.iter().filter_map(|word| Some((*label, starts_with(text, place, word)?)))
        })
        .max_by_key(|found| found.1)?;
    let blanks = piece(text, end, text.len()).iter().take_while(|letter| **letter == ' ').count();
    let next = at(text, end + blanks);
    if matches!(next, ':' | '：') {
        return Some((label, end + blanks + 1));
    }
    let digit = next.is_ascii_digit() || next == '+';
    let announced = match label {
        Label::Phone | Label::Postcode => digit,
        Label::Name | Label::Address => fresh && blanks > 0,
        Label::Note => false,
    };
    announced.then_some((label, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(text: &str) -> (Vec<Label>, String) {
        let mut text: Vec<char> = text.chars().collect();
        let marks = take(&mut text);
        (marks.iter().map(|mark| mark.label).collect(), text.iter().filter(|it| **it != GONE).collect())
    }

    #[test]
    fn every_label_is_looked_for() {
        assert!(WORDS.iter().flat_map(|row| row.1).all(|word| begins(word.chars().next().unwrap())));
    }

    #[test]
    fn labels_need_a_colon_or_what_they_announce() {
        assert_eq!(
            labels("收件人：赵六手机：139地址：山东"),
            (vec![Label::Name, Label::Phone, Label::Address], "赵六139山东".to_owned())
        );
        assert_eq!(labels("手机139"), (vec![Label::Phone], "139".to_owned()));
        assert_eq!(labels("地区医院手机店").0, []);
    }
}
