//! RoutePushService: SF calls us and signs nothing.
//!
//! What keeps strangers out is a long secret at the end of the URL, compared in constant time. SF takes an
//! answer for the whole batch only: once the bytes are stored, the answer is yes, whatever is in them, since
//! a no makes SF send all of it again.

use std::borrow::Cow;

use crossdock_connector::{
    Ack, Captured, Error, Headers, HttpReply, Push, Request, Result, Scheme, Secret, SignedParts, Verified,
};

use crate::config::PushFormat;
use crate::wire::PUSH;

const JSON_OK: &str = r#"{"return_code":"0000","return_msg":"成功"}"#;
const JSON_LATER: &str = r#"{"return_code":"1000","return_msg":"try later"}"#;
const JSON_REFUSED: &str = r#"{"return_code":"1000","return_msg":"refused"}"#;
const XML_OK: &str = r#"<Response service="RoutePushService"><Head>OK</Head></Response>"#;
const XML_LATER: &str =
    r#"<Response service="RoutePushService"><Head>ERR</Head><ERROR code="4001">try later</ERROR></Response>"#;
const XML_REFUSED: &str =
    r#"<Response service="RoutePushService"><Head>ERR</Head><ERROR code="4001">refused</ERROR></Response>"#;

/// The push part.
pub(crate) struct RoutePush {
    pub(crate) format: PushFormat,
    pub(crate) tokens: Vec<Secret>,
}

impl Push for RoutePush {
    fn signed_parts<'a>(&'a self, request: &Request<'a>) -> Result<SignedParts<'a>> {
        let claim = request.path_token.ok_or_else(|| Error::auth("secret path segment is missing"))?;
        Ok(SignedParts {
            message: Cow::Borrowed(request.body),
            presented: vec![(Scheme::SharedToken, claim.as_bytes().to_vec())],
            keys: self.tokens.iter().map(|token| (Scheme::SharedToken, token)).collect(),
            signed_at: None,
        })
    }

    fn capture(&self, request: &Verified<'_>) -> Captured {
        let request = request.request();
        let mut headers = Headers::default();
        // Only for people: normalizing tells the variants apart by the bytes.
        if let Some(kind) = request.headers.get("content-type") {
            headers.push("content-type", kind);
        }
        Captured { headers, ..Captured::new(PUSH, request.body.to_vec()) }
    }

    fn reply(&self, ack: Ack) -> HttpReply {
        // SF reads the body; the status of a refusal is ours, the documents name none.
        let status = match ack {
            Ack::Stored | Ack::TryLater => 200,
            Ack::Refused => 401,
        };
        match self.format {
            PushFormat::Json => HttpReply::json(
                status,
                match ack {
                    Ack::Stored => JSON_OK,
                    Ack::TryLater => JSON_LATER,
                    Ack::Refused => JSON_REFUSED,
                },
            ),
            PushFormat::Xml => HttpReply {
                status,
                content_type: "text/xml; charset=utf-8",
                body: match ack {
                    Ack::Stored => XML_OK,
                    Ack::TryLater => XML_LATER,
                    Ack::Refused => XML_REFUSED,
                }
                .into(),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn push(format: PushFormat) -> RoutePush {
        RoutePush { format, tokens: Vec::new() }
    }

    #[test]
    fn answers_as_sf_insists() {
        let json = push(PushFormat::Json);
        assert_eq!(
            &json.reply(Ack::Stored).body[..],
            r#"{"return_code":"0000","return_msg":"成功"}"#.as_bytes()
        );
        assert!(json.reply(Ack::TryLater).body.starts_with(br#"{"return_code":"1000","#));
        assert_eq!(json.reply(Ack::Refused).status, 401);
        let xml = push(PushFormat::Xml);
        assert_eq!(
            &xml.reply(Ack::Stored).body[..],
            br#"<Response service="RoutePushService"><Head>OK</Head></Response>"#
        );
        assert!(xml.reply(Ack::TryLater).body.windows(15).any(|part| part == b"<Head>ERR</Head"));
        assert_eq!(xml.reply(Ack::Stored).content_type, "text/xml; charset=utf-8");
    }
}
