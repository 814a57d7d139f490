//! A document of sale rows: an order.

use serde_json::{Map, Value};

use crossdock_connector::{Error, Issue, IssueKind, Normalized, Result};
use crossdock_schemas::{
    Address, ComputedBy, Dec, Discount, DiscountKind, DiscountTarget, Ext, Fee, FeeKind, Fulfillment,
    Lifecycle, LineKind, Observation, Order, OrderKind, OrderLine, Party, PaymentState, Phone, Protected,
    Source, Status, Totals,
};

use crate::columns::Role;
use crate::countries::Country;
use crate::document::Gathered;
use crate::plan::Plan;

/// Puts an order together.
pub(crate) fn build(mut document: Gathered<'_>) -> Result<Normalized> {
    let currency = document.currency()?;
    let status = status(&mut document);
    let (shipping, discount) = (document.amount(Role::Shipping)?, document.amount(Role::Discount)?);
    let payable = document.amount(Role::Total)?;
    let paid_at = match document.said(Role::PaidAt) {
        Some(text) => Some(document.plan.clock.read(text).map_err(|what| document.bad(Role::PaidAt, &what))?),
        None => None,
    };
    let (lines, mut fees) = lines_and_fees(&mut document)?;
    if let Some(amount) = shipping.filter(|amount| !amount.is_zero()) {
        fees.push(Fee { kind: FeeKind::Shipping, amount, ..Fee::default() });
    }
    let discounts = discount.filter(|amount| !amount.is_zero()).map(|amount| Discount {
        kind: DiscountKind::Unknown,
        target: DiscountTarget::Order,
        // Some programs write what is taken off with a minus.
        amount: amount.abs(),
        ..Discount::default()
    });
    let stated = shipping.or(discount).or(payable).is_some();
    let order = Order {
        source: source(document.plan),
        display_no: document.take(Role::DisplayNo),
        kind: OrderKind::Sale,
        status,
        placed_at: document.time,
        paid_at,
        currency: Some(currency),
        prices_include_tax: document.plan.prices_include_tax,
        lines,
        fees,
        discounts: discounts.into_iter().collect(),
        totals: Totals {
            shipping,
            discount: discount.map(Dec::abs),
            payable,
            computed_by: stated.then_some(ComputedBy::Platform),
            ..Totals::default()
        },
        buyer: buyer(&mut document),
        ship_to: address(&mut document),
        buyer_note: document.take(Role::BuyerNote),
        seller_note: document.take(Role::SellerNote),
        ext: ext(&document.ignored),
        order_no: std::mem::take(&mut document.order_no),
        ..Order::default()
    };
    let issues = document.issues;
    Ok(Normalized { observations: vec![Observation::order(order)], issues, ..Normalized::default() })
}

/// Where it was seen; the hub fills in the rest.
pub(crate) fn source(plan: &Plan) -> Source {
    Source {
        platform: plan.platform.clone(),
        shop: plan.shop.clone(),
        connector: Some(concat!("sheet@", env!("CARGO_PKG_VERSION")).to_owned()),
        ..Source::default()
    }
}

/// Rows that were passed over inside the document, by reason, so that they can be found.
pub(crate) fn ext(ignored: &[(&'static str, u64)]) -> Ext {
    let mut ext = Ext::new();
    if !ignored.is_empty() {
        let counts = ignored.iter().map(|(reason, count)| ((*reason).to_owned(), Value::from(*count)));
        let mut ours = Map::new();
        ours.insert("ignored_rows".to_owned(), Value::Object(counts.collect()));
        ext.insert("sheet".to_owned(), ours);
    }
    ext
}

/// An order has at least one line. When all rows are fees, each of them is a line of kind `service`.
fn lines_and_fees(document: &mut Gathered<'_>) -> Result<(Vec<OrderLine>, Vec<Fee>)> {
    let lines = std::mem::take(&mut document.lines);
    let fees = std::mem::take(&mut document.fees);
    if lines.is_empty() {
        if fees.iter().any(|fee| fee.line.quantity <= Dec::ZERO) {
            let what = "the document has fees only, and one of them has a quantity that is not above zero";
            return Err(Error::malformed(what).at("$"));
        }
        let service = |line| OrderLine { kind: LineKind::Service, ..line };
        return Ok((fees.into_iter().map(|fee| service(fee.line)).collect(), Vec::new()));
    }
    let fees = fees.into_iter().map(|fee| Fee {
        kind: fee.kind,
        name: fee.line.title.or_else(|| fee.line.sku.clone()),
        kind_raw: fee.line.sku,
        amount: fee.amount,
        ..Fee::default()
    });
    Ok((lines, fees.collect()))
}

fn status(document: &mut Gathered<'_>) -> Status {
    let Some(code) = document.said(Role::Status) else { return document.plan.default_status.clone() };
    if let Some(status) = document.plan.statuses.get(code) {
        return status.clone();
    }
    let raw = Some(code.to_owned());
    let issue = Issue::unmapped(format!("$[*].{}", document.layout.name(Role::Status)), code);
    document.issues.push(issue);
    Status {
        lifecycle: Some(Lifecycle::Unknown),
        lifecycle_raw: raw.clone(),
        payment: Some(PaymentState::Unknown),
        payment_raw: raw.clone(),
        fulfillment: Some(Fulfillment::Unknown),
        fulfillment_raw: raw,
        ..Status::default()
    }
}

fn buyer(document: &mut Gathered<'_>) -> Option<Party> {
    let party = Party {
        id: document.take(Role::BuyerId),
        name: document.take(Role::BuyerName).map(Protected::plain),
        email: document.take(Role::BuyerEmail).map(Protected::plain),
        phones: document.take(Role::BuyerPhone).map(phone).into_iter().collect(),
        ..Party::default()
    };
    (party != Party::default()).then_some(party)
}

fn address(document: &mut Gathered<'_>) -> Option<Address> {
    let mut address = Address {
        name: document.take(Role::ReceiverName).map(Protected::plain),
        phones: document.take(Role::ReceiverPhone).map(phone).into_iter().collect(),
        province: document.take(Role::Province),
        city: document.take(Role::City),
        district: document.take(Role::District),
        line1: document.take(Role::Line1),
        postal_code: document.take(Role::PostalCode),
        raw: document.take(Role::Address),
        ..Address::default()
    };
    if let Some(text) = document.take(Role::Country) {
        let found = document.plan.countries.find(&text);
        if found == Country::Unknown {
            let path = format!("$[*].{}", document.layout.name(Role::Country));
            document.issues.push(Issue::new(IssueKind::UnmappedCode, path, text.clone()));
        }
        match found {
            Country::Code(code) => address.country = Some(code.to_owned()),
            Country::Nowhere | Country::Unknown => address.raw = address.raw.or(Some(text)),
        }
    }
    (address != Address::default()).then_some(address)
}

fn phone(text: String) -> Phone {
    Phone { national: Some(text), ..Phone::default() }
}
