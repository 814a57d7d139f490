//! What a connector says about itself before anything is built.

use serde::Serialize;

use crate::Topic;

/// The description of a connector: shown by `crossdock connectors` and in the README table.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Descriptor {
    /// Stable id, used in configuration: lower case, digits and `-`.
    pub id: &'static str,
    /// Name for people.
    pub title: &'static str,
    /// What it connects.
    pub role: Role,
    /// The vendor's interface and version it was written against.
    pub vendor_api: &'static str,
    /// How well proven it is.
    pub maturity: Maturity,
    /// What it can do.
    pub capabilities: Capabilities,
    /// Limits the vendor publishes.
    pub quotas: &'static [Quota],
}

/// What a connector connects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Sells: gives orders and after-sale cases.
    Platform,
    /// Ships: gives parcels.
    Carrier,
    /// Receives events.
    Sink,
}

/// How well proven a connector is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Maturity {
    /// Runs against the vendor's production system.
    Production,
    /// Tested with payloads captured from the vendor.
    RealCapture,
    /// Tested with payloads and vectors the vendor or its SDK publishes.
    VendorDocument,
    /// Tested with made-up payloads that follow the documents.
    Synthetic,
    /// Our own protocol: there is no vendor to disagree with.
    Own,
}

/// What a connector can do. The conformance suite checks each claim against the parts.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Capabilities {
    /// Topics that [`Normalize`](crate::Normalize) knows, `*` when it does not look at them.
    pub topics: &'static [Topic],
    /// Entities its observations may hold: `order`, `aftersale`, `parcel`, `inventory`.
    pub entities: &'static [&'static str],
    /// The vendor calls us.
    pub push: bool,
    /// We fetch single objects.
    pub fetch: bool,
    /// We poll by cursor.
    pub poll: bool,
    /// We ask for parcels by number.
    pub track: bool,
    /// It reads files.
    pub files: bool,
    /// It receives events.
    pub deliver: bool,
    /// Most rows the vendor gives in one page.
    pub max_page: Option<u32>,
    /// Most events, or numbers to track, in one call.
    pub max_batch: Option<u32>,
    /// Whose parcels it asks for, by our word for the carrier; none for aggregators, which are told.
    pub carrier: Option<&'static str>,
    /// Least seconds between two questions about one number, where the vendor minds.
    pub rest_seconds: Option<u32>,
    /// Observations carry a revision of the source. Without one the order of capture decides.
    pub revisions: bool,
    /// Receivers come masked only: the scheme of the token that stands beside them for whoever prints the label.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hidden_receivers: Option<&'static str>,
}

impl Capabilities {
    /// Nothing at all: to start from with `..Capabilities::NONE`.
    pub const NONE: Self = Self {
        topics: &[],
        entities: &[],
        push: false,
        fetch: false,
        poll: false,
        track: false,
        files: false,
        deliver: false,
        max_page: None,
        max_batch: None,
        carrier: None,
        rest_seconds: None,
        revisions: false,
        hidden_receivers: None,
    };
}

/// A limit the vendor publishes. A bucket of `burst` calls that fills at `rate` a second is `burst` calls in
/// `burst / rate` seconds: as many in the long run, and never more than the bucket holds.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Quota {
    /// What is limited, in the vendor's words.
    pub scope: &'static str,
    /// The calls that count. Empty where the vendor counts something else, as points: then it is shown and not kept to.
    pub of: &'static [Call],
    /// How many calls.
    pub calls: u32,
    /// In how many seconds.
    pub seconds: u32,
}

impl Quota {
    /// The limits that count such calls: how many, in how many seconds.
    pub fn counting(quotas: &[Self], call: Call) -> impl Iterator<Item = (u32, u32)> {
        let counting = quotas.iter().filter(move |quota| quota.of.contains(&call));
        counting.map(|quota| (quota.calls, quota.seconds))
    }
}

/// A kind of call that the hub makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Call {
    /// A page of a poll.
    Poll,
    /// One object by its id.
    Fetch,
    /// A question for parcels.
    Track,
    /// A handoff to a receiver.
    Deliver,
}
