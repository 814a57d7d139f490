//! Asking where parcels are, by their numbers.

use crossdock_connector::{
    Captured, Context, Error, HttpRequest, HttpResponse, Result, Secret, Track, Waybill,
};

use super::error;
use super::normalize::SCANS;

/// Numbers in one call: the most Acme takes.
pub(super) const MOST: u32 = 20;

/// Asks for one account.
#[derive(Debug)]
pub(super) struct Shipments {
    pub(super) base_url: String,
    pub(super) token: Secret,
}

impl Track for Shipments {
    fn query(&self, waybills: &[Waybill], _context: &Context<'_>) -> Result<HttpRequest> {
        let plain =
            |number: &str| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if let Some(at) = waybills.iter().position(|waybill| !plain(&waybill.number)) {
            // What other letters would do to the address is nothing to try out.
            return Err(
                Error::config("a number of this carrier is letters and digits").at(format!("waybills[{at}]"))
            );
        }
        let numbers: Vec<&str> = waybills.iter().map(|waybill| waybill.number.as_str()).collect();
        let token = self.token.expose_text().ok_or_else(|| Error::config("not text").at("api_token"))?;
        let url = format!("{}/v1/shipments?numbers={}", self.base_url, numbers.join(","));
        // Never in the address: every proxy would log it.
        Ok(HttpRequest::get(url).header("authorization", format!("Bearer {token}")))
    }

    // The reply has the form of a call, so it is captured whole and read by the same mapping.
    fn records(&self, _waybills: &[Waybill], reply: &HttpResponse) -> Result<Vec<Captured>> {
        error::check(reply)?;
        Ok(vec![Captured::new(SCANS, reply.body.clone())])
    }
}
