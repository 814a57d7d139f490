//! Asking for up to thirty numbers.

use serde::Serialize;

use crossdock_connector::{
    Captured, Context, Error, ErrorKind, HttpRequest, HttpResponse, Result, Track, Waybill, carrier, wire,
};

use crate::config::TrackConfig;
use crate::wire::QUERY;
use crate::{error, reply};

/// Most numbers in one call.
pub(crate) const MOST: u32 = 30;

/// The track part, and with `session.rs` the session.
pub(crate) struct Calls {
    pub(crate) config: TrackConfig,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Query<'a> {
    include_detailed_scans: bool,
    tracking_info: Vec<Info<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Info<'a> {
    tracking_number_info: Number<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Number<'a> {
    tracking_number: &'a str,
}

impl Track for Calls {
    fn together(&self, waybills: &[Waybill]) -> usize {
        carrier::at_most(waybills, MOST)
    }

    fn query(&self, waybills: &[Waybill], context: &Context<'_>) -> Result<HttpRequest> {
        let waybills = carrier::several(waybills, MOST)?;
        let numbers = waybills
            .iter()
            .map(|waybill| Info { tracking_number_info: Number { tracking_number: &waybill.number } });
        let query = Query { include_detailed_scans: true, tracking_info: numbers.collect() };
        let body = wire::json(&query)?;
        let token = context.token()?.access.text("access_token")?;
        let url = format!("{}/track/v1/trackingnumbers", self.config.base());
        Ok(HttpRequest::post(url, "application/json", body)
            .header("authorization", format!("Bearer {token}"))
            .header("x-locale", self.config.locale.as_str()))
    }

    fn records(&self, _waybills: &[Waybill], reply: &HttpResponse) -> Result<Vec<Captured>> {
        error::check(reply)?;
        // Read here only to tell an answer from an error; what it says is normalizing's.
        let shipments = reply::read(&reply.body, false)?;
        let mut errors = shipments.found.iter().map(|found| (found.error(), &found.place));
        // A success says nothing about whether anything was found.
        if let Some((Some(code), place)) = errors.clone().next()
            && errors.all(|(code, _)| code.is_some())
        {
            return Err(error::named(code).at(format!("{place}.error.code")));
        }
        if shipments.found.is_empty() {
            return Err(match shipments.bad.into_iter().next() {
                Some(error) => error,
                None => Error::new(ErrorKind::NotFound, "fedex names none of them"),
            });
        }
        Ok(vec![Captured::new(QUERY, reply.body.clone())])
    }
}

#[cfg(test)]
mod tests {
    use crossdock_connector::Token;
    use jiff::Timestamp;

    use super::*;

    fn part() -> Calls {
        let config =
            toml::from_str("client_id = \"a\"\nclient_secret = { resolved-secret = \"b\" }").unwrap();
        Calls { config }
    }

    #[test]
    fn asks_for_thirty_at_most() {
        let token = Token::new("t");
        let now = Context::at(Timestamp::UNIX_EPOCH).with(&token);
        let many = vec![Waybill { number: "980000000127".to_owned(), phone_tail: None }; 31];
        let call = part().query(&many[..1], &now).unwrap();
        assert_eq!(call.url, "https://apis.fedex.com/track/v1/trackingnumbers");
        assert_eq!(call.headers.get("x-locale"), Some("en_US"));
        assert_eq!(
            &call.body[..],
            br#"{"includeDetailedScans":true,"trackingInfo":[{"trackingNumberInfo":{"trackingNumber":"980000000127"}}]}"#
        );
        assert!(part().query(&many[..30], &now).is_ok());
        assert_eq!(part().query(&many, &now).unwrap_err().kind(), ErrorKind::Bug);
        assert_eq!(part().query(&[], &now).unwrap_err().kind(), ErrorKind::Bug);
        assert_eq!(part().together(&many), 30);
    }
}
