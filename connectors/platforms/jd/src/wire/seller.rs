//! What the seller interface sends: numbers are numbers, times milliseconds, lists plain or wrapped as its documents show
//! them (`skuItemInfoList.skuItemInfoListItem`), the envelope sometimes missing.

use serde_json::value::RawValue;

use crossdock_connector::{fields, wire};

use super::{Block, Consignee, Invoice, Value};

fields! { default "camelCase";
    /// What may stand around the answer.
    Outer {
        #[serde(rename = "Response", alias = "response")]
        response: Option<&'a RawValue>,
    }

    /// The answer.
    Answer {
        success: Value<'a>,
        data: Option<&'a RawValue>,
        pagination_data: Block<Pagination<'a>>,
        #[serde(deserialize_with = "wire::one_or_many")]
        error_list: Vec<SellerError<'a>>,
    }

    Pagination {
        total_items: Value<'a>,
    }

    /// One error.
    SellerError {
        code: Value<'a>,
        message: Value<'a>,
        details: Value<'a>,
    }

    /// A row of a list: what to fetch.
    Row {
        order_id: Value<'a>,
        afs_order_id: Value<'a>,
    }

    /// An order.
    Order {
        vender_id: Value<'a>,
        order_id: Value<'a>,
        parent_order_id: Value<'a>,
        root_order_id: Value<'a>,
        order_status: Value<'a>,
        order_type: Value<'a>,
        created_time: Value<'a>,
        modified_time: Value<'a>,
        outbound_time: Value<'a>,
        finished_time: Value<'a>,
        xid_buyer: Value<'a>,
        consignee_info: Block<Consignee<'a>>,
        final_consignee_info: Block<Consignee<'a>>,
        payment_info: Block<PaymentInfo<'a>>,
        seller_trade_price_info: Block<Prices<'a>>,
        #[serde(deserialize_with = "wire::wrapped")]
        payment_detail_list: Vec<PaymentDetail<'a>>,
        #[serde(deserialize_with = "wire::wrapped")]
        sku_item_info_list: Vec<Sku<'a>>,
        step_payment_info: Block<Step<'a>>,
        transport_info: Block<Transport<'a>>,
        order_flag: Block<Flags<'a>>,
        invoice_info: Block<Invoice<'a>>,
        buyer_remark: Block<Remark<'a>>,
        vender_remark_info: Block<Remark<'a>>,
    }

    PaymentInfo {
        payment_type: Value<'a>,
        payment_confirm_time: Value<'a>,
        should_pay_amount: Value<'a>,
        actual_pay_amount: Value<'a>,
        pay_discount_amount: Value<'a>,
        freight_fee: Value<'a>,
        service_fee_info: Block<ServiceFee<'a>>,
        tax_info: Block<Tax<'a>>,
    }

    ServiceFee {
        service_fee: Value<'a>,
    }

    Tax {
        tax_fee: Value<'a>,
    }

    Prices {
        total_original_price_amount: Value<'a>,
        total_seller_discount_amount: Value<'a>,
        total_seller_receivable_amount: Value<'a>,
    }

    /// How the amounts of a line were split.
    PaymentDetail {
        sku_uuid: Value<'a>,
        #[serde(deserialize_with = "wire::wrapped")]
        amount_expand_list: Vec<AmountPart<'a>>,
    }

    AmountPart {
        #[serde(rename = "type")]
        kind: Value<'a>,
        type_name: Value<'a>,
        amount: Value<'a>,
    }

    Sku {
        sku_id: Value<'a>,
        outer_sku_id: Value<'a>,
        sku_uuid: Value<'a>,
        sku_name: Value<'a>,
        product_id: Value<'a>,
        num: Value<'a>,
        jd_price: Value<'a>,
        sku_type: Value<'a>,
        sku_spec: Value<'a>,
        store_id: Value<'a>,
        gift_ref_uuid: Value<'a>,
    }

    /// A sale paid in two steps.
    Step {
        step_order_status: Value<'a>,
        pay_bargain_plan: Value<'a>,
        pay_bargain_real: Value<'a>,
        pay_balance_plan: Value<'a>,
        balance_start_time: Value<'a>,
        balance_end_time: Value<'a>,
    }

    Transport {
        logistics_id: Value<'a>,
        waybill_code: Value<'a>,
        #[serde(deserialize_with = "wire::wrapped")]
        partial_shipment_list: Vec<Shipment<'a>>,
    }

    Shipment {
        logistics_id: Value<'a>,
        waybill_code: Value<'a>,
        shipment_time: Value<'a>,
        #[serde(deserialize_with = "wire::wrapped")]
        sku_list: Vec<ShippedSku<'a>>,
    }

    ShippedSku {
        sku_uuid: Value<'a>,
        num: Value<'a>,
    }

    Flags {
        pre_sale_order: Value<'a>,
        partial_shipment: Value<'a>,
        global_order: Value<'a>,
    }

    Remark {
        remark: Value<'a>,
    }

    /// An after-sale case.
    Case {
        afs_order_id: Value<'a>,
        order_id: Value<'a>,
        order_info: Block<CaseOrder<'a>>,
        relation_info: Block<CaseOrder<'a>>,
        afs_order_base_info: Block<CaseBase<'a>>,
        afs_order_status_info: Block<CaseStatus<'a>>,
        refund_info: Block<CaseRefund<'a>>,
        customer_apply_info: Block<CaseApply<'a>>,
        #[serde(deserialize_with = "wire::wrapped")]
        sku_info_list: Vec<CaseSku<'a>>,
        #[serde(deserialize_with = "wire::wrapped")]
        waybill_info_list: Vec<CaseWaybill<'a>>,
    }

    CaseOrder {
        order_id: Value<'a>,
        order_warehouse_status: Value<'a>,
    }

    CaseBase {
        apply_time: Value<'a>,
        modified_time: Value<'a>,
        afs_order_finish_time: Value<'a>,
    }

    CaseStatus {
        main_status: Value<'a>,
        sub_status: Value<'a>,
    }

    CaseRefund {
        refund_status: Value<'a>,
        apply_refund_amount: Value<'a>,
        actual_refund_amount: Value<'a>,
    }

    CaseApply {
        customer_expect: Value<'a>,
        apply_reason_first_cid_desc: Value<'a>,
    }

    CaseSku {
        sku_uuid: Value<'a>,
        sku_num: Value<'a>,
    }

    CaseWaybill {
        waybill_type: Value<'a>,
        waybill_code: Value<'a>,
        provider_id: Value<'a>,
    }
}
