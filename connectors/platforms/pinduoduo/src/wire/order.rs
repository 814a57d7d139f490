//! An order as the platform sends it.

use serde::Deserialize;
use serde_json::value::RawValue;

use crossdock_connector::wire;

use super::Value;

/// What tells the forms of an `order` capture apart.
#[derive(Deserialize)]
pub(crate) struct OrderReply<'a> {
    #[serde(borrow, default)]
    pub(crate) order_info_get_response: Option<OrderHolder<'a>>,
    #[serde(borrow, default)]
    pub(crate) order_list_get_response: Option<OrderPage<'a>>,
    #[serde(borrow, default)]
    pub(crate) order_info: Option<Order<'a>>,
    #[serde(borrow, default)]
    pub(crate) error_response: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "wire::one_or_many")]
    pub(crate) service_fee_detail: Vec<ServiceFee<'a>>,
}

#[derive(Deserialize)]
pub(crate) struct OrderHolder<'a> {
    #[serde(borrow, default)]
    pub(crate) order_info: Option<Order<'a>>,
}

/// A page of whole orders.
#[derive(Deserialize)]
pub(crate) struct OrderPage<'a> {
    #[serde(borrow, default)]
    pub(crate) order_list: Option<&'a RawValue>,
}

/// An order.
#[derive(Deserialize)]
pub(crate) struct Order<'a> {
    #[serde(borrow, default)]
    pub(crate) order_sn: Value<'a>,
    #[serde(default)]
    pub(crate) confirm_status: Value<'a>,
    #[serde(default)]
    pub(crate) order_status: Value<'a>,
    #[serde(default)]
    pub(crate) refund_status: Value<'a>,
    #[serde(default)]
    pub(crate) after_sales_status: Value<'a>,
    #[serde(default)]
    pub(crate) group_status: Value<'a>,
    #[serde(default)]
    pub(crate) risk_control_status: Value<'a>,
    #[serde(default)]
    pub(crate) trade_type: Value<'a>,
    #[serde(default)]
    pub(crate) is_lucky_flag: Value<'a>,
    #[serde(default)]
    pub(crate) mkt_biz_type: Value<'a>,
    #[serde(default)]
    pub(crate) is_stock_out: Value<'a>,
    #[serde(default)]
    pub(crate) stock_out_handle_status: Value<'a>,
    #[serde(default)]
    pub(crate) is_pre_sale: Value<'a>,
    #[serde(default)]
    pub(crate) pre_sale_time: Value<'a>,
    #[serde(default)]
    pub(crate) created_time: Value<'a>,
    #[serde(default)]
    pub(crate) pay_time: Value<'a>,
    #[serde(default)]
    pub(crate) confirm_time: Value<'a>,
    #[serde(default)]
    pub(crate) shipping_time: Value<'a>,
    #[serde(default)]
    pub(crate) receive_time: Value<'a>,
    #[serde(default)]
    pub(crate) updated_at: Value<'a>,
    #[serde(default)]
    pub(crate) last_ship_time: Value<'a>,
    #[serde(default)]
    pub(crate) promise_delivery_time: Value<'a>,
    #[serde(default)]
    pub(crate) urge_shipping_time: Value<'a>,
    #[serde(default)]
    pub(crate) goods_amount: Value<'a>,
    #[serde(default)]
    pub(crate) discount_amount: Value<'a>,
    #[serde(default)]
    pub(crate) platform_discount: Value<'a>,
    #[serde(default)]
    pub(crate) seller_discount: Value<'a>,
    #[serde(default)]
    pub(crate) capital_free_discount: Value<'a>,
    #[serde(default)]
    pub(crate) order_change_amount: Value<'a>,
    #[serde(default)]
    pub(crate) postage: Value<'a>,
    #[serde(default)]
    pub(crate) duo_duo_pay_reduction: Value<'a>,
    #[serde(default)]
    pub(crate) pay_amount: Value<'a>,
    #[serde(default)]
    pub(crate) delivery_home_value: Value<'a>,
    #[serde(default)]
    pub(crate) delivery_install_value: Value<'a>,
    #[serde(default)]
    pub(crate) home_install_value: Value<'a>,
    #[serde(default)]
    pub(crate) pay_type: Value<'a>,
    #[serde(default)]
    pub(crate) pay_no: Value<'a>,
    #[serde(default)]
    pub(crate) inner_transaction_id: Value<'a>,
    #[serde(default)]
    pub(crate) receiver_name: Value<'a>,
    #[serde(default)]
    pub(crate) receiver_phone: Value<'a>,
    #[serde(default)]
    pub(crate) receiver_address: Value<'a>,
    #[serde(default)]
    pub(crate) address: Value<'a>,
    #[serde(default)]
    pub(crate) receiver_name_mask: Value<'a>,
    #[serde(default)]
    pub(crate) receiver_phone_mask: Value<'a>,
    #[serde(default)]
    pub(crate) receiver_address_mask: Value<'a>,
    #[serde(default)]
    pub(crate) address_mask: Value<'a>,
    #[serde(default)]
    pub(crate) country: Value<'a>,
    #[serde(default)]
    pub(crate) province: Value<'a>,
    #[serde(default)]
    pub(crate) province_id: Value<'a>,
    #[serde(default)]
    pub(crate) city: Value<'a>,
    #[serde(default)]
    pub(crate) city_id: Value<'a>,
    #[serde(default)]
    pub(crate) town: Value<'a>,
    #[serde(default)]
    pub(crate) town_id: Value<'a>,
    #[serde(default)]
    pub(crate) logistics_id: Value<'a>,
    #[serde(default)]
    pub(crate) tracking_number: Value<'a>,
    #[serde(default)]
    pub(crate) buyer_memo: Value<'a>,
    #[serde(default)]
    pub(crate) remark: Value<'a>,
    #[serde(default)]
    pub(crate) remark_tag: Value<'a>,
    #[serde(default)]
    pub(crate) remark_tag_name: Value<'a>,
    #[serde(default)]
    pub(crate) bonded_warehouse: Value<'a>,
    #[serde(default)]
    pub(crate) ship_additional_link_order: Value<'a>,
    #[serde(default)]
    pub(crate) ship_additional_origin_order: Value<'a>,
    #[serde(default)]
    pub(crate) shipping_type: Value<'a>,
    #[serde(default)]
    pub(crate) home_delivery_type: Value<'a>,
    #[serde(default)]
    pub(crate) self_contained: Value<'a>,
    #[serde(default)]
    pub(crate) free_sf: Value<'a>,
    #[serde(default)]
    pub(crate) invoice_status: Value<'a>,
    #[serde(default)]
    pub(crate) yyps_date: Value<'a>,
    #[serde(default)]
    pub(crate) yyps_time: Value<'a>,
    #[serde(default)]
    pub(crate) id_card_name: Value<'a>,
    #[serde(default)]
    pub(crate) id_card_num: Value<'a>,
    #[serde(default)]
    pub(crate) group_order_id: Value<'a>,
    #[serde(default)]
    pub(crate) open_address_id: Value<'a>,
    #[serde(default)]
    pub(crate) gift_order_status: Value<'a>,
    #[serde(default)]
    pub(crate) depot_type: Value<'a>,
    #[serde(default)]
    pub(crate) identification_status: Value<'a>,
    #[serde(default)]
    pub(crate) trade_in_national_subsidy_amount: Value<'a>,
    #[serde(default)]
    pub(crate) trade_in_national_subsidy_amount_type: Value<'a>,
    #[serde(default)]
    pub(crate) contact_mobile: Value<'a>,
    #[serde(default)]
    pub(crate) consolidate_info: Option<Consolidate<'a>>,
    #[serde(default, deserialize_with = "wire::one_or_many")]
    pub(crate) government_subsidy_settle_details: Vec<Subsidy<'a>>,
    #[serde(default, deserialize_with = "wire::one_or_many")]
    pub(crate) related_order_list: Vec<RelatedOrder<'a>>,
    #[serde(default, deserialize_with = "wire::one_or_many")]
    pub(crate) service_fee_detail: Vec<ServiceFee<'a>>,
    #[serde(default, deserialize_with = "wire::one_or_many")]
    pub(crate) item_list: Vec<Item<'a>>,
    #[serde(default, deserialize_with = "wire::one_or_many")]
    pub(crate) gift_list: Vec<Item<'a>>,
    #[serde(default, deserialize_with = "wire::one_or_many")]
    pub(crate) extra_delivery_list: Vec<Delivery<'a>>,
    #[serde(default, deserialize_with = "wire::one_or_many")]
    pub(crate) gift_delivery_list: Vec<Delivery<'a>>,
    #[serde(default, deserialize_with = "wire::one_or_many")]
    pub(crate) resend_delivery_list: Vec<Delivery<'a>>,
    #[serde(default, deserialize_with = "wire::one_or_many")]
    pub(crate) order_tag_list: Vec<Tag<'a>>,
    #[serde(default)]
    pub(crate) step_order_info: Option<Step<'a>>,
    #[serde(default)]
    pub(crate) order_depot_info: Option<Depot<'a>>,
    #[serde(default)]
    pub(crate) store_info: Option<Store<'a>>,
}

