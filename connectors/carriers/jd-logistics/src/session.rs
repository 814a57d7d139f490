//! Access tokens: a refresh token gives a new one.

use std::sync::Arc;

use jiff::Timestamp;
use serde::Deserialize;

use crossdock_connector::wire::{self, Scalar};
use crossdock_connector::{Error, ErrorKind, HttpRequest, HttpResponse, Result, Session, Token, form, time};

use crate::config::TrackConfig;
use crate::{error, sign};

/// The session part.
pub(crate) struct Refresh {
    pub(crate) config: Arc<TrackConfig>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Grant<'a> {
    #[serde(borrow, alias = "access_token")]
    access_token: Scalar<'a>,
    /// Milliseconds or seconds since 1970, seconds from now, or a local time: all have been seen or are documented.
    #[serde(borrow, alias = "expire", alias = "expires_in")]
    access_expire: Scalar<'a>,
    #[serde(borrow, alias = "refresh_token")]
    refresh_token: Scalar<'a>,
}

#[derive(Deserialize)]
struct Reply<'a> {
    #[serde(borrow, default)]
    code: Scalar<'a>,
    #[serde(borrow, default)]
    data: Option<Grant<'a>>,
}

impl Session for Refresh {
    fn open(&self, last: Option<&Token>, now: Timestamp) -> Result<HttpRequest> {
        let configured = self.config.refresh_token.as_ref();
        let refresh = last
            .and_then(|token| token.refresh.as_ref())
            .or(configured)
            .ok_or_else(|| Error::config("is missing").at("track.refresh_token"))?;
        let refresh = refresh.text("track.refresh_token")?;
        let timestamp = sign::moment(now);
        let sign = sign::renewal(&self.config.app_secret, &self.config.app_key, refresh, &timestamp)?;
        let query = form::write([
            ("app_key", self.config.app_key.as_str()),
            ("refresh_token", refresh),
            ("timestamp", &timestamp),
            ("sign", &sign),
        ]);
        Ok(HttpRequest::get(format!("{}/oauth/refresh?{query}", self.config.oauth())))
    }

    fn opened(&self, last: Option<&Token>, reply: &HttpResponse, now: Timestamp) -> Result<Token> {
        if !reply.is_success() {
            return Err(Error::from_response(reply));
        }
        error::gateway(&reply.body, &self.config.gateway_codes, false)?;
        let answer: Reply<'_> = wire::object(&reply.body)?;
        // A renewal answers with `data`, the first grant without.
        let grant = match answer.data {
            Some(data) => data,
            None => wire::parse(&reply.body)?,
        };
        let Some(access) = grant.access_token.text() else {
            return Err(match answer.code.text() {
                // Whatever the reason: only somebody who authorizes anew can mend it.
                Some(code) => Error::auth("the token service refused the refresh token").vendor(code),
                None => Error::malformed("there is no access token in it").at("$.data.accessToken"),
            });
        };
        let mut token = Token::new(access);
        token.expires_at = ends(grant.access_expire.text(), now)?;
        // The one used before stays good where the service gives no new one.
        let kept = last.and_then(|token| token.refresh.as_ref()).map(|secret| secret.expose().to_vec());
        match grant.refresh_token.text().map(|text| text.as_bytes().to_vec()).or(kept) {
            Some(refresh) => Ok(token.renewed_by(refresh)),
            None => Ok(token),
        }
    }
}

/// When a token ends.
fn ends(text: Option<&str>, now: Timestamp) -> Result<Option<Timestamp>> {
    let Some(text) = text else { return Ok(None) };
    let wrong = || Error::malformed("not a time").at("$.data.accessExpire");
    let Ok(number) = text.parse::<i64>() else {
        return time::china(text).map(|ts| Some(ts.at)).map_err(|_| wrong());
    };
    let at = match number {
        1_000_000_000_000.. => Timestamp::from_millisecond(number),
        1_000_000_000.. => Timestamp::from_second(number),
        _ => Timestamp::from_second(now.as_second().saturating_add(number)),
    };
    at.map(Some).map_err(|error| wrong().because(error))
}

/// A call without a token where one is needed.
pub(crate) fn missing() -> Error {
    Error::new(ErrorKind::Bug, "a call without its session")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_an_end_in_every_form() {
        let now: Timestamp = "2026-03-02T10:00:00Z".parse().unwrap();
        let end: Timestamp = "2026-03-02T11:00:00Z".parse().unwrap();
        for text in ["1772449200000", "1772449200", "3600", "2026-03-02 19:00:00"] {
            assert_eq!(ends(Some(text), now).unwrap(), Some(end), "{text}");
        }
        assert_eq!(ends(None, now).unwrap(), None);
        assert!(ends(Some("soon"), now).is_err());
    }
}
