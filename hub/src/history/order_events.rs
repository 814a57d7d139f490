//! Which events a change of an order is: lines first, then the axes in the order of the journey.
//!
//! Changes of the header that come with an event of their own (the time of payment with the payment) ride
//! along with it: every event carries the whole snapshot and names all that changed. Alone they are
//! `order.changed`. A step back on an axis is told as `order.changed` with the reason `regression`, never
//! as the event of the state gone back to. At most one `order.changed` comes of one observation.

use crossdock_schemas::identity::ns;
use crossdock_schemas::{
    Dec, EventType, Fulfillment, Hold, Lifecycle, Order, PaymentKind, PaymentState, PresaleStage, RiskTag,
    Status, Ts,
};
use serde_json::{Map, Value};

use super::address::moved;
use super::axes::Axis;
use super::diff::order_pointers;
use super::normal::json;
use super::order::OrderState;
use super::teller::{Extra, Teller, said_at};
use super::{Context, NewEvent};

/// A step of the journey and when the source says it was taken.
type Step = (EventType, Option<Ts>);

/// The events of an order that becomes known: placed, and what its state implies.
pub(super) fn placed(state: &mut OrderState, cx: &Context<'_>) -> Vec<NewEvent> {
    let OrderState { order, parcels, memory } = state;
    let key = order.order_key.clone().unwrap_or_default();
    let mut teller = Teller::new(cx, &key, memory.revision, order.idem_key.as_deref(), &mut memory.fired);
    let said = said_at(&order.source, order.modified_at, cx);
    let extra = Extra::default();
    teller.tell_once(EventType::OrderPlaced, b"", order.placed_at.unwrap_or(said), &extra);
    steps(&Status::default(), order, &mut |(event_type, time)| {
        // Nothing was told before, so nothing is told twice here.
        tell_step(&mut teller, order, parcels.iter(), event_type, time.unwrap_or(said), &extra);
    });
    if !order.status.hold.is_empty() {
        teller.tell(EventType::OrderHeld, said, &extra);
    }
    tell_risks(&mut teller, &[], &order.risk_tags, said);
    teller.events
}

/// The events of a change. `was` and `is` are what counts of the order before and after.
pub(super) fn changed(
    before: &OrderState,
    was: &Order,
    state: &mut OrderState,
    is: &Order,
    cx: &Context<'_>,
) -> Vec<NewEvent> {
    let OrderState { order, parcels, memory } = state;
    let key = order.order_key.clone().unwrap_or_default();
    let mut teller = Teller::new(cx, &key, memory.revision, order.idem_key.as_deref(), &mut memory.fired);
    let said = said_at(&order.source, order.modified_at, cx);
    let changed = order_pointers(was, is, &order.lines);
    let extra = extra(&changed, &before.order.status, &order.status);
    let back = goes_back(&before.order.status, &order.status);
    let lines = before.order.lines_hash != order.lines_hash;

    let mut told_before = false;
    steps(&before.order.status, order, &mut |(event_type, time)| {
        told_before |=
            !tell_step(&mut teller, order, parcels.iter(), event_type, time.unwrap_or(said), &extra);
    });
    tell_holds(&mut teller, &before.order.status.hold, &order.status.hold, said, &extra);
    if moved(&before.order, order) {
        teller.tell(EventType::OrderAddressChanged, said, &extra);
    }
    tell_risks(&mut teller, &before.order.risk_tags, &order.risk_tags, said);
    if back || lines || told_before {
        let reason = if back { extra.clone().with("reason", "\"regression\"") } else { extra };
        teller.tell(EventType::OrderChanged, said, &reason);
        // What was ordered comes before what became of it.
        teller.events.rotate_right(1);
    } else if teller.events.is_empty() {
        let notes = |path: &String| matches!(path.as_str(), "/buyer_note" | "/seller_note" | "/flags");
        let only_notes = changed.iter().all(notes);
        let event_type = if only_notes { EventType::OrderNoteChanged } else { EventType::OrderChanged };
        teller.tell(event_type, said, &extra);
    }
    teller.events
}

