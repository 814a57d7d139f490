//! What UPS sends, as it stands on the wire: lenient, borrowing from the body.

use serde::Deserialize;
use serde_json::value::RawValue;

use crossdock_connector::rows::{List, or_none, or_nothing};
use crossdock_connector::wire::Scalar;
use crossdock_connector::{Topic, place};

/// Platform, carrier and name of everything that is UPS's.
pub(crate) const SLUG: &str = "ups";
/// Topic of Track Alerts.
pub(crate) const ALERT: Topic = "TrackingEvent";
/// Topic of query replies.
pub(crate) const DETAILS: Topic = "track/v1/details";

/// A Track Alert: one scan.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Alert<'a> {
    #[serde(borrow)]
    pub(crate) tracking_number: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) local_activity_date: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) local_activity_time: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_none")]
    pub(crate) activity_location: Option<Place<'a>>,
    #[serde(borrow)]
    pub(crate) activity_status: Option<Status<'a>>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) scheduled_delivery_date: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) gmt_activity_date: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) gmt_activity_time: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) gmt_offset: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) received_by: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) alternate_tracking_number: Scalar<'a>,
}

/// A place: of an alert, of an activity, of a package's ends.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Place<'a> {
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) city: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) state_province: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) postal_code: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) country: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) country_code: Scalar<'a>,
}

impl Place<'_> {
    /// ISO 3166-1 alpha-2, where it is one.
    pub(crate) fn country(&self) -> Option<&str> {
        place::country(self.country_code.text()).or_else(|| place::country(self.country.text()))
    }
}

/// What a scan says: the number is `descriptionCode` in alerts and `statusCode` in queries.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Status<'a> {
    #[serde(borrow, rename = "type")]
    pub(crate) kind: Scalar<'a>,
    #[serde(borrow)]
    pub(crate) code: Scalar<'a>,
    #[serde(borrow, alias = "descriptionCode")]
    pub(crate) status_code: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) description: Scalar<'a>,
}

/// The reply to a query, or what stands in its place.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Reply<'a> {
    #[serde(borrow, default)]
    pub(crate) track_response: Option<TrackResponse<'a>>,
    #[serde(borrow, default)]
    pub(crate) response: Option<Errors<'a>>,
    /// Some refusals come without the envelope.
    #[serde(borrow, default)]
    pub(crate) errors: Option<&'a RawValue>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct TrackResponse<'a> {
    #[serde(borrow, default)]
    pub(crate) shipment: List<'a, Shipment<'a>>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Errors<'a> {
    #[serde(borrow, default)]
    pub(crate) errors: Option<&'a RawValue>,
}

/// A shipment of a reply.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Shipment<'a> {
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) inquiry_number: Scalar<'a>,
    #[serde(borrow)]
    pub(crate) package: List<'a, Package<'a>>,
    #[serde(borrow)]
    pub(crate) warnings: Option<&'a RawValue>,
}

/// A package of a shipment.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Package<'a> {
    #[serde(borrow)]
    pub(crate) tracking_number: Scalar<'a>,
    #[serde(borrow)]
    pub(crate) activity: List<'a, Activity<'a>>,
    /// The newest scan, without its time.
    #[serde(borrow, deserialize_with = "or_none")]
    pub(crate) current_status: Option<Status<'a>>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) package_count: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_none")]
    pub(crate) weight: Option<Weight<'a>>,
    #[serde(borrow, deserialize_with = "or_none")]
    pub(crate) dimension: Option<Dimension<'a>>,
    #[serde(borrow, deserialize_with = "or_none")]
    pub(crate) service: Option<Service<'a>>,
    #[serde(borrow, deserialize_with = "or_none")]
    pub(crate) delivery_date: Option<Vec<Typed<'a>>>,
    #[serde(borrow, deserialize_with = "or_none")]
    pub(crate) delivery_time: Option<Typed<'a>>,
    #[serde(borrow, deserialize_with = "or_none")]
    pub(crate) delivery_information: Option<DeliveryInformation<'a>>,
    #[serde(borrow, deserialize_with = "or_none")]
    pub(crate) package_address: Option<Vec<PackageAddress<'a>>>,
    #[serde(borrow, deserialize_with = "or_none")]
    pub(crate) reference_number: Option<Vec<Typed<'a>>>,
    #[serde(borrow, deserialize_with = "or_none")]
    pub(crate) alternate_tracking_number: Option<Vec<Typed<'a>>>,
    #[serde(borrow, deserialize_with = "or_none")]
    pub(crate) access_point_information: Option<AccessPoint<'a>>,
}

/// A scan of a query reply.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Activity<'a> {
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) date: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) time: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) gmt_date: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) gmt_time: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) gmt_offset: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_none")]
    pub(crate) location: Option<Location<'a>>,
    #[serde(borrow)]
    pub(crate) status: Option<Status<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Location<'a> {
    #[serde(borrow, deserialize_with = "or_none")]
    pub(crate) address: Option<Place<'a>>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) slic: Scalar<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Weight<'a> {
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) weight: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) unit_of_measurement: Scalar<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Dimension<'a> {
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) length: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) width: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) height: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) unit_of_dimension: Scalar<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Service<'a> {
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) description: Scalar<'a>,
}

/// Anything UPS writes as a type with a value: dates, times, references, other numbers.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Typed<'a> {
    #[serde(borrow, rename = "type", deserialize_with = "or_nothing")]
    pub(crate) kind: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) date: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) start_time: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) end_time: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) number: Scalar<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct DeliveryInformation<'a> {
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) location: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) received_by: Scalar<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct PackageAddress<'a> {
    #[serde(borrow, rename = "type", deserialize_with = "or_nothing")]
    pub(crate) kind: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) name: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_none")]
    pub(crate) address: Option<Place<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct AccessPoint<'a> {
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) pickup_by_date: Scalar<'a>,
}
