use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crossdock_connector::sign::{base64, hmac_sha256};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::*;
use crate::standin::form::java_encode;
use crate::standin::{Client, stopped};

fn tenant() -> yonbip::Options {
    yonbip::Options {
        app_key: "demo-app-key".into(),
        app_secret: "demo-app-secret".into(),
        master_data: BTreeMap::from([("agentId".to_owned(), BTreeSet::from(["C1".to_owned()]))]),
        calls_a_minute: None,
        numbers_itself: false,
        clock: stopped(Timestamp::UNIX_EPOCH),
    }
}

struct Desk {
    tenant: yonbip::Yonbip,
    client: Client,
    token: String,
}

impl Desk {
    async fn open(options: yonbip::Options) -> Self {
        let tenant = yonbip::Yonbip::start(options).await.unwrap();
        let mut client = Client::new(&tenant.server().url(), Duration::from_secs(5)).unwrap();
        let signature = base64(&hmac_sha256(b"demo-app-secret", b"appKeydemo-app-keytimestamp1"));
        let path = format!(
            "/iuap-api-auth/open-auth/selfAppAuth/getAccessToken?appKey=demo-app-key&timestamp=1&signature={}",
            java_encode(&signature)
        );
        let reply = get(&mut client, &path).await;
        assert_eq!(reply["code"], "00000", "{reply}");
        let token = java_encode(reply["data"]["access_token"].as_str().unwrap());
        Self { tenant, client, token }
    }

    async fn call(&mut self, call: &str, body: Value) -> Value {
        let path = format!("/iuap-api-gateway/yonbip/sd/voucherorder/{call}?access_token={}", self.token);
        let reply = self.client.post(&path, &[], body.to_string().into()).await.unwrap();
        serde_json::from_slice(&reply.body).unwrap()
    }
}

async fn get(client: &mut Client, path: &str) -> Value {
    let reply = client.send("GET", path, &[], bytes::Bytes::new()).await.unwrap();
    serde_json::from_slice(&reply.body).unwrap()
}

fn order(key: &str, code: &str, total: &str) -> Value {
    let mut line = json!({"oriSum": 58.00});
    for name in [
        "_status",
        "productId",
        "stockOrgId",
        "settlementOrgId",
        "masterUnitId",
        "iProductAuxUnitId",
        "iProductUnitId",
        "qty",
        "subQty",
        "priceQty",
        "invExchRate",
        "invPriceExchRate",
        "unitExchangeType",
        "unitExchangeTypePrice",
        "taxId",
        "orderProductType",
        "oriTaxUnitPrice",
        "orderDetailPrices!oriUnitPrice",
        "orderDetailPrices!oriMoney",
        "orderDetailPrices!oriTax",
        "orderDetailPrices!natUnitPrice",
        "orderDetailPrices!natTaxUnitPrice",
        "orderDetailPrices!natMoney",
        "orderDetailPrices!natSum",
        "orderDetailPrices!natTax",
    ] {
        line[name] = json!("x");
    }
    json!({"data": {
        "resubmitCheckKey": key, "_status": "Insert", "code": code, "vouchdate": "2026-01-05 09:00:00",
        "salesOrgId": "O", "transactionTypeId": "T", "agentId": "C1", "settlementOrgId": "O", "invoiceAgentId": "C1",
        "payMoney": total, "orderPrices!currency": "CNY", "orderPrices!natCurrency": "CNY", "orderPrices!exchRate": 1,
        "orderPrices!exchangeRateType": "01", "orderPrices!taxInclusive": true, "orderDetails": [line],
    }})
}

#[tokio::test]
async fn a_repeated_save_gives_the_first_result_and_after_an_hour_only_its_id() {
    let mut desk = Desk::open(tenant()).await;
    let first = desk.call("singleSave", order("k1", "N1", "58")).await;
    assert_eq!((first["code"].clone(), first["data"]["code"].clone()), (json!("200"), json!("N1")));
    assert_eq!(desk.call("singleSave", order("k1", "N1", "58")).await, first);
    desk.tenant.an_hour_passes();
    let later = desk.call("singleSave", order("k1", "N1", "58")).await;
    assert_eq!(
        (later["code"].clone(), later["data"]["id"].clone()),
        (json!("10004"), first["data"]["id"].clone())
    );
    assert_eq!(desk.call("singleSave", order("k2", "N1", "58")).await["code"], "999", "the number is taken");
    assert_eq!((desk.tenant.counts().created, desk.tenant.counts().repeated), (1, 2));
}

