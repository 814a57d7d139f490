//! What an event means for the books: which bill, under which number, how far it shall be.

use crossdock_connector::{Delivery, Error, ErrorKind, Result, document};
use crossdock_schemas::{
    AftersaleBody, AftersaleKind, AftersaleStatus, Direction, EventType, GoodsState, Lifecycle, OrderBody,
    ParcelBody, ParcelStatus,
};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::config::{Approve, Config, Ignored};

/// How far a bill shall be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// Without effect: the approval taken back, or the bill deleted.
    Withdrawn,
    /// Saved.
    Saved,
    /// Submitted.
    Submitted,
    /// Audited.
    Audited,
}

/// What the bill is about.
pub(crate) enum Subject {
    Order(Box<OrderBody>),
    Shipment(Box<ParcelBody>),
    Return(Box<AftersaleBody>),
    Refund(Box<AftersaleBody>),
}

/// What an event means for the books.
pub(crate) struct Plan {
    pub(crate) subject: Subject,
    /// The data of the event, for custom fields.
    pub(crate) data: Value,
    /// `FBillNo`: our key.
    pub(crate) number: String,
    pub(crate) revision: u64,
    pub(crate) target: Target,
    /// What stands on the bill may have changed.
    pub(crate) change: bool,
    /// Numbers of the orders that have to be there before.
    pub(crate) needs: Vec<String>,
}

impl Plan {
    /// The plan of an event; `None` when there is nothing to book.
    pub(crate) fn of(config: &Config, delivery: &Delivery) -> Result<Option<Self>> {
        match delivery.event.event_type.body() {
            "order" => Self::order(config, delivery),
            "parcel" => Self::shipment(config, delivery),
            "aftersale" => Self::aftersale(config, delivery),
            _ => Ok(None),
        }
    }

    /// Whether it goes well together with others: a new order, most likely.
    pub(crate) fn is_plain(&self) -> bool {
        matches!(self.subject, Subject::Order(_)) && !self.change && self.target != Target::Withdrawn
    }

    /// The form of the bill.
    pub(crate) fn form<'a>(&self, config: &'a Config) -> &'a str {
        match &self.subject {
            Subject::Order(_) => "SAL_SaleOrder",
            Subject::Shipment(_) => "SAL_OUTSTOCK",
            Subject::Return(_) => config.returns.as_ref().map_or("SAL_RETURNSTOCK", |returns| &returns.form),
            Subject::Refund(_) => config.refunds.as_ref().map_or("", |refunds| &refunds.form),
        }
    }

    fn order(config: &Config, delivery: &Delivery) -> Result<Option<Self>> {
        let body: OrderBody = data(delivery)?;
        let status = &body.order.status;
        let cancelled = status.lifecycle == Some(Lifecycle::Cancelled);
        let ready = status.payment.is_some_and(|payment| config.order.ready.contains(&payment));
        let target = match () {
            () if cancelled => Target::Withdrawn,
            () if !ready => return Ok(None),
            // A bill that is not approved does not ship.
            () if !status.hold.is_empty() => Target::Saved,
            () => approved(config),
        };
        let change = target != Target::Withdrawn && changes(config, delivery.event.event_type, &body.changed);
        let subject = Subject::Order(Box::new(body));
        Ok(Some(Self { target, change, ..Self::new(config, delivery, subject, Vec::new())? }))
    }

    fn shipment(config: &Config, delivery: &Delivery) -> Result<Option<Self>> {
        let body: ParcelBody = data(delivery)?;
        let parcel = &body.parcel;
        // A parcel without an order is one until it is linked; one that goes back is the business of its case.
        if parcel.direction != Direction::Outbound || parcel.orders.is_empty() {
            return Ok(None);
        }
        if config.shipments.is_none() || config.ignores(Ignored::Shipments) {
            return unbooked(config, Ignored::Shipments, "shipments");
        }
        let cancelled = parcel.status == Some(ParcelStatus::Cancelled)
            || delivery.event.event_type == EventType::ParcelCancelled;
        let target = if cancelled { Target::Withdrawn } else { approved(config) };
        let needs = parcel.orders.iter().map(|key| number(config, key)).collect();
        let subject = Subject::Shipment(Box::new(body));
        Ok(Some(Self { target, ..Self::new(config, delivery, subject, needs)? }))
    }

    fn aftersale(config: &Config, delivery: &Delivery) -> Result<Option<Self>> {
        let body: AftersaleBody = data(delivery)?;
        let case = &body.aftersale;
        let paid_back = case.status == Some(AftersaleStatus::Refunded);
        let goods_back = matches!(
            case.status,
            Some(AftersaleStatus::Received | AftersaleStatus::Refunding | AftersaleStatus::Refunded)
        ) && case.goods_state != Some(GoodsState::NotReceived);
        let returns = match case.kind {
            Some(AftersaleKind::ReturnRefund | AftersaleKind::Exchange) if goods_back => true,
            Some(
                AftersaleKind::RefundOnly | AftersaleKind::PriceProtection | AftersaleKind::Compensation,
            ) if paid_back => false,
            // Asked for, agreed, on its way: nothing has moved yet.
            _ => return Ok(None),
        };
        let (what, name, missing) = if returns {
            (Ignored::Returns, "returns", config.returns.is_none())
        } else {
            (Ignored::Refunds, "refunds", config.refunds.is_none())
        };
        if missing || config.ignores(what) {
            return unbooked(config, what, name);
        }
        let Some(order) = &case.order_key else {
            return Err(Error::new(ErrorKind::Rejected, "nobody knows the order of this case"));
        };
        let needs = vec![number(config, order)];
        let body = Box::new(body);
        let subject = if returns { Subject::Return(body) } else { Subject::Refund(body) };
        Ok(Some(Self::new(config, delivery, subject, needs)?))
    }

    fn new(config: &Config, delivery: &Delivery, subject: Subject, needs: Vec<String>) -> Result<Self> {
        Ok(Self {
            subject,
            data: data(delivery)?,
            number: number(config, &delivery.event.key),
            revision: delivery.event.sequence,
            target: approved(config),
            change: false,
            needs,
        })
    }
}

