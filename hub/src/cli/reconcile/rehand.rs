//! What a sink lacks, as orders to the hub. Pure.

use std::collections::BTreeMap;

use crate::backbone::{HistoryKey, Seq};
use crate::handoff::filter::Filter;
use crate::operate::{Order, ReplayOrder};
use crate::reconcile::handed::{Newest, State};

/// Parked events in one order.
const TOGETHER: usize = 500;
/// Keys in one replay: each event it reads is held against all of them.
const KEYS: usize = 200;

/// What is to be handed off again.
#[derive(Debug, Default)]
pub(super) struct Rehand {
    parked: Vec<(String, Seq)>,
    dropped: BTreeMap<String, Vec<(Seq, String)>>,
}

impl Rehand {
    pub(super) fn add(&mut self, key: &HistoryKey, newest: Newest) {
        match newest.state {
            State::Parked(_) => self.parked.push((newest.sink, newest.seq)),
            State::Dropped => {
                self.dropped.entry(newest.sink).or_default().push((newest.seq, key.number.clone()));
            }
            State::Delivered
            | State::AlreadyThere
            | State::Superseded
            | State::Settled
            | State::Pending
            | State::Held(_) => {}
        }
    }

    /// The orders, each with how many events it is for.
    pub(super) fn orders(self) -> Vec<(Order, u64)> {
        let number = |length: usize| u64::try_from(length).unwrap_or(u64::MAX);
        let mut orders: Vec<(Order, u64)> = self
            .parked
            .chunks(TOGETHER)
            .map(|some| (Order::RetryParked(some.to_vec()), number(some.len())))
            .collect();
        for (sink, mut dropped) in self.dropped {
            // Neighbours in the log together: a replay reads everything between its first and last event.
            dropped.sort();
            for some in dropped.chunks(KEYS) {
                let (Some((first, _)), Some((last, _))) = (some.first(), some.last()) else { continue };
                let order = ReplayOrder {
                    sink: sink.clone(),
                    after: first - 1,
                    upto: *last,
                    filter: Filter::default().to_text(),
                    numbers: some.iter().map(|(_, number)| number.clone()).collect(),
                    per_second: None,
                };
                orders.push((Order::Replay(order), number(some.len())));
            }
        }
        orders
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crossdock_schemas::HistoryKind;

    #[test]
    fn parked_ones_are_retried_and_dropped_ones_replayed() {
        let key = |number: &str| HistoryKey {
            kind: HistoryKind::Order,
            platform: "taobao".into(),
            shop: "1".into(),
            number: number.into(),
        };
        let newest = |seq: Seq, state: State| Newest { sink: "erp".into(), seq, revision: 1, state };
        let mut rehand = Rehand::default();
        rehand.add(&key("a"), newest(9, State::Dropped));
        rehand.add(&key("b"), newest(5, State::Dropped));
        rehand.add(&key("c"), newest(7, State::Parked("no".into())));
        rehand.add(&key("d"), newest(8, State::Delivered));
        let orders = rehand.orders();
        let [(Order::RetryParked(parked), 1), (Order::Replay(replay), 2)] = &orders[..] else {
            panic!("{orders:?}")
        };
        assert_eq!(parked, &[("erp".to_owned(), 7)]);
        assert_eq!((replay.after, replay.upto, replay.numbers.join(" ")), (4, 9, "b a".to_owned()));
    }
}
