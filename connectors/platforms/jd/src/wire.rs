//! What the JOS interface sends, read leniently: nearly every value is text, an empty object arrives as `[]`, a list of one as
//! an object. Fields we have no word for are passed over.

pub(crate) mod seller;

use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use crossdock_connector::fields;
use crossdock_connector::wire::{self, Scalar};

pub(crate) use seller::SellerError;

pub(crate) use crossdock_connector::reading::{Value, text};

/// The number before the name in `4-在线支付`.
pub(crate) fn glued(text: &str) -> &str {
    text.split_once('-').map_or(text, |(code, _)| code).trim()
}

/// An object that may be missing, `null`, `""` or, as PHP writes it when it is empty, `[]`.
#[derive(Clone, Debug)]
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

fields! { default;
    /// Reply to a call for one order or a page of them. The key really is misspelled; both spellings are read.
    OrderReply {
        #[serde(
            rename = "jingdong_pop_order_enGet_responce",
            alias = "jingdong_pop_order_enGet_response",
            alias = "jingdong_pop_order_get_responce",
            alias = "jingdong_pop_order_get_response"
        )]
        get: Option<OrderHolder<'a>>,
        #[serde(
            rename = "jingdong_pop_order_enSearch_responce",
            alias = "jingdong_pop_order_enSearch_response",
            alias = "jingdong_pop_order_search_responce",
            alias = "jingdong_pop_order_search_response"
        )]
        search: Option<SearchHolder<'a>>,
        error_response: Option<Trouble<'a>>,
    }

    SearchHolder {
        code: Value<'a>,
        searchorderinfo_result: Block<SearchResult<'a>>,
    }

    /// `error_response`.
    Trouble {
        code: Value<'a>,
        zh_desc: Value<'a>,
        en_desc: Value<'a>,
        msg: Value<'a>,
    }

    /// A page of refunds or of after-sale services.
    CaseReply {
        #[serde(
            rename = "jingdong_pop_afs_soa_refundapply_queryPageList_responce",
            alias = "jingdong_pop_afs_soa_refundapply_queryPageList_response"
        )]
        refunds: Option<CaseHolder<'a>>,
        #[serde(
            rename = "jingdong_asc_serviceAndRefund_view_responce",
            alias = "jingdong_asc_serviceAndRefund_view_response"
        )]
        services: Option<CaseHolder<'a>>,
        error_response: Option<Trouble<'a>>,
    }
}

