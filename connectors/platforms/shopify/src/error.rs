//! Replies of the Admin API that are no answer.

use serde::Deserialize;
use serde::de::IgnoredAny;

use crossdock_connector::{Error, ErrorKind, HttpResponse, Result, wire};

#[derive(Deserialize)]
struct Problem {
    errors: Option<IgnoredAny>,
}

/// Passes a reply that holds data.
///
/// The status says enough: the API has no codes of its own, and its text may quote the request.
pub(crate) fn check(reply: &HttpResponse) -> Result<()> {
    if !reply.is_success() {
        return Err(Error::from_response(reply));
    }
    // An error inside a 200: a body that holds `errors` beside or instead of data.
    match wire::parse::<Problem>(&reply.body) {
        Ok(Problem { errors: None }) => Ok(()),
        Ok(Problem { errors: Some(_) }) => {
            Err(Error::new(ErrorKind::Rejected, "reply holds errors").with("status", reply.status))
        }
        Err(error) => Err(error),
    }
}
