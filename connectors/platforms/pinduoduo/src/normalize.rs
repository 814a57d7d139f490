//! What the platform's bytes mean.
//!
//! Four topics: `order` (the answer of `pdd.order.information.get`, a page of `pdd.order.list.get`, or the bare
//! order), `refund` (a row of `pdd.refund.list.increment.get`, a page of it, or the answer of
//! `pdd.refund.information.get`), `pmc` (a frame of the message channel) and `relay` (the form of the Agiso relay);
//! the last two only ever say what to fetch.

mod line;
mod message;
mod money;
mod order;
mod parcel;
mod receiver;
mod refund;
mod state;

use std::sync::Arc;

use crossdock_connector::reading::{self, Dialect};
use crossdock_connector::{Capture, Error, ErrorKind, Normalize, Normalized, Result, rows, time, wire};
use crossdock_schemas::Ts;

use crate::codes::Codes;
use crate::config::Config;
use crate::wire::{Order, OrderReply, RefundReply, Value};
use crate::{ORDER, PMC, REFUND, RELAY};

/// Name of the platform in every identity.
const PLATFORM: &str = "pinduoduo";
/// Currency of every amount of the platform.
const CNY: &str = "CNY";

/// The normalize part.
#[derive(Debug)]
pub(crate) struct PinduoduoNormalize {
    config: Arc<Config>,
    codes: Codes,
}

impl PinduoduoNormalize {
    pub(crate) fn new(config: &Arc<Config>) -> Result<Self> {
        Ok(Self { config: Arc::clone(config), codes: Codes::read()? })
    }

    fn order(&self, body: &[u8]) -> Result<Normalized> {
        let reply: OrderReply<'_> = wire::parse(body)?;
        if reply.error_response.is_some() {
            return Err(Error::malformed("an error reply, not an order").at("$.error_response"));
        }
        if let Some(holder) = reply.order_info_get_response {
            let base = "$.order_info_get_response.order_info";
            let order = holder.order_info.ok_or_else(|| Error::malformed("the order is missing").at(base))?;
            // One page of the platform shows the fees beside the answer instead of inside the order.
            let order = Order {
                service_fee_detail: either(order.service_fee_detail, reply.service_fee_detail),
                ..order
            };
            return order::read(Reading::new(self, base), &order);
        }
        if let Some(order) = reply.order_info {
            return order::read(Reading::new(self, "$.order_info"), &order);
        }
        if let Some(page) = reply.order_list_get_response {
            return reading::list(page.order_list, "$.order_list_get_response.order_list", |raw, base| {
                order::read(Reading::new(self, base), &rows::object(raw, base)?)
            });
        }
        // The rarest form pays for a second look.
        order::read(Reading::new(self, "$"), &wire::parse(body)?)
    }

    fn refund(&self, body: &[u8]) -> Result<Normalized> {
        let reply: RefundReply<'_> = wire::parse(body)?;
        if reply.error_response.is_some() {
            return Err(Error::malformed("an error reply, not a case").at("$.error_response"));
        }
        if let Some(page) = reply.refund_increment_get_response {
            return reading::list(
                page.refund_list,
                "$.refund_increment_get_response.refund_list",
                |raw, base| refund::read(Reading::new(self, base), &rows::object(raw, base)?),
            );
        }
        if let Some(raw) = reply.refund_information_get_response {
            let base = "$.refund_information_get_response";
            return refund::read(Reading::new(self, base), &rows::object(raw, base)?);
        }
        refund::read(Reading::new(self, "$"), &wire::parse(body)?)
    }
}

impl Normalize for PinduoduoNormalize {
    fn normalize(&self, capture: &Capture) -> Result<Normalized> {
        match capture.topic.as_str() {
            ORDER => self.order(&capture.body),
            REFUND => self.refund(&capture.body),
            PMC => message::frame(&self.codes, &self.config.shop, &capture.body),
            RELAY => message::relayed(&capture.body),
            _ => Err(Error::new(ErrorKind::Unsupported, "a topic this connector does not know")
                .with("topic", &capture.topic)),
        }
    }
}

