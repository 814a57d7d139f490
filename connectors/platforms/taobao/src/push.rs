//! TMC messages posted to us by a bridge.
//!
//! The platform itself never calls a URL of ours for ordinary trades: it speaks TMC over a WebSocket that a
//! client of ours holds open. A bridge beside that client posts each Data frame, its headers decoded to JSON,
//! and confirms it to the platform only after we answered 200. Messages carry no signature; the bridge proves
//! itself by the token in the path.
//!
//! A bridge that knows nothing of the protocol posts the frames as they are: the answer to one that was stored is then
//! the frame which confirms it, to be sent back as it is.
//!
//! Rows of the RDS tables come the same way, posted by whatever reads them.

use std::borrow::Cow;

use crossdock_connector::{
    Ack, Captured, Error, HttpReply, Push, Request, Result, Scheme, Secret, SignedParts, Verified,
};

use crate::frame::{self, Frame};
use crate::scrub::scrub;
use crate::{RDS, TMC};

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
        let body = request.request().body;
        if !is_rows(body) {
            return Captured::new(TMC, body.to_vec());
        }
        match scrub(body) {
            None => Captured::new(RDS, body.to_vec()),
            Some((body, headers)) => Captured { headers, ..Captured::new(RDS, body) },
        }
    }

    fn reply(&self, ack: Ack) -> HttpReply {
        match ack {
            Ack::Stored => HttpReply::json(200, r#"{"confirm":true}"#),
            Ack::TryLater => HttpReply::json(503, r#"{"confirm":false}"#),
            Ack::Refused => HttpReply::json(401, r#"{"confirm":false}"#),
        }
    }

    fn reply_to(&self, ack: Ack, request: &Request<'_>) -> HttpReply {
        if ack != Ack::Stored || !frame::is_frame(request.body) {
            return self.reply(ack);
        }
        // A frame that cannot be read is stored all the same, but nobody can say what to confirm.
        let confirmation = Frame::read(request.body).ok().and_then(|frame| frame.confirmation());
        let body = confirmation.unwrap_or_default();
        HttpReply { status: 200, content_type: "application/octet-stream", body: body.into() }
    }
}

/// Whether a body holds rows of the RDS tables: no message has their column, not even inside its content, where
/// quotes are escaped.
fn is_rows(body: &[u8]) -> bool {
    std::str::from_utf8(body).is_ok_and(|text| text.contains("\"jdp_response\""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crossdock_connector::{Headers, sign};

    fn answer(ack: Ack, body: &[u8]) -> HttpReply {
        let headers = Headers::default();
        let request = Request { headers: &headers, query: "", path_token: None, body };
        TaobaoPush::new(Vec::new()).reply_to(ack, &request)
    }

    #[test]
    fn a_frame_is_answered_by_its_confirmation_once_it_is_stored() {
        let hex = |text: &str| sign::unhex(text.trim()).unwrap();
        let frame = hex(include_str!("../fixtures/requests/tmc_data.hex"));
        let stored = answer(Ack::Stored, &frame);
        assert_eq!(&stored.body[..], hex(include_str!("../fixtures/requests/tmc_confirm.hex")));
        assert_eq!(answer(Ack::TryLater, &frame), HttpReply::json(503, r#"{"confirm":false}"#));
        // What is no message gets an answer that says nothing.
        assert!(answer(Ack::Stored, &hex(include_str!("../fixtures/requests/tmc_pull.hex"))).body.is_empty());
        assert!(answer(Ack::Stored, &frame[..20]).body.is_empty());
        assert_eq!(answer(Ack::Stored, b"{}"), HttpReply::json(200, r#"{"confirm":true}"#));
    }

    #[test]
    fn rows_are_told_from_messages() {
        assert!(is_rows(br#"[{"tid":"1","jdp_response":"{}"}]"#));
        let message = r#"{"topic":"taobao_trade_TradeRated","content":"{\"jdp_response\":\"\"}"}"#;
        assert!(!is_rows(message.as_bytes()) && !is_rows(b"\xff"));
    }
}
