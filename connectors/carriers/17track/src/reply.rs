//! Replies to calls: accepted and rejected numbers side by side; partial success is normal.

use serde_json::value::RawValue;

use crossdock_connector::{Error, Result, rows};

use crate::error::{REGISTERED, error};
use crate::wire::{self, Rejected, Reply, list};

/// The numbers of a reply.
pub(crate) struct Answer<'a> {
    /// Those that were taken.
    pub(crate) accepted: Vec<&'a RawValue>,
    /// Codes of those that were not, by their place.
    pub(crate) rejected: Vec<(usize, String)>,
}

/// Reads a reply.
///
/// # Errors
/// 17TRACK's error of the whole call; `Malformed` when it is no reply of 17TRACK.
pub(crate) fn read(body: &[u8]) -> Result<Answer<'_>> {
    let reply: Reply<'_> = wire::object(body)?;
    match reply.code.text() {
        Some("0") => {}
        Some(code) => return Err(error(code).at("$.code")),
        None => return Err(Error::malformed("the code is missing").at("$.code")),
    }
    let Some(lists) = reply.data else {
        return Err(Error::malformed("the numbers are missing").at("$.data"));
    };
    if lists.accepted.is_none() && lists.rejected.is_none() {
        return Err(Error::malformed("the numbers are missing").at("$.data"));
    }
    let mut rejected = Vec::new();
    for (at, raw) in rows::rows(list(lists.rejected), "$.data.rejected")?.into_iter().enumerate() {
        let row: Rejected<'_> = rows::object(raw, &format!("$.data.rejected[{at}]"))?;
        let code = row.error.as_ref().and_then(|fault| fault.code.text()).unwrap_or_default();
        rejected.push((at, code.to_owned()));
    }
    Ok(Answer { accepted: rows::rows(list(lists.accepted), "$.data.accepted")?, rejected })
}

impl Answer<'_> {
    /// The error of the first number that was turned down, except those registered before.
    pub(crate) fn refusal(&self) -> Option<Error> {
        let refused = self.rejected.iter().find(|(_, code)| code != REGISTERED);
        refused.map(|(at, code)| error(code).at(format!("$.data.rejected[{at}].error.code")))
    }

    /// Whether none of the numbers was taken.
    pub(crate) fn is_nothing(&self) -> bool {
        self.accepted.is_empty() && self.rejected.iter().all(|(_, code)| code != REGISTERED)
    }
}
