//! Asking for the history of one parcel: `sign = UPPER(hex(md5(param + key + customer)))`.

use std::sync::Arc;

use serde::Serialize;

use crossdock_connector::aggregator::Carriers;
use crossdock_connector::{
    Captured, Context, Error, HttpRequest, HttpResponse, Result, Secret, Track, Waybill, carrier, form,
    legacy, sign,
};

use crate::config::TrackConfig;
use crate::normalize::answer;
use crate::wire::{self, QUERY};

/// The track part that asks.
pub(crate) struct Query {
    pub(crate) config: TrackConfig,
    pub(crate) carriers: Arc<Carriers>,
}

/// `param`.
#[derive(Serialize)]
struct Param<'a> {
    com: &'a str,
    num: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    phone: Option<&'a str>,
    resultv2: &'a str,
    show: &'a str,
    order: &'a str,
    lang: &'a str,
}

/// The signature of a query; `param` must be the very text that is sent.
fn signature(param: &str, key: &Secret, customer: &str) -> String {
    let digest = legacy::salted_md5(&[param.as_bytes(), key.expose()].concat(), customer.as_bytes());
    let mut hex = sign::hex(&digest);
    hex.make_ascii_uppercase();
    hex
}

/// The one parcel of a call, the carrier's code, and its phone where there has to be one.
pub(crate) fn one<'a>(
    waybills: &'a [Waybill],
    carrier: Option<&str>,
    config: &TrackConfig,
    carriers: &'a Carriers,
) -> Result<(&'a str, &'a Waybill)> {
    let waybill = carrier::one(waybills)?;
    let slug = carrier.or(config.carrier.as_deref()).ok_or_else(|| {
        Error::config("Kuaidi100 has to be told the carrier: set it, or ask for parcels of one")
            .at("track.carrier")
    })?;
    let code = carriers.code(slug).ok_or_else(|| {
        let what = "no code of Kuaidi100 for this carrier: add \"their code\" = \"our word\" to carriers";
        Error::config(what).at("carriers").with("carrier", slug)
    })?;
    if waybill.phone_tail.is_none() && config.needs_phone.iter().any(|needs| needs == slug) {
        let what = "Kuaidi100 answers for this carrier only with the last four digits of a phone";
        return Err(Error::config(what).at("phone_tail").with("carrier", slug));
    }
    Ok((code, waybill))
}

impl Query {
    fn ask(&self, carrier: Option<&str>, waybills: &[Waybill]) -> Result<HttpRequest> {
        let (com, waybill) = one(waybills, carrier, &self.config, &self.carriers)?;
        let param = Param {
            com,
            num: &waybill.number,
            phone: waybill.phone_tail.as_deref(),
            resultv2: "4",
            show: "0",
            order: "desc",
            lang: "zh",
        };
        let param = wire::json(&param)?;
        let customer = self.config.customer.as_deref().unwrap_or_default();
        let sign = signature(&param, &self.config.key, customer);
        let body = form::write([("customer", customer), ("param", &param), ("sign", &sign)]);
        Ok(HttpRequest::post(self.config.url(), form::TYPE, body))
    }
}

impl Track for Query {
    fn together(&self, _waybills: &[Waybill]) -> usize {
        1
    }

    fn query(&self, waybills: &[Waybill], _context: &Context<'_>) -> Result<HttpRequest> {
        self.ask(None, waybills)
    }

    fn query_of(&self, carrier: &str, waybills: &[Waybill], _context: &Context<'_>) -> Result<HttpRequest> {
        self.ask(Some(carrier), waybills)
    }

    fn records(&self, _waybills: &[Waybill], reply: &HttpResponse) -> Result<Vec<Captured>> {
        if !reply.is_success() {
            return Err(Error::from_response(reply));
        }
        // Read here only to tell an answer from an error; what it says is normalizing's.
        let text = wire::utf8(&reply.body)?;
        answer(text)?;
        Ok(vec![Captured::new(QUERY, reply.body.clone())])
    }
}

#[cfg(test)]
mod tests {
    use crossdock_connector::ErrorKind;
    use crossdock_connector::aggregator::MoreCarriers;
    use jiff::Timestamp;

    use super::*;
    use crate::config::Mode;

    fn part(carrier: Option<&str>) -> Query {
        let config = TrackConfig {
            mode: Mode::Query,
            endpoint: None,
            customer: Some("K100CUSTOMER0001".to_owned()),
            key: Secret::new("K100key0001"),
            callback_url: None,
            carrier: carrier.map(str::to_owned),
            needs_phone: vec!["sf_express".to_owned()],
        };
        let carriers = Carriers::read(include_str!("codes/carriers.toml"), MoreCarriers::default()).unwrap();
        Query { config, carriers: Arc::new(carriers) }
    }

    fn waybill(tail: Option<&str>) -> [Waybill; 1] {
        [Waybill { number: "SF7444400031887".to_owned(), phone_tail: tail.map(str::to_owned) }]
    }

    #[test]
    fn signs_as_the_vector_does() {
        let param = r#"{"com":"shunfeng","num":"SF7444400031887","phone":"0135","resultv2":"4"}"#;
        let found = signature(param, &Secret::new("K100key0001"), "K100CUSTOMER0001");
        assert_eq!(found, "2E1953DFF93568763D80A3F5F74DDB98");
    }

    #[test]
    fn asks_for_the_carrier_it_is_told() {
        let now = Context::at(Timestamp::UNIX_EPOCH);
        let call = part(Some("yto")).query_of("sf_express", &waybill(Some("0135")), &now).unwrap();
        let body = std::str::from_utf8(&call.body).unwrap();
        assert_eq!(call.url, "https://poll.kuaidi100.com/poll/query.do");
        assert!(
            body.starts_with("customer=K100CUSTOMER0001&param=%7B%22com%22%3A%22shunfeng%22%2C"),
            "{body}"
        );
        assert!(!body.contains("K100key"), "{body}");
        let call = part(Some("yto")).query(&waybill(None), &now).unwrap();
        assert!(std::str::from_utf8(&call.body).unwrap().contains("%22yuantong%22"));
    }

    #[test]
    fn does_not_ask_without_what_is_needed() {
        let now = Context::at(Timestamp::UNIX_EPOCH);
        let path = |result: Result<HttpRequest>| result.unwrap_err().path.unwrap();
        assert_eq!(path(part(None).query(&waybill(None), &now)), "track.carrier");
        assert_eq!(path(part(None).query_of("rocket", &waybill(None), &now)), "carriers");
        assert_eq!(path(part(None).query_of("sf_express", &waybill(None), &now)), "phone_tail");
        assert_eq!(part(None).query_of("yto", &[], &now).unwrap_err().kind(), ErrorKind::Bug);
    }
}
