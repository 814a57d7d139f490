use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use serde_json::{Value, json};

use super::*;
use crate::standin::Client;

const NOW: i64 = 1_760_000_000;

struct Desk {
    bot: Bot,
    client: Client,
    now: Arc<AtomicI64>,
}

async fn desk(vendor: Vendor, secret: Option<&str>, keyword: Option<&str>) -> Desk {
    let now = Arc::new(AtomicI64::new(NOW));
    let clock = Arc::clone(&now);
    let bot = Bot::start(Options {
        vendor,
        key: "demo".into(),
        secret: secret.map(str::to_owned),
        keyword: keyword.map(str::to_owned),
        clock: Arc::new(move || Timestamp::from_second(clock.load(Ordering::Relaxed)).unwrap()),
    })
    .await
    .unwrap();
    let client = Client::new(&bot.url(), Duration::from_secs(5)).unwrap();
    Desk { bot, client, now }
}

impl Desk {
    async fn send(&mut self, path: &str, body: &Value) -> i64 {
        let reply = self
            .client
            .post(path, &[("content-type", "application/json")], Bytes::from(body.to_string()))
            .await
            .unwrap();
        assert_eq!(reply.status, 200);
        let answer: Value = serde_json::from_slice(&reply.body).unwrap();
        answer.get("errcode").or_else(|| answer.get("code")).unwrap().as_i64().unwrap()
    }
}

const WECOM: &str = "/cgi-bin/webhook/send?key=demo";
const DINGTALK: &str = "/robot/send?access_token=demo";
const FEISHU: &str = "/open-apis/bot/v2/hook/demo";

fn plain(text: &str) -> Value {
    json!({"msgtype": "text", "text": {"content": text}})
}

fn feishu_text(text: &str) -> Value {
    json!({"msg_type": "text", "content": {"text": text}})
}

/// The vectors of the fact sheet.
#[test]
fn signs_as_the_vendors_do() {
    assert_eq!(
        signature(Vendor::DingTalk, 1_760_000_000_000, "SECdemo"),
        "tb4KRme0ae1cb6TIwf9fABb7Uu7QlqDJHKvkjDNsNfU="
    );
    assert_eq!(
        signature(Vendor::Feishu, 1_760_000_000, "demo-secret"),
        "SXsjdxguugtfNrZxDDzfOZjfKVAwpfP14fZKksUL9rs="
    );
}

#[tokio::test]
async fn what_comes_twice_is_shown_twice() {
    let mut desk = desk(Vendor::WeCom, None, None).await;
    for _ in 0..2 {
        assert_eq!(desk.send(WECOM, &plain("揽收")).await, 0);
    }
    let shown: Vec<String> = desk.bot.shown().into_iter().map(|shown| shown.text).collect();
    assert_eq!(shown, ["揽收", "揽收"]);
}

#[tokio::test]
async fn the_key_has_to_fit() {
    let mut wecom = desk(Vendor::WeCom, None, None).await;
    assert_eq!(wecom.send("/cgi-bin/webhook/send?key=other", &plain("x")).await, 93_000);
    let mut dingtalk = desk(Vendor::DingTalk, None, None).await;
    assert_eq!(dingtalk.send("/robot/send?access_token=other", &plain("x")).await, 300_001);
    assert_eq!(dingtalk.send(DINGTALK, &plain("x")).await, 0);
    let mut feishu = desk(Vendor::Feishu, None, None).await;
    assert_eq!(feishu.send("/open-apis/bot/v2/hook/other", &feishu_text("x")).await, 19_001);
    assert_eq!(feishu.bot.counts(), Counts { calls: 1, refused: 1, ..Counts::default() });
}

#[tokio::test]
async fn signature_and_time_have_to_fit() {
    let mut desk = desk(Vendor::DingTalk, Some("SECdemo"), None).await;
    let path = |seconds: i64, secret: &str| {
        let sign = signature(Vendor::DingTalk, seconds * 1000, secret);
        let sign = sign.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
        format!("{DINGTALK}&timestamp={}&sign={sign}", seconds * 1000)
    };
    for (path, code) in [
        (DINGTALK.to_owned(), 310_000),
        (path(NOW, "other"), 310_000),
        (path(NOW - 3601, "SECdemo"), 310_000),
        (path(NOW + 3601, "SECdemo"), 310_000),
        (path(NOW - 3600, "SECdemo"), 0),
        (path(NOW, "SECdemo"), 0),
    ] {
        assert_eq!(desk.send(&path, &plain("x")).await, code, "{path}");
    }
}

#[tokio::test]
async fn feishu_signs_in_the_body_and_with_text() {
    let mut desk = desk(Vendor::Feishu, Some("demo-secret"), None).await;
    let signed = |timestamp: Value, secret: &str| {
        let mut body = feishu_text("x");
        body["sign"] = signature(Vendor::Feishu, NOW, secret).into();
        body["timestamp"] = timestamp;
        body
    };
    assert_eq!(desk.send(FEISHU, &feishu_text("x")).await, 19_021);
    assert_eq!(desk.send(FEISHU, &signed(NOW.into(), "demo-secret")).await, 19_021);
    assert_eq!(desk.send(FEISHU, &signed(NOW.to_string().into(), "other")).await, 19_021);
    assert_eq!(desk.send(FEISHU, &signed(NOW.to_string().into(), "demo-secret")).await, 0);
    desk.now.fetch_add(3601, Ordering::Relaxed);
    assert_eq!(desk.send(FEISHU, &signed(NOW.to_string().into(), "demo-secret")).await, 19_021);
}

