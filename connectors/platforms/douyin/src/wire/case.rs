//! After-sale cases: an item of `afterSale.List`, the answer of `afterSale.Detail`. The two name the same things differently.

use serde_json::value::RawValue;

use crossdock_connector::{fields, wire};

use super::Value;

fields! { default;
    /// The forms of a case: the whole reply, a page, or the case itself.
    CaseReply {
        code: Value<'a>,
        data: Option<CaseData<'a>>,
    }

    /// What a reply about cases holds.
    CaseData {
        items: Option<&'a RawValue>,
        process_info: Option<&'a RawValue>,
    }

    /// The reply around a case.
    Around {
        data: Option<Case<'a>>,
    }

    /// A case.
    Case {
        aftersale_info: Option<Info<'a>>,
        process_info: Option<Process<'a>>,
        order_info: Option<CaseOrder<'a>>,
        text_part: Option<Texts<'a>>,
    }

    /// What the detail has around a case.
    Process {
        after_sale_info: Option<Info<'a>>,
        arbitrate_info: Option<Arbitration<'a>>,
        logistics_info: Option<Shipments<'a>>,
    }

    /// The case itself, under the names of the list and of the detail.
    Info {
        aftersale_id: Value<'a>,
        after_sale_id: Value<'a>,
        aftersale_type: Value<'a>,
        after_sale_type: Value<'a>,
        aftersale_status: Value<'a>,
        after_sale_status: Value<'a>,
        aftersale_order_type: Value<'a>,
        related_id: Value<'a>,
        apply_time: Value<'a>,
        update_time: Value<'a>,
        status_deadline: Value<'a>,
        refund_status: Value<'a>,
        refund_amount: Value<'a>,
        refund_total_amount: Value<'a>,
        real_refund_amount: Value<'a>,
        refund_post_amount: Value<'a>,
        refund_tax_amount: Value<'a>,
        aftersale_num: Value<'a>,
        after_sale_apply_count: Value<'a>,
        part_type: Value<'a>,
        reason: Value<'a>,
        reason_code: Value<'a>,
        got_pkg: Value<'a>,
        arbitrate_status: Value<'a>,
        return_logistics_code: Value<'a>,
        return_logistics_company_name: Value<'a>,
        remark: Value<'a>,
        #[serde(deserialize_with = "wire::one_or_many")]
        reason_second_labels: Vec<Label<'a>>,
    }

    /// A finer reason.
    Label {
        name: Value<'a>,
    }

    /// The platform's decision.
    Arbitration {
        arbitrate_status: Value<'a>,
    }

    /// What travels because of a case.
    Shipments {
        r#return: Option<Shipment<'a>>,
        exchange: Option<Shipment<'a>>,
        resend: Option<Shipment<'a>>,
    }

    /// One of them.
    Shipment {
        tracking_no: Value<'a>,
        company_code: Value<'a>,
        company_name: Value<'a>,
        logistics_time: Value<'a>,
    }

    /// The order of a case and its lines, under the names of the list and of the detail.
    CaseOrder {
        shop_order_id: Value<'a>,
        #[serde(deserialize_with = "wire::one_or_many")]
        related_order_info: Vec<Related<'a>>,
        #[serde(deserialize_with = "wire::one_or_many")]
        sku_order_infos: Vec<Related<'a>>,
    }

    /// A line of a case.
    Related {
        sku_order_id: Value<'a>,
        order_status: Value<'a>,
        item_num: Value<'a>,
        item_quantity: Value<'a>,
        aftersale_item_num: Value<'a>,
        after_sale_item_count: Value<'a>,
        aftersale_pay_amount: Value<'a>,
        shop_sku_code: Value<'a>,
        product_name: Value<'a>,
    }

    /// Words for people.
    Texts {
        reason_text: Value<'a>,
    }
}
