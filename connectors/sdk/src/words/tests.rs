use std::sync::Arc;

use bytes::Bytes;
use serde_json::{Value, json};

use super::*;
use crate::{Delivery, Outcome};

fn words(language: Language) -> Words {
    Words {
        language,
        tell: vec![Topic::Milestones, Topic::Orders, Topic::Refunds],
        show: Detail::DEFAULT.to_vec(),
        carriers: Codes::default(),
        special: "",
    }
}

fn event(event_type: &str, class: &str, data: &Value) -> Event {
    let text = json!({
        "specversion": "1.0", "id": format!("e1-{event_type}"), "source": "/acme/sf_express/default",
        "type": format!("io.crossdock.{event_type}"), "subject": "s1-1", "time": "2026-11-21T19:05:00+08:00",
        "recordedtime": "2026-11-21T11:05:02Z", "sequence": "00000000000000000003", "class": class, "data": data,
    });
    Event::from_json(&text.to_string()).unwrap()
}

fn parcel() -> Value {
    json!({
        "source": {"platform": "sf_express", "shop": "default"},
        "carrier": "sf_express", "tracking_no": "SF1234567890123", "direction": "outbound", "status": "in_transit",
        "to": {
            "province": "广东省", "city": "深圳市", "district": "南山区", "line1": "科苑路15号",
            "name": {"value": "张三丰", "state": "plain"}, "phones": [{"e164": "+8613800000012", "kind": "mobile"}],
        },
    })
}

fn milestone(kind: &str, more: Value) -> Event {
    let mut data = json!({"parcel": parcel(), "order_nos": ["4012345678901234567"]});
    merge(&mut data, more);
    event(&format!("milestone.{kind}"), "n", &data)
}

fn merge(into: &mut Value, more: Value) {
    match (into, more) {
        (Value::Object(into), Value::Object(more)) => {
            for (key, value) in more {
                merge(into.entry(key).or_insert(Value::Null), value);
            }
        }
        (into, more) => *into = more,
    }
}

fn said(words: &Words, event: &Event) -> String {
    words.say(event).unwrap().map(|message| message.plain()).unwrap_or_default()
}

fn both(event: &Event) -> [String; 2] {
    [said(&words(Language::Zh), event), said(&words(Language::En), event)]
}

fn headlines(event: &Event) -> [String; 2] {
    both(event).map(|text| text.lines().next().unwrap_or_default().to_owned())
}

#[test]
fn a_pick_up_in_two_languages() {
    let [zh, en] = both(&milestone("picked_up", json!({"at_quality": "exact"})));
    let expected = "【揽收】快递已揽收包裹\n订单号：4012345678901234567\n快递：顺丰速运\n运单号：SF1234567890123\n目的城市：深圳市\n时间：2026-11-21 19:05（UTC+8）";
    assert_eq!(zh, expected);
    let expected = "[Picked up] The carrier has the parcel\nOrder: 4012345678901234567\nCarrier: SF Express\nTracking no.: SF1234567890123\nTo: 深圳市\nTime: 2026-11-21 19:05 (UTC+8)";
    assert_eq!(en, expected);
}

#[test]
fn an_inferred_pick_up_says_so() {
    let [zh, en] = both(&milestone("picked_up", json!({"at_quality": "inferred"})));
    assert!(zh.ends_with("时间：2026-11-21 19:05（UTC+8，推断，不晚于此时）"), "{zh}");
    assert!(en.ends_with("Time: 2026-11-21 19:05 (UTC+8, inferred: no later than this)"), "{en}");
}

#[test]
fn a_delivery_says_who_took_it() {
    let of = |who: &str| headlines(&milestone("delivered", json!({"milestone": {"delivered_to": who}})));
    assert_eq!(
        of("recipient"),
        ["【妥投】包裹已妥投，本人签收", "[Delivered] The parcel was delivered to the recipient"]
    );
    assert_eq!(
        of("locker"),
        ["【妥投】包裹已妥投，快递柜", "[Delivered] The parcel was delivered to a locker"]
    );
    // A word of a later version, or none: nothing is made up.
    let plain = ["【妥投】包裹已妥投", "[Delivered] The parcel was delivered"];
    assert_eq!(of("drone"), plain);
    assert_eq!(headlines(&milestone("delivered", json!({}))), plain);
    let by_scan = json!({"new_events": [{"at": "2026-11-21T19:05:00+08:00", "status": "delivered", "delivered_to": "neighbour"}]});
    assert_eq!(headlines(&milestone("delivered", by_scan))[0], "【妥投】包裹已妥投，邻居代收");
}

