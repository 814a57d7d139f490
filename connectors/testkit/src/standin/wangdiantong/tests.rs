use std::time::Duration;

use bytes::Bytes;

use super::*;
use crate::standin::{Client, form, stopped};

async fn start(generation: Generation) -> Wangdiantong {
    Wangdiantong::start(Options {
        generation,
        sid: "demo".into(),
        appkey: "demo-key".into(),
        secret: "demo-secret".into(),
        salt: "demo-salt".into(),
        shops: vec!["S001".into()],
        clock: stopped(jiff::Timestamp::from_second(1_760_000_000).unwrap()),
    })
    .await
    .unwrap()
}

async fn push(wdt: &Wangdiantong, list: &str, change: &[(&str, &str)]) -> Value {
    let mut pairs: Vec<(String, String)> = [
        ("sid", "demo"),
        ("appkey", "demo-key"),
        ("timestamp", "1760000000"),
        ("shop_no", "S001"),
        ("switch", "1"),
        ("trade_list", list),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .to_vec();
    pairs.push(("sign".to_owned(), form_signature(&pairs, "demo-secret")));
    for (name, value) in change {
        pairs.retain(|(other, _)| other != name);
        pairs.push(((*name).to_owned(), (*value).to_owned()));
    }
    let body: Vec<String> = pairs.iter().map(|(n, v)| format!("{n}={}", form::java_encode(v))).collect();
    let mut client = Client::new(&wdt.server().url(), Duration::from_secs(5)).unwrap();
    let headers = [("content-type", "application/x-www-form-urlencoded; charset=UTF-8")];
    let reply = client.post("/openapi2/trade_push.php", &headers, Bytes::from(body.join("&"))).await.unwrap();
    serde_json::from_slice(&reply.body).unwrap()
}

fn order(tid: &str, price: &str, paid: &str) -> String {
    json!([{
        "tid": tid, "trade_status": 30, "pay_status": 2, "delivery_term": 1, "trade_time": "2025-10-09 09:00:00",
        "pay_time": "2025-10-09 09:01:12", "buyer_nick": "demo_nick_01", "receiver_name": "林小满",
        "receiver_address": "示范路1号", "receiver_mobile": "13800000001", "post_amount": "6.0000", "paid": paid,
        "order_list": [{"oid": format!("{tid}-1"), "num": "2.0000", "price": price, "status": 30, "refund_status": 0,
            "goods_no": "", "spec_no": "A-100-RED", "discount": "2.0000"}]
    }])
    .to_string()
}

/// The vectors of the fact sheet: what counts is characters, not bytes.
#[tokio::test]
async fn lengths_are_characters() {
    let wdt = start(Generation::Qyb).await;
    let list = r#"[{"tid":"XD-DEMO-0001","trade_status":30,"receiver_name":"林小满"}]"#;
    let bytes = "1515b60317fe45f87f3085cd5b6949cc";
    assert_eq!(push(&wdt, list, &[("sign", bytes)]).await["message"], "签名错误");
    let characters = "ce0a5ec4db1498c2b167f259770cdd6b";
    assert_eq!(push(&wdt, list, &[("sign", characters)]).await["code"], 99);
    assert_eq!(push(&wdt, list, &[("timestamp", "1759999699")]).await["message"], "签名错误");
    assert_eq!(push(&wdt, list, &[("appkey", "other")]).await["code"], 1007);
    assert_eq!(wdt.counts().refused, 3);
    wdt.stop().await;
}

#[tokio::test]
async fn quantity_and_price_are_frozen_with_the_first_push() {
    let wdt = start(Generation::Qyb).await;
    assert_eq!(push(&wdt, &order("tb-1", "30.0000", "64.0000"), &[]).await["new_count"], 1);
    let again = push(&wdt, &order("tb-1", "40.0000", "84.0000"), &[]).await;
    assert_eq!((&again["code"], &again["chg_count"]), (&json!("0"), &json!(1)));
    assert_eq!(wdt.order("tb-1").unwrap()["order_list"][0]["price"], "30.0000");
    assert_eq!((wdt.counts().frozen, wdt.documents()), (1, (1, 0)));
    let wrong = push(&wdt, &order("tb-2", "30.0000", "63.0000"), &[]).await;
    assert_eq!((&wrong["code"], &wrong["message"]), (&json!(99), &json!("paid与明细不符")));
    assert_eq!(wdt.documents(), (1, 0));
    wdt.stop().await;
}

#[test]
fn signs_as_the_vendor_does() {
    let pairs: Vec<(String, String)> = [
        ("appkey", "test2-xx"),
        ("page_no", "0"),
        ("page_size", "40"),
        ("sid", "test2"),
        ("timestamp", "1470042310"),
        ("start_time", "2016-08-01 12:00:00"),
        ("end_time", "2016-08-01 13:00:00"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .to_vec();
    assert_eq!(form_signature(&pairs, "12345"), "ad4e6fe037ea6e3ba4768317be9d1309");
}
