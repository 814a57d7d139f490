//! Who ordered when: what the rules that count look at.
//!
//! It counts by the time orders were placed, so redelivery, replay and the order of arrival of what is already known
//! make no difference: an order counts once, and only those placed before it count for it. Kept in memory, in two
//! generations, so that it is bounded however many people order; the store gives it back at a start. Values are hashed
//! with a key that is made at the start and known to nobody.

use std::collections::HashMap;
use std::hash::{BuildHasher, BuildHasherDefault, Hasher, RandomState};

use crossdock_schemas::Order;

use super::finger::{self, Kind};
use crate::backbone::Micros;

/// Most phones, buyers and addresses in one generation: about 30 MB.
const MOST: usize = 300_000;
/// Most orders remembered of one of them: far more than any rule asks for.
const ORDERS: usize = 1024;

/// When an order was placed, and which it was.
type Sighting = (Micros, u64);

/// An order as it is counted: when and which, and what it has of each kind, hashed.
#[derive(Clone, Debug)]
pub struct Sight {
    own: Sighting,
    hashes: Vec<(Kind, u64)>,
}

/// What was seen of each value.
type Seen = HashMap<u64, Vec<Sighting>, BuildHasherDefault<AsIs>>;

/// The keys are hashes already.
#[derive(Debug, Default)]
struct AsIs(u64);

impl Hasher for AsIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

/// Sightings within the longest window that a rule has.
#[derive(Debug)]
pub struct Windows {
    horizon: Micros,
    hasher: RandomState,
    young: Seen,
    old: Seen,
    most: usize,
}

impl Windows {
    /// Remembers orders this long.
    #[must_use]
    pub fn new(horizon: Micros) -> Self {
        Self { horizon, hasher: RandomState::new(), young: Seen::default(), old: Seen::default(), most: MOST }
    }

    /// By what an order is counted, of these kinds; none when nobody says when it was placed.
    #[must_use]
    pub fn sight(&self, order: &Order, kinds: &[Kind]) -> Option<Sight> {
        let key = (&order.source.platform, &order.source.shop, &order.order_no);
        let placed = order.placed_at?.utc_seconds().checked_mul(1_000_000)?;
        let mut hashes: Vec<(Kind, u64)> = Vec::with_capacity(4);
        let mut add = |kind: Kind, hash: u64| {
            if !hashes.contains(&(kind, hash)) {
                hashes.push((kind, hash));
            }
        };
        for kind in kinds {
            match kind {
                Kind::Phone => {
                    for phone in finger::phones(order).filter(|phone| phone.e164.is_some()) {
                        add(*kind, self.hasher.hash_one((kind, &phone.e164, &phone.ext)));
                    }
                }
                Kind::Address => {
                    if let Some(place) = order.ship_to.as_ref().and_then(|to| to.addr_hash.as_ref()) {
                        add(*kind, self.hasher.hash_one((kind, place)));
                    }
                }
                Kind::Buyer => {
                    if let Some(buyer) = finger::buyer_of(order) {
                        add(*kind, self.hasher.hash_one((kind, &order.source.platform, buyer)));
                    }
                }
            }
        }
        Some(Sight { own: (placed, self.hasher.hash_one(key)), hashes })
    }

    /// Takes note of an order; of one that is known already nothing changes.
    pub fn note(&mut self, sight: &Sight) {
        for (_, hash) in &sight.hashes {
            self.seen(*hash, sight.own);
        }
        if self.young.len() > self.most {
            self.old = std::mem::take(&mut self.young);
        }
    }

    /// How many orders, this one with them, came from the same phone or buyer or went to the same address within a time
    /// up to when this one was placed; the most of its phones.
    #[must_use]
    pub fn count(&self, sight: &Sight, kind: Kind, within: Micros) -> u32 {
        let own = sight.own;
        let since = own.0.saturating_sub(within);
        let counted = sight.hashes.iter().filter(|(of, _)| *of == kind).map(|(_, hash)| {
            let seen = self.young.get(hash).or_else(|| self.old.get(hash));
            let seen = seen.map(Vec::as_slice).unwrap_or_default();
            let others = seen.iter().filter(|seen| seen.0 > since && **seen < own && seen.1 != own.1).count();
            u32::try_from(others).unwrap_or(u32::MAX).saturating_add(1)
        });
        counted.max().unwrap_or(0)
    }

    fn seen(&mut self, hash: u64, sighting: Sighting) {
        if !self.old.is_empty()
            && let Some(kept) = self.old.remove(&hash)
        {
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