#[test]
fn an_exception_says_why_in_words() {
    let of = |more: Value| headlines(&milestone("exception", more));
    assert_eq!(
        of(json!({"reason": "recipient_unavailable", "milestone": {"reason": "recipient_unavailable"}})),
        ["【异常】收件人不在", "[Exception] Nobody was there to take it"]
    );
    assert_eq!(
        of(json!({"milestone": {"reason": "delivery_attempted"}})),
        ["【异常】派送未成功，原因未说明", "[Exception] Delivery was attempted in vain, no reason given"]
    );
    assert_eq!(of(json!({"milestone": {"reason": "returning"}}))[0], "【异常】包裹正退回寄件人");
    let unknown = ["【异常】原因未说明", "[Exception] No reason given"];
    assert_eq!(of(json!({"reason": "volcano"})), unknown);
    assert_eq!(of(json!({"reason": "unknown", "milestone": {"reason": "unknown"}})), unknown);
    assert_eq!(of(json!({})), unknown);
    let back = json!({"reason": "lost", "parcel": {"direction": "return"}});
    assert_eq!(of(back), ["【异常】退货包裹：包裹丢失", "[Exception] Return parcel: the parcel is lost"]);
}

/// Each word of the vocabulary has words of its own in both languages: none is told as another one.
#[test]
fn every_reason_has_words_of_its_own() {
    use crossdock_schemas::Reason;
    for language in [Language::Zh, Language::En] {
        let mut all: Vec<&str> =
            Reason::ALL.iter().map(|reason| reasons::reason(*reason, language)).collect();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), Reason::ALL.len());
    }
}

#[test]
fn a_correction_says_what_holds_now() {
    let of = |status: &str| {
        headlines(&milestone("corrected", json!({"parcel": {"status": status}, "corrects": "e1-x"})))
    };
    assert_eq!(
        of("exception"),
        [
            "【更正】妥投记录已撤回，包裹尚未妥投，请以本条为准",
            "[Correction] The delivery was taken back: the parcel is not delivered yet, disregard an earlier notice",
        ]
    );
    assert_eq!(of("delivered")[0], "【更正】此前的妥投记录已撤回，包裹现已妥投");
}

#[test]
fn nobody_hears_of_old_news_repetitions_and_trials() {
    let old = milestone("exception", json!({"superseded": true, "reason": "lost"}));
    assert_eq!(words(Language::Zh).say(&old).unwrap(), None);
    let data = json!({"parcel": parcel()});
    for class in ["r", "t"] {
        for kind in ["milestone.picked_up", "milestone.corrected", "parcel.created"] {
            assert_eq!(words(Language::Zh).say(&event(kind, class, &data)).unwrap(), None, "{class} {kind}");
        }
    }
}

#[test]
fn what_was_not_asked_for_is_not_told() {
    let milestones = Words { tell: vec![Topic::Milestones], ..words(Language::Zh) };
    assert_eq!(milestones.takes(), ["milestone.*"]);
    assert_eq!(milestones.say(&order("paid", json!({}))).unwrap(), None);
    let refunds = Words { tell: vec![Topic::Refunds, Topic::Milestones], ..words(Language::Zh) };
    assert_eq!(refunds.takes().len(), 8);
    let error = words(Language::Zh).say(&order("note_changed", json!({}))).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert!(words(Language::Zh).say(&event("milestone.delivered", "n", &json!({"x": 1}))).is_err());
}

/// Every event that the filter lets in can be said, and nothing else can.
#[test]
fn patterns_and_words_agree() {
    let words = words(Language::En);
    let fits = |name: &str| {
        words.takes().iter().any(|pattern| match pattern.strip_suffix('*') {
            Some(prefix) => name.starts_with(prefix),
            None => *pattern == name,
        })
    };
    for kind in EventType::ALL {
        assert_eq!(fits(kind.as_str()), topic(*kind).is_some(), "{kind}");
    }
}

