//! Events: their two written forms, their subjects, their ids.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test that fails may panic"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

use crossdock_schemas::{Class, Event, EventType, Ts, identity, subject};
use jiff::Timestamp;
use proptest::prelude::*;
use serde_json::value::RawValue;

fn event() -> Event {
    Event {
        id: identity::event_id("acme", "order.placed", "o1-5c", b""),
        event_type: EventType::OrderPlaced,
        tenant: "acme".into(),
        platform: "taobao".into(),
        shop: "2208812345".into(),
        key: "o1-5c".into(),
        time: Ts::from_str("2026-11-21T11:31:00+08:00").unwrap(),
        recorded_at: Timestamp::from_str("2026-11-21T03:31:02.120Z").unwrap(),
        sequence: 3,
        class: Class::Normal,
        traceparent: None,
        correlation_id: Some("raw:xd_raw:881244".into()),
        idem_key: None,
        data: RawValue::from_string("{\"order\":{\"order_no\":\"1\"}}".into()).unwrap(),
    }
}

#[test]
fn structured_form_has_exactly_the_documented_attributes() {
    let json: serde_json::Value = serde_json::from_str(&event().to_json()).unwrap();
    let expected = serde_json::json!({
        "specversion": "1.0",
        "id": event().id,
        "source": "/acme/taobao/2208812345",
        "type": "io.crossdock.order.placed",
        "subject": "o1-5c",
        "time": "2026-11-21T11:31:00+08:00",
        "datacontenttype": "application/json",
        "dataschema": "urn:crossdock:schema:order:1.0",
        "recordedtime": "2026-11-21T03:31:02.120Z",
        "sequence": "00000000000000000003",
        "partitionkey": "o1-5c",
        "correlationid": "raw:xd_raw:881244",
        "tenant": "acme",
        "data": {"order": {"order_no": "1"}},
    });
    assert_eq!(json, expected);
}

#[test]
fn extension_names_obey_cloudevents() {
    let full = Event {
        traceparent: Some("00-1-2-01".into()),
        idem_key: Some("k1-0".into()),
        class: Class::Replay,
        ..event()
    };
    for (name, _) in full.headers() {
        let name = name.strip_prefix("ce-").unwrap_or(name);
        assert!(
            name.len() <= 20 && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()),
            "{name}"
        );
    }
    let json: serde_json::Value = serde_json::from_str(&full.to_json()).unwrap();
    assert_eq!(json["class"], "r");
    assert_eq!(json["idemkey"], "k1-0");
}

#[test]
fn unusable_events_are_refused() {
    let good = event().to_json();
    assert!(Event::from_json(&good).is_ok());
    for (from, to) in [
        ("io.crossdock.order.placed", "io.crossdock.order.eaten"),
        ("/acme/taobao/2208812345", "acme/taobao/2208812345"),
        ("/acme/taobao/2208812345", "/acme/taobao"),
        ("/acme/taobao/2208812345", "/acme/taobao/%zz"),
        ("00000000000000000003", "three"),
        ("2026-11-21T11:31:00+08:00", "2026-11-21T11:31:00"),
        ("\"data\"", "\"dada\""),
        ("\"tenant\":\"acme\"", "\"class\":\"x\""),
    ] {
        assert!(good.contains(from), "{from}");
        assert!(Event::from_json(&good.replacen(from, to, 1)).is_err(), "{to}");
    }
    assert!(Event::from_headers([("ce-id", "1")], "{}").is_err());
}

#[test]
fn subjects_are_as_documented() {
    let subject = |entity: EventType, platform: &str, shop: &str| {
        subject::subject("acme", entity, platform, shop, Class::Normal, "o1-5c")
    };
    let placed = subject(EventType::OrderPlaced, "taobao", "2208812345");
    let (head, partition) = placed.rsplit_once('.').unwrap();
    assert_eq!(head, "xd.v1.acme.order.placed.taobao.2208812345.n");
    assert_eq!(partition, format!("p{:02}", subject::partition("o1-5c")));
    assert!(
        subject(EventType::MilestoneDelivered, "sf_express", "default")
            .starts_with("xd.v1.acme.milestone.delivered.sf_5Fexpress.default.n.p")
    );
    assert!(
        subject(EventType::ParcelStatusChanged, "sf_express", "demo.myshopify.com")
            .starts_with("xd.v1.acme.parcel.status_changed.sf_5Fexpress.demo_2Emyshopify_2Ecom.n.p")
    );
    assert_eq!(event().subject(), placed);
}

#[test]
fn partition_is_the_first_byte_of_the_published_hash() {
    // SHA-256("abc") = ba7816bf…, SHA-256("") = e3b0c442…
    assert_eq!(subject::partition("abc"), 0xba % 64);
    assert_eq!(subject::partition(""), 0xe3 % 64);
}

