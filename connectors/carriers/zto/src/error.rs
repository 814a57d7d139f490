//! What ZTO's `statusCode` means for us: `S` codes are the platform's, `E` codes the query's.

use crossdock_connector::ErrorKind;

/// The kind of a code. A code that is not listed is kept with the error.
pub(crate) fn kind(code: &str) -> ErrorKind {
    match code {
        // Too many calls.
        "S206" | "S221" => ErrorKind::RateLimited,
        // No permission, wrong signature, address not allowed, clock: nothing changes until somebody mends it.
        "S210" | "S211" | "S212" | "S214" => ErrorKind::Auth,
        "E404" => ErrorKind::NotFound,
        // The phone's digits do not fit or are missing: the merchant's configuration, not an outage.
        "E409" | "E413" => ErrorKind::Config,
        // E416 malformed number; E418 and other E codes are not explained anywhere: asking again changes nothing.
        _ if code.starts_with('E') => ErrorKind::Rejected,
        // A fault of the platform that has no name here may pass.
        _ => ErrorKind::Unavailable,
    }
}
