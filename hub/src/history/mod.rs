//! The fold: what is known, held against what a source says now, gives what happened.
//!
//! Everything here is pure: no clock, no network, no storage, no randomness. Time and revision come in with
//! the observation and its [`Context`]. That is what lets property tests prove that redelivery produces no
//! event and that any order of arrival ends in the same state.
//!
//! One function for each kind of history:
//! - **orders** ([`OrderState`]) and **after-sale cases** ([`AftersaleState`]) are registers: of each field the
//!   statement with the newest source revision counts. A full observation states everything, a partial one
//!   only what it carries.
//! - **parcels** ([`ParcelState`]) are sets of scans; status, times and milestones are derived from the set.
//! - **stock levels** ([`InventoryState`]) are the newest absolute figure.
//!
//! The caller stores [`State::aux`] beside [`State::snapshot`], writes the events of a [`Decision`] with
//! `{"<entity>":<snapshot><extra>}` as data, and folds [`Decision::spill`] on the next instance of a parcel.

mod address;
mod aftersale;
mod axes;
mod derive;
mod diff;
mod inventory;
mod memory;
mod milestones;
mod normal;
mod order;
mod order_events;
mod order_fields;
mod parcel;
mod parcel_events;
mod parcel_fields;
mod registers;
mod reuse;
mod risk;
mod rules;
mod scans;
mod seen;
mod state;
mod teller;
#[cfg(test)]
mod tests;

use crossdock_schemas::{Channel, Class, Entity, EventType, Observation, Source, Ts};
use jiff::Timestamp;

pub use aftersale::AftersaleState;
pub use inventory::{InventoryState, inventory_key};
pub use order::OrderState;
pub use parcel::ParcelState;
pub use risk::{HUB_EXT, RELEASED};
pub use rules::MilestoneRules;
pub use state::{State, StateError};

/// What the fold has to know beside state and observation.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// Whose hub it is; part of every event id.
    pub tenant: &'a str,
    /// Now. No decision depends on it; it is here for rules about elapsed time.
    pub now: Timestamp,
    /// Sequence of the capture the observation comes from.
    pub capture: u64,
    /// When the hub received that capture.
    pub received_at: Timestamp,
    /// How it reached the hub.
    pub channel: Channel,
    /// SHA-256 of the capture's bytes, lower-case hex.
    pub raw_sha256: &'a str,
    /// Live, told again or a trial.
    pub class: Class,
    /// When a parcel's scan is a milestone.
    pub rules: &'a MilestoneRules,
}

impl Context<'_> {
    /// Writes into an entity's source how this observation reached the hub.
    fn stamp(&self, source: &mut Source) {
        source.received_at = Some(Ts::utc(self.received_at));
        source.channel = Some(self.channel);
        source.channel_raw = None;
        source.raw_ref = Some(format!("capture:{}", self.capture));
        source.raw_sha256 = Some(self.raw_sha256.to_owned());
    }
}

/// What became of an observation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// It told something new.
    Folded,
    /// It told what was known.
    Duplicate,
    /// It told what is outdated.
    Stale,
    /// Nothing here is done with such an observation.
    Ignored,
}

impl Verdict {
    /// The word used in the ledger.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Verdict::Folded => "folded",
            Verdict::Duplicate => "duplicate",
            Verdict::Stale => "stale",
            Verdict::Ignored => "ignored",
        }
    }
}

/// What the fold decided.
#[derive(Debug, Clone)]
pub struct Decision {
    /// What became of the observation. With a [`Decision::spill`] it speaks only about the part that belongs
    /// here; when that is nothing it is `Duplicate` with the reason `next_use`, and the verdict of the spill
    /// is the one that counts.
    pub verdict: Verdict,
    /// Why, where the verdict alone does not say: one of a small closed set of words.
    pub reason: Option<&'static str>,
    /// The state to store; `None`: unchanged. A duplicate may change it without an event: a newer revision
    /// of the same content, a renewed token.
    pub state: Option<State>,
    /// Whether [`State::snapshot`] differs from what is stored.
    pub changed_snapshot: bool,
    /// What happened, in the order to be told. All share the snapshot of `state`.
    pub events: Vec<NewEvent>,
    /// Scans of a later use of the same tracking number, sealed for the next instance. Fold them there.
    pub spill: Option<Observation>,
}

impl Decision {
    fn unchanged(verdict: Verdict, reason: Option<&'static str>) -> Decision {
        Decision { verdict, reason, state: None, changed_snapshot: false, events: Vec::new(), spill: None }
    }

    fn quiet(
        verdict: Verdict,
        reason: Option<&'static str>,
        state: State,
        changed_snapshot: bool,
    ) -> Decision {
        Decision { verdict, reason, state: Some(state), changed_snapshot, events: Vec::new(), spill: None }
    }
}

/// An event that was decided and is to be written.
#[derive(Debug, Clone, PartialEq)]
pub struct NewEvent {
    /// Derived from content: the same fact has the same id, however often it is told.
    pub id: String,
    /// What happened.
    pub event_type: EventType,
    /// When it happened at the source.
    pub time: Ts,
    /// The revision of the history after it.
    pub sequence: u64,
    /// Identity of the order with its lines.
    pub idem_key: Option<String>,
    /// Members of the event's data after the snapshot, beginning with a comma, or nothing.
    pub extra: String,
}

/// Holds a sealed observation against what is known of its history.
///
/// # Behaviour
/// - Pure: the same arguments give the same decision.
/// - Repeatable: folding an observation again changes nothing that counts and tells no event.
/// - A state of another kind than the observation's is not looked at: `Ignored`, reason `wrong_history`.
#[must_use]
pub fn fold(state: Option<State>, observation: Observation, cx: &Context<'_>) -> Decision {
    let Observation { partial, entity, refs } = observation;
    let mut decision = decide(state, entity, partial, cx);
    let named = match &mut decision.state {
        Some(State::Aftersale(state)) => state.memory.name_orders(&refs),
        Some(State::Parcel(state)) => state.memory.name_orders(&refs),
        Some(State::Order(_) | State::Inventory(_)) | None => String::new(),
    };
    if !named.is_empty() {
        decision.events.iter_mut().for_each(|event| event.extra.push_str(&named));
    }
    decision
}

fn decide(state: Option<State>, entity: Entity, partial: bool, cx: &Context<'_>) -> Decision {
    match (state, entity) {
        (None, Entity::Order(order)) => order::fold(None, *order, partial, cx),
        (Some(State::Order(state)), Entity::Order(order)) => order::fold(Some(state), *order, partial, cx),
        (None, Entity::Aftersale(case)) => aftersale::fold(None, *case, partial, cx),
        (Some(State::Aftersale(state)), Entity::Aftersale(case)) => {
            aftersale::fold(Some(state), *case, partial, cx)
        }
        (None, Entity::Parcel(parcel)) => parcel::fold(None, *parcel, cx),
        (Some(State::Parcel(state)), Entity::Parcel(parcel)) => parcel::fold(Some(state), *parcel, cx),
        (None, Entity::Inventory(level)) => inventory::fold(None, *level, cx),
        (Some(State::Inventory(state)), Entity::Inventory(level)) => inventory::fold(Some(state), *level, cx),
        (Some(_), _) => Decision::unchanged(Verdict::Ignored, Some("wrong_history")),
    }
}

/// The number under which a use of a tracking number keeps its history: the number itself for the first use,
/// `SF1#2` for the second.
#[must_use]
pub fn instance_number(tracking_no: &str, instance: u32) -> String {
    if instance <= 1 { tracking_no.to_owned() } else { format!("{tracking_no}#{instance}") }
}
