//! Lines, and what is asked to be cancelled of them.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crossdock_connector::{IssueKind, Result};
use crossdock_schemas::{
    Aftersale, AftersaleKind, AftersaleLine, AftersalePhase, AftersaleStatus, Dec, Fulfillment, LineStatus,
    OrderLine, Quantities,
};

use super::order::wrap;
use super::{Reading, count, money, required};
use crate::wire as theirs;

/// What the items of an order say.
#[derive(Default)]
pub(super) struct Items {
    pub(super) lines: Vec<OrderLine>,
    /// Wishes to cancel, without source and time.
    pub(super) cases: Vec<Aftersale>,
    /// A wish is open: the order stays as it is until somebody cancels.
    pub(super) asked_to_cancel: bool,
}

pub(super) fn read(reading: &mut Reading<'_>, given: &theirs::Order<'_>, path: &str) -> Result<Items> {
    let mut found = Items::default();
    let currency = money::currency(given);
    for (at, item) in given.order_items.iter().enumerate() {
        let at = format!("{path}.orderItems[{at}]");
        let id = required(&item.order_item_id, &format!("{at}.orderItemId"))?.to_owned();
        let ordered = count(&item.quantity_ordered, &format!("{at}.quantityOrdered"))?.unwrap_or_default();
        cancellation(&mut found, item, given, &id, ordered);
        if ordered <= Dec::ZERO {
            // Of an item that was cancelled as a whole nothing is left.
            continue;
        }
        if found.lines.iter().any(|line| line.line_ref.as_deref() == Some(&id)) {
            reading.issue(IssueKind::BadValue, at, "the same item again");
            continue;
        }
        let position = u32::try_from(found.lines.len() + 1).ok();
        let line = line(reading, item, currency.as_deref(), &at)?;
        found.lines.push(OrderLine { line_ref: Some(id), position, quantity: ordered, ..line });
    }
    Ok(found)
}

fn line(
    reading: &mut Reading<'_>,
    item: &theirs::Item<'_>,
    currency: Option<&str>,
    at: &str,
) -> Result<OrderLine> {
    let product = item.product.as_ref();
    let ordered = count(&item.quantity_ordered, &format!("{at}.quantityOrdered"))?.unwrap_or_default();
    let mut line = OrderLine {
        sku: product.and_then(|product| product.seller_sku.owned()),
        product_ref: product.and_then(|product| product.asin.owned()),
        title: product.and_then(|product| product.title.owned()),
        serials: product
            .iter()
            .flat_map(|product| &product.serial_numbers)
            .filter_map(|text| text.owned())
            .collect(),
        customization: customization(item),
        ext: ext(item),
        ..OrderLine::default()
    };
    let price =
        product.and_then(|product| product.price.as_ref()).and_then(|price| price.unit_price.as_ref());
    line.unit_price = money::of(price, &format!("{at}.product.price.unitPrice"))?.map(|price| price.amount);
    money::line(reading, &mut line, item, currency, at)?;
    if let Some(done) = &item.fulfillment {
        let shipped = count(&done.quantity_fulfilled, &format!("{at}.fulfillment.quantityFulfilled"))?;
        let open = count(&done.quantity_unfulfilled, &format!("{at}.fulfillment.quantityUnfulfilled"))?;
        // What is neither sent nor to be sent is not wanted any more.
        let cancelled =
            shipped.zip(open).and_then(|(shipped, open)| ordered.checked_sub(shipped)?.checked_sub(open));
        let cancelled = cancelled.filter(|rest| *rest > Dec::ZERO);
        if shipped.is_some() || cancelled.is_some() {
            line.quantities = Some(Quantities { shipped, cancelled, ..Quantities::default() });
        }
        let far = shipped.map(|shipped| {
            if shipped <= Dec::ZERO {
                Fulfillment::Unfulfilled
            } else if open.is_some_and(|open| open > Dec::ZERO)
                || shipped + cancelled.unwrap_or_default() < ordered
            {
                Fulfillment::PartiallyShipped
            } else {
                Fulfillment::Shipped
            }
        });
        line.status = far.map(|far| LineStatus { fulfillment: Some(far), ..LineStatus::default() });
    }
    Ok(line)
}

