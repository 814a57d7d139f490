//! What the gateway answers once a call was let in.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::standin::form;

/// An error in TOP's envelope. TOP sends it with HTTP 200.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) code: u32,
    pub(crate) msg: &'static str,
    pub(crate) sub_code: &'static str,
    pub(crate) sub_msg: &'static str,
}

impl Fault {
    pub(crate) const fn new(
        code: u32,
        msg: &'static str,
        sub_code: &'static str,
        sub_msg: &'static str,
    ) -> Self {
        Self { code, msg, sub_code, sub_msg }
    }

    pub(crate) fn json(self, request_id: &str) -> Value {
        let mut error = json!({"code": self.code, "msg": self.msg, "request_id": request_id});
        if let (Some(error), false) = (error.as_object_mut(), self.sub_code.is_empty()) {
            error.insert("sub_code".into(), self.sub_code.into());
            error.insert("sub_msg".into(), self.sub_msg.into());
        }
        json!({ "error_response": error })
    }
}

const MISSING: Fault = Fault::new(40, "Missing required arguments", "isv.missing-parameter", "缺少必要参数");
const INVALID: Fault = Fault::new(41, "Invalid arguments", "isv.invalid-parameter", "参数错误");
const NO_TRADE: Fault = Fault::new(15, "Remote service error", "isv.trade-not-exist", "交易订单不存在");
const NO_REFUND: Fault = Fault::new(15, "Remote service error", "isv.refund-not-exist", "退款单不存在");
const NO_METHOD: Fault = Fault::new(22, "Invalid method", "", "");

/// Fields without which `oaid` stays away.
const OAID_NEEDS: &[&str] =
    &["receiver_name", "receiver_address", "created", "receiver_mobile", "receiver_phone"];
/// A longest window of the increment lists, in seconds: one day.
const LONGEST_WINDOW: i64 = 24 * 60 * 60;

/// What the shop has.
#[derive(Default)]
pub(crate) struct Shop {
    pub(crate) trades: BTreeMap<String, Value>,
    pub(crate) refunds: BTreeMap<String, Value>,
}

impl Shop {
    /// The body of the answer, without `request_id`: name of the response and its content.
    pub(crate) fn answer(
        &self,
        method: &str,
        parameters: &[(String, String)],
    ) -> Result<(&'static str, Map<String, Value>), Fault> {
        match method {
            "taobao.trade.fullinfo.get" => {
                let trade = self.trades.get(required(parameters, "tid")?).ok_or(NO_TRADE)?;
                let fields = required(parameters, "fields")?;
                Ok(("trade_fullinfo_get_response", one("trade", project(trade, fields))))
            }
            "taobao.refund.get" => {
                let refund = self.refunds.get(required(parameters, "refund_id")?).ok_or(NO_REFUND)?;
                let fields = required(parameters, "fields")?;
                Ok(("refund_get_response", one("refund", project(refund, fields))))
            }
            "taobao.trades.sold.increment.get" => {
                let page = page(&self.trades, parameters)?;
                Ok(("trades_sold_increment_get_response", page.content("trades", "trade")))
            }
            "taobao.refunds.receive.get" => {
                let page = page(&self.refunds, parameters)?;
                Ok(("refunds_receive_get_response", page.content("refunds", "refund")))
            }
            _ => Err(NO_METHOD),
        }
    }
}

fn required<'a>(parameters: &'a [(String, String)], name: &str) -> Result<&'a str, Fault> {
    form::once(parameters, name).filter(|value| !value.is_empty()).ok_or(MISSING)
}

fn one(name: &str, value: Value) -> Map<String, Value> {
    Map::from_iter([(name.to_owned(), value)])
}

/// What is not asked for is not there.
fn project(object: &Value, fields: &str) -> Value {
    let asked: Vec<&str> =
        fields.split(',').map(|field| field.trim().split('.').next().unwrap_or_default()).collect();
    let oaid = OAID_NEEDS.iter().all(|needed| asked.contains(needed));
    let kept = object
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(name, _)| asked.contains(&name.as_str()) && (name.as_str() != "oaid" || oaid));
    Value::Object(kept.map(|(name, value)| (name.clone(), value.clone())).collect())
}

struct Page {
    rows: Vec<Value>,
    total: usize,
    has_next: bool,
    with_total: bool,
}

impl Page {
    fn content(self, list: &str, row: &str) -> Map<String, Value> {
        let mut content = Map::new();
        if self.with_total {
            content.insert("total_results".into(), self.total.into());
        } else {
            content.insert("has_next".into(), self.has_next.into());
        }
        // TOP leaves the wrapper out when there is nothing to wrap.
        if !self.rows.is_empty() {
            content.insert(list.into(), json!({ row: self.rows }));
        }
        content
    }
}

/// One page of what was modified in a window, newest first.
fn page(objects: &BTreeMap<String, Value>, parameters: &[(String, String)]) -> Result<Page, Fault> {
    let from = required(parameters, "start_modified")?;
    let to = required(parameters, "end_modified")?;
    let fields = required(parameters, "fields")?;
    let (Ok(start), Ok(end)) = (crossdock_connector::time::china(from), crossdock_connector::time::china(to))
    else {
        return Err(INVALID);
    };
    let window = end.utc_seconds() - start.utc_seconds();
    if !(0..=LONGEST_WINDOW).contains(&window) {
        return Err(INVALID);
    }
    let number = |name: &str, default: usize| match form::once(parameters, name) {
        None => Ok(default),
        Some(text) => text.parse::<usize>().map_err(|_| INVALID),
    };
    let (at, size) = (number("page_no", 1)?, number("page_size", 40)?);
    if at == 0 || !(1..=100).contains(&size) {
        return Err(INVALID);
    }
    let modified =
        |object: &Value| object.get("modified").and_then(Value::as_str).unwrap_or_default().to_owned();
    // Times of this form compare as text.
    let mut found: Vec<(String, &Value)> = objects
        .values()
        .map(|object| (modified(object), object))
        .filter(|(modified, _)| from <= modified.as_str() && modified.as_str() <= to)
        .collect();
    found.sort_by(|(one, _), (other, _)| other.cmp(one));
    let skip = (at - 1).saturating_mul(size);
    let rows = found.iter().skip(skip).take(size).map(|(_, object)| project(object, fields)).collect();
    Ok(Page {
        rows,
        total: found.len(),
        has_next: found.len() > skip.saturating_add(size),
        with_total: form::once(parameters, "use_has_next") != Some("true"),
    })
}
