//! Short notices: the envelope of Standard Webhooks with a `type` of the list below and a small `data`.
//!
//! A notice says only what its type and its fields say, so all it gives are partial observations: the rest of
//! the order stays as it is known.

use crossdock_connector::wire;
use crossdock_connector::wire::field::{Field, dec, owned, text};
use crossdock_connector::{Error, Issue, IssueKind, Normalized, Result, carrier};
use crossdock_schemas::{
    Address, Aftersale, AftersaleKind, AftersaleLine, AftersaleStatus, ComputedBy, Dec, Ext, Fulfillment,
    GoodsState, Lifecycle, LineTax, Money, Observation, Order, OrderKind, OrderLine, OrderRef, Parcel,
    ParcelLine, ParcelStatus, Party, PaymentState, Phone, Protected, Source, Status, Totals, Ts,
};

use crate::normalize::{CONNECTOR, Reader, malformed};
use crate::problems;
use crate::thin_wire::{self, Data, Line};

/// What a parcel without a carrier's name is filed under.
const UNNAMED_CARRIER: &str = "unknown";

/// One notice being read.
struct Notice<'n> {
    reader: &'n Reader,
    as_of: Option<Ts>,
    data: Data<'n>,
    order_no: String,
    issues: Vec<Issue>,
}

/// Reads a notice. A type we do not know is stored and acknowledged like any other, and counted.
pub(crate) fn read(reader: &Reader, kind: &str, as_of: Option<Ts>, data: &str) -> Result<Normalized> {
    let known = matches!(
        kind,
        "order.placed"
            | "order.paid"
            | "order.updated"
            | "order.cancelled"
            | "order.closed"
            | "shipment.created"
            | "shipment.delivered"
            | "refund.requested"
            | "refund.created"
            | "return.received"
    );
    if !known {
        let issues = vec![Issue::unmapped("$.type", kind)];
        return Ok(Normalized { issues, ..Normalized::ignored("unknown_type") });
    }
    // The quick reader, because the one that keeps paths is only wanted when something is wrong.
    let (data, unknown) = match problems::read::<Data<'_>>(data, "$.data") {
        Ok(read) => read,
        Err(found) => {
            let explained = wire::parse::<Data<'_>>(data.as_bytes()).err();
            let inner = explained.as_ref().and_then(|error| error.path.as_deref()).unwrap_or("$");
            let path = inner.replacen('$', "$.data", 1);
            return Err(malformed(found).at(path));
        }
    };
    let note = |problem: problems::Problem| Issue::new(IssueKind::BadValue, problem.path, problem.message);
    let order_no = owned(&data.order_id);
    let order_no = order_no.ok_or_else(|| Error::malformed("is missing").at("$.data.order_id"))?;
    let mut issues: Vec<Issue> = unknown.into_iter().map(note).collect();
    issues.sort_by(|a, b| a.path.cmp(&b.path));
    let mut notice = Notice { reader, as_of, data, order_no, issues };
    let observations = match kind {
        "shipment.created" => notice.shipments(None)?,
        "shipment.delivered" => notice.shipments(Some(ParcelStatus::Delivered))?,
        "refund.requested" | "refund.created" | "return.received" => vec![notice.aftersale(kind)?],
        _ => notice.order(kind)?,
    };
    if observations.is_empty() {
        return Ok(Normalized { issues: notice.issues, ..Normalized::ignored("no_tracking_number") });
    }
    Ok(Normalized { observations, issues: notice.issues, ..Normalized::default() })
}

