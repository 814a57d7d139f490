//! What Cainiao's feeds send, as it stands on the wire: lenient, borrowing from the text.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use crossdock_connector::rows::{or_none, or_nothing};
use crossdock_connector::wire::Scalar;
use crossdock_connector::{Result, Topic, form};

/// Platform and name of everything that is Cainiao's, and the carrier of its own express.
pub(crate) const SLUG: &str = "cainiao";
/// Topic of pushes through the LINK gateway.
pub(crate) const LINK: Topic = "link";
/// Topic of replies about parcels of Cainiao's own express.
pub(crate) const PRACTICE: Topic = "TMS_PRACTICE_TRACE_INFO";
/// Topic of global parcels.
pub(crate) const GLOBAL: Topic = "global";
/// Topic of replies of the Taobao Open Platform.
pub(crate) const TAOBAO: Topic = "taobao.logistics.trace.search";
/// The field of the envelope that is signed.
pub(crate) const FIELD: &str = "logistics_interface";

/// The signed text of a push: out of its form, or the body itself, so that it is easily tried out.
///
/// # Errors
/// `Malformed` when there is none.
pub(crate) fn opened(body: &[u8]) -> Result<Cow<'_, str>> {
    form::field(body, FIELD, b"{[<", "$")
}

/// Which feed an object is from, told by the list it holds.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Probe<'a> {
    #[serde(borrow, default)]
    pub(crate) operation_details: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub(crate) detail_list: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub(crate) module: Option<&'a RawValue>,
    /// Where a detail stands in replies that were asked for.
    #[serde(borrow, default)]
    pub(crate) logistics_trace: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub(crate) data: Option<&'a RawValue>,
}

impl Probe<'_> {
    /// What stands behind a wall of `success`, where the object holds nothing else.
    pub(crate) fn inside(&self) -> Option<&str> {
        let lists = [self.operation_details, self.detail_list, self.module];
        let inside =
            if lists.iter().all(Option::is_none) { self.logistics_trace.or(self.data) } else { None };
        inside.map(RawValue::get).filter(|text| text.starts_with(['{', '[']))
    }
}

/// A logistics detail: one waybill with all its events.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Detail<'a> {
    #[serde(borrow, default, alias = "number")]
    pub(crate) mail_no: Scalar<'a>,
    #[serde(borrow, default, alias = "expressCode")]
    pub(crate) cp_code: Scalar<'a>,
    #[serde(borrow, default, alias = "expressCompanyName", deserialize_with = "or_nothing")]
    pub(crate) logistics_company_name: Scalar<'a>,
    #[serde(borrow, default, alias = "logisticsFullTraceList", alias = "logisticsTraceDetails")]
    pub(crate) logistics_trace_detail_list: Option<&'a RawValue>,
}

/// One event of a logistics detail.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Trace<'a> {
    /// Milliseconds since 1970, a number in one feed and a text in another.
    #[serde(borrow)]
    pub(crate) time: Scalar<'a>,
    #[serde(borrow)]
    pub(crate) logistics_status: Scalar<'a>,
    #[serde(borrow)]
    pub(crate) sub_logistics_status: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) desc: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) area_code: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) area_name: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) courier: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) courier_phone: Scalar<'a>,
}

/// Cainiao's own express.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Practice<'a> {
    #[serde(borrow, default)]
    pub(crate) success: Scalar<'a>,
    #[serde(borrow, default)]
    pub(crate) error_code: Scalar<'a>,
    #[serde(borrow, default, alias = "waybillCode")]
    pub(crate) mail_no: Scalar<'a>,
    #[serde(borrow, default, deserialize_with = "or_nothing")]
    pub(crate) estimated_arrive_time: Scalar<'a>,
    #[serde(borrow, default)]
    pub(crate) operation_details: Option<&'a RawValue>,
}

/// One event of Cainiao's own express.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Operation<'a> {
    #[serde(borrow)]
    pub(crate) operate_time: Scalar<'a>,
    #[serde(borrow)]
    pub(crate) status: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) org_name: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) operate_description: Scalar<'a>,
}

/// A global parcel.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Global<'a> {
    #[serde(borrow, default)]
    pub(crate) mail_no: Scalar<'a>,
    #[serde(borrow, default, deserialize_with = "or_nothing")]
    pub(crate) copy_real_mail_no: Scalar<'a>,
    /// The same behind a label: `Latest Tracking Number:\tRC000000019CN`.
    #[serde(borrow, default, deserialize_with = "or_nothing")]
    pub(crate) real_mail_no: Scalar<'a>,
    #[serde(borrow, default, deserialize_with = "or_none")]
    pub(crate) global_eta_info: Option<EtaInfo<'a>>,
    #[serde(borrow, default, deserialize_with = "or_none")]
    pub(crate) dest_cp_info: Option<LastMile<'a>>,
    #[serde(borrow, default)]
    pub(crate) detail_list: Option<&'a RawValue>,
}

/// When a global parcel should arrive, in milliseconds since 1970.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct EtaInfo<'a> {
    #[serde(borrow, default, deserialize_with = "or_nothing")]
    pub(crate) delivery_min_time: Scalar<'a>,
    #[serde(borrow, default, deserialize_with = "or_nothing")]
    pub(crate) delivery_max_time: Scalar<'a>,
}

/// Who delivers a global parcel.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LastMile<'a> {
    #[serde(borrow, default, deserialize_with = "or_nothing")]
    pub(crate) cp_name: Scalar<'a>,
}

/// One event of a global parcel.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Action<'a> {
    #[serde(borrow)]
    pub(crate) action_code: Scalar<'a>,
    /// What the clock of the place showed, as milliseconds since 1970 as if that clock were China's.
    #[serde(borrow)]
    pub(crate) time: Scalar<'a>,
    /// What the clock of the place showed.
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) time_str: Scalar<'a>,
    /// `GMT+8`.
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) time_zone: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) desc: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) standerd_desc: Scalar<'a>,
}

/// The reply of the Taobao Open Platform.
#[derive(Deserialize)]
pub(crate) struct TopReply<'a> {
    #[serde(borrow, default)]
    pub(crate) logistics_trace_search_response: Option<Traced<'a>>,
    #[serde(borrow, default)]
    pub(crate) error_response: Option<TopError<'a>>,
}

/// An error of the Taobao Open Platform.
#[derive(Deserialize)]
pub(crate) struct TopError<'a> {
    #[serde(borrow, default)]
    pub(crate) code: Scalar<'a>,
    #[serde(borrow, default)]
    pub(crate) sub_code: Scalar<'a>,
}

/// The parcel of an order.
#[derive(Deserialize)]
pub(crate) struct Traced<'a> {
    #[serde(borrow, default, deserialize_with = "or_nothing")]
    pub(crate) company_name: Scalar<'a>,
    #[serde(borrow, default)]
    pub(crate) out_sid: Scalar<'a>,
    #[serde(borrow, default)]
    pub(crate) status: Scalar<'a>,
    #[serde(borrow, default)]
    pub(crate) tid: Scalar<'a>,
    #[serde(borrow, default)]
    pub(crate) trace_list: Option<&'a RawValue>,
}

/// The list of steps in its wrapper.
#[derive(Deserialize)]
pub(crate) struct Wrapped<'a> {
    #[serde(borrow, default)]
    pub(crate) transit_step_info: Option<&'a RawValue>,
}

/// One step of the Taobao trace.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct TransitStep<'a> {
    /// `yyyy-MM-dd HH:mm:ss` without zone.
    #[serde(borrow)]
    pub(crate) status_time: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) status_desc: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) action: Scalar<'a>,
}
