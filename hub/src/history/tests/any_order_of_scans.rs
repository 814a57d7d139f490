//! Any permutation and duplication of scans and links ends in the same parcel and the same milestones.

use crossdock_schemas::{AtQuality, DeliveredTo, Direction, Eta, Package, ParcelLine, Reason, Step};
use proptest::prelude::*;

use super::*;

prop_compose! {
    fn event()(
        minutes in 0_i64..4000,
        code in prop::sample::select(&["50", "30", "80", "x"][..]),
        status in prop::sample::select(ParcelStatus::ALL),
        retracts in prop::bool::weighted(0.15),
        date_only in prop::bool::weighted(0.1),
        reason in prop::option::of(prop::sample::select(&[Reason::Refused, Reason::Misrouted, Reason::Lost][..])),
        step in prop::option::of(prop::sample::select(&[Step::Partial, Step::DroppedOff, Step::Departed][..])),
        receiver in prop::option::of(prop::sample::select(&[DeliveredTo::Recipient, DeliveredTo::Sender, DeliveredTo::Locker][..])),
        detail in prop::option::of(prop::sample::select(&["a", "b"][..])),
        coarse in any::<bool>(),
    ) -> TrackingEvent {
        // Few moments, so that scans meet at the same time and under the same key.
        let minutes = if coarse { minutes / 1000 * 1000 } else { minutes / 300 * 300 };
        TrackingEvent {
            effect: if retracts { Effect::Retract } else { Effect::Assert },
            at_quality: if date_only { AtQuality::DateOnly } else { AtQuality::Exact },
            reason,
            step,
            delivered_to: receiver,
            facility: detail.map(str::to_owned),
            ..scan(minutes, status, code)
        }
    }
}

/// Scans with the same key mean the same, as from one table of codes, and may differ in detail.
fn of_one_table(mut seen: Vec<Observation>) -> Vec<Observation> {
    let mut table: Vec<TrackingEvent> = Vec::new();
    for observation in &mut seen {
        let crossdock_schemas::Entity::Parcel(parcel) = &mut observation.entity else { continue };
        for event in &mut parcel.events {
            match table.iter().find(|known| (known.at, &known.code_raw) == (event.at, &event.code_raw)) {
                Some(known) => *event = TrackingEvent { facility: event.facility.take(), ..known.clone() },
                None => table.push(event.clone()),
            }
        }
    }
    seen
}

prop_compose! {
    /// What one observation says: some scans, or something a shop or carrier knows beside them.
    fn statement()(
        number in prop::option::weighted(0.6, 1_u32..5),
        events in prop::collection::vec(event(), 0..4),
        orders in prop::collection::vec(prop::sample::select(&["A", "B"][..]), 0..3),
        grams in prop::option::of(prop::sample::select(&["500", "600.5"][..])),
        eta in prop::option::of(100_i64..103),
        said in prop::option::of(prop::sample::select(ParcelStatus::ALL)),
        quantity in prop::option::of(prop::sample::select(&["1", "2"][..])),
        ext in prop::option::of((prop::sample::select(&["k", "l"][..]), 0_u8..3)),
    ) -> Observation {
        // Without scans and without a revision the order of arrival is all there is: not asked for here.
        let number = if events.is_empty() { number.or(Some(1)) } else { number };
        let mut parcel = Parcel {
            events,
            package: grams.map(|grams| Package { weight_g: Some(dec(grams)), ..Package::default() }),
            eta: eta.map(|minutes| Eta { to: Some(at(minutes)), ..Eta::default() }),
            status: said,
            direction: Direction::Outbound,
            ..parcel(number)
        };
        if let (Some(quantity), [_]) = (quantity, orders.as_slice()) {
            parcel.lines = vec![ParcelLine { order_key: None, line_key: "1".into(), quantity: dec(quantity) }];
        }
        if let Some((name, value)) = ext {
            parcel.ext.entry("x".into()).or_default().insert(name.into(), value.into());
        }
        Observation::parcel(parcel).partial().with_refs(orders.into_iter().map(order_ref))
    }
}

/// The parcel with its scans, what is remembered of it, and its milestones.
fn end(history: &History) -> (Parcel, serde_json::Value, BTreeSet<String>) {
    let Some(State::Parcel(state)) = &history.state else { panic!("no parcel") };
    let aux: serde_json::Value = serde_json::from_str(&state.aux()).unwrap();
    let ids = history.milestones().iter().map(|event| event.id.clone()).collect();
    (Parcel { source: Source::default(), ..state.full() }, aux["memory"]["stamps"].clone(), ids)
}

fn deliveries() -> impl Strategy<Value = (Vec<Observation>, Vec<Observation>)> {
    prop::collection::vec(statement(), 1..8).prop_map(of_one_table).prop_flat_map(|seen| {
        let doubled: Vec<Observation> = seen.iter().chain(&seen).cloned().collect();
        (Just(seen), Just(doubled).prop_shuffle())
    })
}

fn rules() -> impl Strategy<Value = MilestoneRules> {
    (any::<bool>(), 1_u32..3, any::<bool>()).prop_map(|(attempt, attempt_from, returning)| MilestoneRules {
        attempt_is_exception: attempt,
        attempt_from,
        returning_is_exception: returning,
        ..MilestoneRules::default()
    })
}

proptest! {
    #[test]
    fn any_order_ends_in_the_same_parcel_and_milestones((first, second) in deliveries(), rules in rules()) {
        let (mut a, mut b) = (History::new(), History::new());
        a.rules = rules.clone();
        b.rules = rules;
        for seen in first {
            a.see(seen);
        }
        for seen in second {
            b.see(seen);
        }
        prop_assert_eq!(end(&a), end(&b));
    }

    #[test]
    fn whatever_scans_say_under_one_key_the_parcel_ends_the_same(events in prop::collection::vec(event(), 1..10).prop_flat_map(|all| (Just(all.clone()), Just(all).prop_shuffle()))) {
        let (together, apart) = events;
        let (mut a, mut b) = (History::new(), History::new());
        a.see(scans(together));
        for event in apart {
            b.see(scans(vec![event]));
        }
        let (a, b) = (end(&a), end(&b));
        prop_assert_eq!((a.0, a.1), (b.0, b.1));
    }

    #[test]
    fn redelivery_tells_nothing((first, second) in deliveries()) {
        let mut history = History::new();
        for seen in first {
            history.see(seen.clone());
            let told = history.events.len();
            prop_assert!(history.see(seen).state.is_none(), "at once again");
            prop_assert_eq!(history.events.len(), told);
        }
        let (told, before) = (history.events.len(), end(&history));
        for seen in second {
            prop_assert_ne!(history.see(seen).verdict, Verdict::Folded);
        }
        prop_assert_eq!((history.events.len(), end(&history)), (told, before));
    }

    #[test]
    fn delivery_is_never_undone_by_a_scan_of_the_journey(events in prop::collection::vec(event(), 0..8), minutes in 0_i64..5000) {
        let mut history = History::new();
        history.see(scans(vec![scan(1, ParcelStatus::Delivered, "SIGNED")]));
        let harmless = |event: &TrackingEvent| {
            event.effect == Effect::Assert && event.status.rank() < ParcelStatus::Delivered.rank()
        };
        let late: Vec<TrackingEvent> = events.into_iter().filter(harmless).collect();
        history.see(scans(late));
        prop_assert_eq!(history.parcel().status, Some(ParcelStatus::Delivered));
        history.see(scans(vec![scan(2 + minutes, ParcelStatus::Returning, "R")]));
        prop_assert_eq!(history.parcel().status, Some(ParcelStatus::Returning));
    }
}
