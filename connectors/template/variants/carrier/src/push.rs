//! Calls: Acme does not sign, so the last part of the address is the key.

use std::borrow::Cow;

use crossdock_connector::{
    Ack, Captured, Error, HttpReply, Push, Request, Result, Scheme, Secret, SignedParts, Verified,
};

use super::normalize::SCANS;

/// Calls for one account.
#[derive(Debug)]
pub(super) struct Calls {
    pub(super) token: Secret,
}

impl Push for Calls {
    // Only *what* is to be compared; comparing, in constant time, is done by the sdk.
    fn signed_parts<'a>(&'a self, request: &Request<'a>) -> Result<SignedParts<'a>> {
        let token = request.path_token.ok_or_else(|| Error::auth("token is missing in the address"))?;
        Ok(SignedParts {
            message: Cow::Borrowed(&[]),
            presented: vec![(Scheme::SharedToken, token.as_bytes().to_vec())],
            keys: vec![(Scheme::SharedToken, &self.token)],
            signed_at: None,
        })
    }

    fn capture(&self, request: &Verified<'_>) -> Captured {
        Captured::new(SCANS, request.request().body.to_vec())
    }

    // Acme reads only the body.
    fn reply(&self, ack: Ack) -> HttpReply {
        match ack {
            Ack::Stored => HttpReply::json(200, "{\"result\":\"ok\"}"),
            Ack::TryLater => HttpReply::json(503, "{\"result\":\"again\"}"),
            Ack::Refused => HttpReply::json(401, "{\"result\":\"no\"}"),
        }
    }
}
