//! Who does what: of several hubs over one cluster, one folds, one hands off to a sink, one polls a source.
//!
//! A duty is an entry in a bucket of the cluster that vanishes unless it is renewed. A hub that cannot renew stops well
//! before others may take over. That is for order and thrift, not for truth: two that hold the same duty for a moment
//! do no harm, because every write names the record it follows, and of two the log takes one.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use async_nats::jetstream::kv::{self, Store};
use bytes::Bytes;
use futures_util::StreamExt;
use tokio::sync::watch;
use tokio::time::Instant;

use crate::nats::{Link, Names, NatsError, Result};

/// An entry that is not renewed vanishes after this.
pub const LEASE: Duration = Duration::from_secs(10);
/// Between renewals.
const RENEW: Duration = Duration::from_secs(2);
/// Without a renewal for so long the duty is given up: some time before it vanishes.
const GIVE_UP: Duration = Duration::from_secs(7);
/// Between tries to get a duty.
const TRY: Duration = Duration::from_millis(500);
/// How much longer a hub waits before each try for each duty it has: so that they spread.
const MODESTY: Duration = Duration::from_millis(250);

/// What this hub has to do.
#[derive(Clone, Debug)]
pub struct Duties {
    shared: Option<Arc<Shared>>,
}

#[derive(Debug)]
struct Shared {
    bucket: Store,
    node: String,
    held: AtomicU32,
}

impl Duties {
    /// There is no other hub: everything.
    pub fn alone() -> Self {
        Self { shared: None }
    }

    /// What no other hub over this cluster does.
    ///
    /// # Errors
    /// What the servers say.
    pub async fn shared(link: &Link, names: &Names, replicas: usize, node: &str) -> Result<Self> {
        let bucket = names.leases();
        let config = kv::Config {
            bucket: bucket.clone(),
            description: "who does what".to_owned(),
            max_age: LEASE,
            num_replicas: replicas,
            ..kv::Config::default()
        };
        let store = match link.jetstream.get_key_value(&bucket).await {
            Ok(store) => store,
            Err(_) => link
                .jetstream
                .create_key_value(config)
                .await
                .map_err(|error| NatsError::Away(link.explain(&format!("bucket {bucket}"), &error)))?,
        };
        let kept = store.status().await.map(|status| status.max_age());
        let kept =
            kept.map_err(|error| NatsError::Away(link.explain(&format!("bucket {bucket}"), &error)))?;
        if kept != LEASE {
            return Err(NatsError::Refused(format!(
                "bucket {bucket} keeps its entries for {kept:?}, but must keep them for {LEASE:?}: delete it (nats kv rm \
                 {bucket}) and run `crossdock nats setup`"
            )));
        }
        Ok(Self {
            shared: Some(Arc::new(Shared { bucket: store, node: node.to_owned(), held: AtomicU32::new(0) })),
        })
    }

    /// The hubs that have duties now.
    ///
    /// # Errors
    /// What the servers say.
    pub async fn holders(&self) -> Result<BTreeSet<String>> {
        let mut found = BTreeSet::new();
        let Some(shared) = &self.shared else { return Ok(found) };
        let away = |error: &dyn std::fmt::Display| NatsError::Away(format!("who does what: {error}"));
        let mut keys = shared.bucket.keys().await.map_err(|error| away(&error))?;
        while let Some(key) = keys.next().await {
            let key = key.map_err(|error| away(&error))?;
            let value = shared.bucket.get(&key).await.map_err(|error| away(&error))?;
            found.extend(value.map(|value| String::from_utf8_lossy(&value).into_owned()));
        }
        Ok(found)
    }

    /// Tries to get a duty and keeps it until `stop`; `has` says when this hub has it.
    pub async fn keep(self, name: String, has: watch::Sender<bool>, mut stop: watch::Receiver<bool>) {
        let Some(shared) = self.shared else {
            has.send_replace(true);
            drop(stop.wait_for(|stop| *stop).await);
            return;
        };
        // The first try of each hub comes at another moment.
        let mut pause =
            Duration::from_millis(u64::from(shared.node.bytes().map(u32::from).sum::<u32>() % 200));
        while !*stop.borrow() {
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                changed = stop.changed() => { drop(changed); continue }
            }
            pause = TRY + MODESTY * shared.held.load(Ordering::Relaxed);
            let value = Bytes::from(shared.node.clone());
            let Ok(revision) = shared.bucket.create(&name, value).await else { continue };
            shared.held.fetch_add(1, Ordering::Relaxed);
            has.send_replace(true);
            tracing::info!(duty = name, "this hub takes it over");
            let kept = shared.renew(&name, revision, &mut stop).await;
            has.send_replace(false);
            shared.held.fetch_sub(1, Ordering::Relaxed);
            match kept {
                // Given back on purpose, once the work has had a moment to end.
                Some(revision) => {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    if let Err(error) = shared.bucket.delete_expect_revision(&name, Some(revision)).await {
                        tracing::debug!(duty = name, error = %error, "it will vanish by itself");
                    }
                }
                None => tracing::warn!(duty = name, "lost: another hub takes it over"),
            }
        }
    }
}

impl Shared {
    /// Renews until stopped (then the last revision), or until it is lost.
    async fn renew(&self, name: &str, mut revision: u64, stop: &mut watch::Receiver<bool>) -> Option<u64> {
        let mut renewed = Instant::now();
        loop {
            tokio::select! {
                () = tokio::time::sleep(RENEW) => {}
                changed = stop.changed() => { drop(changed); return Some(revision) }
            }
            let began = Instant::now();
            let update = self.bucket.update(name, Bytes::from(self.node.clone()), revision);
            match tokio::time::timeout(RENEW, update).await {
                Ok(Ok(next)) => (revision, renewed) = (next, began),
                Ok(Err(error)) if error.kind() == kv::UpdateErrorKind::WrongLastRevision => {
                    // A renewal that timed out may have been stored: then the entry is still ours.
                    match self.bucket.entry(name).await {
                        Ok(Some(entry)) if entry.value == self.node.as_bytes() => {
                            (revision, renewed) = (entry.revision, began);
                        }
                        Ok(_) => return None,
                        Err(error) => tracing::debug!(duty = name, error = %error, "not renewed"),
                    }
                }
                Ok(Err(error)) => tracing::debug!(duty = name, error = %error, "not renewed"),
                Err(_) => tracing::debug!(duty = name, "not renewed in time"),
            }
            if renewed.elapsed() > GIVE_UP {
                return None;
            }
        }
    }
}

/// Runs some work whenever this hub has a duty, and stops it when it has it no more. `work` gets what tells it to stop.
pub async fn whenever<F, W>(mut has: watch::Receiver<bool>, mut stop: watch::Receiver<bool>, mut work: F)
where
    F: FnMut(watch::Receiver<bool>) -> W,
    W: Future<Output = ()>,
{
    loop {
        tokio::select! {
            there = has.wait_for(|has| *has) => if there.is_err() { return },
            stopped = stop.wait_for(|stop| *stop) => { drop(stopped); return }
        }
        let (ends, end) = watch::channel(false);
        let mut running = std::pin::pin!(work(end));
        let ended = tokio::select! {
            () = &mut running => true,
            lost = has.wait_for(|has| !*has) => { drop(lost); false }
            stopped = stop.wait_for(|stop| *stop) => { drop(stopped); false }
        };
        ends.send_replace(true);
        if !ended {
            running.await;
        }
        if *stop.borrow() || has.has_changed().is_err() {
            return;
        }
    }
}
