//! What enrich has to know of earlier orders is read back from the store at a start, so that there is one truth and
//! nothing to repair after a crash.

use crossdock_schemas::{EventType, Order};
use jiff::Timestamp;
use serde::Deserialize;

use super::Fold;
use crate::backbone::{Backbone, BackboneError, Seq};

/// What of an event is looked at.
#[derive(Deserialize)]
struct Body {
    order: Order,
}

/// Events read together.
const PAGE: usize = 256;

impl Fold {
    /// Prepares enrich, and shows it the orders of its horizon.
    ///
    /// # Errors
    /// What the store says.
    pub async fn recall(&self, backbone: &dyn Backbone, now: Timestamp) -> Result<(), BackboneError> {
        self.enrich.prepare();
        let Some(horizon) = self.enrich.horizon() else { return Ok(()) };
        let head = *backbone.heads().events.borrow();
        let mut after = first_since(backbone, head, now.as_microsecond().saturating_sub(horizon)).await?;
        loop {
            let page = backbone.events(after, PAGE).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after = last.seq;
            for stored in page.iter().filter(|stored| stored.event.event_type == EventType::OrderPlaced) {
                if let Ok(body) = serde_json::from_str::<Body>(stored.event.data.get()) {
                    self.enrich.recall(&body.order);
                }
            }
        }
    }
}

/// The place in the log behind which everything was committed since a time: the log is in the order of time, so half of
/// what is left is ruled out with each look.
async fn first_since(backbone: &dyn Backbone, head: Seq, since: i64) -> Result<Seq, BackboneError> {
    let (mut low, mut high) = (0, head);
    while low < high {
        let middle = low + (high - low) / 2;
        match backbone.events(middle, 1).await?.first() {
            Some(event) if event.recorded_at < since => low = event.seq.max(middle + 1),
            _ => high = middle,
        }
    }
    Ok(low)
}
