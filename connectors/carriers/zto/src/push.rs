//! The Traces push: a form, or the same fields as JSON, whose field `data` is signed.
//!
//! `data_digest = base64(md5(data + app secret))`, over the decoded text of `data` byte for byte. Nothing else of the
//! request is signed, so nothing else is ever read.

use crossdock_connector::{
    Ack, Captured, Error, HttpReply, Push, Request, Result, Secret, SignedParts, Verified, sign,
};

use crate::wire::{self, PUSH};

/// ZTO looks at `status`; anything but `true` makes it send again, up to 16 times.
const STORED: &str = r#"{"status":true,"message":"成功","statusCode":"0000","result":"成功"}"#;
const LATER: &str = r#"{"status":false,"message":"try later","statusCode":"9999","result":""}"#;
const REFUSED: &str = r#"{"status":false,"message":"refused","statusCode":"9999","result":""}"#;

/// The push part.
pub(crate) struct TracesPush {
    pub(crate) secrets: Vec<Secret>,
}

impl Push for TracesPush {
    fn signed_parts<'a>(&'a self, request: &Request<'a>) -> Result<SignedParts<'a>> {
        let fields =
            wire::envelope(request.body).map_err(|_| Error::auth("there is no signed field in it"))?;
        let claim = fields
            .digest
            .as_deref()
            .and_then(sign::unbase64)
            .ok_or_else(|| Error::auth("data_digest is missing or not base64"))?;
        Ok(SignedParts::salted_md5(fields.data, claim, &self.secrets))
    }

    fn capture(&self, request: &Verified<'_>) -> Captured {
        Captured::new(PUSH, request.request().body.to_vec())
    }

    fn reply(&self, ack: Ack) -> HttpReply {
        match ack {
            Ack::Stored => HttpReply::json(200, STORED),
            Ack::TryLater => HttpReply::json(200, LATER),
            Ack::Refused => HttpReply::json(401, REFUSED),
        }
    }
}
