//! Who ordered when: what the rules that count look at.
//!
//! It counts by the time orders were placed, so redelivery, replay and the order of arrival of what is already known
//! make no difference: an order counts once, and only those placed before it count for it. Kept in memory, in two
//! generations, so that it is bounded however many people order; the store gives it back at a start. Values are hashed
//! with a key that is made at the start and known to nobody.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{BuildHasherDefault, Hasher};

use crossdock_schemas::Order;

use super::finger::{self, Kind};
use crate::backbone::Micros;
use crate::enrich::quick::{AsIs, Quick};

/// Most phones, buyers and addresses in one generation: about 30 MB.
const MOST: usize = 300_000;
/// Room from the start.
const FEWEST: usize = 4096;
/// Most orders remembered of one of them: far more than any rule asks for.
const ORDERS: usize = 1024;

/// When an order was placed, and which it was.
type Sighting = (Micros, u64);

/// An order as it is counted: when and which, and what it has of each kind, hashed.
#[derive(Clone, Debug)]
pub struct Sight {
    own: Sighting,
    hashes: Vec<(Kind, u64)>,
    /// Nothing of it was ever seen before: so it is with nearly all orders.
    first: bool,
}

/// The orders of one value: nearly always one.
#[derive(Debug)]
enum Orders {
    One(Sighting),
    Some(Vec<Sighting>),
}

impl Orders {
    const fn as_slice(&self) -> &[Sighting] {
        match self {
            Orders::One(only) => std::slice::from_ref(only),
            Orders::Some(all) => all.as_slice(),
        }
    }

    /// Takes note of one more, and forgets what is older than the horizon before the newest.
    fn add(&mut self, sighting: Sighting, horizon: Micros) {
        let known = self.as_slice();
        if known.iter().any(|known| known.1 == sighting.1) {
            return;
        }
        let newest = known.iter().map(|seen| seen.0).max().unwrap_or(sighting.0).max(sighting.0);
        let since = newest.saturating_sub(horizon);
        if let Orders::One(only) = self {
            *self = Orders::Some(vec![*only]);
        }
        if let Orders::Some(all) = self {
            all.retain(|seen| seen.0 >= since);
            if all.len() < ORDERS && sighting.0 >= since {
                all.push(sighting);
            }
        }
    }
}

/// What was seen of each value.
type Seen = HashMap<u64, Orders, BuildHasherDefault<AsIs>>;

/// Sightings within the longest window that a rule has.
#[derive(Debug)]
pub struct Windows {
    horizon: Micros,
    /// What hashes begin with.
    key: Quick,
    young: Seen,
    old: Seen,
    most: usize,
}

impl Windows {
    /// Remembers orders this long.
    #[must_use]
    pub fn new(horizon: Micros) -> Self {
        let room = || Seen::with_capacity_and_hasher(FEWEST, BuildHasherDefault::default());
        Self { horizon, key: Quick::keyed(), young: room(), old: Seen::default(), most: MOST }
    }

    /// By what an order is counted, of these kinds; none when nobody says when it was placed.
    #[must_use]
    pub fn sight(&self, order: &Order, kinds: &[Kind]) -> Option<Sight> {
        let placed = order.placed_at?.utc_seconds().checked_mul(1_000_000)?;
        let hash = |parts: &[&str]| {
            let mut hash = self.key;
            parts.iter().for_each(|part| hash.write(part.as_bytes()));
            hash.finish()
        };
        let mut hashes: Vec<(Kind, u64)> = Vec::with_capacity(4);
        let mut add = |kind: Kind, hash: u64| {
            if !hashes.contains(&(kind, hash)) {
                hashes.push((kind, hash));
            }
        };
        for kind in kinds {
            match kind {
                Kind::Phone => {
                    for phone in finger::phones(order) {
                        match (&phone.e164, &phone.ext) {
                            (Some(number), Some(ext)) => add(*kind, hash(&["phone", number, ext])),
                            (Some(number), None) => add(*kind, hash(&["phone", number])),
                            (None, _) => {}
                        }
                    }
                }
                Kind::Address => {
                    if let Some(place) = order.ship_to.as_ref().and_then(|to| to.addr_hash.as_ref()) {
                        add(*kind, hash(&["address", place]));
                    }
                }
                Kind::Buyer => {
                    if let Some(buyer) = finger::buyer_of(order) {
                        add(*kind, hash(&["buyer", &order.source.platform, buyer]));
                    }
                }
            }
        }
        let source = &order.source;
        let own = hash(&["order", &source.platform, &source.shop, &order.order_no]);
        Some(Sight { own: (placed, own), hashes, first: false })
    }

    /// Takes note of an order; of one that is known already nothing changes.
    pub fn note(&mut self, sight: &mut Sight) {
        sight.first = true;
        for (_, hash) in &sight.hashes {
            sight.first &= self.seen(*hash, sight.own);
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
            return u32::from(sight.hashes.iter().any(|(of, _)| *of == kind));
        }
        let own = sight.own;
        let since = own.0.saturating_sub(within);
        let counted = sight.hashes.iter().filter(|(of, _)| *of == kind).map(|(_, hash)| {
            let seen = self.young.get(hash).or_else(|| self.old.get(hash));
            let seen = seen.map(Orders::as_slice).unwrap_or_default();
            let others = seen.iter().filter(|seen| seen.0 > since && **seen < own && seen.1 != own.1).count();
            u32::try_from(others).unwrap_or(u32::MAX).saturating_add(1)
        });
        counted.max().unwrap_or(0)
    }

    /// Takes note of a value; says whether it is new.
    fn seen(&mut self, hash: u64, sighting: Sighting) -> bool {
        if !self.old.is_empty()
            && let Some(kept) = self.old.remove(&hash)
        {
            self.young.insert(hash, kept);
        }
        match self.young.entry(hash) {
            Entry::Vacant(place) => {
                place.insert(Orders::One(sighting));
                true
            }
            Entry::Occupied(known) => {
                known.into_mut().add(sighting, self.horizon);
                false
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sight(order: u64, minutes: Micros, values: &[u64]) -> Sight {
        let hashes = values.iter().map(|value| (Kind::Phone, *value)).collect();
        Sight { own: (minutes * 60_000_000, order), hashes, first: false }
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