#[tokio::test]
async fn totals_codes_and_fields_are_checked() {
    let mut desk = Desk::open(tenant()).await;
    assert_eq!(desk.call("singleSave", order("k1", "N1", "58.01")).await["code"], "999");
    let mut unknown = order("k2", "N2", "58");
    unknown["data"]["agentId"] = json!("C9");
    assert_eq!(desk.call("singleSave", unknown).await["code"], "999");
    let mut nested = order("k3", "N3", "58");
    let currency = nested["data"].as_object_mut().unwrap().remove("orderPrices!currency").unwrap();
    nested["data"]["orderPrices"] = json!({"currency": currency});
    assert_eq!(desk.call("singleSave", nested).await["code"], "999", "the keys are flat");
    assert_eq!(desk.tenant.orders(), []);
}

#[tokio::test]
async fn steps_count_what_failed_under_code_200() {
    let mut desk = Desk::open(tenant()).await;
    let id = desk.call("singleSave", order("k1", "N1", "58")).await["data"]["id"].clone();
    let one = json!({"data": [{"id": id}]});
    for (call, failed, status) in [
        ("batchaudit", 1, "CONFIRMORDER"),
        ("batchsubmit", 0, "APPROVING"),
        ("batchsubmit", 1, "APPROVING"),
        ("batchaudit", 0, "DELIVERGOODS"),
        ("batchunaudit", 0, "CONFIRMORDER"),
    ] {
        let reply = desk.call(call, one.clone()).await;
        assert_eq!(
            (reply["code"].clone(), reply["data"]["failCount"].clone()),
            (json!("200"), json!(failed)),
            "{call}"
        );
        assert_eq!(desk.tenant.orders()[0].status, status, "{call}");
    }
    let deleted = desk.call("delete", json!({"data": {"id": [id]}})).await;
    assert_eq!((deleted["data"]["failCount"].clone(), desk.tenant.orders().len()), (json!(0), 0));
}

#[tokio::test]
async fn tokens_limits_and_faults() {
    let mut desk = Desk::open(yonbip::Options { calls_a_minute: Some(2), ..tenant() }).await;
    desk.tenant.next_meets("list", Fault::Code("310043"));
    let list = json!({"pageIndex": 1, "pageSize": 10, "code": "N1"});
    let mut codes = Vec::new();
    for _ in 0..3 {
        codes.push(desk.call("list", list.clone()).await["code"].clone());
    }
    assert_eq!(codes, ["310043", "200", "310046"]);
    desk.tenant.end_tokens();
    assert_eq!(desk.call("batchaudit", json!({"data": []})).await["code"], "310036");
    assert_eq!(desk.call("nosuch", json!({})).await["code"], "310404");
    assert_eq!((desk.tenant.counts().limited, desk.tenant.counts().strangers), (1, 1));
}

#[tokio::test]
async fn u8_takes_one_id_for_one_order() {
    let erp = u8::U8::start(u8::Options {
        from_account: "from".into(),
        to_account: "to".into(),
        app_key: "key".into(),
        app_secret: "secret".into(),
        products: BTreeSet::new(),
    })
    .await
    .unwrap();
    let mut client = Client::new(&erp.url(), Duration::from_secs(5)).unwrap();
    let bad = get(&mut client, "/system/token?from_account=from&app_key=key&app_secret=no").await;
    assert_eq!(bad["errcode"], "10001");
    let token = get(&mut client, "/system/token?from_account=from&app_key=key&app_secret=secret").await;
    let access = format!("to_account=to&token={}", token["token"]["id"].as_str().unwrap());
    let line = json!({"inventorycode": "A", "quantity": "2", "bgift": "0", "rowno": "1"});
    let order = json!({"saleorder": {
        "code": "N1", "businesstype": "x", "typecode": "01", "custcode": "C", "deptcode": "01", "entry": [line],
    }});
    let mut said = Vec::new();
    for own in ["", "&biz_id=a", "&biz_id=a", "&biz_id=b", "&biz_id=a&tradeid=1"] {
        let path = format!("/api/saleorder/add?{access}{own}");
        let reply = client.post(&path, &[], order.to_string().into()).await.unwrap();
        let reply: Value = serde_json::from_slice(&reply.body).unwrap();
        said.push(reply["errcode"].clone());
    }
    assert_eq!(said, ["30001", "0", "0", "50003", "30001"]);
    let found = get(&mut client, &format!("/api/saleorder/get?{access}&id=N1")).await;
    assert_eq!((found["errcode"].clone(), found["saleorder"]["verifier"].clone()), (json!("0"), json!("")));
    assert_eq!(get(&mut client, &format!("/api/saleorder/get?{access}&id=N2")).await["errcode"], "20002");
    erp.end_tokens();
    assert_eq!(get(&mut client, &format!("/api/saleorder/get?{access}&id=N1")).await["errcode"], "10002");
    assert_eq!((erp.counts().created, erp.counts().repeated), (1, 1));
}
