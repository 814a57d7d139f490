//! Receivers of every kind in a simulated world: thousands of histories, every way in which a call can go wrong,
//! crashes between any two steps. At the end each receiver has exactly what it should have, and nothing twice.

mod log;
mod play;

use std::collections::{BTreeMap, HashMap};

use crossdock_connector::Repeat;
use proptest::prelude::*;

use super::super::*;
use super::{MS, SECOND};
use play::Play;

const SCHEDULE: Schedule = Schedule { base: 100 * MS, longest: 20 * SECOND, give_up: 36_000 * SECOND };
const WINDOW: usize = 64;
const MOST_HELD: usize = 400;

/// One way in which a call goes.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Way {
    Fine,
    /// It never arrives, and nobody says so.
    Dropped,
    /// It is applied, and the answer is lost.
    ReplyLost,
    /// 5xx, or 200 with an error inside: not applied.
    Broken,
    /// 429 with a wish.
    Throttled,
    /// The first half of the batch is applied, the rest is to be tried again.
    Partial,
}

#[derive(Clone, Debug)]
struct World {
    /// Events of each order: how many, of which class the first ones are, and whether a refund comes with it.
    orders: Vec<(u8, u8, bool)>,
    kind: Repeat,
    coalesce: bool,
    batch: usize,
    seed: u64,
    /// Per mille of calls that go wrong.
    faults: u64,
    /// Per mille of turns at which everything in memory is lost.
    crashes: u64,
}

/// What the receiver did.
#[derive(Default)]
struct Receiver {
    /// Newest revision by key, for those that replace.
    docs: BTreeMap<String, u64>,
    /// Times each event was applied.
    applied: BTreeMap<Seq, u32>,
    /// Events by key in the order in which they first came.
    order: HashMap<String, Vec<Seq>>,
}

#[derive(Default)]
struct Store {
    low: Seq,
    done: Vec<Seq>,
    back: Place,
    held: BTreeMap<Seq, HeldHandoff>,
    settled: BTreeMap<Seq, &'static str>,
}

fn rules(world: &World) -> Rules {
    Rules {
        schedule: SCHEDULE,
        coalesce: world.coalesce,
        at_most_once: world.kind == Repeat::AtMostOnce,
        replaces: matches!(world.kind, Repeat::Upsert | Repeat::QueryFirst),
    }
}

fn worlds() -> impl Strategy<Value = World> {
    let kind = prop_oneof![
        Just(Repeat::Upsert),
        Just(Repeat::UniqueKey),
        Just(Repeat::QueryFirst),
        Just(Repeat::AtMostOnce)
    ];
    let orders = proptest::collection::vec((1_u8..6, 0_u8..6, any::<bool>()), 60..120);
    (orders, kind, any::<bool>(), 1_usize..9, any::<u64>(), 0_u64..500, 0_u64..40).prop_map(
        |(orders, kind, coalesce, batch, seed, faults, crashes)| World {
            orders,
            kind,
            // Receivers that keep a history never ask for it.
            coalesce: coalesce && matches!(kind, Repeat::Upsert | Repeat::QueryFirst),
            batch,
            seed,
            faults,
            crashes,
        },
    )
}

proptest! {
    // 160 worlds of 60 to 120 orders, half of them with a refund: more than 10,000 histories.
    #![proptest_config(ProptestConfig { cases: 160, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_receiver_ends_with_exactly_what_it_should_have(world in worlds()) {
        Play::new(world).run().check();
    }
}
