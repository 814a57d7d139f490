//! Orders: the answer of `order.orderDetail`, a row of `order.searchList`.

use serde_json::value::RawValue;

use crossdock_connector::{fields, wire};

use super::Value;

fields! { default;
    /// The forms of an order: the whole reply, a page, the holder, or the order itself.
    OrderReply {
        code: Value<'a>,
        data: Option<Detail<'a>>,
        shop_order_detail: Option<&'a RawValue>,
    }

    /// What a reply about orders holds.
    Detail {
        shop_order_detail: Option<&'a RawValue>,
        shop_order_list: Option<&'a RawValue>,
    }

    /// An order.
    Order {
        order_id: Value<'a>,
        shop_id: Value<'a>,
        doudian_open_id: Value<'a>,
        biz: Value<'a>,
        order_type: Value<'a>,
        b_type: Value<'a>,
        order_status: Value<'a>,
        main_status: Value<'a>,
        accept_order_status: Value<'a>,
        cancel_reason: Value<'a>,
        create_time: Value<'a>,
        pay_time: Value<'a>,
        update_time: Value<'a>,
        finish_time: Value<'a>,
        ship_time: Value<'a>,
        exp_ship_time: Value<'a>,
        appointment_ship_time: Value<'a>,
        earliest_receipt_time: Value<'a>,
        latest_receipt_time: Value<'a>,
        order_amount: Value<'a>,
        pay_amount: Value<'a>,
        post_amount: Value<'a>,
        post_origin_amount: Value<'a>,
        post_promotion_amount: Value<'a>,
        post_insurance_amount: Value<'a>,
        modify_amount: Value<'a>,
        modify_post_amount: Value<'a>,
        promotion_amount: Value<'a>,
        promotion_shop_amount: Value<'a>,
        promotion_platform_amount: Value<'a>,
        promotion_talent_amount: Value<'a>,
        promotion_pay_amount: Value<'a>,
        promotion_redpack_amount: Value<'a>,
        shop_cost_amount: Value<'a>,
        only_platform_cost_amount: Value<'a>,
        author_cost_amount: Value<'a>,
        tax_amount: Value<'a>,
        packing_amount: Value<'a>,
        pay_type: Value<'a>,
        channel_payment_no: Value<'a>,
        buyer_words: Value<'a>,
        seller_words: Value<'a>,
        seller_remark_stars: Value<'a>,
        post_receiver: Value<'a>,
        post_tel: Value<'a>,
        encrypt_post_receiver: Value<'a>,
        encrypt_post_tel: Value<'a>,
        mask_post_receiver: Value<'a>,
        mask_post_tel: Value<'a>,
        post_addr: Option<Place<'a>>,
        mask_post_addr: Option<Place<'a>>,
        user_coordinate: Option<Coordinate<'a>>,
        user_id_info: Option<Identity<'a>>,
        store_info: Option<Store<'a>>,
        #[serde(deserialize_with = "wire::one_or_many")]
        logistics_info: Vec<Logistics<'a>>,
        #[serde(deserialize_with = "wire::one_or_many")]
        order_phase_list: Vec<Phase<'a>>,
        #[serde(deserialize_with = "wire::one_or_many")]
        shop_order_tag_ui: Vec<Tag<'a>>,
        #[serde(deserialize_with = "wire::one_or_many")]
        sku_order_list: Vec<Line<'a>>,
    }

    /// An address: plain or masked detail, and the encrypted one.
    Place {
        province: Option<Region<'a>>,
        city: Option<Region<'a>>,
        town: Option<Region<'a>>,
        street: Option<Region<'a>>,
        detail: Value<'a>,
        encrypt_detail: Value<'a>,
    }

    /// A region with its number.
    Region {
        name: Value<'a>,
        id: Value<'a>,
    }

    /// Where the address is, on AMap's map.
    Coordinate {
        user_coordinate_longitude: Value<'a>,
        user_coordinate_latitude: Value<'a>,
    }

    /// Who pays, as customs wants to know.
    Identity {
        encrypt_id_card_no: Value<'a>,
        encrypt_id_card_name: Value<'a>,
    }

    /// A store of the merchant's.
    Store {
        store_id: Value<'a>,
        store_name: Value<'a>,
    }

    /// A mark of the platform.
    Tag {
        key: Value<'a>,
    }

    /// A step of a sale that is paid in steps.
    Phase {
        total_phase: Value<'a>,
        current_phase: Value<'a>,
        pay_success: Value<'a>,
        phase_pay_type: Value<'a>,
        phase_pay_amount: Value<'a>,
        phase_pay_time: Value<'a>,
        phase_open_time: Value<'a>,
        phase_close_time: Value<'a>,
        phase_order_amount: Value<'a>,
        channel_payment_no: Value<'a>,
    }

    /// A parcel and what is in it.
    Logistics {
        tracking_no: Value<'a>,
        company: Value<'a>,
        company_name: Value<'a>,
        ship_time: Value<'a>,
        delivery_id: Value<'a>,
        #[serde(deserialize_with = "wire::one_or_many")]
        product_info: Vec<Packed<'a>>,
    }

    /// A part of a line in a parcel.
    Packed {
        sku_order_id: Value<'a>,
        product_count: Value<'a>,
    }

    /// A line.
    Line {
        order_id: Value<'a>,
        product_id: Value<'a>,
        product_id_str: Value<'a>,
        sku_id: Value<'a>,
        out_sku_id: Value<'a>,
        out_product_id: Value<'a>,
        code: Value<'a>,
        product_name: Value<'a>,
        product_pic: Value<'a>,
        goods_type: Value<'a>,
        #[serde(deserialize_with = "wire::one_or_many")]
        spec: Vec<Spec<'a>>,
        origin_amount: Value<'a>,
        item_num: Value<'a>,
        sum_amount: Value<'a>,
        pay_amount: Value<'a>,
        post_amount: Value<'a>,
        tax_amount: Value<'a>,
        modify_amount: Value<'a>,
        modify_post_amount: Value<'a>,
        post_insurance_amount: Value<'a>,
        promotion_amount: Value<'a>,
        promotion_shop_amount: Value<'a>,
        promotion_platform_amount: Value<'a>,
        promotion_talent_amount: Value<'a>,
        only_platform_cost_amount: Value<'a>,
        author_cost_amount: Value<'a>,
        order_status: Value<'a>,
        trade_type: Value<'a>,
        pre_sale_type: Value<'a>,
        logistics_receipt_time: Value<'a>,
        confirm_receipt_time: Value<'a>,
        given_product_type: Value<'a>,
        #[serde(deserialize_with = "wire::one_or_many")]
        master_sku_order_id_list: Vec<crossdock_connector::wire::Scalar<'a>>,
        master_sku_order_id: Value<'a>,
        #[serde(deserialize_with = "wire::one_or_many")]
        inventory_list: Vec<Stock<'a>>,
        after_sale_info: Option<LineCase<'a>>,
        #[serde(deserialize_with = "wire::one_or_many")]
        bundle_sku_info: Vec<Part<'a>>,
        #[serde(deserialize_with = "wire::one_or_many")]
        sku_customization_info: Vec<Customization<'a>>,
        author_id: Value<'a>,
        room_id: Value<'a>,
    }

    /// A property of a variant.
    Spec {
        name: Value<'a>,
        value: Value<'a>,
    }

    /// From where a line is taken.
    Stock {
        warehouse_id: Value<'a>,
        out_warehouse_id: Value<'a>,
    }

    /// The after-sale case of a line.
    LineCase {
        after_sale_status: Value<'a>,
        after_sale_type: Value<'a>,
        refund_status: Value<'a>,
    }

    /// A part of a set.
    Part {
        product_id: Value<'a>,
        sku_id: Value<'a>,
        product_name: Value<'a>,
        item_num: Value<'a>,
        code: Value<'a>,
    }

    /// What has to be made for the buyer.
    Customization {
        detail: Option<CustomDetail<'a>>,
    }

    /// Texts the buyer wrote.
    CustomDetail {
        #[serde(deserialize_with = "wire::one_or_many")]
        text: Vec<CustomText<'a>>,
    }

    /// A text the buyer wrote.
    CustomText {
        key: Value<'a>,
        content: Value<'a>,
    }
}
