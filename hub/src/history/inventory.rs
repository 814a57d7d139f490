//! Stock: the newest absolute figure counts. Two figures of the same moment: the greater text, so that it
//! does not matter which came first.

use crossdock_schemas::identity::{event_id, ns};
use crossdock_schemas::{EventType, InventoryLevel, InventoryMode, Source};

use super::diff::pointers;
use super::memory::Memory;
use super::normal::{json, text, tree};
use super::teller::{Extra, Teller, parts};
use super::{Context, Decision, State, StateError, Verdict};

/// What is known of the stock of a SKU at a place.
#[derive(Debug, Clone, PartialEq)]
pub struct InventoryState {
    /// The level.
    pub level: InventoryLevel,
    memory: Memory,
}

impl InventoryState {
    pub(super) fn read(aux: &str, snapshot: Option<&str>) -> Result<InventoryState, StateError> {
        let memory = serde_json::from_str(aux).map_err(StateError::Aux)?;
        let level = serde_json::from_str(snapshot.ok_or(StateError::NoSnapshot)?);
        Ok(InventoryState { level: level.map_err(StateError::Snapshot)?, memory })
    }

    pub(super) fn aux(&self) -> String {
        json(&self.memory)
    }

    pub(super) const fn revision(&self) -> u64 {
        self.memory.revision
    }
}

/// Identity of a stock level: `i1-` and 64 hex digits, SHA-256 over
/// `ns("E1") ns(platform) ns(shop) ns(location) ns(sku)`. The model has no formula; this one is the hub's own.
#[must_use]
pub fn inventory_key(level: &InventoryLevel) -> String {
    let InventoryLevel { source, location, sku, .. } = level;
    let id = event_id(&source.platform, &source.shop, location, sku.as_bytes());
    id.replacen("e1-", "i1-", 1)
}

pub(super) fn fold(
    state: Option<Box<InventoryState>>,
    mut level: InventoryLevel,
    cx: &Context<'_>,
) -> Decision {
    if level.mode == InventoryMode::Delta {
        // A change without the level it starts from says nothing that survives redelivery or reordering.
        return Decision::unchanged(Verdict::Ignored, Some("delta_level"));
    }
    cx.stamp(&mut level.source);
    let Some(mut state) = state else {
        let state = Box::new(InventoryState { level, memory: Memory::default() });
        return tell(state, None, cx);
    };
    let (held, new) = (counting(&state.level), counting(&level));
    if held == new {
        return Decision::unchanged(Verdict::Duplicate, None);
    }
    if new.as_of < held.as_of || (new.as_of == held.as_of && text(&new) <= text(&held)) {
        return Decision::unchanged(Verdict::Stale, None);
    }
    state.level = level;
    tell(state, Some(&held), cx)
}

fn tell(mut state: Box<InventoryState>, before: Option<&InventoryLevel>, cx: &Context<'_>) -> Decision {
    let revision = state.memory.raise();
    let extra = before.map_or_else(Extra::default, |before| {
        let changed = pointers(&tree(before), &tree(&counting(&state.level)));
        Extra::default().with("changed", &json(&changed))
    });
    let InventoryState { level, memory } = &mut *state;
    let key = inventory_key(level);
    let mut name = parts(&[&level.location, &level.as_of.utc_text(), &level.available.canonical()]);
    let mut teller = Teller::new(cx, &key, revision, None, &mut memory.fired);
    if before.is_some_and(|before| before.as_of.utc_seconds() == level.as_of.utc_seconds()) {
        // Figures of one second can only be told apart by the revision.
        ns(&mut name, revision.to_string().as_bytes());
    }
    teller.tell_named(EventType::InventoryLevelChanged, &name, level.as_of, &extra);
    let events = teller.events;
    let mut decision = Decision::quiet(Verdict::Folded, None, State::Inventory(state), true);
    decision.events = events;
    decision
}

fn counting(level: &InventoryLevel) -> InventoryLevel {
    InventoryLevel { source: Source::default(), ..level.clone() }
}
