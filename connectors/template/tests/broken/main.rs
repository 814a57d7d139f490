//! The conformance suite finds what it is there to find: Acme, spoilt in one way each, fails the check that is
//! there for it. A check that cannot fail would prove nothing.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests may fail as tests do"
)]

mod normalizing;
mod polls;
mod shape;
mod sinks;
mod webhooks;

use std::sync::Arc;

use crossdock_connector::{Capture, Connector, Normalize, Normalized, Parts, Result};
use crossdock_schemas::{Entity, Order};
use crossdock_template::acme_platform;
use crossdock_testkit::conformance::{Subject, Table, run};

const PLATFORM: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/variants/platform");
const CARRIER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/variants/carrier");
const SINK: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/variants/sink");

fn subject<C: Connector>(root: &'static str) -> Subject {
    Subject::new::<C>(root, None, |_| None)
}

/// The check fails, and says why in words that hold `why`.
fn fails(subject: &Subject, check: &str, why: &str) {
    match run(subject, check) {
        Ok(()) => panic!("{check} passes"),
        Err(failed) => {
            assert!(format!("{failed:?}").contains(why), "{check} fails for another reason: {failed:?}")
        }
    }
}

fn acme(table: Table) -> Result<Parts> {
    (subject::<acme_platform::Acme>(PLATFORM).build)(table)
}

/// Changes what normalizing gives.
struct Spoilt(Arc<dyn Normalize>, fn(&Capture, Result<Normalized>) -> Result<Normalized>);

impl Normalize for Spoilt {
    fn normalize(&self, capture: &Capture) -> Result<Normalized> {
        (self.1)(capture, self.0.normalize(capture))
    }
}

/// A connector whose results are changed.
macro_rules! spoilt {
    ($original:expr, $change:expr) => {
        |table| {
            let parts = ($original)(table)?;
            let normalize =
                parts.normalize.clone().map(|inner| Arc::new(Spoilt(inner, $change)) as Arc<dyn Normalize>);
            Ok(Parts { normalize, ..parts })
        }
    };
}

fn each_order(result: Result<Normalized>, change: impl Fn(&mut Order)) -> Result<Normalized> {
    let mut normalized = result?;
    for observation in &mut normalized.observations {
        if let Entity::Order(order) = &mut observation.entity {
            change(order);
        }
    }
    Ok(normalized)
}

use spoilt;
