//! The life of a Taobao trade: the states that the gateway shows, and the messages that announce them.

use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::money::Mills;
use super::people::Masked;
use super::rows::Sale;
use crate::standin::Rng;

const SELLER: &str = "crossdock测试店";

/// What happens to a trade.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Course {
    /// Paid, shipped, finished.
    Finished,
    /// Paid, and one line refunded before it was shipped.
    Refunded,
    /// Never paid: closed by Taobao.
    Closed,
}

/// One state of a trade, and of its refund when it has one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    /// When it came about.
    pub at: Timestamp,
    /// The topic of the message that announces it.
    pub topic: &'static str,
    /// The object inside `trade_fullinfo_get_response.trade`.
    pub trade: Value,
    /// The object inside `refund_get_response.refund`.
    pub refund: Option<Value>,
    /// The message: the headers of a TMC data frame as JSON, `content` a text.
    pub message: Value,
}

/// A trade's life.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Life {
    /// What happens to it.
    pub course: Course,
    /// The trade's id.
    pub tid: u64,
    /// Tracking number of its parcel, by SF.
    pub parcel: Option<String>,
    /// Its states in the order in which they came about.
    pub states: Vec<State>,
}

struct Trade<'a> {
    sale: &'a Sale,
    tid: u64,
    receiver: Masked,
    /// Price of one and share of the shop's promotion, by line: Taobao has two decimals.
    lines: Vec<(Mills, Mills)>,
    placed: Timestamp,
}

