//! What USPS sends, as it stands on the wire: lenient, borrowing from the body.

use serde::Deserialize;
use serde_json::value::RawValue;

use crossdock_connector::Topic;
use crossdock_connector::rows::{List, or_nothing};
use crossdock_connector::wire::Scalar;

/// Platform, carrier and name of everything that is USPS's.
pub(crate) const SLUG: &str = "usps";
/// Topic of replies of Tracking v3.
pub(crate) const TRACKING: Topic = "tracking/v3";
/// Topic of pushes of a subscription.
pub(crate) const SUBSCRIPTION: Topic = "subscriptions-tracking/v3";
/// Topic of replies of the older Web Tools, in XML.
pub(crate) const WEB_TOOLS: Topic = "TrackV2";

/// What tells an answer from an error.
#[derive(Debug, Deserialize)]
pub(crate) struct Probe<'a> {
    #[serde(borrow, default)]
    pub(crate) error: Option<&'a RawValue>,
}

/// The error inside: an object with a code, or of the token call a word.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Coded<'a> {
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) code: Scalar<'a>,
    /// What is wrong in particular.
    #[serde(borrow)]
    pub(crate) errors: Option<&'a RawValue>,
}

/// A tracked mail piece.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Piece<'a> {
    #[serde(borrow)]
    pub(crate) error: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(crate) tracking_number: Scalar<'a>,
    #[serde(borrow)]
    pub(crate) tracking_events: List<'a, Event<'a>>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) mail_class: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) destination_city: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) destination_state: Scalar<'a>,
    #[serde(borrow, rename = "destinationZIP", deserialize_with = "or_nothing")]
    pub(crate) destination_zip: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) destination_country_code: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) origin_city: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) origin_state: Scalar<'a>,
    #[serde(borrow, rename = "originZIP", deserialize_with = "or_nothing")]
    pub(crate) origin_zip: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) origin_country: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) expected_delivery_time_stamp: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) predicted_delivery_time_stamp: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) expected_delivery_date: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) expected_delivery_time: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) predicted_delivery_date: Scalar<'a>,
    #[serde(borrow, alias = "uniqueMailPieceID", deserialize_with = "or_nothing")]
    pub(crate) unique_mail_piece_id: Scalar<'a>,
}

/// A scan. A push may hold one beside the number instead of in a list.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Event<'a> {
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) event_type: Scalar<'a>,
    #[serde(borrow)]
    pub(crate) event_timestamp: Scalar<'a>,
    #[serde(borrow, rename = "GMTTimestamp", deserialize_with = "or_nothing")]
    pub(crate) gmt_timestamp: Scalar<'a>,
    #[serde(borrow, rename = "GMTOffset", deserialize_with = "or_nothing")]
    pub(crate) gmt_offset: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) event_country: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) event_city: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) event_state: Scalar<'a>,
    #[serde(borrow, rename = "eventZIP", deserialize_with = "or_nothing")]
    pub(crate) event_zip: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) name: Scalar<'a>,
    #[serde(borrow)]
    pub(crate) event_code: Scalar<'a>,
}