/// One object being read.
type Reading<'n> = reading::Reading<'n, PinduoduoNormalize>;

impl Dialect for PinduoduoNormalize {
    const PLATFORM: &'static str = PLATFORM;
    const CONNECTOR: &'static str = concat!("pinduoduo@", env!("CARGO_PKG_VERSION"));

    fn shop(&self) -> &str {
        &self.config.shop
    }

    fn moment(text: &str) -> Result<Option<Ts>> {
        moment(text).map(Some)
    }
}

/// Answers hold local times; the detail of a case is documented as "text or number", which can only be seconds.
fn moment(text: &str) -> Result<Ts> {
    if text.len() >= 12 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return if text.bytes().all(|byte| byte.is_ascii_digit()) {
            time::china_millis(text)
        } else {
            time::china(text)
        };
    }
    time::china_millis(&format!("{text}000"))
}

fn either<T>(first: Vec<T>, second: Vec<T>) -> Vec<T> {
    if first.is_empty() { second } else { first }
}

/// Whether a value says yes.
fn yes(value: &Value<'_>) -> bool {
    matches!(crate::wire::text(value), Some("1" | "true"))
}

/// Whether a number or amount says nothing.
fn is_zero(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b'0' | b'.'))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use crossdock_connector::{ConnectorConfig, IssueKind, Secret};

    use super::*;
    use crate::config::RefundTypes;

    fn part() -> PinduoduoNormalize {
        let config = Config {
            shop: "100000001".to_owned(),
            client_id: "client".to_owned(),
            client_secret: Secret::new("secret"),
            access_token: Some(Secret::new("token")),
            refresh_token: None,
            path_token: None,
            previous_path_token: None,
            relay_secret: None,
            gateway: "https://gateway.example.com".to_owned(),
            page_size: 100,
            refund_query_status: String::new(),
            refund_types: RefundTypes::List,
            received_is_completed: false,
            carriers: BTreeMap::new(),
            error_codes: BTreeMap::new(),
        };
        config.validate().unwrap();
        PinduoduoNormalize::new(&Arc::new(config)).unwrap()
    }

    /// The documented detail of a case has no time of change; neither may it be taken for older or newer.
    #[test]
    fn without_a_time_of_change_there_is_no_revision() {
        let detail = br#"{"id":7000000001,"order_sn":"261121-000000000000001","after_sales_type":2,
            "after_sales_status":7,"after_sales_reason":"x","recreated_at":1795309200,"express_no":"","refund_amount":1}"#;
        let found = part().refund(detail).unwrap();
        assert_eq!(found.observations.len(), 1);
        assert_eq!(found.observations[0].source().revision, None);
        assert_eq!(found.issues.iter().map(|issue| issue.kind).collect::<Vec<_>>(), [IssueKind::BadValue]);
        let order = br#"{"order_sn":"261121-000000000000001","order_status":1}"#;
        let found = part().order(order).unwrap();
        assert_eq!(found.observations[0].source().revision, None);
        assert!(found.issues.iter().any(|issue| issue.path == "$.updated_at"));
    }

    #[test]
    fn an_order_is_not_related_to_itself() {
        let order = br#"{"order_sn":"261121-000000000000001","order_status":1,"updated_at":"2026-11-21 20:00:05",
            "created_time":"2026-11-21 20:00:00","gift_list":[{"order_sn":"261121-000000000000001","goods_count":1},
            {"order_sn":"261121-000000000000002","goods_count":1}]}"#;
        let found = part().order(order).unwrap();
        let crossdock_schemas::Entity::Order(order) = &found.observations[0].entity else { panic!() };
        let related: Vec<_> = order.related.iter().map(|related| related.order_no.as_str()).collect();
        assert_eq!(related, ["261121-000000000000002"]);
    }

    #[test]
    fn times_in_every_form() {
        let wanted = moment("2026-11-21 20:00:05").unwrap();
        assert_eq!(moment("1795262405").unwrap(), wanted);
        assert_eq!(moment("1795262405000").unwrap(), wanted);
        assert!(moment("soon").is_err());
        assert!(moment("2026-11-21").is_err());
    }
}
