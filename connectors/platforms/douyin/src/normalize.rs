//! What the platform's bytes mean.
//!
//! Three topics: `order` (the answer of `order.orderDetail`, a row or page of `order.searchList`, or the bare order),
//! `aftersale` (an item or page of `afterSale.List`, or the answer of `afterSale.Detail`) and `messages` (a pushed list, which
//! only ever says what to fetch).

mod case;
mod cipher;
mod line;
mod message;
mod money;
mod order;
mod parcel;
mod receiver;
mod state;

use std::fmt::Display;
use std::sync::Arc;

use serde_json::value::RawValue;

use crossdock_connector::{
    Capture, Error, ErrorKind, Issue, IssueKind, Normalize, Normalized, Result, rows, time, wire,
};
use crossdock_schemas::{Dec, OrderRef, Source, Ts};

use crate::codes::Codes;
use crate::config::Config;
use crate::gateway::is_success;
use crate::wire::{Around, CaseReply, OrderReply, Value, text, told};
use crate::{AFTERSALE, MESSAGES, ORDER, error};

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
        let reply: OrderReply<'_> = error::object(body).and_then(wire::parse)?;
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
            return page(list, root, read);
        }
        match reply.shop_order_detail {
            Some(raw) => read(raw, "$.shop_order_detail"),
            None => order::read(Reading::new(self, "$"), &wire::parse(body)?),
        }
    }

    fn case(&self, body: &[u8]) -> Result<Normalized> {
        let reply: CaseReply<'_> = error::object(body).and_then(wire::parse)?;
        if !is_success(&reply.code) {
            return Err(Error::malformed("an error reply, not a case").at("$.code"));
        }
        let Some(data) = reply.data else {
            return case::read(Reading::new(self, "$"), &wire::parse(body)?);
        };
        if let Some(list) = data.items {
            return page(list, "$.data.items", |raw, base| {
                case::read(Reading::new(self, base), &rows::object(raw, base)?)
            });
        }
        let around: Around<'_> = wire::parse(body)?;
        let found = around.data.filter(|_| data.process_info.is_some());
        let found = found.ok_or_else(|| Error::malformed("a reply without a case").at("$.data"))?;
        case::read(Reading::new(self, "$.data"), &found)
    }
}

/// The rows of a page. One that cannot be read does not cost the others.
fn page(
    raw: &RawValue,
    root: &str,
    read: impl Fn(&RawValue, &str) -> Result<Normalized>,
) -> Result<Normalized> {
    let mut all = Normalized::default();
    let mut first_bad = None;
    for (at, row) in rows::rows(raw.get(), root)?.into_iter().enumerate() {
        match read(row, &format!("{root}[{at}]")) {
            Ok(mut one) => {
                all.observations.append(&mut one.observations);
                all.issues.append(&mut one.issues);
            }
            Err(error) => {
                let path = error.path.clone().unwrap_or_default();
                all.issues.push(Issue::new(IssueKind::Malformed, path, error.message()));
                first_bad.get_or_insert(error);
            }
        }
    }
    match first_bad {
        Some(error) if all.observations.is_empty() => Err(error),
        None if all.observations.is_empty() => Ok(Normalized::ignored("empty_page")),
        _ => Ok(all),
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

/// One object being read: where it stands, and what people should know about it.
struct Reading<'n> {
    config: &'n Config,
    codes: &'n Codes,
    base: String,
    issues: Vec<Issue>,
}

impl<'n> Reading<'n> {
    fn new(normalize: &'n DouyinNormalize, base: &str) -> Self {
        Self { config: &normalize.config, codes: &normalize.codes, base: base.to_owned(), issues: Vec::new() }
    }

    /// Path of a field; `field` is only written out when somebody has to read it.
    fn path(&self, field: impl Display) -> String {
        format!("{}.{field}", self.base)
    }

    fn malformed(&self, field: impl Display, what: &str) -> Error {
        Error::malformed(what).at(self.path(field))
    }

    fn issue(&mut self, kind: IssueKind, field: impl Display, detail: &str) {
        let path = self.path(field);
        self.issues.push(Issue::new(kind, path, detail));
    }

    fn unmapped(&mut self, field: impl Display, code: &str) {
        let path = self.path(field);
        self.issues.push(Issue::unmapped(path, code));
    }

    /// An exact count.
    fn dec(&self, value: &Value<'_>, field: impl Display) -> Result<Option<Dec>> {
        match text(value) {
            None => Ok(None),
            Some(text) => {
                Dec::parse(text).map(Some).or_else(|_| wire::dec(text, &self.path(field)).map(Some))
            }
        }
    }

    /// An exact amount: fen become yuan.
    fn fen(&self, value: &Value<'_>, field: impl Display) -> Result<Option<Dec>> {
        let Some(fen) = self.dec(value, &field)? else { return Ok(None) };
        let yuan = Dec::parse("0.01").ok().and_then(|cent| fen.checked_mul(cent));
        yuan.filter(|yuan| yuan.fits_wire())
            .map(Some)
            .ok_or_else(|| self.malformed(field, "is beyond all amounts"))
    }

    /// A time that the rest does not depend on: when it cannot be read, the rest still stands. 0 is none.
    fn time(&mut self, value: &Value<'_>, field: impl Display) -> Option<Ts> {
        match moment(told(value)?) {
            Ok(at) => Some(at),
            Err(error) => {
                self.issue(IssueKind::BadValue, field, error.message());
                None
            }
        }
    }

    /// A time that revision or order depend on.
    fn time_needed(&self, value: &Value<'_>, field: impl Display) -> Result<Option<Ts>> {
        let Some(text) = told(value) else { return Ok(None) };
        moment(text).map(Some).map_err(|error| error.at(self.path(field)))
    }

    fn source(&self, revision: Option<Ts>) -> Source {
        Source {
            platform: PLATFORM.to_owned(),
            shop: self.config.shop.clone(),
            connector: Some(concat!("douyin@", env!("CARGO_PKG_VERSION")).to_owned()),
            revision: revision.map(Ts::millis_text),
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

/// Seconds, as everything of the interface; milliseconds and times with an offset stand for each other where they come.
fn moment(text: &str) -> Result<Ts> {
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return text.parse().map_err(|_| Error::malformed("is neither seconds nor a time with its offset"));
    }
    if text.len() > 11 { time::china_millis(text) } else { time::china_millis(&format!("{text}000")) }
}

/// What is there and is something.
fn some(value: Option<Dec>) -> Option<Dec> {
    value.filter(|amount| !amount.is_zero())
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
