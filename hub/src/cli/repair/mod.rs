//! `quarantine` and `parked`: look at what was given up, and repair it.
//!
//! Reading looks at the store. Repairing is done by the hub that runs; when none does, the command takes the store
//! and does the same.

pub(super) mod parked;
pub(super) mod quarantine;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use super::admin::Admin;
use super::{Failure, Global, Outcome, store};
use crate::backbone::embedded::Embedded;
use crate::backbone::{Backbone, Repair};
use crate::clock;
use crate::config::Config;
use crate::hub::fold_of;
use crate::lock::{self, DataLock};
use crate::operate::Order;
use crate::pipeline::Pipeline;

/// Things in one order: bounds the size of a call and of a transaction.
const TOGETHER: usize = 500;

/// Most things a repair looks at in one run.
const MOST: usize = 1_000_000;

/// Whoever can write the store.
enum Repairer {
    /// The hub that runs.
    Hub(Box<Admin>),
    /// This process.
    Own(Box<Own>),
}

struct Own {
    pipeline: Pipeline,
    backbone: Arc<dyn Backbone>,
    _lock: DataLock,
}

impl Repairer {
    async fn new(global: &Global, config: &Config) -> Outcome<Self> {
        let dir = &config.data.dir;
        if let Some(running) = lock::running(dir) {
            return Ok(Self::Hub(Box::new(Admin::new(running, config)?)));
        }
        let loaded = global.load()?;
        let lock = DataLock::take(dir)?;
        let backbone: Arc<dyn Backbone> = Arc::new(Embedded::open(dir, &config.tenant)?);
        for sink in &loaded.sinks {
            backbone.open_sink(sink.id.to_string(), sink.filter.to_text()).await?;
        }
        // Nobody else has a way to it, so nobody has to tell it to stop.
        let (_, stops) = watch::channel(false);
        let (pipeline, _) = Pipeline::new(Arc::clone(&backbone), fold_of(&loaded), stops);
        Ok(Self::Own(Box::new(Own { pipeline, backbone, _lock: lock })))
    }

    /// Carries an order out; says how many things changed.
    async fn carry_out(&mut self, order: Order) -> Outcome<u64> {
        let own = match self {
            Self::Hub(admin) => return admin.repair(&order).await,
            Self::Own(own) => own,
        };
        Ok(match order {
            Order::RetryQuarantine(seqs) => own.pipeline.refold(seqs).await?,
            Order::DropQuarantine(seqs) => own.backbone.repair(Repair::DropQuarantine(seqs)).await?,
            Order::RetryParked(items) => {
                own.backbone.repair(Repair::RetryParked { items, at: clock::now_micros() }).await?
            }
            Order::DropParked(items) => own.backbone.repair(Repair::DropParked(items)).await?,
        })
    }

    async fn close(self) -> Outcome<()> {
        if let Self::Own(own) = self {
            own.backbone.close(Duration::from_secs(10)).await?;
        }
        Ok(())
    }
}

/// Carries an order out for all items, some at a time; says how many things changed.
async fn all<T: Clone>(
    global: &Global,
    config: &Config,
    items: &[T],
    order: impl Fn(Vec<T>) -> Order,
) -> Outcome<u64> {
    let mut repairer = Repairer::new(global, config).await?;
    let mut changed = 0;
    for some in items.chunks(TOGETHER) {
        changed += repairer.carry_out(order(some.to_vec())).await?;
    }
    repairer.close().await?;
    Ok(changed)
}

/// The configuration and its store for reading.
fn open(global: &Global) -> Outcome<(Config, Embedded)> {
    let config = global.read()?;
    let store = store::reading(&config)?;
    Ok((config, store))
}

/// Dropping is for good: it has to be meant.
fn confirmed(yes: bool, what: &str) -> Outcome<()> {
    if yes {
        return Ok(());
    }
    Err(Failure::usage(format!(
        "this drops {what} for good: add --yes to do it, or --dry-run to see what it would be"
    )))
}
