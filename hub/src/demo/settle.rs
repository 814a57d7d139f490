//! Waits until nothing is on its way any more, but not for ever.

use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

use crate::backbone::{Answer, Backbone, Question};
use crate::ledger::Ledger;

use super::live;
use super::script::TAOBAO;

const TICK: Duration = Duration::from_millis(100);
/// Without any movement for so long, nothing will move any more.
const STANDSTILL: Duration = Duration::from_secs(30);

/// Waits until everything is folded, fetched and handed off, and a poll has seen everything that happened before
/// `played`.
///
/// # Errors
/// What is still open when nothing moves any more, or when `limit` is over.
pub(super) async fn wait(
    backbone: &dyn Backbone,
    played: Timestamp,
    limit: Duration,
) -> Result<Ledger, String> {
    let began = Instant::now();
    let mut moved = Instant::now();
    let mut last = None;
    loop {
        let open = Open::now(backbone, played).await?;
        if open.is_empty() {
            return Ok(open.ledger);
        }
        if last.as_ref() != Some(&open) {
            moved = Instant::now();
        }
        let why = if moved.elapsed() > STANDSTILL {
            Some(format!("nothing moved for {} s", STANDSTILL.as_secs()))
        } else if began.elapsed() > limit {
            Some(format!("not done after {} s", limit.as_secs()))
        } else {
            None
        };
        if let Some(why) = why {
            return Err(format!("gave up waiting, {why}: {}", open.words()));
        }
        last = Some(open);
        tokio::time::sleep(TICK).await;
    }
}

/// What is not settled.
#[derive(PartialEq)]
struct Open {
    ledger: Ledger,
    /// Fetches that are due, with the last error.
    fetches: Vec<(String, u64, Option<String>)>,
    polled: bool,
}

impl Open {
    async fn now(backbone: &dyn Backbone, played: Timestamp) -> Result<Self, String> {
        // In this order: what a poll finds is a fetch before it is a capture, and a capture before it is an event.
        let place =
            backbone.cursor(format!("poll/{TAOBAO}/trade")).await.map_err(|error| error.to_string())?;
        let after =
            place.as_deref().and_then(|place| place.strip_prefix("after ")?.parse::<Timestamp>().ok());
        let fetches = match backbone.ask(Question::Nudges).await {
            Ok(Answer::Nudges(open)) => open,
            Ok(_) => Vec::new(),
            Err(error) => return Err(error.to_string()),
        };
        let ledger = live::ledger(backbone).await?;
        Ok(Self { ledger, fetches, polled: after.is_some_and(|after| after >= played) })
    }

    fn is_empty(&self) -> bool {
        let sources = self.ledger.sources.iter().all(|source| source.pending == 0);
        let sinks = self.ledger.sinks.iter().all(|sink| sink.pending == 0);
        sources && sinks && self.fetches.is_empty() && self.polled
    }

    fn words(&self) -> String {
        let mut words = Vec::new();
        for source in self.ledger.sources.iter().filter(|source| source.pending > 0) {
            words.push(format!("{} has {} captures to fold", source.source, source.pending));
        }
        for (source, count, error) in &self.fetches {
            let error = error.as_deref().unwrap_or("no error");
            words.push(format!("{source} has {count} fetches to make ({error})"));
        }
        for sink in self.ledger.sinks.iter().filter(|sink| sink.pending > 0) {
            words.push(format!("{} has {} events to take", sink.sink, sink.pending));
        }
        if !self.polled {
            words.push(format!("no poll of {TAOBAO} came to its end"));
        }
        words.join(", ")
    }
}
