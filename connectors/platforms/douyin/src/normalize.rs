//! What the platform's bytes mean.
//!
//! Three topics: `order` (the answer of `order.orderDetail`, a row or page of `order.searchList`, or the bare order),
//! `aftersale` (an item or page of `afterSale.List`, or the answer of `afterSale.Detail`) and `messages` (a pushed list, which
//! only ever says what to fetch).

mod case;
mod line;
mod message;
mod money;
mod order;
mod parcel;
mod receiver;
mod state;

use std::sync::Arc;

use serde_json::value::RawValue;

use crossdock_connector::reading::{self, Dialect};
use crossdock_connector::{Capture, Error, ErrorKind, Normalize, Normalized, Result, rows, time, wire};
use crossdock_schemas::Ts;

use crate::codes::Codes;
use crate::config::Config;
use crate::gateway::is_success;
use crate::wire::{Around, CaseReply, OrderReply};
use crate::{AFTERSALE, MESSAGES, ORDER};

/// Name of the platform in every identity.
const PLATFORM: &str = "douyin";
/// Currency of every amount of the platform.
const CNY: &str = "CNY";

/// The normalize part.
#[derive(Debug)]
pub(crate) struct DouyinNormalize {
    pub(crate) config: Arc<Config>,
    pub(crate) codes: Arc<Codes>,
}

impl DouyinNormalize {
    fn order(&self, body: &[u8]) -> Result<Normalized> {
        let reply: OrderReply<'_> = wire::object(body)?;
        if !is_success(&reply.code) {
            return Err(Error::malformed("an error reply, not an order").at("$.code"));
        }
        let read =
            |raw: &RawValue, base: &str| order::read(Reading::new(self, base), &rows::object(raw, base)?);
        if let Some(data) = reply.data {
            if let Some(raw) = data.shop_order_detail {
                return read(raw, "$.data.shop_order_detail");
            }
            let root = "$.data.shop_order_list";
            let list = data.shop_order_list;
            let list = list.ok_or_else(|| Error::malformed("a reply without an order").at("$.data"))?;
            return reading::list(Some(list), root, read);
        }
        match reply.shop_order_detail {
            Some(raw) => read(raw, "$.shop_order_detail"),
            None => order::read(Reading::new(self, "$"), &wire::parse(body)?),
        }
    }

    fn case(&self, body: &[u8]) -> Result<Normalized> {
        let reply: CaseReply<'_> = wire::object(body)?;
        if !is_success(&reply.code) {
            return Err(Error::malformed("an error reply, not a case").at("$.code"));
        }
        let Some(data) = reply.data else {
            return case::read(Reading::new(self, "$"), &wire::parse(body)?);
        };
        if let Some(list) = data.items {
            return reading::list(Some(list), "$.data.items", |raw, base| {
                case::read(Reading::new(self, base), &rows::object(raw, base)?)
            });
        }
        let around: Around<'_> = wire::parse(body)?;
        let found = around.data.filter(|_| data.process_info.is_some());
        let found = found.ok_or_else(|| Error::malformed("a reply without a case").at("$.data"))?;
        case::read(Reading::new(self, "$.data"), &found)
    }
}

impl Normalize for DouyinNormalize {
    fn normalize(&self, capture: &Capture) -> Result<Normalized> {
        match capture.topic.as_str() {
            ORDER => self.order(&capture.body),
            AFTERSALE => self.case(&capture.body),
            MESSAGES => message::read(&self.codes, &self.config.shop, &capture.body),
            _ => Err(Error::new(ErrorKind::Unsupported, "a topic this connector does not know")
                .with("topic", &capture.topic)),
        }
    }
}

/// One object being read.
type Reading<'n> = reading::Reading<'n, DouyinNormalize>;

impl Dialect for DouyinNormalize {
    const PLATFORM: &'static str = PLATFORM;
    const CONNECTOR: &'static str = concat!("douyin@", env!("CARGO_PKG_VERSION"));

    fn shop(&self) -> &str {
        &self.config.shop
    }

    fn moment(text: &str) -> Result<Option<Ts>> {
        if text == "0" { Ok(None) } else { moment(text).map(Some) }
    }
}

/// Seconds, as everything of the interface; milliseconds and times with an offset stand for each other where they come.
fn moment(text: &str) -> Result<Ts> {
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return text.parse().map_err(|_| Error::malformed("is neither seconds nor a time with its offset"));
    }
    if text.len() > 11 { time::china_millis(text) } else { time::china_millis(&format!("{text}000")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_in_every_form() {
        let wanted = moment("1795332010").unwrap();
        assert_eq!(moment("1795332010000").unwrap(), wanted);
        assert_eq!(moment("2026-11-22T15:20:10+08:00").unwrap(), wanted);
        assert!(moment("soon").is_err() && moment("17").is_err() && moment("2026-11-22 15:20:10").is_err());
    }
}
