//! The push: a form whose field `param` is signed.
//!
//! `sign = UPPER(hex(md5(param + salt)))`, over the decoded text of `param` byte for byte. Nothing else of the request is
//! signed, so nothing else is ever read.

use crossdock_connector::form::Form;
use crossdock_connector::{
    Ack, Captured, Error, HttpReply, Push, Request, Result, Secret, SignedParts, Verified, sign,
};

use crate::wire::PUSH;

/// Anything else makes Kuaidi100 send again, three times, 35 minutes apart.
const STORED: &str = r#"{"result":true,"returnCode":"200","message":"成功"}"#;
const LATER: &str = r#"{"result":false,"returnCode":"500","message":"try later"}"#;
const REFUSED: &str = r#"{"result":false,"returnCode":"400","message":"refused"}"#;

/// The push part.
pub(crate) struct Callback {
    pub(crate) salts: Vec<Secret>,
}

impl Push for Callback {
    fn signed_parts<'a>(&'a self, request: &Request<'a>) -> Result<SignedParts<'a>> {
        let form = Form::read(request.body).map_err(|_| Error::auth("expected a form"))?;
        let claim = form
            .get("sign")
            .and_then(sign::unhex)
            .ok_or_else(|| Error::auth("sign is missing or not hexadecimal"))?;
        let param = form.take("param").ok_or_else(|| Error::auth("param is missing"))?;
        Ok(SignedParts::salted_md5(param, claim, &self.salts))
    }

    fn capture(&self, request: &Verified<'_>) -> Captured {
        Captured::new(PUSH, request.request().body.to_vec())
    }

    fn reply(&self, ack: Ack) -> HttpReply {
        match ack {
            Ack::Stored => HttpReply::json(200, STORED),
            Ack::TryLater => HttpReply::json(503, LATER),
            Ack::Refused => HttpReply::json(401, REFUSED),
        }
    }
}
