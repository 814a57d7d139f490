//! What the vendor's answers mean. They come in HTTP 200 with a code inside.

use std::time::Duration;

use serde::Deserialize;

use crossdock_connector::words::{quoted, unread};
use crossdock_connector::{Error, ErrorKind, HttpResponse, Outcome};

/// The vendor counts by the second and by the minute and does not say which it was: after a minute it was neither.
const WAIT: Duration = Duration::from_secs(60);

#[derive(Deserialize)]
struct Wire {
    code: Option<i64>,
    #[serde(default)]
    msg: String,
    /// The older form, which only says success.
    #[serde(rename = "StatusCode")]
    status_code: Option<i64>,
    #[serde(rename = "StatusMessage", default)]
    status_message: String,
}

struct Answer {
    code: i64,
    words: String,
}

impl Answer {
    fn of(reply: &HttpResponse) -> Option<Self> {
        let wire: Wire = serde_json::from_slice(&reply.body).ok()?;
        match (wire.code, wire.status_code) {
            (Some(code), _) => Some(Self { code, words: wire.msg }),
            (None, Some(code)) => Some(Self { code, words: wire.status_message }),
            (None, None) => None,
        }
    }
}

/// More than 5 messages in a second or 100 in a minute, or everybody at once.
const TOO_FAST: i64 = 11_232;

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
            error(ErrorKind::RateLimited, "feishu takes no more for now").after(WAIT),
        ),
        // Signature or time, address, keyword: people can mend that at any time.
        19_021 | 19_022 | 19_024 => {
            Outcome::Retry(None, error(ErrorKind::Auth, "the security settings of the bot refuse it"))
        }
        // A gateway's own status says more than a code that nobody told us about.
        _ if reply.status == 429 || reply.status >= 500 => unread(reply),
        _ => Outcome::Rejected(error(ErrorKind::Rejected, "feishu refuses the message")),
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
