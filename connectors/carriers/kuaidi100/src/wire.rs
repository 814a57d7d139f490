//! What Kuaidi100 sends, as it stands on the wire: lenient, borrowing from the text.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use crossdock_connector::rows::{or_none, or_nothing};
use crossdock_connector::wire::Scalar;
pub(crate) use crossdock_connector::wire::{json, object, utf8};
use crossdock_connector::{Result, Topic, form};

/// Name of everything that is Kuaidi100's.
pub(crate) const SLUG: &str = "kuaidi100";
/// Topic of pushes.
pub(crate) const PUSH: Topic = "callback";
/// Topic of query replies.
pub(crate) const QUERY: Topic = "query.do";

/// A push.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Callback<'a> {
    /// How the subscription stands.
    #[serde(borrow, default)]
    pub(crate) status: Scalar<'a>,
    #[serde(borrow, default, deserialize_with = "or_nothing")]
    pub(crate) message: Scalar<'a>,
    /// `1`: the carrier was corrected.
    #[serde(borrow, default, deserialize_with = "or_nothing")]
    pub(crate) auto_check: Scalar<'a>,
    #[serde(borrow, default, deserialize_with = "or_nothing")]
    pub(crate) com_old: Scalar<'a>,
    #[serde(borrow, default, deserialize_with = "or_nothing")]
    pub(crate) com_new: Scalar<'a>,
    #[serde(borrow, default)]
    pub(crate) last_result: Option<Track<'a>>,
    /// The leg abroad.
    #[serde(borrow, default, deserialize_with = "or_none")]
    pub(crate) dest_result: Option<Track<'a>>,
}

/// The history of a parcel: in a push, and as the reply to a query.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Track<'a> {
    /// `false` in an error.
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) result: Scalar<'a>,
    /// Code of an error.
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) return_code: Scalar<'a>,
    /// `200`, else nothing is known.
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) status: Scalar<'a>,
    /// When it should arrive, to the hour: `2026-03-04 10`. Asked for with `resultv2` 7 or 8.
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) arrival_time: Scalar<'a>,
    /// Who picked it up and who delivers, read out of the sentences; given on request.
    #[serde(borrow, deserialize_with = "or_none")]
    pub(crate) courier_info: Option<CourierInfo<'a>>,
    /// What all scans together say.
    #[serde(borrow)]
    pub(crate) state: Scalar<'a>,
    #[serde(borrow)]
    pub(crate) com: Scalar<'a>,
    #[serde(borrow)]
    pub(crate) nu: Scalar<'a>,
    /// The scans, newest first.
    #[serde(borrow)]
    pub(crate) data: Option<&'a RawValue>,
}

/// Couriers, empty where the sentences name none; several phones stand with commas between them.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct CourierInfo<'a> {
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) pickup_man_name: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) delivery_man_name: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) delivery_man_phone: Scalar<'a>,
}

/// One scan.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Row<'a> {
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) ftime: Scalar<'a>,
    /// `yyyy-MM-dd HH:mm:ss` without zone.
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) time: Scalar<'a>,
    /// A sentence; may hold names and phones.
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) context: Scalar<'a>,
    /// A Chinese word for the status.
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) status: Scalar<'a>,
    #[serde(borrow)]
    pub(crate) status_code: Scalar<'a>,
    /// `CN` and a division code of twelve digits.
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) area_code: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) area_name: Scalar<'a>,
    /// `lng,lat`.
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) area_center: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) location: Scalar<'a>,
}

/// The signed text of a push: field `param` of a form, or the text itself, so that it is easily tried out.
///
/// # Errors
/// `Malformed` when it is neither.
pub(crate) fn opened(body: &[u8]) -> Result<Cow<'_, str>> {
    form::field(body, "param", b"{", "$.param")
}
