//! What USPS's errors mean for us.

use serde_json::value::RawValue;

use crossdock_connector::{Error, ErrorKind, HttpResponse, Result, rows, wire};

use crate::wire::{Coded, Probe};

/// Numbers USPS knows nothing of, or nothing yet: its inventory of errors has them inside a 400.
const NOTHING_KNOWN: [&str; 2] = ["150001", "150002"];

/// The code inside an error body: that of its object, or the word of the token call. `Some("")` when it names none.
pub(crate) fn code(body: &[u8]) -> Option<String> {
    // A list is no error, and would be read as the fields of one in their order.
    let is_object = wire::first_byte(body) != Some(b'[');
    let probe: Probe<'_> = wire::parse(body).ok().filter(|_| is_object)?;
    of(probe.error?)
}

/// The same for what stands under `error`, which may say in particular that nothing is known of a number.
pub(crate) fn of(raw: &RawValue) -> Option<String> {
    if raw.get() == "null" {
        return None;
    }
    if let Ok(word) = serde_json::from_str::<String>(raw.get()) {
        return Some(word);
    }
    let coded = rows::object::<Coded<'_>>(raw, "$.error").ok()?;
    let particular = coded.errors.and_then(rows::code).filter(|code| NOTHING_KNOWN.contains(&code.as_str()));
    Some(particular.or_else(|| coded.code.owned()).unwrap_or_default())
}

/// The kind of a code inside a success, where no HTTP status says it: USPS repeats the status there.
fn kind(code: &str) -> ErrorKind {
    match code.parse() {
        _ if NOTHING_KNOWN.contains(&code) => ErrorKind::NotFound,
        Ok(status @ 400..=599) => ErrorKind::from_status(status),
        _ => ErrorKind::Rejected,
    }
}

/// The error of a code that stands in what was captured as an answer.
pub(crate) fn named(code: &str) -> Error {
    let error = Error::new(kind(code), "usps refused the call");
    if code.is_empty() { error } else { error.vendor(code) }
}

/// Refuses what is no answer: an error status, or an error in a success.
///
/// # Errors
/// USPS's error.
pub(crate) fn check(response: &HttpResponse) -> Result<()> {
    let code = code(&response.body);
    if response.is_success() {
        return code.map_or(Ok(()), |code| Err(named(&code)));
    }
    let by_status = Error::from_response(response);
    Err(match code {
        // USPS's own refusal, not a gateway's: the token is wrong or has ended, and a new one is opened.
        Some(code) if response.status == 401 => {
            let mut error = Error::new(ErrorKind::Session, by_status.message().to_owned()).vendor(code);
            error.retry_after = by_status.retry_after;
            error
        }
        Some(code) if NOTHING_KNOWN.contains(&code.as_str()) => named(&code),
        Some(code) => by_status.vendor(code),
        None => by_status,
    })
}
