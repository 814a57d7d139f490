//! The webhook: `sign = hex(sha256(body + "/" + key))`, over the bytes as received. It is a plain SHA-256, not an HMAC.

use std::borrow::Cow;

use crossdock_connector::{
    Ack, Captured, Error, HttpReply, Push, Request, Result, Scheme, Secret, SignedParts, Verified, sign,
};

use crate::wire::PUSH;

/// The push part.
pub(crate) struct Webhook {
    pub(crate) keys: Vec<Secret>,
}

impl Push for Webhook {
    fn signed_parts<'a>(&'a self, request: &Request<'a>) -> Result<SignedParts<'a>> {
        let claim = sign::unhex(request.required("sign")?.trim())
            .ok_or_else(|| Error::auth("sign is not hexadecimal"))?;
        Ok(SignedParts {
            message: Cow::Owned([request.body, b"/"].concat()),
            presented: vec![(Scheme::SaltedSha256, claim)],
            keys: self.keys.iter().map(|key| (Scheme::SaltedSha256, key)).collect(),
            signed_at: None,
        })
    }

    fn capture(&self, request: &Verified<'_>) -> Captured {
        Captured::new(PUSH, request.request().body.to_vec())
    }

    fn reply(&self, ack: Ack) -> HttpReply {
        match ack {
            Ack::Stored => HttpReply::text(200, "ok"),
            Ack::TryLater => HttpReply::text(503, "try later"),
            Ack::Refused => HttpReply::text(401, "refused"),
        }
    }
}
