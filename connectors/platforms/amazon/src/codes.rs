//! Amazon's words and what they mean to us. A word that is not here is `unknown` with an issue.
//!
//! Sources: amzn/selling-partner-api-models (orders_2026-01-01, OrderChangeNotification, externalFulfillmentReturns), read
//! 2026-11; marketplace ids and their currencies from the developer documentation.

use crossdock_schemas::{
    AddressKind, AftersaleKind, AftersalePhase, AftersaleStatus, CollectedBy, FeeKind, Fulfillment, Hold,
    Lifecycle, ParcelStatus, PaymentState, RelatedKind,
};

/// What a fulfilment status says on our axes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct State {
    pub(crate) lifecycle: Lifecycle,
    pub(crate) payment: Option<PaymentState>,
    pub(crate) fulfillment: Option<Fulfillment>,
    pub(crate) hold: Option<Hold>,
}

/// `fulfillmentStatus`; `OrderStatus` of v0.
pub(crate) fn state(word: &str) -> Option<State> {
    let placed = |payment, fulfillment, hold| State {
        lifecycle: Lifecycle::Placed,
        payment: Some(payment),
        fulfillment: Some(fulfillment),
        hold,
    };
    Some(match word {
        // The payment is not authorized yet: nothing may be shipped.
        "PENDING_AVAILABILITY" | "PENDING" | "PendingAvailability" | "Pending" => {
            placed(PaymentState::Unpaid, Fulfillment::Unfulfilled, Some(Hold::PaymentReview))
        }
        "UNSHIPPED" | "Unshipped" => placed(PaymentState::Paid, Fulfillment::Unfulfilled, None),
        "PARTIALLY_SHIPPED" | "PartiallyShipped" => {
            placed(PaymentState::Paid, Fulfillment::PartiallyShipped, None)
        }
        // Shipped, and the invoice is still to come.
        "SHIPPED" | "Shipped" | "InvoiceUnconfirmed" => {
            placed(PaymentState::Paid, Fulfillment::Shipped, None)
        }
        "CANCELLED" | "Canceled" => State {
            lifecycle: Lifecycle::Cancelled,
            payment: Some(PaymentState::Voided),
            fulfillment: None,
            hold: None,
        },
        // Of another channel, and Amazon cannot ship it.
        "UNFULFILLABLE" | "Unfulfillable" => State {
            lifecycle: Lifecycle::Cancelled,
            payment: None,
            fulfillment: Some(Fulfillment::Unfulfilled),
            hold: None,
        },
        _ => return None,
    })
}

/// `packageStatus`: `detailedStatus`, else `status`.
pub(crate) fn package(word: &str) -> Option<ParcelStatus> {
    Some(match word {
        "PENDING" | "PENDING_SCHEDULE" | "PENDING_PICK_UP" | "PENDING_DROP_OFF" | "DROPPED_OFF" => {
            ParcelStatus::LabelCreated
        }
        "PICKED_UP" => ParcelStatus::PickedUp,
        "IN_TRANSIT" | "SHIPPED" => ParcelStatus::InTransit,
        "AT_ORIGIN_FC" | "AT_DESTINATION_FC" => ParcelStatus::ArrivedAtHub,
        "OUT_FOR_DELIVERY" => ParcelStatus::OutForDelivery,
        "DELIVERED" => ParcelStatus::Delivered,
        "UNDELIVERABLE" | "REJECTED_BY_BUYER" | "LOST" | "DAMAGED" => ParcelStatus::Exception,
        "RETURNING_TO_SELLER" => ParcelStatus::Returning,
        "RETURNED_TO_SELLER" => ParcelStatus::Returned,
        "CANCELLED" | "LABEL_CANCELLED" => ParcelStatus::Cancelled,
        _ => return None,
    })
}

/// `status` of a return of external fulfilment.
pub(crate) fn returned(word: &str) -> Option<AftersaleStatus> {
    Some(match word {
        "CREATED" => AftersaleStatus::Requested,
        "CARRIER_NOTIFIED_TO_PICK_UP_FROM_CUSTOMER"
        | "CARRIER_OUT_FOR_PICK_UP_FROM_CUSTOMER"
        | "CUSTOMER_RESCHEDULED_PICK_UP"
        | "REPLANNED" => AftersaleStatus::SellerAgreed,
        "PICKED_FROM_CUSTOMER" | "CUSTOMER_DROPPED_OFF" | "IN_TRANSIT" | "OUT_FOR_DELIVERY" => {
            AftersaleStatus::BuyerReturning
        }
        "DELIVERED" | "PARTIALLY_PROCESSED" => AftersaleStatus::Received,
        "REJECTED" => AftersaleStatus::SellerRefused,
        // Processed is not refunded: the money is told by the finances, which are not read.
        "PROCESSED" | "CANCELLED" | "CUSTOMER_CANCELLED_PICK_UP" => AftersaleStatus::Closed,
        _ => return None,
    })
}

/// `returnSubType`; without one it is an ordinary return.
pub(crate) fn return_kind(word: &str) -> Option<AftersaleKind> {
    Some(match word {
        "" | "NORMAL" => AftersaleKind::ReturnRefund,
        "REPLACEMENT" | "EXCHANGE" => AftersaleKind::Exchange,
        _ => return None,
    })
}

