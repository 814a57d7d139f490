//! The visibility webhook: `fdx-signature = base64(HMAC-SHA256(security token, body))`.

use std::borrow::Cow;

use crossdock_connector::{
    Ack, Captured, Error, HttpReply, Push, Request, Result, Scheme, Secret, SignedParts, Verified, sign,
};

use crate::wire::PUSH;

/// The push part.
pub(crate) struct Webhook {
    pub(crate) tokens: Vec<Secret>,
}

impl Push for Webhook {
    fn signed_parts<'a>(&'a self, request: &Request<'a>) -> Result<SignedParts<'a>> {
        let claim = sign::unbase64(request.required("fdx-signature")?.trim())
            .ok_or_else(|| Error::auth("fdx-signature is not base64"))?;
        Ok(SignedParts {
            message: Cow::Borrowed(request.body),
            presented: vec![(Scheme::HmacSha256, claim)],
            keys: self.tokens.iter().map(|token| (Scheme::HmacSha256, token)).collect(),
            signed_at: None,
        })
    }

    fn capture(&self, request: &Verified<'_>) -> Captured {
        Captured::new(PUSH, request.request().body.to_vec())
    }

    fn reply(&self, ack: Ack) -> HttpReply {
        match ack {
            Ack::Stored => HttpReply::empty(200),
            Ack::TryLater => HttpReply::text(503, "try later"),
            Ack::Refused => HttpReply::text(401, "refused"),
        }
    }
}
