//! What a receiver's status means.

use crossdock_connector::{Error, ErrorKind, HttpResponse, Outcome};

/// Most characters of a refusal that are kept.
const SHOWN: usize = 200;

/// Reads the reply to a call with one event.
pub(crate) fn single(reply: &HttpResponse) -> Outcome {
    let wait = reply.retry_after();
    let error = |kind, message: String| {
        let mut error = Error::new(kind, message);
        error.retry_after = wait;
        error
    };
    let status = reply.status;
    match status {
        200..=299 => Outcome::Delivered,
        409 => Outcome::AlreadyThere,
        300..=399 => Outcome::Rejected(error(
            ErrorKind::Rejected,
            format!("http status {status}: redirects are not followed, put the new address into `url`"),
        )),
        // A key can be mended by people at any time; giving up at once would park every event meanwhile.
        401 | 403 => {
            Outcome::Retry(wait, told(error(ErrorKind::Auth, format!("http status {status}")), reply))
        }
        408 | 504 => Outcome::Retry(wait, error(ErrorKind::Timeout, format!("http status {status}"))),
        425 | 429 => Outcome::Retry(wait, error(ErrorKind::RateLimited, format!("http status {status}"))),
        500..=599 => Outcome::Retry(wait, error(ErrorKind::Unavailable, format!("http status {status}"))),
        410 => Outcome::Rejected(told(
            error(
                ErrorKind::Rejected,
                "http status 410: the receiver asks to stop sending to this address".into(),
            ),
            reply,
        )),
        _ => Outcome::Rejected(told(error(ErrorKind::Rejected, format!("http status {status}")), reply)),
    }
}

/// Reads the reply to a call with several events: once for each of them.
///
/// A refusal speaks about one of them at most, and nobody says about which. So each is tried again, and
/// then goes alone.
pub(crate) fn shared(reply: &HttpResponse) -> Outcome {
    match single(reply) {
        Outcome::AlreadyThere => Outcome::Retry(
            None,
            Error::new(ErrorKind::Rejected, "http status 409 for a list: sending one by one"),
        ),
        Outcome::Rejected(error) if reply.status != 410 && !(300..400).contains(&reply.status) => {
            Outcome::Retry(None, error.with("next", "one by one"))
        }
        outcome => outcome,
    }
}

/// Adds the receiver's own first words: they say what is wrong.
fn told(error: Error, reply: &HttpResponse) -> Error {
    let text = String::from_utf8_lossy(&reply.body);
    let text = text.trim();
    if text.is_empty() {
        return error;
    }
    let words: String = text.chars().take(SHOWN).flat_map(escaped).take(2 * SHOWN).collect();
    error.with("reply", words)
}

/// Control characters, and those that turn text around, are written out: they end up on terminals.
fn escaped(letter: char) -> impl Iterator<Item = char> {
    let turning =
        matches!(letter, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let (plain, hidden) = if letter.is_control() || turning {
        (None, Some(letter.escape_default()))
    } else {
        (Some(letter), None)
    };
    plain.into_iter().chain(hidden.into_iter().flatten())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crossdock_connector::Headers;
    use std::time::Duration;

    fn reply(status: u16, body: &'static str) -> HttpResponse {
        HttpResponse { status, headers: Headers::default(), body: body.into() }
    }

    #[test]
    fn words_of_a_refusal_are_safe_to_show() {
        let body = "no such \u{1b}[2Jorder\r\n\u{202e}\u{0}ok";
        let Outcome::Rejected(error) = single(&reply(422, body)) else { panic!("not rejected") };
        let text = error.to_string();
        assert_eq!(text, "http status 422, reply no such \\u{1b}[2Jorder\\r\\n\\u{202e}\\u{0}ok");
    }

    #[test]
    fn words_of_a_refusal_are_bounded() {
        let body: String = "漢".repeat(5000);
        let long = HttpResponse { status: 400, headers: Headers::default(), body: body.into() };
        let Outcome::Rejected(error) = single(&long) else { panic!("not rejected") };
        assert_eq!(error.context()[0].1.chars().count(), SHOWN);
        let long =
            HttpResponse { status: 400, headers: Headers::default(), body: "\u{1}".repeat(5000).into() };
        let Outcome::Rejected(error) = single(&long) else { panic!("not rejected") };
        assert!(error.context()[0].1.chars().count() <= 2 * SHOWN);
    }

    #[test]
    fn a_refused_list_is_sent_one_by_one() {
        for status in [400, 404, 409, 413, 422] {
            assert!(matches!(shared(&reply(status, "bad")), Outcome::Retry(None, _)), "{status}");
        }
        for status in [301, 307, 410] {
            assert!(matches!(shared(&reply(status, "")), Outcome::Rejected(_)), "{status}");
        }
        assert!(matches!(shared(&reply(204, "")), Outcome::Delivered));
    }

    #[test]
    fn the_wait_is_the_receivers() {
        let mut slow = reply(503, "");
        slow.headers.push("Retry-After", "7");
        let Outcome::Retry(Some(wait), error) = single(&slow) else { panic!("no wait") };
        assert_eq!((wait, error.retry_after), (Duration::from_secs(7), Some(Duration::from_secs(7))));
    }
}
