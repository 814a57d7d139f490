//! An order as WDT takes it: the head, and its lines.

use serde_json::{Map, Value, json};

use crossdock_connector::{Error, ErrorKind, Result};
use crossdock_schemas::{Dec, InvoiceKind, Order, PaymentStatus, Protected};

use crate::amounts::{self, Sums};
use crate::config::{Config, Generation, InvoiceWord, StatusWord};
use crate::names::{self, OrderId};
use crate::text::{NO_TIME, china, cut};
use crate::{lines, people, status};

/// An order ready to be pushed.
#[derive(Debug)]
pub(crate) struct Trade {
    pub(crate) tid: String,
    pub(crate) nick: String,
    pub(crate) head: Map<String, Value>,
    pub(crate) lines: Vec<Value>,
}

/// The order in WDT's words; nothing when there is nothing to push for it.
///
/// # Errors
/// `Rejected` when it cannot be said in WDT's words; the message says what the settings lack.
pub(crate) fn read(config: &Config, order: &Order, data: &Value) -> Result<Option<Trade>> {
    let word = status::order(order)?;
    if status::nothing_to_do(config, order, word).is_some() {
        return Ok(None);
    }
    let code = status::code(config, word).ok_or_else(|| lines::no_code("statuses", word.as_str()))?;
    let id = OrderId {
        platform: &order.source.platform,
        shop: &order.source.shop,
        key: order.order_key.as_deref(),
        number: Some(&order.order_no),
    };
    let tid = names::tid(config, &id)?;
    let sent = lines::sent(order)?;
    let sums = amounts::read(config, order, &sent)?;
    let mut rows = Vec::with_capacity(sent.len());
    for (line, amounts) in sent.iter().zip(&sums.lines) {
        rows.push(lines::fields(config, &tid, word, line, amounts)?);
    }
    let nick = people::nick(order, &tid);
    let mut head = Map::new();
    head.insert("tid".to_owned(), Value::from(tid.as_str()));
    head.insert("trade_status".to_owned(), json!(code));
    head.insert("pay_status".to_owned(), json!(status::payment(order, word)));
    head.insert("delivery_term".to_owned(), json!(if status::at_the_door(order) { 2 } else { 1 }));
    times(order, word, &mut head)?;
    head.insert("buyer_nick".to_owned(), Value::from(nick.as_str()));
    people::receiver(config, order, &mut head)?;
    money(config, order, word, &sums, &mut head);
    put(&mut head, "buyer_message", cut(order.buyer_note.as_deref().unwrap_or_default(), 1024));
    let memo = cut(order.seller_note.as_deref().unwrap_or_default(), 1024);
    if config.generation == Generation::Qjb {
        flagship(config, order, &rows, &sums, &mut head);
        put(&mut head, "remark", memo);
    } else {
        put(&mut head, "seller_memo", memo);
        if let Some(warehouse) = lines::warehouse(config, &sent)? {
            head.insert("warehouse_no".to_owned(), Value::from(warehouse));
        }
    }
    for (name, value) in config.fields.values(data) {
        head.insert(name.to_owned(), value);
    }
    Ok(Some(Trade { tid, nick, head, lines: rows.into_iter().map(Value::Object).collect() }))
}

fn put(head: &mut Map<String, Value>, name: &str, text: String) {
    head.insert(name.to_owned(), Value::String(text));
}

fn times(order: &Order, word: StatusWord, head: &mut Map<String, Value>) -> Result<()> {
    let placed = order.placed_at.ok_or_else(|| {
        Error::new(ErrorKind::Rejected, "the order is known only in part: nobody says when it was placed")
    })?;
    put(head, "trade_time", china(placed));
    let captured = order.payments.iter().filter(|payment| payment.status == PaymentStatus::Captured);
    let paid = order.paid_at.or_else(|| captured.filter_map(|payment| payment.at).max());
    // Paid without a time: the moment it was placed is the only one that stays the same in every push.
    let paid = paid.or_else(|| (status::payment(order, word) == 2).then_some(placed));
    put(head, "pay_time", paid.map_or_else(|| NO_TIME.to_owned(), china));
    Ok(())
}

