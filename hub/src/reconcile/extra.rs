//! What is known here and not on the platform's list.

use std::collections::HashSet;

use crossdock_schemas::{HistoryKind, Ts};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use crate::backbone::{Answer, Backbone, BackboneError, HistoryKey, Question};

/// Histories read together.
const PAGE: usize = 256;
/// How far the platform's clock may be behind ours: what it changed since then was told since then.
const CLOCKS: SignedDuration = SignedDuration::from_hours(24);

/// A history that the platform should have listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extra {
    /// Which.
    pub key: HistoryKey,
    /// When it changed at the platform, as far as is known here.
    pub modified_at: Timestamp,
}

#[derive(Deserialize)]
struct Head {
    modified_at: Option<Ts>,
}

/// Histories of a source that changed at the platform in this time, as far as is known here, and are not among those
/// it listed.
///
/// # Errors
/// When the store cannot be read.
pub async fn extra(
    backbone: &dyn Backbone,
    source: &str,
    kind: HistoryKind,
    from: Timestamp,
    to: Timestamp,
    listed: &HashSet<HistoryKey>,
) -> Result<Vec<Extra>, BackboneError> {
    let since = from.checked_sub(CLOCKS).unwrap_or(from).as_microsecond();
    let (mut found, mut after) = (Vec::new(), 0);
    loop {
        let question = Question::Told { source: source.to_owned(), kind, since, after, limit: PAGE };
        let Answer::Told(page) = backbone.ask(question).await? else {
            return Err(BackboneError::Broken("the store gave an answer to another question".into()));
        };
        let Some(last) = page.last() else { return Ok(found) };
        after = last.place;
        for told in page {
            let snapshot = told.snapshot.as_deref().unwrap_or("{}");
            let head: Option<Head> = serde_json::from_str(snapshot).ok();
            // Without a time of its own nobody can say whether it should have been listed.
            let modified = head.and_then(|head| head.modified_at).map(|at| at.utc_seconds());
            let Some(modified_at) = modified.and_then(|at| Timestamp::from_second(at).ok()) else { continue };
            if modified_at >= from && modified_at < to && !listed.contains(&told.key) {
                found.push(Extra { key: told.key, modified_at });
            }
        }
    }
}
