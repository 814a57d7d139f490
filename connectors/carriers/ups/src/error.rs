//! What UPS's error codes mean for us.

use crossdock_connector::{Error, ErrorKind, HttpResponse, Result, rows, wire};

use crate::wire::Reply;

/// The kind of a code; `None` where the HTTP status says it better.
fn kind(code: &str) -> Option<ErrorKind> {
    Some(match code {
        // The token is wrong or has ended: a new one is opened.
        "UJ0001" | "250002" => ErrorKind::Session,
        // No such number, or nothing known of it yet.
        "151018" | "151044" | "TW0001" | "404" => ErrorKind::NotFound,
        // A number of no form that UPS knows.
        "TV1002" | "151019" => ErrorKind::Rejected,
        // Client id, secret, licence.
        "10400" | "10401" | "250003" => ErrorKind::Auth,
        "10429" => ErrorKind::RateLimited,
        _ => return None,
    })
}

/// The error that a reply is, by its first code; `None` when it names none.
fn coded(reply: &Reply<'_>) -> Option<String> {
    reply.response.as_ref().and_then(|inner| inner.errors).or(reply.errors).and_then(rows::code)
}

/// Refuses what is no answer: an error status, or an error in a success.
///
/// # Errors
/// UPS's error as the table above says.
pub(crate) fn check(response: &HttpResponse) -> Result<()> {
    let reply = wire::parse::<Reply<'_>>(&response.body).ok();
    if let Some(code) = reply.as_ref().and_then(coded) {
        return Err(named(&code, Some(response)));
    }
    if response.is_success() { Ok(()) } else { Err(Error::from_response(response)) }
}

/// The error of a code that came with a reply or inside a success.
pub(crate) fn named(code: &str, response: Option<&HttpResponse>) -> Error {
    let failed = response.filter(|response| !response.is_success());
    let by_status = failed.map(Error::from_response);
    let of_status = by_status.as_ref().map_or(ErrorKind::Rejected, Error::kind);
    let mut error = Error::new(kind(code).unwrap_or(of_status), "ups refused the call").vendor(code);
    error.retry_after = by_status.and_then(|error| error.retry_after);
    error
}

/// The error an error reply is, when it was captured as an answer.
pub(crate) fn in_body(reply: &Reply<'_>) -> Option<Error> {
    coded(reply).map(|code| named(&code, None))
}