fn money(config: &Config, order: &Order, word: StatusWord, sums: &Sums, head: &mut Map<String, Value>) {
    let arrived = arrived(order, word, sums);
    let door = status::at_the_door(order) && status::payment(order, word) != 2;
    let due = if door { sums.paid - arrived } else { Dec::ZERO };
    put(head, "post_amount", amounts::text(sums.post));
    put(head, "other_amount", amounts::text(sums.other));
    put(head, "cod_amount", amounts::text(if due.is_negative() { Dec::ZERO } else { due }));
    // The older generations check `paid` against the lines, whoever has paid it; the newer one has fields for both.
    let paid = if config.generation == Generation::Qjb { arrived } else { sums.paid };
    put(head, "paid", amounts::text(paid));
}

/// What has been paid so far.
fn arrived(order: &Order, word: StatusWord, sums: &Sums) -> Dec {
    match status::payment(order, word) {
        2 => sums.paid,
        1 => {
            let deposit = order.presale.as_ref().map(|presale| presale.deposit.amount);
            order.totals.paid.or(deposit).unwrap_or_default()
        }
        _ => order.totals.paid.unwrap_or_default(),
    }
}

/// What only the flagship generation has.
fn flagship(
    config: &Config,
    order: &Order,
    rows: &[Map<String, Value>],
    sums: &Sums,
    head: &mut Map<String, Value>,
) {
    let code = |row: &Map<String, Value>| row.get("refund_status").and_then(Value::as_u64);
    let back: Vec<u32> = rows.iter().filter_map(|row| u32::try_from(code(row)?).ok()).collect();
    let arrived = head.get("paid").cloned().unwrap_or_default();
    for (name, value) in [
        ("process_status", json!(10)),
        ("refund_status", json!(status::refund_of_all(&back))),
        ("order_count", json!(rows.len())),
        ("goods_count", json!(amounts::text(sums.pieces()))),
        ("pay_method", json!(pay_method(config, order))),
        ("end_time", order.completed_at.map_or(Value::Null, |at| Value::from(china(at)))),
        ("discount", json!(amounts::text(sums.discount()))),
        ("receivable", json!(amounts::text(sums.paid))),
        ("received", arrived),
        ("platform_cost", json!("0.0000")),
        ("invoice_type", json!(invoice(config, order).unwrap_or(0))),
        ("logistics_type", json!(-1)),
        ("is_auto_wms", json!(false)),
        ("warehouse_no", json!("")),
        ("remark_flag", json!(0)),
    ] {
        head.insert(name.to_owned(), value);
    }
    let title = order.invoice.as_ref().and_then(|invoice| invoice.title.as_ref()).and_then(Protected::shown);
    if let (Some(title), Some(_)) = (title, invoice(config, order)) {
        put(head, "invoice_title", cut(title, 255));
    }
}

/// Code of the first payment's method: 1, a transfer online, where it has none of its own.
fn pay_method(config: &Config, order: &Order) -> u32 {
    let method = order.payments.first().map(|payment| payment.method.as_str()).unwrap_or_default();
    config.pay_methods.get(method).copied().unwrap_or(match method {
        "alipay" => 7,
        "wechat" | "wechat_pay" | "weixin" => 8,
        _ => 1,
    })
}

/// Code of the wished invoice, where the settings know one.
fn invoice(config: &Config, order: &Order) -> Option<u32> {
    let word = match order.invoice.as_ref()?.kind {
        InvoiceKind::Personal => InvoiceWord::Personal,
        InvoiceKind::Company => InvoiceWord::Company,
        InvoiceKind::SpecialVat => InvoiceWord::SpecialVat,
        InvoiceKind::None | InvoiceKind::Unknown => return None,
    };
    config.invoice_types.get(&word).copied()
}
