//! Where an order stands: the shop's one status, the time of payment and the refunds, put on our independent axes.

use crossdock_connector::Issue;
use crossdock_schemas::{AftersaleState, Dec, Fulfillment, Hold, Lifecycle, PaymentState, Status, Ts};

use super::Reading;
use crate::codes::CASH;
use crate::config::Meaning;
use crate::read::{owned, text};
use crate::wire::Order;

/// What the axes follow from.
pub(super) struct Known {
    /// What the status means; `None` for a word nobody knows.
    pub(super) meaning: Option<Meaning>,
    /// When it was paid.
    pub(super) paid_at: Option<Ts>,
    /// What the buyer owes.
    pub(super) total: Option<Dec>,
    /// What went back.
    pub(super) refunded: Option<Dec>,
    /// Whether a plugin keeps a tracking number.
    pub(super) tracked: bool,
}

/// What the status of an order means; an unknown one is told.
pub(super) fn meaning(reading: &mut Reading<'_>, order: &Order<'_>) -> Option<Meaning> {
    let word = text(&order.status)?;
    let found = reading.codes.status(word);
    if found.is_none() {
        reading.issues.push(Issue::unmapped("$.status", word));
    }
    found
}

/// The axes of an order. What the shop does not say stays as it is known.
pub(super) fn status(order: &Order<'_>, known: &Known) -> Status {
    let lifecycle = known.meaning.map(lifecycle);
    let held = known.meaning == Some(Meaning::OnHold);
    let hold = match (held, known.paid_at) {
        (false, _) => Vec::new(),
        (true, None) => vec![Hold::PaymentReview],
        // Paid and yet on hold: somebody or some plugin stopped it, and does not say why.
        (true, Some(_)) => vec![Hold::Unknown],
    };
    Status {
        lifecycle,
        lifecycle_raw: owned(&order.status),
        payment: payment(order, known),
        fulfillment: fulfillment(known),
        aftersale: order
            .refunds
            .as_ref()
            .map(|refunds| if refunds.is_empty() { AftersaleState::None } else { AftersaleState::Closed }),
        hold,
        hold_raw: owned(&order.status).filter(|_| held),
        ..Status::default()
    }
}

fn lifecycle(meaning: Meaning) -> Lifecycle {
    match meaning {
        Meaning::Placed
        | Meaning::OnHold
        | Meaning::Failed
        | Meaning::Paid
        | Meaning::PartiallyShipped
        | Meaning::Shipped
        | Meaning::Delivered => Lifecycle::Placed,
        Meaning::Completed => Lifecycle::Completed,
        Meaning::Cancelled => Lifecycle::Cancelled,
        Meaning::Refunded | Meaning::Closed => Lifecycle::Closed,
        Meaning::Ignore => Lifecycle::Draft,
    }
}

/// Paid is what has a time of payment, which later statuses do not take away.
fn payment(order: &Order<'_>, known: &Known) -> Option<PaymentState> {
    let cash = text(&order.payment_method) == Some(CASH);
    let base = match (known.paid_at, known.meaning) {
        (_, Some(Meaning::Refunded)) => return Some(PaymentState::Refunded),
        (Some(_), _) | (None, Some(Meaning::Completed)) => PaymentState::Paid,
        (None, Some(Meaning::Paid | Meaning::PartiallyShipped | Meaning::Shipped)) if cash => {
            PaymentState::CodPending
        }
        (None, Some(Meaning::Paid)) => PaymentState::Paid,
        (None, Some(Meaning::Placed | Meaning::OnHold)) => PaymentState::Unpaid,
        (None, Some(Meaning::Failed)) => PaymentState::Failed,
        (None, Some(Meaning::Cancelled)) => PaymentState::Voided,
        (None, _) => return None,
    };
    let back = known.refunded.filter(|back| !back.is_zero());
    Some(match (base, back, known.total) {
        (PaymentState::Paid, Some(back), Some(total)) if back >= total => PaymentState::Refunded,
        (PaymentState::Paid, Some(_), _) => PaymentState::PartiallyRefunded,
        (base, _, _) => base,
    })
}

fn fulfillment(known: &Known) -> Option<Fulfillment> {
    match known.meaning? {
        // A tracking number and a status that says nothing left: how much left is not said.
        Meaning::Placed | Meaning::OnHold | Meaning::Failed | Meaning::Paid if known.tracked => None,
        Meaning::Placed | Meaning::OnHold | Meaning::Failed | Meaning::Paid => Some(Fulfillment::Unfulfilled),
        Meaning::PartiallyShipped => Some(Fulfillment::PartiallyShipped),
        Meaning::Shipped | Meaning::Completed => Some(Fulfillment::Shipped),
        Meaning::Delivered => Some(Fulfillment::Delivered),
        Meaning::Cancelled | Meaning::Refunded | Meaning::Closed | Meaning::Ignore => None,
    }
}
