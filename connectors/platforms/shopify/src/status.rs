//! The state of an order on our axes, from the words and times Shopify gives.

use crossdock_connector::Result;
use crossdock_schemas::{AftersaleState, AftersaleStatus, Fulfillment, Lifecycle, PaymentState, Status};

use crate::codes::{self, Sent};
use crate::normalize::Reading;
use crate::read::{owned, text};
use crate::{aftersale, wire};

/// All axes that the body speaks about.
pub(crate) fn status(reading: &mut Reading<'_>, order: &wire::Order<'_>) -> Result<Status> {
    let fulfillments = order.fulfillments.as_deref().unwrap_or_default();
    let sent = fulfillments.iter().filter(|one| text(&one.status).and_then(codes::sent) == Some(Sent::Yes));
    let mut sent = sent.peekable();
    let anything_sent = sent.peek().is_some();
    let all_delivered = anything_sent && sent.all(|one| text(&one.shipment_status) == Some("delivered"));

    let mut fulfillment = order.fulfillment_status.as_ref().map(|word| {
        let word = word.as_str().trim();
        let found = codes::fulfillment(word, anything_sent);
        reading.word(found, word, || "$.fulfillment_status".to_owned()).unwrap_or(Fulfillment::Unknown)
    });
    if fulfillment == Some(Fulfillment::Shipped) && all_delivered {
        fulfillment = Some(Fulfillment::Delivered);
    }
    let payment = text(&order.financial_status).map(|word| {
        let found = codes::payment(word);
        reading.word(found, word, || "$.financial_status".to_owned()).unwrap_or(PaymentState::Unknown)
    });
    Ok(Status {
        lifecycle: Some(lifecycle(order)),
        payment,
        payment_raw: owned(&order.financial_status),
        fulfillment,
        fulfillment_raw: owned(&order.fulfillment_status),
        aftersale: aftersale(order),
        ..Status::default()
    })
}

/// Cancelled wins over closed: Shopify also archives cancelled orders, and "cancelled" says more.
fn lifecycle(order: &wire::Order<'_>) -> Lifecycle {
    if text(&order.cancelled_at).is_some() {
        Lifecycle::Cancelled
    } else if text(&order.closed_at).is_some() {
        Lifecycle::Closed
    } else {
        Lifecycle::Placed
    }
}

/// Only refunds are understood; an order with returns therefore says nothing on this axis.
fn aftersale(order: &wire::Order<'_>) -> Option<AftersaleState> {
    if order.returns.as_ref().is_some_and(|returns| !returns.is_empty()) {
        return None;
    }
    let refunds = order.refunds.as_ref()?;
    if refunds.is_empty() {
        return Some(AftersaleState::None);
    }
    let mut open = false;
    for refund in refunds {
        match aftersale::status(refund).0 {
            AftersaleStatus::Refunded => {}
            AftersaleStatus::SellerAgreed => open = true,
            _ => return None,
        }
    }
    Some(if open { AftersaleState::Open } else { AftersaleState::Closed })
}
