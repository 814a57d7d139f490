//! What 17TRACK sends, as it stands on the wire: lenient, borrowing from the body.

use serde::Deserialize;
use serde_json::value::RawValue;

use crossdock_connector::Topic;
use crossdock_connector::rows::{or_none, or_nothing};
pub(crate) use crossdock_connector::wire::object;
use crossdock_connector::wire::{self, Scalar};

/// Name of everything that is 17TRACK's.
pub(crate) const SLUG: &str = "17track";
/// Topic of pushes.
pub(crate) const PUSH: Topic = "webhook";
/// Topic of replies with histories.
pub(crate) const INFO: Topic = "gettrackinfo";
/// Topic of replies that registered only some.
pub(crate) const REGISTER: Topic = "register";

/// A push.
#[derive(Debug, Deserialize)]
pub(crate) struct Push<'a> {
    #[serde(borrow, default)]
    pub(crate) event: Scalar<'a>,
    #[serde(borrow, default)]
    pub(crate) data: Option<&'a RawValue>,
}

/// The reply to a call.
#[derive(Debug, Deserialize)]
pub(crate) struct Reply<'a> {
    #[serde(borrow)]
    pub(crate) code: Scalar<'a>,
    #[serde(borrow, default, deserialize_with = "or_none")]
    pub(crate) data: Option<Lists<'a>>,
}

/// What became of the numbers of a call.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Lists<'a> {
    #[serde(borrow)]
    pub(crate) accepted: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(crate) rejected: Option<&'a RawValue>,
}

/// A number that was turned down.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Rejected<'a> {
    #[serde(borrow, deserialize_with = "or_none")]
    pub(crate) error: Option<Fault<'a>>,
}

/// Why.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Fault<'a> {
    #[serde(borrow)]
    pub(crate) code: Scalar<'a>,
}

/// A parcel.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Item<'a> {
    #[serde(borrow)]
    pub(crate) number: Scalar<'a>,
    #[serde(borrow)]
    pub(crate) carrier: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) tag: Scalar<'a>,
    #[serde(borrow)]
    pub(crate) track_info: Option<Info<'a>>,
}

/// What is known about it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Info<'a> {
    #[serde(borrow, deserialize_with = "or_none")]
    pub(crate) shipping_info: Option<Shipping<'a>>,
    #[serde(borrow, deserialize_with = "or_none")]
    pub(crate) latest_status: Option<Latest<'a>>,
    #[serde(borrow)]
    pub(crate) latest_event: Option<&'a RawValue>,
    #[serde(borrow, deserialize_with = "or_none")]
    pub(crate) time_metrics: Option<Metrics<'a>>,
    #[serde(borrow, deserialize_with = "or_none")]
    pub(crate) misc_info: Option<Misc<'a>>,
    #[serde(borrow)]
    pub(crate) tracking: Option<Tracking<'a>>,
}

/// From where to where.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Shipping<'a> {
    #[serde(borrow, deserialize_with = "or_none")]
    pub(crate) shipper_address: Option<Place<'a>>,
    #[serde(borrow, deserialize_with = "or_none")]
    pub(crate) recipient_address: Option<Place<'a>>,
}

/// A place.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Place<'a> {
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) country: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) state: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) city: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) postal_code: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_none")]
    pub(crate) coordinates: Option<Coordinates<'a>>,
}

/// Where on the map.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Coordinates<'a> {
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) longitude: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) latitude: Scalar<'a>,
}

/// The status of the whole.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Latest<'a> {
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) status: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) sub_status: Scalar<'a>,
}

/// Durations, and when it should arrive.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Metrics<'a> {
    #[serde(borrow, deserialize_with = "or_none")]
    pub(crate) estimated_delivery_date: Option<Estimate<'a>>,
}

/// When it should arrive.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Estimate<'a> {
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) source: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) from: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) to: Scalar<'a>,
}

/// This and that.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Misc<'a> {
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) service_type: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) weight_raw: Scalar<'a>,
    /// The same in kilograms, as 17TRACK converted it.
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) weight_kg: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) pieces: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) dimensions: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) customer_number: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) reference_number: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) local_number: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) local_key: Scalar<'a>,
}

/// What each carrier on the way says.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Tracking<'a> {
    #[serde(borrow, deserialize_with = "wire::one_or_many")]
    pub(crate) providers: Vec<Provider<'a>>,
}

/// What one carrier says.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Provider<'a> {
    #[serde(borrow, deserialize_with = "or_none")]
    pub(crate) provider: Option<Who<'a>>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) service_type: Scalar<'a>,
    #[serde(borrow)]
    pub(crate) events: Option<&'a RawValue>,
}

/// A carrier.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Who<'a> {
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) key: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) name: Scalar<'a>,
}

/// One scan.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Row<'a> {
    /// With offset.
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) time_iso: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) time_utc: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_none")]
    pub(crate) time_raw: Option<Raw<'a>>,
    /// A sentence in the carrier's language; may hold names.
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) description: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) location: Scalar<'a>,
    #[serde(borrow)]
    pub(crate) stage: Scalar<'a>,
    #[serde(borrow)]
    pub(crate) sub_status: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_none")]
    pub(crate) address: Option<Place<'a>>,
}

/// A time in parts, as the carrier gave it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Raw<'a> {
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) date: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) time: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) timezone: Scalar<'a>,
}

/// The text of a list that may be missing.
pub(crate) fn list(raw: Option<&RawValue>) -> &str {
    raw.map_or("null", RawValue::get)
}
