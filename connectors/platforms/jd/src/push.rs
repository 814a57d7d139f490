//! Order numbers posted by a program of the merchant's own.
//!
//! JD calls no URL of ours. Who hears of a change in another way (a trigger on an RDS table, a client of JD's old
//! notification stream) posts `{"orderId": "290000000001"}`, and the order is fetched. Nothing is signed: the token in the
//! path keeps strangers out.

use crossdock_connector::{
    Ack, Captured, Error, HttpReply, Push, Request, Result, Secret, SignedParts, Verified,
};

use crate::NUDGE;

/// The push part.
pub(crate) struct JdPush {
    pub(crate) tokens: Vec<Secret>,
}

impl Push for JdPush {
    fn signed_parts<'a>(&'a self, request: &Request<'a>) -> Result<SignedParts<'a>> {
        let token = request.path_token.ok_or_else(|| Error::auth("path token is missing"))?;
        Ok(SignedParts::shared(token, &self.tokens))
    }

    fn capture(&self, request: &Verified<'_>) -> Captured {
        Captured::new(NUDGE, request.request().body.to_vec())
    }

    fn reply(&self, ack: Ack) -> HttpReply {
        match ack {
            Ack::Stored => HttpReply::json(200, r#"{"stored":true}"#),
            Ack::TryLater => HttpReply::json(503, r#"{"stored":false}"#),
            Ack::Refused => HttpReply::json(401, r#"{"stored":false}"#),
        }
    }
}
