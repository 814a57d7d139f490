//! Asking for one number; also for what an alert only announced.

use crossdock_connector::{
    Captured, Context, Error, ErrorKind, Fetch, HttpRequest, HttpResponse, ObjectId, Result, Track, Waybill,
    carrier, form, rows, sign, wire,
};

use crate::config::TrackConfig;
use crate::error;
use crate::wire::{DETAILS, Reply, Shipment};

/// Where the shipments of a reply stand.
pub(crate) const SHIPMENTS: &str = "$.trackResponse.shipment";

/// Kind of what can be fetched.
pub(crate) const PACKAGE: &str = "package";

/// The track and fetch parts, and with `session.rs` the session.
pub(crate) struct Details {
    pub(crate) config: TrackConfig,
}

impl Details {
    fn ask(&self, number: &str, context: &Context<'_>) -> Result<HttpRequest> {
        let number = carrier::number(number).ok_or_else(|| Error::config("the number is empty"))?;
        let config = &self.config;
        let (base, locale) = (config.base(), &config.locale);
        let url = format!(
            "{base}/api/track/v1/details/{}?locale={locale}&returnSignature=false&returnMilestones=false&returnPOD=false",
            form::encode(&number)
        );
        // Unique for each call, and the same when the same call is put together again.
        let seed = format!("{number} {}", context.now.as_nanosecond());
        let id: String = sign::hex(&sign::sha256(seed.as_bytes())).chars().take(32).collect();
        let token = context.token()?.access.text("access_token")?;
        Ok(HttpRequest::get(url)
            .header("authorization", format!("Bearer {token}"))
            .header("transid", id)
            .header("transactionsrc", config.transaction_source.as_str())
            .header("accept", "application/json"))
    }

    fn answer(reply: &HttpResponse) -> Result<Captured> {
        error::check(reply)?;
        // Read here only to tell an answer from an error; what it says is normalizing's.
        let shipments = shipments(&reply.body)?;
        if shipments.is_empty() {
            return Err(Error::new(ErrorKind::NotFound, "no shipment in the answer"));
        }
        if let Some(code) = only_warnings(&shipments) {
            return Err(error::named(&code, Some(reply)));
        }
        Ok(Captured::new(DETAILS, reply.body.clone()))
    }
}

/// The shipments of a reply.
///
/// # Errors
/// UPS's error, or `Malformed` when it is no such reply.
pub(crate) fn shipments(body: &[u8]) -> Result<Vec<Result<Shipment<'_>>>> {
    let in_one_go = std::str::from_utf8(body).ok().and_then(rows::whole::<Reply<'_>>);
    let reply = in_one_go.map_or_else(|| wire::object(body), Ok)?;
    if let Some(error) = error::in_body(&reply) {
        return Err(error);
    }
    let found = reply.track_response.map(|inner| inner.shipment).filter(|found| !found.is_absent());
    let found = found.ok_or_else(|| Error::malformed("is missing").at(SHIPMENTS))?;
    found.each(SHIPMENTS)
}

/// The first warning of a reply in which no shipment has a package.
fn only_warnings(shipments: &[Result<Shipment<'_>>]) -> Option<String> {
    let mut warning = None;
    for shipment in shipments {
        let shipment = shipment.as_ref().ok()?;
        if !shipment.package.is_absent() {
            return None;
        }
        warning = warning.or_else(|| shipment.warnings.and_then(rows::code));
    }
    warning
}

impl Track for Details {
    fn together(&self, _waybills: &[Waybill]) -> usize {
        1
    }

    fn query(&self, waybills: &[Waybill], context: &Context<'_>) -> Result<HttpRequest> {
        let waybill = carrier::one(waybills)?;
        self.ask(&waybill.number, context)
    }

    fn records(&self, _waybills: &[Waybill], reply: &HttpResponse) -> Result<Vec<Captured>> {
        Self::answer(reply).map(|captured| vec![captured])
    }
}

impl Fetch for Details {
    fn request(&self, id: &ObjectId, context: &Context<'_>) -> Result<HttpRequest> {
        if id.kind != PACKAGE {
            let what = format!("expected a {PACKAGE}");
            return Err(Error::new(ErrorKind::Unsupported, what).with("kind", &id.kind));
        }
        self.ask(&id.id, context)
    }

    fn record(&self, _id: &ObjectId, reply: &HttpResponse) -> Result<Captured> {
        Self::answer(reply)
    }
}

#[cfg(test)]
mod tests {
    use crossdock_connector::Token;
    use jiff::Timestamp;

    use super::*;

    #[test]
    fn asks_for_one_with_a_number_of_its_own() {
        let config: TrackConfig =
            toml::from_str("client_id = \"a\"\nclient_secret = { resolved-secret = \"b\" }").unwrap();
        let part = Details { config };
        let token = Token::new("t");
        let at = |second| Context { now: Timestamp::from_second(second).unwrap(), token: Some(&token) };
        let waybill = Waybill { number: " 1zxd0001 ".to_owned(), phone_tail: None };
        let first = part.query(std::slice::from_ref(&waybill), &at(1)).unwrap();
        let second = part.query(std::slice::from_ref(&waybill), &at(2)).unwrap();
        assert!(
            first.url.starts_with("https://onlinetools.ups.com/api/track/v1/details/1ZXD0001?locale=en_US&")
        );
        assert_eq!(first.headers.get("transId").map(str::len), Some(32));
        assert_ne!(first.headers.get("transId"), second.headers.get("transId"));
        assert_eq!(first.headers.get("authorization"), Some("Bearer t"));
        let two = [waybill.clone(), waybill];
        assert_eq!(part.query(&two, &at(1)).unwrap_err().kind(), ErrorKind::Bug);
        assert_eq!(part.together(&two), 1);
    }
}
