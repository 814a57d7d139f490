//! What the seller interface sends: numbers are numbers, times milliseconds, lists plain or wrapped as its documents show
//! them (`skuItemInfoList.skuItemInfoListItem`), the envelope sometimes missing.

use serde::Deserialize;
use serde_json::value::RawValue;

use crossdock_connector::wire;

use super::{Block, Consignee, Invoice, Value};

/// What may stand around the answer.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Outer<'a> {
    #[serde(borrow, rename = "Response", alias = "response")]
    pub(crate) response: Option<&'a RawValue>,
}

/// The answer.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Answer<'a> {
    #[serde(borrow)]
    pub(crate) success: Value<'a>,
    pub(crate) data: Option<&'a RawValue>,
    pub(crate) pagination_data: Block<Pagination<'a>>,
    #[serde(deserialize_with = "wire::one_or_many")]
    pub(crate) error_list: Vec<SellerError<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Pagination<'a> {
    #[serde(borrow)]
    pub(crate) total_items: Value<'a>,
}

/// One error.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct SellerError<'a> {
    #[serde(borrow)]
    pub(crate) code: Value<'a>,
    pub(crate) message: Value<'a>,
    pub(crate) details: Value<'a>,
}

/// A row of a list: what to fetch.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Row<'a> {
    #[serde(borrow)]
    pub(crate) order_id: Value<'a>,
    pub(crate) afs_order_id: Value<'a>,
}

/// An order.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Order<'a> {
    #[serde(borrow)]
    pub(crate) vender_id: Value<'a>,
    pub(crate) order_id: Value<'a>,
    pub(crate) parent_order_id: Value<'a>,
    pub(crate) root_order_id: Value<'a>,
    pub(crate) order_status: Value<'a>,
    pub(crate) order_type: Value<'a>,
    pub(crate) created_time: Value<'a>,
    pub(crate) modified_time: Value<'a>,
    pub(crate) outbound_time: Value<'a>,
    pub(crate) finished_time: Value<'a>,
    pub(crate) xid_buyer: Value<'a>,
    pub(crate) consignee_info: Block<Consignee<'a>>,
    pub(crate) final_consignee_info: Block<Consignee<'a>>,
    pub(crate) payment_info: Block<PaymentInfo<'a>>,
    pub(crate) seller_trade_price_info: Block<Prices<'a>>,
    #[serde(deserialize_with = "wire::wrapped")]
    pub(crate) payment_detail_list: Vec<PaymentDetail<'a>>,
    #[serde(deserialize_with = "wire::wrapped")]
    pub(crate) sku_item_info_list: Vec<Sku<'a>>,
    pub(crate) step_payment_info: Block<Step<'a>>,
    pub(crate) transport_info: Block<Transport<'a>>,
    pub(crate) order_flag: Block<Flags<'a>>,
    pub(crate) invoice_info: Block<Invoice<'a>>,
    pub(crate) buyer_remark: Block<Remark<'a>>,
    pub(crate) vender_remark_info: Block<Remark<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct PaymentInfo<'a> {
    #[serde(borrow)]
    pub(crate) payment_type: Value<'a>,
    pub(crate) payment_confirm_time: Value<'a>,
    pub(crate) should_pay_amount: Value<'a>,
    pub(crate) actual_pay_amount: Value<'a>,
    pub(crate) pay_discount_amount: Value<'a>,
    pub(crate) freight_fee: Value<'a>,
    pub(crate) service_fee_info: Block<ServiceFee<'a>>,
    pub(crate) tax_info: Block<Tax<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct ServiceFee<'a> {
    #[serde(borrow)]
    pub(crate) service_fee: Value<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Tax<'a> {
    #[serde(borrow)]
    pub(crate) tax_fee: Value<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Prices<'a> {
    #[serde(borrow)]
    pub(crate) total_original_price_amount: Value<'a>,
    pub(crate) total_seller_discount_amount: Value<'a>,
    pub(crate) total_seller_receivable_amount: Value<'a>,
}

