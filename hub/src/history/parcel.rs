//! Parcels: a set of scans, from which status, times and milestones are derived, and registers for the rest.

use crossdock_schemas::identity::parcel_key;
use crossdock_schemas::{Entity, Observation, Parcel, ParcelStatus, Source, TrackingEvent, Ts};
use serde::{Deserialize, Serialize};

use super::derive::journey;
use super::memory::Memory;
use super::normal::json;
use super::order::adopt;
use super::parcel_events::{Told, events};
use super::parcel_fields::{counting, take_lines, take_orders};
use super::registers::{is_outdated, take_partial};
use super::reuse::{next_use, speaks_of_next};
use super::scans::{News, arrange, merge};
use super::{Context, Decision, State, StateError, Verdict};

/// What is known of one use of a tracking number.
#[derive(Debug, Clone, PartialEq)]
pub struct ParcelState {
    /// What sources say beside the scans; its status and times count only as far as no scan decides.
    pub(super) stated: Parcel,
    /// All scans, in the order of the journey.
    pub scans: Vec<TrackingEvent>,
    /// Which use of the number it is, from 1.
    pub instance: u32,
    /// When the next use of the number began.
    next: Option<Ts>,
    pub(super) memory: Memory,
}

#[derive(Serialize, Deserialize)]
struct Aux {
    pub(super) memory: Memory,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    scans: Vec<TrackingEvent>,
    instance: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    next: Option<Ts>,
    /// Status and times as stated; the snapshot has them as derived.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    status: Option<ParcelStatus>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    status_raw: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    picked_up_at: Option<Ts>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    delivered_at: Option<Ts>,
}

impl ParcelState {
    pub(super) fn read(aux: &str, snapshot: Option<&str>) -> Result<ParcelState, StateError> {
        let aux: Aux = serde_json::from_str(aux).map_err(StateError::Aux)?;
        let parcel: Parcel =
            serde_json::from_str(snapshot.ok_or(StateError::NoSnapshot)?).map_err(StateError::Snapshot)?;
        let Aux { memory, scans, instance, next, status, status_raw, picked_up_at, delivered_at } = aux;
        let stated = Parcel { status, status_raw, picked_up_at, delivered_at, ..parcel };
        Ok(ParcelState { stated, scans, instance, next, memory })
    }

    pub(super) fn aux(&self) -> String {
        let stated = &self.stated;
        json(&Aux {
            memory: self.memory.clone(),
            scans: self.scans.clone(),
            instance: self.instance,
            next: self.next,
            status: stated.status,
            status_raw: stated.status_raw.clone(),
            picked_up_at: stated.picked_up_at,
            delivered_at: stated.delivered_at,
        })
    }

    pub(super) const fn revision(&self) -> u64 {
        self.memory.revision
    }

    /// The parcel as it travels: status and times as the scans have it, without the scans.
    #[must_use]
    pub fn view(&self) -> Parcel {
        let mut parcel = self.stated.clone();
        let journey = journey(&self.scans);
        if let Some((status, scan)) = journey.status {
            parcel.status = Some(status);
            parcel.status_raw.clone_from(&scan.status_raw);
            parcel.delivered_at = journey.delivered_at;
        }
        parcel.picked_up_at = journey.picked_up_at.or(parcel.picked_up_at);
        parcel
    }

    /// The parcel with all its scans.
    #[must_use]
    pub fn full(&self) -> Parcel {
        Parcel { events: self.scans.clone(), ..self.view() }
    }

    fn new(seen: &Parcel) -> ParcelState {
        let stated = Parcel {
            parcel_key: seen.parcel_key.clone(),
            source: seen.source.clone(),
            carrier: seen.carrier.clone(),
            tracking_no: seen.tracking_no.clone(),
            ..Parcel::default()
        };
        let memory = Memory::default();
        ParcelState { instance: instance_of(&stated), stated, scans: Vec::new(), next: None, memory }
    }

    /// The key of the next use of the number.
    fn next_key(&self) -> String {
        let next = self.instance.saturating_add(1).to_string();
        parcel_key(&self.stated.carrier, &self.stated.tracking_no, &next)
    }
}

/// Which use of its number a parcel's key speaks of.
fn instance_of(parcel: &Parcel) -> u32 {
    let key = |instance: &str| parcel_key(&parcel.carrier, &parcel.tracking_no, instance);
    let named = |instance: &u32| parcel.parcel_key.as_ref() == Some(&key(&instance.to_string()));
    if parcel.parcel_key.as_ref().is_none_or(|it| *it == key("")) {
        1
    } else {
        // A key the carrier's own id of the shipment went into is none of these: its use is the first.
        (2..64).find(named).unwrap_or(1)
    }
}

