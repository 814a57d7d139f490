//! The proof of two promises: redelivery tells nothing, and any order of arrival ends in the same state.
//!
//! Every fold in these tests goes through the stored form of the state, as in the hub, and every event id is
//! checked to be new.

mod aftersales;
mod any_order_of_orders;
mod any_order_of_scans;
mod milestones;
mod order_changes;
mod order_registers;
mod parcels;
mod reuse;
mod risks;
mod stock;

use std::collections::BTreeSet;

use crossdock_schemas::{
    Channel, Class, Dec, Effect, EventType, Money, Observation, Order, OrderLine, OrderRef, Parcel,
    ParcelStatus, Payment, PaymentKind, Source, Status, TrackingEvent, Ts,
};

use super::{Context, Decision, MilestoneRules, NewEvent, State, Verdict, fold};

/// One history, fed one observation after the other.
pub(super) struct History {
    pub(super) state: Option<State>,
    pub(super) events: Vec<NewEvent>,
    pub(super) rules: MilestoneRules,
    captures: u64,
    ids: BTreeSet<String>,
}

impl History {
    pub(super) fn new() -> History {
        History {
            state: None,
            events: Vec::new(),
            rules: MilestoneRules::default(),
            captures: 0,
            ids: BTreeSet::new(),
        }
    }

