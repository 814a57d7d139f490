//! Where an order is, as one word: for receivers with one field or one row of stages for it.

use crossdock_schemas::{Fulfillment, Lifecycle, PaymentState, PresaleStage, Status};

/// The words, from first to last; tables of settings are named by them.
pub const WORDS: [&str; 11] = [
    "placed",
    "deposit_paid",
    "paid",
    "partially_shipped",
    "shipped",
    "delivered",
    "completed",
    "closed",
    "cancelled",
    "refunded",
    "returned",
];

/// The word for an order: the last thing that happened to it counts.
pub fn word(status: &Status) -> &'static str {
    match status.lifecycle {
        Some(Lifecycle::Cancelled) => return "cancelled",
        Some(Lifecycle::Closed) => return "closed",
        _ => {}
    }
    if status.payment == Some(PaymentState::Refunded) {
        return "refunded";
    }
    if status.fulfillment == Some(Fulfillment::Returned) {
        return "returned";
    }
    if status.lifecycle == Some(Lifecycle::Completed) {
        return "completed";
    }
    match status.fulfillment {
        Some(Fulfillment::Delivered) => return "delivered",
        Some(Fulfillment::Shipped | Fulfillment::PartiallyDelivered | Fulfillment::PartiallyReturned) => {
            return "shipped";
        }
        Some(Fulfillment::PartiallyShipped) => return "partially_shipped",
        _ => {}
    }
    match (status.payment, status.presale) {
        (Some(PaymentState::Paid | PaymentState::CodPending | PaymentState::PartiallyRefunded), _) => "paid",
        (_, Some(PresaleStage::DepositPaid | PresaleStage::BalanceDue)) => "deposit_paid",
        _ => "placed",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crossdock_schemas::{Fulfillment as F, Lifecycle as L, PaymentState as P};

    #[test]
    fn the_last_thing_that_happened_counts() {
        for (expected, lifecycle, payment, fulfillment) in [
            ("placed", L::Placed, P::Unpaid, F::Unfulfilled),
            ("paid", L::Placed, P::Paid, F::Unfulfilled),
            ("paid", L::Confirmed, P::CodPending, F::Unfulfilled),
            ("partially_shipped", L::Placed, P::Paid, F::PartiallyShipped),
            ("shipped", L::Placed, P::Paid, F::Shipped),
            ("shipped", L::Confirmed, P::Paid, F::PartiallyDelivered),
            ("delivered", L::Placed, P::Paid, F::Delivered),
            ("delivered", L::Placed, P::CodPending, F::Delivered),
            ("completed", L::Completed, P::Paid, F::Delivered),
            ("refunded", L::Completed, P::Refunded, F::Delivered),
            ("returned", L::Completed, P::PartiallyRefunded, F::Returned),
            ("cancelled", L::Cancelled, P::Refunded, F::Unfulfilled),
            ("cancelled", L::Cancelled, P::Voided, F::Unfulfilled),
            ("closed", L::Closed, P::Paid, F::Delivered),
        ] {
            let status = Status {
                lifecycle: Some(lifecycle),
                payment: Some(payment),
                fulfillment: Some(fulfillment),
                ..Status::default()
            };
            assert_eq!(word(&status), expected);
            assert!(WORDS.contains(&expected));
        }
        let deposit = Status { presale: Some(PresaleStage::DepositPaid), ..Status::default() };
        assert_eq!(word(&deposit), "deposit_paid");
        assert!(WORDS.contains(&"deposit_paid"));
    }
}
