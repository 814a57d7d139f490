//! Vendors that we ask. All three parts are pure: they say what to ask and read what came back;
//! the hub owns the call, its retries, its pace and its cursor.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Captured, Context, HttpRequest, HttpResponse, ObjectId, Result, Topic};

/// Asks for one object by its id.
///
/// # Behaviour
/// `request` is called for each attempt anew, so that every attempt is signed with its own time.
pub trait Fetch: Send + Sync {
    /// The call that fetches `id`.
    ///
    /// # Errors
    /// `Unsupported` for a kind this connector does not fetch.
    fn request(&self, id: &ObjectId, context: &Context<'_>) -> Result<HttpRequest>;

    /// Reads the reply. An error body inside a 200 is an error.
    ///
    /// # Errors
    /// The vendor's error as its table says; `NotFound` when the object is gone.
    fn record(&self, id: &ObjectId, reply: &HttpResponse) -> Result<Captured>;
}

/// Asks for what changed, page by page.
///
/// # Behaviour
/// - The same cursor gives the same or newer records: the hub saves the next cursor only after the
///   records of this page are stored, so a crash repeats and never skips.
/// - Windows overlap by the margin the connector declares in [`Poll::overlap_seconds`], because vendor
///   clocks and indexes lag.
pub trait Poll: Send + Sync {
    /// What can be polled.
    fn topics(&self) -> &'static [Topic];

    /// Seconds by which a new window reaches back into the one before.
    fn overlap_seconds(&self) -> u32;

    /// Longest window in seconds that the vendor answers.
    fn window_seconds(&self) -> u32;

    /// Whether reading this topic takes things out of a queue: what was read is gone, so it is no list that could be
    /// walked again. Its windows mean nothing; each of them reads until the queue is empty.
    fn empties(&self, _topic: Topic) -> bool {
        false
    }

    /// The first cursor of a window.
    fn start(&self, topic: Topic, from: Timestamp, to: Timestamp) -> Cursor;

    /// The call for a cursor.
    ///
    /// # Errors
    /// `Bug` when the cursor is not one of ours.
    fn request(&self, cursor: &Cursor, context: &Context<'_>) -> Result<HttpRequest>;

    /// Reads a page. An error body inside a 200 is an error, never an empty page.
    ///
    /// # Errors
    /// The vendor's error as its table says.
    fn page(&self, cursor: &Cursor, reply: &HttpResponse) -> Result<Page>;
}

/// Where a poll stands; survives as text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    /// What is polled.
    pub topic: String,
    /// Start of the window.
    pub from: Timestamp,
    /// End of the window.
    pub to: Timestamp,
    /// The connector's own place inside the window (page number, page token).
    pub place: String,
}

/// One page of a poll.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// Full records, to be captured.
    pub captured: Vec<Captured>,
    /// Ids to fetch, where the vendor's list holds less than the object.
    pub fetch: Vec<ObjectId>,
    /// The next cursor of this window; `None` when the window is read.
    pub next: Option<Cursor>,
}

/// Asks a carrier for parcels by their numbers.
pub trait Track: Send + Sync {
    /// How many of the first parcels may be asked for in one call, at least one; for carriers that group by phone or
    /// account. Never more than [`max_batch`](crate::Capabilities::max_batch).
    fn together(&self, waybills: &[Waybill]) -> usize {
        waybills.len()
    }

    /// The call for parcels that go [`together`](Self::together).
    ///
    /// # Errors
    /// `Config` when the carrier needs something about the parcel that is not known.
    fn query(&self, waybills: &[Waybill], context: &Context<'_>) -> Result<HttpRequest>;

    /// The call for parcels of one carrier, by our word for it: for aggregators, which have to be told whose parcels they
    /// are. A carrier's own connector has no use for it.
    ///
    /// # Errors
    /// As [`query`](Self::query); `Config` when the aggregator's code of the carrier is not known.
    fn query_of(&self, _carrier: &str, waybills: &[Waybill], context: &Context<'_>) -> Result<HttpRequest> {
        self.query(waybills, context)
    }

    /// Reads the reply.
    ///
    /// # Errors
    /// The carrier's error as its table says.
    fn records(&self, waybills: &[Waybill], reply: &HttpResponse) -> Result<Vec<Captured>>;
}

/// A parcel to ask for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waybill {
    /// The number.
    pub number: String,
    /// Last four digits of the sender's or the recipient's phone, where the carrier asks for them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone_tail: Option<String>,
}
