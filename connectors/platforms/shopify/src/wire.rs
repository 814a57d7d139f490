//! What Shopify sends, as far as we read it. Everything else is passed over.
//!
//! Field list and traps: see the README. Identifiers may exceed 2^53 and amounts come as text *and* as
//! numbers, so both are read by their source text.

use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use crossdock_connector::fields;
use crossdock_connector::wire::Scalar;
use crossdock_connector::wire::field::{self, Field as Text};

/// A field that may be absent, `null` or have a value; `Some("")` is `null`.
fn given<'de: 'a, 'a, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Scalar<'a>>, D::Error> {
    Scalar::deserialize(deserializer).map(Some)
}

type List<T> = Option<Vec<T>>;

fields! {
    /// An order: the body of most `orders/*` webhooks and a row of `orders.json`.
    Order {
        id: Scalar<'a>,
        line_items: Vec<LineItem<'a>>,
        currency: Scalar<'a>,
        created_at: Scalar<'a>,
        name: Text<'a>,
        confirmation_number: Text<'a>,
        processed_at: Text<'a>,
        updated_at: Text<'a>,
        cancelled_at: Text<'a>,
        cancel_reason: Text<'a>,
        closed_at: Text<'a>,
        test: Text<'a>,
        financial_status: Text<'a>,
        #[serde(default, deserialize_with = "given")]
        fulfillment_status: Text<'a>,
        presentment_currency: Text<'a>,
        taxes_included: Text<'a>,
        duties_included: Text<'a>,
        total_line_items_price: Text<'a>,
        total_discounts: Text<'a>,
        subtotal_price: Text<'a>,
        total_tax: Text<'a>,
        total_shipping_price_set: Option<MoneySet<'a>>,
        total_tip_received: Text<'a>,
        total_price: Text<'a>,
        total_price_set: Option<MoneySet<'a>>,
        total_outstanding: Text<'a>,
        current_subtotal_price: Text<'a>,
        current_total_discounts: Text<'a>,
        current_total_tax: Text<'a>,
        current_total_price: Text<'a>,
        original_total_duties_set: Option<MoneySet<'a>>,
        original_total_additional_fees_set: Option<MoneySet<'a>>,
        total_cash_rounding_payment_adjustment_set: Option<MoneySet<'a>>,
        #[serde(default, deserialize_with = "field::list")]
        payment_gateway_names: List<Scalar<'a>>,
        source_name: Text<'a>,
        source_identifier: Text<'a>,
        po_number: Text<'a>,
        company: Option<&'a RawValue>,
        location_id: Text<'a>,
        note: Text<'a>,
        note_attributes: Option<&'a RawValue>,
        tags: Text<'a>,
        email: Text<'a>,
        contact_email: Text<'a>,
        phone: Text<'a>,
        customer: Option<Customer<'a>>,
        billing_address: Option<Address<'a>>,
        shipping_address: Option<Address<'a>>,
        #[serde(default, deserialize_with = "field::list")]
        shipping_lines: List<ShippingLine<'a>>,
        #[serde(default, deserialize_with = "field::list")]
        discount_codes: List<DiscountCode<'a>>,
        #[serde(default, deserialize_with = "field::list")]
        discount_applications: List<DiscountApplication<'a>>,
        #[serde(default, deserialize_with = "field::list")]
        fulfillments: List<Fulfillment<'a>>,
        #[serde(default, deserialize_with = "field::list")]
        refunds: List<Refund<'a>>,
        returns: List<&'a RawValue>,
        payment_terms: Option<PaymentTerms<'a>>,
    }

    /// An amount in the shop's currency and in the buyer's.
    MoneySet {
        shop_money: Option<Money<'a>>,
        presentment_money: Option<Money<'a>>,
    }

    /// An amount.
    Money {
        amount: Text<'a>,
        currency_code: Text<'a>,
    }

    /// A line of an order; also inside a fulfilment, where `quantity` is that of the fulfilment.
    LineItem {
        id: Scalar<'a>,
        product_id: Text<'a>,
        variant_id: Text<'a>,
        sku: Text<'a>,
        title: Text<'a>,
        variant_title: Text<'a>,
        quantity: Scalar<'a>,
        current_quantity: Text<'a>,
        #[serde(default, deserialize_with = "given")]
        fulfillment_status: Text<'a>,
        price: Text<'a>,
        total_discount: Text<'a>,
        #[serde(default, deserialize_with = "field::list")]
        discount_allocations: List<DiscountAllocation<'a>>,
        #[serde(default, deserialize_with = "field::list")]
        tax_lines: List<TaxLine<'a>>,
        gift_card: Text<'a>,
        requires_shipping: Text<'a>,
        grams: Text<'a>,
        properties: Option<&'a RawValue>,
        #[serde(default, deserialize_with = "field::list")]
        duties: List<Duty<'a>>,
    }

    /// Duty on a line: what the goods are to the customs.
    Duty {
        harmonized_system_code: Text<'a>,
        country_code_of_origin: Text<'a>,
    }

    /// The share of a discount that falls on a line.
    DiscountAllocation {
        amount: Text<'a>,
        discount_application_index: Text<'a>,
    }

    /// Tax of a line, by authority.
    TaxLine {
        price: Text<'a>,
        rate: Text<'a>,
        channel_liable: Text<'a>,
    }

    /// A discount and what it applies to.
    DiscountApplication {
        r#type: Text<'a>,
        allocation_method: Text<'a>,
        target_type: Text<'a>,
        code: Text<'a>,
        title: Text<'a>,
        description: Text<'a>,
    }

    /// When it is paid, of an order that is paid later.
    PaymentTerms {
        payment_terms_name: Text<'a>,
        due_in_days: Text<'a>,
    }

    /// A discount code the buyer used.
    DiscountCode {
        code: Text<'a>,
        amount: Text<'a>,
    }

    /// Shipping that the buyer chose.
    ShippingLine {
        code: Text<'a>,
        title: Text<'a>,
        price: Text<'a>,
        is_removed: Text<'a>,
        #[serde(default, deserialize_with = "field::list")]
        tax_lines: List<TaxLine<'a>>,
        #[serde(default, deserialize_with = "field::list")]
        discount_allocations: List<DiscountAllocation<'a>>,
    }

    /// The buyer's account.
    Customer {
        id: Text<'a>,
        email: Text<'a>,
        phone: Text<'a>,
        first_name: Text<'a>,
        last_name: Text<'a>,
    }

    /// An address.
    Address {
        name: Text<'a>,
        first_name: Text<'a>,
        last_name: Text<'a>,
        company: Text<'a>,
        phone: Text<'a>,
        address1: Text<'a>,
        address2: Text<'a>,
        city: Text<'a>,
        zip: Text<'a>,
        province: Text<'a>,
        province_code: Text<'a>,
        country_code: Text<'a>,
    }

    /// Goods that were sent.
    Fulfillment {
        id: Scalar<'a>,
        order_id: Text<'a>,
        name: Text<'a>,
        status: Text<'a>,
        shipment_status: Text<'a>,
        service: Text<'a>,
        location_id: Text<'a>,
        tracking_company: Text<'a>,
        tracking_number: Text<'a>,
        #[serde(default, deserialize_with = "field::list")]
        tracking_numbers: List<Scalar<'a>>,
        tracking_url: Text<'a>,
        origin_address: Option<Address<'a>>,
        created_at: Text<'a>,
        updated_at: Text<'a>,
        #[serde(default, deserialize_with = "field::list")]
        line_items: List<FulfilledLine<'a>>,
    }

    /// A line inside a fulfilment.
    FulfilledLine {
        id: Scalar<'a>,
        quantity: Scalar<'a>,
    }

    /// Money, goods or both taken back.
    Refund {
        id: Scalar<'a>,
        order_id: Text<'a>,
        created_at: Text<'a>,
        processed_at: Text<'a>,
        note: Text<'a>,
        #[serde(default, deserialize_with = "field::list")]
        refund_line_items: List<RefundLine<'a>>,
        #[serde(default, deserialize_with = "field::list")]
        refund_shipping_lines: List<RefundShippingLine<'a>>,
        #[serde(default, deserialize_with = "field::list")]
        order_adjustments: List<OrderAdjustment<'a>>,
        #[serde(default, deserialize_with = "field::list")]
        transactions: List<Transaction<'a>>,
        total_duties_set: Option<MoneySet<'a>>,
    }

    /// A line of a refund. `subtotal` and `total_tax` are JSON numbers here.
    RefundLine {
        line_item_id: Scalar<'a>,
        quantity: Scalar<'a>,
        restock_type: Text<'a>,
        subtotal: Text<'a>,
        subtotal_set: Option<MoneySet<'a>>,
        total_tax: Text<'a>,
        total_tax_set: Option<MoneySet<'a>>,
    }

    /// Shipping that was paid back.
    RefundShippingLine {
        subtotal_amount_set: Option<MoneySet<'a>>,
    }

    /// A refund that belongs to no line; negative amounts.
    OrderAdjustment {
        kind: Text<'a>,
        amount: Text<'a>,
        amount_set: Option<MoneySet<'a>>,
    }

    /// A movement of money, in its own currency.
    Transaction {
        kind: Text<'a>,
        status: Text<'a>,
        amount: Text<'a>,
        currency: Text<'a>,
    }

    /// The body of `orders/edited`: what was added and removed, not an order.
    Edited {
        order_edit: Option<OrderEdit<'a>>,
        order_id: Text<'a>,
    }

    /// An order edit.
    OrderEdit {
        order_id: Text<'a>,
    }

    /// A demand about personal data: whose, and which orders. Address and phone of the buyer are not read.
    Privacy {
        shop_domain: Text<'a>,
        customer: Option<Subject<'a>>,
        #[serde(default, deserialize_with = "field::list")]
        orders_requested: List<Scalar<'a>>,
        #[serde(default, deserialize_with = "field::list")]
        orders_to_redact: List<Scalar<'a>>,
    }

    /// The shop that an app was removed from.
    Uninstalled {
        myshopify_domain: Text<'a>,
    }

    /// Who a demand is about.
    Subject {
        id: Text<'a>,
    }

    /// A name and a value that people wrote; the value may be anything.
    Property {
        name: Text<'a>,
        value: Option<&'a RawValue>,
    }
}

/// A body of which only the shape is checked.
#[derive(Debug, Deserialize)]
pub(crate) struct AnyObject {}
