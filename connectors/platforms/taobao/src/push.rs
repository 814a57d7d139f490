//! TMC messages posted to us by a bridge.
//!
//! The platform itself never calls a URL of ours for ordinary trades: it speaks TMC over a WebSocket that a
//! client of ours holds open. A bridge beside that client posts each Data frame, its headers decoded to JSON,
//! and confirms it to the platform only after we answered 200. Messages carry no signature; the bridge proves
//! itself by the token in the path.

use std::borrow::Cow;

use crossdock_connector::{
    Ack, Captured, Error, HttpReply, Push, Request, Result, Scheme, Secret, SignedParts, Verified,
};

use crate::TMC;

/// The push part.
#[derive(Debug)]
pub(crate) struct TaobaoPush {
    tokens: Vec<Secret>,
}

impl TaobaoPush {
    pub(crate) fn new(tokens: Vec<Secret>) -> Self {
        Self { tokens }
    }
}

impl Push for TaobaoPush {
    fn signed_parts<'a>(&'a self, request: &Request<'a>) -> Result<SignedParts<'a>> {
        let token = request.path_token.ok_or_else(|| Error::auth("path token is missing"))?;
        Ok(SignedParts {
            message: Cow::Borrowed(request.body),
            presented: vec![(Scheme::SharedToken, token.as_bytes().to_vec())],
            keys: self.tokens.iter().map(|token| (Scheme::SharedToken, token)).collect(),
            signed_at: None,
        })
    }

    fn capture(&self, request: &Verified<'_>) -> Captured {
        Captured::new(TMC, request.request().body.to_vec())
    }

    fn reply(&self, ack: Ack) -> HttpReply {
        match ack {
            Ack::Stored => HttpReply::json(200, r#"{"confirm":true}"#),
            Ack::TryLater => HttpReply::json(503, r#"{"confirm":false}"#),
            Ack::Refused => HttpReply::json(401, r#"{"confirm":false}"#),
        }
    }
}
