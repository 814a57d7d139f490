//! What the JOS interface sends, read leniently: nearly every value is text, an empty object arrives as `[]`, a list of one as
//! an object. Fields we have no word for are passed over.

pub(crate) mod seller;

use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use crossdock_connector::wire::{self, Scalar};

pub(crate) use seller::SellerError;

pub(crate) use crossdock_connector::reading::{Value, text};

/// The number before the name in `4-在线支付`.
pub(crate) fn glued(text: &str) -> &str {
    text.split_once('-').map_or(text, |(code, _)| code).trim()
}

/// An object that may be missing, `null`, `""` or, as PHP writes it when it is empty, `[]`.
#[derive(Debug)]
pub(crate) struct Block<T>(pub(crate) Option<T>);

impl<T> Default for Block<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Block<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let found: Vec<T> = wire::one_or_many(deserializer)?;
        Ok(Self(found.into_iter().next()))
    }
}

/// Reply to a call for one order or a page of them. The key really is misspelled; both spellings are read.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct OrderReply<'a> {
    #[serde(
        borrow,
        rename = "jingdong_pop_order_enGet_responce",
        alias = "jingdong_pop_order_enGet_response",
        alias = "jingdong_pop_order_get_responce",
        alias = "jingdong_pop_order_get_response"
    )]
    pub(crate) get: Option<OrderHolder<'a>>,
    #[serde(
        rename = "jingdong_pop_order_enSearch_responce",
        alias = "jingdong_pop_order_enSearch_response",
        alias = "jingdong_pop_order_search_responce",
        alias = "jingdong_pop_order_search_response"
    )]
    pub(crate) search: Option<SearchHolder<'a>>,
    pub(crate) error_response: Option<Trouble<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct OrderHolder<'a> {
    #[serde(borrow)]
    pub(crate) code: Value<'a>,
    pub(crate) order_detail_info: Block<OrderDetail<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct OrderDetail<'a> {
    #[serde(borrow)]
    pub(crate) order_info: Block<OrderInfo<'a>>,
    pub(crate) api_result: Block<ApiResult<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct SearchHolder<'a> {
    #[serde(borrow)]
    pub(crate) code: Value<'a>,
    pub(crate) searchorderinfo_result: Block<SearchResult<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct SearchResult<'a> {
    #[serde(borrow)]
    pub(crate) order_total: Value<'a>,
    pub(crate) order_info_list: Option<&'a RawValue>,
    pub(crate) api_result: Block<ApiResult<'a>>,
}

/// The method's own result; also the beginning of `queryResult` and `pageResult`.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct ApiResult<'a> {
    #[serde(borrow)]
    pub(crate) success: Value<'a>,
    pub(crate) error_code: Value<'a>,
    pub(crate) number_code: Value<'a>,
    pub(crate) chinese_err_code: Value<'a>,
    pub(crate) english_err_code: Value<'a>,
}

/// `error_response`.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Trouble<'a> {
    #[serde(borrow)]
    pub(crate) code: Value<'a>,
    pub(crate) zh_desc: Value<'a>,
    pub(crate) en_desc: Value<'a>,
    pub(crate) msg: Value<'a>,
}

/// A page of refunds or of after-sale services.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct CaseReply<'a> {
    #[serde(
        borrow,
        rename = "jingdong_pop_afs_soa_refundapply_queryPageList_responce",
        alias = "jingdong_pop_afs_soa_refundapply_queryPageList_response"
    )]
    pub(crate) refunds: Option<CaseHolder<'a>>,
    #[serde(
        rename = "jingdong_asc_serviceAndRefund_view_responce",
        alias = "jingdong_asc_serviceAndRefund_view_response"
    )]
    pub(crate) services: Option<CaseHolder<'a>>,
    pub(crate) error_response: Option<Trouble<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct CaseHolder<'a> {
    #[serde(borrow)]
    pub(crate) code: Value<'a>,
    #[serde(alias = "pageResult")]
    pub(crate) query_result: Block<CasePage<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct CasePage<'a> {
    #[serde(borrow)]
    pub(crate) success: Value<'a>,
    pub(crate) error_code: Value<'a>,
    pub(crate) total_count: Value<'a>,
    #[serde(alias = "data")]
    pub(crate) result: Option<&'a RawValue>,
}

