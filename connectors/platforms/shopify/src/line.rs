//! Lines of an order: what was ordered, at which price, and what became of it.
//!
//! `quantity` stays what was ordered, as Shopify keeps it: a removed line is still there, with
//! `current_quantity` 0. What is missing since is counted beside it, so that an edit after the sale does not
//! look like another sale, and refunds remain documents of their own.

use std::collections::BTreeMap;

use crossdock_connector::{Issue, IssueKind, Result};
use crossdock_schemas::{
    CollectedBy, Dec, Fulfillment, LineKind, LineStatus, LineTax, OrderLine, Quantities,
};

use crate::codes::{self, Restock, Sent};
use crate::discount::Discounts;
use crate::normalize::Reading;
use crate::read::{dec, number, owned, properties, required, text, yes};
use crate::{aftersale, wire};

/// A line that is not to be fulfilled: a tip, for example.
const NOT_ELIGIBLE: &str = "not_eligible";

/// What happened to the pieces of one line.
#[derive(Clone, Copy, Default)]
struct Tally {
    sent: Dec,
    delivered: Dec,
    not_sent: Dec,
    back: Dec,
    refunded: Dec,
    in_refunds: Dec,
}

/// All lines.
pub(crate) fn lines(
    reading: &mut Reading<'_>,
    order: &wire::Order<'_>,
    discounts: &Discounts<'_>,
) -> Result<Vec<OrderLine>> {
    let tallies = tallies(order)?;
    let included = yes(&order.taxes_included);
    let mut lines = Vec::with_capacity(order.line_items.len());
    for (i, given) in order.line_items.iter().enumerate() {
        let at = |field: &str| format!("$.line_items[{i}].{field}");
        let id = required(&given.id, &at("id"))?;
        let quantity = number(required(&given.quantity, &at("quantity"))?, || at("quantity"))?;
        if quantity <= Dec::ZERO {
            reading.issues.push(Issue::new(IssueKind::BadValue, at("quantity"), "line without a quantity"));
            continue;
        }
        let tally = tallies.get(id).copied();
        let current = dec(&given.current_quantity, || at("current_quantity"))?;
        let price = dec(&given.price, || at("price"))?;
        let own_discount = discounts.on_line(i).line;
        let allocated = discounts.on_line(i).order;
        let line_total = price.map(|price| price * quantity - own_discount.unwrap_or(Dec::ZERO));
        lines.push(OrderLine {
            line_ref: Some(id.to_owned()),
            position: u32::try_from(i + 1).ok(),
            kind: kind(given),
            sku: owned(&given.sku),
            product_ref: owned(&given.product_id),
            variant_ref: owned(&given.variant_id),
            title: owned(&given.title),
            variant_title: owned(&given.variant_title),
            quantity,
            quantities: quantities(order, tally.unwrap_or_default(), quantity, current),
            unit_price: price,
            line_total,
            allocated_discount: allocated,
            payable: line_total.map(|total| total - allocated.unwrap_or(Dec::ZERO)),
            tax: tax(given.tax_lines.as_deref(), included, &at)?,
            customization: properties(given.properties).into_iter().collect(),
            hs_code: duty(given, |duty| owned(&duty.harmonized_system_code).filter(|code| is_tariff(code))),
            origin_country: duty(given, |duty| {
                owned(&duty.country_code_of_origin).filter(|code| is_country(code))
            }),
            net_weight_g: dec(&given.grams, || at("grams"))?.filter(|grams| !grams.is_zero()),
            status: status(reading, given, tally.unwrap_or_default(), &at),
            ..OrderLine::default()
        });
    }
    Ok(lines)
}

/// What is not sent to anybody is no goods: gift cards, services, files.
fn kind(given: &wire::LineItem<'_>) -> LineKind {
    let nothing_to_send = text(&given.requires_shipping) == Some("false");
    if yes(&given.gift_card) || nothing_to_send { LineKind::Virtual } else { LineKind::Product }
}

/// What all duties of a line that say it say.
fn duty<'g>(
    given: &'g wire::LineItem<'g>,
    of: impl Fn(&'g wire::Duty<'g>) -> Option<String>,
) -> Option<String> {
    let mut said = given.duties.iter().flatten().filter_map(of);
    let first = said.next()?;
    said.all(|other| other == first).then_some(first)
}

/// Whether it is a customs tariff number: 6 to 10 digits.
fn is_tariff(code: &str) -> bool {
    (6..=10).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_country(code: &str) -> bool {
    code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_uppercase())
}