fields! { default "camelCase";
    OrderHolder {
        code: Value<'a>,
        order_detail_info: Block<OrderDetail<'a>>,
    }

    OrderDetail {
        order_info: Block<OrderInfo<'a>>,
        api_result: Block<ApiResult<'a>>,
    }

    SearchResult {
        order_total: Value<'a>,
        order_info_list: Option<&'a RawValue>,
        api_result: Block<ApiResult<'a>>,
    }

    /// The method's own result; also the beginning of `queryResult` and `pageResult`.
    ApiResult {
        success: Value<'a>,
        error_code: Value<'a>,
        number_code: Value<'a>,
        chinese_err_code: Value<'a>,
        english_err_code: Value<'a>,
    }

    CaseHolder {
        code: Value<'a>,
        #[serde(alias = "pageResult")]
        query_result: Block<CasePage<'a>>,
    }

    CasePage {
        success: Value<'a>,
        error_code: Value<'a>,
        total_count: Value<'a>,
        #[serde(alias = "data")]
        result: Option<&'a RawValue>,
    }

    /// An order.
    OrderInfo {
        order_id: Value<'a>,
        vender_id: Value<'a>,
        order_type: Value<'a>,
        pay_type: Value<'a>,
        order_state: Value<'a>,
        order_total_price: Value<'a>,
        order_seller_price: Value<'a>,
        order_payment: Value<'a>,
        freight_price: Value<'a>,
        seller_discount: Value<'a>,
        balance_used: Value<'a>,
        tax_fee: Value<'a>,
        service_fee: Value<'a>,
        order_start_time: Value<'a>,
        payment_confirm_time: Value<'a>,
        order_end_time: Value<'a>,
        modified: Value<'a>,
        out_bound_date: Value<'a>,
        parent_order_id: Value<'a>,
        direct_parent_order_id: Value<'a>,
        order_remark: Value<'a>,
        vender_remark: Value<'a>,
        delivery_type: Value<'a>,
        waybill: Value<'a>,
        logistics_id: Value<'a>,
        return_order: Value<'a>,
        store_order: Value<'a>,
        #[serde(rename = "idSopShipmenttype")]
        shipment_type: Value<'a>,
        customs: Value<'a>,
        customs_model: Value<'a>,
        store_id: Value<'a>,
        order_source: Value<'a>,
        #[serde(rename = "open_id_buyer")]
        open_id_buyer: Value<'a>,
        #[serde(rename = "xid_buyer")]
        xid_buyer: Value<'a>,
        #[serde(deserialize_with = "wire::one_or_many")]
        partial_logistics_info_model: Vec<PartialLogistics<'a>>,
        #[serde(deserialize_with = "wire::one_or_many")]
        item_info_list: Vec<Item<'a>>,
        coupon_detail_list: Option<&'a RawValue>,
        consignee_info: Block<Consignee<'a>>,
        invoice_easy_info: Block<Invoice<'a>>,
    }

    /// A line of an order.
    Item {
        id: Value<'a>,
        sku_id: Value<'a>,
        outer_sku_id: Value<'a>,
        sku_name: Value<'a>,
        jd_price: Value<'a>,
        /// The quantity.
        item_total: Value<'a>,
        ware_id: Value<'a>,
        product_no: Value<'a>,
        service_name: Value<'a>,
        new_store_id: Value<'a>,
        /// JSON in a text.
        item_ext: Value<'a>,
    }

    /// What `itemExt` holds that we use.
    ItemExt {
        is_gift: Value<'a>,
    }

    /// A price reduction, or a payment that JD lists among them.
    Coupon {
        sku_id: Value<'a>,
        coupon_type: Value<'a>,
        coupon_price: Value<'a>,
    }

    /// A part that was shipped.
    PartialLogistics {
        waybill_id: Value<'a>,
        logic_id: Value<'a>,
        shipment_time: Value<'a>,
    }

    /// The receiver, of both interfaces.
    Consignee {
        #[serde(alias = "fullName")]
        fullname: Value<'a>,
        telephone: Value<'a>,
        mobile: Value<'a>,
        full_address: Value<'a>,
        #[serde(alias = "provinceName")]
        province: Value<'a>,
        #[serde(alias = "cityName")]
        city: Value<'a>,
        #[serde(alias = "countyName")]
        county: Value<'a>,
        #[serde(alias = "townName")]
        town: Value<'a>,
        oaid: Value<'a>,
    }

    /// The wished invoice, of both interfaces.
    Invoice {
        invoice_type: Value<'a>,
        invoice_title: Value<'a>,
        invoice_consignee_email: Value<'a>,
        invoice_code: Value<'a>,
    }

    /// A cancellation before shipping.
    RefundApply {
        id: Value<'a>,
        ra_id: Value<'a>,
        order_id: Value<'a>,
        status: Value<'a>,
        /// In fen.
        apply_refund_sum: Value<'a>,
        reason: Value<'a>,
        apply_time: Value<'a>,
        check_time: Value<'a>,
        modified: Value<'a>,
    }

    /// An after-sale service with a refund.
    ServiceRefund {
        afs_refund_id: Value<'a>,
        /// In yuan; the key really is misspelled.
        #[serde(alias = "refundAmount")]
        refound_amount: Value<'a>,
        complete_time: Value<'a>,
        status: Value<'a>,
        same_order_service_bill: Block<ServiceBill<'a>>,
    }

    ServiceBill {
        service_id: Value<'a>,
        afs_apply_id: Value<'a>,
        order_id: Value<'a>,
        ware_id: Value<'a>,
        ware_name: Value<'a>,
        afs_apply_time: Value<'a>,
        approve_date: Value<'a>,
        apply_reason: Value<'a>,
    }

    /// An order number posted to us.
    Nudge {
        #[serde(alias = "order_id")]
        order_id: Numbers<'a>,
    }
}

/// One number or several.
#[derive(Clone, Debug, Deserialize)]
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
