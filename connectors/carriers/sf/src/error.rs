//! What SF's error codes mean for us.
//!
//! A call fails at one of two levels: the platform (`apiResultCode`) or the service behind it
//! (`errorCode` inside `apiResultData`). `A1000` alone is not success.

use crossdock_connector::ErrorKind;

/// Success of the platform.
pub(crate) const PLATFORM_OK: &str = "A1000";
/// Success of the service.
pub(crate) const SERVICE_OK: &str = "S0000";

/// The kind of a code at either level. A code not listed is a refusal: it is kept with the error.
pub(crate) fn kind(code: &str) -> ErrorKind {
    match code {
        // Signed too long ago, address not allowed, no permission, wrong digest, cannot be decrypted,
        // token expired: nothing changes until somebody mends clock, key or contract.
        "A1002" | "A1003" | "A1004" | "A1006" | "A1008" | "A1011" => ErrorKind::Auth,
        // Too many calls; and a call SF has just seen, which the next attempt with its own id is not.
        "A1005" | "A1007" => ErrorKind::RateLimited,
        // The service behind cannot be reached, a fault in the platform, a fault in the service.
        "A1009" | "A1099" | "S0003" => ErrorKind::Unavailable,
        // A1001 parameter missing, S0001 bad JSON, S0002 field missing, 8xxx errors about an order.
        _ => ErrorKind::Rejected,
    }
}
