//! What FedEx's error codes mean for us: of a whole call, and of single numbers in a success.

use crossdock_connector::{Error, ErrorKind, HttpResponse, Result, rows, wire};

use crate::wire::Envelope;

/// The kind of a code; `None` where the HTTP status says it better.
fn kind(code: &str) -> Option<ErrorKind> {
    Some(match code {
        // The token is wrong or has ended: a new one is opened.
        "NOT.AUTHORIZED.ERROR" => ErrorKind::Session,
        // No such number, or nothing known of it yet.
        "TRACKING.TRACKINGNUMBER.NOTFOUND" => ErrorKind::NotFound,
        _ => return None,
    })
}

/// The error of a code without an HTTP status that would say more.
pub(crate) fn named(code: &str) -> Error {
    Error::new(kind(code).unwrap_or(ErrorKind::Rejected), "fedex refused").vendor(code)
}

/// The code in an error reply.
fn coded(body: &[u8]) -> Option<String> {
    wire::parse::<Envelope<'_>>(body).ok()?.errors.and_then(rows::code)
}

/// Refuses an error reply. Errors in a success are found by whoever reads it.
///
/// # Errors
/// FedEx's error as the table above says, else by its status.
pub(crate) fn check(reply: &HttpResponse) -> Result<()> {
    if reply.is_success() {
        return Ok(());
    }
    let by_status = Error::from_response(reply);
    let Some(code) = coded(&reply.body) else { return Err(by_status) };
    let mut error =
        Error::new(kind(&code).unwrap_or(by_status.kind()), "fedex refused the call").vendor(code);
    error.retry_after = by_status.retry_after;
    Err(error)
}