/// An order.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct OrderInfo<'a> {
    #[serde(borrow)]
    pub(crate) order_id: Value<'a>,
    pub(crate) vender_id: Value<'a>,
    pub(crate) order_type: Value<'a>,
    pub(crate) pay_type: Value<'a>,
    pub(crate) order_state: Value<'a>,
    pub(crate) order_total_price: Value<'a>,
    pub(crate) order_seller_price: Value<'a>,
    pub(crate) order_payment: Value<'a>,
    pub(crate) freight_price: Value<'a>,
    pub(crate) seller_discount: Value<'a>,
    pub(crate) balance_used: Value<'a>,
    pub(crate) tax_fee: Value<'a>,
    pub(crate) service_fee: Value<'a>,
    pub(crate) order_start_time: Value<'a>,
    pub(crate) payment_confirm_time: Value<'a>,
    pub(crate) order_end_time: Value<'a>,
    pub(crate) modified: Value<'a>,
    pub(crate) out_bound_date: Value<'a>,
    pub(crate) parent_order_id: Value<'a>,
    pub(crate) direct_parent_order_id: Value<'a>,
    pub(crate) order_remark: Value<'a>,
    pub(crate) vender_remark: Value<'a>,
    pub(crate) delivery_type: Value<'a>,
    pub(crate) waybill: Value<'a>,
    pub(crate) logistics_id: Value<'a>,
    pub(crate) return_order: Value<'a>,
    pub(crate) store_order: Value<'a>,
    #[serde(rename = "idSopShipmenttype")]
    pub(crate) shipment_type: Value<'a>,
    pub(crate) customs: Value<'a>,
    pub(crate) customs_model: Value<'a>,
    pub(crate) store_id: Value<'a>,
    pub(crate) order_source: Value<'a>,
    #[serde(rename = "open_id_buyer")]
    pub(crate) open_id_buyer: Value<'a>,
    #[serde(rename = "xid_buyer")]
    pub(crate) xid_buyer: Value<'a>,
    #[serde(deserialize_with = "wire::one_or_many")]
    pub(crate) partial_logistics_info_model: Vec<PartialLogistics<'a>>,
    #[serde(deserialize_with = "wire::one_or_many")]
    pub(crate) item_info_list: Vec<Item<'a>>,
    pub(crate) coupon_detail_list: Option<&'a RawValue>,
    pub(crate) consignee_info: Block<Consignee<'a>>,
    pub(crate) invoice_easy_info: Block<Invoice<'a>>,
}

/// A line of an order.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Item<'a> {
    #[serde(borrow)]
    pub(crate) id: Value<'a>,
    pub(crate) sku_id: Value<'a>,
    pub(crate) outer_sku_id: Value<'a>,
    pub(crate) sku_name: Value<'a>,
    pub(crate) jd_price: Value<'a>,
    /// The quantity.
    pub(crate) item_total: Value<'a>,
    pub(crate) ware_id: Value<'a>,
    pub(crate) product_no: Value<'a>,
    pub(crate) service_name: Value<'a>,
    pub(crate) new_store_id: Value<'a>,
    /// JSON in a text.
    pub(crate) item_ext: Value<'a>,
}

/// What `itemExt` holds that we use.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct ItemExt<'a> {
    #[serde(borrow)]
    pub(crate) is_gift: Value<'a>,
}

/// A price reduction, or a payment that JD lists among them.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Coupon<'a> {
    #[serde(borrow)]
    pub(crate) sku_id: Value<'a>,
    pub(crate) coupon_type: Value<'a>,
    pub(crate) coupon_price: Value<'a>,
}

