//! Acme's bodies as observations. Pure: the same bytes give the same observations, anywhere and at any time.

use crossdock_connector::codes::CodeTable;
use crossdock_connector::wire::{self, Scalar};
use crossdock_connector::{
    Capture, Error, ErrorKind, Issue, IssueKind, Normalize, Normalized, Result, Topic,
};
use crossdock_schemas::{
    Address, Aftersale, AftersaleKind, AftersaleLine, AftersaleStatus, ComputedBy, Dec, Money, Observation,
    Order, OrderKind, OrderLine, OrderRef, Party, Protected, Source, Status, Totals, Ts,
};

use super::codes::{self, OrderState, RefundState};
use super::wire as acme;

/// The platform's name in every identity. Once published it never changes.
const PLATFORM: &str = "acme";
const CONNECTOR: &str = concat!("acme@", env!("CARGO_PKG_VERSION"));

pub(super) const ORDER: Topic = "order";
const REFUND: Topic = "refund";
const PING: Topic = "ping";
pub(super) const TOPICS: &[Topic] = &[ORDER, REFUND, PING];

/// Reads the bodies of one shop.
#[derive(Debug)]
pub(super) struct Reader {
    pub(super) shop: String,
    pub(super) states: CodeTable<OrderState>,
    pub(super) refunds: CodeTable<RefundState>,
}

impl Normalize for Reader {
    fn normalize(&self, capture: &Capture) -> Result<Normalized> {
        match capture.topic.as_str() {
            ORDER => self.order(&wire::parse(&capture.body)?),
            REFUND => self.refund(&wire::parse(&capture.body)?),
            // Say why there is nothing to do: ignored captures are counted by their reason.
            PING => Ok(Normalized::ignored("ping")),
            _ => Err(Error::new(ErrorKind::Unsupported, format!("expected one of {}", TOPICS.join(", ")))),
        }
    }
}

impl Reader {
    fn order(&self, body: &acme::Order<'_>) -> Result<Normalized> {
        let mut issues = Vec::new();
        let updated = time(&body.updated, "$.updated")?;
        let totals = totals(body, &mut issues)?;
        let order = Order {
            source: self.source(updated),
            order_no: required(&body.id, "$.id")?,
            kind: OrderKind::Sale,
            status: self.status(&body.state, &mut issues),
            placed_at: Some(time(&body.created, "$.created")?),
            modified_at: Some(updated),
            currency: Some(body.currency.clone().into_owned()),
            prices_include_tax: Some(true),
            lines: lines(&body.items)?,
            totals,
            buyer: body.customer.as_ref().map(buyer),
            ship_to: body.ship_to.as_ref().map(address),
            buyer_note: wire::text(body.note.as_ref()),
            ..Order::default()
        };
        Ok(Normalized { issues, ..Normalized::one(Observation::order(order)) })
    }

    /// One word of Acme's on three axes of ours. The word itself is kept beside each of them.
    fn status(&self, state: &str, issues: &mut Vec<Issue>) -> Status {
        let meaning = self.states.get(state).copied().unwrap_or_else(|| {
            issues.push(Issue::unmapped("$.state", state));
            codes::UNKNOWN
        });
        let raw = Some(state.to_owned());
        Status {
            lifecycle: Some(meaning.lifecycle),
            lifecycle_raw: raw.clone(),
            payment: Some(meaning.payment),
            payment_raw: raw.clone(),
            fulfillment: Some(meaning.fulfillment),
            fulfillment_raw: raw,
            ..Status::default()
        }
    }

    fn refund(&self, body: &acme::Refund<'_>) -> Result<Normalized> {
        let mut issues = Vec::new();
        let updated = time(&body.updated, "$.updated")?;
        let status = self.refunds.get(&body.state).map(|meaning| meaning.status).unwrap_or_else(|| {
            issues.push(Issue::unmapped("$.state", body.state.as_ref()));
            AftersaleStatus::Unknown
        });
        let source = self.source(updated);
        // The case belongs to an order by its natural key; the hub finds it whichever arrives first.
        let order = OrderRef {
            platform: source.platform.clone(),
            shop: source.shop.clone(),
            order_no: required(&body.order_id, "$.order_id")?,
        };
        let case = Aftersale {
            source,
            aftersale_no: required(&body.id, "$.id")?,
            // Acme gives money back and never asks for the goods.
            kind: Some(AftersaleKind::RefundOnly),
            status: Some(status),
            status_raw: Some(body.state.clone().into_owned()),
            reason_raw: wire::text(body.reason.as_ref()),
            lines: refund_lines(&body.items)?,
            refund: Some(Money::new(number(&body.amount, "$.amount")?, body.currency.as_ref())),
            requested_at: Some(time(&body.created, "$.created")?),
            modified_at: Some(updated),
            ..Aftersale::default()
        };
        let observation = Observation::aftersale(case).with_refs([order]);
        Ok(Normalized { issues, ..Normalized::one(observation) })
    }

