//! What DHL's errors mean for us: a body with a title and the HTTP status once more, in either interface.

use crossdock_connector::{Error, ErrorKind, HttpResponse, Result, wire};

use crate::wire::{Reply, Shipment};

/// The HTTP status an error body names. MyDHL writes it as a text.
pub(crate) fn status<T>(reply: &Reply<'_, T>) -> Option<u16> {
    let status = reply.status.text()?.parse().ok()?;
    (reply.shipments.is_absent() && (400..600).contains(&status)).then_some(status)
}

/// The error of a status that a body names.
pub(crate) fn named(status: u16) -> Error {
    Error::new(ErrorKind::from_status(status), "dhl refused the query").vendor(status.to_string())
}

/// Refuses what is no answer: an error status, or an error in a success.
///
/// # Errors
/// DHL's error.
pub(crate) fn check(response: &HttpResponse) -> Result<()> {
    let inner = wire::parse::<Reply<'_, Shipment<'_>>>(&response.body).ok().as_ref().and_then(status);
    if !response.is_success() {
        let error = Error::from_response(response);
        return Err(match inner {
            Some(code) => error.vendor(code.to_string()),
            None => error,
        });
    }
    inner.map_or(Ok(()), |code| Err(named(code)))
}
