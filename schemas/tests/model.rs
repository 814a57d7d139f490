//! How the model is read and written: absent is unknown, words survive, people's data does not leak.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test that fails may panic"
)]

use crossdock_schemas::{
    Aftersale, AftersaleState, Effect, Entity, HistoryKind, Lifecycle, LineKind, Observation, Order,
    OrderKind, OrderRef, Parcel, ParcelStatus, PayerIdKind, Phone, Protected, Reason, Source, Step,
    TrackingEvent, identity,
};
use serde_json::json;

fn minimal() -> serde_json::Value {
    json!({"source": {"platform": "shopify", "shop": "1"}, "order_no": "5"})
}

#[test]
fn nothing_empty_is_written() {
    let order: Order = serde_json::from_value(minimal()).unwrap();
    assert_eq!(
        serde_json::to_value(&order).unwrap(),
        json!({"source": {"platform": "shopify", "shop": "1"}, "order_no": "5", "kind": "unknown", "status": {}, "totals": {}}),
    );
}

#[test]
fn null_is_absent_everywhere() {
    let empty: Order = serde_json::from_value(minimal()).unwrap();
    let schema = serde_json::to_value(schemars::schema_for!(Order)).unwrap();
    let names: Vec<String> = schema["properties"].as_object().unwrap().keys().cloned().collect();
    assert!(names.len() > 40);
    for name in names.iter().filter(|name| !["source", "order_no"].contains(&name.as_str())) {
        let mut with_null = minimal();
        with_null[name] = serde_json::Value::Null;
        let order: Order = serde_json::from_value(with_null).unwrap_or_else(|e| panic!("{name}: {e}"));
        assert_eq!(order, empty, "{name}");
    }
}

#[test]
fn empty_text_is_absent() {
    let mut value = minimal();
    value["buyer_note"] = json!("");
    value["display_no"] = json!("");
    value["kind_raw"] = json!("");
    let mut order: Order = serde_json::from_value(value).unwrap();
    assert_eq!(order, serde_json::from_value(minimal()).unwrap());
    order.buyer_note = Some(String::new());
    order.display_no = Some(String::new());
    order.kind_raw = Some(String::new());
    assert!(!serde_json::to_string(&order).unwrap().contains("\"\""));
}

#[test]
fn what_identifies_must_be_there() {
    for name in ["source", "order_no"] {
        let mut value = minimal();
        value.as_object_mut().unwrap().remove(name);
        let error = serde_json::from_value::<Order>(value).unwrap_err().to_string();
        assert!(error.contains(name), "{error}");
    }
    assert!(serde_json::from_value::<TrackingEvent>(json!({})).is_err());
}

#[test]
fn unknown_fields_are_ignored() {
    let mut value = minimal();
    value["invented_later"] = json!({"deep": [1, 2, {"x": null}]});
    assert!(serde_json::from_value::<Order>(value).is_ok());
}

#[test]
fn a_word_of_a_newer_version_keeps_its_text() {
    let mut value = minimal();
    value["kind"] = json!("subscription");
    value["status"] = json!({"lifecycle": "on_the_moon", "hold": ["moon", "risk"]});
    let order: Order = serde_json::from_value(value).unwrap();
    assert_eq!(order.kind, OrderKind::Unknown);
    assert_eq!(order.kind_raw.as_deref(), Some("subscription"));
    assert_eq!(order.status.lifecycle, Some(Lifecycle::Unknown));
    assert_eq!(order.status.lifecycle_raw.as_deref(), Some("on_the_moon"));
    assert_eq!(order.status.hold.len(), 2);
    // And through another pass.
    let again: Order = serde_json::from_str(&serde_json::to_string(&order).unwrap()).unwrap();
    assert_eq!(again, order);
}

#[test]
fn the_source_s_own_text_is_never_replaced() {
    for (first, second) in [("kind", "kind_raw"), ("kind_raw", "kind")] {
        let text = |name: &str| if name == "kind" { "subscription" } else { "ABO" };
        let json = format!(
            r#"{{"{first}":"{}","{second}":"{}","order_no":"5","source":{{"platform":"p","shop":"s"}}}}"#,
            text(first),
            text(second)
        );
        let order: Order = serde_json::from_str(&json).unwrap();
        assert_eq!((order.kind, order.kind_raw.as_deref()), (OrderKind::Unknown, Some("ABO")), "{json}");
    }
}

#[test]
fn words_parse_strictly_and_read_leniently() {
    assert_eq!("picked_up".parse(), Ok(ParcelStatus::PickedUp));
    assert_eq!("unknown".parse(), Ok(ParcelStatus::Unknown));
    assert!("picked-up".parse::<ParcelStatus>().is_err());
    assert_eq!(ParcelStatus::from_text("picked-up"), ParcelStatus::Unknown);
    for status in ParcelStatus::ALL {
        assert_eq!(status.as_str().parse::<ParcelStatus>().as_ref(), Ok(status));
        assert_eq!(serde_json::to_value(status).unwrap(), json!(status.as_str()));
    }
    assert_eq!(ParcelStatus::ALL.len(), 16);
    assert_eq!(Reason::ALL.len(), 18);
    assert_eq!(Step::ALL.len(), 15);
    assert_eq!(LineKind::default(), LineKind::Product);
    assert_eq!(Effect::default(), Effect::Assert);
    assert_eq!(AftersaleState::default(), AftersaleState::Unknown);
}

