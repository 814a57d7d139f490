//! What JD sends, as it stands on the wire. Names differ by interface; all that are known are read.

use serde::Deserialize;
use serde_json::value::RawValue;

use crossdock_connector::wire::{self, Scalar};
use crossdock_connector::{Error, Result, Topic};

use crate::error;

/// Platform, carrier and name of everything that is JD's.
pub(crate) const SLUG: &str = "jd_logistics";
/// Topic of replies of the trace interface.
pub(crate) const TRACE: Topic = "ecap/v1/orders/trace/query";
/// Topic of replies of the tracking interface.
pub(crate) const TRACKING: Topic = "jd/tracking/query";

/// One event of a waybill.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Trace<'a> {
    #[serde(borrow, alias = "waybillNo")]
    pub(crate) waybill_code: Scalar<'a>,
    /// What happened.
    #[serde(borrow)]
    pub(crate) state: Scalar<'a>,
    /// Where the shipment stands.
    #[serde(borrow)]
    pub(crate) category: Scalar<'a>,
    /// `yyyy-MM-dd HH:mm:ss`, also with slashes, without zone.
    #[serde(borrow)]
    pub(crate) operation_time: Scalar<'a>,
    #[serde(borrow)]
    pub(crate) operation_title: Scalar<'a>,
    #[serde(borrow)]
    pub(crate) operation_remark: Scalar<'a>,
    #[serde(borrow)]
    pub(crate) city: Scalar<'a>,
    #[serde(borrow)]
    pub(crate) operator_name: Scalar<'a>,
    #[serde(borrow)]
    pub(crate) operator_phone: Scalar<'a>,
    #[serde(borrow)]
    pub(crate) route_address: Scalar<'a>,
}

#[derive(Deserialize)]
struct Reply<'a> {
    #[serde(borrow, default)]
    code: Scalar<'a>,
    #[serde(borrow, default)]
    success: Scalar<'a>,
    #[serde(borrow, default, deserialize_with = "wire::one_or_many")]
    data: Vec<Shipment<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Shipment<'a> {
    #[serde(borrow, default, alias = "waybillNo", alias = "referenceNumber")]
    waybill_code: Scalar<'a>,
    #[serde(borrow, default, alias = "trackDetails", alias = "traces")]
    trace_details: Option<Vec<&'a RawValue>>,
}

/// One row of a reply.
pub(crate) struct Row<'a> {
    /// Where it stands.
    pub(crate) place: String,
    /// The number of the shipment it is in, where that is given.
    pub(crate) shipment: Option<String>,
    /// The event.
    pub(crate) raw: &'a RawValue,
}

/// The rows of a reply that has already been found free of trouble at the gateway.
///
/// # Errors
/// The interface's error as its table says; `Malformed` when it is not such a reply.
pub(crate) fn rows(body: &[u8]) -> Result<Vec<Row<'_>>> {
    let reply: Reply<'_> = error::object(body).and_then(wire::parse)?;
    let code = reply.code.text();
    let fine = matches!(code, Some("0" | "1000")) && reply.success.text() != Some("false");
    if !fine {
        let Some(code) = code.or(reply.success.text()) else {
            return Err(Error::malformed("expected a code").at("$.code"));
        };
        return Err(Error::new(error::kind(code), "jd refused the query").vendor(code).at("$.code"));
    }
    let many = reply.data.len() > 1;
    let mut found = Vec::new();
    for (at, shipment) in reply.data.into_iter().enumerate() {
        let inside = if many { format!("$.data[{at}]") } else { "$.data".to_owned() };
        let number = shipment.waybill_code.owned();
        for (row, raw) in shipment.trace_details.unwrap_or_default().into_iter().enumerate() {
            let place = format!("{inside}.traceDetails[{row}]");
            found.push(Row { place, shipment: number.clone(), raw });
        }
    }
    Ok(found)
}
