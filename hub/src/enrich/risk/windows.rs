//! Who ordered when: what the rules that count look at.
//!
//! It counts by the time orders were placed, so redelivery, replay and the order of arrival of what is already known
//! make no difference: an order counts once, and only those placed before it count for it. Kept in memory, in two
//! generations, so that it is bounded however many people order; the store gives it back at a start. Values are hashed
//! with a key that is made at the start and known to nobody.

use std::hash::BuildHasher;

use crossdock_schemas::Order;
use foldhash::quality::RandomState;

use super::finger::{self, Kind};
use super::seen::{Seen, Sighting};
use crate::backbone::Micros;

/// Most phones, buyers and addresses in one generation: about 8 MB, and more where they have several orders.
const MOST: usize = 300_000;

/// An order as it is counted: when and which, and what it has of each kind, hashed.
#[derive(Clone, Debug)]
pub struct Sight {
    own: Sighting,
    hashes: Hashes,
    /// Nothing of it was ever seen before: so it is with nearly all orders.
    first: bool,
}

impl Sight {
    /// Whether nothing of the order was ever seen before: then there is one of each.
    #[must_use]
    pub const fn is_first(&self) -> bool {
        self.first
    }
}

/// The values of an order, each once.
#[derive(Clone, Debug, Default)]
struct Hashes {
    /// A phone, an address and a buyer: nearly always all there is.
    few: [Option<(Kind, u64)>; 3],
    more: Vec<(Kind, u64)>,
}

impl Hashes {
    fn add(&mut self, kind: Kind, hash: u64) {
        for slot in &mut self.few {
            match slot {
                Some(known) if *known == (kind, hash) => return,
                Some(_) => {}
                None => return *slot = Some((kind, hash)),
            }
        }
        if !self.more.contains(&(kind, hash)) {
            self.more.push((kind, hash));
        }
    }

    fn iter(&self) -> impl Iterator<Item = (Kind, u64)> + '_ {
        self.few.iter().flatten().chain(&self.more).copied()
    }
}

/// Sightings within the longest window that a rule has.
#[derive(Debug)]
pub struct Windows {
    horizon: Micros,
    key: RandomState,
    young: Seen,
    old: Seen,
    most: usize,
}

impl Windows {
    /// Remembers orders this long.
    #[must_use]
    pub fn new(horizon: Micros) -> Self {
        let key = RandomState::default();
        Self { horizon, key, young: Seen::with_room(), old: Seen::default(), most: MOST }
    }

    /// By what an order is counted, of these kinds; none when nobody says when it was placed.
    #[must_use]
    pub fn sight(&self, order: &Order, kinds: &[Kind]) -> Option<Sight> {
        let placed = order.placed_at?.utc_seconds();
        let mut hashes = Hashes::default();
        for kind in kinds {
            match kind {
                Kind::Phone => {
                    for phone in finger::phones(order) {
                        match (&phone.e164, &phone.ext) {
                            (Some(number), Some(ext)) => {
                                hashes.add(*kind, self.key.hash_one((kind, number, ext)))
                            }
                            (Some(number), None) => hashes.add(*kind, self.key.hash_one((kind, number))),
                            (None, _) => {}
                        }
                    }
                }
                Kind::Address => {
                    if let Some(place) = order.ship_to.as_ref().and_then(|to| to.addr_hash.as_deref()) {
                        // Half of the digits of such a hash tell one from any other.
                        let half = place.get(..32).unwrap_or(place);
                        hashes.add(*kind, self.key.hash_one((kind, half)));
                    }
                }
                Kind::Buyer => {
                    if let Some(buyer) = finger::buyer_of(order) {
                        hashes.add(*kind, self.key.hash_one((kind, &order.source.platform, buyer)));
                    }
                }
            }
        }
        let source = &order.source;
        let own = self.key.hash_one((&source.platform, &source.shop, &order.order_no));
        Some(Sight { own: Sighting::new(placed, own), hashes, first: false })
    }

