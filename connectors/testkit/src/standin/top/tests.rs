use bytes::Bytes;
use serde_json::json;

use super::*;
use crate::standin::{Client, stopped};

const SECRET: &str = "sandbox0123456789abcdef";

async fn start(faults: Faults) -> Top {
    let top = Top::start(Options {
        app_key: "12345678".into(),
        secret: SECRET.into(),
        session: "test_session_001".into(),
        clock: stopped("2026-11-21T20:00:00+08:00".parse().unwrap()),
        faults,
    })
    .await
    .unwrap();
    for n in 0..5_u64 {
        assert!(top.put_trade(json!({
            "tid": 4_123_456_789_012_345_670_u64 + n, "status": "WAIT_BUYER_PAY", "oaid": "x", "created": "c",
            "modified": format!("2026-11-21 1{n}:00:00"), "receiver_name": "张**", "receiver_address": "a",
            "receiver_mobile": "*", "receiver_phone": ""
        })));
    }
    assert!(
        top.put_refund(json!({"refund_id": "32", "status": "SUCCESS", "modified": "2026-11-21 19:00:00"}))
    );
    assert!(!top.put_trade(json!({"status": "no id"})));
    top
}

fn common(method: &str) -> Vec<(String, String)> {
    [
        ("method", method),
        ("app_key", "12345678"),
        ("session", "test_session_001"),
        ("timestamp", "2026-11-21 20:00:00"),
        ("format", "json"),
        ("v", "2.0"),
        ("sign_method", "hmac-sha256"),
        ("fields", "tid,status,modified"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .to_vec()
}

fn with(mut parameters: Vec<(String, String)>, more: &[(&str, &str)]) -> Vec<(String, String)> {
    for (name, value) in more {
        parameters.retain(|(other, _)| other != name);
        if *value != "-" {
            parameters.push(((*name).to_owned(), (*value).to_owned()));
        }
    }
    parameters
}

async fn post(top: &Top, parameters: &[(String, String)]) -> (u16, Bytes) {
    let pairs: Vec<String> =
        parameters.iter().map(|(n, v)| format!("{n}={}", form::java_encode(v))).collect();
    let mut client = Client::new(&top.url(), Duration::from_secs(5)).unwrap();
    let headers = [("content-type", "application/x-www-form-urlencoded;charset=utf-8")];
    let reply = client.post("", &headers, Bytes::from(pairs.join("&"))).await.unwrap();
    (reply.status, reply.body)
}

async fn call(top: &Top, parameters: Vec<(String, String)>) -> Value {
    let method = form::once(&parameters, "sign_method").unwrap_or_default().to_owned();
    let sign = signature(&method, SECRET.as_bytes(), &parameters).unwrap_or_default();
    let (status, body) = post(top, &with(parameters, &[("sign", &sign)])).await;
    assert_eq!(status, 200);
    serde_json::from_slice(&body).unwrap()
}

fn code(answer: &Value) -> Option<u64> {
    answer["error_response"]["code"].as_u64()
}

#[tokio::test]
async fn gives_what_was_asked_for_and_nothing_else() {
    let top = start(Faults::default()).await;
    let asked = with(common("taobao.trade.fullinfo.get"), &[("tid", "4123456789012345672")]);
    for method in ["md5", "hmac", "hmac-sha256"] {
        let answer = call(&top, with(asked.clone(), &[("sign_method", method)])).await;
        let trade = &answer["trade_fullinfo_get_response"]["trade"];
        assert_eq!(trade["tid"].to_string(), "4123456789012345672");
        assert_eq!(trade.as_object().unwrap().len(), 3, "{trade}");
    }
    let receiver = "tid,oaid,receiver_name,receiver_address,created,receiver_mobile";
    let answer = call(&top, with(asked.clone(), &[("fields", receiver)])).await;
    assert!(answer["trade_fullinfo_get_response"]["trade"].get("oaid").is_none());
    let answer = call(&top, with(asked, &[("fields", &format!("{receiver},receiver_phone"))])).await;
    assert_eq!(answer["trade_fullinfo_get_response"]["trade"]["oaid"], "x");
    let answer = call(&top, with(common("taobao.refund.get"), &[("refund_id", "32")])).await;
    assert_eq!(answer["refund_get_response"]["refund"]["status"], "SUCCESS");
    let answer = call(&top, with(common("taobao.trade.fullinfo.get"), &[("tid", "1")])).await;
    assert_eq!(answer["error_response"]["sub_code"], "isv.trade-not-exist");
    assert_eq!(code(&call(&top, common("taobao.item.get")).await), Some(22));
    assert_eq!(code(&call(&top, common("taobao.refund.get")).await), Some(40));
    assert_eq!(top.counts(), Counts { calls: 9, answered: 6, refused: 0, faults: 0 });
}

#[tokio::test]
async fn refuses_calls_it_does_not_trust() {
    let top = start(Faults::default()).await;
    let good = with(common("taobao.refund.get"), &[("refund_id", "32")]);
    for (name, value, expected) in [
        ("method", "-", 21),
        ("app_key", "-", 28),
        ("app_key", "87654321", 29),
        ("v", "1.0", 33),
        ("timestamp", "-", 30),
        ("timestamp", "2026-11-21 19:49:59", 31),
        ("timestamp", "2026-11-21 20:10:01", 31),
        ("timestamp", "now", 31),
        ("sign_method", "sha1", 24),
        ("session", "-", 26),
        ("session", "another", 27),
    ] {
        assert_eq!(
            code(&call(&top, with(good.clone(), &[(name, value)])).await),
            Some(expected),
            "{name} {value}"
        );
    }
    for edge in ["2026-11-21 19:50:00", "2026-11-21 20:10:00"] {
        assert_eq!(code(&call(&top, with(good.clone(), &[("timestamp", edge)])).await), None, "{edge}");
    }
    // A parameter added after signing, a changed one, and one that stands there twice.
    let sign = signature("hmac-sha256", SECRET.as_bytes(), &good).unwrap();
    let signed = with(good, &[("sign", &sign)]);
    let mut twice = signed.clone();
    twice.push(("refund_id".into(), "33".into()));
    for bad in [with(signed.clone(), &[("more", "1")]), with(signed.clone(), &[("refund_id", "33")]), twice] {
        let answer: Value = serde_json::from_slice(&post(&top, &bad).await.1).unwrap();
        assert_eq!(code(&answer), Some(25));
    }
    assert_eq!(post(&top, &signed).await.0, 200);
    assert_eq!(top.counts().refused, 14);
}

#[tokio::test]
async fn pages_through_a_window() {
    let top = start(Faults::default()).await;
    let window = [("start_modified", "2026-11-21 11:00:00"), ("end_modified", "2026-11-21 14:00:00")];
    let asked = with(common("taobao.trades.sold.increment.get"), &window);
    let mut seen = Vec::new();
    for page in ["1", "2", "3"] {
        let answer = call(&top, with(asked.clone(), &[("page_no", page), ("page_size", "2")])).await;
        let answer = &answer["trades_sold_increment_get_response"];
        assert_eq!(answer["total_results"], 4);
        let rows = answer["trades"]["trade"].as_array().cloned().unwrap_or_default();
        seen.extend(rows.iter().map(|row| row["modified"].as_str().unwrap().to_owned()));
    }
    let expected: Vec<String> = (1..5).rev().map(|n| format!("2026-11-21 1{n}:00:00")).collect();
    assert_eq!(seen, expected);
    for (page, next) in [("1", true), ("2", false)] {
        let more = [("page_no", page), ("page_size", "2"), ("use_has_next", "true")];
        let answer = call(&top, with(asked.clone(), &more)).await;
        let answer = &answer["trades_sold_increment_get_response"];
        assert_eq!((&answer["has_next"], answer.get("total_results")), (&json!(next), None));
    }
    for bad in [
        ("page_size", "101"),
        ("page_no", "0"),
        ("start_modified", "2026-11-20 13:59:59"),
        ("end_modified", "x"),
    ] {
        assert_eq!(code(&call(&top, with(asked.clone(), &[bad])).await), Some(41), "{bad:?}");
    }
    let refunds = with(
        common("taobao.refunds.receive.get"),
        &[("start_modified", "2026-11-21 18:00:00"), ("end_modified", "2026-11-21 20:00:00")],
    );
    let answer = call(&top, with(refunds, &[("fields", "refund_id")])).await;
    assert_eq!(answer["refunds_receive_get_response"]["refunds"]["refund"], json!([{"refund_id": "32"}]));
}

#[tokio::test]
async fn faults_are_errors_in_a_200_or_a_500() {
    let asked = with(common("taobao.refund.get"), &[("refund_id", "32")]);
    let top = start(Faults { limited: 1000, ..Faults::default() }).await;
    assert_eq!(code(&call(&top, asked.clone()).await), Some(7));
    let top = start(Faults { remote: 1000, ..Faults::default() }).await;
    let answer = call(&top, asked.clone()).await;
    assert!(answer["error_response"]["sub_code"].as_str().unwrap().starts_with("isp."));
    let top = start(Faults { broken: 1000, ..Faults::default() }).await;
    assert_eq!(post(&top, &asked).await.0, 500);
    assert_eq!(top.counts().faults, 1);
    let top = start(Faults::default()).await;
    let body = post(&top, &with(asked, &[("format", "-")])).await.1;
    assert!(body.starts_with(b"<?xml"));
}