#[test]
fn nobody_can_name_a_shop_after_a_hash() {
    let long = "x".repeat(65);
    let hashed = subject::token(&long).into_owned();
    assert!(hashed.starts_with("h-") && hashed.len() == 34);
    assert_ne!(subject::token(&hashed), hashed);
    assert_eq!(subject::token(&"x".repeat(64)), "x".repeat(64));
    assert_eq!(subject::token(""), "_");
    assert_ne!(subject::token("_"), "_");
}

#[test]
fn types_are_the_documented_ones() {
    // 16 order, 3 presale, 10 after-sale, 7 parcel, 4 milestone, 2 stock, 2 product, 2 risk, 3 invoice, 5 hub.
    assert_eq!(EventType::ALL.len(), 54);
    let mut seen = BTreeSet::new();
    for event in EventType::ALL {
        assert!(seen.insert(event.as_str()));
        assert_eq!(event.as_str().parse::<EventType>().unwrap(), *event);
        assert_eq!(event.ce_type().parse::<EventType>().unwrap(), *event);
        assert_eq!(event.as_str(), format!("{}.{}", event.entity(), event.token()));
        assert_eq!(event.is_milestone(), event.entity() == "milestone");
    }
    assert!("order.eaten".parse::<EventType>().is_err());
    assert!("order".parse::<EventType>().is_err());
}

#[test]
fn ids_depend_on_every_part() {
    let base = identity::event_id("a", "order.placed", "o1-1", b"");
    assert!(base.starts_with("e1-") && base.len() == 67);
    let others = [
        identity::event_id("b", "order.placed", "o1-1", b""),
        identity::event_id("a", "order.paid", "o1-1", b""),
        identity::event_id("a", "order.placed", "o1-2", b""),
        identity::event_id("a", "order.placed", "o1-1", b"1"),
        identity::event_id("a", "order.placedo1-1", "", b""),
    ];
    assert!(others.iter().all(|other| *other != base));
    assert_eq!(BTreeSet::from(others).len(), 5);
}

proptest! {
    #[test]
    fn both_forms_bring_the_event_back(
        texts in prop::collection::vec("\\PC{1,20}|[a-z/%\" \\\\]{1,9}", 8),
        sequence in any::<u64>(),
        kind in 0..EventType::ALL.len(),
        class in 0..3_usize,
        millis in 0_i64..4_000_000_000_000,
        optional in any::<bool>(),
    ) {
        let mut texts = texts.into_iter();
        let mut next = || texts.next().unwrap();
        let event = Event {
            id: next(),
            event_type: EventType::ALL[kind],
            tenant: next(),
            platform: next(),
            shop: next(),
            key: next(),
            time: Ts::utc(Timestamp::from_millisecond(millis).unwrap()),
            recorded_at: Timestamp::from_millisecond(millis).unwrap(),
            sequence,
            class: Class::ALL[class],
            traceparent: optional.then(&mut next),
            correlation_id: optional.then(&mut next),
            idem_key: Some(next()),
            data: RawValue::from_string("{\"a\": 1.50}".into()).unwrap(),
        };
        prop_assert_eq!(&Event::from_json(&event.to_json()).unwrap(), &event);
        let headers: BTreeMap<_, _> = event.headers().into_iter().collect();
        for value in headers.values() {
            prop_assert!(value.bytes().all(|b| matches!(b, 0x21..=0x7e) && b != b'"'), "{}", value);
        }
        let pairs = headers.iter().map(|(name, value)| (*name, &**value));
        prop_assert_eq!(&Event::from_headers(pairs, event.data.get()).unwrap(), &event);
    }

    #[test]
    fn tokens_never_meet(a in "[a-c_h.-]{0,6}|\\PC{0,8}|h-[0-9a-f]{32}|[ab]{62,67}", b in "[a-c_h.-]{0,6}|\\PC{0,8}|h-[0-9a-f]{32}|[ab]{62,67}") {
        let (token_a, token_b) = (subject::token(&a), subject::token(&b));
        prop_assert_eq!(a == b, token_a == token_b);
        for token in [token_a, token_b] {
            prop_assert!(!token.is_empty() && token.len() <= 64);
            prop_assert!(token.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-'));
        }
    }

    #[test]
    fn escaped_tokens_can_be_read_back(value in "[a-z_. é]{1,10}") {
        let token = subject::token(&value).into_owned();
        let mut bytes = Vec::new();
        let mut rest = token.bytes();
        while let Some(byte) = rest.next() {
            if byte == b'_' {
                let pair = [rest.next().unwrap(), rest.next().unwrap()];
                bytes.push(u8::from_str_radix(std::str::from_utf8(&pair).unwrap(), 16).unwrap());
            } else {
                bytes.push(byte);
            }
        }
        prop_assert_eq!(String::from_utf8(bytes).unwrap(), value);
    }
}
