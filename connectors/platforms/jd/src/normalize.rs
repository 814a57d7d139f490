//! What JD's bytes mean.
//!
//! Topics: `order` (a reply of `jingdong.pop.order.enGet`, a page of `enSearch`, one of its rows, or the order as an RDS table
//! holds it), `refund` and `service` (a page or one row of either), `seller-order` and `seller-case` (the seller interface, with
//! or without its envelope) and `nudge` (an order number).

mod money;
mod order;
mod parcel;
mod receiver;
mod refund;
mod seller;
mod seller_case;
mod state;

use std::collections::BTreeMap;

use serde_json::value::RawValue;

use crossdock_connector::reading::{self, Dialect, told as number};
use crossdock_connector::wire::Scalar;
use crossdock_connector::{
    Capture, Error, ErrorKind, Normalize, Normalized, ObjectId, Result, rows, time, wire,
};
use crossdock_schemas::Ts;

use crate::codes::Codes;
use crate::config::{Config, Interface};
use crate::error::Reader;
use crate::gateway::answer;
use crate::wire::{ApiResult, CaseReply, Nudge, Numbers, OrderReply, Value, text};
use crate::{NUDGE, ORDER, REFUND, SELLER_CASE, SELLER_ORDER, SERVICE};

/// Name of the platform in every identity.
const PLATFORM: &str = "jd";
/// Currency of every amount of the platform.
const CNY: &str = "CNY";

/// The normalize part.
pub(crate) struct JdNormalize {
    shop: String,
    codes: Codes,
    carriers: BTreeMap<String, String>,
    order_kind: &'static str,
}

impl JdNormalize {
    pub(crate) fn new(config: &Config) -> Result<Self> {
        Ok(Self {
            shop: config.shop.clone(),
            codes: Codes::read()?,
            carriers: config.carriers.clone(),
            order_kind: match config.interface {
                Interface::Jos => ORDER,
                Interface::Seller => SELLER_ORDER,
            },
        })
    }

    fn order(&self, body: &[u8]) -> Result<Normalized> {
        let reply: OrderReply<'_> = wire::object(body)?;
        if let Some(trouble) = &reply.error_response {
            return Err(Reader::plain().trouble(trouble).into_malformed());
        }
        if let Some(holder) = reply.get {
            let detail = holder.order_detail_info.0.unwrap_or_default();
            let said = Reader::plain().said(&holder.code, detail.api_result.0.as_ref());
            said.map_err(Error::into_malformed)?;
            let base = "$.jingdong_pop_order_enGet_responce.orderDetailInfo.orderInfo";
            let order = detail.order_info.0;
            let order = order.ok_or_else(|| Error::malformed("the order is missing").at(base))?;
            return order::read(Reading::new(self, base), &order);
        }
        if let Some(holder) = reply.search {
            let result = holder.searchorderinfo_result.0.unwrap_or_default();
            let said = Reader::plain().said(&holder.code, result.api_result.0.as_ref());
            said.map_err(Error::into_malformed)?;
            let base = "$.jingdong_pop_order_enSearch_responce.searchorderinfo_result.orderInfoList";
            return self.page(result.order_info_list, &result.order_total, base, |reading, row| {
                let order = rows::object(row, &reading.base)?;
                order::read(reading, &order)
            });
        }
        order::read(Reading::new(self, "$"), &wire::parse(body)?)
    }

    fn cases(&self, body: &[u8], refunds: bool) -> Result<Normalized> {
        let reply: CaseReply<'_> = wire::object(body)?;
        if let Some(trouble) = &reply.error_response {
            return Err(Reader::plain().trouble(trouble).into_malformed());
        }
        let read = |reading: Reading<'_>, row: &RawValue| {
            let base = reading.base.clone();
            match refunds {
                true => refund::apply(reading, &rows::object(row, &base)?),
                false => refund::service(reading, &rows::object(row, &base)?),
            }
        };
        let (holder, base) = match refunds {
            true => (
                reply.refunds,
                "$.jingdong_pop_afs_soa_refundapply_queryPageList_responce.queryResult.result",
            ),
            false => (reply.services, "$.jingdong_asc_serviceAndRefund_view_responce.pageResult.data"),
        };
        let Some(holder) = holder else {
            return read(Reading::new(self, "$"), wire::parse(body)?);
        };
        let page = holder.query_result.0.unwrap_or_default();
        let result = ApiResult { success: page.success, error_code: page.error_code, ..ApiResult::default() };
        Reader::plain().said(&holder.code, Some(&result)).map_err(Error::into_malformed)?;
        self.page(page.result, &page.total_count, base, read)
    }

    /// A page: a row that cannot be read costs only itself.
    fn page(
        &self,
        raw: Option<&RawValue>,
        total: &Value<'_>,
        base: &str,
        read: impl Fn(Reading<'_>, &RawValue) -> Result<Normalized>,
    ) -> Result<Normalized> {
        let rows = raw.map_or(Ok(Vec::new()), |raw| rows::rows(raw.get(), base))?;
        if rows.is_empty() {
            return match text(total) {
                Some("0") => Ok(Normalized::ignored("empty_page")),
                _ => Err(Error::malformed("a page without rows that does not say it is empty").at(base)),
            };
        }
        reading::page(&rows, base, |row, place| read(Reading::new(self, place), row))
    }

    fn seller(&self, body: &[u8], orders: bool) -> Result<Normalized> {
        let answer = answer(body)?;
        let enveloped = answer.data.is_some() || answer.success.is_some() || !answer.error_list.is_empty();
        let (inner, base) = if enveloped {
            let said = Reader::plain().seller(&answer.success, &answer.error_list);
            said.map_err(Error::into_malformed)?;
            let data =
                answer.data.ok_or_else(|| Error::malformed("the data is missing").at("$.Response.data"))?;
            let data = data.get().as_bytes();
            if wire::first_byte(data) != Some(b'{') {
                return Err(Error::malformed("expected a JSON object").at("$.Response.data"));
            }
            (data, "$.Response.data")
        } else {
            (body, "$")
        };
        let reading = Reading::new(self, base);
        match orders {
            true => seller::read(reading, &wire::parse(inner)?),
            false => seller_case::read(reading, &wire::parse(inner)?),
        }
    }

    fn nudge(&self, body: &[u8]) -> Result<Normalized> {
        let nudge: Nudge<'_> = wire::object(body)?;
        let ids = match &nudge.order_id {
            Numbers::Several(ids) => ids.as_slice(),
            Numbers::One(id) => std::slice::from_ref(id),
        };
        let ids = ids.iter().filter_map(Scalar::text);
        let fetch: Vec<_> = ids.map(|id| ObjectId::new(self.order_kind, id)).collect();
        if fetch.is_empty() {
            return Err(Error::malformed("the order number is missing").at("$.orderId"));
        }
        Ok(Normalized { fetch, ..Normalized::default() })
    }
}

