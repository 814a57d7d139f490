//! The log of a world.

use std::collections::HashMap;
use std::sync::Arc;

use crossdock_schemas::{Class, Event, EventType, Ts};

use super::World;
use crate::backbone::{Seq, StoredEvent};
use crate::handoff::schedule::mix;

fn event(
    seq: Seq,
    event_type: EventType,
    key: &str,
    sequence: u64,
    class: Class,
    history: i64,
) -> StoredEvent {
    let at = jiff::Timestamp::UNIX_EPOCH;
    let event = Event {
        id: format!("e1-{seq}"),
        event_type,
        tenant: "t".into(),
        platform: "p".into(),
        shop: "s".into(),
        key: key.into(),
        time: Ts::utc(at),
        recorded_at: at,
        sequence,
        class,
        traceparent: None,
        correlation_id: None,
        idem_key: None,
        data: serde_json::value::RawValue::from_string("{}".into()).unwrap(),
    };
    let number = key.into();
    StoredEvent { seq, event: Arc::new(event), source: "src".into(), recorded_at: 0, history, number }
}

/// Everything that is told of a world's orders, mixed as it would be.
pub(super) fn told(world: &World) -> Vec<StoredEvent> {
    let mut log: Vec<StoredEvent> = Vec::new();
    let mut left: Vec<(usize, u8, u8, bool)> = world
        .orders
        .iter()
        .enumerate()
        .map(|(at, (events, back, refund))| (at, *events, *back, *refund))
        .collect();
    let mut told: HashMap<usize, u64> = HashMap::new();
    let mut draw = world.seed;
    while !left.is_empty() {
        draw = mix(draw);
        let pick = usize::try_from(draw % u64::try_from(left.len().min(40)).unwrap()).unwrap();
        let (order, events, back, refund) = &mut left[pick];
        let sequence = told.entry(*order).or_default();
        let seq = i64::try_from(log.len()).unwrap() + 1;
        let class = if *back > 0 { Class::Replay } else { Class::Normal };
        let history = i64::try_from(*order).unwrap();
        // The refund of an order may come before anything of the order does.
        if *refund && mix(draw).is_multiple_of(3) {
            *refund = false;
            log.push(event(
                seq,
                EventType::RefundRequested,
                &format!("a{order}"),
                1,
                Class::Normal,
                -history - 1,
            ));
        } else {
            *sequence += 1;
            log.push(event(seq, EventType::OrderChanged, &format!("o{order}"), *sequence, class, history));
            *events -= 1;
            *back = back.saturating_sub(1);
        }
        if left[pick].1 == 0 {
            left.remove(pick);
        }
    }
    log
}
