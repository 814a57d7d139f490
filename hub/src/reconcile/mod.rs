//! Reconciling: the platform's own list, held against what is known here and against what sinks accepted.
//!
//! What the platform lists is normalized and folded on what is stored, as a capture would be, and nothing of that is
//! written: what would change is what differs. So there is one idea of "the same", that of the fold, and every
//! connector that polls can be reconciled without code of its own.
//!
//! Nothing here writes. Whoever repairs captures what differs and hands off again what a sink lacks.

pub mod extra;
pub mod handed;
mod list;
mod look;

use std::collections::VecDeque;
use std::sync::Arc;

use crossdock_connector::{Captured, Cursor, Error, ObjectId, Topic};
use jiff::{SignedDuration, Timestamp};

pub use look::{Difference, Looked, What};

use crate::backbone::{Backbone, BackboneError};
use crate::config::SourceSetup;
use crate::ingress::pull::Caller;
use crate::pipeline::Fold;
use list::List;
use look::Look;

/// Captures looked at together.
const TOGETHER: usize = 64;

/// Why it cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum ReconcileError {
    /// The source cannot be asked for a list.
    #[error("{0}")]
    NoList(String),
    /// The platform does not give its list.
    #[error("{source_id} does not give its list of {topic}: {error}")]
    Refused {
        /// Source.
        source_id: Arc<str>,
        /// What was asked for.
        topic: String,
        /// Its words.
        error: Box<Error>,
    },
    /// The store cannot be read.
    #[error(transparent)]
    Store(#[from] BackboneError),
}

/// Part of the platform's list, held against what is known here.
#[derive(Debug, Default)]
pub struct Batch {
    /// What the platform said.
    pub captured: Vec<Captured>,
    /// How it compares: places are those in `captured`.
    pub looked: Looked,
    /// Objects that were listed and could not be had.
    pub failed: Vec<(ObjectId, Error)>,
}

/// One walk through the platform's list.
pub struct Reconcile<'a> {
    list: List<'a>,
    look: Look,
    backbone: &'a dyn Backbone,
    windows: VecDeque<(Topic, Timestamp, Timestamp)>,
    cursor: Option<Cursor>,
}

impl<'a> Reconcile<'a> {
    /// A walk through what changed at the platform from one time to another.
    ///
    /// # Errors
    /// `NoList` when the connector cannot poll.
    pub fn new(
        source: &'a SourceSetup,
        fold: Fold,
        backbone: &'a dyn Backbone,
        caller: &'a Caller,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Self, ReconcileError> {
        let Some(poll) = source.parts.poll.as_deref() else {
            let why = match source.descriptor.capabilities.poll {
                true => "could be asked, but this source's settings have no access to it (see its README)",
                false => "is told by pushes or files only",
            };
            return Err(ReconcileError::NoList(format!(
                "source {} has no list to ask for: `{}` {why}",
                source.id, source.config.connector
            )));
        };
        let longest = SignedDuration::from_secs(i64::from(poll.window_seconds().max(1)));
        let mut windows = VecDeque::new();
        // A queue is no list: walking it would take messages away from the poller.
        for topic in poll.topics().iter().filter(|topic| !poll.empties(topic)) {
            let mut start = from;
            while start < to {
                let end = start.checked_add(longest).unwrap_or(to).min(to);
                windows.push_back((*topic, start, end));
                start = end;
            }
        }
        let list = List::new(source, poll, caller);
        let look = Look::new(Arc::clone(&source.id), fold);
        Ok(Self { list, look, backbone, windows, cursor: None })
    }

    /// The next part of the list; `None` at its end.
    ///
    /// # Errors
    /// When the platform does not answer for long, or the store cannot be read.
    pub async fn next(&mut self) -> Result<Option<Batch>, ReconcileError> {
        let cursor = match self.cursor.take() {
            Some(cursor) => cursor,
            None => match self.windows.pop_front() {
                Some((topic, from, to)) => self.list.start(topic, from, to),
                None => return Ok(None),
            },
        };
        let page = self.list.page(&cursor).await?;
        self.cursor = page.next;
        let mut batch = Batch { captured: page.captured, ..Batch::default() };
        self.fetch(page.fetch, &mut batch).await;
        let mut done = 0;
        while done < batch.captured.len() {
            let end = batch.captured.len().min(done + TOGETHER);
            let part = batch.captured.get(done..end).unwrap_or_default();
            let (looked, nudges) = self.look.at(self.backbone, part, done).await?;
            batch.looked.add(looked);
            done = end;
            // A list may speak of things that have to be asked for one by one; those are looked at in the same way.
            self.fetch(nudges, &mut batch).await;
        }
        Ok(Some(batch))
    }

    /// Looks again at something that was listed: it may have come in by itself meanwhile.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn again(&mut self, captured: &[Captured]) -> Result<Looked, ReconcileError> {
        let mut all = Looked::default();
        for (at, part) in captured.chunks(TOGETHER).enumerate() {
            let (looked, _) = self.look.at(self.backbone, part, at * TOGETHER).await?;
            all.add(looked);
        }
        Ok(all)
    }

    async fn fetch(&self, ids: Vec<ObjectId>, batch: &mut Batch) {
        let (captured, failed) = self.list.objects(ids).await;
        batch.captured.extend(captured);
        batch.failed.extend(failed);
    }
}
