//! What Acme sends, in calls and in replies alike. Fields we do not know are passed over.

use std::borrow::Cow;

use serde::Deserialize;

use crossdock_connector::wire::Scalar;

/// A call, or the reply to a query.
#[derive(Debug, Deserialize)]
pub(super) struct Body<'a> {
    #[serde(borrow)]
    pub(super) shipments: Vec<Shipment<'a>>,
}

/// One parcel.
#[derive(Debug, Deserialize)]
pub(super) struct Shipment<'a> {
    #[serde(borrow)]
    pub(super) number: Scalar<'a>,
    #[serde(borrow)]
    pub(super) reference: Option<Scalar<'a>>,
    #[serde(borrow)]
    pub(super) scans: Vec<Scan<'a>>,
}

/// One scan.
#[derive(Debug, Deserialize)]
pub(super) struct Scan<'a> {
    #[serde(borrow)]
    pub(super) code: Scalar<'a>,
    #[serde(borrow)]
    pub(super) at: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) text: Option<Scalar<'a>>,
    #[serde(borrow)]
    pub(super) place: Option<Scalar<'a>>,
    #[serde(borrow)]
    pub(super) country: Option<Scalar<'a>>,
}
