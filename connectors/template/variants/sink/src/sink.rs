//! Handing events over: pure on both sides, the hub makes the calls.

use jiff::Timestamp;

use crossdock_connector::{
    Delivery, Error, HttpRequest, HttpResponse, HttpSink, Outcome, Repeat, Result, Secret, SinkCall,
};

use super::{encode, reply};

/// Entries in one call: the most Acme takes.
pub(super) const MOST: u32 = 50;

/// One Acme.
#[derive(Debug)]
pub(super) struct Erp {
    pub(super) url: String,
    pub(super) token: Secret,
}

impl HttpSink for Erp {
    fn encode(&self, batch: &[Delivery], _now: Timestamp) -> Result<Vec<SinkCall>> {
        let token = self.token.expose_text().ok_or_else(|| Error::config("not text").at("api_token"))?;
        let request = HttpRequest::post(&self.url, "application/json", encode::body(batch)?)
            .header("authorization", format!("Bearer {token}"));
        Ok(vec![SinkCall { covers: 0..batch.len(), request }])
    }

    fn read_reply(&self, sent: &[Delivery], reply: &HttpResponse) -> Vec<Outcome> {
        reply::outcomes(sent, reply)
    }

    // Acme knows the event's id and says `exists`: after a timeout the hub may simply send again.
    fn repeat(&self) -> Repeat {
        Repeat::UniqueKey
    }
}
