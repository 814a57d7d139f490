use std::time::Duration;

use bytes::Bytes;
use serde_json::{Value, json};

use super::*;
use crate::standin::Client;

async fn odoo() -> Odoo {
    let options = Options {
        database: "acme".into(),
        login: "bot".into(),
        key: "k1".into(),
        custom_fields: vec!["x_revision".into()],
        faults: Faults::default(),
    };
    Odoo::start(options).await.unwrap()
}

async fn call(odoo: &Odoo, path: &str, body: Value) -> (u16, Value) {
    let mut client = Client::new(&odoo.url(), Duration::from_secs(5)).unwrap();
    let headers = [("authorization", "bearer k1"), ("x-odoo-database", "acme")];
    let reply = client.post(path, &headers, Bytes::from(body.to_string())).await.unwrap();
    (reply.status, serde_json::from_slice(&reply.body).unwrap_or_default())
}

fn table(price: &str) -> Value {
    json!({
        "fields": ["id", "partner_id/.id", "x_revision", "order_line/id", "order_line/product_id/.id",
                   "order_line/name", "order_line/product_uom_qty", "order_line/price_unit"],
        "data": [["xd.o1", "1", "3", "xd.o1_1", "1", "Mug", "2", price], ["", "", "", "xd.o1_2", "1", "Mug", "1", "0.01"]],
    })
}

#[tokio::test]
async fn create_makes_a_second_one_and_load_does_not() {
    let odoo = odoo().await;
    odoo.put("res.partner", json!({"name": "Shop"}));
    odoo.put("product.product", json!({"default_code": "A"}));
    for _ in 0..2 {
        let body = json!({"vals_list": [{"partner_id": 1, "client_order_ref": "T1"}]});
        assert_eq!(call(&odoo, "/json/2/sale.order/create", body).await.0, 200);
    }
    assert_eq!(odoo.records("sale.order").len(), 2);
    for price in ["29.00", "30.5"] {
        let (status, answer) = call(&odoo, "/json/2/sale.order/load", table(price)).await;
        assert_eq!((status, &answer["ids"]), (200, &json!([3])));
    }
    assert_eq!((odoo.records("sale.order").len(), odoo.records("sale.order.line").len()), (3, 2));
    let body = json!({"ids": [3], "fields": ["amount_total", "currency_id", "state", "x_revision"]});
    let (_, answer) = call(&odoo, "/json/2/sale.order/read", body).await;
    let expected =
        r#"[{"id":3,"amount_total":61.01,"currency_id":[1,"CNY"],"state":"draft","x_revision":3}]"#;
    assert_eq!(answer.to_string(), expected);
}

#[tokio::test]
async fn load_writes_all_or_nothing() {
    let odoo = odoo().await;
    odoo.put("res.partner", json!({"name": "Shop"}));
    let (status, answer) = call(&odoo, "/json/2/sale.order/load", table("1")).await;
    assert_eq!((status, &answer["ids"]), (200, &json!(false)));
    assert_eq!(answer["messages"][0]["field"], "product_id");
    assert!(odoo.records("sale.order").is_empty() && odoo.external("xd.o1").is_none());
    let (status, answer) =
        call(&odoo, "/json/2/sale.order/load", json!({"fields": ["x_none"], "data": []})).await;
    assert_eq!((status, &answer["name"]), (422, &json!("builtins.ValueError")));
}

#[tokio::test]
async fn archived_records_hide_unless_asked_for() {
    let odoo = odoo().await;
    odoo.put("product.product", json!({"default_code": "A", "active": false}));
    let mut body = json!({"domain": ["|", ["default_code", "=", "A"], ["default_code", "=like", "A%"]], "fields": ["id"]});
    assert_eq!(call(&odoo, "/json/2/product.product/search_read", body.clone()).await.1, json!([]));
    body["context"] = json!({"active_test": false});
    assert_eq!(call(&odoo, "/json/2/product.product/search_read", body).await.1, json!([{"id": 1}]));
}

#[tokio::test]
async fn both_interfaces_refuse_in_their_own_way() {
    let odoo = odoo().await;
    odoo.put("res.partner", json!({"name": "Shop"}));
    let id = odoo.put("sale.order", json!({"partner_id": 1, "state": "sale"}));
    let (status, answer) = call(&odoo, "/json/2/sale.order/action_confirm", json!({"ids": [id]})).await;
    assert_eq!((status, &answer["name"]), (422, &json!("odoo.exceptions.UserError")));
    let rpc = |args: Value| json!({"jsonrpc": "2.0", "id": 1, "params": {"service": "object", "method": "execute_kw", "args": args}});
    let (status, answer) =
        call(&odoo, "/jsonrpc", rpc(json!(["acme", 7, "k1", "sale.order", "action_confirm", [[id]], {}])))
            .await;
    assert_eq!((status, &answer["error"]["data"]["name"]), (200, &json!("odoo.exceptions.UserError")));
    let (_, answer) =
        call(&odoo, "/jsonrpc", rpc(json!(["acme", 7, "k2", "sale.order", "read", [[id]], {}]))).await;
    assert_eq!(answer["error"]["data"]["name"], "odoo.exceptions.AccessDenied");
}

#[tokio::test]
async fn a_lost_reply_leaves_the_work_done() {
    let odoo = odoo().await;
    odoo.put("res.partner", json!({"name": "Shop"}));
    odoo.fail_next("create", Fault::LostReply);
    let mut client = Client::new(&odoo.url(), Duration::from_secs(5)).unwrap();
    let body = json!({"vals_list": [{"partner_id": 1}]}).to_string();
    let lost =
        client.post("/json/2/sale.order/create", &[("authorization", "bearer k1")], Bytes::from(body)).await;
    assert!(lost.is_err());
    assert_eq!(odoo.records("sale.order").len(), 1);
}
