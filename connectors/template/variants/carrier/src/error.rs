//! Acme's errors: a table of its codes. They also come inside a 200.

use std::borrow::Cow;

use serde::Deserialize;
use serde::de::IgnoredAny;

use crossdock_connector::{Error, ErrorKind, HttpResponse, Result, wire};

#[derive(Deserialize)]
struct Reply<'a> {
    #[serde(borrow)]
    error: Option<Cow<'a, str>>,
    shipments: Option<Vec<IgnoredAny>>,
}

/// Lets a success pass: a 200 that holds parcels and no error.
pub(super) fn check(reply: &HttpResponse) -> Result<()> {
    let body: Result<Reply<'_>> = wire::parse(&reply.body);
    if let Ok(Reply { error: Some(code), .. }) = &body {
        let mut error = Error::new(kind(code, reply), "the vendor refused").vendor(code.as_ref());
        error.retry_after = reply.retry_after();
        return Err(error);
    }
    if !reply.is_success() {
        return Err(Error::from_response(reply));
    }
    match body?.shipments {
        Some(_) => Ok(()),
        None => Err(Error::malformed("reply without shipments").at("$.shipments")),
    }
}

fn kind(code: &str, reply: &HttpResponse) -> ErrorKind {
    match code {
        "QUOTA" => ErrorKind::RateLimited,
        "TOKEN" => ErrorKind::Auth,
        "CLOSED" => ErrorKind::Unavailable,
        // A code without a row: the status decides, and a success is none.
        _ if reply.is_success() => ErrorKind::Rejected,
        _ => ErrorKind::from_status(reply.status),
    }
}
