use super::*;

fn script(seed: u64) -> Script {
    write(150, seed, "2026-11-21T04:00:00Z".parse().unwrap()).unwrap()
}

#[test]
fn even_a_short_script_has_every_kind_of_trouble() {
    let mixed = script(42).mixed;
    let all = [mixed.again, mixed.respelled, mixed.late, mixed.malformed, mixed.forged, mixed.lost];
    assert!(all.iter().all(|count| *count > 0), "{mixed:?}");
    assert!(mixed.pushed > mixed.scans * 2, "{mixed:?}");
}

#[test]
fn the_seed_decides() {
    let places = |seed| script(seed).shopify.iter().map(|cue| cue.at).collect::<Vec<_>>();
    assert_eq!(places(1), places(1));
    assert_ne!(places(1), places(2));
}

#[test]
fn everything_happens_within_the_play_and_nothing_in_the_future() {
    let script = script(42);
    for cues in [&script.shopify, &script.taobao, &script.sf] {
        assert!(cues.is_sorted_by_key(|cue| cue.at));
        assert!(cues.iter().all(|cue| cue.at <= END));
    }
    let start: Timestamp = "2026-11-21T04:00:00Z".parse().unwrap();
    assert!(script.expected.parcels.iter().all(|parcel| parcel.delivered.is_none_or(|at| at < start)));
    let length = SignedDuration::try_from(length(150)).unwrap();
    for cue in &script.taobao {
        let Act::Put(state) = &cue.act else { continue };
        let told = later(start, length * i32::try_from(cue.at).unwrap() / i32::try_from(END).unwrap());
        assert!(state.at < told, "{} is put at {told}", state.at);
    }
}

#[test]
fn every_order_has_an_amount() {
    let script = script(42);
    assert_eq!(script.expected.orders.len(), 150);
    assert!(!script.hero.is_empty());
    let parts = [SHOPIFY, TAOBAO, SHEET];
    for source in parts {
        let orders = script.expected.orders.iter().filter(|((of, _), _)| *of == source);
        assert!(orders.filter(|(_, known)| !known.amount.is_zero()).count() > 20, "{source}");
    }
}
