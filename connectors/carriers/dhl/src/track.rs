//! Asking for one number: the unified interface with a key, MyDHL with user and password.

use crossdock_connector::{
    Captured, Context, Error, ErrorKind, HttpRequest, HttpResponse, Result, Track, Waybill, carrier, form,
    sign,
};

use crate::config::{MyDhlConfig, UnifiedConfig};
use crate::error;
use crate::normalize::{ASKED, shipments};
use crate::wire::{MYDHL, UNIFIED};

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

fn one(waybills: &[Waybill]) -> Result<String> {
    let [waybill] = waybills else {
        return Err(Error::new(ErrorKind::Bug, "expected one waybill").with("waybills", waybills.len()));
    };
    carrier::number(&waybill.number).ok_or_else(|| Error::config("the number is empty"))
}

fn answer(topic: &str, waybills: &[Waybill], reply: &HttpResponse) -> Result<Vec<Captured>> {
    error::check(reply)?;
    // Read here only to tell an answer from an error; what it says is normalizing's.
    if shipments(&reply.body)?.is_empty() {
        return Err(Error::new(ErrorKind::NotFound, "no shipment in the answer"));
    }
    let mut captured = Captured::new(topic, reply.body.clone());
    if let [waybill] = waybills {
        captured.headers.push(ASKED, waybill.number.as_str());
    }
    Ok(vec![captured])
}

impl Track for Unified {
    fn together(&self, _waybills: &[Waybill]) -> usize {
        1
    }

    fn query(&self, waybills: &[Waybill], _context: &Context<'_>) -> Result<HttpRequest> {
        let config = &self.config;
        let base = config.endpoint.as_deref().unwrap_or(ENDPOINT).trim_end_matches('/');
        let (number, language) = (form::encode(&one(waybills)?), &config.language);
        let mut url = format!("{base}/track/shipments?trackingNumber={number}&language={language}");
        if let Some(service) = &config.service {
            url.push_str("&service=");
            url.push_str(service);
        }
        let key = config.api_key.expose_text().unwrap_or_default();
        Ok(HttpRequest::get(url).header("dhl-api-key", key).header("accept", "application/json"))
    }

    fn records(&self, waybills: &[Waybill], reply: &HttpResponse) -> Result<Vec<Captured>> {
        answer(UNIFIED, waybills, reply)
    }
}

impl Track for MyDhl {
    fn together(&self, _waybills: &[Waybill]) -> usize {
        1
    }

    fn query(&self, waybills: &[Waybill], _context: &Context<'_>) -> Result<HttpRequest> {
        let config = &self.config;
        let base = config.endpoint.as_deref().unwrap_or_else(|| config.environment.endpoint());
        let (base, number) = (base.trim_end_matches('/'), one(waybills)?);
        let url = format!(
            "{base}/shipments/{}/tracking?trackingView=all-checkpoints&levelOfDetail=all",
            form::encode(&number)
        );
        let password = config.password.expose_text().unwrap_or_default();
        let basic = sign::base64(format!("{}:{password}", config.username).as_bytes());
        Ok(HttpRequest::get(url)
            .header("authorization", format!("Basic {basic}"))
            .header("accept", "application/json"))
    }

    fn records(&self, waybills: &[Waybill], reply: &HttpResponse) -> Result<Vec<Captured>> {
        answer(MYDHL, waybills, reply)
    }
}
