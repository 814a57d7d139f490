//! Asking for one number: the unified interface with a key, MyDHL with user and password.

use serde::Deserialize;

use crossdock_connector::{
    Captured, Context, Error, ErrorKind, HttpRequest, HttpResponse, Result, Topic, Track, carrier, form,
    settings, sign,
};

use crate::config::{MyDhlConfig, UnifiedConfig};
use crate::error;
use crate::normalize::shipments;
use crate::wire::{MYDHL, Shipment, UNIFIED, Waybill};

/// Where the unified interface is.
const ENDPOINT: &str = "https://api-eu.dhl.com";

/// The track part for the unified interface.
pub(crate) struct Unified {
    pub(crate) config: UnifiedConfig,
}

/// The track part for MyDHL.
pub(crate) struct MyDhl {
    pub(crate) config: MyDhlConfig,
}

type Asked = crossdock_connector::Waybill;

fn one(waybills: &[Asked]) -> Result<String> {
    carrier::number(&carrier::one(waybills)?.number).ok_or_else(|| Error::config("the number is empty"))
}

fn answer<'r, T: Deserialize<'r>>(
    topic: Topic,
    waybills: &[Asked],
    reply: &'r HttpResponse,
) -> Result<Vec<Captured>> {
    error::check(reply)?;
    // Read here only to tell an answer from an error; what it says is normalizing's.
    if shipments::<T>(&reply.body)?.is_empty() {
        return Err(Error::new(ErrorKind::NotFound, "no shipment in the answer"));
    }
    Ok(vec![carrier::asked(topic, waybills, reply)])
}

impl Track for Unified {
    fn together(&self, _waybills: &[Asked]) -> usize {
        1
    }

    fn query(&self, waybills: &[Asked], _context: &Context<'_>) -> Result<HttpRequest> {
        let config = &self.config;
        let base = settings::base(config.endpoint.as_deref(), ENDPOINT);
        let (number, language) = (form::encode(&one(waybills)?), &config.language);
        let mut url = format!("{base}/track/shipments?trackingNumber={number}&language={language}");
        if let Some(service) = &config.service {
            url.push_str("&service=");
            url.push_str(service);
        }
        let key = config.api_key.text("unified.api_key")?;
        Ok(HttpRequest::get(url).header("dhl-api-key", key).header("accept", "application/json"))
    }

    fn records(&self, waybills: &[Asked], reply: &HttpResponse) -> Result<Vec<Captured>> {
        answer::<Shipment<'_>>(UNIFIED, waybills, reply)
    }
}

impl Track for MyDhl {
    fn together(&self, _waybills: &[Asked]) -> usize {
        1
    }

    fn query(&self, waybills: &[Asked], _context: &Context<'_>) -> Result<HttpRequest> {
        let config = &self.config;
        let base = settings::base(config.endpoint.as_deref(), config.environment.endpoint());
        let number = one(waybills)?;
        let url = format!(
            "{base}/shipments/{}/tracking?trackingView=all-checkpoints&levelOfDetail=all",
            form::encode(&number)
        );
        let password = config.password.text("mydhl.password")?;
        let basic = sign::base64(format!("{}:{password}", config.username).as_bytes());
        Ok(HttpRequest::get(url)
            .header("authorization", format!("Basic {basic}"))
            .header("accept", "application/json"))
    }

    fn records(&self, waybills: &[Asked], reply: &HttpResponse) -> Result<Vec<Captured>> {
        answer::<Waybill<'_>>(MYDHL, waybills, reply)
    }
}
