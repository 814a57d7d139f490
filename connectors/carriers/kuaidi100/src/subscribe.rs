//! Having a parcel pushed from now on. The key is sent as it is; nothing is signed.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crossdock_connector::aggregator::Carriers;
use crossdock_connector::wire::Scalar;
use crossdock_connector::{
    Captured, Context, Error, HttpRequest, HttpResponse, Result, Secret, Track, Waybill, form,
};

use crate::config::TrackConfig;
use crate::query::one;
use crate::{error, wire};

/// The track part that subscribes.
pub(crate) struct Subscribe {
    pub(crate) config: TrackConfig,
    pub(crate) carriers: Arc<Carriers>,
    pub(crate) salt: Secret,
}

/// `param`.
#[derive(Serialize)]
struct Param<'a> {
    company: &'a str,
    number: &'a str,
    key: &'a str,
    parameters: Parameters<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Parameters<'a> {
    callbackurl: &'a str,
    salt: &'a str,
    resultv2: &'a str,
    auto_com: &'a str,
    inter_com: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    phone: Option<&'a str>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Reply<'a> {
    #[serde(borrow)]
    result: Scalar<'a>,
    #[serde(borrow)]
    return_code: Scalar<'a>,
}

impl Subscribe {
    fn ask(&self, carrier: Option<&str>, waybills: &[Waybill]) -> Result<HttpRequest> {
        let (company, waybill) = one(waybills, carrier, &self.config, &self.carriers)?;
        let (key, salt) = (self.config.key.text("track.key")?, self.salt.text("salt")?);
        let param = Param {
            company,
            number: &waybill.number,
            key,
            parameters: Parameters {
                callbackurl: self.config.callback_url.as_deref().unwrap_or_default(),
                salt,
                resultv2: "4",
                auto_com: "0",
                inter_com: "0",
                phone: waybill.phone_tail.as_deref(),
            },
        };
        let param = wire::json(&param)?;
        let body = form::write([("schema", "json"), ("param", &param)]);
        Ok(HttpRequest::post(self.config.url(), form::TYPE, body))
    }
}

impl Track for Subscribe {
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
        let text = wire::utf8(&reply.body)?;
        let reply: Reply<'_> = wire::object(text.as_bytes())?;
        match (reply.result.as_str(), reply.return_code.as_str()) {
            // Subscribed, or subscribed before. Nothing is known about the parcel yet.
            ("true", _) | ("false", "501") => Ok(Vec::new()),
            ("false", code) => Err(error::of_subscription(code)),
            _ => Err(Error::malformed("expected true or false").at("$.result")),
        }
    }
}
