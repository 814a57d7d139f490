//! What bots' vendors have in common: an address, a key that stands in it, and replies.

use crate::{Error, ErrorKind, HttpResponse, Outcome, Result, Secret};

/// Most characters of a vendor's words that are kept.
const SHOWN: usize = 200;

/// Checks the address of a vendor's service: `https://host`, or `http://` to this machine.
///
/// # Errors
/// `Config` with what is allowed.
pub fn base_url(url: &str) -> Result<()> {
    let allowed = || Error::config("expected https://host, without a query");
    let (rest, encrypted) = match (url.strip_prefix("https://"), url.strip_prefix("http://")) {
        (Some(rest), _) => (rest, true),
        (None, Some(rest)) => (rest, false),
        (None, None) => return Err(allowed()),
    };
    let authority = rest.split('/').next().unwrap_or_default();
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/[]".contains(&byte);
    if authority.is_empty() || authority.starts_with(':') || !rest.bytes().all(plain) {
        return Err(allowed());
    }
    // The key stands in the address: unencrypted, everybody on the way could post in our name.
    let host = match authority.find(']') {
        Some(end) => authority.get(..=end).unwrap_or(authority),
        None => authority.split(':').next().unwrap_or_default(),
    };
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<core::net::IpAddr>();
    let here = host.eq_ignore_ascii_case("localhost") || address.is_ok_and(|address| address.is_loopback());
    if encrypted || here {
        Ok(())
    } else {
        Err(Error::config("http is refused because the key travels with it"))
    }
}

/// A key that stands in an address: letters, digits, `-` and `_`.
///
/// # Errors
/// `Config`, without the key.
pub fn token(secret: &Secret) -> Result<&str> {
    let text = secret.expose_text().unwrap_or_default();
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    if text.is_empty() || text.len() > 200 || !text.bytes().all(plain) {
        return Err(Error::config("is not such a key: only the key itself, without the address around it"));
    }
    Ok(text)
}

/// A vendor's own words, bounded; control characters and those that turn text around are written out, for they end
/// up on terminals.
pub fn quoted(words: &str) -> String {
    let mut out = String::new();
    for letter in words.trim().chars().take(SHOWN) {
        if letter.is_control() || super::tame::is_hidden(letter) {
            out.extend(letter.escape_default());
        } else {
            out.push(letter);
        }
    }
    out
}

/// What a reply means that is not in the vendor's form, for a message that must not be told twice.
///
/// Only what says that nothing was done is tried again. After a broken answer it may have been told.
pub fn unread(reply: &HttpResponse) -> Outcome {
    let status = reply.status;
    let error = |kind, what: &str| {
        let mut error = Error::new(kind, format!("http status {status}{what}"));
        error.retry_after = reply.retry_after();
        error
    };
    match status {
        401 | 403 => Outcome::Retry(reply.retry_after(), error(ErrorKind::Auth, "")),
        408 => Outcome::Retry(reply.retry_after(), error(ErrorKind::Timeout, "")),
        425 | 429 => Outcome::Retry(reply.retry_after(), error(ErrorKind::RateLimited, "")),
        503 => Outcome::Retry(reply.retry_after(), error(ErrorKind::Unavailable, "")),
        200..=299 => Outcome::Uncertain(error(ErrorKind::Malformed, " without the vendor's answer in it")),
        500..=599 => Outcome::Uncertain(error(ErrorKind::Unavailable, "")),
        300..=399 => Outcome::Rejected(error(ErrorKind::Rejected, ": redirects are not followed")),
        _ => Outcome::Rejected(error(ErrorKind::Rejected, "")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Headers;

    #[test]
    fn addresses() {
        for good in [
            "https://oapi.dingtalk.com",
            "https://proxy.example.com:8443/bots/",
            "http://127.0.0.1:4000",
            "http://[::1]:4000",
            "http://localhost",
        ] {
            assert!(base_url(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "oapi.dingtalk.com",
            "https://",
            "https://:1/",
            "http://oapi.dingtalk.com",
            "http://127.0.0.1.example.com",
            "https://user:pass@a.example",
            "https://a.example/x?y=1",
            "https://a.example/a b",
        ] {
            assert!(base_url(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_key_is_nothing_but_a_key() {
        assert_eq!(token(&Secret::new("693a91f6-7xxx_Ab")).unwrap(), "693a91f6-7xxx_Ab");
        for bad in ["", "a b", "x&key=y", "a/b", "键", "https://x/y"] {
            let error = token(&Secret::new(bad)).unwrap_err().to_string();
            assert!(bad.is_empty() || !error.contains(bad), "{error}");
        }
    }

    #[test]
    fn what_may_have_been_told_is_never_a_retry() {
        let word = |status: u16| {
            unread(&HttpResponse { status, headers: Headers::default(), body: "<html>".into() }).as_str()
        };
        for (status, expected) in [
            (200, "uncertain"),
            (204, "uncertain"),
            (301, "rejected"),
            (400, "rejected"),
            (401, "retry"),
            (403, "retry"),
            (404, "rejected"),
            (408, "retry"),
            (413, "rejected"),
            (429, "retry"),
            (500, "uncertain"),
            (502, "uncertain"),
            (503, "retry"),
            (504, "uncertain"),
        ] {
            assert_eq!(word(status), expected, "{status}");
        }
    }

    #[test]
    fn words_of_a_vendor_are_safe_to_show() {
        assert_eq!(quoted(" no\u{1b}[2J\n\u{202e}x 不行 "), "no\\u{1b}[2J\\n\\u{202e}x 不行");
        assert!(quoted(&"漢".repeat(999)).chars().count() == 200);
    }
}