    /// Folds an observation from a capture with bytes of its own.
    pub(super) fn see(&mut self, observation: Observation) -> Decision {
        let bytes = format!("{:016x}", (self.captures + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        self.see_bytes(observation, &bytes)
    }

    /// Folds an observation from a capture with these bytes.
    pub(super) fn see_bytes(&mut self, mut observation: Observation, raw_sha256: &str) -> Decision {
        self.captures += 1;
        observation.seal().unwrap();
        let received_at = at(900_000 + i64::try_from(self.captures).unwrap()).at;
        let cx = Context {
            tenant: "acme",
            now: received_at,
            capture: self.captures,
            received_at,
            channel: Channel::Webhook,
            raw_sha256,
            class: Class::Normal,
            rules: &self.rules,
        };
        let decision = fold(self.state.as_ref().map(stored), observation, &cx);
        assert!(self.state.is_some() || decision.state.is_some(), "a first observation leaves a state");
        if decision.verdict != Verdict::Folded {
            assert!(decision.events.is_empty(), "{:?} tells nothing", decision.verdict);
        }
        if let (Some(before), Some(after)) = (&self.state, &decision.state)
            && !decision.changed_snapshot
            && before.is_published()
        {
            assert_eq!(before.snapshot(), after.snapshot(), "the snapshot changed unsaid");
        }
        for event in &decision.events {
            assert!(self.ids.insert(event.id.clone()), "{} was told before", event.event_type);
            assert_eq!(Some(event.sequence), decision.state.as_ref().map(State::revision));
            json_of(event);
        }
        self.events.extend(decision.events.iter().cloned());
        if decision.state.is_some() {
            self.state.clone_from(&decision.state);
        }
        decision
    }

    pub(super) fn order(&self) -> &Order {
        match &self.state {
            Some(State::Order(state)) => &state.order,
            other => panic!("no order but {other:?}"),
        }
    }

    pub(super) fn parcel(&self) -> Parcel {
        match &self.state {
            Some(State::Parcel(state)) => state.view(),
            other => panic!("no parcel but {other:?}"),
        }
    }

    pub(super) fn milestones(&self) -> Vec<&NewEvent> {
        self.events.iter().filter(|event| event.event_type.is_milestone()).collect()
    }
}

/// A state as it comes back from the store; it must be the one that went in.
fn stored(state: &State) -> State {
    let snapshot = state.is_published().then(|| state.snapshot());
    let read =
        State::read(state.kind(), &state.aux(), snapshot.as_deref()).expect("what was written is read");
    assert_eq!(&read, state, "storing changes nothing");
    read
}

/// The members beside the snapshot.
pub(super) fn json_of(event: &NewEvent) -> serde_json::Value {
    let text = format!("{{\"snapshot\":{{}}{}}}", event.extra);
    serde_json::from_str(&text).expect("members of a JSON object")
}

pub(super) fn types(decision: &Decision) -> Vec<&'static str> {
    decision.events.iter().map(|event| event.event_type.as_str()).collect()
}

/// Minutes after the epoch of these tests.
pub(super) fn at(minutes: i64) -> Ts {
    let epoch: Ts = "2026-03-02T08:00:00+08:00".parse().unwrap();
    let moved = epoch.at + jiff::SignedDuration::from_mins(minutes);
    Ts::new(moved, epoch.offset)
}

pub(super) fn revision(number: u32) -> String {
    at(i64::from(number)).millis_text()
}

pub(super) fn dec(text: &str) -> Dec {
    Dec::parse(text).unwrap()
}

pub(super) fn source(number: Option<u32>) -> Source {
    Source {
        platform: "taobao".into(),
        shop: "2208812345".into(),
        revision: number.map(revision),
        ..Source::default()
    }
}

pub(super) fn line(reference: &str, price: &str) -> OrderLine {
    OrderLine {
        line_ref: Some(reference.into()),
        sku: Some(format!("SKU-{reference}")),
        quantity: dec("1"),
        unit_price: Some(dec(price)),
        ..OrderLine::default()
    }
}

/// An order with two lines, placed and unpaid.
pub(super) fn order(number: Option<u32>) -> Order {
    Order {
        source: source(number),
        order_no: "4012345678901234567".into(),
        status: Status {
            lifecycle: Some(crossdock_schemas::Lifecycle::Placed),
            payment: Some(crossdock_schemas::PaymentState::Unpaid),
            fulfillment: Some(crossdock_schemas::Fulfillment::Unfulfilled),
            ..Status::default()
        },
        placed_at: Some(at(0)),
        modified_at: number.map(|number| at(i64::from(number))),
        currency: Some("CNY".into()),
        lines: vec![line("1", "99.90"), line("2", "10.00")],
        ..Order::default()
    }
}

/// A partial observation with nothing in it yet.
pub(super) fn fragment(number: Option<u32>) -> Order {
    Order { source: source(number), order_no: "4012345678901234567".into(), ..Order::default() }
}

pub(super) fn paid(mut order: Order, amount: &str) -> Order {
    order.status.payment = Some(crossdock_schemas::PaymentState::Paid);
    order.paid_at = Some(at(5));
    order.payments = vec![Payment {
        payment_ref: Some("P1".into()),
        method: "alipay".into(),
        kind: PaymentKind::Tender,
        amount: Money::new(dec(amount), "CNY"),
        ..Payment::default()
    }];
    order
}

pub(super) fn full(order: Order) -> Observation {
    Observation::order(order)
}

pub(super) fn partial(order: Order) -> Observation {
    Observation::order(order).partial()
}

/// A scan; its code tells it from another one at the same time.
pub(super) fn scan(minutes: i64, status: ParcelStatus, code: &str) -> TrackingEvent {
    TrackingEvent { at: at(minutes), status, code_raw: Some(code.into()), ..TrackingEvent::default() }
}

pub(super) fn retract(minutes: i64, status: ParcelStatus, code: &str) -> TrackingEvent {
    TrackingEvent { effect: Effect::Retract, ..scan(minutes, status, code) }
}

/// What a carrier pushes: scans and nothing else.
pub(super) fn scans(events: Vec<TrackingEvent>) -> Observation {
    Observation::parcel(Parcel { events, ..parcel(None) }).partial()
}

pub(super) fn parcel(number: Option<u32>) -> Parcel {
    Parcel {
        source: Source { platform: "sf".into(), shop: "account".into(), ..source(number) },
        carrier: "sf_express".into(),
        tracking_no: "SF1234567890123".into(),
        ..Parcel::default()
    }
}

/// What a shop says: this order is in that parcel.
pub(super) fn link(number: Option<u32>, order_no: &str) -> Observation {
    let parcel = Parcel { source: source(number), ..parcel(None) };
    Observation::parcel(parcel).partial().with_refs([order_ref(order_no)])
}

pub(super) fn order_ref(order_no: &str) -> OrderRef {
    OrderRef { platform: "taobao".into(), shop: "2208812345".into(), order_no: order_no.into() }
}

pub(super) fn count(events: &[NewEvent], event_type: EventType) -> usize {
    events.iter().filter(|event| event.event_type == event_type).count()
}
