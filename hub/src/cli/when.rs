//! Times and stretches of time as people type them.

use jiff::{SignedDuration, Timestamp};

use super::repair::age;
use super::{Failure, Outcome, store};
use crate::backbone::{Answer, Backbone, Question, Seq};
use crate::clock;

/// An RFC 3339 time, a day, which begins at midnight UTC, or an age: `2h` is two hours ago.
///
/// # Errors
/// What can be written.
pub(super) fn time(text: &str) -> Outcome<Timestamp> {
    at(text, clock::now())
}

fn at(text: &str, now: Timestamp) -> Outcome<Timestamp> {
    let whole = format!("{text}T00:00:00Z");
    let ago = || {
        let age = SignedDuration::try_from(age(text).ok()?.get()).ok()?;
        now.checked_sub(age).ok()
    };
    text.parse().or_else(|_| whole.parse()).ok().or_else(ago).ok_or_else(|| {
        Failure::usage(format!(
            "`{text}` is no time: write 2026-11-21, 2026-11-21T08:00:00Z, or 2h for two hours ago"
        ))
    })
}

/// A stretch of time.
#[derive(Clone, Debug, Default, clap::Args)]
pub(super) struct Stretch {
    /// Not before this time or day (UTC), or so long ago: 2026-11-21, 2026-11-21T08:00:00Z, 2h
    #[arg(long, value_name = "TIME")]
    pub(super) from: Option<String>,
    /// Before this time or day (UTC), or so long ago
    #[arg(long, value_name = "TIME")]
    pub(super) to: Option<String>,
}

impl Stretch {
    pub(super) fn is_empty(&self) -> bool {
        self.from.is_none() && self.to.is_none()
    }

    /// The part of the log that was recorded in it: behind the first, up to the second place.
    ///
    /// # Errors
    /// A time that cannot be read, or an end before the start; what the store says.
    pub(super) async fn of_log(&self, store: &dyn Backbone) -> Outcome<(Seq, Seq)> {
        let from = self.from.as_deref().map(time).transpose()?;
        let to = self.to.as_deref().map(time).transpose()?;
        ordered(from, to)?;
        let head = *store.heads().events.borrow();
        Ok((place(store, from, 0).await?, place(store, to, head).await?))
    }
}

/// # Errors
/// When the end comes before the start.
pub(super) fn ordered(from: Option<Timestamp>, to: Option<Timestamp>) -> Outcome<()> {
    match (from, to) {
        (Some(from), Some(to)) if from >= to => {
            Err(Failure::usage(format!("--from {from} is not before --to {to}")))
        }
        _ => Ok(()),
    }
}

async fn place(store: &dyn Backbone, at: Option<Timestamp>, else_at: Seq) -> Outcome<Seq> {
    let Some(at) = at else { return Ok(else_at) };
    match store.ask(Question::PlaceAt(at.as_microsecond())).await? {
        Answer::Place(place) => Ok(place),
        _ => Err(store::unexpected()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_times_days_or_ages() {
        let now: Timestamp = "2026-11-22T01:00:00Z".parse().unwrap();
        let read = |text: &str| at(text, now).map(|at| at.to_string()).map_err(|failure| failure.message);
        assert_eq!(read("2026-11-21").unwrap(), "2026-11-21T00:00:00Z");
        assert_eq!(read("2026-11-21T08:00:00+08:00").unwrap(), "2026-11-21T00:00:00Z");
        assert_eq!(read("2h").unwrap(), "2026-11-21T23:00:00Z");
        assert!(read("yesterday").unwrap_err().contains("`yesterday` is no time"));
        assert!(ordered(time("2026-11-22").ok(), time("2026-11-21").ok()).is_err());
    }
}
