//! What must hold of lanes: in every world that can be drawn, and in those that once went wrong.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::super::reading::MOST_DONE;
use super::super::*;
use super::simulation::*;
use super::{MS, SECOND};

fn natures() -> impl Strategy<Value = Nature> {
    prop_oneof![
        10 => Just(Nature::Fine),
        1 => Just(Nature::Known),
        1 => Just(Nature::Refused),
        2 => (1_u32..4).prop_map(Nature::NotYet),
        1 => Just(Nature::Never),
        1 => Just(Nature::Lost),
    ]
}

fn worlds() -> impl Strategy<Value = World> {
    let item = (0_u8..6, 0_u8..5, 0_i64..40, natures());
    let items = proptest::collection::vec(item, 0..80).prop_map(|drawn| {
        let mut at = 0;
        let item = |(key, luck, gap, nature)| {
            at += gap * MS;
            Item { key, taken: luck > 0, appears: at, nature }
        };
        drawn.into_iter().map(item).collect::<Vec<_>>()
    });
    let crashes = proptest::collection::vec(0_i64..20_000, 0..6);
    let outage = prop_oneof![2 => Just((0, 0)), 1 => (0_i64..1000, 1_i64..120_000)];
    (items, 1_usize..6, 1_i64..300, 1_i64..80, outage, crashes, any::<u64>()).prop_map(
        |(items, calls_at_once, latency, store, (from, long), crashes, seed)| World {
            items,
            calls_at_once,
            latency: latency * MS,
            store: store * MS,
            outage: (from * MS, (from + long) * MS),
            crashes: crashes.into_iter().map(|at| at * MS + 1).collect(),
            seed,
            window: WINDOW,
            most_held: MOST_HELD,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    /// Order inside a key, every event settled exactly once, a place that never lies, whatever crashes when.
    #[test]
    fn whatever_happens_everything_is_settled_once_and_in_order(world in worlds()) {
        Simulation::new(world).run().check();
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    /// A key that never gets through costs the others nothing but its own calls.
    #[test]
    fn a_stuck_key_delays_nobody_else(
        stuck in proptest::collection::vec(0_i64..200, 1..8), seed in any::<u64>(), crash in proptest::option::of(1_i64..2000),
    ) {
        // As many calls come due as two of the four places can take, so that waiting has no other reason.
        let mut items: Vec<Item> = (0..200).map(|at| fine(1 + u8::try_from(at % 100).unwrap(), at * 10 * MS)).collect();
        items.extend(stuck.into_iter().map(|at| Item { nature: Nature::Never, ..fine(0, at * 10 * MS) }));
        items.sort_by_key(|item| item.appears);
        let crashes: Vec<Micros> = crash.into_iter().map(|at| at * MS + 1).collect();
        let pause = if crashes.is_empty() { 0 } else { 40 * MS };
        let done = Simulation::new(World { seed, crashes, ..world(items) }).run();
        done.check();
        for (seq, item) in done.seqs().filter(|(_, item)| item.key > 0) {
            let waited = done.has[&seq] - item.appears;
            prop_assert!(waited <= 40 * MS + pause, "{} waited {} ms", seq, waited / MS);
        }
    }
}

#[test]
fn a_receiver_that_is_down_is_left_alone_and_never_given_up() {
    let items: Vec<Item> = (0..100).map(|at| fine(at, 0)).collect();
    let outage = (0, 300 * SECOND);
    let done = Simulation::new(World { outage, ..world(items) }).run();
    done.check();
    let during = done.calls.iter().filter(|(at, _)| *at < outage.1).count();
    // Five to open it and those that were under way, then one at a time, each after a longer wait.
    assert!((6..80).contains(&during), "{during} calls at a receiver that is down");
    let mut at_once: BTreeMap<Micros, usize> = BTreeMap::new();
    for (at, _) in done.calls.iter().filter(|(at, _)| (SECOND..outage.1).contains(at)) {
        *at_once.entry(*at).or_default() += 1;
    }
    assert!(at_once.values().all(|calls| *calls == 1), "one probe at a time: {at_once:?}");
    let first = done.has.values().min().unwrap();
    assert!(*first - outage.1 <= SCHEDULE.longest + SECOND, "the longest wait between probes is kept");
    assert!(done.ended - outage.1 <= 3 * SCHEDULE.longest, "all went through soon after: {}", done.ended);
}

#[test]
fn silence_opens_the_breaker_too() {
    // At most once: nothing is sent twice, so each that is lost is parked. It must not be all of them.
    let items: Vec<Item> = (0..100).map(|at| Item { nature: Nature::Lost, ..fine(at, 0) }).collect();
    let done = Simulation::new(world(items)).run();
    done.check();
    let soon = done.calls.iter().filter(|(at, _)| *at < SECOND).count();
    assert!(soon < 20, "{soon} events were lost in the first second");
}

#[test]
fn live_goes_before_what_an_outage_left_behind() {
    let row = |seq: Seq| HeldHandoff {
        seq,
        key: format!("k{seq}"),
        attempts: 3,
        next_at: seq,
        first_at: 0,
        ..HeldHandoff::default()
    };
    let place = SinkPlace { low: 100, held: (1..=100).map(row).collect(), ..SinkPlace::default() };
    let mut lanes = Lanes::new(RULES, place, 1);
    offer(&mut lanes, 101, "live", 1000);
    offer(&mut lanes, 102, "k100", 1000);
    assert_eq!(lanes.take(1000, 3), [101, 1, 2], "the live one, then those that wait longest");
    assert_eq!(lanes.attempt(1), 4);
}

#[test]
fn live_goes_before_retries_and_those_before_the_backfill() {
    let row = |seq: Seq| HeldHandoff {
        seq,
        key: format!("k{seq}"),
        attempts: 3,
        next_at: 10,
        ..HeldHandoff::default()
    };
    let mut lanes = Lanes::new(RULES, SinkPlace { low: 9, held: vec![row(5)], ..SinkPlace::default() }, 1);
    for seq in 1..=4 {
        lanes.offer(Track::Back, Offer { seq, key: &format!("b{seq}"), group: None }, 10);
    }
    offer(&mut lanes, 10, "live", 20);
    // The backfill of a key goes before what happens to it now, wherever the backfill stands.
    lanes.offer_ahead(Track::Back, Offer { seq: 8, key: "both", group: None }, 20);
    offer(&mut lanes, 11, "both", 20);
    assert_eq!(lanes.take(20, 3), [10, 5, 1]);
    assert_eq!(lanes.take(20, 9), [2, 3, 4, 8]);
    lanes.finish(8, Result::Delivered, 30);
    assert_eq!(lanes.take(30, 9), [11], "then the live one of that key");
    let settle = lanes.settle(30).unwrap();
    assert_eq!((settle.low, settle.back.map(|back| (back.low, back.done))), (9, Some((0, vec![8]))));
}

#[test]
fn a_receiver_that_asks_for_a_pause_gets_it_whole() {
    let mut lanes = Lanes::new(RULES, SinkPlace::default(), 1);
    for seq in 1..=3 {
        offer(&mut lanes, seq, &format!("k{seq}"), 0);
    }
    assert_eq!(lanes.take(0, 1), [1]);
    let wish = Some(7 * SECOND);
    lanes.finish(1, Result::Retry { wish, words: "slow down".into(), whole: true, sent: false }, 0);
    assert!(lanes.take(7 * SECOND - 1, 9).is_empty(), "nobody goes before that");
    assert_eq!(lanes.wake_at(0), Some(7 * SECOND));
    assert_eq!(lanes.take(7 * SECOND, 9).len(), 3);
    // Never longer than its longest wait.
    lanes.finish(
        2,
        Result::Retry { wish: Some(3600 * SECOND), words: String::new(), whole: true, sent: false },
        8 * SECOND,
    );
    assert_eq!(lanes.wake_at(8 * SECOND), Some(8 * SECOND + SCHEDULE.longest));
}

#[test]
fn memory_is_bounded_whatever_the_receiver_does() {
    // Nobody takes anything: the log is read up to the bounds and no further.
    let mut lanes = Lanes::new(RULES, SinkPlace::default(), 1);
    let (mut seq, mut now) = (0, 0);
    for _ in 0..20_000 {
        for _ in 0..lanes.room(Track::Live, 100, 500) {
            seq += 1;
            offer(&mut lanes, seq, &format!("k{}", seq % 40), now);
        }
        for taken in lanes.take(now, 8) {
            lanes.finish(
                taken,
                Result::Retry { wish: None, words: "no".into(), whole: false, sent: false },
                now,
            );
        }
        drop(lanes.settle(now));
        now += 5 * MS;
        assert!(
            lanes.waiting.len() <= 600 && lanes.readings[&Track::Live].most() <= 600,
            "{} {}",
            lanes.waiting.len(),
            lanes.readings[&Track::Live].most()
        );
    }
    assert!((500..=600).contains(&lanes.held()), "{}", lanes.held());
}

#[test]
fn one_slow_event_does_not_hold_the_place_back() {
    let mut lanes = Lanes::new(RULES, SinkPlace::default(), 1);
    offer(&mut lanes, 1, "slow", 0);
    assert_eq!(lanes.take(0, 1), [1]);
    let mut low = 0;
    let mut rows = Vec::new();
    for seq in 2..5000 {
        offer(&mut lanes, seq, &format!("k{seq}"), seq);
        for taken in lanes.take(seq, 4) {
            lanes.finish(taken, Result::Delivered, seq);
        }
        if let Some(settle) = lanes.settle(seq) {
            assert!(settle.done.len() <= MOST_DONE + 1, "{}", settle.done.len());
            low = settle.low;
            rows.extend(settle.held);
        }
    }
    assert_eq!(low, 4999);
    assert_eq!(rows.iter().map(|row| row.seq).collect::<Vec<_>>(), [1], "it has a row of its own");
    lanes.finish(1, Result::Delivered, 6000);
    assert_eq!(lanes.settle(6000).unwrap().delivered, [1]);
    assert_eq!(lanes.held(), 0);
}

#[test]
fn what_people_retry_goes_behind_the_one_under_way_and_before_those_after_it() {
    let row = |seq| HeldHandoff {
        seq,
        key: "k".into(),
        attempts: 0,
        next_at: 50,
        first_at: 50,
        ..HeldHandoff::default()
    };
    let mut lanes = Lanes::new(RULES, SinkPlace { low: 4, ..SinkPlace::default() }, 1);
    for seq in [5, 6] {
        offer(&mut lanes, seq, "k", 10);
    }
    assert_eq!(lanes.take(10, 9), [5]);
    lanes.restore(vec![row(3), row(2)]);
    lanes.restore(vec![row(3)]);
    assert!(lanes.take(60, 9).is_empty());
    let mut order = Vec::new();
    let mut under_way = vec![5];
    while let Some(seq) = under_way.pop() {
        lanes.finish(seq, Result::Delivered, 60);
        order.push(seq);
        under_way.extend(lanes.take(60, 9));
    }
    assert_eq!(order, [5, 2, 3, 6]);
}
