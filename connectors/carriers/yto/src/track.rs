//! Asking for one waybill, or having it pushed: `sign = base64(md5(param + method + version + secret))`.

use serde::Serialize;

use crossdock_connector::{
    Captured, Context, Error, ErrorKind, HttpRequest, HttpResponse, Result, Secret, Track, Waybill, carrier,
    legacy, refusal, sign, wire,
};

use crate::config::{Mode, TrackConfig};
use crate::normalize::{Answer, answer};
use crate::wire::QUERY;

/// The version of the interface, as it is signed.
const VERSION: &str = "v1";

/// The track part.
pub(crate) struct TrackQuery {
    pub(crate) config: TrackConfig,
}

#[derive(Serialize)]
struct Param<'a> {
    #[serde(rename = "NUMBER")]
    number: &'a str,
}

/// `param` of a subscription; its own parameters are JSON in a text once more.
#[derive(Serialize)]
struct Subscription<'a> {
    client_id: &'a str,
    logistics_interface: &'a str,
    msg_type: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Subscribed<'a> {
    client_id: &'a str,
    waybill_no: &'a str,
}

#[derive(Serialize)]
struct Query<'a> {
    timestamp: &'a str,
    param: &'a str,
    sign: &'a str,
    format: &'a str,
}

/// The sign of a text.
fn signed(param: &str, method: &str, secret: &Secret) -> String {
    let message = format!("{param}{method}{VERSION}");
    sign::base64(&legacy::salted_md5(message.as_bytes(), secret.expose()))
}

impl TrackQuery {
    fn param(&self, waybill: &Waybill) -> Result<String> {
        let client_id = self.config.client_id.as_deref().unwrap_or_default();
        match self.config.mode {
            Mode::Query => wire::json(&Param { number: &waybill.number }),
            Mode::Subscribe => wire::json(&Subscription {
                client_id,
                logistics_interface: &wire::json(&Subscribed { client_id, waybill_no: &waybill.number })?,
                msg_type: "online",
            }),
        }
    }
}

impl Track for TrackQuery {
    fn together(&self, _waybills: &[Waybill]) -> usize {
        1
    }

    fn query(&self, waybills: &[Waybill], context: &Context<'_>) -> Result<HttpRequest> {
        let waybill = carrier::one(waybills)?;
        let param = self.param(waybill)?;
        let query = Query {
            timestamp: &context.now.as_millisecond().to_string(),
            param: &param,
            sign: &signed(&param, self.config.mode.method(), &self.config.secret),
            format: "JSON",
        };
        let body = wire::json(&query)?;
        Ok(HttpRequest::post(self.config.endpoint.as_str(), "application/json; charset=utf-8", body))
    }

    fn records(&self, waybills: &[Waybill], reply: &HttpResponse) -> Result<Vec<Captured>> {
        if !reply.is_success() {
            return Err(Error::from_response(reply));
        }
        // Read here only to tell an answer from an error; what it says is normalizing's.
        if let Answer::Refused(code) = answer(&reply.body)? {
            let kind = self
                .config
                .refusals
                .get(&code)
                .map_or(ErrorKind::Unavailable, |known| ErrorKind::from(*known));
            // There is no session here that could be renewed.
            let kind = refusal::renewable(kind, false);
            return Err(Error::new(kind, "yto refused the query").vendor(code).at("$.code"));
        }
        if self.config.mode == Mode::Subscribe {
            // Nothing is known about the parcel yet.
            return Ok(Vec::new());
        }
        Ok(vec![carrier::asked(QUERY, waybills, reply)])
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use jiff::Timestamp;

    use super::*;

    #[test]
    fn signs_as_the_published_examples_do() {
        let published = Secret::new("123456");
        assert_eq!(signed(r#"{"NUMBER":"YT2600227881409"}"#, QUERY, &published), "uhSL6hg8txxadZi26YPYPg==");
        // The first example of the guide signs the data alone.
        assert_eq!(sign::base64(&legacy::salted_md5(b"opentest", b"123456")), "YLstCNa3x8ijQx16e/jqOA==");
        assert_eq!(
            signed(r#"{"NUMBER":"YT2600000000017"}"#, QUERY, &Secret::new("yto-secret-01")),
            "iMPx82IjyA+rAXS2Gst22g=="
        );
    }

    #[test]
    fn asks_as_the_guide_shows() {
        let config = TrackConfig {
            mode: Mode::Query,
            endpoint: "https://openapi.yto.net.cn/open/track_query_adapter/v1/EXAMPLE/K1".to_owned(),
            client_id: None,
            secret: Secret::new("yto-secret-01"),
            refusals: BTreeMap::new(),
        };
        let part = TrackQuery { config };
        let waybill = Waybill { number: "YT2600000000017".to_owned(), phone_tail: None };
        let now = Timestamp::from_millisecond(1_772_446_867_000).unwrap();
        let call = part.query(std::slice::from_ref(&waybill), &Context::at(now)).unwrap();
        let wanted = r#"{"timestamp":"1772446867000","param":"{\"NUMBER\":\"YT2600000000017\"}","sign":"iMPx82IjyA+rAXS2Gst22g==","format":"JSON"}"#;
        assert_eq!(std::str::from_utf8(&call.body).unwrap(), wanted);
        let two = [waybill.clone(), waybill];
        assert_eq!(part.query(&two, &Context::at(now)).unwrap_err().kind(), ErrorKind::Bug);
    }
}
