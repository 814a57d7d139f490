//! What 17TRACK's error codes mean for us: of a whole call, and of single numbers in it.

use crossdock_connector::{Error, ErrorKind};

/// A number that is registered already: as good as registered.
pub(crate) const REGISTERED: &str = "-18019901";

/// The error of a code.
pub(crate) fn error(code: &str) -> Error {
    let kind = match code {
        // Address not allowed, wrong key, account disabled, no permission; no quota left: nothing changes until somebody
        // mends it.
        "-18010001" | "-18010002" | "-18010004" | "-18010005" | "-18019908" => ErrorKind::Auth,
        // A fault of the service.
        "-18010003" | "500" | "503" => ErrorKind::Unavailable,
        // The calls of a day, or of a second, are used up.
        "-18019907" | "429" => ErrorKind::RateLimited,
        // Not registered; nothing known yet.
        "-18019902" | "-18019909" => ErrorKind::NotFound,
        // A country, postal code or phone is needed for this carrier; the webhook is not set up; the carrier is not to be
        // guessed, or is none.
        "-18010018" | "-18010019" | "-18010020" | "-18010201" | "-18010202" | "-18010203" | "-18010204"
        | "-18019903" | "-18019910" => ErrorKind::Config,
        // Fields that are missing or wrong, too many numbers; what is not in the list is kept with the error.
        _ => ErrorKind::Rejected,
    };
    Error::new(kind, "17track refused").vendor(code)
}
