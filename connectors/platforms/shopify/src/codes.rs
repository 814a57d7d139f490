//! Shopify's status words and what they mean to us. A word that is not here is `unknown` with an issue.
//!
//! Sources: Shopify REST and GraphQL Admin reference, read 2026-11; see the tables in the README.

use crossdock_schemas::{AftersaleStatus, DiscountKind, Fulfillment, ParcelStatus, PaymentState};

/// `financial_status`.
pub(crate) fn payment(word: &str) -> Option<PaymentState> {
    Some(match word {
        "pending" => PaymentState::Unpaid,
        "authorized" => PaymentState::Authorized,
        "partially_paid" => PaymentState::PartiallyPaid,
        "paid" => PaymentState::Paid,
        "partially_refunded" => PaymentState::PartiallyRefunded,
        "refunded" => PaymentState::Refunded,
        "voided" => PaymentState::Voided,
        // The authorization ran out before it was captured.
        "expired" => PaymentState::Failed,
        _ => return None,
    })
}

/// `fulfillment_status` of an order or a line. The empty word is `null`: nothing was sent.
///
/// `restocked` only says that the goods are back on the shelf, so it means "nothing was sent" only where
/// nothing was.
pub(crate) fn fulfillment(word: &str, anything_sent: bool) -> Option<Fulfillment> {
    Some(match word {
        "" => Fulfillment::Unfulfilled,
        "partial" => Fulfillment::PartiallyShipped,
        "fulfilled" => Fulfillment::Shipped,
        "restocked" if !anything_sent => Fulfillment::Unfulfilled,
        _ => return None,
    })
}

/// `status` of a fulfilment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sent {
    /// It was sent.
    Yes,
    /// It is being prepared: a number may be known already.
    NotYet,
    /// It was undone.
    Undone,
    /// It never came about.
    Failed,
}

/// `status` of a fulfilment.
pub(crate) fn sent(word: &str) -> Option<Sent> {
    Some(match word {
        "success" => Sent::Yes,
        "pending" | "open" => Sent::NotYet,
        "cancelled" => Sent::Undone,
        "error" | "failure" => Sent::Failed,
        _ => return None,
    })
}

/// `shipment_status` of a fulfilment.
///
/// `failure` is left out on purpose: it says that asking the carrier went wrong (a mistyped number, for
/// example), not that something happened to the parcel.
pub(crate) fn parcel(word: &str) -> Option<ParcelStatus> {
    Some(match word {
        "label_printed" | "label_purchased" | "confirmed" => ParcelStatus::LabelCreated,
        "in_transit" => ParcelStatus::InTransit,
        "out_for_delivery" => ParcelStatus::OutForDelivery,
        "attempted_delivery" => ParcelStatus::DeliveryAttempted,
        "ready_for_pickup" => ParcelStatus::AvailableForPickup,
        "delivered" => ParcelStatus::Delivered,
        _ => return None,
    })
}

/// `status` of a refund's transaction.
pub(crate) fn refund(word: &str) -> Option<AftersaleStatus> {
    Some(match word {
        "success" => AftersaleStatus::Refunded,
        // The seller decided; the money has not moved (yet).
        "pending" | "failure" => AftersaleStatus::SellerAgreed,
        _ => return None,
    })
}

/// `type` of a discount application.
pub(crate) fn discount(word: &str) -> Option<DiscountKind> {
    Some(match word {
        "discount_code" => DiscountKind::Coupon,
        // A rule of the shop that applies by itself, whether configured or scripted.
        "automatic" | "script" => DiscountKind::Promotion,
        "manual" => DiscountKind::Hand,
        _ => return None,
    })
}

/// `restock_type` of a refund line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Restock {
    /// Only money.
    Money,
    /// The goods had not been sent.
    NotSent,
    /// The goods came back.
    Back,
    /// Restocked before Shopify told the two apart.
    Unclear,
}

/// `restock_type` of a refund line.
pub(crate) fn restock(word: &str) -> Option<Restock> {
    Some(match word {
        "no_restock" => Restock::Money,
        "cancel" => Restock::NotSent,
        "return" => Restock::Back,
        "legacy_restock" => Restock::Unclear,
        _ => return None,
    })
}
