//! Handing events over: pure on both sides, the hub makes the calls.

use crossdock_connector::{
    Context, Delivery, Error, Exchange, HttpRequest, HttpSink, Outcome, Repeat, Result, Secret, Step,
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
    // A conversation: what to say first, and what to make of the answer. A vendor that has to be asked before it is
    // told something says more: `past` holds every answer so far.
    fn step(&self, batch: &[Delivery], past: &[Exchange], _context: &Context<'_>) -> Step {
        if let Some(exchange) = past.first() {
            return Step::Done(reply::outcomes(batch, &exchange.reply));
        }
        match self.call(batch) {
            Ok(request) => Step::write("entries", request),
            Err(error) => refused(batch, &error),
        }
    }

    // Events without a word in Acme's language go alone, so that their neighbours are not refused with them.
    fn together(&self, batch: &[Delivery]) -> usize {
        match batch.iter().position(|delivery| !encode::knows(delivery)) {
            Some(0) => 1,
            Some(at) => at,
            None => batch.len(),
        }
    }

    // Acme knows the event's id and says `exists`: after a timeout the hub may simply send again.
    fn repeat(&self) -> Repeat {
        Repeat::UniqueKey
    }

    fn takes(&self) -> &'static [&'static str] {
        &["order.*", "refund.*"]
    }
}

impl Erp {
    fn call(&self, batch: &[Delivery]) -> Result<HttpRequest> {
        let token = self.token.expose_text().ok_or_else(|| Error::config("not text").at("api_token"))?;
        Ok(HttpRequest::post(&self.url, "application/json", encode::body(batch)?)
            .header("authorization", format!("Bearer {token}")))
    }
}

fn refused(batch: &[Delivery], error: &Error) -> Step {
    Step::all(batch, || Outcome::Rejected(Error::new(error.kind(), error.to_string())))
}
