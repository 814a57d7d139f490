//! What people decide about an order, as a capture of a source of the hub's own: so it is in the history of the order,
//! durable before it counts, and folded like everything else.

use crossdock_connector::{Capture, Captured, Error, Normalize, Normalized, Result};
use crossdock_schemas::{Observation, Order, OrderRef, Source, Ts};
use serde::{Deserialize, Serialize};

use crate::history::{HUB_EXT, RELEASED};

/// Id of the hub's own source. No configured source can have it: a colon is not allowed there.
pub const INTERNAL: &str = "hub:people";

/// Topic of a release.
const TOPIC: &str = "risk.release";

/// Somebody looked at an order that the risk rules hold, and lets it go.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Release {
    /// Which order.
    pub order: OrderRef,
    /// When.
    pub at: Ts,
    /// Who, in a word of the company's own: no personal data.
    pub by: String,
}

impl Release {
    /// The capture that says so.
    ///
    /// # Errors
    /// When it cannot be written as JSON.
    pub fn capture(&self) -> std::result::Result<Captured, String> {
        let body = serde_json::to_vec(self).map_err(|error| error.to_string())?;
        Ok(Captured::new(TOPIC, body))
    }
}

/// Reads what people decided.
pub(crate) struct Decisions;

impl Normalize for Decisions {
    fn normalize(&self, capture: &Capture) -> Result<Normalized> {
        if capture.topic != TOPIC {
            return Err(Error::malformed("not a topic of the hub's own source"));
        }
        let release: Release = serde_json::from_slice(&capture.body)
            .map_err(|error| Error::malformed("not a release").because(error))?;
        let mut order = Order {
            source: Source {
                platform: release.order.platform,
                shop: release.order.shop,
                ..Source::default()
            },
            order_no: release.order.order_no,
            ..Order::default()
        };
        let said = serde_json::json!({"at": release.at, "by": release.by});
        order.ext.entry(HUB_EXT.to_owned()).or_default().insert(RELEASED.to_owned(), said);
        Ok(Normalized::one(Observation::order(order).partial()))
    }
}
