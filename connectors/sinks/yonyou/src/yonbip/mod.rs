//! YonBIP (YonSuite): sales orders by the open platform.

mod code;
mod order;
mod session;

use crossdock_connector::{
    Context, Delivery, Error, ErrorKind, HttpRequest, HttpResponse, Result, percent, sign,
};
use serde_json::{Value, json};

use crate::config::{Config, YonbipConfig};
use crate::plan::Plan;
use crate::reply::{Failure, text};
use crate::talk::{Desk, Found, Operation, Saved, Status};

pub(crate) use code::limited;
pub(crate) use session::YonbipSession;

use code::Answer;

/// The sales desk of a tenant.
pub(crate) struct YonbipDesk {
    pub(crate) config: std::sync::Arc<Config>,
}

impl YonbipDesk {
    fn settings(&self) -> Result<&YonbipConfig> {
        self.config.yonbip.as_ref().ok_or_else(|| Error::config("is needed for this `product`").at("yonbip"))
    }

    fn url(&self, path: &str, context: &Context<'_>) -> Result<String> {
        let base = self.settings()?.gateway_url.trim_end_matches('/');
        let token = context.token()?.access.expose_text().unwrap_or_default();
        Ok(format!("{base}/yonbip/sd/voucherorder/{path}?access_token={}", percent::encode(token)))
    }

    fn post(&self, path: &str, body: &Value, context: &Context<'_>) -> Result<HttpRequest> {
        Ok(HttpRequest::post(self.url(path, context)?, "application/json;charset=UTF-8", body.to_string()))
    }
}

/// The key by which the platform knows a repeated save: 32 hex digits.
///
/// The revision is not part of it: an order is inserted once, whatever event does it.
fn key(delivery: &Delivery, order_no: &str, what: &str) -> String {
    let event = &delivery.event;
    let text = format!("{}|{}/{}|{order_no}|{what}", event.tenant, event.platform, event.shop);
    sign::hex(&sign::sha256(text.as_bytes())).chars().take(32).collect()
}

impl Desk for YonbipDesk {
    fn query(&self, number: &str, context: &Context<'_>) -> Result<HttpRequest> {
        self.post("list", &json!({"pageIndex": 1, "pageSize": 10, "code": number, "isSum": true}), context)
    }

    fn found(&self, number: &str, reply: &HttpResponse) -> Result<Option<Found>, Failure> {
        let data = Answer::read(reply, "list", false)?.data("list")?;
        let rows = data.get("recordList").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        Ok(rows.iter().find(|row| text(row.get("code")) == number).map(found))
    }

    fn save(&self, plan: &Plan, delivery: &Delivery, context: &Context<'_>) -> Result<HttpRequest> {
        let key = key(delivery, &plan.body.order.order_no, "insert");
        let order = order::insert(&self.config, self.settings()?, plan, &key, delivery.event.time)?;
        self.post("singleSave", &json!({"data": order}), context)
    }

    fn saved(&self, _number: &str, reply: &HttpResponse) -> Result<Saved, Failure> {
        let answer = Answer::read(reply, "singleSave", true)?;
        let again = answer.is_repeated();
        let data = if again { answer.data } else { answer.data("singleSave")? };
        let id = text(data.get("id"));
        if id.is_empty() {
            let what = "yonyou singleSave: the answer has no id";
            return Err(Failure::Unclear(Error::new(ErrorKind::Unavailable, what)));
        }
        Ok(Saved { id, again })
    }

    fn look(&self, id: &str, _number: &str, context: &Context<'_>) -> Result<HttpRequest> {
        Ok(HttpRequest::get(format!("{}&id={}", self.url("detail", context)?, percent::encode(id))))
    }

    fn seen(&self, id: &str, _number: &str, reply: &HttpResponse) -> Result<Option<Found>, Failure> {
        let answer = Answer::read(reply, "detail", false)?;
        if answer.is_missing() {
            return Ok(None);
        }
        let data = answer.data("detail")?;
        Ok((text(data.get("id")) == id).then(|| found(&data)))
    }

    fn step(
        &self,
        operation: Operation,
        found: &Found,
        plan: &Plan,
        delivery: &Delivery,
        context: &Context<'_>,
    ) -> Result<HttpRequest> {
        let one = json!({"data": [{"id": found.id}]});
        match operation {
            Operation::Submit => self.post("batchsubmit", &one, context),
            Operation::Audit => self.post("batchaudit", &one, context),
            Operation::Unaudit => self.post("batchunaudit", &one, context),
            Operation::Delete => {
                let key = key(delivery, &plan.body.order.order_no, "delete");
                self.post("delete", &json!({"data": {"resubmitCheckKey": key, "id": [found.id]}}), context)
            }
        }
    }

    fn stepped(&self, operation: Operation, reply: &HttpResponse) -> Result<(), Failure> {
        let call = match operation {
            Operation::Submit => "batchsubmit",
            Operation::Audit => "batchaudit",
            Operation::Unaudit => "batchunaudit",
            Operation::Delete => "delete",
        };
        let answer = Answer::read(reply, call, true)?;
        if answer.is_repeated() {
            return Ok(());
        }
        // Code 200 says that the call was understood; how many orders went through stands inside.
        code::all_done(&answer.data(call)?, call)
    }

    fn submits(&self) -> bool {
        true
    }
}

fn found(row: &Value) -> Found {
    let word = text(row.get("nextStatus"));
    let status = match word.as_str() {
        "CONFIRMORDER" => Status::Open,
        "APPROVING" => Status::Reviewed,
        "DELIVERGOODS" | "DELIVERY_PART" | "DELIVERY_TAKE_PART" | "TAKEDELIVERY" | "ENDORDER" => {
            Status::Approved
        }
        "OPPOSE" => Status::Opposed,
        _ => Status::Unknown(crate::reply::words(&word)),
    };
    Found { id: text(row.get("id")), status }
}