impl Notice<'_> {
    fn source(&self) -> Source {
        Source {
            platform: self.reader.platform.clone(),
            shop: self.reader.shop.clone(),
            connector: Some(CONNECTOR.to_owned()),
            revision: self.as_of.map(Ts::millis_text),
            ..Source::default()
        }
    }

    fn order_ref(&self) -> OrderRef {
        OrderRef {
            platform: self.reader.platform.clone(),
            shop: self.reader.shop.clone(),
            order_no: self.order_no.clone(),
        }
    }

    fn word<T>(&mut self, found: Option<T>, word: &str) -> Option<T> {
        if found.is_none() {
            self.issues.push(Issue::unmapped("$.data.status", word));
        }
        found
    }

    fn order(&mut self, kind: &str) -> Result<Vec<Observation>> {
        let mut status = Status::default();
        let mut cancelled_at = time(&self.data.cancelled_at, "$.data.cancelled_at")?;
        let mut paid_at = time(&self.data.paid_at, "$.data.paid_at")?;
        let mut placed_at = time(&self.data.placed_at, "$.data.placed_at")?;
        match kind {
            "order.placed" => {
                status.lifecycle = Some(Lifecycle::Placed);
                placed_at = placed_at.or(self.as_of);
            }
            "order.paid" => {
                status.payment = Some(PaymentState::Paid);
                paid_at = paid_at.or(self.as_of);
            }
            "order.cancelled" => {
                status.lifecycle = Some(Lifecycle::Cancelled);
                cancelled_at = cancelled_at.or(self.as_of);
            }
            "order.closed" => status.lifecycle = Some(Lifecycle::Closed),
            _ => {}
        }
        if let Some(word) = text(&self.data.status).map(str::to_owned) {
            let known = axis(&mut status, &word).then_some(());
            if self.word(known, &word).is_none() {
                // Which axis it is about is not known, so no axis is touched.
                status.lifecycle_raw = Some(word);
            }
        }
        let lines = self.lines()?;
        // A notice with lines tells of a whole sale; one without may be about an order of any kind.
        let kind = if lines.is_empty() { OrderKind::Unknown } else { OrderKind::Sale };
        let data = &self.data;
        let order = Order {
            source: self.source(),
            order_no: self.order_no.clone(),
            display_no: owned(&data.order_number),
            kind,
            status,
            placed_at,
            paid_at,
            cancelled_at,
            modified_at: self.as_of,
            currency: text(&data.currency).map(str::to_ascii_uppercase),
            prices_include_tax: flag(&data.prices_include_tax),
            lines,
            totals: totals(data.totals.as_ref())?,
            buyer: owned(&data.email)
                .map(|email| Party { email: Some(Protected::plain(email)), ..Party::default() }),
            ship_to: data.shipping_address.as_ref().map(address),
            bill_to: data.billing_address.as_ref().map(address),
            buyer_note: owned(&data.note),
            ..Order::default()
        };
        let mut found = vec![Observation::order(order).partial()];
        if self.data.shipments.is_some() {
            found.extend(self.shipments(None)?);
        }
        Ok(found)
    }

    fn lines(&self) -> Result<Vec<OrderLine>> {
        let included = flag(&self.data.prices_include_tax).unwrap_or(false);
        let mut lines = Vec::new();
        for (i, given) in self.data.lines.iter().flatten().enumerate() {
            let at = |field: &str| format!("$.data.lines[{i}].{field}");
            let quantity = needed(&given.quantity, at("quantity"))?;
            let price = dec(&given.unit_price, || at("unit_price"))?;
            let discount = dec(&given.discount, || at("discount"))?.unwrap_or(Dec::ZERO);
            let line_total = price.map(|price| price * quantity - discount);
            let tax = dec(&given.tax, || at("tax"))?;
            lines.push(OrderLine {
                line_ref: owned(&given.line_id),
                position: u32::try_from(i + 1).ok(),
                sku: owned(&given.sku),
                title: owned(&given.name),
                quantity,
                unit_price: price,
                line_total,
                payable: line_total,
                tax: tax.map(|amount| LineTax { included, amount: Some(amount), ..LineTax::default() }),
                ..OrderLine::default()
            });
        }
        Ok(lines)
    }

    /// One parcel for each shipment with a number; the shipment may also stand in `data` itself.
    fn shipments(&mut self, status: Option<ParcelStatus>) -> Result<Vec<Observation>> {
        let own = thin_wire::Shipment {
            shipment_id: self.data.shipment_id.clone(),
            carrier: self.data.carrier.clone(),
            tracking_number: self.data.tracking_number.clone(),
            lines: None,
        };
        let delivered = status == Some(ParcelStatus::Delivered);
        let delivered_at = time(&self.data.delivered_at, "$.data.delivered_at")?.or(self.as_of);
        let mut found = Vec::new();
        let all = self
            .data
            .shipments
            .iter()
            .flatten()
            .enumerate()
            .map(|(i, one)| (format!("$.data.shipments[{i}]"), one));
        for (path, one) in all.chain([("$.data".to_owned(), &own)]) {
            let Some(number) = text(&one.tracking_number).and_then(carrier::number) else { continue };
            let lines = if path == "$.data" { &self.data.lines } else { &one.lines };
            let mut parts = Vec::new();
            for (i, line) in lines.iter().flatten().enumerate() {
                let at = |field: &str| format!("{path}.lines[{i}].{field}");
                parts.push(ParcelLine {
                    line_key: line_key(line, at("line_id"))?,
                    quantity: needed(&line.quantity, at("quantity"))?,
                    ..ParcelLine::default()
                });
            }
            let parcel = Parcel {
                source: self.source(),
                carrier: text(&one.carrier).map_or_else(|| UNNAMED_CARRIER.to_owned(), named),
                carrier_raw: owned(&one.carrier),
                tracking_no: number,
                direction: crossdock_schemas::Direction::Outbound,
                lines: parts,
                status,
                delivered_at: delivered_at.filter(|_| delivered),
                ext: shipment_id(&one.shipment_id),
                ..Parcel::default()
            };
            found.push(Observation::parcel(parcel).partial().with_refs(vec![self.order_ref()]));
        }
        Ok(found)
    }

    fn aftersale(&mut self, kind: &str) -> Result<Observation> {
        let number = owned(&self.data.refund_id).or_else(|| owned(&self.data.return_id));
        let number = number.ok_or_else(|| Error::malformed("is missing").at("$.data.refund_id"))?;
        let received = kind == "return.received";
        let mut status = match kind {
            "refund.requested" => Some(AftersaleStatus::Requested),
            "return.received" => Some(AftersaleStatus::Received),
            _ => None,
        };
        let word = owned(&self.data.status);
        if let Some(word) = &word {
            let found = case(word);
            status = Some(self.word(found, word).unwrap_or(AftersaleStatus::Unknown));
        }
        let mut lines = Vec::new();
        for (i, line) in self.data.lines.iter().flatten().enumerate() {
            let at = |field: &str| format!("$.data.lines[{i}].{field}");
            lines.push(AftersaleLine {
                line_key: line_key(line, at("line_id"))?,
                quantity: needed(&line.quantity, at("quantity"))?,
                amount: dec(&line.amount, || at("amount"))?,
            });
        }
        let amount = dec(&self.data.amount, || "$.data.amount".to_owned())?;
        let refund = match (amount, text(&self.data.currency)) {
            (Some(amount), Some(currency)) => Some(Money::new(amount, currency.to_ascii_uppercase())),
            (Some(_), None) => {
                return Err(Error::malformed("is missing beside an amount").at("$.data.currency"));
            }
            (None, _) => None,
        };
        let aftersale = Aftersale {
            source: self.source(),
            aftersale_no: number,
            kind: received.then_some(AftersaleKind::ReturnRefund),
            status,
            status_raw: word,
            reason_raw: owned(&self.data.reason),
            lines,
            refund,
            goods_state: received.then_some(GoodsState::Returned),
            requested_at: self.as_of.filter(|_| kind == "refund.requested"),
            modified_at: self.as_of,
            ..Aftersale::default()
        };
        Ok(Observation::aftersale(aftersale).partial().with_refs(vec![self.order_ref()]))
    }
}

