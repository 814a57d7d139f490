//! Alerts about orders and after-sale cases, for those who ask for them.

use serde::Deserialize;

use crossdock_schemas::{AftersaleBody, AtQuality, Event, EventType, Hold, Order, OrderBody, PaymentState};

use super::{Detail, Language, Message, Words, data, reasons, time};
use crate::Result;

#[derive(Debug, Default, Deserialize)]
struct Beside {
    /// Number of the order, where the hub names it: the case itself knows only the key.
    #[serde(default)]
    order_nos: Vec<String>,
}

impl Words {
    pub(super) fn order(&self, event: &Event) -> Result<Option<Message>> {
        let body: OrderBody = data(event)?;
        let order = &body.order;
        let language = self.language;
        let (about, what) = match event.event_type {
            // An order is work once it may be shipped: when it is paid, or at once when it is paid at the door.
            EventType::OrderPlaced if order.status.payment == Some(PaymentState::CodPending) => pair(
                language,
                ("新订单", "货到付款，待发货"),
                ("New order", "cash on delivery, to be shipped"),
            ),
            EventType::OrderPlaced => return Ok(None),
            EventType::OrderPaid => {
                pair(language, ("新订单", "已付款，待发货"), ("New order", "paid, to be shipped"))
            }
            EventType::OrderHeld => {
                let why = holds(order, language);
                (language.say("暂停发货", "On hold"), why)
            }
            EventType::OrderReleased => {
                pair(language, ("恢复发货", "订单可以发货"), ("Released", "the order may be shipped"))
            }
            EventType::OrderAddressChanged => pair(
                language,
                ("改地址", "收货地址已变更，发货前请核对"),
                ("New address", "check it before shipping"),
            ),
            _ => pair(
                language,
                ("取消", "订单已取消，请勿发货"),
                ("Cancelled", "the order is called off, do not ship"),
            ),
        };
        let number = order.display_no.as_deref().unwrap_or(&order.order_no);
        let mut lines = Vec::with_capacity(6);
        lines.extend(self.line(Detail::OrderNo, "订单号", "Order", number));
        lines.extend(self.to_lines(order.ship_to.as_ref()));
        let amount = order.totals.payable.or(order.totals.paid);
        lines.extend(self.amount_line(amount, order.currency.as_deref()));
        lines.extend(self.shop_line(&order.source));
        Ok(Some(self.dated(event, language.headline(about, &what), lines)))
    }

    pub(super) fn aftersale(&self, event: &Event) -> Result<Option<Message>> {
        let body: AftersaleBody = data(event)?;
        let beside: Beside = data(event)?;
        let case = &body.aftersale;
        let language = self.language;
        let (about, what) = match event.event_type {
            EventType::RefundRequested => {
                pair(language, ("退款申请", "待处理"), ("Refund requested", "waits for an answer"))
            }
            EventType::RefundAgreed => {
                pair(language, ("退款", "卖家已同意"), ("Refund", "the seller agreed"))
            }
            EventType::RefundRefused => {
                pair(language, ("退款", "卖家已拒绝"), ("Refund", "the seller refused"))
            }
            EventType::RefundCompleted => {
                pair(language, ("退款", "已退款"), ("Refund", "the money went back"))
            }
            EventType::RefundClosed => {
                pair(language, ("退款", "售后已关闭"), ("Refund", "the case is closed"))
            }
            EventType::ReturnShipped => {
                pair(language, ("退货", "买家已寄回"), ("Return", "the buyer sent the goods back"))
            }
            EventType::ReturnReceived => {
                pair(language, ("退货", "卖家已收到退货"), ("Return", "the seller has the goods back"))
            }
            EventType::ExchangeRequested => {
                pair(language, ("换货申请", "待处理"), ("Exchange requested", "waits for an answer"))
            }
            _ => pair(language, ("换货", "换货商品已发出"), ("Exchange", "the other goods are shipped")),
        };
        let kind = case.kind.and_then(|kind| reasons::asked_for(kind, language));
        let mut lines = Vec::with_capacity(6);
        lines.extend(self.line(Detail::OrderNo, "订单号", "Order", &beside.order_nos.join(", ")));
        lines.extend(self.line(Detail::OrderNo, "售后单号", "Case", &case.aftersale_no));
        lines.extend(kind.map(|kind| language.line(language.say("类型", "Kind"), kind)));
        let refund = case.refund.as_ref();
        lines.extend(
            self.amount_line(refund.map(|money| money.amount), refund.map(|money| money.currency.as_str())),
        );
        lines.extend(self.shop_line(&case.source));
        Ok(Some(self.dated(event, language.headline(about, &what), lines)))
    }

    fn dated(&self, event: &Event, headline: String, mut lines: Vec<String>) -> Message {
        let time = time::time(event.time, AtQuality::Exact, self.language);
        lines.push(self.language.line(self.language.say("时间", "Time"), &time));
        Message { headline, lines }
    }
}

/// What a headline is about and what happened, in one language.
fn pair(
    language: Language,
    zh: (&'static str, &'static str),
    en: (&'static str, &'static str),
) -> (&'static str, String) {
    (language.say(zh.0, en.0), language.say(zh.1, en.1).to_owned())
}

fn holds(order: &Order, language: Language) -> String {
    let mut why: Vec<&str> = order.status.hold.iter().map(|hold| reasons::hold(*hold, language)).collect();
    why.dedup();
    if why.is_empty() {
        why.push(reasons::hold(Hold::Unknown, language));
    }
    why.join(language.say("、", ", "))
}
