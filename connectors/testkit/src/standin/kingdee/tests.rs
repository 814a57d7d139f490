use std::time::Duration;

use super::*;
use crate::standin::{Client, stopped};

fn options() -> Options {
    Options {
        account: "65demo0000acct".into(),
        user: "demo.user".into(),
        password: "demo-password".into(),
        app_id: "demoapp_QUJDREVGR0hJSktMTU5PUFFSU1RVVldY".into(),
        app_secret: "0123456789abcdef0123456789abcdef".into(),
        master_data: BTreeMap::from([("FCustId".to_owned(), BTreeSet::from(["C1".to_owned()]))]),
        calls_a_minute: None,
        clock: stopped(Timestamp::UNIX_EPOCH),
    }
}

struct Desk {
    kingdee: Kingdee,
    client: Client,
    session: String,
}

impl Desk {
    async fn open(options: Options) -> Self {
        let kingdee = Kingdee::start(options).await.unwrap();
        let mut client = Client::new(&kingdee.url(), Duration::from_secs(5)).unwrap();
        let body = json!({"parameters": ["65demo0000acct", "demo.user", "demo-password", 2052]}).to_string();
        let path = "/Kingdee.BOS.WebApi.ServicesStub.AuthService.ValidateUser.common.kdsvc";
        let reply = client.post(path, &[], body.into()).await.unwrap();
        let reply: Value = serde_json::from_slice(&reply.body).unwrap();
        assert_eq!(reply["LoginResultType"], 1);
        let session = reply["KDSVCSessionId"].as_str().unwrap().to_owned();
        Self { kingdee, client, session }
    }

    async fn call(&mut self, operation: &str, body: Value) -> Value {
        let path = format!("/Kingdee.BOS.WebApi.ServicesStub.DynamicFormService.{operation}.common.kdsvc");
        let headers = [("kdservice-sessionid", self.session.as_str())];
        let reply = self.client.post(&path, &headers, body.to_string().into()).await.unwrap();
        serde_json::from_slice(&reply.body).unwrap()
    }

    async fn save(&mut self, data: Value) -> Value {
        self.call("Save", json!({"formid": "SAL_SaleOrder", "data": data})).await
    }

    async fn step(&mut self, operation: &str) -> Value {
        self.call(operation, json!({"formid": "SAL_SaleOrder", "data": {"Numbers": ["N1"]}})).await
    }
}

fn order(changes: Value) -> Value {
    let mut model = json!({
        "FBillTypeID": {"FNUMBER": "XSDD01_SYS"}, "FBillNo": "N1", "FDate": "2026-01-05",
        "FSaleOrgId": {"FNumber": "100"}, "FCustId": {"FNumber": "C1"},
        "FSaleOrderFinance": {"FSettleCurrId": {"FNumber": "PRE001"}},
        "FSaleOrderEntry": [{"FMaterialId": {"FNumber": "A"}, "FQty": 2, "FTaxPrice": 10}],
    });
    for (name, value) in changes.as_object().unwrap() {
        model[name] = value.clone();
    }
    model
}

fn code(reply: &Value) -> i64 {
    reply["Result"]["ResponseStatus"]["MsgCode"].as_i64().unwrap()
}

#[tokio::test]
async fn a_bill_goes_step_by_step_and_a_number_is_there_once() {
    let mut desk = Desk::open(options()).await;
    assert_eq!(code(&desk.save(json!({"Model": order(json!({}))})).await), 0);
    assert_eq!(code(&desk.save(json!({"Model": order(json!({}))})).await), 11);
    assert_eq!(code(&desk.step("Audit").await), 12);
    assert_eq!(code(&desk.step("Submit").await), 0);
    assert_eq!(code(&desk.step("Submit").await), 12);
    assert_eq!(code(&desk.step("Audit").await), 0);
    let id = desk.kingdee.bills("SAL_SaleOrder")[0].id;
    assert_eq!(code(&desk.save(json!({"Model": {"FID": id, "FNote": "x"}})).await), 12);
    assert_eq!(code(&desk.step("UnAudit").await), 0);
    assert_eq!(desk.kingdee.bills("SAL_SaleOrder")[0].status, 'D');
    assert_eq!(desk.kingdee.counts().created, 1);
}

#[tokio::test]
async fn unknown_codes_are_refused_or_become_blanks() {
    let mut desk = Desk::open(options()).await;
    let model = order(json!({"FCustId": {"FNumber": "C9"}}));
    assert_eq!(code(&desk.save(json!({"IsVerifyBaseDataField": "true", "Model": model})).await), 11);
    assert_eq!(code(&desk.save(json!({"Model": model})).await), 0);
    assert_eq!(desk.kingdee.bills("SAL_SaleOrder")[0].fields["FCustId"], Value::Null);
    assert_eq!(desk.kingdee.counts().blanks, 1);
}