impl Normalize for JdNormalize {
    fn normalize(&self, capture: &Capture) -> Result<Normalized> {
        match capture.topic.as_str() {
            ORDER => self.order(&capture.body),
            REFUND => self.cases(&capture.body, true),
            SERVICE => self.cases(&capture.body, false),
            SELLER_ORDER => self.seller(&capture.body, true),
            SELLER_CASE => self.seller(&capture.body, false),
            NUDGE => self.nudge(&capture.body),
            _ => Err(Error::new(ErrorKind::Unsupported, "a topic this connector does not know")
                .with("topic", &capture.topic)),
        }
    }
}

/// One object being read.
type Reading<'n> = reading::Reading<'n, JdNormalize>;

impl Dialect for JdNormalize {
    const PLATFORM: &'static str = PLATFORM;
    const CONNECTOR: &'static str = concat!("jd@", env!("CARGO_PKG_VERSION"));

    fn shop(&self) -> &str {
        &self.shop
    }

    fn moment(text: &str) -> Result<Option<Ts>> {
        moment(text)
    }
}

/// The number of an object; JD writes 0 where there is none.
fn needed<'v>(reading: &Reading<'_>, value: &'v Value<'_>, field: &str) -> Result<&'v str> {
    number(value).ok_or_else(|| reading.malformed(field, "the number is missing"))
}

/// An order of another shop under this one's name would be another order.
fn same_shop(reading: &Reading<'_>, value: &Value<'_>) -> Result<()> {
    match number(value) {
        Some(shop) if shop != reading.of.shop => {
            Err(reading.malformed("venderId", "an order of another shop"))
        }
        _ => Ok(()),
    }
}

/// A time as JD writes it: local in China, or milliseconds. Its ways to say "never" are none.
fn moment(text: &str) -> Result<Option<Ts>> {
    if unset(text) {
        return Ok(None);
    }
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return time::china_millis(text).map(Some);
    }
    time::china(text).map(Some)
}

fn unset(text: &str) -> bool {
    text.starts_with("0001-01-01") || text.starts_with("1970-01-01") || text == "0"
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The form in which a public client's tests have it: a waybill without its carrier, no lines, no time of change.
    #[test]
    fn without_a_time_of_change_there_is_no_revision() {
        let secret = serde_json::json!({ crossdock_connector::Secret::resolved_key(): "secret" });
        let config = serde_json::json!({ "shop": "1", "app_key": "key", "app_secret": secret, "access_token": secret });
        let part = JdNormalize::new(&serde_json::from_value(config).unwrap()).unwrap();
        let reply =
            br#"{"jingdong_pop_order_get_responce": {"orderDetailInfo": {"apiResult": {"success": "true"},
            "orderInfo": {"orderId": "67834311", "orderState": "WAIT_SELLER_STOCK_OUT", "orderPayment": "90",
            "orderStartTime": "2019-01-01 12:21:32", "waybill": "SF534221"}}}}"#;
        let found = part.order(reply).unwrap();
        assert_eq!(found.observations.len(), 1);
        assert_eq!(found.observations[0].source().revision, None);
        let paths: Vec<_> = found.issues.iter().filter_map(|issue| issue.path.rsplit('.').next()).collect();
        assert_eq!(paths, ["itemInfoList", "modified", "waybill"]);
    }

    #[test]
    fn never_has_many_forms() {
        let read = |text: &str| moment(text);
        for text in ["0", "0001-01-01 00:00:00", "1970-01-01 08:00:00", "1970-01-01 00:00:00"] {
            assert_eq!(read(text).unwrap(), None, "{text}");
        }
        let local = read("2026-11-21 20:00:05").unwrap().unwrap();
        assert_eq!(read("1795262405000").unwrap(), Some(local));
        assert_eq!(local.to_string(), "2026-11-21T20:00:05+08:00");
        assert!(read("2026-13-21 20:00:05").is_err() && read("soon").is_err());
    }
}
