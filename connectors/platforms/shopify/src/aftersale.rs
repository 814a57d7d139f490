//! Refunds. A refund is a case of its own, whether it came alone or inside an order: same number, same body.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crossdock_connector::{Issue, IssueKind, Result};
use crossdock_schemas::{
    Aftersale, AftersaleKind, AftersaleLine, AftersalePhase, AftersaleStatus, Dec, GoodsState, Money,
    Observation, Ts,
};

use crate::codes::{self, Restock};
use crate::normalize::{PLATFORM, Reading};
use crate::read::{dec, number, owned, required, shop_amount, shop_currency, text, time};
use crate::wire;

/// The case of one refund. `as_of` is the time of the order that held it.
pub(crate) fn observation(
    reading: &mut Reading<'_>,
    refund: &wire::Refund<'_>,
    order_no: &str,
    as_of: Option<Ts>,
    path: &str,
) -> Result<Observation> {
    let created = time(&refund.created_at, &format!("{path}.created_at"))?;
    let processed = time(&refund.processed_at, &format!("{path}.processed_at"))?;
    let (status, status_raw) = status(refund);
    if status == AftersaleStatus::Unknown {
        let word = status_raw.clone().unwrap_or_default();
        reading.issues.push(Issue::unmapped(format!("{path}.transactions"), word));
    }
    let (lines, restocks) = lines(reading, refund, path)?;
    let all = |wanted: Restock| !restocks.is_empty() && restocks.iter().all(|one| *one == wanted);
    let back = restocks.contains(&Restock::Back);
    let mut ext = Map::new();
    let shipping_refund = adjustments(reading, refund, path, &mut ext)?;
    let duties = shop_amount(&refund.total_duties_set, &format!("{path}.total_duties_set"))?;
    put_amount(&mut ext, "duties_refund", duties);
    let money = money(reading, refund, path)?;
    if let Some(currency) =
        line_currency(refund).filter(|own| money.as_ref().is_some_and(|m| m.currency != *own))
    {
        // The money moved in the buyer's currency, lines are stated in the shop's.
        ext.insert("line_currency".to_owned(), Value::from(currency));
    }
    let case = Aftersale {
        source: reading.source(as_of.or(processed.max(created))),
        aftersale_no: required(&refund.id, &format!("{path}.id"))?.to_owned(),
        kind: Some(if back { AftersaleKind::ReturnRefund } else { AftersaleKind::RefundOnly }),
        phase: all(Restock::NotSent).then_some(AftersalePhase::BeforeShipping),
        status: Some(status),
        status_raw,
        reason_raw: owned(&refund.note),
        lines,
        refund: money,
        shipping_refund,
        goods_state: if back {
            Some(GoodsState::Returned)
        } else {
            all(Restock::NotSent).then_some(GoodsState::NotReceived)
        },
        requested_at: created,
        modified_at: processed.or(created),
        closed_at: processed.or(created).filter(|_| status == AftersaleStatus::Refunded),
        ext: if ext.is_empty() { BTreeMap::new() } else { BTreeMap::from([(PLATFORM.to_owned(), ext)]) },
        ..Aftersale::default()
    };
    Ok(Observation::aftersale(case).with_refs(vec![reading.order_ref(order_no)]))
}

/// Where the case stands, and the word it was read from. A refund that exists was granted; the transaction
/// that went least well says whether its money moved.
pub(crate) fn status(refund: &wire::Refund<'_>) -> (AftersaleStatus, Option<String>) {
    let mut worst = (AftersaleStatus::Refunded, None);
    for word in transactions(refund).filter_map(|one| text(&one.status)) {
        match codes::refund(word) {
            None => return (AftersaleStatus::Unknown, Some(word.to_owned())),
            Some(AftersaleStatus::Refunded) if worst.1.is_some() => {}
            Some(found) => worst = (found, Some(word.to_owned())),
        }
    }
    worst
}

fn transactions<'r, 'a>(refund: &'r wire::Refund<'a>) -> impl Iterator<Item = &'r wire::Transaction<'a>> {
    let all = refund.transactions.as_deref().unwrap_or_default();
    all.iter().filter(|one| text(&one.kind) == Some("refund"))
}

/// Whether money went back.
pub(crate) fn money_moved(refund: &wire::Refund<'_>) -> bool {
    transactions(refund).any(|one| text(&one.status) == Some("success"))
}

