//! Notifications, forwarded from the queue.
//!
//! Amazon puts them into an SQS queue of the developer's and signs nothing: the queue's policy says who may write. A pipe or
//! a function posts them here, where the token in the path keeps strangers out. Its 2xx lets the forwarder delete the message.

use crossdock_connector::{
    Ack, Captured, Error, HttpReply, Push, Request, Result, Secret, SignedParts, Verified,
};

use crate::NOTIFICATION;

/// The push part.
pub(crate) struct AmazonPush {
    pub(crate) tokens: Vec<Secret>,
}

impl Push for AmazonPush {
    fn signed_parts<'a>(&'a self, request: &Request<'a>) -> Result<SignedParts<'a>> {
        let token = request.path_token.ok_or_else(|| Error::auth("path token is missing"))?;
        Ok(SignedParts::shared(token, &self.tokens))
    }

    fn capture(&self, request: &Verified<'_>) -> Captured {
        Captured::new(NOTIFICATION, request.request().body.to_vec())
    }

    fn reply(&self, ack: Ack) -> HttpReply {
        match ack {
            Ack::Stored => HttpReply::json(200, r#"{"stored":true}"#),
            Ack::TryLater => HttpReply::json(503, r#"{"stored":false}"#),
            Ack::Refused => HttpReply::json(401, r#"{"stored":false}"#),
        }
    }
}