/// A fee for a service.
#[derive(Deserialize)]
pub(crate) struct ServiceFee<'a> {
    #[serde(borrow, default)]
    pub(crate) service_name: Value<'a>,
    #[serde(default)]
    pub(crate) service_fee: Value<'a>,
}

/// What was sold, or comes along for nothing.
#[derive(Deserialize)]
pub(crate) struct Item<'a> {
    #[serde(borrow, default)]
    pub(crate) goods_id: Value<'a>,
    #[serde(default)]
    pub(crate) goods_name: Value<'a>,
    #[serde(default)]
    pub(crate) goods_price: Value<'a>,
    #[serde(default)]
    pub(crate) goods_count: Value<'a>,
    #[serde(default)]
    pub(crate) goods_spec: Value<'a>,
    #[serde(default)]
    pub(crate) goods_img: Value<'a>,
    #[serde(default)]
    pub(crate) sku_id: Value<'a>,
    #[serde(default)]
    pub(crate) outer_id: Value<'a>,
    #[serde(default)]
    pub(crate) outer_goods_id: Value<'a>,
    /// Of a gift that is shipped under a number of its own.
    #[serde(default)]
    pub(crate) order_sn: Value<'a>,
}

/// Where a parcel is taken over for another country or a far province.
#[derive(Deserialize)]
pub(crate) struct Consolidate<'a> {
    #[serde(borrow, default)]
    pub(crate) consolidate_type: Value<'a>,
}