#[tokio::test]
async fn a_keyword_has_to_be_there() {
    let mut dingtalk = desk(Vendor::DingTalk, None, Some("crossdock")).await;
    assert_eq!(dingtalk.send(DINGTALK, &plain("x")).await, 310_000);
    let titled = json!({"msgtype": "markdown", "markdown": {"title": "crossdock", "text": "x"}});
    assert_eq!(dingtalk.send(DINGTALK, &titled).await, 0);
    let mut feishu = desk(Vendor::Feishu, None, Some("crossdock")).await;
    assert_eq!(feishu.send(FEISHU, &feishu_text("x")).await, 19_024);
    assert_eq!(feishu.send(FEISHU, &feishu_text("crossdock x")).await, 0);
}

#[tokio::test]
async fn form_and_length_have_to_fit() {
    let mut wecom = desk(Vendor::WeCom, None, None).await;
    let markdown = |text: &str| json!({"msgtype": "markdown", "markdown": {"content": text}});
    for (body, code) in [
        (json!({}), 40_058),
        (plain(""), 40_058),
        (plain(&"x".repeat(2049)), 40_058),
        (plain(&"揽".repeat(683)), 40_058),
        (plain(&"x".repeat(2048)), 0),
        (markdown(&"x".repeat(4097)), 40_058),
        (markdown(&"x".repeat(4096)), 0),
    ] {
        assert_eq!(wecom.send(WECOM, &body).await, code);
    }
    let mut dingtalk = desk(Vendor::DingTalk, None, None).await;
    assert_eq!(dingtalk.send(DINGTALK, &plain(&"x".repeat(21_000))).await, 40_035);
    assert_eq!(dingtalk.send(DINGTALK, &json!({"msgtype": "poem"})).await, 40_035);
    let mut feishu = desk(Vendor::Feishu, None, None).await;
    assert_eq!(feishu.send(FEISHU, &feishu_text(&"x".repeat(21_000))).await, 9_499);
    assert_eq!(feishu.send(FEISHU, &plain("x")).await, 9_499);
}

#[tokio::test]
async fn mentions_are_noticed() {
    let mut feishu = desk(Vendor::Feishu, None, None).await;
    feishu.send(FEISHU, &feishu_text("<at user_id=\"all\">x</at>")).await;
    let post = json!({"msg_type": "post", "content": {"post": {"zh_cn": {
        "title": "t", "content": [[{"tag": "text", "text": "<at user_id=\"all\">"}], [{"tag": "at", "user_id": "all"}]],
    }}}});
    feishu.send(FEISHU, &post).await;
    feishu.send(FEISHU, &feishu_text("plain")).await;
    let mut wecom = desk(Vendor::WeCom, None, None).await;
    wecom.send(WECOM, &json!({"msgtype": "markdown", "markdown": {"content": "<@all>"}})).await;
    let mut dingtalk = desk(Vendor::DingTalk, None, None).await;
    dingtalk
        .send(DINGTALK, &json!({"msgtype": "text", "text": {"content": "x"}, "at": {"isAtAll": true}}))
        .await;
    let mentions = |desk: &Desk| desk.bot.shown().iter().map(|shown| shown.mentions).collect::<Vec<_>>();
    assert_eq!(mentions(&feishu), [true, true, false]);
    assert_eq!((mentions(&wecom), mentions(&dingtalk)), (vec![true], vec![true]));
}

#[tokio::test]
async fn who_is_too_fast_waits() {
    for (vendor, path, body, most, code, wait) in [
        (Vendor::WeCom, WECOM, plain("x"), 20, 45_009, 60),
        (Vendor::DingTalk, DINGTALK, plain("x"), 20, 130_101, 600),
        (Vendor::Feishu, FEISHU, feishu_text("x"), 5, 11_232, 1),
    ] {
        let mut desk = desk(vendor, None, None).await;
        for _ in 0..most {
            assert_eq!(desk.send(path, &body).await, 0);
        }
        assert_eq!(desk.send(path, &body).await, code);
        desk.now.fetch_add(wait - 1, Ordering::Relaxed);
        assert_eq!(desk.send(path, &body).await, code, "{vendor:?} before the wait is over");
        desk.now.fetch_add(1, Ordering::Relaxed);
        assert_eq!(desk.send(path, &body).await, 0, "{vendor:?} after the wait");
        assert_eq!((desk.bot.counts().limited, desk.bot.counts().refused), (2, 0));
    }
}

#[tokio::test]
async fn faults_come_in_order_and_a_lost_reply_was_shown() {
    let mut desk = desk(Vendor::WeCom, None, None).await;
    desk.bot.next_meet(&[Fault::Code(-1), Fault::Status(502), Fault::HangUp, Fault::LostReply]);
    assert_eq!(desk.send(WECOM, &plain("a")).await, -1);
    let headers = [("content-type", "application/json")];
    let send = |text: &str| Bytes::from(plain(text).to_string());
    assert_eq!(desk.client.post(WECOM, &headers, send("b")).await.unwrap().status, 502);
    assert!(desk.client.post(WECOM, &headers, send("c")).await.is_err());
    assert!(desk.client.post(WECOM, &headers, send("d")).await.is_err());
    assert_eq!(desk.send(WECOM, &plain("e")).await, 0);
    let shown: Vec<String> = desk.bot.shown().into_iter().map(|shown| shown.text).collect();
    assert_eq!(shown, ["d", "e"]);
}