/// How the amounts of a line were split.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct PaymentDetail<'a> {
    #[serde(borrow)]
    pub(crate) sku_uuid: Value<'a>,
    #[serde(deserialize_with = "wire::wrapped")]
    pub(crate) amount_expand_list: Vec<AmountPart<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct AmountPart<'a> {
    #[serde(borrow, rename = "type")]
    pub(crate) kind: Value<'a>,
    pub(crate) type_name: Value<'a>,
    pub(crate) amount: Value<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Sku<'a> {
    #[serde(borrow)]
    pub(crate) sku_id: Value<'a>,
    pub(crate) outer_sku_id: Value<'a>,
    pub(crate) sku_uuid: Value<'a>,
    pub(crate) sku_name: Value<'a>,
    pub(crate) product_id: Value<'a>,
    pub(crate) num: Value<'a>,
    pub(crate) jd_price: Value<'a>,
    pub(crate) sku_type: Value<'a>,
    pub(crate) sku_spec: Value<'a>,
    pub(crate) store_id: Value<'a>,
    pub(crate) gift_ref_uuid: Value<'a>,
}

/// A sale paid in two steps.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Step<'a> {
    #[serde(borrow)]
    pub(crate) step_order_status: Value<'a>,
    pub(crate) pay_bargain_plan: Value<'a>,
    pub(crate) pay_bargain_real: Value<'a>,
    pub(crate) pay_balance_plan: Value<'a>,
    pub(crate) balance_start_time: Value<'a>,
    pub(crate) balance_end_time: Value<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Transport<'a> {
    #[serde(borrow)]
    pub(crate) logistics_id: Value<'a>,
    pub(crate) waybill_code: Value<'a>,
    #[serde(deserialize_with = "wire::wrapped")]
    pub(crate) partial_shipment_list: Vec<Shipment<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Shipment<'a> {
    #[serde(borrow)]
    pub(crate) logistics_id: Value<'a>,
    pub(crate) waybill_code: Value<'a>,
    pub(crate) shipment_time: Value<'a>,
    #[serde(deserialize_with = "wire::wrapped")]
    pub(crate) sku_list: Vec<ShippedSku<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct ShippedSku<'a> {
    #[serde(borrow)]
    pub(crate) sku_uuid: Value<'a>,
    pub(crate) num: Value<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Flags<'a> {
    #[serde(borrow)]
    pub(crate) pre_sale_order: Value<'a>,
    pub(crate) partial_shipment: Value<'a>,
    pub(crate) global_order: Value<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Remark<'a> {
    #[serde(borrow)]
    pub(crate) remark: Value<'a>,
}

/// An after-sale case.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Case<'a> {
    #[serde(borrow)]
    pub(crate) afs_order_id: Value<'a>,
    pub(crate) order_id: Value<'a>,
    pub(crate) order_info: Block<CaseOrder<'a>>,
    pub(crate) relation_info: Block<CaseOrder<'a>>,
    pub(crate) afs_order_base_info: Block<CaseBase<'a>>,
    pub(crate) afs_order_status_info: Block<CaseStatus<'a>>,
    pub(crate) refund_info: Block<CaseRefund<'a>>,
    pub(crate) customer_apply_info: Block<CaseApply<'a>>,
    #[serde(deserialize_with = "wire::wrapped")]
    pub(crate) sku_info_list: Vec<CaseSku<'a>>,
    #[serde(deserialize_with = "wire::wrapped")]
    pub(crate) waybill_info_list: Vec<CaseWaybill<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct CaseOrder<'a> {
    #[serde(borrow)]
    pub(crate) order_id: Value<'a>,
    pub(crate) order_warehouse_status: Value<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct CaseBase<'a> {
    #[serde(borrow)]
    pub(crate) apply_time: Value<'a>,
    pub(crate) modified_time: Value<'a>,
    pub(crate) afs_order_finish_time: Value<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct CaseStatus<'a> {
    #[serde(borrow)]
    pub(crate) main_status: Value<'a>,
    pub(crate) sub_status: Value<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct CaseRefund<'a> {
    #[serde(borrow)]
    pub(crate) refund_status: Value<'a>,
    pub(crate) apply_refund_amount: Value<'a>,
    pub(crate) actual_refund_amount: Value<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct CaseApply<'a> {
    #[serde(borrow)]
    pub(crate) customer_expect: Value<'a>,
    pub(crate) apply_reason_first_cid_desc: Value<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct CaseSku<'a> {
    #[serde(borrow)]
    pub(crate) sku_uuid: Value<'a>,
    pub(crate) sku_num: Value<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct CaseWaybill<'a> {
    #[serde(borrow)]
    pub(crate) waybill_type: Value<'a>,
    pub(crate) waybill_code: Value<'a>,
    pub(crate) provider_id: Value<'a>,
}
