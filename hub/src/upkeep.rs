//! What a running hub looks after now and then.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use crate::backbone::Backbone;
use crate::config::HumanDuration;
use crate::enrich::risk;

/// Takes over what commands write into the risk list, while the hub runs.
pub(crate) async fn watch_list(risk: Arc<risk::Risk>, path: PathBuf, mut stop: watch::Receiver<bool>) {
    let changed = || std::fs::metadata(&path).and_then(|file| file.modified()).ok();
    let mut seen = changed();
    while !*stop.borrow() {
        tokio::select! {
            () = tokio::time::sleep(Duration::from_secs(1)) => {}
            stopped = stop.changed() => drop(stopped),
        }
        let now = changed();
        if now == seen {
            continue;
        }
        match risk::Listing::load(&path) {
            Ok(list) => risk.set_list(list),
            Err(error) => tracing::warn!(error, "the risk list stays as it was"),
        }
        seen = now;
    }
}

/// Removes bodies of old captures in small steps, so that it holds nothing up.
pub(crate) async fn retention(
    backbone: Arc<dyn Backbone>,
    keep: HumanDuration,
    mut stop: watch::Receiver<bool>,
) {
    const STEP: usize = 500;
    while !*stop.borrow() {
        let before = crate::clock::now_micros().saturating_sub(keep.micros());
        let removed = backbone.repair(crate::backbone::Repair::Retire { before, limit: STEP }).await;
        let pause = match removed {
            Ok(count) if count >= 500 => Duration::from_millis(100),
            Ok(_) => Duration::from_secs(600),
            Err(error) => {
                tracing::warn!(error = %error, "retention waits for the store");
                Duration::from_secs(60)
            }
        };
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            changed = stop.changed() => drop(changed),
        }
    }
}
