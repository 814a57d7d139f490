//! What an outcome means for the lanes.

use std::time::Duration;

use crossdock_connector::{Class, Outcome, Repeat};

use super::lanes::Result as Became;

/// Resolves `uncertain` as the sink declares.
pub(super) fn became(outcome: Outcome, repeat: Repeat) -> Became {
    let wish = |wait: Option<Duration>| wait.map(|wait| i64::try_from(wait.as_micros()).unwrap_or(i64::MAX));
    match outcome {
        Outcome::Delivered => Became::Delivered,
        Outcome::AlreadyThere => Became::AlreadyThere,
        Outcome::Retry(wait, error) => {
            let whole = matches!(error.class(), Class::Retryable | Class::Auth);
            Became::Retry(wish(wait.or(error.retry_after)), error.to_string(), whole)
        }
        Outcome::Wait(error) => Became::Retry(wish(error.retry_after), error.to_string(), false),
        Outcome::Rejected(error) => Became::Rejected(error.to_string()),
        Outcome::Uncertain(error) => match repeat {
            Repeat::Upsert | Repeat::UniqueKey | Repeat::QueryFirst => {
                Became::Retry(wish(error.retry_after), error.to_string(), true)
            }
            Repeat::AtMostOnce => Became::Uncertain(error.to_string()),
        },
    }
}
