//! Asking for up to forty parcels, or having them registered. The key is a header; nothing is signed.

use std::sync::Arc;

use serde::Serialize;

use crossdock_connector::aggregator::Carriers;
use crossdock_connector::{
    Captured, Context, Error, ErrorKind, HttpRequest, HttpResponse, Result, Secret, Track, Waybill, carrier,
    wire,
};

use crate::config::{Mode, TrackConfig};
use crate::reply;
use crate::wire::{INFO, REGISTER};

/// Most numbers in one call.
pub(crate) const MOST: u32 = 40;

/// The track part.
pub(crate) struct Calls {
    pub(crate) config: TrackConfig,
    pub(crate) key: Secret,
    pub(crate) carriers: Arc<Carriers>,
}

#[derive(Serialize)]
struct Number<'a> {
    number: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    carrier: Option<u32>,
}

impl Calls {
    fn ask(&self, slug: Option<&str>, waybills: &[Waybill]) -> Result<HttpRequest> {
        let waybills = carrier::several(waybills, MOST)?;
        let code = slug.map(|slug| self.number_of(slug)).transpose()?;
        let numbers: Vec<Number<'_>> =
            waybills.iter().map(|waybill| Number { number: &waybill.number, carrier: code }).collect();
        let body = wire::json(&numbers)?;
        let key = self.key.text("key")?;
        Ok(HttpRequest::post(self.config.url(), "application/json", body).header("17token", key))
    }

    /// 17TRACK's number of a carrier. Without one it would guess, and the parcel could get another key.
    fn number_of(&self, slug: &str) -> Result<u32> {
        let code = self.carriers.code(slug).and_then(|code| code.parse().ok());
        code.ok_or_else(|| {
            let what = "no number of 17TRACK for this carrier: add number = \"our_word\" to carriers";
            Error::config(what).at("carriers").with("carrier", slug)
        })
    }
}

impl Track for Calls {
    fn together(&self, waybills: &[Waybill]) -> usize {
        carrier::at_most(waybills, MOST)
    }

    fn query(&self, waybills: &[Waybill], _context: &Context<'_>) -> Result<HttpRequest> {
        self.ask(self.config.carrier.as_deref(), waybills)
    }

    fn query_of(&self, carrier: &str, waybills: &[Waybill], _context: &Context<'_>) -> Result<HttpRequest> {
        self.ask(Some(carrier), waybills)
    }

    fn records(&self, _waybills: &[Waybill], reply: &HttpResponse) -> Result<Vec<Captured>> {
        if !reply.is_success() {
            return Err(Error::from_response(reply));
        }
        let answer = reply::read(&reply.body)?;
        let refusal = answer.refusal();
        match self.config.mode {
            // Silence about what was asked is no success.
            _ if answer.is_nothing() => {
                Err(refusal.unwrap_or_else(|| Error::new(ErrorKind::NotFound, "17track names none of them")))
            }
            Mode::Info => Ok(vec![Captured::new(INFO, reply.body.clone())]),
            // Some are turned down: kept, so that people see which.
            Mode::Register if refusal.is_some() => Ok(vec![Captured::new(REGISTER, reply.body.clone())]),
            Mode::Register => Ok(Vec::new()),
        }
    }
}

#[cfg(test)]
mod tests {
    use crossdock_connector::aggregator::MoreCarriers;
    use jiff::Timestamp;

    use super::*;

    fn part() -> Calls {
        let carriers = Carriers::read(include_str!("codes/carriers.toml"), MoreCarriers::default()).unwrap();
        Calls {
            config: TrackConfig { mode: Mode::Register, endpoint: None, carrier: None },
            key: Secret::new("17token0001"),
            carriers: Arc::new(carriers),
        }
    }

    fn waybills(count: usize) -> Vec<Waybill> {
        vec![Waybill { number: "RB123456785GB".to_owned(), phone_tail: None }; count]
    }

    #[test]
    fn asks_with_and_without_a_carrier() {
        let now = Context::at(Timestamp::UNIX_EPOCH);
        let call = part().query_of("royal_mail", &waybills(1), &now).unwrap();
        assert_eq!(&call.body[..], br#"[{"number":"RB123456785GB","carrier":11031}]"#);
        assert_eq!(call.headers.get("17token"), Some("17token0001"));
        assert_eq!(call.url, "https://api.17track.net/track/v2.2/register");
        let call = part().query(&waybills(1), &now).unwrap();
        assert_eq!(&call.body[..], br#"[{"number":"RB123456785GB"}]"#);
        let error = part().query_of("rocket", &waybills(1), &now).unwrap_err();
        assert_eq!((error.kind(), error.path.as_deref()), (ErrorKind::Config, Some("carriers")));
    }

    #[test]
    fn asks_for_forty_at_most() {
        let now = Context::at(Timestamp::UNIX_EPOCH);
        assert!(part().query(&waybills(40), &now).is_ok());
        for count in [0, 41] {
            assert_eq!(part().query(&waybills(count), &now).unwrap_err().kind(), ErrorKind::Bug);
        }
        assert_eq!((part().together(&waybills(41)), part().together(&waybills(2))), (40, 2));
    }
}
