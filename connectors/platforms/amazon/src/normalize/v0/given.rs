//! What orders v0 are written in.

use serde_json::value::RawValue;

use crossdock_connector::fields;
use crossdock_connector::wire::{Scalar, one_or_many};

use crate::wire::{Address, AssociatedItem, Constraints, Customization, Measurement, Money};

fields! { default "PascalCase";
    Page {
        orders: Option<Vec<&'a RawValue>>,
    }
    Order {
        amazon_order_id: Scalar<'a>,
        seller_order_id: Scalar<'a>,
        purchase_date: Scalar<'a>,
        last_update_date: Scalar<'a>,
        order_status: Scalar<'a>,
        fulfillment_channel: Scalar<'a>,
        sales_channel: Scalar<'a>,
        order_type: Scalar<'a>,
        is_access_point_order: Scalar<'a>,
        easy_ship_shipment_status: Scalar<'a>,
        electronic_invoice_status: Scalar<'a>,
        buyer_invoice_preference: Scalar<'a>,
        marketplace_id: Scalar<'a>,
        ship_service_level: Scalar<'a>,
        order_total: Option<Money<'a>>,
        payment_method: Scalar<'a>,
        #[serde(deserialize_with = "one_or_many")]
        payment_execution_detail: Vec<Execution<'a>>,
        earliest_ship_date: Scalar<'a>,
        latest_ship_date: Scalar<'a>,
        earliest_delivery_date: Scalar<'a>,
        latest_delivery_date: Scalar<'a>,
        is_business_order: Scalar<'a>,
        is_prime: Scalar<'a>,
        is_premium_order: Scalar<'a>,
        #[serde(rename = "IsISPU")]
        is_ispu: Scalar<'a>,
        #[serde(rename = "IsIBA")]
        is_iba: Scalar<'a>,
        #[serde(rename = "IsSoldByAB")]
        is_sold_by_ab: Scalar<'a>,
        is_replacement_order: Scalar<'a>,
        replaced_order_id: Scalar<'a>,
        buyer_info: Option<Buyer<'a>>,
        shipping_address: Option<Address<'a>>,
        #[serde(deserialize_with = "one_or_many")]
        order_items: Vec<Item<'a>>,
        next_token: Scalar<'a>,
    }
    Execution { payment: Option<Money<'a>>, payment_method: Scalar<'a>, authorization_code: Scalar<'a>, }
    Buyer {
        buyer_email: Scalar<'a>,
        buyer_name: Scalar<'a>,
        buyer_tax_info: Option<TaxInfo<'a>>,
        purchase_order_number: Scalar<'a>,
    }
    TaxInfo {
        company_legal_name: Scalar<'a>,
        #[serde(deserialize_with = "one_or_many")]
        tax_classifications: Vec<Classification<'a>>,
    }
    Classification { name: Scalar<'a>, value: Scalar<'a>, }
    Item {
        #[serde(rename = "ASIN")]
        asin: Scalar<'a>,
        #[serde(rename = "SellerSKU")]
        seller_sku: Scalar<'a>,
        order_item_id: Scalar<'a>,
        title: Scalar<'a>,
        quantity_ordered: Scalar<'a>,
        quantity_shipped: Scalar<'a>,
        item_price: Option<Money<'a>>,
        item_tax: Option<Money<'a>>,
        shipping_price: Option<Money<'a>>,
        shipping_tax: Option<Money<'a>>,
        shipping_discount: Option<Money<'a>>,
        promotion_discount: Option<Money<'a>>,
        #[serde(rename = "CODFee")]
        cod_fee: Option<Money<'a>>,
        #[serde(rename = "CODFeeDiscount")]
        cod_fee_discount: Option<Money<'a>>,
        #[serde(deserialize_with = "one_or_many")]
        promotion_ids: Vec<Scalar<'a>>,
        condition_id: Scalar<'a>,
        condition_subtype_id: Scalar<'a>,
        condition_note: Scalar<'a>,
        price_designation: Scalar<'a>,
        scheduled_delivery_start_date: Scalar<'a>,
        scheduled_delivery_end_date: Scalar<'a>,
        measurement: Option<Measurement<'a>>,
        #[serde(deserialize_with = "one_or_many")]
        associated_items: Vec<AssociatedItem<'a>>,
        shipping_constraints: Option<Constraints<'a>>,
        amazon_programs: Option<Programs<'a>>,
        #[serde(deserialize_with = "one_or_many")]
        serial_numbers: Vec<Scalar<'a>>,
        tax_collection: Option<Collection<'a>>,
        buyer_requested_cancel: Option<Cancel<'a>>,
        buyer_info: Option<Gift<'a>>,
        ioss_number: Scalar<'a>,
    }
    Collection { model: Scalar<'a>, }
    Cancel { is_buyer_requested_cancel: Scalar<'a>, buyer_cancel_reason: Scalar<'a>, }
    Gift {
        buyer_customized_info: Option<Customization<'a>>,
        gift_message_text: Scalar<'a>,
        gift_wrap_level: Scalar<'a>,
        gift_wrap_price: Option<Money<'a>>,
        gift_wrap_tax: Option<Money<'a>>,
    }
    Programs {
        #[serde(deserialize_with = "one_or_many")]
        programs: Vec<Scalar<'a>>,
    }
}
