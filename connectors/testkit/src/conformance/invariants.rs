//! What must be true of every observation, whoever mapped it. Goldens say what the code does; this says what
//! it must not do.

use crossdock_connector::{IssueKind, Normalized};
use crossdock_schemas::{
    Aftersale, Dec, DeliveredTo, Entity, Fulfillment, Order, OrderLine, Parcel, ParcelStatus, TrackingEvent,
    Ts,
};
use serde_json::Value;

use super::golden;
use super::report::Findings;
use super::suite::Suite;

pub(super) fn check(suite: &Suite<'_>, findings: &mut Findings) {
    suite.each_case(findings, |case, part, findings| {
        let Ok(normalized) = golden::normalize(part, &case.capture) else { return };
        for (at, observation) in normalized.observations.iter().enumerate() {
            let place = format!("{}, observation {at}", case.label());
            times(&place, &golden::observation_json(observation), "$", findings);
            match &observation.entity {
                Entity::Order(order) => self::order(&place, order, &normalized, findings),
                Entity::Aftersale(case) => aftersale(&place, case, findings),
                Entity::Parcel(parcel) => self::parcel(&place, parcel, findings),
                Entity::Inventory(_) => {}
            }
        }
    });
}

/// No time before parcels had numbers, none after anybody's order.
fn times(place: &str, value: &Value, path: &str, findings: &mut Findings) {
    match value {
        Value::String(text) if text.len() >= 20 && text.as_bytes().get(10) == Some(&b'T') => {
            if let Ok(ts) = text.parse::<Ts>() {
                let year = ts.at.to_zoned(jiff::tz::TimeZone::UTC).year();
                findings.expect((2000..2100).contains(&year), place, format!("{path} is {text}"));
            }
        }
        Value::Object(map) => {
            map.iter().for_each(|(key, inner)| times(place, inner, &format!("{path}.{key}"), findings));
        }
        Value::Array(items) => {
            items
                .iter()
                .enumerate()
                .for_each(|(at, inner)| times(place, inner, &format!("{path}[{at}]"), findings));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn order(place: &str, order: &Order, normalized: &Normalized, findings: &mut Findings) {
    let told = normalized.issues.iter().any(|issue| issue.kind == IssueKind::AmountMismatch);
    for line in &order.lines {
        let name = line.line_key.as_deref().unwrap_or_default();
        self::line(&format!("{place}, line {name}"), line, told, findings);
    }
    for discount in &order.discounts {
        findings.expect(
            !discount.amount.is_negative(),
            place,
            format!("discount {} is negative", discount.amount),
        );
        let shares: Dec = discount.allocations.iter().map(|share| share.amount).sum();
        let whole = discount.allocations.is_empty() || shares == discount.amount || told;
        findings.expect(whole, place, format!("shares {shares} are not the discount {}", discount.amount));
        for share in &discount.allocations {
            let there =
                order.lines.iter().any(|line| line.line_key.as_deref() == Some(share.line_key.as_str()));
            findings.expect(
                there || order.lines.is_empty(),
                place,
                format!("a share for the missing line {}", share.line_key),
            );
        }
    }
    if let Some(currency) = &order.currency {
        let iso = currency.len() == 3 && currency.bytes().all(|byte| byte.is_ascii_uppercase());
        findings.expect(iso, place, format!("currency `{currency}`"));
    }
    if let Some(off) = sums(order)
        && !told
    {
        findings.note(place, format!("totals do not add up ({off}), and no issue `amount_mismatch` says so"));
    }
    let later = [
        ("paid_at", order.paid_at),
        ("shipped_at", order.shipped_at),
        ("delivered_at", order.delivered_at),
        ("completed_at", order.completed_at),
        ("cancelled_at", order.cancelled_at),
    ];
    for (what, time) in later {
        let after = order.placed_at.is_none_or(|placed| time.is_none_or(|time| time >= placed));
        findings.expect(after, place, format!("{what} is before the order was placed"));
    }
    let goods = order.status.fulfillment;
    let delivered = matches!(
        goods,
        None | Some(Fulfillment::Delivered | Fulfillment::PartiallyReturned | Fulfillment::Returned)
    );
    findings.expect(
        order.delivered_at.is_none() || delivered,
        place,
        format!("delivered_at with goods {goods:?}"),
    );
}

fn line(place: &str, line: &OrderLine, told: bool, findings: &mut Findings) {
    findings.expect(line.quantity > Dec::ZERO, place, format!("quantity {}", line.quantity));
    if let (Some(total), Some(payable)) = (line.line_total, line.payable) {
        let share = line.allocated_discount.unwrap_or(Dec::ZERO);
        let adds_up = total.checked_sub(share) == Some(payable);
        findings.expect(adds_up || told, place, format!("payable {payable} is not {total} less {share}"));
    }
    let parts = line
        .quantities
        .iter()
        .flat_map(|part| [part.shipped, part.delivered, part.cancelled, part.returned, part.refunded]);
    for part in parts.flatten() {
        findings.expect(!part.is_negative(), place, format!("a part of the quantity is {part}"));
    }
}

/// By how much the totals are off: goods - discount + shipping + fees + tax + duties + rounding = payable, where
/// tax may be in the prices. `None` when they add up or not enough is known.
fn sums(order: &Order) -> Option<String> {
    let totals = &order.totals;
    let (goods, payable) = (totals.goods?, totals.payable?);
    let known = |part: Option<Dec>| part.unwrap_or(Dec::ZERO);
    let sum = goods
        .checked_sub(known(totals.discount))?
        .checked_add(known(totals.shipping))?
        .checked_add(known(totals.fees))?
        .checked_add(known(totals.rounding))?;
    let tax = known(totals.tax);
    let duties = known(totals.duties);
    let taxes: &[Dec] = match order.prices_include_tax {
        Some(true) => &[Dec::ZERO],
        Some(false) => &[tax],
        None => &[tax, Dec::ZERO],
    };
    let fits = taxes.iter().any(|tax| {
        let taxed = sum.checked_add(*tax);
        taxed == Some(payable) || taxed.and_then(|taxed| taxed.checked_add(duties)) == Some(payable)
    });
    (!fits).then(|| format!("{sum} before tax {tax} and duties {duties}, payable {payable}"))
}

fn aftersale(place: &str, case: &Aftersale, findings: &mut Findings) {
    if let Some(refund) = &case.refund {
        findings.expect(!refund.amount.is_negative(), place, format!("refund {} is negative", refund.amount));
    }
    for line in &case.lines {
        findings.expect(
            line.quantity > Dec::ZERO,
            place,
            format!("quantity {} of {}", line.quantity, line.line_key),
        );
    }
    let ends = case.requested_at.is_none_or(|from| case.closed_at.is_none_or(|to| to >= from));
    findings.expect(ends, place, "closed before it was requested");
}

fn parcel(place: &str, parcel: &Parcel, findings: &mut Findings) {
    let arrived = matches!(
        parcel.status,
        None | Some(ParcelStatus::Delivered | ParcelStatus::Returning | ParcelStatus::Returned)
    );
    findings.expect(
        parcel.delivered_at.is_none() || arrived,
        place,
        format!("delivered_at with status {:?}", parcel.status),
    );
    let number = parcel.tracking_no.as_str();
    let plain =
        !number.is_empty() && !number.chars().any(|letter| letter.is_whitespace() || letter.is_lowercase());
    findings.expect(plain, place, format!("tracking number `{number}` is not upper case without blanks"));
    for (at, event) in parcel.events.iter().enumerate() {
        scan(&format!("{place}, scan {at}"), event, findings);
    }
}

fn scan(place: &str, event: &TrackingEvent, findings: &mut Findings) {
    let handed_over = matches!(
        event.status,
        ParcelStatus::Delivered | ParcelStatus::AvailableForPickup | ParcelStatus::Returned
    );
    findings.expect(
        event.delivered_to.is_none() || handed_over,
        place,
        format!("delivered_to with status {}", event.status),
    );
    let home = event.status == ParcelStatus::Delivered && event.delivered_to == Some(DeliveredTo::Sender);
    findings.expect(!home, place, "delivered to its sender: that is `returned`");
    // A customer must never be told of a problem that has no name at all.
    let named = event.status != ParcelStatus::Exception
        || event.reason.is_some()
        || event.code_raw.is_some()
        || event.description.is_some();
    findings.expect(named, place, "an exception without reason, code or text");
}
