//! Ingest while a hub runs: the hub holds the store, so it is given the captures.

use std::time::Duration;

use crossdock_connector::sign;

use super::super::Outcome;
use super::super::admin::Admin;
use super::feed::Feed;
use super::progress::Bars;
use super::{Report, Task};
use crate::backbone::{NewCapture, Seq};
use crate::config::Loaded;
use crate::lock::Running;
use crate::operate::{Handed, HandedCapture};

/// About as many bytes of bodies in one call.
const CALL_BYTES: usize = 4 << 20;

pub(super) async fn run(task: &Task, running: Running, loaded: &Loaded) -> Outcome<Report> {
    let admin = Admin::new(running, &loaded.config)?;
    let head = admin.position().await?.head;
    let before = admin.ledger().await?;
    let bars = Bars::default();
    let mut feed = Feed::start(task, &bars);
    let mut stored = Ok(());
    let mut last = head;
    while let Some(batch) = feed.batches.recv().await {
        // Places are given one by one: the last of ours is at least this far.
        last = last.saturating_add(i64::try_from(batch.len()).unwrap_or(i64::MAX));
        stored = give(&admin, task, batch).await;
        if stored.is_err() {
            break;
        }
    }
    let read = feed.finish().await;
    stored?;
    let read = read?;
    fold(&admin, last, &bars).await?;
    let after = admin.ledger().await?;
    Ok(Report { read, head, before, after })
}

async fn give(admin: &Admin, task: &Task, batch: Vec<NewCapture>) -> Outcome<()> {
    let empty = || Handed {
        source: task.source.to_string(),
        class: task.class.to_string(),
        channel: None,
        captures: Vec::new(),
    };
    let (mut handed, mut bytes) = (empty(), 0);
    for capture in batch {
        let captured = capture.captured;
        bytes += captured.body.len();
        handed.captures.push(HandedCapture {
            topic: captured.topic,
            headers: captured.headers,
            origin: captured.origin,
            body: sign::base64(&captured.body),
        });
        if bytes >= CALL_BYTES {
            admin.capture(&handed).await?;
            (handed, bytes) = (empty(), 0);
        }
    }
    if handed.captures.is_empty() { Ok(()) } else { admin.capture(&handed).await }
}

/// Waits until what was there when we ended is folded; what others send meanwhile is not waited for.
async fn fold(admin: &Admin, last: Seq, bars: &Bars) -> Outcome<()> {
    let start = admin.position().await?;
    // The hub's own count of what is there may be a moment behind, ours does not know what others sent before us.
    let last = last.max(start.head);
    let bar = bars.folding();
    bar.set_length(u64::try_from(last - start.folded).unwrap_or_default());
    loop {
        let at = admin.position().await?;
        bar.set_position(u64::try_from(at.folded - start.folded).unwrap_or_default());
        if at.folded >= last {
            bar.finish_and_clear();
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