/// The money that went back: never derived from lines, which may add up to something else.
fn money(reading: &mut Reading<'_>, refund: &wire::Refund<'_>, path: &str) -> Result<Option<Money>> {
    let mut sum: Option<(&str, Dec)> = None;
    for one in transactions(refund).filter(|one| text(&one.status) == Some("success")) {
        let at = || format!("{path}.transactions");
        let (Some(amount), Some(currency)) = (dec(&one.amount, at)?, text(&one.currency)) else { continue };
        match &mut sum {
            None => sum = Some((currency, amount)),
            Some((known, total)) if *known == currency => *total = *total + amount,
            Some(_) => {
                reading.issues.push(Issue::new(IssueKind::BadValue, at(), "refund in several currencies"));
                return Ok(None);
            }
        }
    }
    let nothing = || line_currency(refund).map(|currency| (currency, Dec::ZERO));
    Ok(sum.or_else(nothing).map(|(currency, amount)| Money::new(amount, currency)))
}

/// The shop's currency, in which lines are stated; the body has no field of its own for it.
fn line_currency<'r>(refund: &'r wire::Refund<'_>) -> Option<&'r str> {
    let lines = refund.refund_line_items.as_deref().unwrap_or_default();
    lines
        .iter()
        .find_map(|line| shop_currency(&line.subtotal_set))
        .or_else(|| shop_currency(&refund.total_duties_set))
}

fn lines(
    reading: &mut Reading<'_>,
    refund: &wire::Refund<'_>,
    path: &str,
) -> Result<(Vec<AftersaleLine>, Vec<Restock>)> {
    let given = refund.refund_line_items.as_deref().unwrap_or_default();
    let mut lines = Vec::with_capacity(given.len());
    let mut restocks = Vec::with_capacity(given.len());
    for (i, line) in given.iter().enumerate() {
        let at = |field: &str| format!("{path}.refund_line_items[{i}].{field}");
        if let Some(word) = text(&line.restock_type) {
            let found = codes::restock(word);
            restocks.push(reading.word(found, word, || at("restock_type")).unwrap_or(Restock::Unclear));
        } else {
            restocks.push(Restock::Unclear);
        }
        let goods = match shop_amount(&line.subtotal_set, &at("subtotal_set"))? {
            Some(amount) => Some(amount),
            None => dec(&line.subtotal, || at("subtotal"))?,
        };
        lines.push(AftersaleLine {
            line_key: required(&line.line_item_id, &at("line_item_id"))?.to_owned(),
            quantity: number(required(&line.quantity, &at("quantity"))?, || at("quantity"))?,
            amount: goods,
        });
    }
    Ok((lines, restocks))
}

/// What was paid back beside the lines: shipping as an amount, the rest as a note.
fn adjustments(
    reading: &mut Reading<'_>,
    refund: &wire::Refund<'_>,
    path: &str,
    ext: &mut Map<String, Value>,
) -> Result<Option<Dec>> {
    let (mut shipping, mut discrepancy, mut tax) = (None, None, None);
    let add = |sum: &mut Option<Dec>, amount: Dec| *sum = Some(sum.unwrap_or(Dec::ZERO) + amount);
    for (i, one) in refund.order_adjustments.as_deref().unwrap_or_default().iter().enumerate() {
        let at = |field: &str| format!("{path}.order_adjustments[{i}].{field}");
        let Some(amount) = (match shop_amount(&one.amount_set, &at("amount_set"))? {
            Some(amount) => Some(amount),
            None => dec(&one.amount, || at("amount"))?,
        }) else {
            continue;
        };
        match text(&one.kind).unwrap_or_default() {
            // Written from the shop's side: money that leaves is negative.
            "shipping_refund" => add(&mut shipping, -amount),
            "refund_discrepancy" => add(&mut discrepancy, -amount),
            other => reading.issues.push(Issue::unmapped(at("kind"), other)),
        }
    }
    if shipping.is_none() {
        for (i, one) in refund.refund_shipping_lines.as_deref().unwrap_or_default().iter().enumerate() {
            let at = format!("{path}.refund_shipping_lines[{i}].subtotal_amount_set");
            if let Some(amount) = shop_amount(&one.subtotal_amount_set, &at)? {
                add(&mut shipping, amount);
            }
        }
    }
    for (i, line) in refund.refund_line_items.as_deref().unwrap_or_default().iter().enumerate() {
        let at = |field: &str| format!("{path}.refund_line_items[{i}].{field}");
        let amount = match shop_amount(&line.total_tax_set, &at("total_tax_set"))? {
            Some(amount) => Some(amount),
            None => dec(&line.total_tax, || at("total_tax"))?,
        };
        if let Some(amount) = amount {
            add(&mut tax, amount);
        }
    }
    put_amount(ext, "discrepancy", discrepancy);
    put_amount(ext, "line_tax", tax);
    Ok(shipping)
}

fn put_amount(ext: &mut Map<String, Value>, name: &str, amount: Option<Dec>) {
    if let Some(amount) = amount.filter(|amount| !amount.is_zero()) {
        ext.insert(name.to_owned(), Value::from(amount.to_string()));
    }
}