fn order(kind: &str, more: Value) -> Event {
    let mut data = json!({"order": {
        "source": {"platform": "taobao", "shop": "2208812345"}, "order_no": "4012345678901234567", "kind": "sale",
        "status": {"lifecycle": "placed", "payment": "paid"}, "placed_at": "2026-11-21T12:00:00Z", "currency": "CNY",
        "totals": {"payable": "196.310"}, "buyer_note": "call 13800000012", "ship_to": parcel()["to"],
    }});
    merge(&mut data, more);
    event(&format!("order.{kind}"), "n", &data)
}

#[test]
fn orders_that_are_work() {
    let [zh, en] = both(&order("paid", json!({})));
    let expected = "【新订单】已付款，待发货\n订单号：4012345678901234567\n目的城市：深圳市\n时间：2026-11-21 19:05（UTC+8）";
    assert_eq!(zh, expected);
    assert!(en.starts_with("[New order] Paid, to be shipped\nOrder: 4012345678901234567\n"), "{en}");
    let placed = |payment: &str| {
        said(&words(Language::Zh), &order("placed", json!({"order": {"status": {"payment": payment}}})))
    };
    assert!(placed("cod_pending").starts_with("【新订单】货到付款，待发货"));
    assert_eq!(placed("unpaid") + &placed("paid"), "");
    let held =
        order("held", json!({"order": {"display_no": "#1001", "status": {"hold": ["stock", "risk"]}}}));
    let [zh, en] = both(&held);
    assert!(zh.starts_with("【暂停发货】缺货、风控\n订单号：#1001\n"), "{zh}");
    assert!(en.starts_with("[On hold] Goods are missing, risk\n"), "{en}");
    let [zh, _] = both(&order("held", json!({"order": {"status": {"hold": ["aliens"]}}})));
    assert!(zh.starts_with("【暂停发货】原因未说明\n"), "{zh}");
}

#[test]
fn refunds() {
    let refund = event(
        "refund.completed",
        "n",
        &json!({"aftersale": {
            "source": {"platform": "taobao", "shop": "2208812345"}, "aftersale_no": "77001", "kind": "refund_only",
            "status": "refunded", "reason_raw": "call 13800000012", "refund": {"amount": "12.50", "currency": "CNY"},
        }}),
    );
    let words = Words { show: vec![Detail::OrderNo, Detail::Amount, Detail::Shop], ..words(Language::Zh) };
    let expected = "【退款】已退款\n售后单号：77001\n类型：仅退款\n金额：12.50 CNY\n店铺：taobao / 2208812345\n时间：2026-11-21 19:05（UTC+8）";
    assert_eq!(said(&words, &refund), expected);
}

/// By default nothing of a person is in any message; what is asked for comes in part.
#[test]
fn people_are_not_in_it() {
    let more = json!({"milestone": {"description": "快件交给林测试（13800000035）", "location": {"text": "深圳市南山区科苑路"}}});
    for event in [milestone("delivered", more.clone()), order("paid", json!({}))] {
        for text in both(&event) {
            for personal in ["张", "三丰", "138", "0012", "0035", "科苑路", "南山", "林测试"] {
                assert!(!text.contains(personal), "{personal} in {text}");
            }
        }
    }
    let all = [Detail::Recipient, Detail::Phone, Detail::Place, Detail::CarrierText].to_vec();
    let text = said(&Words { show: all, ..words(Language::Zh) }, &milestone("delivered", more));
    let expected = "【妥投】包裹已妥投\n收件人：张＊＊\n手机尾号：0012\n发生地：深圳市南山区科苑路\n快递原文：快件交给林测试（＊＊＊＊0035）\n时间：2026-11-21 19:05（UTC+8）";
    assert_eq!(text, expected);
}