#[test]
fn identifiers_written_as_numbers_keep_every_digit() {
    let mut value = minimal();
    value["order_no"] = serde_json::from_str("4012345678901234567890123").unwrap();
    value["lines"] = json!([{"quantity": 1, "sku": 21866}]);
    let order: Order = serde_json::from_value(value.clone()).unwrap();
    assert_eq!(order.order_no, "4012345678901234567890123");
    assert_eq!(order.lines[0].sku.as_deref(), Some("21866"));
    value["order_no"] = serde_json::from_str("1.5").unwrap();
    assert!(serde_json::from_value::<Order>(value.clone()).is_err());
    value["order_no"] = json!({"a": 1});
    assert!(serde_json::from_value::<Order>(value).is_err());
}

#[test]
fn observations_name_their_kind() {
    let source = Source { platform: "taobao".into(), shop: "22".into(), ..Source::default() };
    let order = OrderRef { platform: "taobao".into(), shop: "22".into(), order_no: "7".into() };
    let parcel = Parcel {
        source: source.clone(),
        carrier: "sf_express".into(),
        tracking_no: "SF1".into(),
        ..Parcel::default()
    };
    let mut seen = Observation::parcel(parcel).partial().with_refs([order.clone(), order.clone()]);
    seen.seal().unwrap();
    let json = serde_json::to_value(&seen).unwrap();
    assert_eq!(json["kind"], "parcel");
    assert_eq!(json["partial"], true);
    assert_eq!(json["parcel"]["orders"], json!([order.key()]));
    assert_eq!(json["parcel"]["parcel_key"], json!(identity::parcel_key("sf_express", "SF1", "")));
    assert_eq!(json["refs"].as_array().unwrap().len(), 2);
    assert_eq!(serde_json::from_value::<Observation>(json).unwrap(), seen);

    let case = Aftersale { source, aftersale_no: "9".into(), ..Aftersale::default() };
    let mut seen = Observation::aftersale(case).with_refs([order.clone()]);
    seen.seal().unwrap();
    assert_eq!(seen.kind(), HistoryKind::Aftersale);
    let Entity::Aftersale(case) = &seen.entity else { panic!("{seen:?}") };
    assert_eq!(case.order_key.as_deref(), Some(&*order.key()));
    assert!(case.aftersale_key.as_deref().unwrap().starts_with("a1-"));
    assert_ne!(case.aftersale_key.as_deref().unwrap()[3..], identity::order_key("taobao", "22", "9")[3..]);

    for refused in [json!({"kind": "order", "partial": false}), json!({"kind": "moon", "order": minimal()})] {
        assert!(serde_json::from_value::<Observation>(refused).is_err());
    }
}

#[test]
fn sealing_wants_everything_that_identifies() {
    let mut order: Order = serde_json::from_value(minimal()).unwrap();
    order.source.shop = " ".into();
    assert_eq!(Observation::order(order).seal(), Err(identity::IdentityError::Missing("source.shop")));
    assert_eq!(
        Observation::parcel(Parcel::default()).seal(),
        Err(identity::IdentityError::Missing("carrier"))
    );
}

#[test]
fn a_reworded_scan_with_a_code_is_the_same_scan() {
    let scan = |extra: serde_json::Value| {
        let mut value = json!({"at": "2026-11-21T11:31:00+08:00", "status": "picked_up", "code_raw": "50", "description": "a"});
        value.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        let event: TrackingEvent = serde_json::from_value(value).unwrap();
        identity::tracking_event_key("sf_express", "SF1", &event)
    };
    let base = scan(json!({}));
    assert!(base.starts_with("t1-"));
    assert_eq!(
        scan(json!({"description": "b", "at": "2026-11-21T03:31:00.5Z", "status": "in_transit"})),
        base
    );
    assert_ne!(scan(json!({"code_raw": "51"})), base);
    assert_ne!(scan(json!({"location": {"text": "深圳"}})), base);
    assert_ne!(scan(json!({"code_raw": null})), scan(json!({"code_raw": null, "description": "b"})));
    assert_eq!(scan(json!({"code_raw": " "})), scan(json!({"code_raw": null})));
}

#[test]
fn debug_output_gives_nothing_away() {
    let secrets = ["Ada Lovelace", "oaid-secret", "13812345678", "+8613812345678", "5678"];
    let token = Protected::token("taobao_oaid", "oaid-secret").with_masked("A**");
    let plain = Protected { value: Some("Ada Lovelace".into()), ..token.clone() };
    let phone = Phone {
        e164: Some("+8613812345678".into()),
        national: Some("13812345678".into()),
        ext: Some("5678".into()),
        protected: Some(Protected::plain("13812345678")),
        ..Phone::default()
    };
    for text in
        [format!("{plain:?}"), format!("{token:#?}"), format!("{phone:?}"), format!("{:?}", token.token)]
    {
        assert!(secrets.iter().all(|secret| !text.contains(secret)), "{text}");
    }
    assert!(format!("{token:?}").contains("A**"), "the masked form may be shown");
    assert_eq!(PayerIdKind::ALL.len(), 5);
}