    /// Takes note of an order; of one that is known already nothing changes.
    pub fn note(&mut self, sight: &mut Sight) {
        // All places are asked for before any is looked at: they are far apart, and come together.
        let hashes = sight.hashes.few.map(|value| value.map_or(0, |(_, hash)| hash));
        self.young.fetch(hashes);
        sight.first = true;
        for (_, hash) in sight.hashes.iter() {
            sight.first &= self.seen(hash, sight.own);
        }
        if self.young.len() > self.most {
            // The room of the one becomes that of the other.
            std::mem::swap(&mut self.old, &mut self.young);
            self.young.clear();
        }
    }

    /// How many orders, this one with them, came from the same phone or buyer or went to the same address within a time
    /// up to when this one was placed; the most of its phones.
    #[must_use]
    pub fn count(&self, sight: &Sight, kind: Kind, within: Micros) -> u32 {
        if sight.first {
            return u32::from(sight.hashes.iter().any(|(of, _)| of == kind));
        }
        let own = sight.own;
        let since = own.micros().saturating_sub(within);
        let counted = sight.hashes.iter().filter(|(of, _)| *of == kind).map(|(_, hash)| {
            let other = |seen: &Sighting| seen.micros() > since && *seen < own && !seen.is_of(&own);
            let in_young = self.young.count(hash, other);
            let others = in_young.or_else(|| self.old.count(hash, other)).unwrap_or(0);
            u32::try_from(others).unwrap_or(u32::MAX).saturating_add(1)
        });
        counted.max().unwrap_or(0)
    }

    /// Takes note of a value; says whether it is new.
    fn seen(&mut self, hash: u64, sighting: Sighting) -> bool {
        let Self { young, old, horizon, .. } = self;
        if !old.is_empty() && !young.knows(hash) {
            old.hand_on(hash, young);
        }
        young.add(hash, sighting, *horizon)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sight(order: u64, minutes: Micros, values: &[u64]) -> Sight {
        let mut hashes = Hashes::default();
        values.iter().for_each(|value| hashes.add(Kind::Phone, *value));
        Sight { own: Sighting::new(minutes * 60, order), hashes, first: false }
    }

    #[test]
    fn what_is_new_needs_no_look_and_what_is_known_is_counted() {
        let hour = 3_600_000_000;
        let mut windows = Windows::new(hour);
        let mut count = |order, minutes, values: &[u64]| {
            let mut sight = sight(order, minutes, values);
            windows.note(&mut sight);
            (sight.first, windows.count(&sight, Kind::Phone, hour), windows.count(&sight, Kind::Buyer, hour))
        };
        assert_eq!(count(1, 0, &[7]), (true, 1, 0));
        assert_eq!(count(1, 0, &[7]), (false, 1, 0), "redelivered");
        assert_eq!(count(2, 10, &[7, 8]), (false, 2, 0), "one of two is known");
        assert_eq!(count(3, 20, &[8]), (false, 2, 0));
        assert_eq!(count(4, 15, &[7]), (false, 3, 0), "what was placed before it counts");
        assert_eq!(count(5, 200, &[7]), (false, 1, 0), "long ago");
        assert_eq!(count(6, 200, &[]), (true, 0, 0), "nothing to count by");
    }

    #[test]
    fn what_is_asked_for_again_outlives_its_generation() {
        let mut windows = Windows::new(Micros::MAX);
        windows.most = 2;
        let mut count = |order: u64, value| {
            let mut sight = sight(order, Micros::try_from(order).unwrap(), &[value]);
            windows.note(&mut sight);
            assert!(windows.young.len() <= 3 && windows.old.len() <= 3);
            windows.count(&sight, Kind::Phone, Micros::MAX)
        };
        assert_eq!(count(0, 1), 1);
        for order in 1..20 {
            assert_eq!(count(2 * order, 100 + order), 1);
            assert_eq!(count(2 * order + 1, 1), u32::try_from(order).unwrap() + 1);
        }
        assert_eq!(count(99, 101), 1, "seen once, long ago: forgotten");
    }
}