#[test]
fn a_carrier_is_called_what_the_settings_call_it() {
    let line = |slug: &str| {
        let mut words = words(Language::En);
        words.carriers.0.insert("acme".to_owned(), "Acme <b>".to_owned());
        said(&words, &milestone("picked_up", json!({"parcel": {"carrier": slug}})))
            .lines()
            .nth(2)
            .unwrap()
            .to_owned()
    };
    assert_eq!(line("jt_express"), "Carrier: J&T Express");
    assert_eq!(line("acme"), "Carrier: Acme ＜b＞");
    assert_eq!(line("rocket"), "Carrier: rocket");
}

#[test]
fn settings_that_say_nothing_are_refused() {
    assert!(words(Language::Zh).validate().is_ok());
    assert_eq!(
        Words { tell: vec![], ..words(Language::Zh) }.validate().unwrap_err().path.as_deref(),
        Some("tell")
    );
    assert_eq!(
        Words { show: vec![], ..words(Language::Zh) }.validate().unwrap_err().path.as_deref(),
        Some("show")
    );
}

fn bulletin(most: usize, room: usize) -> Bulletin {
    let keyword = Some("crossdock".to_owned());
    Bulletin { words: words(Language::Zh), most, room, keyword, render: Message::plain, between: "\n\n" }
}

fn delivery(event: Event, attempt: u32) -> Delivery {
    let json = Bytes::from(event.to_json());
    Delivery { event: Arc::new(event), json, attempt, maybe_there: false }
}

fn told(attempt: u32) -> Delivery {
    delivery(milestone("picked_up", json!({})), attempt)
}

fn quiet() -> Delivery {
    delivery(milestone("exception", json!({"superseded": true})), 1)
}

#[test]
fn as_many_as_fit_go_together() {
    let many = bulletin(3, 10_000);
    assert_eq!(many.together(&[told(1), quiet(), told(1), told(1), told(1)]), 4);
    assert_eq!(many.together(&[quiet(), quiet()]), 2);
    assert_eq!(many.together(&[told(1), told(2), told(3)]), 2);
    assert_eq!(many.together(&[told(3), told(1)]), 1);
    assert_eq!(many.together(&[quiet(), told(3), told(1)]), 2);
    let one = told(1).event;
    let length = said(&many.words, &one).len();
    let exact = "crossdock\n\n".len() + 2 * (length + 2);
    assert_eq!(bulletin(9, exact).together(&[told(1), told(1), told(1)]), 2);
    assert_eq!(bulletin(9, exact - 1).together(&[told(1), told(1), told(1)]), 1);
    // One that is too long for itself is cut, not left out.
    let small = bulletin(9, 40);
    assert_eq!(small.together(&[told(1), told(1)]), 1);
    assert!(small.post(&[told(1)]).unwrap().text.len() <= 40);
}

#[test]
fn a_post_holds_the_keyword_and_all_that_is_told() {
    let post =
        bulletin(9, 10_000).post(&[quiet(), told(1), delivery(order("cancelled", json!({})), 1)]).unwrap();
    assert_eq!(post.title, "【揽收】快递已揽收包裹");
    assert!(post.text.starts_with("crossdock\n\n【揽收】快递已揽收包裹\n订单号："), "{}", post.text);
    assert!(post.text.contains("\n\n【取消】订单已取消，请勿发货\n"), "{}", post.text);
    assert_eq!(bulletin(9, 10_000).post(&[quiet()]), None);
}

#[test]
fn each_has_an_outcome_and_a_shared_refusal_is_tried_one_by_one() {
    let unreadable = delivery(event("milestone.delivered", "n", &json!({})), 1);
    let refused = || Outcome::Rejected(Error::new(ErrorKind::Rejected, "no"));
    let words = |batch: &[Delivery], reply: &dyn Fn() -> Outcome| -> Vec<&'static str> {
        bulletin(9, 10_000).outcomes(batch, reply).iter().map(Outcome::as_str).collect()
    };
    let batch = [told(1), quiet(), unreadable, told(1)];
    assert_eq!(
        words(&batch, &|| Outcome::Delivered),
        ["delivered", "already_there", "rejected", "delivered"]
    );
    assert_eq!(words(&batch, &refused), ["retry", "already_there", "rejected", "retry"]);
    assert_eq!(words(&batch[1..], &refused), ["already_there", "rejected", "rejected"]);
}