/// `returnType`: a reject never reached the buyer.
pub(crate) fn return_phase(word: &str) -> Option<AftersalePhase> {
    Some(match word {
        "CUSTOMER" => AftersalePhase::AfterDelivery,
        "REJECT" => AftersalePhase::InTransit,
        _ => return None,
    })
}

/// `type` of a part of the proceeds that is a fee. `None` in it: a fee, of no kind that we have.
pub(crate) fn fee(word: &str) -> Option<FeeKind> {
    Some(match word {
        "SHIPPING" => FeeKind::Shipping,
        "GIFT_WRAP" => FeeKind::GiftWrap,
        "COD_FEE" => FeeKind::Cod,
        "DELIVERY_TIP" => FeeKind::Tip,
        // What else Amazon charges.
        "OTHER" => FeeKind::Service,
        _ => return None,
    })
}

/// `associationType` of another order.
pub(crate) fn related(word: &str) -> Option<RelatedKind> {
    Some(match word {
        "REPLACEMENT_ORIGINAL_ID" => RelatedKind::Replacement,
        "EXCHANGE_ORIGINAL_ID" => RelatedKind::Exchange,
        _ => return None,
    })
}

/// `addressType`; `AddressType` of v0.
pub(crate) fn address(word: &str) -> Option<AddressKind> {
    Some(match word {
        "RESIDENTIAL" | "Residential" => AddressKind::Residential,
        "COMMERCIAL" | "Commercial" => AddressKind::Commercial,
        "PICKUP_POINT" => AddressKind::PickupPoint,
        _ => return None,
    })
}

/// `model` of a tax collection.
pub(crate) fn collected_by(word: &str) -> Option<CollectedBy> {
    (word == "MARKETPLACE_FACILITATOR").then_some(CollectedBy::Marketplace)
}

/// Carriers by the name sellers give. Slugs are those of the carriers' own connectors.
pub(crate) fn carrier(name: &str) -> Option<&'static str> {
    let plain: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
    Some(match plain.to_ascii_lowercase().as_str() {
        "ups" | "upsn" | "upsmailinnovations" | "upsmi" => "ups",
        "fedex" | "fedexsmartpost" | "fedexground" | "fedexexpress" => "fedex",
        "usps" | "unitedstatespostalservice" => "usps",
        "dhl" | "dhlexpress" | "dhlglobalmail" | "dhlecommerce" => "dhl",
        "sfexpress" | "sf" => "sf_express",
        "yanwen" => "yanwen",
        "4px" => "4px",
        "ontrac" => "ontrac",
        "royalmail" => "royal_mail",
        "amzlus" | "amazonlogistics" | "amazonshipping" | "amzn" | "ats" => "amazon_logistics",
        _ => return None,
    })
}

/// A marketplace: its id, its country as in `AMAZON_US`, its currency.
const MARKETPLACES: [(&str, &str, &str); 23] = [
    ("ATVPDKIKX0DER", "US", "USD"),
    ("A2EUQ1WTGCTBG2", "CA", "CAD"),
    ("A1AM78C64UM0Y8", "MX", "MXN"),
    ("A2Q3Y263D00KWC", "BR", "BRL"),
    ("A1F83G8C2ARO7P", "UK", "GBP"),
    ("A1PA6795UKMFR9", "DE", "EUR"),
    ("A13V1IB3VIYZZH", "FR", "EUR"),
    ("APJ6JRA9NG5V4", "IT", "EUR"),
    ("A1RKKUPIHCS9HS", "ES", "EUR"),
    ("A1805IZSGTT6HS", "NL", "EUR"),
    ("AMEN7PMS3EDWL", "BE", "EUR"),
    ("A28R8C7NBKEWEA", "IE", "EUR"),
    ("A2NODRKZP88ZB9", "SE", "SEK"),
    ("A1C3SOZRARQ6R3", "PL", "PLN"),
    ("A33AVAJ2PDY3EV", "TR", "TRY"),
    ("A2VIGQ35RCS4UG", "AE", "AED"),
    ("A17E79C6D8DWNP", "SA", "SAR"),
    ("ARBP9OOSHTCHU", "EG", "EGP"),
    ("AE08WJ6YKNBMC", "ZA", "ZAR"),
    ("A21TJRUUN4KGV", "IN", "INR"),
    ("A1VC38T7YXB528", "JP", "JPY"),
    ("A39IBJ37TRP1C6", "AU", "AUD"),
    ("A19VAU5U5O7RUS", "SG", "SGD"),
];

/// The currency of a marketplace, for orders that have no amounts yet.
pub(crate) fn currency(marketplace: &str) -> Option<&'static str> {
    MARKETPLACES.iter().find(|(id, _, _)| *id == marketplace).map(|(_, _, currency)| *currency)
}

/// The marketplace of a name like `AMAZON_US`.
pub(crate) fn marketplace(name: &str) -> Option<&'static str> {
    let country = name.strip_prefix("AMAZON_")?;
    MARKETPLACES.iter().find(|(_, known, _)| *known == country).map(|(id, _, _)| *id)
}
