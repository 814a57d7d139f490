//! What the shop sends, as far as we read it. Values may be text, number, `null` or absent; plugins write what they like.
//! PHP writes a list whose first entry was removed as an object of numbers, so lists are read from both.

use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use crossdock_connector::wire::{self, Scalar};

/// Structures that borrow from the body; an absent or `null` field is `None`.
macro_rules! wire {
    ($(#[$doc:meta])* $name:ident { $($(#[$attr:meta])* $field:ident: $type:ty,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Deserialize)]
        pub(crate) struct $name<'a> { $( #[serde(borrow, default)] $(#[$attr])* pub(crate) $field: $type, )* }
    };
}

/// Any value.
pub(crate) type Text<'a> = Option<Scalar<'a>>;
type List<T> = Option<Vec<T>>;

/// A list, a list written as an object, or nothing.
fn list<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<List<T>, D::Error> {
    wire::wrapped(deserializer).map(Some)
}

wire! {
    /// An order.
    Order {
        id: Text<'a>,
        /// Of an error instead of an order.
        code: Text<'a>,
        /// Of the legacy interface.
        order: Option<&'a RawValue>,
        parent_id: Text<'a>,
        number: Text<'a>,
        created_via: Text<'a>,
        version: Text<'a>,
        status: Text<'a>,
        currency: Text<'a>,
        prices_include_tax: Text<'a>,
        date_created: Text<'a>,
        date_created_gmt: Text<'a>,
        date_modified: Text<'a>,
        date_modified_gmt: Text<'a>,
        date_paid: Text<'a>,
        date_paid_gmt: Text<'a>,
        date_completed: Text<'a>,
        date_completed_gmt: Text<'a>,
        discount_total: Text<'a>,
        discount_tax: Text<'a>,
        shipping_total: Text<'a>,
        shipping_tax: Text<'a>,
        cart_tax: Text<'a>,
        total_tax: Text<'a>,
        total: Text<'a>,
        customer_id: Text<'a>,
        customer_note: Text<'a>,
        payment_method: Text<'a>,
        payment_method_title: Text<'a>,
        transaction_id: Text<'a>,
        billing: Option<Address<'a>>,
        shipping: Option<Address<'a>>,
        #[serde(deserialize_with = "list")]
        meta_data: List<Meta<'a>>,
        #[serde(deserialize_with = "list")]
        line_items: List<LineItem<'a>>,
        #[serde(deserialize_with = "list")]
        tax_lines: List<TaxLine<'a>>,
        #[serde(deserialize_with = "list")]
        shipping_lines: List<ShippingLine<'a>>,
        #[serde(deserialize_with = "list")]
        fee_lines: List<FeeLine<'a>>,
        #[serde(deserialize_with = "list")]
        coupon_lines: List<CouponLine<'a>>,
        #[serde(deserialize_with = "list")]
        refunds: List<RefundLine<'a>>,
        /// Of the plugin for gift cards: `total` is what they left to pay.
        #[serde(deserialize_with = "list")]
        gift_cards: List<GiftCard<'a>>,
    }
}

wire! {
    /// Billing or shipping address.
    Address {
        first_name: Text<'a>,
        last_name: Text<'a>,
        company: Text<'a>,
        address_1: Text<'a>,
        address_2: Text<'a>,
        city: Text<'a>,
        state: Text<'a>,
        postcode: Text<'a>,
        country: Text<'a>,
        email: Text<'a>,
        phone: Text<'a>,
    }
}

wire! {
    /// What plugins attach; the value may be anything.
    Meta {
        key: Text<'a>,
        value: Option<&'a RawValue>,
        display_value: Option<&'a RawValue>,
    }
}

wire! {
    /// A line: of an order with positive, of a refund with negative numbers.
    LineItem {
        id: Text<'a>,
        name: Text<'a>,
        parent_name: Text<'a>,
        product_id: Text<'a>,
        variation_id: Text<'a>,
        quantity: Text<'a>,
        subtotal: Text<'a>,
        total: Text<'a>,
        total_tax: Text<'a>,
        tax_class: Text<'a>,
        #[serde(deserialize_with = "list")]
        taxes: List<Tax<'a>>,
        #[serde(deserialize_with = "list")]
        meta_data: List<Meta<'a>>,
        sku: Text<'a>,
        image: Option<Image<'a>>,
        /// Of the plugins for bundles and composites: the line that this one is a part of.
        bundled_by: Text<'a>,
        composite_parent: Text<'a>,
    }
}

wire! {
    /// Tax of a line by the id of its rate.
    Tax {
        id: Text<'a>,
        total: Text<'a>,
    }
}

wire! {
    /// A rate of tax that the order has.
    TaxLine {
        rate_id: Text<'a>,
        rate_percent: Text<'a>,
    }
}

wire! {
    /// A picture.
    Image {
        src: Text<'a>,
    }
}

wire! {
    /// Shipping that the buyer chose.
    ShippingLine {
        method_id: Text<'a>,
        method_title: Text<'a>,
        total: Text<'a>,
        total_tax: Text<'a>,
    }
}

wire! {
    /// A fee; below zero what a discount plugin takes off.
    FeeLine {
        name: Text<'a>,
        total: Text<'a>,
        total_tax: Text<'a>,
    }
}

wire! {
    /// A coupon and what it took off.
    CouponLine {
        code: Text<'a>,
        discount: Text<'a>,
    }
}

wire! {
    /// A gift card and what it paid. Its code is money and not read.
    GiftCard {
        id: Text<'a>,
        amount: Text<'a>,
    }
}

wire! {
    /// What an order says about a refund. Old versions call the reason `refund`.
    RefundLine {
        id: Text<'a>,
        reason: Text<'a>,
        refund: Text<'a>,
        total: Text<'a>,
    }
}

wire! {
    /// A refund.
    Refund {
        id: Text<'a>,
        parent_id: Text<'a>,
        date_created: Text<'a>,
        date_created_gmt: Text<'a>,
        amount: Text<'a>,
        reason: Text<'a>,
        refunded_payment: Text<'a>,
        #[serde(deserialize_with = "list")]
        line_items: List<LineItem<'a>>,
        #[serde(deserialize_with = "list")]
        shipping_lines: List<ShippingLine<'a>>,
        #[serde(deserialize_with = "list")]
        fee_lines: List<FeeLine<'a>>,
    }
}

wire! {
    /// A tracking number as plugins keep it.
    Tracking {
        tracking_provider: Text<'a>,
        custom_tracking_provider: Text<'a>,
        tracking_number: Text<'a>,
        date_shipped: Text<'a>,
        tracking_id: Text<'a>,
        /// What is in the parcel, where the plugin asks for it.
        products_list: Option<&'a RawValue>,
    }
}

wire! {
    /// A line of the order in a parcel.
    Packed {
        item_id: Text<'a>,
        qty: Text<'a>,
    }
}

wire! {
    /// A body of which only the number is read.
    Thin {
        id: Text<'a>,
        parent_id: Text<'a>,
    }
}

wire! {
    /// An error of WordPress or the plugin.
    Problem {
        id: Text<'a>,
        code: Text<'a>,
        data: Option<ProblemData<'a>>,
    }
}

wire! {
    /// What an error says beside its code.
    ProblemData {
        status: Text<'a>,
    }
}
