//! Who ordered when: what the rules that count look at.
//!
//! It counts by the time orders were placed, so redelivery, replay and the order of arrival of what is already known
//! make no difference: an order counts once, and only those placed before it count for it. Kept in memory, in two
//! generations, so that it is bounded however many people order; the store gives it back at a start. Values are hashed
//! with a key that is made at the start and known to nobody.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};

use crossdock_schemas::Order;

use super::finger::{self, Kind};
use crate::backbone::Micros;

/// Most phones, buyers and addresses in one generation: about 30 MB.
const MOST: usize = 300_000;
/// Most orders remembered of one of them: far more than any rule asks for.
const ORDERS: usize = 1024;

/// When an order was placed, and which it was.
type Sighting = (Micros, u64);

/// Sightings within the longest window that a rule has.
#[derive(Debug)]
pub struct Windows {
    horizon: Micros,
    hasher: RandomState,
    young: HashMap<u64, Vec<Sighting>>,
    old: HashMap<u64, Vec<Sighting>>,
    most: usize,
}

impl Windows {
    /// Remembers orders this long.
    #[must_use]
    pub fn new(horizon: Micros) -> Self {
        Self { horizon, hasher: RandomState::new(), young: HashMap::new(), old: HashMap::new(), most: MOST }
    }

    /// Takes note of an order; of one that is known already nothing changes.
    pub fn note(&mut self, order: &Order) {
        let Some(sighting) = self.sighting(order) else { return };
        for kind in [Kind::Phone, Kind::Address, Kind::Buyer] {
            for value in finger::values(order, kind) {
                self.seen(kind, &value, sighting);
            }
        }
        if self.young.len() > self.most {
            self.old = std::mem::take(&mut self.young);
        }
    }

    /// How many orders, this one with them, came from the same phone or buyer or went to the same address within a time
    /// up to when this one was placed; the most of its phones.
    #[must_use]
    pub fn count(&self, order: &Order, kind: Kind, within: Micros) -> u32 {
        let Some(own) = self.sighting(order) else { return 0 };
        let since = own.0.saturating_sub(within);
        let counted = finger::values(order, kind).into_iter().map(|value| {
            let hash = self.hasher.hash_one((kind, value));
            let seen = self.young.get(&hash).or_else(|| self.old.get(&hash));
            let seen = seen.map(Vec::as_slice).unwrap_or_default();
            let others = seen.iter().filter(|seen| seen.0 > since && **seen < own && seen.1 != own.1).count();
            u32::try_from(others).unwrap_or(u32::MAX).saturating_add(1)
        });
        counted.max().unwrap_or(0)
    }

    fn sighting(&self, order: &Order) -> Option<Sighting> {
        let key = (&order.source.platform, &order.source.shop, &order.order_no);
        let placed = jiff::Timestamp::from_second(order.placed_at?.utc_seconds()).ok()?;
        Some((placed.as_microsecond(), self.hasher.hash_one(key)))
    }

    fn seen(&mut self, kind: Kind, value: &str, sighting: Sighting) {
        let hash = self.hasher.hash_one((kind, value));
        if let Some(kept) = self.old.remove(&hash) {
            self.young.insert(hash, kept);
        }
        let seen = self.young.entry(hash).or_default();
        if seen.iter().any(|known| known.1 == sighting.1) {
            return;
        }
        let newest = seen.iter().map(|seen| seen.0).max().unwrap_or(sighting.0).max(sighting.0);
        let since = newest.saturating_sub(self.horizon);
        seen.retain(|seen| seen.0 >= since);
        if seen.len() < ORDERS && sighting.0 >= since {
            seen.push(sighting);
        }
    }
}
