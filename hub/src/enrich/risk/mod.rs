//! Risk rules: what an order is tagged with, and whether somebody has to look before it ships.
//!
//! Rules are data ([`rules`]). A finding names its rule, the version of the rules and what was seen, without personal
//! data. `review` and `block` hold the order; that is decided by the fold, which also knows what people released.

mod check;
mod finger;
mod list;
pub mod rules;
mod seen;
mod windows;

use std::sync::{Mutex, MutexGuard, PoisonError};

use crossdock_schemas::{Order, RiskTag, Ts};

pub use finger::{Finger, Key, Kind, buyer, normal};
pub use list::{FILE_NAME, Listed, Listing};
pub use rules::Rules;
pub use windows::{Sight, Windows};

use crate::backbone::Micros;
use crate::pipeline::About;
use check::Sought;

/// The rules with what they need to know.
#[derive(Debug)]
pub struct Risk {
    rules: Rules,
    /// What each rule looks for, read beforehand.
    sought: Vec<Sought>,
    /// What the rules count.
    counted: Vec<Kind>,
    /// Makes keyed hashes; without it nothing can be on the list.
    key: Option<Key>,
    known: Mutex<Known>,
}

/// What is listed and what was seen.
#[derive(Debug)]
struct Known {
    list: Listing,
    windows: Windows,
}

impl Risk {
    /// These rules, with nothing seen yet and nothing listed.
    #[must_use]
    pub fn new(rules: Rules, key: Option<Key>) -> Self {
        let windows = Windows::new(rules.horizon().unwrap_or_default());
        let sought = rules.rules.iter().map(|rule| Sought::new(&rule.when)).collect();
        let known = Mutex::new(Known { list: Listing::default(), windows });
        Self { counted: rules.counted(), rules, sought, key, known }
    }

    /// The rules.
    #[must_use]
    pub const fn rules(&self) -> &Rules {
        &self.rules
    }

    /// Takes another list of phones, addresses and buyers.
    pub fn set_list(&self, list: Listing) {
        self.known().list = list;
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

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes note of an order; gives back by what it is counted.
    fn sight(&self, order: &Order) -> (MutexGuard<'_, Known>, Option<Sight>) {
        let mut known = self.known();
        let mut sight = match self.counted.as_slice() {
            [] => None,
            kinds => known.windows.sight(order, kinds),
        };
        if let Some(sight) = &mut sight {
            known.windows.note(sight);
        }
        (known, sight)
    }

    /// Writes what the rules find into an order.
    pub(super) fn assess(&self, order: &mut Order, about: &About<'_>) {
        order.risk_tags = self.findings(order, about);
    }

    /// What the rules find. Each finding is made once, in the order of the rules.
    #[must_use]
    pub fn findings(&self, order: &Order, about: &About<'_>) -> Vec<RiskTag> {
        let (known, sight) = self.sight(order);
        let mut tags = Vec::new();
        let facts = check::Facts {
            order,
            key: self.key.as_ref(),
            list: &known.list,
            windows: &known.windows,
            sight: sight.as_ref(),
        };
        let rules = self.rules.rules.iter().zip(&self.sought);
        for (rule, sought) in
            rules.filter(|(rule, sought)| facts.may_see(sought) && rule.is_for(about.source))
        {
            if let Some(evidence) = facts.seen(&rule.when, sought) {
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
