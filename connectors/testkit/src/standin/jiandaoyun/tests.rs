use std::time::Duration;

use bytes::Bytes;

use super::*;
use crate::standin::Client;

async fn company(hidden_for: u32) -> Jiandaoyun {
    let options =
        Options { key: "k1".into(), members: vec!["mei".into()], hidden_for, faults: Faults::default() };
    let company = Jiandaoyun::start(options).await.unwrap();
    let lines = Widget::subform("lines", vec![Widget::new("sku", "text")]);
    let widgets =
        vec![Widget::new("no", "text"), Widget::new("n", "number"), Widget::new("who", "user"), lines];
    company.put_form("a", "f", widgets);
    company
}

async fn call(company: &Jiandaoyun, path: &str, more: Value) -> (u16, Value) {
    let mut client = Client::new(&company.url(), Duration::from_secs(5)).unwrap();
    let mut body = json!({"app_id": "a", "entry_id": "f"});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let path = format!("/api/v5/app/entry/{path}");
    let reply =
        client.post(&path, &[("authorization", "Bearer k1")], Bytes::from(body.to_string())).await.unwrap();
    (reply.status, serde_json::from_slice(&reply.body).unwrap_or_default())
}

#[tokio::test]
async fn only_a_transaction_is_known_again() {
    let company = company(0).await;
    let data = json!({"no": {"value": "T1"}, "nobody": {"value": 1}});
    for _ in 0..2 {
        assert_eq!(call(&company, "data/create", json!({"data": data})).await.0, 200);
    }
    assert_eq!(company.rows("a", "f").len(), 2);
    assert!(company.rows("a", "f")[0].get("nobody").is_none());
    let body = json!({"data_list": [data], "transaction_id": "t-1"});
    let first = call(&company, "data/batch_create", body.clone()).await;
    assert_eq!((first.0, call(&company, "data/batch_create", body).await), (200, first.clone()));
    assert_eq!(company.rows("a", "f").len(), 3);
}

#[tokio::test]
async fn a_new_row_may_hide_and_searches_have_bounds() {
    let company = company(1).await;
    let body = json!({"data_list": [{"no": {"value": "T1"}}]});
    call(&company, "data/batch_create", body).await;
    let search = json!({"limit": 100, "fields": ["no"], "filter": {"rel": "and", "cond": [{"field": "no", "method": "in", "value": ["T1"]}]}});
    let found = |answer: (u16, Value)| answer.1["data"].as_array().map(Vec::len);
    assert_eq!(found(call(&company, "data/list", search.clone()).await), Some(0));
    assert_eq!(found(call(&company, "data/list", search).await), Some(1));
    assert_eq!(
        call(&company, "data/list", json!({"limit": 101})).await,
        (400, json!({"code": 1, "msg": "The request is invalid."}))
    );
}

#[tokio::test]
async fn lines_keep_their_ids_only_when_they_are_sent() {
    let company = company(0).await;
    let line = |sku: &str| json!({"sku": {"value": sku}});
    call(&company, "data/create", json!({"data": {"lines": {"value": [line("A"), line("B")]}}})).await;
    let before = company.rows("a", "f")[0].clone();
    let mut kept = line("A");
    kept["_id"] = json!({"value": before["lines"][0]["_id"]});
    let update = json!({"data_id": before["_id"], "data": {"lines": {"value": [kept, line("B")]}}});
    assert_eq!(call(&company, "data/update", update).await.0, 200);
    let after = company.rows("a", "f")[0].clone();
    assert_eq!(after["lines"][0]["_id"], before["lines"][0]["_id"]);
    assert_ne!(after["lines"][1]["_id"], before["lines"][1]["_id"]);
}

#[tokio::test]
async fn every_refusal_is_400() {
    let company = company(0).await;
    let wrong = call(&company, "data/create", json!({"data": {"n": {"value": "1"}}})).await;
    assert_eq!((wrong.0, &wrong.1["code"]), (400, &json!(1)));
    let nobody = call(&company, "data/create", json!({"data": {"who": {"value": "nobody"}}})).await;
    assert_eq!((nobody.0, &nobody.1["code"]), (400, &json!(1010)));
    company.fail_next("*", Fault::Throttled);
    let fast = call(&company, "widget/list", json!({})).await;
    assert_eq!((fast.0, &fast.1["code"]), (400, &json!(8303)));
    assert!(company.rows("a", "f").is_empty());
}
