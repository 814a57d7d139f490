//! Acme's errors: a table of its codes. They also come inside a 200.

use std::borrow::Cow;

use serde::Deserialize;

use crossdock_connector::{Error, ErrorKind, HttpResponse, Result};

#[derive(Deserialize)]
struct Body<'a> {
    #[serde(borrow)]
    error: Option<Problem<'a>>,
}

#[derive(Deserialize)]
struct Problem<'a> {
    #[serde(borrow)]
    code: Cow<'a, str>,
}

/// Lets a success pass.
pub(super) fn check(reply: &HttpResponse) -> Result<()> {
    let body: Option<Body<'_>> = serde_json::from_slice(&reply.body).ok();
    let Some(problem) = body.and_then(|body| body.error) else {
        return if reply.is_success() { Ok(()) } else { Err(Error::from_response(reply)) };
    };
    // The vendor's own words stay out of the message: they may repeat what was asked.
    let mut error = Error::new(kind(&problem.code, reply), "the vendor refused").vendor(problem.code);
    error.retry_after = reply.retry_after();
    Err(error)
}

fn kind(code: &str, reply: &HttpResponse) -> ErrorKind {
    match code {
        "slow_down" => ErrorKind::RateLimited,
        "token_expired" | "token_unknown" => ErrorKind::Auth,
        "maintenance" => ErrorKind::Unavailable,
        // A code without a row: the status decides, and a success is none.
        _ if reply.is_success() => ErrorKind::Rejected,
        _ => ErrorKind::from_status(reply.status),
    }
}