fn data<T: DeserializeOwned>(delivery: &Delivery) -> Result<T> {
    serde_json::from_str(delivery.event.data.get())
        .map_err(|error| Error::malformed("the data of the event cannot be read").because(error))
}

/// Nothing to do for documents that people book by hand; else somebody has to say how they are booked.
fn unbooked(config: &Config, what: Ignored, name: &str) -> Result<Option<Plan>> {
    if config.ignores(what) {
        return Ok(None);
    }
    let what = format!(
        "no way to book it: add the table [sink.settings.{name}], or \"{name}\" to the sink's settings.ignore"
    );
    Err(Error::new(ErrorKind::Rejected, what))
}

fn approved(config: &Config) -> Target {
    match config.approve {
        Approve::Save => Target::Saved,
        Approve::Submit => Target::Submitted,
        Approve::Audit => Target::Audited,
    }
}

/// The number of a bill: 96 bits of our key. Column widths differ, thirty characters are safe.
pub(crate) fn number(config: &Config, key: &str) -> String {
    let hash = key.split_once('-').map_or(key, |(_, hash)| hash);
    let shown = hash.chars().filter(char::is_ascii_alphanumeric).take(24);
    config.number_prefix.chars().chain(shown.map(|letter| letter.to_ascii_uppercase())).collect()
}

/// Whether something that stands on the bill changed.
fn changes(config: &Config, event_type: EventType, changed: &[String]) -> bool {
    if changed.is_empty() {
        // Nobody says what: look at it.
        return matches!(
            event_type,
            EventType::OrderChanged | EventType::OrderSplit | EventType::OrderMerged
        );
    }
    changed.iter().any(|pointer| on_bill(config, pointer))
}

fn on_bill(config: &Config, pointer: &str) -> bool {
    const HEADER: [&str; 7] = [
        "/fees",
        "/discounts",
        "/totals/shipping",
        "/currency",
        "/prices_include_tax",
        "/placed_at",
        "/ship_by",
    ];
    const LINE: [&str; 11] = [
        "kind",
        "parent_ref",
        "sku",
        "quantity",
        "unit",
        "unit_price",
        "line_total",
        "allocated_discount",
        "payable",
        "tax",
        "currency",
    ];
    let below =
        |path: &str| pointer == path || pointer.strip_prefix(path).is_some_and(|rest| rest.starts_with('/'));
    if pointer == "/lines" || HEADER.iter().any(|path| below(path)) {
        return true;
    }
    if let Some(rest) = pointer.strip_prefix("/lines/") {
        let field = rest.split('/').nth(1);
        return field.is_none_or(|field| LINE.contains(&field));
    }
    if below("/ship_to") && config.order.receiver.is_used() {
        return true;
    }
    // A custom field that is filled from there, or from below or above it.
    document::paths(&config.order.fields).any(|path| {
        let path = format!("/{}", path.trim_start_matches("order.").replace('.', "/"));
        below(&path) || path.starts_with(&format!("{pointer}/"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::config;

    #[test]
    fn numbers_are_short_and_stay_apart() {
        let config = config("");
        let key = "o1-5c0ffee0123456789abcdef0123456789abcdef0123456789abcdef012345678";
        assert_eq!(number(&config, key), "XD-5C0FFEE0123456789ABCDEF0");
        assert!(number(&config, key).len() <= 30);
        assert_ne!(number(&config, key), number(&config, &key.replace("5c", "5d")));
    }

    #[test]
    fn only_what_stands_on_the_bill_changes_it() {
        let mut config =
            config("order.fields.F_note = 'order.seller_note'\norder.fields.F_city = 'order.ship_to.city'");
        assert!(on_bill(&config, "/ship_to/line1"), "there are fields for the receiver");
        config.order.receiver = document::Receiver::default();
        for (pointer, expected) in [
            ("/lines", true),
            ("/lines/0", true),
            ("/lines/0/quantity", true),
            ("/lines/0/tax/rate", true),
            ("/lines/0/status/fulfillment", false),
            ("/lines/0/quantities/shipped", false),
            ("/lines/0/title", false),
            ("/totals/shipping", true),
            ("/totals/paid", false),
            ("/status/payment", false),
            ("/ship_by/to", true),
            ("/seller_note", true),
            ("/buyer_note", false),
            ("/ship_to/city", true),
            ("/ship_to", true),
            ("/ship_to/line1", false),
        ] {
            assert_eq!(on_bill(&config, pointer), expected, "{pointer}");
        }
    }
}