/// The event of a release by people. Where a source holds the order too, it stays held, and only the change is told.
pub(super) fn released(
    before: &OrderState,
    was: &Order,
    state: &mut OrderState,
    is: &Order,
    at: Ts,
    cx: &Context<'_>,
) -> Vec<NewEvent> {
    let OrderState { order, memory, .. } = state;
    let key = order.order_key.clone().unwrap_or_default();
    let mut teller = Teller::new(cx, &key, memory.revision, order.idem_key.as_deref(), &mut memory.fired);
    let changed = order_pointers(was, is, &order.lines);
    let extra = extra(&changed, &before.order.status, &order.status);
    let gone = order.status.hold.is_empty() && !before.order.status.hold.is_empty();
    let event_type = if gone { EventType::OrderReleased } else { EventType::OrderChanged };
    teller.tell(event_type, at, &extra);
    teller.events
}

/// Tells a step unless it was told before.
fn tell_step<'a>(
    teller: &mut Teller<'_>,
    order: &Order,
    parcels: impl Iterator<Item = &'a String>,
    event_type: EventType,
    time: Ts,
    extra: &Extra,
) -> bool {
    match event_type {
        EventType::OrderCompleted | EventType::OrderCancelled => {
            teller.tell_once(event_type, b"", time, extra)
        }
        EventType::OrderPaid => teller.tell_once(event_type, &payment(order), time, extra),
        EventType::OrderShipped | EventType::OrderPartiallyShipped => {
            let mut keys = Vec::new();
            for key in parcels {
                ns(&mut keys, key.as_bytes());
            }
            if keys.is_empty() {
                keys = teller.revision().to_string().into_bytes();
            }
            teller.tell_once(event_type, &keys, time, extra)
        }
        _ => {
            teller.tell(event_type, time, extra);
            true
        }
    }
}

/// What names a payment: the total paid and the references of the payments.
fn payment(order: &Order) -> Vec<u8> {
    let summed = || {
        let total: Dec = order.payments.iter().map(|payment| payment.amount.amount).sum();
        (!order.payments.is_empty()).then_some(total)
    };
    let total = order.totals.paid.or_else(summed).or(order.totals.payable);
    let mut out = Vec::with_capacity(64);
    ns(&mut out, total.map(Dec::canonical).unwrap_or_default().as_bytes());
    let mut refs: Vec<&str> = order.payments.iter().filter_map(|it| it.payment_ref.as_deref()).collect();
    refs.sort_unstable();
    for reference in refs {
        ns(&mut out, reference.as_bytes());
    }
    out
}

/// The steps forward between two states, in the order of the journey. All delivered implies all shipped,
/// also when the source never showed the order in between; likewise with payment.
fn steps(before: &Status, order: &Order, tell: &mut dyn FnMut(Step)) {
    let after = &order.status;
    if let Some(stage) = forward(before.presale, after.presale) {
        let paid = |kind| order.payments.iter().find(|payment| payment.kind == kind).and_then(|it| it.at);
        match stage {
            PresaleStage::DepositPaid => tell((EventType::OrderDepositPaid, paid(PaymentKind::Deposit))),
            PresaleStage::BalanceDue => {
                tell((EventType::OrderBalanceDue, order.presale.as_ref().and_then(|it| it.balance_from)));
            }
            PresaleStage::BalancePaid => tell((EventType::OrderBalancePaid, paid(PaymentKind::Balance))),
            _ => {}
        }
    }
    if was_paid(before.payment, after.payment) {
        tell((EventType::OrderPaid, order.paid_at));
    }
    let lifecycle = forward(before.lifecycle, after.lifecycle);
    if lifecycle == Some(Lifecycle::Confirmed) {
        tell((EventType::OrderConfirmed, order.confirmed_at));
    }
    if let Some(fulfillment) = forward(before.fulfillment, after.fulfillment) {
        let from = before.fulfillment.map_or(0, Axis::place);
        let shipped = from < Fulfillment::Shipped.place();
        match fulfillment {
            Fulfillment::PartiallyShipped | Fulfillment::PartiallyDelivered
                if from < Fulfillment::PartiallyShipped.place() =>
            {
                tell((EventType::OrderPartiallyShipped, order.shipped_at));
            }
            Fulfillment::Shipped => tell((EventType::OrderShipped, order.shipped_at)),
            Fulfillment::Delivered => {
                if shipped {
                    tell((EventType::OrderShipped, order.shipped_at));
                }
                tell((EventType::OrderDelivered, order.delivered_at));
            }
            _ => {}
        }
    }
    match lifecycle {
        Some(Lifecycle::Completed) => tell((EventType::OrderCompleted, order.completed_at)),
        Some(Lifecycle::Cancelled) => tell((EventType::OrderCancelled, order.cancelled_at)),
        Some(Lifecycle::Closed) => tell((EventType::OrderClosed, None)),
        _ => {}
    }
}

