//! What an outcome means for the lanes.

use std::time::Duration;

use crossdock_connector::{Class, ErrorKind, Outcome, Repeat};

use super::lanes::Result as Became;

/// Resolves an outcome as the sink declares.
pub(super) fn became(outcome: Outcome, repeat: Repeat) -> Became {
    let wish = |wait: Option<Duration>| wait.map(|wait| i64::try_from(wait.as_micros()).unwrap_or(i64::MAX));
    match outcome {
        Outcome::Delivered => Became::Delivered,
        Outcome::AlreadyThere => Became::AlreadyThere,
        Outcome::Retry(wait, error) => {
            // A session that ended says nothing about how the receiver is.
            let whole =
                matches!(error.class(), Class::Retryable | Class::Auth) && error.kind() != ErrorKind::Session;
            let wish = wish(wait.or(error.retry_after));
            Became::Retry { wish, words: error.to_string(), whole, sent: false }
        }
        Outcome::Wait(error) => Became::Wait(wish(error.retry_after), error.to_string()),
        Outcome::Rejected(error) => Became::Rejected(error.to_string()),
        Outcome::Uncertain(error) => match repeat {
            Repeat::Upsert | Repeat::UniqueKey | Repeat::QueryFirst => {
                let wish = wish(error.retry_after);
                Became::Retry { wish, words: error.to_string(), whole: true, sent: true }
            }
            Repeat::AtMostOnce => Became::Uncertain(error.to_string()),
        },
    }
}
