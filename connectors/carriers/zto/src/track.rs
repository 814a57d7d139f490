//! Asking for one waybill, or having it pushed: `x-datadigest = base64(md5(body + app secret))`. Both take the same body.

use serde::Serialize;

use crossdock_connector::{
    Captured, Context, Error, HttpRequest, HttpResponse, Result, Secret, Track, Waybill, carrier, legacy,
    sign, wire,
};

use crate::config::{Mode, TrackConfig};
use crate::normalize::answer;
use crate::wire::QUERY;

/// The track part.
pub(crate) struct TrackQuery {
    pub(crate) config: TrackConfig,
    pub(crate) secret: Secret,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Query<'a> {
    bill_code: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    mobile_phone: Option<&'a str>,
}

/// The digest of a body.
fn digest(body: &[u8], secret: &Secret) -> String {
    sign::base64(&legacy::salted_md5(body, secret.expose()))
}

impl Track for TrackQuery {
    fn together(&self, _waybills: &[Waybill]) -> usize {
        1
    }

    fn query(&self, waybills: &[Waybill], _context: &Context<'_>) -> Result<HttpRequest> {
        let waybill = carrier::one(waybills)?;
        let phone = waybill.phone_tail.as_deref();
        if phone.is_none() && self.config.needs_phone {
            let what = "ZTO answers only with the last four digits of a phone";
            return Err(Error::config(what).at("phone_tail"));
        }
        let query = Query { bill_code: &waybill.number, mobile_phone: phone };
        let body = wire::json(&query)?;
        let digest = digest(body.as_bytes(), &self.secret);
        Ok(HttpRequest::post(self.config.url(), "application/json; charset=utf-8", body)
            .header("x-companyid", self.config.app_key.as_str())
            .header("x-datadigest", digest))
    }

    fn records(&self, waybills: &[Waybill], reply: &HttpResponse) -> Result<Vec<Captured>> {
        if !reply.is_success() {
            return Err(Error::from_response(reply));
        }
        // Read here only to tell an answer from an error; what it says is normalizing's.
        answer(&reply.body)?;
        if self.config.mode == Mode::Subscribe {
            // Nothing is known about the parcel yet.
            return Ok(Vec::new());
        }
        Ok(vec![carrier::asked(QUERY, waybills, reply)])
    }
}

#[cfg(test)]
mod tests {
    use crossdock_connector::ErrorKind;
    use jiff::Timestamp;

    use super::*;
    use crate::config::Environment;

    fn part(needs_phone: bool) -> TrackQuery {
        let config = TrackConfig {
            mode: Mode::Query,
            environment: Environment::Production,
            endpoint: None,
            app_key: "zto-app-0001".to_owned(),
            needs_phone,
        };
        TrackQuery { config, secret: Secret::new("zto-app-secret-01") }
    }

    fn waybill(tail: Option<&str>) -> Waybill {
        Waybill { number: "73100012345678".to_owned(), phone_tail: tail.map(str::to_owned) }
    }

    #[test]
    fn signs_as_the_vector_does() {
        let now = Context::at(Timestamp::UNIX_EPOCH);
        let call = part(true).query(&[waybill(Some("0135"))], &now).unwrap();
        assert_eq!(&call.body[..], br#"{"billCode":"73100012345678","mobilePhone":"0135"}"#);
        assert_eq!(call.headers.get("x-datadigest"), Some("ZS6KjFxErCuL/dQH+a2qIQ=="));
        assert_eq!(call.headers.get("x-companyid"), Some("zto-app-0001"));
        assert_eq!(call.url, "https://japi.zto.com/zto.merchant.waybill.track.query");
    }

    #[test]
    fn asks_for_one_and_with_a_phone_where_it_must() {
        let now = Context::at(Timestamp::UNIX_EPOCH);
        assert_eq!(part(true).query(&[waybill(None)], &now).unwrap_err().kind(), ErrorKind::Config);
        let call = part(false).query(&[waybill(None)], &now).unwrap();
        assert_eq!(&call.body[..], br#"{"billCode":"73100012345678"}"#);
        let two = [waybill(None), waybill(None)];
        assert_eq!(part(false).query(&two, &now).unwrap_err().kind(), ErrorKind::Bug);
        assert_eq!(part(false).together(&two), 1);
    }
}