fn cancellation(
    found: &mut Items,
    item: &theirs::Item<'_>,
    order: &theirs::Order<'_>,
    id: &str,
    ordered: Dec,
) {
    let Some(given) = &item.cancellation else { return };
    let Some(asked) = &given.cancellation_request else { return };
    let done = given.cancellation_execution.is_some();
    found.asked_to_cancel |= !done;
    let lines = (ordered > Dec::ZERO).then(|| AftersaleLine {
        line_key: id.to_owned(),
        quantity: ordered,
        ..AftersaleLine::default()
    });
    found.cases.push(Aftersale {
        aftersale_no: format!("{}-{id}-cancel", order.order_id.as_str().trim()),
        kind: Some(AftersaleKind::RefundOnly),
        phase: Some(AftersalePhase::BeforeShipping),
        status: Some(if done { AftersaleStatus::Closed } else { AftersaleStatus::Requested }),
        reason_raw: asked.cancel_reason.owned(),
        lines: lines.into_iter().collect(),
        ..Aftersale::default()
    });
}

fn customization(item: &theirs::Item<'_>) -> BTreeMap<String, String> {
    let gift = item.fulfillment.as_ref().and_then(|given| given.packing.as_ref()?.gift_option.as_ref());
    let customized = item.product.as_ref().and_then(|product| product.customization.as_ref());
    let fields = [
        ("gift_message", gift.and_then(|gift| gift.gift_message.owned())),
        ("gift_wrap", gift.and_then(|gift| gift.gift_wrap_level.owned())),
        ("customization_url", customized.and_then(|given| given.customized_url.owned())),
    ];
    fields.into_iter().filter_map(|(key, text)| Some((key.to_owned(), text?))).collect()
}

fn ext(item: &theirs::Item<'_>) -> crossdock_schemas::Ext {
    let mut own = Map::new();
    let mut put = |key: &str, value: Option<String>| {
        if let Some(value) = value {
            own.insert(key.to_owned(), Value::from(value));
        }
    };
    let condition = item.product.as_ref().and_then(|product| product.condition.as_ref());
    put("condition", condition.and_then(|condition| condition.condition_type.owned()));
    put("subcondition", condition.and_then(|condition| condition.condition_subtype.owned()));
    put("condition_note", condition.and_then(|condition| condition.condition_note.owned()));
    let price = item.product.as_ref().and_then(|product| product.price.as_ref());
    put("price_designation", price.and_then(|price| price.price_designation.owned()));
    // Goods by weight: the quantity counts pieces, this is how much each holds.
    put("measure", item.measurement.as_ref().and_then(|measure| measure.value.owned()));
    put("measure_unit", item.measurement.as_ref().and_then(|measure| measure.unit.owned()));
    let shipping = item.fulfillment.as_ref().and_then(|given| given.shipping.as_ref());
    put("ioss", shipping.and_then(|shipping| shipping.international_shipping.as_ref()?.ioss_number.owned()));
    let executed = item.cancellation.as_ref().and_then(|given| given.cancellation_execution.as_ref());
    put("cancelled_by", executed.and_then(|executed| executed.cancelled_by.owned()));
    put("cancel_reason", executed.and_then(|executed| executed.cancel_reason.owned()));
    let wishes = item.cancellation.as_ref().and_then(|given| given.cancellation_request.as_ref());
    put("cancel_requester", wishes.and_then(|wishes| wishes.requester.owned()));
    let mut promotions: Vec<&str> = item
        .promotion
        .iter()
        .flat_map(|promotion| &promotion.breakdowns)
        .filter_map(|promoted| promoted.promotion_id.text())
        .collect();
    promotions.sort_unstable();
    if !promotions.is_empty() {
        own.insert("promotions".to_owned(), promotions.into_iter().collect());
    }
    let mut programs: Vec<&str> = item.programs.iter().filter_map(|program| program.text()).collect();
    programs.sort_unstable();
    if !programs.is_empty() {
        own.insert("programs".to_owned(), programs.into_iter().collect());
    }
    let others = item.associated_order_items.iter().filter_map(|other| {
        let fields = [
            ("order", other.order_id.owned()),
            ("item", other.order_item_id.owned()),
            ("kind", other.association_type.owned()),
        ];
        let said: Map<String, Value> =
            fields.into_iter().filter_map(|(key, text)| Some((key.to_owned(), Value::from(text?)))).collect();
        (!said.is_empty()).then_some(Value::Object(said))
    });
    let others: Vec<Value> = others.collect();
    if !others.is_empty() {
        own.insert("associated".to_owned(), Value::Array(others));
    }
    wrap(own)
}
