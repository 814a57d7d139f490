//! What FedEx sends, as it stands on the wire: lenient, borrowing from the body. No block is sure to be there: pushes leave
//! out what did not change.

use serde::Deserialize;
use serde_json::value::RawValue;

use crossdock_connector::Topic;
use crossdock_connector::rows::{List, Object, or_none, or_nothing};
use crossdock_connector::wire::Scalar;

/// Platform, carrier and name of everything that is FedEx's.
pub(crate) const SLUG: &str = "fedex";
/// Topic of pushes.
pub(crate) const PUSH: Topic = "visibility";
/// Topic of query replies.
pub(crate) const QUERY: Topic = "track/v1/trackingnumbers";

/// Everything that can stand around results.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Envelope<'a> {
    #[serde(borrow)]
    pub(crate) output: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(crate) complete_track_results: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(crate) track_results: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(crate) tracking_number: Scalar<'a>,
    #[serde(borrow)]
    pub(crate) errors: Option<&'a RawValue>,
}

/// A reply as FedEx documents it: nothing missing on the way to the shipments, nothing in another form.
#[derive(Debug, Deserialize)]
pub(crate) struct Reply<'a> {
    #[serde(borrow, default)]
    pub(crate) errors: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(crate) output: Object<Output<'a>>,
}

/// What a reply gives out.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Output<'a> {
    #[serde(borrow)]
    pub(crate) complete_track_results: Vec<Object<Complete<'a>>>,
    #[serde(borrow, default)]
    pub(crate) errors: Option<&'a RawValue>,
}

/// All shipments under one number.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Complete<'a> {
    #[serde(borrow, default)]
    pub(crate) tracking_number: Scalar<'a>,
    #[serde(borrow)]
    pub(crate) track_results: Vec<Object<Shipment<'a>>>,
    #[serde(borrow, default)]
    pub(crate) errors: Option<&'a RawValue>,
}

/// An error of a call or of one number; an empty object in a result that is none.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Coded<'a> {
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) code: Scalar<'a>,
}

/// One shipment under a number.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Shipment<'a> {
    #[serde(borrow, deserialize_with = "or_none")]
    pub(crate) tracking_number_info: Option<NumberInfo<'a>>,
    #[serde(borrow)]
    pub(crate) tracking_number: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_none")]
    pub(crate) error: Option<Coded<'a>>,
    #[serde(borrow)]
    pub(crate) latest_status_detail: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(crate) scan_events: List<'a, Scan<'a>>,
    /// A scan that stands alone in a push.
    #[serde(borrow)]
    pub(crate) event_type: Scalar<'a>,
    #[serde(borrow)]
    pub(crate) date_and_times: List<'a, Dated<'a>>,
    #[serde(borrow, deserialize_with = "or_none")]
    pub(crate) delivery_details: Option<DeliveryDetails<'a>>,
    #[serde(borrow, deserialize_with = "or_none")]
    pub(crate) package_details: Option<PackageDetails<'a>>,
    #[serde(borrow, deserialize_with = "or_none")]
    pub(crate) additional_tracking_info: Option<Additional<'a>>,
    #[serde(borrow, deserialize_with = "or_none")]
    pub(crate) service_detail: Option<Typed<'a>>,
    #[serde(borrow, deserialize_with = "or_none")]
    pub(crate) estimated_delivery_time_window: Option<EtaWindow<'a>>,
    #[serde(borrow, deserialize_with = "or_none")]
    pub(crate) shipper_information: Option<Party<'a>>,
    #[serde(borrow, deserialize_with = "or_none")]
    pub(crate) recipient_information: Option<Party<'a>>,
    #[serde(borrow, deserialize_with = "or_none")]
    pub(crate) last_updated_destination_address: Option<Place<'a>>,
}

/// Which shipment it is.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct NumberInfo<'a> {
    #[serde(borrow)]
    pub(crate) tracking_number: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) tracking_number_unique_id: Scalar<'a>,
}