/// A part that was shipped.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct PartialLogistics<'a> {
    #[serde(borrow)]
    pub(crate) waybill_id: Value<'a>,
    pub(crate) logic_id: Value<'a>,
    pub(crate) shipment_time: Value<'a>,
}

/// The receiver, of both interfaces.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Consignee<'a> {
    #[serde(borrow, alias = "fullName")]
    pub(crate) fullname: Value<'a>,
    pub(crate) telephone: Value<'a>,
    pub(crate) mobile: Value<'a>,
    pub(crate) full_address: Value<'a>,
    #[serde(alias = "provinceName")]
    pub(crate) province: Value<'a>,
    #[serde(alias = "cityName")]
    pub(crate) city: Value<'a>,
    #[serde(alias = "countyName")]
    pub(crate) county: Value<'a>,
    #[serde(alias = "townName")]
    pub(crate) town: Value<'a>,
    pub(crate) oaid: Value<'a>,
}

/// The wished invoice, of both interfaces.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Invoice<'a> {
    #[serde(borrow)]
    pub(crate) invoice_type: Value<'a>,
    pub(crate) invoice_title: Value<'a>,
    pub(crate) invoice_consignee_email: Value<'a>,
    pub(crate) invoice_code: Value<'a>,
}

/// A cancellation before shipping.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct RefundApply<'a> {
    #[serde(borrow)]
    pub(crate) id: Value<'a>,
    pub(crate) ra_id: Value<'a>,
    pub(crate) order_id: Value<'a>,
    pub(crate) status: Value<'a>,
    /// In fen.
    pub(crate) apply_refund_sum: Value<'a>,
    pub(crate) reason: Value<'a>,
    pub(crate) apply_time: Value<'a>,
    pub(crate) check_time: Value<'a>,
    pub(crate) modified: Value<'a>,
}

/// An after-sale service with a refund.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct ServiceRefund<'a> {
    #[serde(borrow)]
    pub(crate) afs_refund_id: Value<'a>,
    /// In yuan; the key really is misspelled.
    #[serde(alias = "refundAmount")]
    pub(crate) refound_amount: Value<'a>,
    pub(crate) complete_time: Value<'a>,
    pub(crate) status: Value<'a>,
    pub(crate) same_order_service_bill: Block<ServiceBill<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct ServiceBill<'a> {
    #[serde(borrow)]
    pub(crate) service_id: Value<'a>,
    pub(crate) afs_apply_id: Value<'a>,
    pub(crate) order_id: Value<'a>,
    pub(crate) ware_id: Value<'a>,
    pub(crate) ware_name: Value<'a>,
    pub(crate) afs_apply_time: Value<'a>,
    pub(crate) approve_date: Value<'a>,
    pub(crate) apply_reason: Value<'a>,
}

/// One number or several.
#[derive(Deserialize)]
#[serde(untagged)]
pub(crate) enum Numbers<'a> {
    Several(#[serde(borrow)] Vec<Scalar<'a>>),
    One(Scalar<'a>),
}

impl Default for Numbers<'_> {
    fn default() -> Self {
        Self::Several(Vec::new())
    }
}

/// An order number posted to us.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Nudge<'a> {
    #[serde(borrow, alias = "order_id")]
    pub(crate) order_id: Numbers<'a>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_object_may_be_a_list() {
        for text in ["[]", "null", "\"\""] {
            let block: Block<ApiResult<'_>> = serde_json::from_str(text).unwrap();
            assert!(block.0.is_none(), "{text}");
        }
        for text in [r#"{"success":true}"#, r#"[{"success":"true"}]"#] {
            let block: Block<ApiResult<'_>> = serde_json::from_str(text).unwrap();
            assert_eq!(block.0.unwrap().success.unwrap().as_str(), "true");
        }
        assert_eq!((glued("4-在线支付"), glued("4")), ("4", "4"));
    }
}
