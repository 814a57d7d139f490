//! A document of sale rows: an order.

use serde_json::{Map, Value};

use crossdock_connector::{Error, Issue, Normalized, Result};
use crossdock_schemas::{
    ComputedBy, Dec, Discount, DiscountKind, DiscountTarget, Ext, Fee, FeeKind, Fulfillment, FundedBy,
    Lifecycle, LineKind, Observation, Order, OrderKind, OrderLine, PaymentState, Source, Status, Totals,
};

use crate::columns::Role;
use crate::document::Gathered;
use crate::people;
use crate::plan::Plan;

/// Puts an order together.
pub(crate) fn build(mut document: Gathered<'_>) -> Result<Normalized> {
    let currency = document.currency()?;
    let status = status(&mut document);
    let shipping = document.amount(Role::Shipping)?;
    let discounts = discounts(&document)?;
    let discount = match discounts.as_slice() {
        [] => None,
        all => Some(all.iter().map(|discount| discount.amount).sum()),
    };
    // A stated zero says that there is none.
    let stated_discount = document.amount(Role::Discount)?.map(Dec::abs);
    let payable = document.amount(Role::Total)?;
    let (paid, settled) = (document.amount(Role::Paid)?, document.amount(Role::Settled)?);
    let paid_at = match document.said(Role::PaidAt) {
        Some(text) => Some(document.plan.clock.read(text).map_err(|what| document.bad(Role::PaidAt, &what))?),
        None => None,
    };
    let (lines, mut fees) = lines_and_fees(&mut document)?;
    if let Some(amount) = shipping.filter(|amount| !amount.is_zero()) {
        fees.push(Fee { kind: FeeKind::Shipping, amount, ..Fee::default() });
    }
    let discount = discount.or(stated_discount);
    let stated = shipping.or(discount).or(payable).or(paid).or(settled).is_some();
    let parcels = std::mem::take(&mut document.parcels);
    let in_part = document.plan.in_part || document.time.is_none();
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
        discounts,
        totals: Totals {
            shipping,
            discount,
            payable,
            paid,
            settled,
            computed_by: stated.then_some(ComputedBy::Platform),
            ..Totals::default()
        },
        buyer: people::buyer(&mut document),
        ship_to: people::address(&mut document),
        buyer_note: document.take(Role::BuyerNote),
        seller_note: document.take(Role::SellerNote),
        ext: ext(&document.ignored),
        order_no: std::mem::take(&mut document.order_no),
        ..Order::default()
    };
    let issues = document.issues;
    let parcels: Vec<Observation> = parcels.observations(document.plan, &order.order_no).collect();
    let order = Observation::order(order);
    let mut observations = vec![if in_part { order.partial() } else { order }];
    observations.extend(parcels);
    Ok(Normalized { observations, issues, ..Normalized::default() })
}

/// Discounts on the whole order, by who bears them.
fn discounts(document: &Gathered<'_>) -> Result<Vec<Discount>> {
    let mut found = Vec::new();
    for (role, kind, funded_by) in [
        (Role::Discount, DiscountKind::Unknown, None),
        (Role::PlatformDiscount, DiscountKind::PlatformSubsidy, Some(FundedBy::Platform)),
        (Role::OtherDiscount, DiscountKind::Unknown, None),
    ] {
        let Some(amount) = document.amount(role)?.filter(|amount| !amount.is_zero()) else { continue };
        // Some programs write what is taken off with a minus.
        let amount = amount.abs();
        found.push(Discount {
            kind,
            funded_by,
            target: DiscountTarget::Order,
            amount,
            ..Discount::default()
        });
    }
    Ok(found)
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
    if document.plan.no_lines {
        return Ok((Vec::new(), Vec::new()));
    }
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
    let Some(code) = document.said(Role::Status) else {
        // Where all rows say the same, the order says it too; where they differ, it says nothing.
        return match document.states.as_slice() {
            [] => document.plan.default_status.clone(),
            [only] => document.plan.statuses.get(only).cloned().unwrap_or_else(|| unknown(only)),
            _ => Status::default(),
        };
    };
    if let Some(status) = document.plan.statuses.get(code) {
        return status.clone();
    }
    let status = unknown(code);
    let issue = Issue::unmapped(format!("$[*].{}", document.layout.name(Role::Status)), code);
    document.issues.push(issue);
    status
}

/// A status that the settings do not know.
fn unknown(code: &str) -> Status {
    let raw = Some(code.to_owned());
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
