//! What SF sends, as it stands on the wire: lenient, borrowing from the body.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use crossdock_connector::{Error, Issue, IssueKind, Result, Topic, wire};

use wire::Scalar;

/// Topic of pushes, in either encoding.
pub(crate) const PUSH: Topic = "RoutePushService";
/// Topic of query replies.
pub(crate) const QUERY: Topic = "EXP_RECE_SEARCH_ROUTES";

/// One scan of one waybill. Push and query name the number differently, the rest is the same.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Route<'a> {
    /// The waybill.
    #[serde(borrow, alias = "mailNo")]
    pub(crate) mailno: Scalar<'a>,
    /// The shipper's own number, often empty.
    #[serde(borrow)]
    pub(crate) orderid: Scalar<'a>,
    /// `yyyy-MM-dd HH:mm:ss` without zone.
    #[serde(borrow, alias = "accept_time")]
    pub(crate) accept_time: Scalar<'a>,
    /// City.
    #[serde(borrow, alias = "accept_address")]
    pub(crate) accept_address: Scalar<'a>,
    /// A sentence; may hold names and phones.
    #[serde(borrow)]
    pub(crate) remark: Scalar<'a>,
    /// What happened. Some gateways write the name in lower case.
    #[serde(borrow, alias = "opcode")]
    pub(crate) op_code: Scalar<'a>,
    /// Why.
    #[serde(borrow)]
    pub(crate) reason_code: Scalar<'a>,
    /// Why, in words.
    #[serde(borrow)]
    pub(crate) reason_name: Scalar<'a>,
    /// Longitude of the branch, when the account asked for it.
    #[serde(borrow)]
    pub(crate) dept_lng: Scalar<'a>,
    /// Latitude of the branch.
    #[serde(borrow)]
    pub(crate) dept_lat: Scalar<'a>,
    /// Coarse status of newer accounts.
    #[serde(borrow)]
    pub(crate) first_status_code: Scalar<'a>,
    /// Fine status of newer accounts.
    #[serde(borrow)]
    pub(crate) secondary_status_code: Scalar<'a>,
}

/// Where a row stood; only written out when there is something to say about it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Place {
    /// In a JSON push.
    Json(usize),
    /// In a form push.
    Xml(usize),
    /// In a query reply: waybill, scan.
    Query(usize, usize),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Json(at) => write!(f, "$.Body.WaybillRoute[{at}]"),
            Self::Xml(at) => write!(f, "$.Request.Body.WaybillRoute[{at}]"),
            Self::Query(waybill, at) => {
                write!(f, "$.apiResultData -> $.msgData.routeResps[{waybill}].routes[{at}]")
            }
        }
    }
}

/// The rows of a capture.
#[derive(Debug, Default)]
pub(crate) struct Rows<'a> {
    /// Those that could be read.
    pub(crate) rows: Vec<(Place, Route<'a>)>,
    /// What is to be said about the others.
    pub(crate) issues: Vec<Issue>,
    /// Whether it is the history of its waybills rather than what is new.
    pub(crate) history: bool,
}

#[derive(Deserialize)]
struct Push<'a> {
    #[serde(rename = "Body", borrow)]
    body: Batch<'a>,
}

#[derive(Deserialize)]
struct Batch<'a> {
    #[serde(rename = "WaybillRoute", default, borrow, deserialize_with = "wire::one_or_many")]
    routes: Vec<Route<'a>>,
}

#[derive(Deserialize)]
struct PushOfRaw<'a> {
    #[serde(rename = "Body", borrow)]
    body: BatchOfRaw<'a>,
}

#[derive(Deserialize)]
struct BatchOfRaw<'a> {
    #[serde(rename = "WaybillRoute", borrow)]
    routes: Vec<&'a RawValue>,
}

/// The rows of a JSON push.
///
/// # Errors
/// `Malformed` when it is not such a push at all; a single row that cannot be read is an issue.
pub(crate) fn json_push(body: &[u8]) -> Result<Rows<'_>> {
    match wire::parse::<Push<'_>>(body) {
        Ok(push) => {
            if push.body.routes.is_empty() {
                // A structure is also read from a list; an empty batch must be said in so many words.
                wire::parse::<BTreeMap<String, BTreeMap<String, IgnoredAny>>>(body)?;
            }
            let rows = push.body.routes.into_iter().enumerate();
            Ok(Rows { rows: rows.map(|(at, route)| (Place::Json(at), route)).collect(), ..Rows::default() })
        }
        // Most batches are read at once; only when one row is odd is each row read alone.
        Err(error) => row_by_row(body).ok_or(error),
    }
}

fn row_by_row(body: &[u8]) -> Option<Rows<'_>> {
    let push = wire::parse::<PushOfRaw<'_>>(body).ok()?;
    let mut found = Rows::default();
    for (at, raw) in push.body.routes.into_iter().enumerate() {
        let place = Place::Json(at);
        match wire::parse::<Route<'_>>(raw.get().as_bytes()) {
            Ok(route) => found.rows.push((place, route)),
            Err(error) => {
                // The reader's own words may quote the row, and with it a person.
                let inside = error.path.unwrap_or_default();
                let error = Error::malformed("not an object of texts and numbers").at(inside);
                found.issues.push(malformed(place, &error));
            }
        }
    }
    // Nothing to keep: then the whole capture is what cannot be read.
    (!found.rows.is_empty()).then_some(found)
}

/// The issue for a row that cannot be read.
pub(crate) fn malformed(place: Place, error: &Error) -> Issue {
    let inside = error.path.as_deref().unwrap_or_default().trim_start_matches('$');
    Issue::new(IssueKind::Malformed, format!("{place}{inside}"), error.message())
}
