//! What Kuaidi100's error codes mean for us. Errors come with HTTP status 200.

use crossdock_connector::{Error, ErrorKind};

/// The kind of a `returnCode` of a query.
pub(crate) fn of_query(code: &str) -> Error {
    let kind = match code {
        // Wrong signature; no quota, the key has ended: nothing changes until somebody mends it.
        "503" | "601" => ErrorKind::Auth,
        // Nothing found (yet).
        "500" => ErrorKind::NotFound,
        // A fault of the server.
        "501" => ErrorKind::Unavailable,
        // Busy.
        "502" => ErrorKind::RateLimited,
        // 400 parameters; what is not in the list is kept with the error.
        _ => ErrorKind::Rejected,
    };
    Error::new(kind, "kuaidi100 refused the query").vendor(code)
}

/// The kind of a `returnCode` of a subscription.
pub(crate) fn of_subscription(code: &str) -> Error {
    let kind = match code {
        // No right to subscribe.
        "600" => ErrorKind::Auth,
        // A fault of the server.
        "500" => ErrorKind::Unavailable,
        // 701 a carrier Kuaidi100 does not support; what is not in the list is kept with the error.
        _ => ErrorKind::Rejected,
    };
    Error::new(kind, "kuaidi100 refused the subscription").vendor(code)
}