pub(super) fn fold(state: Option<Box<ParcelState>>, mut seen: Parcel, cx: &Context<'_>) -> Decision {
    cx.stamp(&mut seen.source);
    let before = state;
    let mut state = before.clone().unwrap_or_else(|| Box::new(ParcelState::new(&seen)));
    let scans = std::mem::take(&mut seen.events);
    let revision = revision(&seen.source, &scans);
    if revision.is_none() {
        if state.memory.seen.knows(cx) {
            return Decision::unchanged(Verdict::Duplicate, None);
        }
        state.memory.seen.remember(cx);
    }
    let newest = scans.iter().map(|scan| scan.at).max();
    let older = newest.is_none()
        && revision.as_deref().is_some_and(|revision| is_outdated(&state.memory.stamps, &seen, revision));
    let mut news = merge(&mut state.scans, scans);
    let (spill, seen) = split(&mut state, &mut news, seen, newest);
    let mut told = Told { orders: Vec::new(), lines: Vec::new(), scans: news.fresh };
    if let Some(seen) = seen {
        take_fields(&mut state, seen, revision.as_deref(), &mut told);
    }
    let mut decision = decide(before.as_deref(), state, &told, older, cx);
    if spill.is_some() && decision.verdict != Verdict::Folded {
        decision.verdict = Verdict::Duplicate;
        decision.reason = Some("next_use");
    }
    decision.spill = spill;
    decision
}

/// The source's revision; without one, the time of the newest scan it reports.
fn revision(source: &Source, scans: &[TrackingEvent]) -> Option<String> {
    let newest = || scans.iter().map(|scan| scan.at).max().map(Ts::millis_text);
    source.revision.clone().or_else(newest)
}

fn take_fields(state: &mut ParcelState, mut seen: Parcel, revision: Option<&str>, told: &mut Told) {
    told.orders = take_orders(&mut state.stated, std::mem::take(&mut seen.orders));
    let lines = std::mem::take(&mut seen.lines);
    told.lines = take_lines(&mut state.memory.stamps, &mut state.stated, lines, revision);
    let source = std::mem::take(&mut seen.source);
    take_partial(&mut state.memory.stamps, &mut state.stated, seen, revision);
    adopt(&mut state.stated.source, source);
}

/// Separates what belongs to the next use of the number, if anything does. Gives what is for there and the
/// fields that are for here.
fn split(
    state: &mut ParcelState,
    news: &mut News,
    seen: Parcel,
    newest: Option<Ts>,
) -> (Option<Observation>, Option<Parcel>) {
    let from = match newest {
        Some(_) => next_use(&state.scans, state.next),
        None => {
            let status = journey(&state.scans).status.map(|(status, _)| status);
            let last = state.scans.iter().map(|scan| scan.at).max();
            speaks_of_next(&state.stated, status, last, state.next, &seen)
        }
    };
    let Some(from) = from else { return (None, Some(seen)) };
    let (moved, kept): (Vec<_>, Vec<_>) =
        std::mem::take(&mut state.scans).into_iter().partition(|scan| scan.at >= from);
    state.scans = kept;
    arrange(&mut state.scans);
    state.next = Some(state.next.map_or(from, |next| next.min(from)));
    let here = |key: &String| state.scans.iter().any(|scan| scan.event_key.as_ref() == Some(key));
    news.fresh.retain(here);
    // What is said beside the scans is said about the use that the newest of them belongs to.
    let fields_move = newest.is_none_or(|newest| newest >= from);
    let spilled = if fields_move { seen.clone() } else { ParcelState::new(&seen).stated };
    let spilled = Parcel { parcel_key: Some(state.next_key()), events: moved, ..spilled };
    let spill = Observation { partial: true, entity: Entity::Parcel(Box::new(spilled)), refs: Vec::new() };
    (Some(spill), (!fields_move).then_some(seen))
}

fn decide(
    before: Option<&ParcelState>,
    mut state: Box<ParcelState>,
    told: &Told,
    older: bool,
    cx: &Context<'_>,
) -> Decision {
    let shown = before.map(ParcelState::view);
    let same = shown.as_ref().is_some_and(|shown| counting(shown) == counting(&state.view()));
    if same && told.scans.is_empty() {
        let verdict = if older { Verdict::Stale } else { Verdict::Duplicate };
        if before.is_some_and(|before| stored(before) == stored(&state)) {
            return Decision::unchanged(verdict, None);
        }
        // More detail of a known scan, a newer stamp, a token: worth keeping, not worth telling.
        let snapshot = shown.is_some_and(|shown| bare(&shown) != bare(&state.view()));
        if let Some(before) = before.filter(|_| !snapshot) {
            // What is shown stays as it was written; what scans cover is kept as stated now.
            let Parcel { status, status_raw, picked_up_at, delivered_at, .. } =
                std::mem::take(&mut state.stated);
            let shown = before.stated.clone();
            state.stated = Parcel { status, status_raw, picked_up_at, delivered_at, ..shown };
        }
        return Decision::quiet(verdict, None, State::Parcel(state), snapshot);
    }
    state.memory.raise();
    let events = events(shown.as_ref(), &mut state, told, cx);
    let mut decision = Decision::quiet(Verdict::Folded, None, State::Parcel(state), true);
    decision.events = events;
    decision
}

/// A parcel without where it was seen.
fn bare(parcel: &Parcel) -> Parcel {
    Parcel { source: Source::default(), ..parcel.clone() }
}

fn stored(state: &ParcelState) -> ParcelState {
    ParcelState { stated: bare(&state.stated), ..state.clone() }
}