/// `status` of an order: each word moves one axis.
fn axis(status: &mut Status, word: &str) -> bool {
    match word {
        "placed" => status.lifecycle = Some(Lifecycle::Placed),
        "completed" => status.lifecycle = Some(Lifecycle::Completed),
        "cancelled" => status.lifecycle = Some(Lifecycle::Cancelled),
        "closed" => status.lifecycle = Some(Lifecycle::Closed),
        "paid" => status.payment = Some(PaymentState::Paid),
        "partially_shipped" => status.fulfillment = Some(Fulfillment::PartiallyShipped),
        "shipped" => status.fulfillment = Some(Fulfillment::Shipped),
        "delivered" => status.fulfillment = Some(Fulfillment::Delivered),
        _ => return false,
    }
    true
}

/// `status` of a refund or return.
fn case(word: &str) -> Option<AftersaleStatus> {
    Some(match word {
        "requested" => AftersaleStatus::Requested,
        "approved" => AftersaleStatus::SellerAgreed,
        "rejected" => AftersaleStatus::SellerRefused,
        "returned" => AftersaleStatus::Received,
        "refunded" => AftersaleStatus::Refunded,
        "closed" => AftersaleStatus::Closed,
        _ => return None,
    })
}

fn totals(given: Option<&thin_wire::Totals<'_>>) -> Result<Totals> {
    let Some(given) = given else { return Ok(Totals::default()) };
    let at = |field: &'static str| move || format!("$.data.totals.{field}");
    Ok(Totals {
        goods: dec(&given.items, at("items"))?,
        discount: dec(&given.discount, at("discount"))?,
        shipping: dec(&given.shipping, at("shipping"))?,
        tax: dec(&given.tax, at("tax"))?,
        payable: dec(&given.grand, at("grand"))?,
        computed_by: Some(ComputedBy::Platform),
        ..Totals::default()
    })
}

fn address(given: &thin_wire::Address<'_>) -> Address {
    let phone = |national: String| Phone { national: Some(national), ..Phone::default() };
    Address {
        name: owned(&given.name).map(Protected::plain),
        company: owned(&given.company),
        phones: owned(&given.phone).map(phone).into_iter().collect(),
        country: text(&given.country).map(str::to_ascii_uppercase),
        province: owned(&given.province),
        city: owned(&given.city),
        line1: owned(&given.line1),
        line2: owned(&given.line2),
        postal_code: owned(&given.postal_code),
        ..Address::default()
    }
}

/// The store's own number of a shipment, which has no place in the model.
fn shipment_id(id: &Field<'_>) -> Ext {
    let Some(id) = text(id) else { return Ext::new() };
    let own = [("shipment_id".to_owned(), id.into())].into_iter().collect();
    Ext::from([("own_store".to_owned(), own)])
}

/// A carrier's name in our spelling, under which every other source files the same parcel.
fn named(name: &str) -> String {
    carrier::known(name).map_or_else(|| carrier::slug(name), str::to_owned)
}

fn line_key(line: &Line<'_>, path: String) -> Result<String> {
    owned(&line.line_id).ok_or_else(|| Error::malformed("is missing").at(path))
}

fn flag(field: &Field<'_>) -> Option<bool> {
    match text(field)? {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    }
}

fn needed(field: &Field<'_>, path: String) -> Result<Dec> {
    dec(field, || path.clone())?.ok_or_else(|| Error::malformed("is missing").at(path))
}

fn time(field: &Field<'_>, path: &str) -> Result<Option<Ts>> {
    let read = |text: &str| {
        text.parse().map_err(|error| Error::malformed("is not a time with offset").at(path).because(error))
    };
    text(field).map(read).transpose()
}
