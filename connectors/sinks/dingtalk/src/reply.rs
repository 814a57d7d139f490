//! What the vendor's answers mean. They come in HTTP 200 with a code inside.

use std::time::Duration;

use serde::Deserialize;

use crossdock_connector::words::{quoted, unread};
use crossdock_connector::{Error, ErrorKind, HttpResponse, Outcome};

/// A robot that was too fast is silenced for ten minutes.
const WAIT: Duration = Duration::from_secs(600);

#[derive(Deserialize)]
struct Answer {
    #[serde(rename = "errcode")]
    code: i64,
    #[serde(rename = "errmsg", default)]
    words: String,
}

impl Answer {
    fn of(reply: &HttpResponse) -> Option<Self> {
        serde_json::from_slice(&reply.body).ok()
    }
}

/// More than 20 messages in a minute.
const TOO_FAST: i64 = 130_101;

/// What became of a message.
pub(crate) fn read(reply: &HttpResponse) -> Outcome {
    let Some(answer) = Answer::of(reply) else { return unread(reply) };
    let error = |kind, what: &str| {
        let words = quoted(&answer.words);
        Error::new(kind, format!("{what}: {words}")).vendor(answer.code.to_string())
    };
    match answer.code {
        0 if reply.is_success() => Outcome::Delivered,
        0 => unread(reply),
        TOO_FAST => Outcome::Retry(
            Some(WAIT),
            error(ErrorKind::RateLimited, "dingtalk silences the robot").after(WAIT),
        ),
        // Signature, keyword or address, or a token that is none: people can mend that at any time.
        310_000 => {
            Outcome::Retry(None, error(ErrorKind::Auth, "the security settings of the robot refuse it"))
        }
        300_001 => Outcome::Retry(None, error(ErrorKind::Auth, "dingtalk does not know the access token")),
        // A gateway's own status says more than a code that nobody told us about.
        _ if reply.status == 429 || reply.status >= 500 => unread(reply),
        _ => Outcome::Rejected(error(ErrorKind::Rejected, "dingtalk refuses the message")),
    }
}

/// How long the vendor wants to hear nothing at all.
pub(crate) fn pause(reply: &HttpResponse) -> Option<Duration> {
    match Answer::of(reply) {
        Some(answer) if answer.code == TOO_FAST => Some(WAIT),
        _ if reply.status == 429 => reply.retry_after(),
        _ => None,
    }
}
