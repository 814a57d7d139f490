//! What the shop's bytes mean: chooses by topic, keeps what all mappings share.

mod line;
mod money;
mod order;
mod parcel;
mod people;
mod refund;
mod state;

use std::sync::Arc;

use crossdock_connector::{
    Capture, Error, ErrorKind, Issue, IssueKind, Normalize, Normalized, ObjectId, Result, form, rows,
    wire as read_json,
};
use crossdock_schemas::{OrderRef, Source, Ts};

use crate::codes::Codes;
use crate::config::Config;
use crate::read;
use crate::wire::{Order, Thin};
use crate::{ACTION, ORDER, PING, REFUNDS};

/// Our name of the platform.
const PLATFORM: &str = "woocommerce";

/// Topics and what their bodies are.
pub(crate) const TOPICS: &[&str] = &[
    ORDER,
    "order.created",
    "order.updated",
    "order.restored",
    "order.deleted",
    REFUNDS,
    PING,
    ACTION,
    "coupon.created",
    "coupon.updated",
    "coupon.deleted",
    "coupon.restored",
    "customer.created",
    "customer.updated",
    "customer.deleted",
    "product.created",
    "product.updated",
    "product.deleted",
    "product.restored",
    "subscription.created",
    "subscription.updated",
    "subscription.deleted",
    "subscription.switched",
];

/// Headers of a capture of refunds: the order they belong to, and its currency, which refunds do not name.
pub(crate) const ORDER_HEADER: &str = "order-id";
pub(crate) const CURRENCY_HEADER: &str = "currency";

/// Reads what one shop sends.
#[derive(Debug)]
pub(crate) struct Reader {
    config: Arc<Config>,
    codes: Codes,
}

impl Reader {
    pub(crate) fn new(config: &Arc<Config>) -> Result<Self> {
        Ok(Self { config: Arc::clone(config), codes: Codes::new(config)? })
    }

    fn order(&self, body: &[u8]) -> Result<Normalized> {
        let body: Order<'_> = read_json::parse(body)?;
        if read::text(&body.id).is_none() {
            if body.code.is_some() {
                return Err(Error::malformed("an error of the shop, not an order").at("$.code"));
            }
            if body.order.is_some() {
                let what = "a body of the legacy interface: set the API version of the webhook to v3";
                return Err(Error::malformed(what).at("$.order"));
            }
        }
        order::read(Reading::new(self), &body)
    }

    /// The order is in the trash, not gone: what it is now is one call away.
    fn deleted(&self, body: &[u8]) -> Result<Normalized> {
        let body: Thin<'_> = read_json::parse(body)?;
        let number = read::number(&body.id, "$.id")?;
        Ok(match self.config.consumer_key {
            Some(_) => Normalized::nudge(ObjectId::new(ORDER, number)),
            None => Normalized::ignored("deleted_at_platform"),
        })
    }

    /// The refunds of an order: a list, or one. A bad one does not cost the others.
    fn refunds(&self, capture: &Capture) -> Result<Normalized> {
        let body = read_json::utf8(&capture.body)?.trim_start();
        let list = rows::rows(body, "$")?;
        // An empty list says that an order has none, but only where we know which order was asked for.
        if !body.starts_with(['[', '{']) || (list.is_empty() && capture.headers.get(ORDER_HEADER).is_none()) {
            return Err(Error::malformed("expected the refunds of an order").at("$"));
        }
        let mut all = Normalized::default();
        let mut first_bad = None;
        let many = list.len();
        for (at, row) in list.into_iter().enumerate() {
            let place = if body.starts_with('[') { format!("$[{at}]") } else { "$".to_owned() };
            let mut reading = Reading::new(self);
            let read = rows::object(row, &place)
                .and_then(|row| refund::read(&mut reading, &row, &capture.headers, &place));
            match read {
                Ok(observation) => all.observations.push(observation),
                Err(error) => {
                    let path = error.path.clone().unwrap_or_default();
                    all.issues.push(Issue::new(IssueKind::Malformed, path, error.message()));
                    first_bad.get_or_insert(error);
                }
            }
            all.issues.append(&mut reading.issues);
        }
        match first_bad {
            Some(error) if all.observations.is_empty() => Err(error),
            _ if many == 0 => Ok(Normalized::ignored("no_refunds")),
            _ => Ok(all),
        }
    }
}

impl Normalize for Reader {
    fn normalize(&self, capture: &Capture) -> Result<Normalized> {
        match capture.topic.as_str() {
            ORDER | "order.created" | "order.updated" | "order.restored" => self.order(&capture.body),
            "order.deleted" => self.deleted(&capture.body),
            REFUNDS => self.refunds(capture),
            PING => ping(&capture.body),
            ACTION => Ok(Normalized::ignored("action")),
            other => match other.split_once('.') {
                Some(("coupon", _)) => Ok(Normalized::ignored("coupon")),
                Some(("customer", _)) => Ok(Normalized::ignored("customer")),
                Some(("product", _)) => Ok(Normalized::ignored("product")),
                // Of the plugin; what it sells comes as orders.
                Some(("subscription", _)) => Ok(Normalized::ignored("subscription")),
                _ => Err(Error::new(ErrorKind::Unsupported, "a topic this connector does not know")
                    .with("topic", other)),
            },
        }
    }
}

/// Whether a body is the call with which a shop tries a new webhook.
pub(crate) fn is_ping(body: &[u8]) -> bool {
    let Ok(form) = form::Form::read(body) else { return false };
    form.fields().count() == 1 && form.get("webhook_id").is_some_and(read::is_number)
}

fn ping(body: &[u8]) -> Result<Normalized> {
    if is_ping(body) {
        return Ok(Normalized::ignored("ping"));
    }
    Err(Error::malformed("expected `webhook_id=` and a number").at("$"))
}

/// One order or refund being read: what people should know about it.
struct Reading<'n> {
    config: &'n Config,
    codes: &'n Codes,
    issues: Vec<Issue>,
}

impl<'n> Reading<'n> {
    fn new(reader: &'n Reader) -> Self {
        Self { config: &reader.config, codes: &reader.codes, issues: Vec::new() }
    }

    fn issue(&mut self, kind: IssueKind, path: impl Into<String>, detail: impl Into<String>) {
        self.issues.push(Issue::new(kind, path, detail));
    }

    fn source(&self, as_of: Option<Ts>) -> Source {
        Source {
            platform: PLATFORM.to_owned(),
            shop: self.config.shop.clone(),
            connector: Some(concat!("woocommerce@", env!("CARGO_PKG_VERSION")).to_owned()),
            revision: as_of.map(Ts::millis_text),
            ..Source::default()
        }
    }

    fn order_ref(&self, order_no: &str) -> OrderRef {
        OrderRef {
            platform: PLATFORM.to_owned(),
            shop: self.config.shop.clone(),
            order_no: order_no.to_owned(),
        }
    }
}
