//! What the shop sends, as far as we read it. Values may be text, number, `null` or absent; plugins write what they like.
//! PHP writes a list whose first entry was removed as an object of numbers, so lists are read from both.

use serde_json::value::RawValue;

use crossdock_connector::fields;
use crossdock_connector::wire::field;
pub(crate) use crossdock_connector::wire::field::Field as Text;

type List<T> = Option<Vec<T>>;

fields! {
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
        #[serde(default, deserialize_with = "field::list")]
        meta_data: List<Meta<'a>>,
        #[serde(default, deserialize_with = "field::list")]
        line_items: List<LineItem<'a>>,
        #[serde(default, deserialize_with = "field::list")]
        tax_lines: List<TaxLine<'a>>,
        #[serde(default, deserialize_with = "field::list")]
        shipping_lines: List<ShippingLine<'a>>,
        #[serde(default, deserialize_with = "field::list")]
        fee_lines: List<FeeLine<'a>>,
        #[serde(default, deserialize_with = "field::list")]
        coupon_lines: List<CouponLine<'a>>,
        #[serde(default, deserialize_with = "field::list")]
        refunds: List<RefundLine<'a>>,
        /// Of the plugin for gift cards: `total` is what they left to pay.
        #[serde(default, deserialize_with = "field::list")]
        gift_cards: List<GiftCard<'a>>,
    }

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

    /// What plugins attach; the value may be anything.
    Meta {
        key: Text<'a>,
        value: Option<&'a RawValue>,
        display_value: Option<&'a RawValue>,
    }

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
        #[serde(default, deserialize_with = "field::list")]
        taxes: List<Tax<'a>>,
        #[serde(default, deserialize_with = "field::list")]
        meta_data: List<Meta<'a>>,
        sku: Text<'a>,
        image: Option<Image<'a>>,
        /// Of the plugins for bundles and composites: the line that this one is a part of.
        bundled_by: Text<'a>,
        composite_parent: Text<'a>,
    }

    /// Tax of a line by the id of its rate.
    Tax {
        id: Text<'a>,
        total: Text<'a>,
    }

    /// A rate of tax that the order has.
    TaxLine {
        rate_id: Text<'a>,
        rate_percent: Text<'a>,
    }

    /// A picture.
    Image {
        src: Text<'a>,
    }

    /// Shipping that the buyer chose.
    ShippingLine {
        method_id: Text<'a>,
        method_title: Text<'a>,
        total: Text<'a>,
        total_tax: Text<'a>,
    }

    /// A fee; below zero what a discount plugin takes off.
    FeeLine {
        name: Text<'a>,
        total: Text<'a>,
        total_tax: Text<'a>,
    }

    /// A coupon and what it took off.
    CouponLine {
        code: Text<'a>,
        discount: Text<'a>,
    }

    /// A gift card and what it paid. Its code is money and not read.
    GiftCard {
        id: Text<'a>,
        amount: Text<'a>,
    }

    /// What an order says about a refund. Old versions call the reason `refund`.
    RefundLine {
        id: Text<'a>,
        reason: Text<'a>,
        refund: Text<'a>,
        total: Text<'a>,
    }

    /// A refund.
    Refund {
        id: Text<'a>,
        parent_id: Text<'a>,
        date_created: Text<'a>,
        date_created_gmt: Text<'a>,
        amount: Text<'a>,
        reason: Text<'a>,
        refunded_payment: Text<'a>,
        #[serde(default, deserialize_with = "field::list")]
        line_items: List<LineItem<'a>>,
        #[serde(default, deserialize_with = "field::list")]
        shipping_lines: List<ShippingLine<'a>>,
        #[serde(default, deserialize_with = "field::list")]
        fee_lines: List<FeeLine<'a>>,
    }

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

    /// A line of the order in a parcel.
    Packed {
        item_id: Text<'a>,
        qty: Text<'a>,
    }

    /// A body of which only the number is read.
    Thin {
        id: Text<'a>,
        parent_id: Text<'a>,
    }

    /// An error of WordPress or the plugin.
    Problem {
        id: Text<'a>,
        code: Text<'a>,
        data: Option<ProblemData<'a>>,
    }

    /// What an error says beside its code.
    ProblemData {
        status: Text<'a>,
    }
}
