//! What the vendor looks at before it takes an order or a refund.

use crossdock_connector::time;
use crossdock_schemas::Dec;
use jiff::Timestamp;
use serde_json::Value;

use super::Generation;
use super::gate::text;

/// States the vendor lists.
const STATES: [&str; 9] = ["10", "20", "30", "40", "50", "60", "70", "80", "90"];

/// Why an order is not taken.
pub(super) fn order(generation: Generation, order: &Value, now: Timestamp) -> Result<(), String> {
    let lines = order.get("order_list").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    for name in ["tid", "buyer_nick", "receiver_name", "receiver_address"] {
        if text(order, name).is_empty() {
            return Err(format!("{name}不能为空"));
        }
    }
    if text(order, "tid").chars().count() > 40 {
        return Err("Data too long for column 'tid'".to_owned());
    }
    if text(order, "receiver_mobile").is_empty() && text(order, "receiver_telno").is_empty() {
        return Err("收件人手机和电话不能同时为空".to_owned());
    }
    if !STATES.contains(&text(order, "trade_status").as_str()) {
        return Err("trade_status非法".to_owned());
    }
    let placed = moment(&text(order, "trade_time"))?.ok_or("下单时间非法")?;
    if placed > now.as_second() {
        return Err("下单时间非法".to_owned());
    }
    moment(&text(order, "pay_time"))?;
    if lines.is_empty() || lines.len() > 200 {
        return Err("子订单数量非法".to_owned());
    }
    for one in lines {
        line(one)?;
    }
    sums(generation, order, lines)?;
    if generation == Generation::Qjb { flagship(order, lines) } else { Ok(()) }
}

/// A time of theirs; nothing for their zero. Without a zone, so it is China's.
fn moment(given: &str) -> Result<Option<i64>, String> {
    if given == "0000-00-00 00:00:00" {
        return Ok(None);
    }
    time::china(given).map(|at| Some(at.utc_seconds())).map_err(|_| format!("Unparseable date: \"{given}\""))
}

fn line(line: &Value) -> Result<(), String> {
    let oid = text(line, "oid");
    if oid.is_empty() || oid.chars().count() > 40 {
        return Err("oid非法".to_owned());
    }
    if text(line, "goods_no").is_empty() && text(line, "spec_no").is_empty() {
        return Err(format!("{oid}货品编号和规格编码不能同时为空"));
    }
    if amount(line, "num")? <= Dec::ZERO {
        return Err(format!("{oid}数量非法"));
    }
    if !STATES.contains(&text(line, "status").as_str()) {
        return Err(format!("{oid}状态非法"));
    }
    match text(line, "refund_status").as_str() {
        "0" | "1" | "2" | "3" | "4" | "5" => Ok(()),
        _ => Err(format!("{oid}退款状态非法")),
    }
}

/// An amount with at most four digits after the point; nothing there is zero.
pub(super) fn amount(value: &Value, name: &str) -> Result<Dec, String> {
    let given = text(value, name);
    if given.is_empty() {
        return Ok(Dec::ZERO);
    }
    let amount = Dec::parse(&given).map_err(|_| format!("{name}非法"))?;
    if amount.round(4) == amount { Ok(amount) } else { Err(format!("{name}超过四位小数")) }
}

/// Σ(price × num + adjust − discount − share) + post + other is what is paid.
fn sums(generation: Generation, order: &Value, lines: &[Value]) -> Result<(), String> {
    let mut sum = amount(order, "post_amount")? + amount(order, "other_amount")?;
    for line in lines {
        let goods = amount(line, "price")? * amount(line, "num")?;
        sum = sum + goods + amount(line, "adjust_amount")?
            - amount(line, "discount")?
            - amount(line, "share_discount")?;
    }
    let stated = if generation == Generation::Qjb { "receivable" } else { "paid" };
    if sum.round(4) == amount(order, stated)? { Ok(()) } else { Err(format!("{stated}与明细不符")) }
}

fn flagship(order: &Value, lines: &[Value]) -> Result<(), String> {
    for name in
        ["process_status", "refund_status", "pay_method", "receiver_area", "receiver_mobile", "receivable"]
    {
        if text(order, name).is_empty() {
            return Err(format!("{name}不能为空"));
        }
    }
    for name in ["end_time", "is_auto_wms", "warehouse_no"] {
        if order.get(name).is_none() {
            return Err(format!("缺少{name}"));
        }
    }
    for name in ["buyer_nick", "receiver_name", "receiver_address"] {
        if text(order, name)
            .chars()
            .any(|letter| letter.is_control() || letter > '\u{1f000}' && letter < '\u{1fb00}')
        {
            return Err(format!("{name}包含非法字符"));
        }
    }
    let pieces: Dec = lines.iter().map(|line| amount(line, "num")).sum::<Result<Dec, String>>()?;
    if text(order, "order_count") != lines.len().to_string() || amount(order, "goods_count")? != pieces {
        return Err("子订单数量与明细不符".to_owned());
    }
    Ok(())
}

/// Why a refund is not taken.
pub(super) fn refund(generation: Generation, refund: &Value) -> Result<(), String> {
    let number = text(refund, "refund_no");
    if number.is_empty() || number.chars().count() > 40 {
        return Err("refund_no非法".to_owned());
    }
    let types: &[&str] =
        if generation == Generation::Qjb { &["0", "1", "2", "3", "4"] } else { &["1", "2", "4"] };
    let states: &[&str] = if generation == Generation::Qjb {
        &["1", "2", "3", "4", "5"]
    } else {
        &["1", "2", "3", "4", "5", "7"]
    };
    if !types.contains(&text(refund, "type").as_str()) {
        return Err("退款单类型非法".to_owned());
    }
    if !states.contains(&text(refund, "status").as_str()) {
        return Err("退款单状态非法".to_owned());
    }
    let amounts: &[&str] = if generation == Generation::Qjb {
        &["refund_amount", "actual_refund_amount", "num"]
    } else {
        &["refund_fee"]
    };
    for name in amounts {
        amount(refund, name)?;
    }
    Ok(())
}
