//! What an order asks for over there, as its snapshot says.

use crossdock_schemas::{EventType, Lifecycle, Order, PaymentState};

use crate::config::Push;

/// What an order asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wish {
    /// Nothing yet.
    Nothing,
    /// To be there.
    There,
    /// To be called off, if it is there.
    Cancelled,
}

/// What an order asks for.
pub(crate) fn wish(order: &Order, push: Push) -> Wish {
    match order.status.lifecycle {
        Some(Lifecycle::Cancelled) => return Wish::Cancelled,
        Some(Lifecycle::Draft) => return Wish::Nothing,
        _ => {}
    }
    let paid = matches!(
        order.status.payment,
        Some(
            PaymentState::Paid
                | PaymentState::CodPending
                | PaymentState::PartiallyRefunded
                | PaymentState::Refunded
        )
    );
    if paid || push == Push::Placed { Wish::There } else { Wish::Nothing }
}

/// Where an order is over there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// A quotation: may be rewritten.
    Open,
    /// Confirmed or locked.
    Confirmed,
    /// Called off.
    Cancelled,
}

impl Place {
    /// Reads `state`.
    pub(crate) fn of(state: &str) -> Self {
        match state {
            "draft" | "sent" => Self::Open,
            "cancel" => Self::Cancelled,
            // `done` is a locked order up to version 16.
            _ => Self::Confirmed,
        }
    }
}

/// Whether an event may say something new about what was ordered. All others leave a confirmed order alone.
pub(crate) fn changes_content(event: EventType) -> bool {
    matches!(event, EventType::OrderChanged | EventType::OrderSplit | EventType::OrderMerged)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn order(lifecycle: &str, payment: &str) -> Order {
        serde_json::from_value(json!({
            "source": {"platform": "acme", "shop": "demo"}, "order_no": "1", "kind": "sale",
            "status": {"lifecycle": lifecycle, "payment": payment},
        }))
        .unwrap()
    }

    #[test]
    fn only_what_is_paid_is_pushed_unless_asked() {
        for (lifecycle, payment, paid, placed) in [
            ("placed", "unpaid", Wish::Nothing, Wish::There),
            ("placed", "authorized", Wish::Nothing, Wish::There),
            ("placed", "unheard_of", Wish::Nothing, Wish::There),
            ("placed", "paid", Wish::There, Wish::There),
            ("placed", "cod_pending", Wish::There, Wish::There),
            ("completed", "partially_refunded", Wish::There, Wish::There),
            ("draft", "paid", Wish::Nothing, Wish::Nothing),
            ("cancelled", "refunded", Wish::Cancelled, Wish::Cancelled),
        ] {
            let order = order(lifecycle, payment);
            assert_eq!(
                (wish(&order, Push::Paid), wish(&order, Push::Placed)),
                (paid, placed),
                "{lifecycle} {payment}"
            );
        }
    }
}