/// A part of a subsidy of the state's, and who pays it.
#[derive(Deserialize)]
pub(crate) struct Subsidy<'a> {
    #[serde(borrow, default)]
    pub(crate) funder: Value<'a>,
    #[serde(default)]
    pub(crate) amount: Value<'a>,
}

/// An order that belongs to this one.
#[derive(Deserialize)]
pub(crate) struct RelatedOrder<'a> {
    #[serde(borrow, default)]
    pub(crate) order_sn: Value<'a>,
    #[serde(default)]
    pub(crate) relation_type: Value<'a>,
}

/// One more parcel.
#[derive(Deserialize)]
pub(crate) struct Delivery<'a> {
    #[serde(borrow, default)]
    pub(crate) logistics_id: Value<'a>,
    #[serde(default)]
    pub(crate) tracking_number: Value<'a>,
}

/// A mark of the platform.
#[derive(Deserialize)]
pub(crate) struct Tag<'a> {
    #[serde(borrow, default)]
    pub(crate) name: Value<'a>,
    #[serde(default)]
    pub(crate) value: Value<'a>,
}

/// A sale paid in two steps.
#[derive(Deserialize)]
pub(crate) struct Step<'a> {
    #[serde(borrow, default)]
    pub(crate) step_trade_status: Value<'a>,
    #[serde(default)]
    pub(crate) advanced_paid_fee: Value<'a>,
    #[serde(default)]
    pub(crate) step_paid_fee: Value<'a>,
    #[serde(default)]
    pub(crate) step_discount_amount: Value<'a>,
}

/// The warehouse it ships from, and what stands there under another number.
#[derive(Deserialize)]
pub(crate) struct Depot<'a> {
    #[serde(borrow, default)]
    pub(crate) depot_code: Value<'a>,
    #[serde(default)]
    pub(crate) depot_id: Value<'a>,
    #[serde(default)]
    pub(crate) depot_name: Value<'a>,
    #[serde(default)]
    pub(crate) depot_type: Value<'a>,
    #[serde(default)]
    pub(crate) ware_id: Value<'a>,
    #[serde(default)]
    pub(crate) ware_sn: Value<'a>,
    #[serde(default)]
    pub(crate) ware_name: Value<'a>,
    #[serde(default)]
    pub(crate) ware_type: Value<'a>,
    #[serde(default, deserialize_with = "wire::one_or_many")]
    pub(crate) ware_sub_info_list: Vec<SubWare<'a>>,
}

/// A part of a bundle in the warehouse.
#[derive(Deserialize)]
pub(crate) struct SubWare<'a> {
    #[serde(borrow, default)]
    pub(crate) ware_id: Value<'a>,
    #[serde(default)]
    pub(crate) ware_sn: Value<'a>,
    #[serde(default)]
    pub(crate) ware_name: Value<'a>,
    #[serde(default)]
    pub(crate) ware_quantity: Value<'a>,
}

/// The store where the buyer fetches it.
#[derive(Deserialize)]
pub(crate) struct Store<'a> {
    #[serde(borrow, default)]
    pub(crate) store_id: Value<'a>,
    #[serde(default)]
    pub(crate) store_name: Value<'a>,
    #[serde(default)]
    pub(crate) store_number: Value<'a>,
    #[serde(default)]
    pub(crate) out_store_code: Value<'a>,
}
