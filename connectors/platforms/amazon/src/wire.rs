//! What Amazon sends. Everything may be missing: blocks that were not asked for, and what a role may not see.
//!
//! What v0 has as well is read under both names: there it is the same in Pascal case.

use crossdock_connector::fields;
use crossdock_connector::wire::{Scalar, one_or_many};

fields! { default "camelCase";
    /// An order of 2026-01-01.
    Order {
        order_id: Scalar<'a>,
        #[serde(deserialize_with = "one_or_many")]
        order_aliases: Vec<Alias<'a>>,
        created_time: Scalar<'a>,
        last_updated_time: Scalar<'a>,
        #[serde(deserialize_with = "one_or_many")]
        programs: Vec<Scalar<'a>>,
        #[serde(deserialize_with = "one_or_many")]
        associated_orders: Vec<Associated<'a>>,
        sales_channel: Option<SalesChannel<'a>>,
        buyer: Option<Buyer<'a>>,
        recipient: Option<Recipient<'a>>,
        proceeds: Option<Proceeds<'a>>,
        payment: Option<Payment<'a>>,
        tax: Option<OrderTax<'a>>,
        fulfillment: Option<Fulfillment<'a>>,
        #[serde(deserialize_with = "one_or_many")]
        order_items: Vec<Item<'a>>,
        #[serde(deserialize_with = "one_or_many")]
        packages: Vec<Package<'a>>,
    }
    Alias { alias_id: Scalar<'a>, alias_type: Scalar<'a>, }
    Associated { order_id: Scalar<'a>, association_type: Scalar<'a>, }
    SalesChannel { channel_name: Scalar<'a>, marketplace_id: Scalar<'a>, marketplace_name: Scalar<'a>, }
    Buyer {
        buyer_name: Scalar<'a>,
        buyer_email: Scalar<'a>,
        buyer_company_name: Scalar<'a>,
        buyer_purchase_order_number: Scalar<'a>,
    }
    Recipient { delivery_address: Option<Address<'a>>, delivery_preference: Option<Preference<'a>>, }
    Preference { drop_off_location: Scalar<'a>, address_instruction: Scalar<'a>, }
    Address {
        #[serde(alias = "Name")]
        name: Scalar<'a>,
        #[serde(alias = "CompanyName")]
        company_name: Scalar<'a>,
        #[serde(rename = "addressLine1", alias = "AddressLine1")]
        line1: Scalar<'a>,
        #[serde(rename = "addressLine2", alias = "AddressLine2")]
        line2: Scalar<'a>,
        #[serde(rename = "addressLine3", alias = "AddressLine3")]
        line3: Scalar<'a>,
        #[serde(alias = "City")]
        city: Scalar<'a>,
        #[serde(alias = "District")]
        district_or_county: Scalar<'a>,
        /// Of v0, which has both.
        #[serde(alias = "County")]
        county: Scalar<'a>,
        #[serde(alias = "StateOrRegion")]
        state_or_region: Scalar<'a>,
        #[serde(alias = "Municipality")]
        municipality: Scalar<'a>,
        #[serde(alias = "PostalCode")]
        postal_code: Scalar<'a>,
        #[serde(alias = "CountryCode")]
        country_code: Scalar<'a>,
        #[serde(alias = "Phone")]
        phone: Scalar<'a>,
        #[serde(alias = "ExtendedFields")]
        extended_fields: Option<Extended<'a>>,
        #[serde(alias = "AddressType")]
        address_type: Scalar<'a>,
    }
    Extended {
        #[serde(alias = "StreetName")]
        street_name: Scalar<'a>,
        #[serde(alias = "StreetNumber")]
        street_number: Scalar<'a>,
        #[serde(alias = "Complement")]
        complement: Scalar<'a>,
        #[serde(alias = "Neighborhood")]
        neighborhood: Scalar<'a>,
    }
    Money {
        #[serde(alias = "Amount")]
        amount: Scalar<'a>,
        #[serde(alias = "CurrencyCode")]
        currency_code: Scalar<'a>,
    }
    /// Of an order or an item.
    Proceeds {
        grand_total: Option<Money<'a>>,
        proceeds_total: Option<Money<'a>>,
        #[serde(deserialize_with = "one_or_many")]
        breakdowns: Vec<Breakdown<'a>>,
    }
    Breakdown {
        r#type: Scalar<'a>,
        status: Scalar<'a>,
        subtotal: Option<Money<'a>>,
        #[serde(deserialize_with = "one_or_many")]
        detailed_breakdowns: Vec<Detail<'a>>,
    }
    Detail { subtype: Scalar<'a>, value: Option<Money<'a>>, }
    Payment {
        #[serde(deserialize_with = "one_or_many")]
        payment_executions: Vec<Execution<'a>>,
    }
    Execution { payment_method: Scalar<'a>, payment_amount: Option<Money<'a>>, authorization_code: Scalar<'a>, }
    OrderTax {
        #[serde(deserialize_with = "one_or_many")]
        tax_registrations: Vec<Registration<'a>>,
        tax_invoicing: Option<Invoicing<'a>>,
    }
    Registration {
        entity_type: Scalar<'a>,
        tax_registration_type: Scalar<'a>,
        tax_registration_number: Scalar<'a>,
    }
    Invoicing { buyer_invoice_preference: Scalar<'a>, invoice_status: Scalar<'a>, }
    Fulfillment {
        fulfillment_status: Scalar<'a>,
        fulfilled_by: Scalar<'a>,
        fulfillment_service_level: Scalar<'a>,
        ship_by_window: Option<Range<'a>>,
        deliver_by_window: Option<Range<'a>>,
    }
    Range { earliest_date_time: Scalar<'a>, latest_date_time: Scalar<'a>, }
    Item {
        order_item_id: Scalar<'a>,
        quantity_ordered: Scalar<'a>,
        #[serde(deserialize_with = "one_or_many")]
        programs: Vec<Scalar<'a>>,
        measurement: Option<Measurement<'a>>,
        #[serde(deserialize_with = "one_or_many")]
        associated_order_items: Vec<AssociatedItem<'a>>,
        product: Option<Product<'a>>,
        proceeds: Option<Proceeds<'a>>,
        promotion: Option<Promotion<'a>>,
        cancellation: Option<Cancellation<'a>>,
        fulfillment: Option<ItemFulfillment<'a>>,
        tax: Option<ItemTax<'a>>,
    }
    Measurement {
        #[serde(alias = "Unit")]
        unit: Scalar<'a>,
        #[serde(alias = "Value")]
        value: Scalar<'a>,
    }
    AssociatedItem {
        #[serde(alias = "OrderId")]
        order_id: Scalar<'a>,
        #[serde(alias = "OrderItemId")]
        order_item_id: Scalar<'a>,
        #[serde(alias = "AssociationType")]
        association_type: Scalar<'a>,
    }
    Product {
        asin: Scalar<'a>,
        title: Scalar<'a>,
        seller_sku: Scalar<'a>,
        condition: Option<Condition<'a>>,
        price: Option<Price<'a>>,
        #[serde(deserialize_with = "one_or_many")]
        serial_numbers: Vec<Scalar<'a>>,
        customization: Option<Customization<'a>>,
    }
    Condition { condition_type: Scalar<'a>, condition_subtype: Scalar<'a>, condition_note: Scalar<'a>, }
    Price { unit_price: Option<Money<'a>>, price_designation: Scalar<'a>, }
    Customization {
        #[serde(alias = "CustomizedURL")]
        customized_url: Scalar<'a>,
    }
    Promotion {
        #[serde(deserialize_with = "one_or_many")]
        breakdowns: Vec<Promoted<'a>>,
    }
    Promoted { promotion_id: Scalar<'a>, }
    Cancellation {
        cancellation_request: Option<Asked<'a>>,
        cancellation_execution: Option<Asked<'a>>,
    }
    /// A wish to cancel, or what came of it.
    Asked { requester: Scalar<'a>, cancelled_by: Scalar<'a>, cancel_reason: Scalar<'a>, }
    ItemFulfillment {
        quantity_fulfilled: Scalar<'a>,
        quantity_unfulfilled: Scalar<'a>,
        packing: Option<Packing<'a>>,
        shipping: Option<Shipping<'a>>,
    }
    Packing { gift_option: Option<Gift<'a>>, }
    Gift { gift_message: Scalar<'a>, gift_wrap_level: Scalar<'a>, }
    Shipping {
        scheduled_delivery_window: Option<Range<'a>>,
        shipping_constraints: Option<Constraints<'a>>,
        international_shipping: Option<International<'a>>,
    }
    Constraints {
        #[serde(alias = "PalletDelivery")]
        pallet_delivery: Scalar<'a>,
        cash_on_delivery: Scalar<'a>,
        #[serde(alias = "SignatureConfirmation")]
        signature_confirmation: Scalar<'a>,
        #[serde(alias = "RecipientIdentityVerification")]
        recipient_identity_verification: Scalar<'a>,
        #[serde(alias = "RecipientAgeVerification")]
        recipient_age_verification: Scalar<'a>,
    }
    International { ioss_number: Scalar<'a>, }
    ItemTax {
        #[serde(deserialize_with = "one_or_many")]
        tax_collections: Vec<Collection<'a>>,
    }
    Collection { model: Scalar<'a>, }
    Package {
        package_reference_id: Scalar<'a>,
        package_status: Option<PackageStatus<'a>>,
        carrier: Scalar<'a>,
        ship_time: Scalar<'a>,
        shipping_service: Scalar<'a>,
        tracking_number: Scalar<'a>,
        ship_from_address: Option<Address<'a>>,
        #[serde(deserialize_with = "one_or_many")]
        package_items: Vec<PackageItem<'a>>,
    }
    PackageStatus { status: Scalar<'a>, detailed_status: Scalar<'a>, }
    PackageItem { order_item_id: Scalar<'a>, quantity: Scalar<'a>, }
    /// A return of external fulfilment. Its one-time password is not read.
    Return {
        id: Scalar<'a>,
        merchant_sku: Scalar<'a>,
        return_type: Scalar<'a>,
        return_sub_type: Scalar<'a>,
        number_of_units: Scalar<'a>,
        status: Scalar<'a>,
        fulfillment_location_id: Scalar<'a>,
        creation_date_time: Scalar<'a>,
        last_updated_date_time: Scalar<'a>,
        return_metadata: Option<ReturnMetadata<'a>>,
        return_shipping_info: Option<ReturnShipping<'a>>,
        marketplace_channel_details: Option<ChannelDetails<'a>>,
    }
    ReturnMetadata { return_reason: Scalar<'a>, rma_id: Scalar<'a>, }
    ReturnShipping { reverse_tracking_info: Option<Tracking<'a>>, }
    Tracking { carrier_name: Scalar<'a>, tracking_id: Scalar<'a>, }
    ChannelDetails {
        marketplace_channel: Option<Channel<'a>>,
        merchant_id: Scalar<'a>,
        customer_order_id: Scalar<'a>,
    }
    Channel { marketplace_name: Scalar<'a>, }
}