/// One scan, also as the latest status tells it.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Scan<'a> {
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) date: Scalar<'a>,
    #[serde(borrow)]
    pub(crate) event_type: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) event_description: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) exception_code: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) exception_description: Scalar<'a>,
    #[serde(borrow)]
    pub(crate) derived_status_code: Scalar<'a>,
    /// The code, as a latest status calls it.
    #[serde(borrow)]
    pub(crate) code: Scalar<'a>,
    #[serde(borrow)]
    pub(crate) derived_code: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) description: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_none")]
    pub(crate) scan_location: Option<Place<'a>>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) location_id: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) location_type: Scalar<'a>,
}

/// A place.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Place<'a> {
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) city: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) state_or_province_code: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) postal_code: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) country_code: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) country_name: Scalar<'a>,
}

impl Place<'_> {
    /// The country, when it is one of two letters.
    pub(crate) fn country(&self) -> Option<String> {
        let text = self.country_code.text()?;
        let fits = text.len() == 2 && text.bytes().all(|letter| letter.is_ascii_alphabetic());
        fits.then(|| text.to_ascii_uppercase())
    }
}

/// Somebody's address.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Party<'a> {
    #[serde(borrow, deserialize_with = "or_none")]
    pub(crate) address: Option<Place<'a>>,
}

/// A time with its kind.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Dated<'a> {
    #[serde(rename = "type", borrow, deserialize_with = "or_nothing")]
    pub(crate) kind: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) date_time: Scalar<'a>,
}

/// A kind in words.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Typed<'a> {
    #[serde(rename = "type", borrow, deserialize_with = "or_nothing")]
    pub(crate) kind: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) description: Scalar<'a>,
}

/// How it was delivered.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct DeliveryDetails<'a> {
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) received_by_name: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) signed_by_name: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) location_type: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) location_description: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) delivery_attempts: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_none")]
    pub(crate) actual_delivery_address: Option<Place<'a>>,
}

/// The package.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct PackageDetails<'a> {
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) count: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) sequence_number: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) physical_packaging_type: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_none")]
    pub(crate) weight_and_dimensions: Option<Size<'a>>,
    #[serde(borrow, deserialize_with = "or_none")]
    pub(crate) declared_value: Option<Amount<'a>>,
}

/// Weight and size, each in several units.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Size<'a> {
    #[serde(borrow, deserialize_with = "or_none")]
    pub(crate) weight: Option<Vec<Weight<'a>>>,
    #[serde(borrow, deserialize_with = "or_none")]
    pub(crate) dimensions: Option<Vec<Edges<'a>>>,
}

/// A weight.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Weight<'a> {
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) value: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) unit: Scalar<'a>,
}

/// Length, width, height.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Edges<'a> {
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) length: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) width: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) height: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) units: Scalar<'a>,
}

/// An amount of money.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Amount<'a> {
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) currency: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) value: Scalar<'a>,
}

/// Other numbers.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Additional<'a> {
    #[serde(borrow, deserialize_with = "or_none")]
    pub(crate) package_identifiers: Option<Vec<Identifier<'a>>>,
}

/// Another number.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Identifier<'a> {
    #[serde(rename = "type", borrow, deserialize_with = "or_nothing")]
    pub(crate) kind: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_none")]
    pub(crate) values: Option<Vec<Scalar<'a>>>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) value: Scalar<'a>,
}

impl Identifier<'_> {
    /// Its first value.
    pub(crate) fn first(&self) -> Option<&str> {
        self.values.iter().flatten().find_map(Scalar::text).or_else(|| self.value.text())
    }
}

/// When it should arrive.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct EtaWindow<'a> {
    #[serde(borrow, deserialize_with = "or_none")]
    pub(crate) window: Option<Span<'a>>,
}

/// From when to when.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Span<'a> {
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) begins: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) ends: Scalar<'a>,
}
