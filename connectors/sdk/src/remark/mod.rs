//! What the sentences of Chinese carriers say beside their codes: who signed, where it was put, why a courier came
//! in vain, which branch. And who must not be read out of them: [`mask`].
//!
//! Remarks are sentences for people. Only fixed words are looked for, and only where a code leaves the question
//! open; the words are ours, read from published payloads, not a carrier's list.

pub mod english;
mod people;
mod plain;

use crossdock_schemas::{DeliveredTo, Reason};

pub use people::{Masked, is_no_name, mask, mask_name, mask_phone, mask_with, signer};
pub use plain::plain;

/// People who take a parcel.
const PEOPLE: [(&str, DeliveredTo); 14] = [
    ("本人", DeliveredTo::Recipient),
    ("家人", DeliveredTo::Household),
    ("家属", DeliveredTo::Household),
    ("邻居", DeliveredTo::Neighbour),
    ("門衛", DeliveredTo::Agent),
    ("门卫", DeliveredTo::Agent),
    ("前台", DeliveredTo::Agent),
    ("保安", DeliveredTo::Agent),
    ("物业", DeliveredTo::Agent),
    ("收发室", DeliveredTo::Agent),
    ("同事", DeliveredTo::Agent),
    ("朋友", DeliveredTo::Agent),
    ("他人代收", DeliveredTo::Agent),
    ("他人签收", DeliveredTo::Agent),
];

/// Places where a parcel is left for somebody to collect.
const PLACES: [(&str, DeliveredTo); 23] = [
    ("丰巢", DeliveredTo::Locker),
    ("豐巢", DeliveredTo::Locker),
    ("自助柜", DeliveredTo::Locker),
    ("自助櫃", DeliveredTo::Locker),
    ("智能柜", DeliveredTo::Locker),
    ("智能櫃", DeliveredTo::Locker),
    ("自提柜", DeliveredTo::Locker),
    ("快递柜", DeliveredTo::Locker),
    ("取件柜", DeliveredTo::Locker),
    ("柜子", DeliveredTo::Locker),
    ("驿站", DeliveredTo::Station),
    ("驛站", DeliveredTo::Station),
    ("便利店", DeliveredTo::Station),
    ("顺丰站", DeliveredTo::Station),
    ("順豐站", DeliveredTo::Station),
    ("自提点", DeliveredTo::Station),
    ("代收点", DeliveredTo::Station),
    ("代办点", DeliveredTo::Station),
    ("便民点", DeliveredTo::Station),
    ("自提站", DeliveredTo::Station),
    ("快递超市", DeliveredTo::Station),
    ("兔喜", DeliveredTo::Station),
    ("妈妈店", DeliveredTo::Station),
];

/// Words that say a parcel left a locker or station with its recipient.
const COLLECTED: [&str; 8] =
    ["取出", "取走", "取件成功", "已取件", "完成取件", "已被取", "凭取货码签收", "凭取件码签收"];

/// Words of a scan that puts a parcel into a locker or station; aggregators label some of these as signed.
const PUT_IN: [&str; 10] = [
    "已投柜",
    "已放入",
    "待取",
    "已存放",
    "已暂存",
    "请凭取件码",
    "请凭取货码",
    "及时取件",
    "尽快取件",
    "早日取件",
];

/// Why something went wrong.
const REASONS: [(&str, Reason); 33] = [
    ("无人接听", Reason::RecipientUnavailable),
    ("無人接聽", Reason::RecipientUnavailable),
    ("无法联系", Reason::RecipientUnavailable),
    ("联系不上", Reason::RecipientUnavailable),
    ("未联系上", Reason::RecipientUnavailable),
    ("无人在家", Reason::RecipientUnavailable),
    ("收件人不在", Reason::RecipientUnavailable),
    ("客户不在", Reason::RecipientUnavailable),
    ("无法接通", Reason::RecipientUnavailable),
    ("拒收", Reason::Refused),
    ("拒签", Reason::Refused),
    ("地址不详", Reason::AddressProblem),
    ("地址错误", Reason::AddressProblem),
    ("地址有误", Reason::AddressProblem),
    ("地址不全", Reason::AddressProblem),
    ("超出派送范围", Reason::OutOfArea),
    ("超区", Reason::OutOfArea),
    ("破损", Reason::Damaged),
    ("遗失", Reason::Lost),
    ("丢失", Reason::Lost),
    ("改约", Reason::HeldOnRequest),
    ("改期", Reason::HeldOnRequest),
    ("天气", Reason::Weather),
    ("暴雨", Reason::Weather),
    ("暴雪", Reason::Weather),
    ("台风", Reason::Weather),
    ("错分", Reason::Misrouted),
    ("错发", Reason::Misrouted),
    ("拦截", Reason::Intercepted),
    ("逾期未取", Reason::Unclaimed),
    ("超时未取", Reason::Unclaimed),
    ("滞留", Reason::Delayed),
    ("延误", Reason::Delayed),
];

/// The label of the field that names who signed.
const SIGNER: [&str; 4] = ["签收人:", "签收人：", "簽收人:", "簽收人："];

