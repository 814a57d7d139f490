//! Stock levels.

use crossdock_schemas::identity::event_id;
use crossdock_schemas::{InventoryLevel, InventoryMode};

use super::*;
use crate::history::inventory_key;

fn level(minutes: i64, available: &str) -> InventoryLevel {
    InventoryLevel {
        source: source(None),
        location: "W1".into(),
        sku: "TS-RED-L".into(),
        on_hand: dec("10"),
        available: dec(available),
        as_of: at(minutes),
        mode: InventoryMode::Absolute,
        ..InventoryLevel::default()
    }
}

#[test]
fn the_newest_figure_counts() {
    let mut history = History::new();
    let see = |history: &mut History, minutes, available: &str| {
        history.see(Observation::inventory(level(minutes, available)))
    };
    let decision = see(&mut history, 5, "7");
    assert_eq!(types(&decision), ["inventory.level_changed"]);
    let name = format!("2:W1,20:{},1:7,", at(5).utc_text());
    let id = event_id("acme", "inventory.level_changed", &inventory_key(&level(5, "7")), name.as_bytes());
    assert_eq!(decision.events[0].id, id);
    assert_eq!(see(&mut history, 5, "7.0").verdict, Verdict::Duplicate);
    assert_eq!(see(&mut history, 4, "9").verdict, Verdict::Stale);
    assert_eq!(types(&see(&mut history, 6, "3")), ["inventory.level_changed"]);
    assert_eq!(history.state.as_ref().map(State::revision), Some(2));
    assert_eq!(json_of(&history.events[1])["changed"], serde_json::json!(["/as_of", "/available"]));
}

#[test]
fn rivals_of_one_moment_end_in_the_same_figure() {
    let mut ends = Vec::new();
    for pair in [["3", "4"], ["4", "3"]] {
        let mut history = History::new();
        for available in pair {
            history.see(Observation::inventory(level(5, available)));
        }
        let Some(State::Inventory(state)) = &history.state else { unreachable!() };
        ends.push(state.level.available);
    }
    assert_eq!(ends, [dec("4"), dec("4")]);
}

#[test]
fn a_change_without_its_level_is_ignored_and_says_so() {
    let mut history = History::new();
    history.see(Observation::inventory(level(1, "7")));
    let delta = InventoryLevel { mode: InventoryMode::Delta, ..level(2, "1") };
    let decision = history.see(Observation::inventory(delta));
    assert_eq!((decision.verdict, decision.reason), (Verdict::Ignored, Some("delta_level")));
}

#[test]
fn each_place_and_sku_has_a_key_of_its_own() {
    let base = level(1, "1");
    let other = [
        InventoryLevel { location: "W2".into(), ..base.clone() },
        InventoryLevel { sku: "TS-RED-M".into(), ..base.clone() },
        InventoryLevel { source: Source { shop: "other".into(), ..source(None) }, ..base.clone() },
    ];
    let keys: BTreeSet<String> = other.iter().chain([&base]).map(inventory_key).collect();
    assert_eq!(keys.len(), 4);
    assert!(keys.iter().all(|key| key.starts_with("i1-") && key.len() == 67));
}
