//! What YTO sends, as it stands on the wire.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use crossdock_connector::wire::Scalar;
use crossdock_connector::{Result, Topic, form};

/// Platform, carrier and name of everything that is YTO's.
pub(crate) const SLUG: &str = "yto";
/// Topic of pushes.
pub(crate) const PUSH: Topic = "UpdateInfo";
/// Topic of query replies.
pub(crate) const QUERY: Topic = "track_query_adapter";
/// The field of the form that holds the XML.
pub(crate) const FIELD: &str = "logistics_interface";

/// The XML of a push: out of its form, or the body itself, so that it is easily tried out.
///
/// # Errors
/// `Malformed` when there is none.
pub(crate) fn opened(body: &[u8]) -> Result<Cow<'_, str>> {
    form::field(body, FIELD, b"<", "$")
}

/// One scan of a query reply.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Scan<'a> {
    #[serde(borrow, rename = "waybill_No", alias = "waybill_no", alias = "Waybill_No")]
    pub(crate) number: Scalar<'a>,
    /// `yyyy-MM-dd HH:mm:ss` without zone.
    #[serde(borrow, rename = "upload_Time", alias = "upload_time", alias = "Upload_Time")]
    pub(crate) time: Scalar<'a>,
    /// What happened; the interface before had only the sentence.
    #[serde(borrow, rename = "infoContent")]
    pub(crate) code: Scalar<'a>,
    #[serde(borrow, rename = "processInfo", alias = "processinfo", alias = "ProcessInfo")]
    pub(crate) text: Scalar<'a>,
    #[serde(borrow)]
    pub(crate) city: Scalar<'a>,
}

/// What a query reply is when it is not a list: "nothing yet", or a refusal.
#[derive(Debug, Deserialize)]
pub(crate) struct Reply<'a> {
    #[serde(borrow, default)]
    pub(crate) success: Scalar<'a>,
    #[serde(borrow, default)]
    pub(crate) code: Scalar<'a>,
    #[serde(borrow, default)]
    pub(crate) map: Option<std::collections::BTreeMap<Cow<'a, str>, Vec<&'a RawValue>>>,
}
