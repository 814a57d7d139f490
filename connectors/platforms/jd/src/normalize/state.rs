//! Where an order stands: JD's one state, whether it was paid and what was shipped, put on our independent axes.

use crossdock_schemas::{Fulfillment, Lifecycle, PaymentState, Status, Ts};

use super::Reading;

/// What else is known about an order.
pub(super) struct Facts {
    /// When it was paid; `None` where the payload does not say, `Some(None)` where it says never.
    pub(super) paid: Option<Option<Ts>>,
    /// To be paid at the door.
    pub(super) cash: bool,
    /// It has waybills, or a time at which it left.
    pub(super) sent: bool,
    /// A part of it was shipped.
    pub(super) partly: bool,
}

/// The axes of an order, and whether its goods are coming back.
pub(super) fn status(
    reading: &mut Reading<'_>,
    code: Option<&str>,
    field: &str,
    facts: &Facts,
) -> (Status, bool) {
    let mut status = Status::default();
    let Some(code) = code else { return (status, false) };
    let raw = || Some(code.to_owned());
    let Some(row) = reading.of.codes.order_state.get(code).copied() else {
        reading.unmapped(field, code);
        status.lifecycle = Some(Lifecycle::Unknown);
        status.payment = Some(PaymentState::Unknown);
        status.fulfillment = Some(Fulfillment::Unknown);
        (status.lifecycle_raw, status.payment_raw, status.fulfillment_raw) = (raw(), raw(), raw());
        return (status, false);
    };
    status.lifecycle = row.lifecycle;
    status.payment = payment(row.lifecycle, row.payment, facts);
    status.fulfillment = match row.fulfillment {
        Some(Fulfillment::Unfulfilled) if facts.partly => Some(Fulfillment::PartiallyShipped),
        // JD never says delivered: done says no more about the goods than that they were sent, if they were.
        None if row.lifecycle == Some(Lifecycle::Completed) && facts.sent => Some(Fulfillment::Shipped),
        known => known,
    };
    status.lifecycle_raw = status.lifecycle.and_then(|_| raw());
    status.payment_raw = status.payment.and_then(|_| raw());
    status.fulfillment_raw = status.fulfillment.and_then(|_| raw());
    if let Some(hold) = row.hold {
        status.hold.push(hold);
        status.hold_raw = raw();
    }
    (status, row.returned)
}

fn payment(lifecycle: Option<Lifecycle>, said: Option<PaymentState>, facts: &Facts) -> Option<PaymentState> {
    match (lifecycle, said) {
        // With cash on delivery the "paid" states only say that the seller may ship.
        (Some(lifecycle), Some(PaymentState::Paid)) if facts.cash && lifecycle != Lifecycle::Completed => {
            Some(PaymentState::CodPending)
        }
        (_, Some(said)) => Some(said),
        // Paid and cancelled: whether the money is back is for the refund to say. A parent that was split ends like this.
        (Some(Lifecycle::Cancelled), None) => match facts.paid {
            Some(None) => Some(PaymentState::Voided),
            _ => None,
        },
        (_, None) => match facts.paid {
            Some(Some(_)) => Some(PaymentState::Paid),
            _ if facts.cash => Some(PaymentState::CodPending),
            _ => None,
        },
    }
}