#[tokio::test]
async fn an_update_loses_the_lines_it_does_not_name() {
    let mut desk = Desk::open(options()).await;
    let line = json!({"FMaterialId": {"FNumber": "A"}, "FQty": 1, "FTaxPrice": 10});
    desk.save(json!({"Model": order(json!({"FSaleOrderEntry": [line, line]}))})).await;
    let bill = desk.kingdee.bills("SAL_SaleOrder").remove(0);
    let first = json!([{"FEntryID": bill.lines[0].id, "FQty": 5}]);
    let model = json!({"FID": bill.id, "FSaleOrderEntry": first});
    desk.save(json!({"IsDeleteEntry": "false", "Model": model})).await;
    assert_eq!(desk.kingdee.bills("SAL_SaleOrder")[0].lines.len(), 2);
    desk.save(json!({"Model": model})).await;
    let lines = desk.kingdee.bills("SAL_SaleOrder").remove(0).lines;
    assert_eq!(lines.len(), 1);
    assert_eq!((&lines[0].fields["FQty"], &lines[0].fields["FTaxPrice"]), (&json!(5), &json!(10)));
}

#[tokio::test]
async fn a_price_before_its_quantity_is_overwritten() {
    let mut desk = Desk::open(options()).await;
    let line = json!([{"FMaterialId": {"FNumber": "A"}, "FTaxPrice": 10, "FQty": 1}]);
    desk.save(json!({"Model": order(json!({"FSaleOrderEntry": line}))})).await;
    assert_eq!(desk.kingdee.bills("SAL_SaleOrder")[0].lines[0].fields["FTaxPrice"], json!(9999));
}

#[tokio::test]
async fn strangers_and_lost_sessions_are_told_in_a_200() {
    let mut desk = Desk::open(options()).await;
    desk.kingdee.end_sessions();
    assert_eq!(code(&desk.step("Submit").await), 1);
    let query = json!({"data": {"FormId": "SAL_SaleOrder", "FieldKeys": "FID", "FilterString": "FBillNo='N1'", "Limit": 10}});
    let reply = desk.call("ExecuteBillQuery", query).await;
    assert_eq!(code(&reply[0][0]), 1);
    assert_eq!(desk.kingdee.counts().strangers, 2);
}

#[tokio::test]
async fn a_signature_lets_in_without_a_session() {
    let desk = Desk::open(options()).await;
    let mut client = Client::new(&desk.kingdee.url(), Duration::from_secs(5)).unwrap();
    let path = "/Kingdee.BOS.WebApi.ServicesStub.DynamicFormService.Submit.common.kdsvc";
    let options = options();
    for (secret, expected) in [(options.app_secret.as_str(), 10), ("another secret", 1)] {
        let data = "65demo0000acct,demo.user,2052,0";
        let signed = format!("/k3cloud{path}");
        let headers = signed_headers(&options.app_id, secret, data, &signed, "1760000000", "1").unwrap();
        let headers: Vec<(&str, &str)> =
            headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let body = json!({"formid": "SAL_SaleOrder", "data": {"Numbers": ["none"]}}).to_string();
        let reply = client.post(path, &headers, body.into()).await.unwrap();
        assert_eq!(code(&serde_json::from_slice(&reply.body).unwrap()), expected);
    }
}

#[tokio::test]
async fn faults_do_what_they_say_and_calls_can_be_too_many() {
    let mut desk = Desk::open(Options { calls_a_minute: Some(4), ..options() }).await;
    desk.kingdee.next_meets("Save", Fault::Code(13));
    assert_eq!(code(&desk.save(json!({"Model": order(json!({}))})).await), 13);
    assert_eq!(desk.kingdee.bills("SAL_SaleOrder"), []);
    desk.kingdee.next_meets("Save", Fault::LostReply);
    let path = "/Kingdee.BOS.WebApi.ServicesStub.DynamicFormService.Save.common.kdsvc";
    let body = json!({"formid": "SAL_SaleOrder", "data": {"Model": order(json!({}))}}).to_string();
    let headers = [("kdservice-sessionid", desk.session.as_str())];
    assert!(desk.client.post(path, &headers, body.into()).await.is_err());
    assert_eq!(desk.kingdee.bills("SAL_SaleOrder").len(), 1);
    assert_eq!(code(&desk.step("Submit").await), 0);
    assert_eq!(code(&desk.step("Audit").await), 0);
    assert_eq!(code(&desk.step("UnAudit").await), 14);
    assert_eq!(desk.kingdee.counts().limited, 1);
}
