//! The published identity vectors: 30 orders in 18 groups, each with its keys, some with the bytes that
//! are hashed. They come with the definition of the keys and were computed by two independent programs.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test that fails may panic"
)]

use std::collections::BTreeMap;

use crossdock_schemas::{Observation, Order, OrderLine, OrderRef, Source, identity};
use serde::Deserialize;

const VECTORS: &str = include_str!("data/idempotency-vectors.jsonl");

#[derive(Deserialize)]
struct Vector {
    id: String,
    group: String,
    input: String,
    order_key: String,
    lines_hash: String,
    idem_key: String,
    #[serde(default)]
    line_preimages: Vec<String>,
}

/// The vectors spell platform and shop beside the order number, and one of them holds a platform's own
/// `status` text in its lines, which is not the model's.
#[derive(Deserialize)]
struct Input {
    #[serde(flatten)]
    whose: OrderRef,
    currency: String,
    lines: Vec<serde_json::Value>,
}

fn vectors() -> Vec<Vector> {
    VECTORS.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn order(vector: &Vector) -> Order {
    let input: Input = serde_json::from_str(&vector.input).unwrap();
    let lines = input.lines.into_iter().map(|mut line| {
        let object = line.as_object_mut().unwrap();
        if object.get("status").is_some_and(serde_json::Value::is_string) {
            object.remove("status");
        }
        serde_json::from_str::<OrderLine>(&line.to_string()).unwrap()
    });
    Order {
        source: Source { platform: input.whose.platform, shop: input.whose.shop, ..Source::default() },
        order_no: input.whose.order_no,
        currency: Some(input.currency),
        lines: lines.collect(),
        ..Order::default()
    }
}

fn sealed(vector: &Vector) -> Order {
    let mut observation = Observation::order(order(vector));
    observation.seal().unwrap();
    match observation.entity {
        crossdock_schemas::Entity::Order(order) => *order,
        other => panic!("not an order: {other:?}"),
    }
}

#[test]
fn every_vector_gives_its_keys() {
    let vectors = vectors();
    assert_eq!(vectors.len(), 30);
    for vector in &vectors {
        let order = sealed(vector);
        assert_eq!(order.order_key.as_deref(), Some(&*vector.order_key), "order_key of {}", vector.id);
        assert_eq!(order.lines_hash.as_deref(), Some(&*vector.lines_hash), "lines_hash of {}", vector.id);
        assert_eq!(order.idem_key.as_deref(), Some(&*vector.idem_key), "idem_key of {}", vector.id);
    }
}

#[test]
fn hashed_bytes_are_as_published() {
    let mut seen = 0;
    for vector in vectors() {
        let order = order(&vector);
        for (line, expected) in order.lines.iter().zip(&vector.line_preimages) {
            let mut record = Vec::new();
            identity::line_record(&mut record, line, order.currency.as_deref()).unwrap();
            assert_eq!(String::from_utf8_lossy(&record), *expected, "line of {}", vector.id);
            seen += 1;
        }
    }
    assert!(seen > 0, "no vector has preimages");
}

#[test]
fn equal_groups_share_a_key_and_different_groups_do_not() {
    let mut by_group: BTreeMap<String, String> = BTreeMap::new();
    for vector in vectors() {
        let key = sealed(&vector).idem_key.unwrap();
        let known = by_group.entry(vector.group).or_insert_with(|| key.clone());
        assert_eq!(*known, key, "{}", vector.id);
    }
    assert_eq!(by_group.len(), 18);
    let mut keys: Vec<&String> = by_group.values().collect();
    keys.sort();
    keys.dedup();
    assert_eq!(keys.len(), 18, "two groups meet");
}

#[test]
fn sealing_twice_changes_nothing_and_a_partial_order_has_no_line_hash() {
    for vector in vectors() {
        let mut observation = Observation::order(order(&vector));
        observation.seal().unwrap();
        let once = observation.clone();
        observation.seal().unwrap();
        assert_eq!(observation, once);

        let mut partial = Observation::order(order(&vector)).partial();
        partial.seal().unwrap();
        let text = serde_json::to_string(&partial).unwrap();
        assert!(text.contains("order_key") && !text.contains("lines_hash") && !text.contains("idem_key"));
    }
}

#[test]
fn lines_without_id_are_named_alike_in_any_order() {
    let names = |id: &str| {
        let vector = vectors().into_iter().find(|vector| vector.id == id).unwrap();
        let mut names: Vec<String> =
            sealed(&vector).lines.into_iter().map(|line| line.line_key.unwrap()).collect();
        names.sort();
        names
    };
    assert_eq!(names("j01"), ["21866#1", "21866#2", "22900#1"]);
    assert_eq!(names("j02"), names("j01"));
}

#[test]
fn lines_of_one_sku_keep_their_name_when_they_arrive_in_another_order() {
    let line = |price: &str| {
        serde_json::from_value::<OrderLine>(
            serde_json::json!({"sku": "A", "quantity": "1", "unit_price": price}),
        )
        .unwrap()
    };
    let name_of = |lines: Vec<OrderLine>| -> BTreeMap<String, String> {
        let source = Source { platform: "csv".into(), shop: "s".into(), ..Source::default() };
        let mut seen = Observation::order(Order { source, order_no: "1".into(), lines, ..Order::default() });
        seen.seal().unwrap();
        match seen.entity {
            crossdock_schemas::Entity::Order(order) => order
                .lines
                .into_iter()
                .map(|l| (l.unit_price.unwrap().canonical(), l.line_key.unwrap()))
                .collect(),
            other => panic!("not an order: {other:?}"),
        }
    };
    let forward = name_of(vec![line("1"), line("2"), line("3")]);
    let backward = name_of(vec![line("3"), line("2"), line("1")]);
    assert_eq!(forward, backward);
    assert_eq!(forward.len(), 3);
}