    /// Where it was seen. The hub fills in how and when it arrived.
    fn source(&self, updated: Ts) -> Source {
        Source {
            platform: PLATFORM.to_owned(),
            shop: self.shop.clone(),
            connector: Some(CONNECTOR.to_owned()),
            // Sorts as text, so that an older state that arrives late is recognised.
            revision: Some(updated.millis_text()),
            ..Source::default()
        }
    }
}

fn lines(items: &[acme::Item<'_>]) -> Result<Vec<OrderLine>> {
    if items.is_empty() {
        return Err(Error::malformed("an order without items").at("$.items"));
    }
    let line = |(at, item): (usize, &acme::Item<'_>)| {
        Ok(OrderLine {
            line_ref: Some(required(&item.id, &format!("$.items[{at}].id"))?),
            position: u32::try_from(at + 1).ok(),
            sku: wire::text(item.sku.as_ref()),
            title: wire::text(item.title.as_ref()),
            quantity: number(&item.quantity, &format!("$.items[{at}].quantity"))?,
            // Acme states no total of a line, so none is made up: the hub computes what is missing.
            unit_price: wire::decimal(item.price.as_ref(), &format!("$.items[{at}].price"))?,
            ..OrderLine::default()
        })
    };
    items.iter().enumerate().map(line).collect()
}

/// The sums as Acme states them. Where they do not add up people are told, and nothing is repaired.
fn totals(body: &acme::Order<'_>, issues: &mut Vec<Issue>) -> Result<Totals> {
    let goods = number(&body.goods, "$.goods")?;
    let discount = wire::decimal(body.discount.as_ref(), "$.discount")?;
    let shipping = wire::decimal(body.shipping.as_ref(), "$.shipping")?;
    let payable = number(&body.total, "$.total")?;
    let zero = |part: Option<Dec>| part.unwrap_or(Dec::ZERO);
    let sum = goods.checked_sub(zero(discount)).and_then(|sum| sum.checked_add(zero(shipping)));
    if sum != Some(payable) {
        let what = "total is not goods - discount + shipping";
        issues.push(Issue::new(IssueKind::AmountMismatch, "$.total", what));
    }
    Ok(Totals {
        goods: Some(goods),
        discount,
        shipping,
        payable: Some(payable),
        computed_by: Some(ComputedBy::Platform),
        ..Totals::default()
    })
}

fn refund_lines(items: &[acme::RefundItem<'_>]) -> Result<Vec<AftersaleLine>> {
    let line = |(at, item): (usize, &acme::RefundItem<'_>)| {
        Ok(AftersaleLine {
            line_key: required(&item.id, &format!("$.items[{at}].id"))?,
            quantity: number(&item.quantity, &format!("$.items[{at}].quantity"))?,
            amount: wire::decimal(item.amount.as_ref(), &format!("$.items[{at}].amount"))?,
        })
    };
    items.iter().enumerate().map(line).collect()
}

fn buyer(customer: &acme::Customer<'_>) -> Party {
    Party {
        id: wire::text(customer.id.as_ref()),
        name: wire::text(customer.name.as_ref()).map(Protected::plain),
        email: wire::text(customer.email.as_ref()).map(Protected::plain),
        ..Party::default()
    }
}

fn address(place: &acme::Address<'_>) -> Address {
    Address {
        name: wire::text(place.name.as_ref()).map(Protected::plain),
        country: wire::text(place.country.as_ref()),
        city: wire::text(place.city.as_ref()),
        line1: wire::text(place.line1.as_ref()),
        postal_code: wire::text(place.postal_code.as_ref()),
        ..Address::default()
    }
}

fn required(value: &Scalar<'_>, path: &str) -> Result<String> {
    value.owned().ok_or_else(|| Error::malformed("is empty").at(path))
}

fn number(value: &Scalar<'_>, path: &str) -> Result<Dec> {
    value.dec(path)?.ok_or_else(|| Error::malformed("is empty").at(path))
}

/// Acme writes times with their offset, so none has to be assumed.
fn time(text: &str, path: &str) -> Result<Ts> {
    text.trim().parse().map_err(|_| Error::malformed("expected a time like 2026-11-21T12:00:00Z").at(path))
}
