//! What a remark says beside its words: who signed, where it was put, which number it goes on under.
//!
//! Remarks are sentences for people. Only what the fact sheet names is read out of them; nothing here looks
//! for a meaning that the codes do not already leave open.

use crossdock_schemas::{DeliveredTo, Reason};

/// People who take a parcel, as remarks name them.
const PEOPLE: [(&str, DeliveredTo); 5] = [
    ("本人", DeliveredTo::Recipient),
    ("家人", DeliveredTo::Household),
    ("门卫", DeliveredTo::Agent),
    ("門衛", DeliveredTo::Agent),
    ("前台", DeliveredTo::Agent),
];

/// Places where a parcel is left for somebody to collect.
const PLACES: [(&str, DeliveredTo); 11] = [
    ("丰巢", DeliveredTo::Locker),
    ("豐巢", DeliveredTo::Locker),
    ("自助柜", DeliveredTo::Locker),
    ("自助櫃", DeliveredTo::Locker),
    ("智能柜", DeliveredTo::Locker),
    ("智能櫃", DeliveredTo::Locker),
    ("驿站", DeliveredTo::Station),
    ("驛站", DeliveredTo::Station),
    ("便利店", DeliveredTo::Station),
    ("顺丰站", DeliveredTo::Station),
    ("順豐站", DeliveredTo::Station),
];

/// Words for why a courier came in vain. Ours, not SF's: its list of reasonCodes is not published.
const REASONS: [(&str, Reason); 14] = [
    ("无人接听", Reason::RecipientUnavailable),
    ("無人接聽", Reason::RecipientUnavailable),
    ("无法联系", Reason::RecipientUnavailable),
    ("联系不上", Reason::RecipientUnavailable),
    ("无人在家", Reason::RecipientUnavailable),
    ("收件人不在", Reason::RecipientUnavailable),
    ("客户不在", Reason::RecipientUnavailable),
    ("拒收", Reason::Refused),
    ("地址不详", Reason::AddressProblem),
    ("地址错误", Reason::AddressProblem),
    ("地址有误", Reason::AddressProblem),
    ("超出派送范围", Reason::OutOfArea),
    ("超区", Reason::OutOfArea),
    ("破损", Reason::Damaged),
];

/// The label of the field that names who signed.
const SIGNER: [&str; 4] = ["签收人:", "签收人：", "簽收人:", "簽收人："];

/// Whom or what a remark about signing names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Taken {
    /// Somebody.
    Person(DeliveredTo),
    /// A locker or station.
    Place(DeliveredTo),
    /// Neither.
    NotSaid,
}

/// Reads who took it. The field `签收人` wins, then a place, then a person anywhere in the text:
/// `请本人凭取件码到丰巢取件` is not a signature.
pub(crate) fn taken(remark: &str) -> Taken {
    let signer = SIGNER.iter().find_map(|label| remark.split_once(label)).map(|(_, after)| after);
    if let Some(to) = signer.and_then(|text| first(text, &PEOPLE)) {
        return Taken::Person(to);
    }
    if let Some(to) = place(remark) {
        return Taken::Place(to);
    }
    first(remark, &PEOPLE).map_or(Taken::NotSaid, Taken::Person)
}

/// The locker or station a remark names.
pub(crate) fn place(remark: &str) -> Option<DeliveredTo> {
    first(remark, &PLACES)
}

/// Whether a remark says that it was signed, rather than that a photo of the signature exists.
pub(crate) fn says_signed(remark: &str) -> bool {
    ["已签收", "签收人", "已簽收", "簽收人"].iter().any(|word| remark.contains(word))
}

/// Whether a remark of 648 speaks of forwarding and not of a return.
pub(crate) fn says_forwarded(remark: &str) -> bool {
    (remark.contains("转寄") || remark.contains("轉寄"))
        && !(remark.contains("退回") || remark.contains("退件"))
}

/// Why a courier came in vain.
pub(crate) fn reason(remark: &str) -> Option<Reason> {
    first(remark, &REASONS)
}

fn first<T: Copy>(text: &str, table: &[(&str, T)]) -> Option<T> {
    table.iter().find(|(word, _)| text.contains(word)).map(|(_, value)| *value)
}

/// The numbers a remark names beside `own`: `SF` and thirteen digits.
pub(crate) fn other_numbers(remark: &str, own: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for (at, _) in remark.match_indices(['S', 's']) {
        let Some(rest) = remark.get(at..) else { continue };
        let digits = rest.get(2..).unwrap_or_default();
        let length = digits.bytes().take_while(u8::is_ascii_digit).count();
        let Some(number) = rest.get(..15) else { continue };
        if length == 13 && number.get(..2).is_some_and(|start| start.eq_ignore_ascii_case("SF")) {
            let number = number.to_ascii_uppercase();
            if number != own && !found.contains(&number) {
                found.push(number);
            }
        }
    }
    found
}

/// The number of pieces that the remark of a mother number mentions.
pub(crate) fn pieces(remark: &str) -> Option<&str> {
    let (_, after) = remark.split_once("总件数")?;
    let after = after.trim_start_matches([':', '：', '为', ' ']);
    let length = after.bytes().take_while(u8::is_ascii_digit).count();
    after.get(..length).filter(|digits| (1..=4).contains(&digits.len()))
}

/// The branch a remark names: what stands first in `【】`.
pub(crate) fn facility(remark: &str) -> Option<&str> {
    let (_, after) = remark.split_once('【')?;
    let (name, _) = after.split_once('】')?;
    let name = name.trim();
    (!name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_a_signature_from_a_locker() {
        assert_eq!(taken("已签收,签收人:本人"), Taken::Person(DeliveredTo::Recipient));
        assert_eq!(taken("已签收,快件已存放至丰巢智能柜"), Taken::Place(DeliveredTo::Locker));
        assert_eq!(taken("请本人凭取件码到丰巢取件"), Taken::Place(DeliveredTo::Locker));
        assert_eq!(taken("前台代收"), Taken::Person(DeliveredTo::Agent));
        assert_eq!(taken("由丰巢取出,签收人:家人"), Taken::Person(DeliveredTo::Household));
        assert_eq!(taken("快件已送達順豐站"), Taken::Place(DeliveredTo::Station));
        assert_eq!(taken("已签收"), Taken::NotSaid);
    }

    #[test]
    fn finds_only_whole_numbers_of_others() {
        let own = "SF7444400091234";
        assert_eq!(other_numbers("已退回,新单号:SF7444400099991。", own), ["SF7444400099991"]);
        assert_eq!(other_numbers("sf7444400099991、SF7444400099991", own), ["SF7444400099991"]);
        assert!(other_numbers("SF7444400091234 SF74444000999912 SF744440009999 顺S丰", own).is_empty());
    }

    #[test]
    fn reads_pieces_and_branches() {
        assert_eq!(pieces("主单总件数:3件"), Some("3"));
        assert_eq!(pieces("主单总件数不明"), None);
        assert_eq!(facility("快件到达 【杭州中转场】"), Some("杭州中转场"));
        assert_eq!(facility("快件到达【"), None);
    }

    #[test]
    fn a_photo_is_not_a_signature() {
        assert!(!says_signed("签收图已上传"));
        assert!(says_signed("您的快件已签收"));
    }
}
