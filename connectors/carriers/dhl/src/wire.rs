//! What DHL sends, as it stands on the wire: lenient, borrowing from the body.

use serde::Deserialize;
use serde_json::value::RawValue;

use crossdock_connector::rows::{List, or_none, or_nothing};
use crossdock_connector::wire::Scalar;
use crossdock_connector::{Topic, place};

/// Platform, carrier and name of everything that is DHL's.
pub(crate) const SLUG: &str = "dhl";
/// Topic of replies of the unified interface.
pub(crate) const UNIFIED: Topic = "track/shipments";
/// Topic of replies of MyDHL.
pub(crate) const MYDHL: Topic = "mydhlapi/tracking";
/// Topic of unified pushes.
pub(crate) const HOOK: Topic = "tracking/push";

/// A reply of either interface, a push, or what stands in their place.
#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "T: Deserialize<'de>"))]
pub(crate) struct Reply<'a, T> {
    #[serde(borrow, default)]
    pub(crate) shipments: List<'a, T>,
    /// Of an error: the HTTP status, as a number or a text. Of a shipment that was pushed alone: an object.
    #[serde(borrow, default, deserialize_with = "or_nothing")]
    pub(crate) status: Scalar<'a>,
    #[serde(borrow, default)]
    pub(crate) title: Option<&'a RawValue>,
    /// Of a shipment that was pushed alone.
    #[serde(borrow, default, deserialize_with = "or_nothing")]
    pub(crate) id: Scalar<'a>,
    /// Of a message about the subscription.
    #[serde(borrow, default)]
    pub(crate) scope: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub(crate) secret: Option<&'a RawValue>,
}

/// A shipment of the unified interface.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Shipment<'a> {
    #[serde(borrow)]
    pub(crate) id: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) service: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_none")]
    pub(crate) origin: Option<Place<'a>>,
    #[serde(borrow, deserialize_with = "or_none")]
    pub(crate) destination: Option<Place<'a>>,
    #[serde(borrow)]
    pub(crate) status: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(crate) events: List<'a, Event<'a>>,
    #[serde(borrow, deserialize_with = "or_none")]
    pub(crate) details: Option<Details<'a>>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) estimated_time_of_delivery: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_none")]
    pub(crate) estimated_delivery_time_frame: Option<Frame<'a>>,
}

/// A scan of the unified interface. What `status` and `statusCode` hold swaps between services.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Event<'a> {
    #[serde(borrow)]
    pub(crate) timestamp: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_none")]
    pub(crate) location: Option<Place<'a>>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) status_code: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) status: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) description: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) remark: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_none")]
    pub(crate) piece_ids: Option<Vec<Scalar<'a>>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Place<'a> {
    #[serde(borrow, deserialize_with = "or_none")]
    pub(crate) address: Option<Address<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Address<'a> {
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) country_code: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) postal_code: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) address_locality: Scalar<'a>,
}

impl Address<'_> {
    /// ISO 3166-1 alpha-2, where it is one.
    pub(crate) fn country(&self) -> Option<&str> {
        place::country(self.country_code.text())
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Details<'a> {
    #[serde(borrow, deserialize_with = "or_none")]
    pub(crate) product: Option<Product<'a>>,
    #[serde(borrow, deserialize_with = "or_none")]
    pub(crate) sender: Option<Person<'a>>,
    #[serde(borrow, deserialize_with = "or_none")]
    pub(crate) receiver: Option<Person<'a>>,
    #[serde(borrow, deserialize_with = "or_none")]
    pub(crate) proof_of_delivery: Option<Proof<'a>>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) total_number_of_pieces: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_none")]
    pub(crate) piece_ids: Option<Vec<Scalar<'a>>>,
    #[serde(borrow, deserialize_with = "or_none")]
    pub(crate) weight: Option<Measure<'a>>,
    #[serde(borrow, deserialize_with = "or_none")]
    pub(crate) dimensions: Option<Edges<'a>>,
    /// One object or a list.
    #[serde(borrow)]
    pub(crate) references: Option<&'a RawValue>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Product<'a> {
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) product_name: Scalar<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Proof<'a> {
    #[serde(borrow, deserialize_with = "or_none")]
    pub(crate) signed: Option<Person<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Person<'a> {
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) name: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) given_name: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) family_name: Scalar<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Measure<'a> {
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) value: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) unit_text: Scalar<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Edges<'a> {
    #[serde(borrow, deserialize_with = "or_none")]
    pub(crate) length: Option<Measure<'a>>,
    #[serde(borrow, deserialize_with = "or_none")]
    pub(crate) width: Option<Measure<'a>>,
    #[serde(borrow, deserialize_with = "or_none")]
    pub(crate) height: Option<Measure<'a>>,
}

/// A reference: `type` and `number` of the unified interface, `typeCode` and `value` of MyDHL.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Reference<'a> {
    #[serde(borrow, rename = "type", alias = "typeCode", deserialize_with = "or_nothing")]
    pub(crate) kind: Scalar<'a>,
    #[serde(borrow, alias = "value", deserialize_with = "or_nothing")]
    pub(crate) number: Scalar<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Frame<'a> {
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) estimated_from: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) estimated_through: Scalar<'a>,
}

/// A shipment of MyDHL.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Waybill<'a> {
    #[serde(borrow)]
    pub(crate) shipment_tracking_number: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) product_code: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) number_of_pieces: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) total_weight: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) unit_of_measurements: Scalar<'a>,
    #[serde(borrow)]
    pub(crate) shipper_references: Option<&'a RawValue>,
    #[serde(borrow, deserialize_with = "or_none")]
    pub(crate) shipper_details: Option<Party<'a>>,
    #[serde(borrow, deserialize_with = "or_none")]
    pub(crate) receiver_details: Option<Party<'a>>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) estimated_delivery_date: Scalar<'a>,
    #[serde(borrow)]
    pub(crate) events: List<'a, Checkpoint<'a>>,
    #[serde(borrow)]
    pub(crate) pieces: List<'a, Piece<'a>>,
}

/// One end of a shipment of MyDHL.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Party<'a> {
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) name: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_none")]
    pub(crate) postal_address: Option<PostalAddress<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct PostalAddress<'a> {
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) city_name: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) province_code: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) postal_code: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) country_code: Scalar<'a>,
}

/// A piece of a shipment of MyDHL.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Piece<'a> {
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) tracking_number: Scalar<'a>,
    #[serde(borrow)]
    pub(crate) events: List<'a, Checkpoint<'a>>,
}

/// A scan of MyDHL.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Checkpoint<'a> {
    #[serde(borrow)]
    pub(crate) date: Scalar<'a>,
    #[serde(borrow)]
    pub(crate) time: Scalar<'a>,
    #[serde(borrow, rename = "GMTOffset", deserialize_with = "or_nothing")]
    pub(crate) offset: Scalar<'a>,
    #[serde(borrow)]
    pub(crate) type_code: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) description: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_none")]
    pub(crate) service_area: Option<Vec<Area<'a>>>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) signed_by: Scalar<'a>,
}

/// A service area: `BNE`, `Brisbane-AU`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Area<'a> {
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) code: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) description: Scalar<'a>,
}
