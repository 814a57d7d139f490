//! Asking for one waybill, through the gateway.

use std::sync::Arc;

use serde::Serialize;

use crossdock_connector::{
    Captured, Context, Error, HttpRequest, HttpResponse, Result, Topic, Track, Waybill, carrier, form, wire,
};

use crate::config::{Interface, TrackConfig};
use crate::sign::{self, Signed};
use crate::wire::{TRACE, TRACKING, rows};
use crate::{error, session};

/// The kind of number the tracking interface is asked with: a waybill.
const WAYBILL: &str = "20000";

/// The track part.
pub(crate) struct TraceQuery {
    pub(crate) config: Arc<TrackConfig>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TraceBody<'a> {
    waybill_code: &'a str,
    order_origin: u8,
    #[serde(skip_serializing_if = "Option::is_none")]
    customer_code: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TrackingBody<'a> {
    reference_number: &'a str,
    reference_type: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    phone: Option<&'a str>,
}

impl TraceQuery {
    fn topic(&self) -> Topic {
        match self.config.interface {
            Interface::Trace => TRACE,
            Interface::Tracking => TRACKING,
        }
    }

    fn body(&self, waybill: &Waybill) -> Result<String> {
        match self.config.interface {
            Interface::Trace => wire::json(&[TraceBody {
                waybill_code: &waybill.number,
                order_origin: self.config.order_origin,
                customer_code: self.config.customer_code.as_deref(),
            }]),
            Interface::Tracking => wire::json(&[TrackingBody {
                reference_number: &waybill.number,
                reference_type: WAYBILL,
                phone: waybill.phone_tail.as_deref(),
            }]),
        }
    }
}

impl Track for TraceQuery {
    fn together(&self, _waybills: &[Waybill]) -> usize {
        1
    }

    fn query(&self, waybills: &[Waybill], context: &Context<'_>) -> Result<HttpRequest> {
        let waybill = carrier::one(waybills)?;
        let config = &self.config;
        let token = match (&config.access_token, context.token) {
            (Some(token), _) => token.text("track.access_token")?,
            (None, Some(token)) => token.access.text("access_token")?,
            (None, None) => return Err(session::missing()),
        };
        let (domain, path) = match config.interface {
            Interface::Trace => ("ECAP", "/ecap/v1/orders/trace/query"),
            Interface::Tracking => ("Tracking_JD", "/jd/tracking/query"),
        };
        let body = self.body(waybill)?;
        let timestamp = sign::moment(context.now);
        let parts = Signed { token, app_key: &config.app_key, path, body: &body, timestamp: &timestamp };
        let sign = sign::call(&config.app_secret, &parts)?;
        let query = form::write([
            ("LOP-DN", domain),
            ("app_key", config.app_key.as_str()),
            ("access_token", token),
            ("timestamp", &timestamp),
            ("v", "2.0"),
            ("algorithm", "md5-salt"),
            ("sign", &sign),
        ]);
        let url = format!("{}{path}?{query}", config.gateway());
        Ok(HttpRequest::post(url, "application/json", body))
    }

    fn records(&self, waybills: &[Waybill], reply: &HttpResponse) -> Result<Vec<Captured>> {
        if !reply.is_success() {
            return Err(Error::from_response(reply));
        }
        // Read here only to tell an answer from an error; what it says is normalizing's.
        error::gateway(&reply.body, &self.config.gateway_codes, self.config.refresh_token.is_some())?;
        rows(&reply.body)?;
        Ok(vec![carrier::asked(self.topic(), waybills, reply)])
    }
}
