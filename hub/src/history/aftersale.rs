//! Refunds, returns and exchanges: registers like orders, with events by status. Money is told once.

use crossdock_schemas::{Aftersale, AftersaleKind, AftersaleStatus, EventType, Ext, Source, Ts};

use super::axes::Axis;
use super::diff::pointers;
use super::memory::Memory;
use super::normal::{Mark, json, set_text, text, tree};
use super::order::adopt;
use super::registers::{
    Field, Kind, Registers, Stamps, Stated, Weight, content, is_outdated, take_full, take_partial,
};
use super::teller::{Extra, Teller, parts, said_at};
use super::{Context, Decision, NewEvent, State, StateError, Verdict};

/// What is known of an after-sale case.
#[derive(Debug, Clone, PartialEq)]
pub struct AftersaleState {
    /// The case.
    pub case: Aftersale,
    pub(super) memory: Memory,
}

impl AftersaleState {
    pub(super) fn read(aux: &str, snapshot: Option<&str>) -> Result<AftersaleState, StateError> {
        let memory = serde_json::from_str(aux).map_err(StateError::Aux)?;
        let case = serde_json::from_str(snapshot.ok_or(StateError::NoSnapshot)?);
        Ok(AftersaleState { case: case.map_err(StateError::Snapshot)?, memory })
    }

    pub(super) fn aux(&self) -> String {
        json(&self.memory)
    }

    pub(super) const fn revision(&self) -> u64 {
        self.memory.revision
    }
}

const FIELDS: &[Field<Aftersale>] = &[
    content!(kind, kind_raw),
    content!(phase, phase_raw),
    content!(reason_code),
    content!(reason_raw),
    Field {
        name: "lines",
        kind: Kind::Content,
        stated: |case| !case.lines.is_empty(),
        swap: |a, b| std::mem::swap(&mut a.lines, &mut b.lines),
        join: |ours, theirs| {
            let weight = |case: &Aftersale| (set_text(&case.lines, ""), text(&case.lines));
            if weight(theirs) > weight(ours) {
                std::mem::swap(&mut ours.lines, &mut theirs.lines);
            }
        },
    },
    content!(refund),
    content!(shipping_refund),
    content!(goods_state, goods_state_raw),
    content!(return_parcel),
    content!(requested_at),
    content!(modified_at),
    content!(deadline),
    content!(closed_at),
    content!(version),
    Field {
        // The order a case belongs to does not go away because one report does not name it.
        name: "order_key",
        kind: Kind::Axis,
        stated: |case| case.order_key.is_some(),
        swap: |a, b| std::mem::swap(&mut a.order_key, &mut b.order_key),
        join: |ours, theirs| {
            if theirs.order_key > ours.order_key {
                std::mem::swap(&mut ours.order_key, &mut theirs.order_key);
            }
        },
    },
    Field {
        name: "status",
        kind: Kind::Axis,
        stated: |case| case.status.is_some(),
        swap: |a, b| {
            std::mem::swap(&mut a.status, &mut b.status);
            std::mem::swap(&mut a.status_raw, &mut b.status_raw);
        },
        join: |ours, theirs| {
            let place = |case: &Aftersale| (case.status.map_or(0, Axis::place), case.status_raw.clone());
            if place(theirs) > place(ours) {
                std::mem::swap(&mut ours.status, &mut theirs.status);
                std::mem::swap(&mut ours.status_raw, &mut theirs.status_raw);
            }
        },
    },
];

impl Registers for Aftersale {
    fn fields() -> &'static [Field<Aftersale>] {
        FIELDS
    }

    fn ext(&mut self) -> &mut Ext {
        &mut self.ext
    }

    fn weight(&self) -> Weight {
        let bare = Aftersale {
            source: Source::default(),
            order_key: None,
            status: None,
            status_raw: None,
            ..self.clone()
        };
        let (lines, rest) = (&self.lines, text(&Aftersale { lines: Vec::new(), ..bare }));
        let content = Mark::digest(&format!("{rest}{}", set_text(lines, "")));
        Weight { content, exact: Mark::digest(&format!("{rest}{}", text(lines))) }
    }
}

pub(super) fn fold(
    state: Option<Box<AftersaleState>>,
    mut case: Aftersale,
    partial: bool,
    cx: &Context<'_>,
) -> Decision {
    cx.stamp(&mut case.source);
    let revision = case.source.revision.clone();
    let revision = revision.as_deref();
    let Some(mut state) = state else { return first(case, partial, revision, cx) };
    if revision.is_none() && state.memory.seen.knows(cx) {
        return Decision::unchanged(Verdict::Duplicate, None);
    }
    let before = state.clone();
    if revision.is_none() {
        state.memory.seen.remember(cx);
    }
    let older = revision.is_some_and(|revision| {
        if partial {
            is_outdated(&state.memory.stamps, &case, revision)
        } else {
            revision < state.memory.stamps.full.as_str()
        }
    });
    let source = case.source.clone();
    if partial {
        take_partial(&mut state.memory.stamps, &mut state.case, case, revision);
    } else {
        take_full(&mut state.memory.stamps, &mut state.case, case, revision);
    }
    adopt(&mut state.case.source, source);
    let (was, is) = (counting(&before.case), counting(&state.case));
    if was == is {
        let verdict = if older { Verdict::Stale } else { Verdict::Duplicate };
        let trifles = stored(&before.case) != stored(&state.case);
        if !trifles && before.memory == state.memory {
            return Decision::unchanged(verdict, None);
        }
        if !trifles {
            state.case = before.case;
        }
        return Decision::quiet(verdict, None, State::Aftersale(state), trifles);
    }
    tell(state, Some((&before.case, &was, &is)), cx)
}

