//! Webhooks: `acme-signature` is the hex HMAC-SHA256 of `acme-timestamp`, a dot and the raw body.
//!
//! This module says *what* was signed. Comparing, in constant time and against every key in force, is done
//! by the sdk, once for all connectors.

use std::borrow::Cow;

use jiff::Timestamp;

use crossdock_connector::{
    Ack, Captured, Error, HttpReply, Push, Request, Result, Scheme, Secret, SignedParts, Verified, sign,
};

const SIGNATURE: &str = "acme-signature";
const TIMESTAMP: &str = "acme-timestamp";
const TOPIC: &str = "acme-topic";

/// Webhooks of one shop.
#[derive(Debug)]
pub(super) struct Webhooks {
    pub(super) secrets: Vec<Secret>,
}

impl Push for Webhooks {
    fn signed_parts<'a>(&'a self, request: &Request<'a>) -> Result<SignedParts<'a>> {
        let claim = sign::unhex(request.required(SIGNATURE)?.trim())
            .ok_or_else(|| Error::auth("signature is not hex"))?;
        let timestamp = request.required(TIMESTAMP)?;
        let signed_at = timestamp.parse().ok().and_then(|seconds| Timestamp::from_second(seconds).ok());
        let mut message = Vec::with_capacity(timestamp.len() + 1 + request.body.len());
        message.extend_from_slice(timestamp.as_bytes());
        message.push(b'.');
        message.extend_from_slice(request.body);
        Ok(SignedParts {
            message: Cow::Owned(message),
            presented: vec![(Scheme::HmacSha256, claim)],
            keys: self.secrets.iter().map(|secret| (Scheme::HmacSha256, secret)).collect(),
            // With a signed time the sdk refuses old requests, so that nobody can play one back.
            signed_at: Some(signed_at.ok_or_else(|| Error::auth("timestamp is not in seconds"))?),
        })
    }

    fn capture(&self, request: &Verified<'_>) -> Captured {
        let request = request.request();
        // The topic is not signed; a body that does not fit it is refused when it is normalized.
        Captured::new(request.headers.get(TOPIC).unwrap_or_default(), request.body.to_vec())
    }

    fn reply(&self, ack: Ack) -> HttpReply {
        match ack {
            Ack::Stored => HttpReply::json(200, "{\"ok\":true}"),
            Ack::TryLater => HttpReply::empty(503),
            Ack::Refused => HttpReply::empty(401),
        }
    }
}
