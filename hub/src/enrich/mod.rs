//! What is added to an observation before it is folded: addresses made deliverable, the company's own SKUs, and what
//! the risk rules say.
//!
//! Pure: tables, maps and rules are read before; the time of an order comes with it. The only state are the sightings
//! of the frequency rules ([`risk::Windows`]): they count by the time an order was placed, not by when it came, and are
//! read back from the store at a start. What is added never enters an identity, so better tables, a longer SKU map or
//! stricter rules do not make another order of one that is known.
//!
//! It must never let a source say what only the hub may: risk findings, stock items and releases that a source writes
//! are taken away here.

mod address;
mod release;
pub mod risk;
pub mod sku;

use std::sync::Arc;

use crossdock_address::Tables;
use crossdock_connector::Result as ConnectorResult;
use crossdock_schemas::{Entity, Observation, Order};

use crate::backbone::Micros;
use crate::history::HUB_EXT;
use crate::pipeline::{About, Enrich};

pub use address::{Addresses, embedded};
pub(crate) use release::Decisions;
pub use release::{INTERNAL, Release};

/// The stage, put together from the configuration.
#[derive(Default)]
pub struct Enricher {
    addresses: Option<Addresses>,
    skus: Option<sku::Map>,
    risk: Option<Arc<risk::Risk>>,
}

impl Enricher {
    /// Makes addresses deliverable, but for these sources; by these tables, or the ones that are built in.
    #[must_use]
    pub fn with_addresses(mut self, tables: Option<Arc<Tables>>, off: Vec<String>) -> Self {
        self.addresses = Some(Addresses::new(tables, off));
        self
    }

    /// Writes the company's own SKUs.
    #[must_use]
    pub fn with_skus(mut self, map: sku::Map) -> Self {
        self.skus = Some(map);
        self
    }

    /// Applies the risk rules.
    #[must_use]
    pub fn with_risk(mut self, risk: Arc<risk::Risk>) -> Self {
        self.risk = Some(risk);
        self
    }

    /// An order, with what only the hub writes taken away and written anew.
    fn order(&self, order: &mut Order, partial: bool, about: &About<'_>) {
        order.risk_tags.clear();
        order.ext.remove(HUB_EXT);
        for line in &mut order.lines {
            line.items.clear();
        }
        if let Some(addresses) = &self.addresses {
            addresses.order(order, about.source);
        }
        let unmapped = self.skus.as_ref().map_or(0, |map| map.order(order, about.source));
        // A partial observation shows a part of the facts: rules would misjudge it. The findings of the last full one
        // stay until the next.
        if !partial {
            if let Some(risk) = &self.risk {
                risk.assess(order, about);
            }
            sku::tag(order, unmapped, about);
        }
    }
}

impl Enrich for Enricher {
    fn enrich(&self, observation: &mut Observation, about: &About<'_>) -> ConnectorResult<()> {
        if about.source == INTERNAL {
            return Ok(());
        }
        let partial = observation.partial;
        match &mut observation.entity {
            Entity::Order(order) => self.order(order, partial, about),
            Entity::Parcel(parcel) => {
                if let Some(addresses) = &self.addresses {
                    addresses.parcel(parcel, about.source);
                }
            }
            Entity::Aftersale(_) | Entity::Inventory(_) => {}
        }
        Ok(())
    }

    fn prepare(&self) {
        if let Some(addresses) = &self.addresses {
            addresses.prepare();
        }
    }

    fn horizon(&self) -> Option<Micros> {
        self.risk.as_ref()?.horizon()
    }

    fn recall(&self, order: &Order) {
        if let Some(risk) = &self.risk {
            risk.note(order);
        }
    }
}

#[cfg(test)]
#[cfg(feature = "taobao")]
mod taobao_tests;
#[cfg(test)]
mod tests;