/// Whom or what a remark about signing names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// Somebody.
    Person(DeliveredTo),
    /// A locker or station.
    Place(DeliveredTo),
    /// Neither.
    NotSaid,
}

/// Reads who took it. The field `签收人` wins, then a place, then a person anywhere in the text:
/// `请本人凭取件码到丰巢取件` is not a signature.
pub fn taken(remark: &str) -> Taken {
    let signer = SIGNER.iter().find_map(|label| remark.split_once(label)).map(|(_, after)| after);
    if let Some(to) = signer.and_then(|text| first(text, &PEOPLE)) {
        return Taken::Person(to);
    }
    if let Some(to) = place(remark) {
        return Taken::Place(to);
    }
    first(remark, &PEOPLE).map_or(Taken::NotSaid, Taken::Person)
}

/// The locker or station a text names.
pub fn place(text: &str) -> Option<DeliveredTo> {
    first(text, &PLACES)
}

/// The person a text from a field for signers names.
pub fn person(text: &str) -> Option<DeliveredTo> {
    first(text, &PEOPLE)
}

/// Whether a text says that the recipient took the parcel out of a locker or station.
pub fn says_collected(text: &str) -> bool {
    // ZTO: `签收人在【丰巢...】领取`; `请及时领取` asks for it.
    let fetched = text.split_once("签收人在").is_some_and(|(_, after)| after.contains("领取"));
    fetched || COLLECTED.iter().any(|word| text.contains(word))
}

/// Whether a sentence about a signature says that the parcel waits for its recipient in a locker or station, which took it
/// in for him.
pub fn says_waits(text: &str) -> bool {
    let put_in = PUT_IN.iter().any(|word| text.contains(word));
    (put_in || (text.contains("代收") && place(text).is_some())) && !says_collected(text)
}

/// Why something went wrong, where the text names it.
pub fn reason(remark: &str) -> Option<Reason> {
    first(remark, &REASONS)
}

/// The branch a remark names: what stands first in `【】`, else Chinese in `[]`, and is not just a city or district, nor why
/// it failed (`原因【...】`), who signed (`由【...】签收`) or a place the recipient chose (`客户指定地点`).
pub fn facility(remark: &str) -> Option<&str> {
    bracketed(remark, ['【', '】']).or_else(|| bracketed(remark, ['[', ']']).filter(|name| !name.is_ascii()))
}

fn bracketed(remark: &str, [open, close]: [char; 2]) -> Option<&str> {
    let mut rest = remark;
    while let Some((before, after)) = rest.split_once(open) {
        let (name, behind) = after.split_once(close)?;
        let name = name.trim();
        let is_area = name.ends_with(['省', '市', '区', '县', '州']);
        let is_cause = before.trim_end_matches([':', '：']).ends_with("原因");
        let signed = before.ends_with('由') && behind.starts_with("签收");
        if !name.is_empty() && !is_area && !is_cause && !signed && !name.starts_with("客户") {
            return Some(name);
        }
        rest = behind;
    }
    None
}

fn first<T: Copy>(text: &str, table: &[(&str, T)]) -> Option<T> {
    table.iter().find(|(word, _)| text.contains(word)).map(|(_, value)| *value)
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
        assert_eq!(taken("快件已由本人从自提点取走"), Taken::Place(DeliveredTo::Station));
        assert_eq!(taken("已签收"), Taken::NotSaid);
        assert!(says_waits("已签收,快件已放入丰巢智能柜") && says_waits("快件已由测试驿站代收"));
        assert!(!says_waits("快件已从丰巢取出,待取件数0") && !says_waits("前台代收"));
        assert!(says_collected("您的快递已签收, 签收人在【丰巢的测试柜(丰巢智能快递柜)】(测试柜)领取。"));
        assert!(!says_collected("已放入丰巢,请及时领取"));
        assert!(says_collected("快件已由本人从自提点取走") && !says_collected("已放入自提柜"));
    }

    #[test]
    fn reads_reasons_and_branches() {
        assert_eq!(reason("问题件: 收件人电话无人接听"), Some(Reason::RecipientUnavailable));
        assert_eq!(reason("因联系不上收件人,改为再次配送"), Some(Reason::RecipientUnavailable));
        assert_eq!(reason("不明"), None);
        assert_eq!(facility("快件到达 【杭州中转场】"), Some("杭州中转场"));
        assert_eq!(facility("【杭州市】测试营业部 已揽收"), None);
        assert_eq!(facility("【杭州市】到达【杭州中转场】"), Some("杭州中转场"));
        assert_eq!(facility("快件到达【"), None);
        assert_eq!(facility("快件已到达 [北京转运中心]"), Some("北京转运中心"));
        assert_eq!(facility("[Xiaoshan District] Processing"), None);
        assert_eq!(facility("派送不成功，原因【暂未联系上客户】，预计下次派送"), None);
        assert_eq!(reason("派送不成功，原因【暂未联系上客户】"), Some(Reason::RecipientUnavailable));
        assert_eq!(facility("快件已由【何测试】签收"), None);
        assert_eq!(facility("您的快件已由【客户指定地点】代收"), None);
        assert_eq!(facility("快件已由【测试便利店】代收"), Some("测试便利店"));
    }
}
