//! The calls: signed, each with the moment it is made.

use jiff::Timestamp;
use serde_json::Value;

use crossdock_connector::{HttpRequest, Result};

use crate::ascii;
use crate::config::{Config, Generation};
use crate::order::Trade;
use crate::refund::Case;
use crate::sign;

/// The newest generation counts seconds from 2012-01-01 00:00:00 in China.
const EPOCH: i64 = 1_325_347_200;

/// A call that pushes orders of one shop.
///
/// # Errors
/// `Config` when the secret cannot be used.
pub(crate) fn orders(config: &Config, shop: &str, trades: &[&Trade], now: Timestamp) -> Result<HttpRequest> {
    if config.generation == Generation::Qjb {
        let heads = trades.iter().map(|trade| Value::Object(trade.head.clone())).collect();
        let lines = trades.iter().flat_map(|trade| trade.lines.iter().cloned()).collect();
        let arguments = Value::Array(vec![Value::from(shop), Value::Array(heads), Value::Array(lines)]);
        return query(config, "sales.RawTrade.pushSelf2", &arguments, now);
    }
    let whole = |trade: &&Trade| {
        let mut head = trade.head.clone();
        head.insert("order_list".to_owned(), Value::Array(trade.lines.clone()));
        Value::Object(head)
    };
    let list = Value::Array(trades.iter().map(whole).collect());
    let mut own = vec![("shop_no", shop.to_owned())];
    let strict = if config.generation == Generation::Qyb { Some(1) } else { None };
    if let Some(switch) = config.switch.or(strict) {
        own.push(("switch", switch.to_string()));
    }
    own.push(("trade_list", ascii::json(&list)));
    form(config, "trade_push.php", own, now)
}

/// A call that pushes refunds of one shop.
///
/// # Errors
/// `Config` when the secret cannot be used.
pub(crate) fn refunds(config: &Config, shop: &str, cases: &[&Case], now: Timestamp) -> Result<HttpRequest> {
    let rows = cases.iter().flat_map(|case| case.rows.iter().map(|row| row.fields.clone())).collect();
    let rows = Value::Array(rows);
    if config.generation == Generation::Qjb {
        let arguments = Value::Array(vec![Value::from(shop), rows]);
        return query(config, "aftersales.refund.RawRefund.upload2", &arguments, now);
    }
    form(config, "sales_refund_push.php", vec![("api_refund_list", ascii::json(&rows))], now)
}

fn form(config: &Config, service: &str, own: Vec<(&str, String)>, now: Timestamp) -> Result<HttpRequest> {
    let (secret, _) = config.secret()?;
    let mut parameters = vec![
        ("sid", config.sid.clone()),
        ("appkey", config.appkey.clone()),
        ("timestamp", now.as_second().to_string()),
    ];
    parameters.extend(own);
    let signed = sign::form_sign(&parameters, &secret);
    parameters.push(("sign", signed));
    let url = format!("{}/{service}", config.base());
    let content_type = "application/x-www-form-urlencoded; charset=UTF-8";
    Ok(HttpRequest::post(url, content_type, sign::encode(&parameters)))
}

fn query(config: &Config, method: &str, arguments: &Value, now: Timestamp) -> Result<HttpRequest> {
    let (secret, salt) = config.secret()?;
    let body = ascii::json(arguments);
    let mut parameters = vec![
        ("sid", config.sid.clone()),
        ("key", config.appkey.clone()),
        ("salt", salt),
        ("method", method.to_owned()),
        ("v", "1.0".to_owned()),
        ("timestamp", now.as_second().saturating_sub(EPOCH).to_string()),
    ];
    let signed = sign::query_sign(&parameters, &body, &secret);
    parameters.push(("sign", signed));
    let url = format!("{}?{}", config.base(), sign::encode(&parameters));
    Ok(HttpRequest::post(url, "application/json", body))
}
