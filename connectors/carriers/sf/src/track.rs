//! EXP_RECE_SEARCH_ROUTES: we ask for up to ten waybills.
//!
//! A query carries at most one phone tail, so waybills with different tails cannot share a call.

use serde::Serialize;

use crossdock_connector::{
    Captured, Context, Error, HttpRequest, HttpResponse, Result, Track, Waybill, carrier, form, sign, wire,
};

use crate::config::TrackConfig;
use crate::query;
use crate::sign::msg_digest;
use crate::wire::QUERY;

/// Most waybills SF answers in one call.
pub(crate) const MOST: u32 = 10;

/// The track part.
pub(crate) struct SearchRoutes {
    pub(crate) config: TrackConfig,
}

/// `msgData`, its keys in the order SF's own examples have.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct MsgData<'a> {
    language: &'a str,
    tracking_type: &'a str,
    tracking_number: Vec<&'a str>,
    method_type: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    check_phone_no: Option<&'a str>,
}

impl Track for SearchRoutes {
    fn together(&self, waybills: &[Waybill]) -> usize {
        let tail = waybills.first().and_then(|first| first.phone_tail.as_deref());
        let other = waybills.iter().position(|waybill| waybill.phone_tail.as_deref() != tail);
        let (same, _) = waybills.split_at(other.unwrap_or(waybills.len()));
        carrier::at_most(same, MOST)
    }

    fn query(&self, waybills: &[Waybill], context: &Context<'_>) -> Result<HttpRequest> {
        let waybills = carrier::several(waybills, MOST)?;
        let data = MsgData {
            language: self.config.language.as_str(),
            tracking_type: "1",
            tracking_number: waybills.iter().map(|waybill| waybill.number.as_str()).collect(),
            method_type: "1",
            check_phone_no: self.phone_tail(waybills)?,
        };
        let msg_data = wire::json(&data)?;
        let checkword = self.config.checkword.text("track.checkword")?;
        // Milliseconds, so that no two attempts look alike to SF, which refuses what it has just seen.
        let timestamp = context.now.as_millisecond().to_string();
        let fields = [
            ("partnerID", self.config.partner_id.clone()),
            ("requestID", request_id(&self.config.partner_id, &msg_data, &timestamp)),
            ("serviceCode", QUERY.to_owned()),
            ("msgDigest", msg_digest(&msg_data, &timestamp, checkword)),
            ("timestamp", timestamp),
            ("msgData", msg_data),
        ];
        let body = form::write(fields.iter().map(|(name, value)| (*name, value.as_str())));
        let url = self.config.endpoint.as_deref().unwrap_or_else(|| self.config.environment.endpoint());
        Ok(HttpRequest::post(url, form::TYPE, body))
    }

    fn records(&self, _waybills: &[Waybill], reply: &HttpResponse) -> Result<Vec<Captured>> {
        if !reply.is_success() {
            return Err(Error::from_response(reply));
        }
        // Read here only to tell an answer from an error; what it says is normalizing's.
        query::waybills(&query::open(&reply.body)?)?;
        Ok(vec![Captured::new(QUERY, reply.body.clone())])
    }
}

impl SearchRoutes {
    /// The one phone tail of a call.
    fn phone_tail<'a>(&self, waybills: &'a [Waybill]) -> Result<Option<&'a str>> {
        let mut tails = waybills.iter().map(|waybill| waybill.phone_tail.as_deref());
        let first = tails.next().flatten();
        if tails.any(|tail| tail != first) {
            return Err(
                Error::config("waybills with different phone tails cannot share a call").at("phone_tail")
            );
        }
        if first.is_none() && self.config.needs_phone {
            return Err(
                Error::config("SF answers only with the last four digits of a phone").at("phone_tail")
            );
        }
        Ok(first)
    }
}

