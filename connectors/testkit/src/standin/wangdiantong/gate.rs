//! Lets calls in: path, account, time, signature.

use crossdock_connector::{legacy, sign};
use serde_json::Value;

use super::{Generation, Options, path};
use crate::standin::form;
use crate::standin::server::Asked;

/// Seconds by which the time of a call may be off.
const TOLERANCE: u64 = 300;
const TOLERANCE_QJB: u64 = 120;
/// qjb counts seconds from 2012-01-01 00:00:00 in China.
const EPOCH: i64 = 1_325_347_200;
/// For what the fact sheet has no number.
const OURS: u32 = 9001;

/// A call that was let in.
pub(super) enum Call {
    /// Orders: each with its lines under `order_list`.
    Orders { shop: String, orders: Vec<Value> },
    /// Refunds, each with its shop.
    Refunds(Vec<(String, Value)>),
}

/// Signature of qyb and y, lengths counted in characters.
#[must_use]
pub fn form_signature(parameters: &[(String, String)], secret: &str) -> String {
    let mut sorted: Vec<_> = parameters.iter().filter(|(name, _)| name != "sign").collect();
    sorted.sort();
    let pieces: Vec<String> = sorted
        .iter()
        .map(|(name, value)| {
            format!("{:02}-{name}:{:04}-{value}", name.chars().count(), value.chars().count())
        })
        .collect();
    sign::hex(&legacy::md5(format!("{}{secret}", pieces.join(";")).as_bytes()))
}

/// Signature of qjb: `body` is signed like a parameter.
#[must_use]
pub fn query_signature(parameters: &[(String, String)], body: &str, secret: &str) -> String {
    let mut all: Vec<(&str, &str)> = parameters
        .iter()
        .filter(|(name, _)| name != "sign")
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    all.push(("body", body));
    all.sort_unstable();
    let joined: String = all.iter().flat_map(|(name, value)| [*name, *value]).collect();
    sign::hex(&legacy::md5(format!("{secret}{joined}{secret}").as_bytes()))
}

type Refusal = (u32, &'static str);

pub(super) fn admit(options: &Options, asked: &Asked) -> Result<Call, Refusal> {
    if asked.head.method != hyper::Method::POST {
        return Err((OURS, "请使用POST"));
    }
    if options.generation == Generation::Qjb { flagship(options, asked) } else { plain(options, asked) }
}

fn plain(options: &Options, asked: &Asked) -> Result<Call, Refusal> {
    const BAD: Refusal = (2900, "参数错误");
    let pairs = form::parse(&asked.body).ok_or(BAD)?;
    let given = |name: &str| form::once(&pairs, name).filter(|value| !value.is_empty()).ok_or(BAD);
    if given("sid")? != options.sid || given("appkey")? != options.appkey {
        return Err((1007, "appkey不存在或已停用"));
    }
    if given("sign")? != form_signature(&pairs, &options.secret) {
        return Err((OURS, "签名错误"));
    }
    let seconds: i64 = given("timestamp")?.parse().map_err(|_| BAD)?;
    if (options.clock)().as_second().abs_diff(seconds) > TOLERANCE {
        return Err((OURS, "时间戳超出范围"));
    }
    let list = |name: &str| -> Result<Vec<Value>, Refusal> {
        serde_json::from_str(given(name)?).map_err(|_| (2830, "json解析错误"))
    };
    let base = path(options.generation);
    match asked.head.uri.path().strip_prefix(base) {
        Some("/trade_push.php") => {
            let shop = given("shop_no")?.to_owned();
            Ok(Call::Orders { shop, orders: list("trade_list")? })
        }
        Some("/sales_refund_push.php") => {
            let rows = list("api_refund_list")?.into_iter().map(|row| (text(&row, "shop_no"), row));
            Ok(Call::Refunds(rows.collect()))
        }
        _ => Err((2900, "接口不存在")),
    }
}

fn flagship(options: &Options, asked: &Asked) -> Result<Call, Refusal> {
    const BAD: Refusal = (1, "验证失败");
    let pairs = form::parse(asked.head.uri.query().unwrap_or_default().as_bytes()).ok_or(BAD)?;
    let given = |name: &str| form::once(&pairs, name).filter(|value| !value.is_empty()).ok_or(BAD);
    let body = std::str::from_utf8(&asked.body).map_err(|_| BAD)?;
    let known = given("sid")? == options.sid
        && given("key")? == options.appkey
        && given("salt")? == options.salt
        && given("v")? == "1.0";
    if !known || given("sign")? != query_signature(&pairs, body, &options.secret) {
        return Err(BAD);
    }
    let seconds: i64 = given("timestamp")?.parse().map_err(|_| BAD)?;
    if (options.clock)().as_second().abs_diff(seconds.saturating_add(EPOCH)) > TOLERANCE_QJB {
        return Err((7, "时间戳错误"));
    }
    let arguments: Vec<Value> = serde_json::from_str(body).map_err(|_| (8, "参数解析失败"))?;
    let rows = |value: &Value| value.as_array().cloned().ok_or((8, "参数解析失败"));
    match (given("method")?, arguments.as_slice()) {
        ("sales.RawTrade.pushSelf2", [Value::String(shop), heads, lines]) => {
            Ok(Call::Orders { shop: shop.clone(), orders: join(rows(heads)?, &rows(lines)?) })
        }
        ("aftersales.refund.RawRefund.upload2", [Value::String(shop), list]) => {
            Ok(Call::Refunds(rows(list)?.into_iter().map(|row| (shop.clone(), row)).collect()))
        }
        ("sales.RawTrade.pushSelf2" | "aftersales.refund.RawRefund.upload2", _) => Err(BAD),
        _ => Err((2, "接口不存在")),
    }
}

/// Puts lines to their heads by `tid`.
fn join(heads: Vec<Value>, lines: &[Value]) -> Vec<Value> {
    let whole = |mut head: Value| {
        let tid = text(&head, "tid");
        let own: Vec<Value> = lines.iter().filter(|line| text(line, "tid") == tid).cloned().collect();
        if let Some(head) = head.as_object_mut() {
            head.insert("order_list".to_owned(), Value::Array(own));
        }
        head
    };
    heads.into_iter().map(whole).collect()
}

/// A field as text, whether it is a text or a number; empty when it is not there.
pub(super) fn text(value: &Value, name: &str) -> String {
    match value.get(name) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    }
}