fn first(mut case: Aftersale, partial: bool, revision: Option<&str>, cx: &Context<'_>) -> Decision {
    let mut memory = Memory::default();
    if revision.is_none() {
        memory.seen.remember(cx);
    }
    if partial {
        let stated = case.clone();
        take_partial(&mut memory.stamps, &mut case, stated, revision);
    } else {
        memory.stamps = Stamps::first(revision);
    }
    tell(Box::new(AftersaleState { case, memory }), None, cx)
}

/// What counts as a change: all but provenance, the time of the last change and the order of lines.
fn counting(case: &Aftersale) -> Aftersale {
    let mut case = Aftersale { source: Source::default(), modified_at: None, version: None, ..case.clone() };
    case.lines.sort_by(|a, b| (&a.line_key, a.quantity).cmp(&(&b.line_key, b.quantity)));
    case
}

/// What is worth storing: all but how it reached us.
fn stored(case: &Aftersale) -> Aftersale {
    let source = Source { revision: case.source.revision.clone(), ..Source::default() };
    Aftersale { source, ..case.clone() }
}

type Before<'a> = (&'a Aftersale, &'a Aftersale, &'a Aftersale);

fn tell(mut state: Box<AftersaleState>, before: Option<Before<'_>>, cx: &Context<'_>) -> Decision {
    let revision = state.memory.raise();
    let AftersaleState { case, memory } = &mut *state;
    let key = case.aftersale_key.clone().unwrap_or_default();
    let mut teller = Teller::new(cx, &key, revision, None, &mut memory.fired);
    tell_case(&mut teller, case, before, said_at(&case.source, case.modified_at, cx));
    let events: Vec<NewEvent> = teller.events;
    let mut decision = Decision::quiet(Verdict::Folded, None, State::Aftersale(state), true);
    decision.events = events;
    decision
}

fn tell_case(teller: &mut Teller<'_>, case: &Aftersale, before: Option<Before<'_>>, said: Ts) {
    let mut extra = Extra::default();
    let was = before.and_then(|(before, ..)| before.status);
    let mut back = false;
    if let Some((_, was_counted, is_counted)) = before {
        let changed = pointers(&tree(was_counted), &tree(is_counted));
        extra = extra.with("changed", &json(&changed));
        if let Some(was) = was.filter(|was| Some(*was) != case.status) {
            extra = extra.with("previous", &format!("{{\"status\":\"{was}\"}}"));
            back = case.status.is_some_and(|status| was.goes_back_to(status));
        }
    }
    let amount = case.refund.as_ref().map(|refund| refund.amount.canonical()).unwrap_or_default();
    let status = case.status.map(AftersaleStatus::as_str).unwrap_or_default();
    let name = parts(&[&case.aftersale_no, status, &amount]);
    let moved = case.status.is_some() && was != case.status && !back;
    let step = case.status.filter(|_| moved).and_then(|status| step(case.kind, status));
    let told = step.is_some_and(|event_type| {
        teller.tell_once(event_type, &name, time_of(case, event_type).unwrap_or(said), &extra)
    });
    if !told {
        let extra = if back { extra.with("reason", "\"regression\"") } else { extra };
        teller.tell_again(EventType::RefundChanged, name, said, &extra);
    }
}

/// The event of reaching a status; `None`: the status has none of its own.
const fn step(kind: Option<AftersaleKind>, status: AftersaleStatus) -> Option<EventType> {
    Some(match status {
        AftersaleStatus::Requested => match kind {
            Some(AftersaleKind::Exchange) => EventType::ExchangeRequested,
            _ => EventType::RefundRequested,
        },
        AftersaleStatus::SellerAgreed => EventType::RefundAgreed,
        AftersaleStatus::SellerRefused => EventType::RefundRefused,
        AftersaleStatus::BuyerReturning => EventType::ReturnShipped,
        AftersaleStatus::Received => EventType::ReturnReceived,
        AftersaleStatus::Refunded => EventType::RefundCompleted,
        AftersaleStatus::Closed => EventType::RefundClosed,
        AftersaleStatus::Refunding | AftersaleStatus::Arbitration | AftersaleStatus::Unknown => return None,
    })
}

const fn time_of(case: &Aftersale, event_type: EventType) -> Option<Ts> {
    match event_type {
        EventType::RefundRequested | EventType::ExchangeRequested => case.requested_at,
        EventType::RefundClosed => case.closed_at,
        _ => None,
    }
}