/// Counts fulfilments and refunds by line id.
fn tallies<'o>(order: &'o wire::Order<'_>) -> Result<BTreeMap<&'o str, Tally>> {
    let mut tallies: BTreeMap<&str, Tally> = BTreeMap::new();
    for (f, fulfillment) in order.fulfillments.iter().flatten().enumerate() {
        if text(&fulfillment.status).and_then(codes::sent) != Some(Sent::Yes) {
            continue;
        }
        let delivered = text(&fulfillment.shipment_status) == Some("delivered");
        for (i, line) in fulfillment.line_items.iter().flatten().enumerate() {
            let path = || format!("$.fulfillments[{f}].line_items[{i}].quantity");
            let quantity = number(line.quantity.as_str(), path)?;
            let tally = tallies.entry(line.id.as_str()).or_default();
            tally.sent = tally.sent + quantity;
            if delivered {
                tally.delivered = tally.delivered + quantity;
            }
        }
    }
    for (r, refund) in order.refunds.iter().flatten().enumerate() {
        let money_moved = aftersale::money_moved(refund);
        for (i, line) in refund.refund_line_items.iter().flatten().enumerate() {
            let path = || format!("$.refunds[{r}].refund_line_items[{i}].quantity");
            let quantity = number(line.quantity.as_str(), path)?;
            let tally = tallies.entry(line.line_item_id.as_str()).or_default();
            tally.in_refunds = tally.in_refunds + quantity;
            match text(&line.restock_type).and_then(codes::restock) {
                Some(Restock::NotSent) => tally.not_sent = tally.not_sent + quantity,
                Some(Restock::Back) => tally.back = tally.back + quantity,
                Some(Restock::Money | Restock::Unclear) | None => {}
            }
            if money_moved {
                tally.refunded = tally.refunded + quantity;
            }
        }
    }
    Ok(tallies)
}

fn quantities(
    order: &wire::Order<'_>,
    tally: Tally,
    quantity: Dec,
    current: Option<Dec>,
) -> Option<Quantities> {
    // Pieces that are gone without a refund were removed by an edit. Without the refunds nobody can tell.
    let removed = match (current, &order.refunds) {
        (Some(current), Some(_)) => (quantity - current - tally.in_refunds).max(Dec::ZERO),
        _ => Dec::ZERO,
    };
    let some = |count: Dec| (!count.is_zero()).then_some(count);
    let counts = Quantities {
        shipped: some(tally.sent),
        delivered: some(tally.delivered),
        cancelled: some(tally.not_sent + removed),
        returned: some(tally.back),
        refunded: some(tally.refunded),
    };
    (counts != Quantities::default()).then_some(counts)
}

fn tax(
    lines: Option<&[wire::TaxLine<'_>]>,
    included: bool,
    at: &dyn Fn(&str) -> String,
) -> Result<Option<LineTax>> {
    let Some(lines) = lines.filter(|lines| !lines.is_empty()) else { return Ok(None) };
    let mut tax = LineTax { included, ..LineTax::default() };
    for line in lines {
        if let Some(price) = dec(&line.price, || at("tax_lines[].price"))? {
            tax.amount = Some(tax.amount.unwrap_or(Dec::ZERO) + price);
        }
    }
    // Several authorities have several rates; one rate for all of them is not stated.
    if let [only] = lines {
        tax.rate = dec(&only.rate, || at("tax_lines[0].rate"))?;
    }
    if lines.iter().all(|line| yes(&line.channel_liable)) {
        tax.collected_by = Some(CollectedBy::Marketplace);
    } else if lines.iter().all(|line| text(&line.channel_liable) == Some("false")) {
        tax.collected_by = Some(CollectedBy::Seller);
    }
    Ok(Some(tax))
}

fn status(
    reading: &mut Reading<'_>,
    given: &wire::LineItem<'_>,
    tally: Tally,
    at: &dyn Fn(&str) -> String,
) -> Option<LineStatus> {
    let word = given.fulfillment_status.as_ref()?.as_str().trim();
    // Nobody will ever send it.
    if word == NOT_ELIGIBLE {
        return None;
    }
    let found = codes::fulfillment(word, !tally.sent.is_zero());
    let found = reading.word(found, word, || at("fulfillment_status")).unwrap_or(Fulfillment::Unknown);
    let delivered = found == Fulfillment::Shipped && !tally.sent.is_zero() && tally.delivered == tally.sent;
    Some(LineStatus {
        fulfillment: Some(if delivered { Fulfillment::Delivered } else { found }),
        fulfillment_raw: (!word.is_empty()).then(|| word.to_owned()),
        ..LineStatus::default()
    })
}
