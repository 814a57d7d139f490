//! The LINK envelope: a form whose field `logistics_interface` (JSON or XML) is signed.
//!
//! `data_digest = base64(md5(logistics_interface + secret))` over the decoded text. Who sent it, and to whom, is checked as the
//! settings say; what it is about is told by the signed text alone.

use crossdock_connector::form::Form;
use crossdock_connector::{
    Ack, Captured, Error, HttpReply, Push, Request, Result, Secret, SignedParts, Verified, sign,
};

use crate::wire::{FIELD, LINK};

/// The push part.
pub(crate) struct LinkPush {
    pub(crate) secrets: Vec<Secret>,
    pub(crate) partner_code: Option<String>,
    pub(crate) from_code: Option<String>,
}

impl Push for LinkPush {
    fn signed_parts<'a>(&'a self, request: &Request<'a>) -> Result<SignedParts<'a>> {
        let missing = || Error::auth("there is no signed field in it");
        let form = Form::read(request.body).map_err(|_| missing())?;
        let partner = form.get("partner_code").or(form.get("logistic_provider_id"));
        let from = form.get("from_code");
        for (said, wanted) in [(partner, &self.partner_code), (from, &self.from_code)] {
            if wanted.is_some() && said != wanted.as_deref() {
                return Err(Error::auth("it is from another partner"));
            }
        }
        let claim = form
            .get("data_digest")
            .and_then(sign::unbase64)
            .ok_or_else(|| Error::auth("data_digest is missing or not base64"))?;
        Ok(SignedParts::salted_md5(form.take(FIELD).ok_or_else(missing)?, claim, &self.secrets))
    }

    fn capture(&self, request: &Verified<'_>) -> Captured {
        Captured::new(LINK, request.request().body.to_vec())
    }

    fn reply(&self, ack: Ack) -> HttpReply {
        answer(ack, false)
    }

    fn reply_to(&self, ack: Ack, request: &Request<'_>) -> HttpReply {
        let form = Form::read(request.body).unwrap_or_default();
        let said = form.get("data_type").map(str::trim).filter(|kind| !kind.is_empty());
        let in_xml = match said {
            Some(kind) => kind.eq_ignore_ascii_case("xml"),
            None => form.get(FIELD).is_some_and(|text| text.trim_start().starts_with('<')),
        };
        answer(ack, in_xml)
    }
}

fn answer(ack: Ack, in_xml: bool) -> HttpReply {
    let (status, wrong) = match ack {
        Ack::Stored => (200, None),
        Ack::TryLater => (200, Some(("S07", "try later"))),
        Ack::Refused => (401, Some(("S02", "refused"))),
    };
    if in_xml {
        let body = match wrong {
            None => "<response><success>true</success></response>".to_owned(),
            Some((code, text)) => format!(
                "<response><success>false</success><errorCode>{code}</errorCode><errorMsg>{text}</errorMsg></response>"
            ),
        };
        return HttpReply { status, content_type: "text/xml; charset=utf-8", body: body.into() };
    }
    HttpReply::json(
        status,
        match wrong {
            None => r#"{"success":true}"#.to_owned(),
            Some((code, text)) => {
                format!(r#"{{"success":false,"errorCode":"{code}","errorMsg":"{text}"}}"#)
            }
        },
    )
}
