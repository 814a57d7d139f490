//! An order as the platform sends it.

use serde_json::value::RawValue;

use crossdock_connector::{fields, wire};

use super::Value;

fields! { default;
    /// What tells the forms of an `order` capture apart.
    OrderReply {
        order_info_get_response: Option<OrderHolder<'a>>,
        order_list_get_response: Option<OrderPage<'a>>,
        order_info: Option<Order<'a>>,
        error_response: Option<&'a RawValue>,
        #[serde(deserialize_with = "wire::one_or_many")]
        service_fee_detail: Vec<ServiceFee<'a>>,
    }

    OrderHolder {
        order_info: Option<Order<'a>>,
    }

    /// A page of whole orders.
    OrderPage {
        order_list: Option<&'a RawValue>,
    }

    /// An order.
    Order {
        order_sn: Value<'a>,
        confirm_status: Value<'a>,
        order_status: Value<'a>,
        refund_status: Value<'a>,
        after_sales_status: Value<'a>,
        group_status: Value<'a>,
        risk_control_status: Value<'a>,
        trade_type: Value<'a>,
        is_lucky_flag: Value<'a>,
        mkt_biz_type: Value<'a>,
        is_stock_out: Value<'a>,
        stock_out_handle_status: Value<'a>,
        is_pre_sale: Value<'a>,
        pre_sale_time: Value<'a>,
        created_time: Value<'a>,
        pay_time: Value<'a>,
        confirm_time: Value<'a>,
        shipping_time: Value<'a>,
        receive_time: Value<'a>,
        updated_at: Value<'a>,
        last_ship_time: Value<'a>,
        promise_delivery_time: Value<'a>,
        urge_shipping_time: Value<'a>,
        goods_amount: Value<'a>,
        discount_amount: Value<'a>,
        platform_discount: Value<'a>,
        seller_discount: Value<'a>,
        capital_free_discount: Value<'a>,
        order_change_amount: Value<'a>,
        postage: Value<'a>,
        duo_duo_pay_reduction: Value<'a>,
        pay_amount: Value<'a>,
        delivery_home_value: Value<'a>,
        delivery_install_value: Value<'a>,
        home_install_value: Value<'a>,
        pay_type: Value<'a>,
        pay_no: Value<'a>,
        inner_transaction_id: Value<'a>,
        receiver_name: Value<'a>,
        receiver_phone: Value<'a>,
        receiver_address: Value<'a>,
        address: Value<'a>,
        receiver_name_mask: Value<'a>,
        receiver_phone_mask: Value<'a>,
        receiver_address_mask: Value<'a>,
        address_mask: Value<'a>,
        country: Value<'a>,
        province: Value<'a>,
        province_id: Value<'a>,
        city: Value<'a>,
        city_id: Value<'a>,
        town: Value<'a>,
        town_id: Value<'a>,
        logistics_id: Value<'a>,
        tracking_number: Value<'a>,
        buyer_memo: Value<'a>,
        remark: Value<'a>,
        remark_tag: Value<'a>,
        remark_tag_name: Value<'a>,
        bonded_warehouse: Value<'a>,
        ship_additional_link_order: Value<'a>,
        ship_additional_origin_order: Value<'a>,
        shipping_type: Value<'a>,
        home_delivery_type: Value<'a>,
        self_contained: Value<'a>,
        free_sf: Value<'a>,
        invoice_status: Value<'a>,
        yyps_date: Value<'a>,
        yyps_time: Value<'a>,
        id_card_name: Value<'a>,
        id_card_num: Value<'a>,
        group_order_id: Value<'a>,
        open_address_id: Value<'a>,
        gift_order_status: Value<'a>,
        depot_type: Value<'a>,
        identification_status: Value<'a>,
        trade_in_national_subsidy_amount: Value<'a>,
        trade_in_national_subsidy_amount_type: Value<'a>,
        contact_mobile: Value<'a>,
        consolidate_info: Option<Consolidate<'a>>,
        #[serde(deserialize_with = "wire::one_or_many")]
        government_subsidy_settle_details: Vec<Subsidy<'a>>,
        #[serde(deserialize_with = "wire::one_or_many")]
        related_order_list: Vec<RelatedOrder<'a>>,
        #[serde(deserialize_with = "wire::one_or_many")]
        service_fee_detail: Vec<ServiceFee<'a>>,
        #[serde(deserialize_with = "wire::one_or_many")]
        item_list: Vec<Item<'a>>,
        #[serde(deserialize_with = "wire::one_or_many")]
        gift_list: Vec<Item<'a>>,
        #[serde(deserialize_with = "wire::one_or_many")]
        extra_delivery_list: Vec<Delivery<'a>>,
        #[serde(deserialize_with = "wire::one_or_many")]
        gift_delivery_list: Vec<Delivery<'a>>,
        #[serde(deserialize_with = "wire::one_or_many")]
        resend_delivery_list: Vec<Delivery<'a>>,
        #[serde(deserialize_with = "wire::one_or_many")]
        order_tag_list: Vec<Tag<'a>>,
        step_order_info: Option<Step<'a>>,
        order_depot_info: Option<Depot<'a>>,
        store_info: Option<Store<'a>>,
    }

    /// A fee for a service.
    ServiceFee {
        service_name: Value<'a>,
        service_fee: Value<'a>,
    }

    /// What was sold, or comes along for nothing.
    Item {
        goods_id: Value<'a>,
        goods_name: Value<'a>,
        goods_price: Value<'a>,
        goods_count: Value<'a>,
        goods_spec: Value<'a>,
        goods_img: Value<'a>,
        sku_id: Value<'a>,
        outer_id: Value<'a>,
        outer_goods_id: Value<'a>,
        /// Of a gift that is shipped under a number of its own.
        order_sn: Value<'a>,
    }

    /// Where a parcel is taken over for another country or a far province.
    Consolidate {
        consolidate_type: Value<'a>,
    }

    /// A part of a subsidy of the state's, and who pays it.
    Subsidy {
        funder: Value<'a>,
        amount: Value<'a>,
    }

    /// An order that belongs to this one.
    RelatedOrder {
        order_sn: Value<'a>,
        relation_type: Value<'a>,
    }

    /// One more parcel.
    Delivery {
        logistics_id: Value<'a>,
        tracking_number: Value<'a>,
    }

    /// A mark of the platform.
    Tag {
        name: Value<'a>,
        value: Value<'a>,
    }

    /// A sale paid in two steps.
    Step {
        step_trade_status: Value<'a>,
        advanced_paid_fee: Value<'a>,
        step_paid_fee: Value<'a>,
        step_discount_amount: Value<'a>,
    }

    /// The warehouse it ships from, and what stands there under another number.
    Depot {
        depot_code: Value<'a>,
        depot_id: Value<'a>,
        depot_name: Value<'a>,
        depot_type: Value<'a>,
        ware_id: Value<'a>,
        ware_sn: Value<'a>,
        ware_name: Value<'a>,
        ware_type: Value<'a>,
        #[serde(deserialize_with = "wire::one_or_many")]
        ware_sub_info_list: Vec<SubWare<'a>>,
    }

    /// A part of a bundle in the warehouse.
    SubWare {
        ware_id: Value<'a>,
        ware_sn: Value<'a>,
        ware_name: Value<'a>,
        ware_quantity: Value<'a>,
    }

    /// The store where the buyer fetches it.
    Store {
        store_id: Value<'a>,
        store_name: Value<'a>,
        store_number: Value<'a>,
        out_store_code: Value<'a>,
    }
}
