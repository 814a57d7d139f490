//! Unified pushes: nothing is signed, a token of ours comes along in a header we chose.

use crossdock_connector::{Ack, Captured, HttpReply, Push, Request, Result, SignedParts, Verified};

use crate::config::PushConfig;
use crate::wire::HOOK;

/// The push part.
pub(crate) struct Hook {
    pub(crate) config: PushConfig,
}

impl Push for Hook {
    fn signed_parts<'a>(&'a self, request: &Request<'a>) -> Result<SignedParts<'a>> {
        let claim = request.required(&self.config.header)?;
        let keys = std::iter::once(&self.config.token).chain(&self.config.previous_token);
        Ok(SignedParts::shared(claim, keys))
    }

    fn capture(&self, request: &Verified<'_>) -> Captured {
        Captured::new(HOOK, request.request().body.to_vec())
    }

    fn reply(&self, ack: Ack) -> HttpReply {
        match ack {
            Ack::Stored => HttpReply::empty(200),
            Ack::TryLater => HttpReply::empty(503),
            Ack::Refused => HttpReply::empty(401),
        }
    }
}
