//! Asking for one number, with all its scans.

use crossdock_connector::{
    Captured, Context, Error, HttpRequest, HttpResponse, Result, Track, Waybill, carrier, form,
};

use crate::config::TrackConfig;
use crate::error;
use crate::normalize::pieces;
use crate::number::number;
use crate::wire::TRACKING;

/// The track part, and with `session.rs` the session.
pub(crate) struct Tracking {
    pub(crate) config: TrackConfig,
}

impl Track for Tracking {
    fn together(&self, _waybills: &[Waybill]) -> usize {
        1
    }

    fn query(&self, waybills: &[Waybill], context: &Context<'_>) -> Result<HttpRequest> {
        let waybill = carrier::one(waybills)?;
        let number = number(&waybill.number).ok_or_else(|| Error::config("the number is empty"))?;
        let url =
            format!("{}/tracking/v3/tracking/{}?expand=DETAIL", self.config.base(), form::encode(&number));
        let token = context.token()?.access.text("access_token")?;
        Ok(HttpRequest::get(url)
            .header("authorization", format!("Bearer {token}"))
            .header("accept", "application/json"))
    }

    fn records(&self, waybills: &[Waybill], reply: &HttpResponse) -> Result<Vec<Captured>> {
        error::check(reply)?;
        // Read here only to tell an answer from an error; what it says is normalizing's.
        pieces(&reply.body)?;
        Ok(vec![carrier::asked(TRACKING, waybills, reply)])
    }
}
