//! What the world will tell the hub, worked out before anything starts: every message with its place in time, and
//! what has to come out in the end. The same seed gives the same script.

mod parcels;
mod sheet;
mod shopify;
mod taobao;

use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;
use crossdock_schemas::Dec;
use crossdock_testkit::standin::Rng;
use crossdock_testkit::standin::generate::{mutate, taobao as trades};
use crossdock_testkit::standin::shopify::Webhook;
use jiff::{SignedDuration, Timestamp};

use super::sample;

pub(super) use sheet::Files;

/// The end of the play: places in time are counted in millionths of it.
pub(super) const END: u32 = 1_000_000;

/// Ids of the sources in the configuration.
pub(super) const SHOPIFY: &str = "shopify-uk";
pub(super) const TAOBAO: &str = "taobao-flagship";
pub(super) const SF: &str = "sf";
pub(super) const SHEET: &str = "online-retail";

/// Something that happens.
#[derive(Clone)]
pub(super) enum Act {
    /// A trade changes at the gateway; nobody is told.
    Put(Box<trades::State>),
    /// Shopify pushes.
    Shopify(Webhook),
    /// The bridge passes on a message.
    Taobao(Bytes),
    /// SF pushes scans.
    Sf(Bytes),
    /// Somebody who does not know the secret pushes a copy to this source.
    Forged(&'static str, Bytes),
}

/// When something happens.
#[derive(Clone)]
pub(super) struct Cue {
    pub(super) at: u32,
    pub(super) act: Act,
}

/// How much of what was mixed in.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Mixed {
    /// The same bytes once more.
    pub(super) again: u64,
    /// The same meaning in other bytes.
    pub(super) respelled: u64,
    /// Told after something that happened later.
    pub(super) late: u64,
    /// Broken off in the middle.
    pub(super) malformed: u64,
    /// Signed with a wrong secret.
    pub(super) forged: u64,
    /// Messages that never come: only a poll can find the change.
    pub(super) lost: u64,
    /// Scans of parcels, as they happened.
    pub(super) scans: u64,
    /// Scans of parcels, as they are pushed.
    pub(super) pushed: u64,
}

/// How a parcel should end.
#[derive(Clone, Debug)]
pub(super) struct Journey {
    pub(super) number: String,
    pub(super) delivered: Option<Timestamp>,
    pub(super) exceptions: u64,
}

/// How an order stands in the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ends {
    /// Neither done nor called off.
    Open,
    /// Done.
    Completed,
    /// Called off.
    Cancelled,
}

/// An order as it should be known in the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Known {
    pub(super) amount: Dec,
    pub(super) ends: Ends,
}

/// What has to come out.
#[derive(Default)]
pub(super) struct Expected {
    /// Orders by source and number.
    pub(super) orders: BTreeMap<(&'static str, String), Known>,
    /// After-sale cases by source.
    pub(super) cases: BTreeMap<&'static str, u64>,
    /// Parcels that are shipped.
    pub(super) parcels: Vec<Journey>,
    /// Captures that cannot be read, by source.
    pub(super) malformed: BTreeMap<&'static str, u64>,
}

/// The whole script.
#[derive(Default)]
pub(super) struct Script {
    pub(super) shopify: Vec<Cue>,
    pub(super) taobao: Vec<Cue>,
    pub(super) sf: Vec<Cue>,
    pub(super) files: Files,
    pub(super) mixed: Mixed,
    pub(super) expected: Expected,
    /// Number of the Shopify order whose story is told in the end.
    pub(super) hero: String,
}

/// A parcel that was handed to SF, for the one who writes its scans.
struct Shipped {
    number: String,
    order: String,
    /// When the shop sent it.
    sent: Timestamp,
    /// When the shop tells of it.
    told: u32,
    hero: bool,
}

/// How long the play should take; slower machines take longer.
pub(super) fn length(orders: usize) -> Duration {
    let orders = u64::try_from(orders).unwrap_or(u64::MAX);
    Duration::from_millis(orders.saturating_mul(6).saturating_add(4000))
}

/// Writes the script for so many orders of the sample, played from `start` on.
///
/// # Errors
/// When the built-in sample cannot be read.
pub(super) fn write(orders: usize, seed: u64, start: Timestamp) -> Result<Script, String> {
    let shares = sample::deal(orders, &mut Rng::named(seed, "shares"))?;
    let mut script = Script::default();
    let mut shipped = Vec::new();
    shopify::write(&shares.shopify, seed, start, &mut script, &mut shipped);
    taobao::write(&shares.taobao, seed, start, length(orders), &mut script, &mut shipped);
    parcels::write(shipped, seed, &mut script);
    sheet::write(&shares, seed, &mut script);
    for cues in [&mut script.shopify, &mut script.taobao, &mut script.sf] {
        cues.sort_by_key(|cue| cue.at);
    }
    Ok(script)
}

impl Script {
    /// Everything that will be told.
    pub(super) fn acts(&self) -> usize {
        self.shopify.len() + self.taobao.len() + self.sf.len()
    }

    fn malformed(&mut self, source: &'static str) {
        self.mixed.malformed += 1;
        *self.expected.malformed.entry(source).or_default() += 1;
    }
}

/// Adds what goes wrong on the way to some messages of a source.
struct Mischief {
    rng: Rng,
}

impl Mischief {
    fn new(seed: u64, source: &str) -> Self {
        Self { rng: Rng::named(seed, &format!("mischief {source}")) }
    }

    fn chance(&mut self, per_mille: u32) -> bool {
        self.rng.chance(per_mille)
    }

    /// Some time after a place.
    fn after(&mut self, at: u32, least: u32, most: u32) -> u32 {
        let extra = u32::try_from(self.rng.below(u64::from(most - least))).unwrap_or(0);
        (at + least + extra).min(END)
    }

    /// Other bytes that mean the same.
    fn respelled(&mut self, body: &[u8]) -> Option<Bytes> {
        mutate::respelled(body, &mut self.rng).map(Bytes::from)
    }

    /// A body that breaks off.
    fn broken(&mut self, body: &[u8]) -> Bytes {
        Bytes::from(mutate::truncated(body, &mut self.rng))
    }
}

/// Of many messages, which get a broken and a forged copy: every `n`th, so that even a short demo has some.
fn nth(at: usize, every: usize, from: usize) -> bool {
    at % every == from
}

fn later(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.checked_add(by).unwrap_or(at)
}

#[cfg(test)]
mod tests;
