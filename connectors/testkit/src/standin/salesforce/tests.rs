//! The org itself: what the sheet says it does.

use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::*;
use crate::standin::{Client, stopped};

struct User {
    client: Client,
    session: String,
}

impl User {
    async fn of(org: &Salesforce) -> Self {
        let mut client = Client::new(&org.url(), Duration::from_secs(2)).unwrap();
        let form = "grant_type=client_credentials&client_id=demo-client&client_secret=demo-client-secret";
        let reply = client.post("/services/oauth2/token", &[], Bytes::from(form)).await.unwrap();
        let body: Value = serde_json::from_slice(&reply.body).unwrap();
        assert!(body.get("expires_in").is_none());
        Self { client, session: body["access_token"].as_str().unwrap().to_owned() }
    }

    async fn call(&mut self, method: &str, path: &str, body: &Value) -> (u16, Value) {
        let bearer = format!("Bearer {}", self.session);
        let headers = [("authorization", bearer.as_str())];
        let path = format!("/services/data/v60.0/{path}");
        let reply = self.client.send(method, &path, &headers, Bytes::from(body.to_string())).await.unwrap();
        (reply.status, serde_json::from_slice(&reply.body).unwrap_or_default())
    }

    async fn upsert(&mut self, object: &str, records: &[Value]) -> (u16, Value) {
        let records: Vec<Value> = records
            .iter()
            .map(|record| {
                let mut record = record.clone();
                record["attributes"] = json!({ "type": object });
                record
            })
            .collect();
        let path = format!("composite/sobjects/{object}/Hub_Key__c");
        self.call("PATCH", &path, &json!({"allOrNone": false, "records": records})).await
    }
}

fn order(key: &str) -> Value {
    json!({
        "Hub_Key__c": key, "Account": {"Hub_Key__c": "cust-web"}, "EffectiveDate": "2026-01-05", "Status": "Draft",
    })
}

fn item(key: &str, order: &str) -> Value {
    json!({
        "Hub_Key__c": key, "Order": {"Hub_Key__c": order}, "PricebookEntryId": "01u000000000001AAA", "Quantity": 2,
        "UnitPrice": 29.0,
    })
}

async fn org() -> (Salesforce, User) {
    let org = Salesforce::start(Options::new(stopped(Timestamp::from_second(1_767_600_000).unwrap())))
        .await
        .unwrap();
    let user = User::of(&org).await;
    (org, user)
}

#[tokio::test]
async fn an_upsert_creates_once_and_answers_in_order() {
    let (org, mut user) = org().await;
    let records = [order("a"), json!({"Hub_Key__c": "b"}), order("c")];
    let (status, reply) = user.upsert("Order", &records).await;
    assert_eq!(status, 200);
    assert_eq!(reply[0]["created"], true);
    assert_eq!(reply[1]["errors"][0]["statusCode"], "REQUIRED_FIELD_MISSING");
    assert_eq!(reply[2]["success"], true);
    let (_, reply) = user.upsert("Order", &[order("a")]).await;
    assert_eq!((&reply[0]["success"], &reply[0]["created"]), (&json!(true), &json!(false)));
    assert_eq!((org.records("Order").len(), org.counts().creates, org.counts().updates), (2, 2, 1));
    org.stop().await;
}

#[tokio::test]
async fn items_keep_their_order_and_an_activated_order_takes_no_more() {
    let (org, mut user) = org().await;
    user.upsert("Order", &[order("a")]).await;
    let (_, reply) = user.upsert("OrderItem", &[item("a-1", "a"), item("a-2", "none")]).await;
    assert_eq!(reply[0]["success"], true);
    assert!(reply[1]["errors"][0]["message"].as_str().unwrap().starts_with("Foreign key external ID"));
    let (_, reply) = user.upsert("OrderItem", &[item("a-1", "a")]).await;
    assert_eq!(reply[0]["errors"][0]["statusCode"], "INVALID_FIELD_FOR_INSERT_UPDATE");
    let activated = json!({"Hub_Key__c": "a", "Status": "Activated"});
    assert_eq!(user.upsert("Order", &[activated]).await.1[0]["success"], true);
    let (_, reply) = user.upsert("OrderItem", &[item("a-3", "a")]).await;
    assert_eq!(reply[0]["success"], false);
    let (_, reply) = user.upsert("Order", &[json!({"Hub_Key__c": "a", "Status": "Odd"})]).await;
    assert_eq!(reply[0]["errors"][0]["statusCode"], "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST");
    org.stop().await;
}

#[tokio::test]
async fn a_field_that_is_not_there_refuses_the_call() {
    let (org, mut user) = org().await;
    let mut bad = order("a");
    bad["No_Such__c"] = json!(1);
    let (status, reply) = user.upsert("Order", &[bad, order("b")]).await;
    assert_eq!((status, &reply[0]["errorCode"]), (400, &json!("INVALID_FIELD")));
    assert!(org.records("Order").is_empty());
    org.stop().await;
}

#[tokio::test]
async fn questions_are_answered_page_by_page_and_through_parents() {
    let mut options = Options::new(stopped(Timestamp::from_second(1_767_600_000).unwrap()));
    options.page = 2;
    let org = Salesforce::start(options).await.unwrap();
    let mut user = User::of(&org).await;
    user.upsert("Order", &[order("a")]).await;
    user.upsert("OrderItem", &[item("a-1", "a"), item("a-2", "a"), item("a-3", "a")]).await;
    let path = "query?q=SELECT+Id,+Hub_Key__c+FROM+OrderItem+WHERE+Order.Hub_Key__c+IN+(%27a%27)";
    let (status, reply) = user.call("GET", path, &Value::Null).await;
    assert_eq!((status, reply["records"].as_array().unwrap().len(), &reply["done"]), (200, 2, &json!(false)));
    let next =
        reply["nextRecordsUrl"].as_str().unwrap().trim_start_matches("/services/data/v60.0/").to_owned();
    let (_, reply) = user.call("GET", &next, &Value::Null).await;
    assert_eq!((reply["records"].as_array().unwrap().len(), &reply["done"]), (1, &json!(true)));
    org.stop().await;
}

#[tokio::test]
async fn sessions_end_and_the_day_has_so_many_calls() {
    let mut options = Options::new(stopped(Timestamp::from_second(1_767_600_000).unwrap()));
    options.daily_calls = 2;
    let org = Salesforce::start(options).await.unwrap();
    let mut user = User::of(&org).await;
    org.faults([Fault::SessionsEnd]);
    let (status, reply) = user.upsert("Order", &[order("a")]).await;
    assert_eq!((status, &reply[0]["errorCode"]), (401, &json!("INVALID_SESSION_ID")));
    let mut user = User::of(&org).await;
    assert_eq!(user.upsert("Order", &[order("a")]).await.0, 200);
    let (status, reply) = user.upsert("Order", &[order("a")]).await;
    assert_eq!((status, &reply[0]["errorCode"]), (403, &json!("REQUEST_LIMIT_EXCEEDED")));
    org.stop().await;
}
