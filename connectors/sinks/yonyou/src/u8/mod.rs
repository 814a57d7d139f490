//! U8 by its OpenAPI: sales orders, as far as the vendor's interface is established.

mod order;
mod session;

use crossdock_connector::{Context, Delivery, Error, ErrorKind, HttpRequest, HttpResponse, Result, percent};
use serde_json::{Value, json};

use crate::config::{Config, U8Config};
use crate::plan::Plan;
use crate::reply::{Failure, http, nonsense, text, words};
use crate::talk::{Desk, Found, Operation, Saved, Status};

pub(crate) use session::U8Session;

/// Not there.
const NOT_FOUND: &str = "20002";

/// The sales desk of an installation.
pub(crate) struct U8Desk {
    pub(crate) config: std::sync::Arc<Config>,
}

impl U8Desk {
    fn settings(&self) -> Result<&U8Config> {
        self.config.u8.as_ref().ok_or_else(|| Error::config("is needed for this `product`").at("u8"))
    }

    /// The address of a call; `own` is our id of it, by which U8 knows a repetition.
    fn url(&self, path: &str, own: Option<&str>, context: &Context<'_>) -> Result<String> {
        let settings = self.settings()?;
        let token = context.token()?.access.expose_text().unwrap_or_default();
        let mut url = format!(
            "{}/api/{path}?from_account={}&to_account={}&app_key={}&token={}&ds_sequence={}",
            settings.base_url.trim_end_matches('/'),
            percent::encode(&settings.from_account),
            percent::encode(&settings.to_account),
            percent::encode(&settings.app_key),
            percent::encode(token),
            settings.ds_sequence,
        );
        if let Some(own) = own {
            url.push_str("&sync=1&biz_id=");
            url.push_str(&percent::encode(own));
        }
        Ok(url)
    }

    /// An answer, or why there is none. `errcode` is text; the vendor's list of codes is not established.
    fn read(&self, reply: &HttpResponse, call: &'static str, writes: bool) -> Result<Value, Failure> {
        let value: Option<Value> = serde_json::from_slice(&reply.body).ok();
        let code = text(value.as_ref().and_then(|value| value.get("errcode")));
        let value = match value {
            Some(value) if !code.is_empty() => value,
            _ if !reply.is_success() => return Err(http(reply, call, writes)),
            _ => return Err(nonsense(&String::from_utf8_lossy(&reply.body), call, writes)),
        };
        if code == "0" {
            return Ok(value);
        }
        let message = words(&text(value.get("errmsg")));
        let settings = self.settings().map_err(Failure::Told)?;
        let kind = if settings.session_errors.contains(&code) || message.to_lowercase().contains("token") {
            ErrorKind::Session
        } else if settings.passing_errors.contains(&code) {
            ErrorKind::Unavailable
        } else if code == NOT_FOUND {
            ErrorKind::NotFound
        } else {
            ErrorKind::Rejected
        };
        Err(Failure::told(Error::new(kind, format!("u8 {call}: {message}")).vendor(words(&code))))
    }
}

impl Desk for U8Desk {
    fn query(&self, number: &str, context: &Context<'_>) -> Result<HttpRequest> {
        Ok(HttpRequest::get(format!(
            "{}&id={}",
            self.url("saleorder/get", None, context)?,
            percent::encode(number)
        )))
    }

    fn found(&self, number: &str, reply: &HttpResponse) -> Result<Option<Found>, Failure> {
        let value = match self.read(reply, "saleorder/get", false) {
            Err(Failure::Refused(error)) if error.kind() == ErrorKind::NotFound => return Ok(None),
            other => other?,
        };
        let Some(order) = value.get("saleorder").filter(|order| text(order.get("code")) == number) else {
            return Ok(None);
        };
        let audited = !text(order.get("verifier")).is_empty() || text(order.get("state")) == "Approved";
        let status = if audited { Status::Approved } else { Status::Open };
        Ok(Some(Found { id: number.to_owned(), status }))
    }

    fn save(&self, plan: &Plan, delivery: &Delivery, context: &Context<'_>) -> Result<HttpRequest> {
        let order = order::add(&self.config, self.settings()?, plan, delivery.event.time)?;
        let url = self.url("saleorder/add", Some(&plan.number), context)?;
        Ok(HttpRequest::post(url, "application/json", json!({"saleorder": order}).to_string()))
    }

    fn saved(&self, number: &str, reply: &HttpResponse) -> Result<Saved, Failure> {
        self.read(reply, "saleorder/add", true)?;
        // What a repeated `biz_id` gives is not established: only a question tells.
        Ok(Saved { id: number.to_owned(), again: false })
    }

    fn look(&self, _id: &str, number: &str, context: &Context<'_>) -> Result<HttpRequest> {
        self.query(number, context)
    }

    fn seen(&self, _id: &str, number: &str, reply: &HttpResponse) -> Result<Option<Found>, Failure> {
        self.found(number, reply)
    }

    fn step(
        &self,
        operation: Operation,
        _found: &Found,
        plan: &Plan,
        delivery: &Delivery,
        context: &Context<'_>,
    ) -> Result<HttpRequest> {
        let (path, mark) = match operation {
            Operation::Audit => ("saleorder/verify", "V"),
            Operation::Unaudit => ("saleorder/unverify", "U"),
            Operation::Submit | Operation::Delete => {
                return Err(Error::new(ErrorKind::Bug, "a step that u8 does not have"));
            }
        };
        // The same order is verified again after it was held: each time with an id of its own.
        let own = format!("{}-{mark}{}", plan.number, delivery.event.sequence);
        let body = json!({"saleorder": {"voucher_code": plan.number}});
        Ok(HttpRequest::post(self.url(path, Some(&own), context)?, "application/json", body.to_string()))
    }

    fn stepped(&self, operation: Operation, reply: &HttpResponse) -> Result<(), Failure> {
        let call = if operation == Operation::Audit { "saleorder/verify" } else { "saleorder/unverify" };
        self.read(reply, call, true).map(drop)
    }

    fn submits(&self) -> bool {
        false
    }
}
