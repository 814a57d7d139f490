//! `quarantine` and `parked`: look at what was given up, and repair it.
//!
//! Reading looks at the store. Repairing is done by the hub that runs; when none does, the command takes the store
//! and does the same.

mod lot;
pub(super) mod parked;
pub(super) mod quarantine;

pub(super) use lot::age;

use std::sync::Arc;
use std::time::Duration;

use crossdock_connector::{Captured, sign};
use crossdock_schemas::{Channel, Class};
use tokio::sync::watch;

use super::admin::Admin;
use super::{Failure, Global, Outcome, store};
use crate::backbone::embedded::Embedded;
use crate::backbone::{Backbone, Micros, NewCapture};
use crate::clock;
use crate::config::Config;
use crate::hub::fold_of;
use crate::lock::{self, DataLock};
use crate::operate::{Handed, HandedCapture, Order};
use crate::pipeline::Pipeline;

/// Things in one order: bounds the size of a call and of a transaction.
const TOGETHER: usize = 500;
/// Captures in one call: bodies may be large.
const CAPTURES: usize = 50;
/// Longest wait for a hub to fold what it has.
const PATIENCE: Micros = 120_000_000;

/// Whoever can write the store.
pub(super) enum Repairer {
    /// The hub that runs.
    Hub(Box<Admin>),
    /// This process.
    Own(Box<Own>),
}

pub(super) struct Own {
    pipeline: Pipeline,
    backbone: Arc<dyn Backbone>,
    _lock: DataLock,
}

impl Repairer {
    pub(super) async fn new(global: &Global, config: &Config) -> Outcome<Self> {
        let dir = &config.data.dir;
        if let Some(running) = lock::running(dir) {
            return Ok(Self::Hub(Box::new(Admin::new(running, config)?)));
        }
        let loaded = global.load()?;
        let lock = DataLock::take(dir)?;
        let backbone = crate::hub::open(&loaded.config).await?;
        for sink in &loaded.sinks {
            backbone.open_sink(sink.id.to_string(), sink.filter.to_text()).await?;
        }
        // Nobody else has a way to it, so nobody has to tell it to stop.
        let (_, stops) = watch::channel(false);
        let (pipeline, _) = Pipeline::new(Arc::clone(&backbone), fold_of(&loaded), stops);
        Ok(Self::Own(Box::new(Own { pipeline, backbone, _lock: lock })))
    }

    /// Whether a hub runs that goes on with it.
    pub(super) fn is_running(&self) -> bool {
        matches!(self, Self::Hub(_))
    }

    /// Carries an order out; says how many things changed.
    pub(super) async fn carry_out(&mut self, order: Order) -> Outcome<u64> {
        let own = match self {
            Self::Hub(admin) => return admin.repair(&order).await,
            Self::Own(own) => own,
        };
        Ok(match order.repair(clock::now_micros()) {
            Err(seqs) => own.pipeline.refold(seqs).await?,
            Ok(repair) => own.backbone.repair(repair).await?,
        })
    }

    /// Stores captures of a source as a poll would, and waits until they are folded.
    pub(super) async fn capture(&mut self, source: &str, captured: Vec<Captured>) -> Outcome<()> {
        self.capture_by(source, Channel::Poll, captured).await
    }

    /// Stores captures of a source, and waits until they are folded.
    pub(super) async fn capture_by(
        &mut self,
        source: &str,
        channel: Channel,
        captured: Vec<Captured>,
    ) -> Outcome<()> {
        match self {
            Self::Hub(admin) => {
                for some in captured.chunks(CAPTURES) {
                    admin.capture(&handed(source, channel, some)).await?;
                }
                folded(admin).await
            }
            Self::Own(own) => {
                let (source, now): (Arc<str>, _) = (source.into(), clock::now_micros());
                let batch = captured.into_iter().map(|captured| NewCapture {
                    source: Arc::clone(&source),
                    captured,
                    channel,
                    class: Class::Normal,
                    received_at: now,
                    traceparent: None,
                    answers: Vec::new(),
                });
                own.backbone.capture(batch.collect()).await?;
                Ok(own.pipeline.drain().await?)
            }
        }
    }

    /// Waits until everything that was captured so far is folded; without a hub there is nothing to wait for.
    pub(super) async fn catch_up(&self) -> Outcome<()> {
        match self {
            Self::Hub(admin) => folded(admin).await,
            Self::Own(_) => Ok(()),
        }
    }

    pub(super) async fn close(self) -> Outcome<()> {
        if let Self::Own(own) = self {
            own.backbone.close(Duration::from_secs(10)).await?;
        }
        Ok(())
    }
}

fn handed(source: &str, channel: Channel, captured: &[Captured]) -> Handed {
    let captures = captured.iter().map(|captured| HandedCapture {
        topic: captured.topic.clone(),
        headers: captured.headers.clone(),
        origin: captured.origin.clone(),
        body: sign::base64(&captured.body),
    });
    Handed {
        source: source.to_owned(),
        class: Class::Normal.to_string(),
        channel: Some(channel.to_string()),
        captures: captures.collect(),
    }
}

/// Waits until a hub has folded what it has now.
async fn folded(admin: &Admin) -> Outcome<()> {
    let head = admin.position().await?.head;
    let began = clock::now_micros();
    while admin.position().await?.folded < head {
        if clock::now_micros().saturating_sub(began) > PATIENCE {
            return Err(Failure::failed("the running hub does not get on with folding: is its disk full?"));
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Ok(())
}

/// The configuration and its store for reading.
pub(super) fn open(global: &Global) -> Outcome<(Config, Embedded)> {
    let config = global.read()?;
    let store = store::reading(&config)?;
    Ok((config, store))
}
