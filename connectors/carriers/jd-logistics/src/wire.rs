//! What JD sends, as it stands on the wire. Names differ by interface; all that are known are read.

use serde::Deserialize;
use serde_json::value::RawValue;

use crossdock_connector::wire::{self, Scalar};
use crossdock_connector::{Error, Result, Topic, rows};

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
    /// The merchant's number of the order; only pushes name it.
    #[serde(borrow)]
    pub(crate) order_id: Scalar<'a>,
    /// Why a pick-up was called off.
    #[serde(borrow)]
    pub(crate) cancel_reason: Scalar<'a>,
    /// The branch.
    #[serde(borrow)]
    pub(crate) operate_site: Scalar<'a>,
    #[serde(borrow)]
    pub(crate) route_province_name: Scalar<'a>,
    #[serde(borrow)]
    pub(crate) route_city_name: Scalar<'a>,
    #[serde(borrow)]
    pub(crate) route_district_name: Scalar<'a>,
    #[serde(borrow)]
    pub(crate) route_address: Scalar<'a>,
    /// The tracking interface's own names.
    #[serde(borrow)]
    pub(crate) operation_code: Scalar<'a>,
    #[serde(borrow)]
    pub(crate) remark: Scalar<'a>,
    #[serde(borrow)]
    pub(crate) operate_location: Option<Area<'a>>,
    #[serde(borrow)]
    pub(crate) extend: Option<Extend<'a>>,
}

/// Where it happened.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Area<'a> {
    #[serde(borrow)]
    pub(crate) route_province_name: Scalar<'a>,
    #[serde(borrow)]
    pub(crate) route_city_name: Scalar<'a>,
    #[serde(borrow)]
    pub(crate) route_district_name: Scalar<'a>,
    #[serde(borrow)]
    pub(crate) route_address: Scalar<'a>,
}

/// What the tracking interface keeps apart.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Extend<'a> {
    #[serde(borrow)]
    pub(crate) operator_phone: Scalar<'a>,
}

impl Trace<'_> {
    /// Where it happened, in the carrier's words: the city, else province, city and district, else an address.
    pub(crate) fn location(&self) -> Option<String> {
        let names = |names: [&Scalar<'_>; 3]| {
            let mut names: Vec<&str> = names.into_iter().filter_map(Scalar::text).collect();
            // 北京市 is a province and its own city.
            names.dedup();
            (!names.is_empty()).then(|| names.join(" "))
        };
        let apart = self.operate_location.as_ref();
        self.city
            .owned()
            .or_else(|| names([&self.route_province_name, &self.route_city_name, &self.route_district_name]))
            .or_else(|| {
                let area = apart?;
                names([&area.route_province_name, &area.route_city_name, &area.route_district_name])
            })
            .or_else(|| self.route_address.owned())
            .or_else(|| apart?.route_address.owned())
    }
}

/// A reply behind two more walls, as the gateway of some accounts sends it.
#[derive(Deserialize)]
struct Outer<'a> {
    #[serde(borrow, default)]
    response: Option<Inner<'a>>,
}

#[derive(Deserialize)]
struct Inner<'a> {
    #[serde(borrow, default)]
    content: Option<&'a RawValue>,
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
    #[serde(borrow, default, alias = "trackDetails", alias = "trackings", alias = "traces")]
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
    if let Some(found) = bare(body)? {
        return Ok(found);
    }
    let outer: Outer<'_> = wire::object(body)?;
    let (inner, at) = match outer.response.and_then(|inner| inner.content) {
        Some(content) => (content.get().as_bytes(), "$.response.content"),
        None => (body, "$"),
    };
    let reply: Reply<'_> = wire::object(inner).map_err(|error| {
        let inside = error.path.clone().unwrap_or_default();
        error.at(format!("{at}{}", inside.trim_start_matches('$')))
    })?;
    let code = reply.code.text();
    let fine = matches!(code, Some("0" | "1000")) && reply.success.text() != Some("false");
    if !fine {
        let Some(code) = code.or(reply.success.text()) else {
            return Err(Error::malformed("expected a code").at(format!("{at}.code")));
        };
        return Err(Error::new(error::kind(code), "jd refused the query")
            .vendor(code)
            .at(format!("{at}.code")));
    }
    let many = reply.data.len() > 1;
    let mut found = Vec::new();
    for (index, shipment) in reply.data.into_iter().enumerate() {
        let inside = if many { format!("{at}.data[{index}]") } else { format!("{at}.data") };
        let number = shipment.waybill_code.owned();
        for (row, raw) in shipment.trace_details.unwrap_or_default().into_iter().enumerate() {
            let place = format!("{inside}.traceDetails[{row}]");
            found.push(Row { place, shipment: number.clone(), raw });
        }
    }
    Ok(found)
}

/// The rows of what is no reply: one event, or a list of them, as JD pushes them to whoever asked for pushes.
fn bare(body: &[u8]) -> Result<Option<Vec<Row<'_>>>> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Probe<'a> {
        #[serde(borrow, default)]
        waybill_code: Scalar<'a>,
        #[serde(borrow, default)]
        operation_time: Scalar<'a>,
    }
    let is_list = wire::first_byte(body) == Some(b'[');
    let is_event = |probe: Probe<'_>| probe.waybill_code.text().and(probe.operation_time.text()).is_some();
    if !is_list && !wire::object(body).is_ok_and(is_event) {
        return Ok(None);
    }
    let text = wire::utf8(body)?;
    let place = |at: usize| if is_list { format!("$[{at}]") } else { "$".to_owned() };
    let raws = rows::rows(text, "$")?;
    if raws.is_empty() {
        return Ok(None);
    }
    Ok(Some(
        raws.into_iter().enumerate().map(|(at, raw)| Row { place: place(at), shipment: None, raw }).collect(),
    ))
}
