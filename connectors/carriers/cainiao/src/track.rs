//! Asking for one parcel of Cainiao's own express, through the LINK gateway.

use serde::Serialize;

use crossdock_connector::{
    Captured, Context, Error, HttpRequest, HttpResponse, Result, Secret, Track, Waybill, carrier, form,
    legacy, sign, wire,
};

use crate::config::TrackConfig;
use crate::feeds::answer;
use crate::wire::{FIELD, PRACTICE};

/// The track part.
pub(crate) struct TraceQuery {
    pub(crate) config: TrackConfig,
    pub(crate) secret: Secret,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Query<'a> {
    mail_no: &'a str,
}

/// The digest of a text.
fn digest(text: &str, secret: &Secret) -> String {
    sign::base64(&legacy::salted_md5(text.as_bytes(), secret.expose()))
}

impl Track for TraceQuery {
    fn together(&self, _waybills: &[Waybill]) -> usize {
        1
    }

    fn query(&self, waybills: &[Waybill], _context: &Context<'_>) -> Result<HttpRequest> {
        let waybill = carrier::one(waybills)?;
        let text = wire::json(&Query { mail_no: &waybill.number })?;
        let digest = digest(&text, &self.secret);
        let partner = self.config.partner_code.as_str();
        let mut fields = vec![
            ("msg_type", PRACTICE),
            // The same under its newer and its older name.
            ("partner_code", partner),
            ("logistic_provider_id", partner),
            ("data_digest", digest.as_str()),
            (FIELD, text.as_str()),
        ];
        if let Some(to) = &self.config.to_code {
            fields.push(("to_code", to));
        }
        let kind = "application/x-www-form-urlencoded; charset=UTF-8";
        Ok(HttpRequest::post(self.config.endpoint.as_str(), kind, form::write(fields)))
    }

    fn records(&self, waybills: &[Waybill], reply: &HttpResponse) -> Result<Vec<Captured>> {
        if !reply.is_success() {
            return Err(Error::from_response(reply));
        }
        let text = wire::utf8(&reply.body)?;
        // Read here only to tell an answer from an error; what it says is normalizing's.
        answer(text)?;
        Ok(vec![carrier::asked(PRACTICE, waybills, reply)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_as_the_vector_does() {
        let digest =
            digest(r#"{"mailNo":"SF7444400031887","cpCode":"SF"}"#, &Secret::new("cainiao-secret-01"));
        assert_eq!(digest, "nL6nIFWE0yFlaxowZW+Zfg==");
    }
}