/// Whether an order was paid between two states. What goes back in part had been paid, also when the source never
/// showed the order in between; only where a part was paid before, nobody can tell whether the rest ever was.
fn was_paid(before: Option<PaymentState>, after: Option<PaymentState>) -> bool {
    match forward(before, after) {
        Some(PaymentState::Paid) => true,
        Some(PaymentState::PartiallyRefunded) => {
            before.is_none_or(|before| before.place() < PaymentState::PartiallyPaid.place())
        }
        _ => false,
    }
}

/// The new value of an axis that moved forward.
fn forward<T: Axis>(before: Option<T>, after: Option<T>) -> Option<T> {
    let after = after?;
    match before {
        Some(before) if before == after || before.goes_back_to(after) => None,
        _ => Some(after),
    }
}

fn goes_back(before: &Status, after: &Status) -> bool {
    fn back<T: Axis>(before: Option<T>, after: Option<T>) -> bool {
        matches!((before, after), (Some(before), Some(after)) if before.goes_back_to(after))
    }
    back(before.lifecycle, after.lifecycle)
        || back(before.payment, after.payment)
        || back(before.fulfillment, after.fulfillment)
        || back(before.aftersale, after.aftersale)
        || back(before.presale, after.presale)
}

/// Held when a hold came, released when the last one went.
fn tell_holds(teller: &mut Teller<'_>, before: &[Hold], after: &[Hold], time: Ts, extra: &Extra) {
    if after.iter().any(|hold| !before.contains(hold)) {
        teller.tell(EventType::OrderHeld, time, extra);
    } else if after.is_empty() && !before.is_empty() {
        teller.tell(EventType::OrderReleased, time, extra);
    }
}

/// Tagged with the findings that came, cleared with those that went.
fn tell_risks(teller: &mut Teller<'_>, before: &[RiskTag], after: &[RiskTag], time: Ts) {
    fn without<'a>(tags: &'a [RiskTag], others: &[RiskTag]) -> Vec<&'a RiskTag> {
        let same = |a: &RiskTag, b: &RiskTag| (a.code, a.severity, &a.rule) == (b.code, b.severity, &b.rule);
        tags.iter().filter(|tag| !others.iter().any(|other| same(tag, other))).collect()
    }
    let (came, went) = (without(after, before), without(before, after));
    for (event_type, tags) in [(EventType::RiskTagged, came), (EventType::RiskCleared, went)] {
        if !tags.is_empty() {
            teller.tell(event_type, time, &Extra::default().with("tags", &json(&tags)));
        }
    }
}

/// What changed, and what the axes that changed said before.
fn extra(changed: &[String], before: &Status, after: &Status) -> Extra {
    let mut previous = Map::new();
    let mut note = |name: &str, differs: bool, old: Option<&'static str>| {
        if let Some(old) = old.filter(|_| differs) {
            previous.insert(name.to_owned(), Value::from(old));
        }
    };
    note("lifecycle", before.lifecycle != after.lifecycle, before.lifecycle.map(Lifecycle::as_str));
    note("payment", before.payment != after.payment, before.payment.map(PaymentState::as_str));
    note("fulfillment", before.fulfillment != after.fulfillment, before.fulfillment.map(Fulfillment::as_str));
    note("aftersale", before.aftersale != after.aftersale, before.aftersale.map(|it| it.as_str()));
    note("presale", before.presale != after.presale, before.presale.map(PresaleStage::as_str));
    if before.hold != after.hold {
        let holds: Vec<Value> = before.hold.iter().map(|hold| Value::from(hold.as_str())).collect();
        previous.insert("hold".to_owned(), Value::from(holds));
    }
    let extra = Extra::default().with("changed", &json(changed));
    if previous.is_empty() { extra } else { extra.with("previous", &json(&previous)) }
}
