//! The portal itself: what the sheet says it does.

use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::*;
use crate::standin::{Client, stopped};

async fn portal() -> (Hubspot, Client) {
    let portal =
        Hubspot::start(Options::new(stopped(Timestamp::from_second(1_767_600_000).unwrap()))).await.unwrap();
    let client = Client::new(&portal.url(), Duration::from_secs(2)).unwrap();
    (portal, client)
}

async fn post(client: &mut Client, path: &str, body: &Value) -> (u16, Value) {
    let headers = [("authorization", "Bearer demo-private-app-token")];
    let reply = client.post(path, &headers, Bytes::from(body.to_string())).await.unwrap();
    (reply.status, serde_json::from_slice(&reply.body).unwrap_or_default())
}

fn upsert(rows: &[(&str, Value)]) -> Value {
    let inputs: Vec<Value> = rows
        .iter()
        .enumerate()
        .map(|(at, (key, properties))| {
            json!({"idProperty": "hub_key", "id": key, "objectWriteTraceId": format!("t-{}", at + 1), "properties": properties})
        })
        .collect();
    json!({ "inputs": inputs })
}

const ORDERS: &str = "/crm/v3/objects/order/batch/upsert";

#[tokio::test]
async fn an_upsert_creates_once() {
    let (portal, mut client) = portal().await;
    let body = upsert(&[("tb:1", json!({"hs_order_name": "1"}))]);
    let (status, reply) = post(&mut client, ORDERS, &body).await;
    assert_eq!((status, &reply["results"][0]["new"]), (200, &json!(true)));
    let (status, reply) = post(&mut client, ORDERS, &body).await;
    assert_eq!((status, &reply["results"][0]["new"]), (200, &json!(false)));
    assert_eq!(portal.records("order").len(), 1);
    assert_eq!((portal.counts().creates, portal.counts().updates), (1, 1));
    portal.stop().await;
}

#[tokio::test]
async fn a_value_refuses_one_record_a_name_all_of_them() {
    let (portal, mut client) = portal().await;
    let body =
        upsert(&[("1", json!({"hs_currency_code": "XTS"})), ("2", json!({"hs_currency_code": "CNY"}))]);
    let (status, reply) = post(&mut client, ORDERS, &body).await;
    assert_eq!((status, &reply["numErrors"]), (207, &json!(1)));
    assert_eq!(reply["errors"][0]["context"]["objectWriteTraceId"], json!(["t-1"]));
    let body = upsert(&[("3", json!({"no_such": "x"})), ("4", json!({"hs_order_name": "4"}))]);
    let (status, reply) = post(&mut client, ORDERS, &body).await;
    assert_eq!((status, &reply["category"]), (400, &json!("VALIDATION_ERROR")));
    let body = upsert(&[("5", json!({})), ("5", json!({}))]);
    assert_eq!(post(&mut client, ORDERS, &body).await.0, 400);
    assert_eq!(portal.records("order").len(), 1);
    portal.stop().await;
}

#[tokio::test]
async fn a_plain_create_makes_a_second_one_but_of_contacts() {
    let (portal, mut client) = portal().await;
    let body = json!({"properties": {"hs_order_name": "1"}});
    for _ in 0..2 {
        assert_eq!(post(&mut client, "/crm/v3/objects/order", &body).await.0, 201);
    }
    assert_eq!(portal.records("order").len(), 2);
    let body = json!({"properties": {"email": "lin@example.com"}});
    assert_eq!(post(&mut client, "/crm/v3/objects/contacts", &body).await.0, 201);
    let (status, reply) = post(&mut client, "/crm/v3/objects/contacts", &body).await;
    assert_eq!(status, 409);
    assert!(reply["message"].as_str().unwrap().contains("Existing ID"));
    portal.stop().await;
}

#[tokio::test]
async fn reading_says_who_is_missing_and_connecting_who_is_not_there() {
    let (portal, mut client) = portal().await;
    post(&mut client, ORDERS, &upsert(&[("1", json!({"hub_revision": "3"}))])).await;
    let body = json!({"idProperty": "hub_key", "properties": ["hub_key", "hub_revision"], "inputs": [{"id": "1"}, {"id": "2"}]});
    let (status, reply) = post(&mut client, "/crm/v3/objects/order/batch/read", &body).await;
    assert_eq!(status, 207);
    assert_eq!(reply["results"][0]["properties"]["hub_revision"], "3");
    assert_eq!(reply["errors"][0]["context"]["ids"], json!(["2"]));
    let path = "/crm/v4/associations/order/contact/batch/associate/default";
    let (status, _) =
        post(&mut client, path, &json!({"inputs": [{"from": {"id": "9001"}, "to": {"id": "7"}}]})).await;
    assert_eq!(status, 207);
    portal.stop().await;
}

#[tokio::test]
async fn tokens_and_quotas_are_checked() {
    let mut options = Options::new(stopped(Timestamp::from_second(1_767_600_000).unwrap()));
    options.window = 2;
    let portal = Hubspot::start(options).await.unwrap();
    let mut client = Client::new(&portal.url(), Duration::from_secs(2)).unwrap();
    let reply = client.post(ORDERS, &[("authorization", "Bearer other")], Bytes::from("{}")).await.unwrap();
    assert_eq!(reply.status, 401);
    let body = upsert(&[("1", json!({}))]);
    let statuses = [post(&mut client, ORDERS, &body).await.0, post(&mut client, ORDERS, &body).await.0];
    assert_eq!(statuses, [200, 200]);
    let (status, reply) = post(&mut client, ORDERS, &body).await;
    assert_eq!((status, &reply["policyName"]), (429, &json!("TEN_SECONDLY_ROLLING")));
    assert_eq!(portal.counts().refused, 1);
    portal.stop().await;
}
