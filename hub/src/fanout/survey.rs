//! Looking before publishing: from where on the stream has to be filled, and what of it is there already.
//!
//! The stream is held against what is remembered, newest mark first, until one is found whose event lies at its
//! place. From there on message ids are read, and what has one is not published again: that needs no memory of the
//! servers, so it holds after any outage, and after a stream was made anew, purged, or restored from a copy. What
//! retention has removed is not missing.

use std::collections::HashMap;

use super::memory::Memory;
use crate::backbone::{Micros, Seq};

/// An event id, as much of it as tells them apart.
pub(super) type Id = u128;

/// The number in an event id, `e1-` and hex digits. Others are none of ours.
pub(super) fn id_of(text: &str) -> Option<Id> {
    let digits = text.strip_prefix("e1-")?.get(..32)?;
    if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    Id::from_str_radix(digits, 16).ok()
}

/// How a stream is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct State {
    /// The first place that can hold a message.
    pub(super) first: u64,
    /// The last place that was given away.
    pub(super) last: u64,
    /// When it was made.
    pub(super) created: String,
}

/// A stream, as far as the survey looks at it.
pub(super) trait Stream {
    /// Why it cannot be looked at.
    type Error;
    /// How it is.
    fn state(&self) -> impl Future<Output = Result<State, Self::Error>> + Send;
    /// The id at a place; none when there is no message of ours.
    fn id_at(&self, place: u64) -> impl Future<Output = Result<Option<Id>, Self::Error>> + Send;
    /// Ids after a place, with their places, in order.
    fn ids(&self, after: u64) -> impl Future<Output = Result<Vec<(u64, Id)>, Self::Error>> + Send;
}

/// The log, as far as the survey looks at it.
pub(super) trait Log {
    /// Why it cannot be looked at.
    type Error;
    /// Id of an event and when it was recorded.
    fn event(&self, seq: Seq) -> impl Future<Output = Result<Option<(Id, Micros)>, Self::Error>> + Send;
    /// The last event recorded before a time.
    fn place_at(&self, at: Micros) -> impl Future<Output = Result<Seq, Self::Error>> + Send;
}

/// What was found.
#[derive(Clone, Debug, Default)]
pub(super) struct Survey {
    /// The event after which is published.
    pub(super) from: Seq,
    /// Its place, or the place before which nothing has to be looked at.
    pub(super) place: u64,
    /// What lies behind that place already.
    pub(super) present: HashMap<Id, u64>,
    /// How the stream was.
    pub(super) state: State,
    /// Whether something that was acknowledged is no longer where it was.
    pub(super) lost: bool,
}

impl Survey {
    /// The place of an event that is there already.
    pub(super) fn take(&mut self, id: Id) -> Option<u64> {
        self.present.remove(&id)
    }

    /// The last place of the stream, as far as it was looked at.
    pub(super) fn end(&self) -> u64 {
        self.present.values().copied().max().unwrap_or_default().max(self.state.last)
    }

    /// Whether the servers call something a duplicate that was looked for and not found: they remember an id whose
    /// message is gone, and forget it after the duplicate window.
    pub(super) fn is_ghost(&self, duplicate: bool, place: u64) -> bool {
        duplicate && place <= self.state.last
    }
}

/// Holds a stream against what is remembered. Events recorded before `kept_since` may be gone.
///
/// # Errors
/// When stream or log cannot be looked at.
pub(super) async fn survey<E, S, L>(
    stream: &S,
    log: &L,
    memory: &Memory,
    kept_since: Micros,
) -> Result<Survey, E>
where
    S: Stream,
    L: Log,
    E: From<S::Error> + From<L::Error>,
{
    let state = stream.state().await?;
    let mut lost = false;
    let mut start = None;
    for (seq, place) in memory.candidates() {
        let Some((id, recorded)) = log.event(seq).await? else {
            // The log is older than the memory: it was restored.
            lost = true;
            continue;
        };
        if place < state.first && recorded < kept_since {
            start = Some((seq, state.first.saturating_sub(1)));
        } else if place >= state.first && place <= state.last && stream.id_at(place).await? == Some(id) {
            start = Some((seq, place));
        } else {
            lost = true;
            continue;
        }
        break;
    }
    let (from, place) = match start {
        Some(start) => start,
        None => (log.place_at(kept_since).await?, state.first.saturating_sub(1)),
    };
    let present = stream.ids(place).await?.into_iter().map(|(place, id)| (id, place)).collect();
    Ok(Survey { from, place, present, state, lost })
}
