//! What failed calls leave behind, and the vendor's words.

use crossdock_connector::{Error, ErrorKind, HttpResponse, Outcome};
use serde_json::Value;

/// Most characters of the vendor's words that are kept.
const SHOWN: usize = 200;

/// A call that did not do what it should.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The vendor understood and refused: maybe because it was done before.
    Refused(Error),
    /// Not now, or not us.
    Told(Error),
    /// Nobody can tell whether it was done.
    Unclear(Error),
}

impl Failure {
    /// A failure the vendor gave a kind to.
    pub(crate) fn told(error: Error) -> Self {
        if matches!(error.kind(), ErrorKind::Rejected | ErrorKind::NotFound) {
            Self::Refused(error)
        } else {
            Self::Told(error)
        }
    }

    /// The outcome of a delivery whose call failed.
    pub(crate) fn outcome(self) -> Outcome {
        match self {
            Self::Refused(error) | Self::Told(error) => Outcome::from_error(error),
            Self::Unclear(error) => Outcome::Uncertain(error),
        }
    }
}

/// The same error once more.
pub(crate) fn copy(error: &Error) -> Error {
    let mut again = Error::new(error.kind(), error.message());
    again.vendor_code.clone_from(&error.vendor_code);
    again.retry_after = error.retry_after;
    again
}

/// A failure that HTTP itself tells: nothing of the vendor's own is in it.
pub(crate) fn http(reply: &HttpResponse, call: &str, writes: bool) -> Failure {
    let from = Error::from_response(reply);
    let text = words(&String::from_utf8_lossy(&reply.body));
    let mut error =
        Error::new(from.kind(), format!("yonyou {call}: {} {text}", from.message()).trim().to_owned());
    error.retry_after = from.retry_after;
    let lost = matches!(error.kind(), ErrorKind::Timeout | ErrorKind::Unavailable) && reply.status != 503;
    if writes && lost { Failure::Unclear(error) } else { Failure::Told(error) }
}

/// An answer that is none.
pub(crate) fn nonsense(what: &str, call: &str, writes: bool) -> Failure {
    let error =
        Error::new(ErrorKind::Unavailable, format!("yonyou {call}: {}", words(what)).trim().to_owned());
    if writes { Failure::Unclear(error) } else { Failure::Told(error) }
}

/// A value as text: codes and ids are numbers or texts, as it comes.
pub(crate) fn text(value: Option<&Value>) -> String {
    match value {
        Some(Value::String(text)) => text.trim().to_owned(),
        Some(Value::Number(number)) => number.to_string(),
        Some(Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_)) | None => String::new(),
    }
}

/// The vendor's words, bounded, with control characters written out: they end up on terminals.
pub(crate) fn words(text: &str) -> String {
    let hidden = |letter: char| {
        letter.is_control()
            || matches!(letter, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let mut out = String::new();
    for letter in text.trim().chars().take(SHOWN) {
        if hidden(letter) {
            out.extend(letter.escape_default());
        } else {
            out.push(letter);
        }
    }
    out.chars().take(SHOWN + SHOWN / 2).collect()
}
