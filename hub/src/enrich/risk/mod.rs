//! Risk rules: what an order is tagged with, and whether somebody has to look before it ships.
//!
//! Rules are data ([`rules`]). A finding names its rule, the version of the rules and what was seen, without personal
//! data. `review` and `block` hold the order; that is decided by the fold, which also knows what people released.

mod check;
mod finger;
mod list;
pub mod rules;
mod windows;

use std::sync::{Mutex, MutexGuard, PoisonError, RwLock};

use crossdock_schemas::{Order, RiskTag, Ts};

pub use finger::{Finger, Key, Kind, buyer, normal};
pub use list::{FILE_NAME, Listed, Listing};
pub use rules::Rules;
pub use windows::{Sight, Windows};

use crate::backbone::Micros;
use crate::pipeline::About;

/// The rules with what they need to know.
#[derive(Debug)]
pub struct Risk {
    rules: Rules,
    /// What the rules count.
    counted: Vec<Kind>,
    /// Makes keyed hashes; without it nothing can be on the list.
    key: Option<Key>,
    list: RwLock<Listing>,
    windows: Mutex<Windows>,
}

impl Risk {
    /// These rules, with nothing seen yet and nothing listed.
    #[must_use]
    pub fn new(rules: Rules, key: Option<Key>) -> Self {
        let windows = Windows::new(rules.horizon().unwrap_or_default());
        let counted = rules.counted();
        Self { rules, counted, key, list: RwLock::default(), windows: Mutex::new(windows) }
    }

    /// The rules.
    #[must_use]
    pub const fn rules(&self) -> &Rules {
        &self.rules
    }

    /// Takes another list of phones, addresses and buyers.
    pub fn set_list(&self, list: Listing) {
        *self.list.write().unwrap_or_else(PoisonError::into_inner) = list;
    }

    /// How far back the rules look; none when no rule counts.
    #[must_use]
    pub fn horizon(&self) -> Option<Micros> {
        self.rules.horizon()
    }

    /// Takes note of an order, for the rules that count.
    pub fn note(&self, order: &Order) {
        if !self.counted.is_empty() {
            drop(self.sight(order));
        }
    }

    /// Takes note of an order; gives back by what it is counted.
    fn sight(&self, order: &Order) -> (MutexGuard<'_, Windows>, Option<Sight>) {
        let mut windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        let mut sight = match self.counted.as_slice() {
            [] => None,
            kinds => windows.sight(order, kinds),
        };
        if let Some(sight) = &mut sight {
            windows.note(sight);
        }
        (windows, sight)
    }

    /// Writes what the rules find into an order.
    pub(super) fn assess(&self, order: &mut Order, about: &About<'_>) {
        order.risk_tags = self.findings(order, about);
    }

    /// What the rules find. Each finding is made once, in the order of the rules.
    #[must_use]
    pub fn findings(&self, order: &Order, about: &About<'_>) -> Vec<RiskTag> {
        let (windows, sight) = self.sight(order);
        let mut tags = Vec::new();
        let list = self.list.read().unwrap_or_else(PoisonError::into_inner);
        let facts = check::Facts {
            order,
            key: self.key.as_ref(),
            list: &list,
            windows: &windows,
            sight: sight.as_ref(),
        };
        for rule in self.rules.rules.iter().filter(|rule| rule.is_for(about.source)) {
            if let Some(evidence) = facts.seen(&rule.when) {
                tags.push(RiskTag {
                    code: rule.when.code(),
                    severity: rule.severity(),
                    rule: rule.id.clone(),
                    rule_version: self.rules.version.clone(),
                    evidence,
                    at: Ts::utc(about.at),
                    ..RiskTag::default()
                });
            }
        }
        tags
    }
}