#[derive(Clone, Default)]
struct Now<'a> {
    status: &'static str,
    modified: Timestamp,
    paid: Option<Timestamp>,
    shipped: Option<(Timestamp, &'a str)>,
    ended: Option<Timestamp>,
    /// State of the refund of the last line.
    refund: Option<(&'static str, Timestamp)>,
}

fn time(at: Timestamp) -> String {
    Offset::constant(8).to_datetime(at).strftime("%Y-%m-%d %H:%M:%S").to_string()
}

/// The life of the `nth` trade of a shop (from 1; ids are made from it), placed at a time.
#[must_use]
pub fn life(sale: &Sale, nth: u64, placed: Timestamp, seed: u64) -> Life {
    let mut rng = Rng::named(seed, &format!("taobao {nth} {}", sale.invoice));
    let course = match rng.below(100) {
        0..75 => Course::Finished,
        75..90 if sale.lines.len() > 1 => Course::Refunded,
        75..90 => Course::Finished,
        _ => Course::Closed,
    };
    let promoted = rng.chance(300);
    let lines = sale.lines.iter().map(|line| {
        let price = line.price.rounded();
        let share = if promoted { price.times(line.quantity).share(5, 100) } else { Mills::ZERO };
        (price, share)
    });
    let trade = Trade {
        sale,
        // Beyond what a float holds, as over there.
        tid: 4_123_456_000_000_000_000 + nth * 10_000_000,
        receiver: Masked::draw(sale.customer.as_deref().unwrap_or(&sale.invoice)),
        lines: lines.collect(),
        placed,
    };
    let parcel = super::routes::waybill(500_000_000 + nth);
    let later = |seconds: i64| placed.checked_add(SignedDuration::from_secs(seconds)).unwrap_or(placed);
    let mut now = Now { status: "WAIT_BUYER_PAY", modified: placed, ..Now::default() };
    let mut life = Life { course, tid: trade.tid, parcel: None, states: Vec::new() };
    life.states.push(trade.state("taobao_trade_TradeCreate", &now));
    if course == Course::Closed {
        let at = later(86_400);
        now = Now { status: "TRADE_CLOSED_BY_TAOBAO", modified: at, ended: Some(at), ..now };
        life.states.push(trade.state("taobao_trade_TradeClose", &now));
        return life;
    }
    let paid = later(2 + i64::try_from(rng.below(300)).unwrap_or(0));
    now = Now { status: "WAIT_SELLER_SEND_GOODS", modified: paid, paid: Some(paid), ..now };
    life.states.push(trade.state("taobao_trade_TradeBuyerPay", &now));
    if course == Course::Refunded {
        let (asked, done) = (later(1800), later(3000));
        now = Now { modified: asked, refund: Some(("WAIT_SELLER_AGREE", asked)), ..now };
        life.states.push(trade.state("taobao_refund_RefundCreated", &now));
        now = Now { modified: done, refund: Some(("SUCCESS", asked)), ..now };
        life.states.push(trade.state("taobao_refund_RefundSuccess", &now));
    }
    let shipped = later(7200 + i64::try_from(rng.below(50_000)).unwrap_or(0));
    now = Now {
        status: "WAIT_BUYER_CONFIRM_GOODS",
        modified: shipped,
        shipped: Some((shipped, &parcel)),
        ..now
    };
    life.states.push(trade.state("taobao_trade_TradeSellerShip", &now));
    let ended = later(7 * 86_400);
    now = Now { status: "TRADE_FINISHED", modified: ended, ended: Some(ended), ..now };
    life.states.push(trade.state("taobao_trade_TradeSuccess", &now));
    life.parcel = Some(parcel);
    life
}

impl Trade<'_> {
    fn oid(&self, at: usize) -> u64 {
        // A trade with one line has one id for both.
        if self.lines.len() == 1 { self.tid } else { self.tid + 1000 * (u64::try_from(at).unwrap_or(0) + 1) }
    }

    fn line_total(&self, at: usize) -> Mills {
        let price = self.lines.get(at).map_or(Mills::ZERO, |(price, _)| *price);
        price.times(self.sale.lines.get(at).map_or(0, |line| line.quantity))
    }

    fn divided(&self, at: usize) -> Mills {
        self.line_total(at) - self.lines.get(at).map_or(Mills::ZERO, |(_, share)| *share)
    }

    fn payment(&self) -> Mills {
        (0..self.lines.len()).map(|at| self.divided(at)).sum::<Mills>() + self.sale.shipping.rounded()
    }

    fn refund_id(&self) -> String {
        format!("{}", 320_000_000_000_000_000 + (self.tid - 4_123_456_000_000_000_000) / 10_000_000)
    }

    fn refunded_line(&self) -> usize {
        self.lines.len().saturating_sub(1)
    }

    fn order(&self, at: usize, now: &Now<'_>) -> Value {
        let line = self.sale.lines.get(at);
        let text = |pick: fn(&super::rows::Line) -> &String| line.map(pick).cloned().unwrap_or_default();
        let (price, share) = self.lines.get(at).copied().unwrap_or_default();
        let refund = now.refund.filter(|_| at == self.refunded_line());
        let closed = refund.is_some_and(|(status, _)| status == "SUCCESS");
        let item = 700_000_000_000_u64 + u64::try_from(at).unwrap_or(0);
        // On a trade with one line the line's payment holds the postage.
        let payment = if self.lines.len() == 1 { self.payment() } else { self.line_total(at) };
        let mut order = json!({
            "oid": self.oid(at), "oid_str": self.oid(at).to_string(), "num_iid": item, "sku_id": format!("5{item}"),
            "outer_iid": text(|line| &line.sku), "outer_sku_id": text(|line| &line.sku), "sku_properties_name": "规格:默认",
            "title": text(|line| &line.title), "pic_path": format!("https://img.example.com/i/{item}.jpg"),
            "price": price.to_string(), "num": line.map_or(0, |line| line.quantity), "discount_fee": "0.00",
            "adjust_fee": "0.00", "total_fee": self.line_total(at).to_string(), "payment": payment.to_string(),
            "divide_order_fee": self.divided(at).to_string(), "part_mjz_discount": share.to_string(),
            "status": if closed { "TRADE_CLOSED" } else { now.status },
            "refund_status": refund.map_or("NO_REFUND", |(status, _)| status), "is_oversold": false, "cid": 50_000_001,
            "seller_type": "B", "snapshot_url": "q:0000000000001_1", "order_from": "WAP,WAP"
        });
        if let Some(fields) = order.as_object_mut() {
            if refund.is_some() {
                fields.insert("refund_id".into(), self.refund_id().into());
            }
            if let Some((shipped, number)) = now.shipped.filter(|_| !closed) {
                fields.insert("logistics_company".into(), "顺丰速运".into());
                fields.insert("invoice_no".into(), number.into());
                fields.insert("consign_time".into(), time(shipped).into());
            }
            if let Some(ended) = now.ended {
                fields.insert("end_time".into(), time(ended).into());
            }
        }
        order
    }

    fn trade(&self, now: &Now<'_>) -> Value {
        let discount: Mills = self.lines.iter().map(|(_, share)| *share).sum();
        let total: Mills = (0..self.lines.len()).map(|at| self.line_total(at)).sum();
        let orders: Vec<Value> = (0..self.lines.len()).map(|at| self.order(at, now)).collect();
        let to = &self.receiver;
        let mut trade = json!({
            "tid": self.tid, "tid_str": self.tid.to_string(), "status": now.status, "type": "fixed", "trade_from": "WAP,WAP",
            "seller_nick": SELLER, "buyer_nick": "t**1", "buyer_open_uid": to.open_uid, "created": time(self.placed),
            "modified": time(now.modified), "payment": self.payment().to_string(), "total_fee": total.to_string(),
            "discount_fee": discount.to_string(), "adjust_fee": "0.00", "post_fee": self.sale.shipping.rounded().to_string(),
            "received_payment": if now.ended.is_some() && now.paid.is_some() { self.payment().to_string() } else { "0.00".into() },
            "platform_subsidy_fee": "0.00", "coupon_fee": 0, "alipay_point": 0, "point_fee": 0, "real_point_fee": 0,
            "buyer_obtain_point_fee": 0, "num": 0, "shipping_type": "express", "is_part_consign": false,
            "has_buyer_message": false, "buyer_message": "", "seller_memo": "", "seller_flag": 0
        });
        let mut receiver = json!({
            "receiver_name": to.name,
            "receiver_mobile": to.mobile, "receiver_phone": "", "receiver_country": "", "receiver_state": to.state,
            "receiver_city": to.city, "receiver_district": to.district, "receiver_town": "测试街道",
            "receiver_address": "测**路**号", "receiver_zip": to.zip, "oaid": to.oaid, "new_presell": false,
            "orders": {"order": orders}
        });
        if let (Some(fields), Some(more)) = (trade.as_object_mut(), receiver.as_object_mut()) {
            fields.append(more);
            let times = [
                ("pay_time", now.paid),
                ("consign_time", now.shipped.map(|(at, _)| at)),
                ("end_time", now.ended),
            ];
            for (name, at) in times {
                if let Some(at) = at {
                    fields.insert(name.into(), time(at).into());
                }
            }
            if discount > Mills::ZERO {
                let promotion = json!({"promotion_detail": [{
                    "id": self.tid, "promotion_name": "店铺满减", "promotion_id": "shopbonus-1_1",
                    "discount_fee": discount.to_string()
                }]});
                fields.insert("promotion_details".into(), promotion);
            }
        }
        trade
    }

    fn refund(&self, now: &Now<'_>) -> Option<Value> {
        let (status, asked) = now.refund?;
        let at = self.refunded_line();
        let line = self.sale.lines.get(at)?;
        let item = 700_000_000_000_u64 + u64::try_from(at).unwrap_or(0);
        Some(json!({
            "refund_id": self.refund_id(), "tid": self.tid, "oid": self.oid(at), "status": status,
            "order_status": if status == "SUCCESS" { "TRADE_CLOSED" } else { "WAIT_SELLER_SEND_GOODS" },
            "good_status": "BUYER_NOT_RECEIVED", "refund_phase": "onsale", "dispute_type": "REFUND",
            "has_good_return": false, "refund_fee": self.divided(at).to_string(), "payment": "0.00",
            "total_fee": self.line_total(at).to_string(), "price": line.price.rounded().to_string(), "num": line.quantity,
            "num_iid": item, "sku": format!("5{item}|规格:默认"), "outer_id": line.sku, "title": line.title,
            "reason": "多拍/错拍/不想要", "desc": "测试退款", "buyer_nick": "t**1", "buyer_open_uid": self.receiver.open_uid,
            "seller_nick": SELLER, "created": time(asked), "modified": time(now.modified),
            "refund_version": now.modified.as_millisecond(), "cs_status": 1, "advance_status": 0,
            "special_refund_type": "", "sid": "", "company_name": ""
        }))
    }

    fn state(&self, topic: &'static str, now: &Now<'_>) -> State {
        let refund = self.refund(now).filter(|_| topic.starts_with("taobao_refund_"));
        let oid = if refund.is_some() { self.oid(self.refunded_line()) } else { self.tid };
        let mut content = json!({
            "tid": self.tid, "oid": oid, "buyer_nick": "t**1", "buyer_open_uid": self.receiver.open_uid,
            "seller_nick": SELLER
        });
        if let Some(fields) = content.as_object_mut() {
            if refund.is_some() {
                fields.insert("refund_id".into(), self.refund_id().into());
                fields.insert("refund_fee".into(), self.divided(self.refunded_line()).to_string().into());
                fields.insert("bill_type".into(), "refund_bill".into());
                fields.insert("refund_phase".into(), "onsale".into());
                fields.insert("modified".into(), time(now.modified).into());
            } else {
                fields.insert("payment".into(), self.payment().to_string().into());
                fields.insert("status".into(), now.status.into());
                fields.insert("type".into(), "guarantee_trade".into());
            }
        }
        let sent = now.modified.as_millisecond();
        // Message ids are beyond what a float holds too.
        let id = 9_007_199_254_740_993 + self.tid / 1000 + now.modified.as_second().unsigned_abs();
        let message = json!({
            "id": id, "topic": topic, "content": content.to_string(), "nick": SELLER, "userid": 2_000_000_001_u64,
            "dataid": format!("fict-{id}"), "publisher": "12345678", "outtime": sent, "time": sent, "retried": 0
        });
        State { at: now.modified, topic, trade: self.trade(now), refund, message }
    }
}

#[cfg(test)]
mod tests;
