//! Pushes of a tracking subscription. USPS sends an `X-HMAC` and does not publish how it is made, so a secret path keeps
//! strangers out until the merchant has seen a real one fit.

use std::borrow::Cow;

use crossdock_connector::{
    Ack, Captured, Error, HttpReply, Push, Request, Result, Scheme, SignedParts, Verified, sign,
};

use crate::config::{Encoding, PushConfig};
use crate::wire::SUBSCRIPTION;

/// The push part.
pub(crate) struct Subscription {
    pub(crate) config: PushConfig,
}

impl Push for Subscription {
    fn signed_parts<'a>(&'a self, request: &Request<'a>) -> Result<SignedParts<'a>> {
        if let Some(hmac) = &self.config.hmac {
            let text = request.required(&hmac.header)?.trim();
            let claim = match hmac.encoding {
                Encoding::Hex => sign::unhex(text),
                Encoding::Base64 => sign::unbase64(text),
            };
            let claim = claim.ok_or_else(|| Error::auth(format!("header {} is unreadable", hmac.header)))?;
            return Ok(SignedParts {
                message: Cow::Borrowed(request.body),
                presented: vec![(Scheme::HmacSha256, claim)],
                keys: vec![(Scheme::HmacSha256, &hmac.secret)],
                signed_at: None,
            });
        }
        let claim = request.path_token.ok_or_else(|| Error::auth("the path has no secret segment"))?;
        let keys = self.config.path_token.iter().chain(&self.config.previous_path_token);
        Ok(SignedParts::shared(claim, keys))
    }

    fn capture(&self, request: &Verified<'_>) -> Captured {
        Captured::new(SUBSCRIPTION, request.request().body.to_vec())
    }

    fn reply(&self, ack: Ack) -> HttpReply {
        match ack {
            Ack::Stored => HttpReply::empty(200),
            Ack::TryLater => HttpReply::empty(503),
            Ack::Refused => HttpReply::empty(401),
        }
    }
}
