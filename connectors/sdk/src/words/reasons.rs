//! Why something went wrong, who took a parcel, why an order waits: in words.

use crossdock_schemas::{AftersaleKind, DeliveredTo, Hold, Reason};

use super::Language;

/// Why something went wrong. A reason this version does not know is not made into one it knows.
pub(super) fn reason(reason: Reason, language: Language) -> &'static str {
    let (zh, en) = match reason {
        Reason::AddressProblem => ("地址有误或不完整", "the address is wrong or incomplete"),
        Reason::RecipientUnavailable => ("收件人不在", "nobody was there to take it"),
        Reason::Refused => ("收件人拒收", "the recipient refused it"),
        Reason::Damaged => ("包裹破损", "the parcel is damaged"),
        Reason::Lost => ("包裹丢失", "the parcel is lost"),
        Reason::Delayed => ("运输延误", "the parcel is late"),
        Reason::CustomsHold => ("海关滞留", "customs is holding it"),
        Reason::Security => ("安全检查问题", "a security matter"),
        Reason::OutOfArea => ("超出派送范围", "outside the area the carrier serves"),
        Reason::Unclaimed => ("逾期未取件", "nobody fetched it in time"),
        Reason::Misrouted => ("错分错发", "it was sent to a wrong place"),
        Reason::PaymentDue => {
            ("有费用待付（税费、货到付款或运费）", "duty, cash on delivery or freight is due")
        }
        Reason::Weather => ("天气原因", "weather"),
        Reason::Intercepted => ("包裹被拦截", "the sender or an authority stopped it"),
        Reason::Destroyed => ("包裹已销毁", "it was disposed of"),
        Reason::HeldOnRequest => ("应收件人要求暂缓派送", "held at the recipient's request"),
        Reason::Other => ("其他原因", "another reason"),
        Reason::Unknown => NOT_GIVEN,
    };
    language.say(zh, en)
}

const NOT_GIVEN: (&str, &str) = ("原因未说明", "no reason given");

/// What the hub names an incident by when no reason is known: what happened instead.
pub(super) fn incident(name: &str, language: Language) -> &'static str {
    let (zh, en) = match name {
        "delivery_attempted" => ("派送未成功，原因未说明", "delivery was attempted in vain, no reason given"),
        "returning" => ("包裹正退回寄件人", "it is on the way back to the sender"),
        _ => NOT_GIVEN,
    };
    language.say(zh, en)
}

/// Who took it; `None` where nobody said.
pub(super) fn taken_by(who: DeliveredTo, language: Language) -> Option<&'static str> {
    let (zh, en) = match who {
        DeliveredTo::Recipient => ("本人签收", "to the recipient"),
        DeliveredTo::Agent => ("他人代收", "to somebody on the recipient's behalf"),
        DeliveredTo::Neighbour => ("邻居代收", "to a neighbour"),
        DeliveredTo::Household => ("家人代收", "to somebody of the household"),
        DeliveredTo::Locker => ("快递柜", "to a locker"),
        DeliveredTo::Station => ("驿站", "to a parcel station"),
        DeliveredTo::SafePlace => ("放置于约定地点", "to an agreed place"),
        DeliveredTo::Mailbox => ("投入信箱", "to the mailbox"),
        DeliveredTo::PostOffice => ("邮局", "to a post office"),
        DeliveredTo::Sender => ("寄件人签收", "to the sender"),
        DeliveredTo::Unknown => return None,
    };
    Some(language.say(zh, en))
}

/// Why an order must not be shipped for now.
pub(super) fn hold(hold: Hold, language: Language) -> &'static str {
    let (zh, en) = match hold {
        Hold::Risk => ("风控", "risk"),
        Hold::Address => ("地址待核实", "the address needs a look"),
        Hold::Stock => ("缺货", "goods are missing"),
        Hold::PaymentReview => ("付款审核中", "the payment is being looked at"),
        Hold::Platform => ("平台暂停发货", "the platform forbids shipping"),
        Hold::Customs => ("海关", "customs"),
        Hold::Manual => ("人工暂停", "stopped by hand"),
        Hold::Unknown => NOT_GIVEN,
    };
    language.say(zh, en)
}

/// What a buyer asks for; `None` where it is not known.
pub(super) fn asked_for(kind: AftersaleKind, language: Language) -> Option<&'static str> {
    let (zh, en) = match kind {
        AftersaleKind::RefundOnly => ("仅退款", "money back, goods stay"),
        AftersaleKind::ReturnRefund => ("退货退款", "money back for returned goods"),
        AftersaleKind::Exchange => ("换货", "exchange"),
        AftersaleKind::Resend => ("补发", "goods once more"),
        AftersaleKind::PriceProtection => ("价保", "price protection"),
        AftersaleKind::Compensation => ("补偿", "compensation"),
        AftersaleKind::Unknown => return None,
    };
    Some(language.say(zh, en))
}
