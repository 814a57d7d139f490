use std::time::Duration;

use bytes::Bytes;

use super::*;
use crate::standin::{Client, form, stopped};

async fn start(second: Second) -> Warehouse {
    Warehouse::start(Options {
        app_key: "demo-key".into(),
        secret: "demo-secret".into(),
        customer_id: "stub-cust".into(),
        items: BTreeSet::from(["A-100-RED".to_owned()]),
        second,
        answers_queries: true,
        clock: stopped("2026-01-05T09:05:01+08:00".parse().unwrap()),
    })
    .await
    .unwrap()
}

async fn post(warehouse: &Warehouse, method: &str, body: &str, change: &[(&str, &str)]) -> String {
    let mut pairs: Vec<(String, String)> = [
        ("method", method),
        ("timestamp", "2026-01-05 09:05:01"),
        ("format", "xml"),
        ("app_key", "demo-key"),
        ("v", "2.0"),
        ("sign_method", "md5"),
        ("customerId", "stub-cust"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .to_vec();
    pairs.push(("sign".to_owned(), signature(&pairs, body.as_bytes(), "demo-secret")));
    for (name, value) in change {
        pairs.retain(|(other, _)| other != name);
        pairs.push(((*name).to_owned(), (*value).to_owned()));
    }
    let query: Vec<String> = pairs.iter().map(|(n, v)| format!("{n}={}", form::java_encode(v))).collect();
    let mut client = Client::new(&warehouse.server().url(), Duration::from_secs(5)).unwrap();
    let target = format!("/qimen/service?{}", query.join("&"));
    let headers = [("content-type", "text/xml; charset=utf-8")];
    let reply = client.post(&target, &headers, Bytes::from(body.to_owned())).await.unwrap();
    String::from_utf8(reply.body.to_vec()).unwrap()
}

/// As the sample of the fact sheet, shortened to what has to be there.
fn create(item: &str) -> String {
    let party = "<name>林小满</name><mobile>13800000001</mobile><province>浙江省</province><city>杭州市</city><detailAddress>示范路1号</detailAddress>";
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><request><deliveryOrder><deliveryOrderCode>XD-1</deliveryOrderCode><orderType>JYCK</orderType><warehouseCode>WH01</warehouseCode><createTime>2026-01-05 09:05:00</createTime><placeOrderTime>2026-01-05 09:00:00</placeOrderTime><operateTime>2026-01-05 09:05:00</operateTime><shopNick>演示店铺</shopNick><logisticsCode>SF</logisticsCode><senderInfo>{party}</senderInfo><receiverInfo>{party}</receiverInfo></deliveryOrder><orderLines><orderLine><orderLineNo>1</orderLineNo><ownerCode>OWNER1</ownerCode><itemCode>{item}</itemCode><planQty>2</planQty><actualPrice>29.00</actualPrice></orderLine></orderLines></request>"
    )
}

/// The vector of the fact sheet.
#[test]
fn signs_as_the_protocol_does() {
    let pairs: Vec<(String, String)> = [
        ("app_key", "testerp_appkey"),
        ("customerId", "stub-cust"),
        ("format", "xml"),
        ("method", "deliveryorder.create"),
        ("sign_method", "md5"),
        ("timestamp", "2026-01-05 09:00:00"),
        ("v", "2.0"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .to_vec();
    let body = r#"<?xml version="1.0" encoding="utf-8"?><request><deliveryOrder><deliveryOrderCode>XD-1</deliveryOrderCode></deliveryOrder></request>"#;
    assert_eq!(signature(&pairs, body.as_bytes(), "demo-secret"), "C99B704061D07A30CCC7437A90593173");
}

#[tokio::test]
async fn takes_a_code_once_and_says_so_in_its_own_way() {
    for (second, expected) in [(Second::Success, "<flag>success</flag>"), (Second::Refusal, "已存在")] {
        let warehouse = start(second).await;
        assert!(
            post(&warehouse, "deliveryorder.create", &create("A-100-RED"), &[]).await.contains("WMS-XD-1")
        );
        assert!(post(&warehouse, "deliveryorder.create", &create("A-100-RED"), &[]).await.contains(expected));
        assert_eq!((warehouse.deliveries().len(), warehouse.counts().seconds), (1, 1));
        let cancel = "<request><warehouseCode>WH01</warehouseCode><orderCode>XD-1</orderCode></request>";
        assert!(post(&warehouse, "order.cancel", cancel, &[]).await.contains("success"));
        assert!(post(&warehouse, "order.cancel", cancel, &[]).await.contains("已取消"));
        let query = "<request><orderCode>XD-1</orderCode><page>1</page><pageSize>100</pageSize></request>";
        assert!(post(&warehouse, "deliveryorder.query", query, &[]).await.contains("CANCELED"));
        warehouse.stop().await;
    }
}

#[tokio::test]
async fn refuses_what_it_does_not_trust_or_know() {
    let warehouse = start(Second::Refusal).await;
    let body = create("A-100-RED");
    for change in
        [("sign", "00"), ("customerId", "other"), ("timestamp", "2026-01-05 08:05:01"), ("format", "json")]
    {
        assert!(
            post(&warehouse, "deliveryorder.create", &body, &[change]).await.contains("TOP15"),
            "{change:?}"
        );
    }
    assert_eq!(warehouse.counts().refused, 4);
    assert!(
        post(&warehouse, "deliveryorder.create", &create("A-999"), &[])
            .await
            .contains("商品编码 A-999 不存在")
    );
    let masked = body.replace("<name>林小满", "<name>林**");
    assert!(post(&warehouse, "deliveryorder.create", &masked, &[]).await.contains("缺少oaid"));
    assert!(warehouse.deliveries().is_empty());
    warehouse.stop().await;
}