/// A UUID-shaped id, derived from what is asked and when: the same attempt has the same id, another one
/// another. (Version 8 of RFC 9562: made from data of one's own.)
fn request_id(partner_id: &str, msg_data: &str, timestamp: &str) -> String {
    let hash = sign::hex(&sign::sha256(format!("{partner_id}\n{timestamp}\n{msg_data}").as_bytes()));
    let part = |from: usize, to: usize| hash.get(from..to).unwrap_or_default();
    format!("{}-{}-8{}-a{}-{}", part(0, 8), part(8, 12), part(13, 16), part(17, 20), part(20, 32))
}

#[cfg(test)]
mod tests {
    use crossdock_connector::{ErrorKind, Secret};
    use jiff::Timestamp;

    use super::*;
    use crate::config::{Environment, Language};

    fn part(needs_phone: bool) -> SearchRoutes {
        SearchRoutes {
            config: TrackConfig {
                environment: Environment::Sandbox,
                endpoint: None,
                partner_id: "CROSSDOCK".to_owned(),
                checkword: Secret::new("crossdockTestCheckword0001"),
                language: Language::Mainland,
                needs_phone,
            },
        }
    }

    fn waybill(number: &str, tail: Option<&str>) -> Waybill {
        Waybill { number: number.to_owned(), phone_tail: tail.map(str::to_owned) }
    }

    fn now() -> Timestamp {
        Timestamp::from_second(1_780_300_800).unwrap()
    }

    #[test]
    fn asks_as_the_vector_does() {
        let call =
            part(true).query(&[waybill("SF7444400031887", Some("0135"))], &Context::at(now())).unwrap();
        assert_eq!(call.url, "https://sfapi-sbox.sf-express.com/std/service");
        let body = std::str::from_utf8(&call.body).unwrap();
        let msg_data = r#"{"language":"zh-CN","trackingType":"1","trackingNumber":["SF7444400031887"],"methodType":"1","checkPhoneNo":"0135"}"#;
        assert!(body.ends_with(&format!("&msgData={}", form::encode(msg_data))));
        assert!(body.contains("&serviceCode=EXP_RECE_SEARCH_ROUTES&"));
        let digest = msg_digest(msg_data, "1780300800000", "crossdockTestCheckword0001");
        assert!(body.contains(&format!("&msgDigest={}&timestamp=1780300800000&", form::encode(&digest))));
        assert!(!body.contains("crossdockTestCheckword"));
    }

    #[test]
    fn the_same_attempt_has_the_same_id_and_another_one_another() {
        let id = |at| request_id("CROSSDOCK", "{}", at);
        assert_eq!(id("1"), id("1"));
        assert_ne!(id("1"), id("2"));
        assert_eq!(id("1").len(), 36);
        assert_eq!(id("1").split('-').map(str::len).collect::<Vec<_>>(), [8, 4, 4, 4, 12]);
    }

    #[test]
    fn one_call_has_one_phone_tail() {
        let mixed = [waybill("SF7444400031887", Some("0135")), waybill("SF7444400031895", None)];
        assert_eq!(part(false).query(&mixed, &Context::at(now())).unwrap_err().kind(), ErrorKind::Config);
        let without = [waybill("SF7444400031887", None)];
        assert!(part(false).query(&without, &Context::at(now())).is_ok());
        assert_eq!(
            (part(false).together(&mixed), part(false).together(&vec![mixed[1].clone(); 11])),
            (1, 10)
        );
        assert_eq!(part(true).query(&without, &Context::at(now())).unwrap_err().kind(), ErrorKind::Config);
    }

    #[test]
    fn asks_for_ten_at_most() {
        let many = vec![waybill("SF7444400031887", None); 11];
        assert_eq!(part(false).query(&many, &Context::at(now())).unwrap_err().kind(), ErrorKind::Bug);
        assert!(part(false).query(many.get(..10).unwrap(), &Context::at(now())).is_ok());
        assert_eq!(part(false).query(&[], &Context::at(now())).unwrap_err().kind(), ErrorKind::Bug);
    }
}
