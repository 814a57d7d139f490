//! Where an order stands: the platform's two status codes, its steps of payment and the cases of its lines, put on our
//! independent axes. What the codes do not say stays as it is known.

use crossdock_schemas::{AftersaleState, Fulfillment, Hold, Lifecycle, PaymentState, PresaleStage, Status};

use super::Reading;
use crate::codes::OrderStatus;
use crate::wire::{Line, Order, Phase, Value, text, told};

/// The axes of an order.
pub(super) fn status(reading: &mut Reading<'_>, order: &Order<'_>) -> Status {
    let (row, raw) = decisive(reading, order);
    let mut status = Status {
        lifecycle: row.and_then(|row| row.lifecycle),
        lifecycle_raw: raw.map(str::to_owned),
        payment: row.and_then(|row| row.payment),
        fulfillment: row.and_then(|row| row.fulfillment),
        fulfillment_raw: row.and_then(|row| row.fulfillment).and(raw).map(str::to_owned),
        presale: presale(order, row),
        ..Status::default()
    };
    let cases: Vec<Option<AftersaleState>> =
        order.sku_order_list.iter().enumerate().map(|(at, line)| case(reading, line, at)).collect();
    status.aftersale = together(&cases);
    status.payment = payment(order, &status, row.is_some_and(|row| row.refunded));
    holds(order, row, &cases, &mut status);
    status
}

/// The row that decides. The main status says more only where a refund ended the order.
fn decisive<'v>(reading: &mut Reading<'_>, order: &'v Order<'_>) -> (Option<OrderStatus>, Option<&'v str>) {
    let look = |reading: &mut Reading<'_>, value: &'v Value<'_>, field: &str| {
        let code = told(value)?;
        let found = reading.of.codes.order_status.get(code).copied();
        if found.is_none() {
            reading.unmapped(field, code);
        }
        Some((found, code))
    };
    let main = look(reading, &order.main_status, "main_status");
    // Refunded is no status of the order itself.
    let own = look(reading, &order.order_status, "order_status");
    match (own, main) {
        (_, Some((Some(row), code))) if row.refunded => (Some(row), Some(code)),
        (Some((row, code)), _) => (row, Some(code)),
        (None, Some((row, code))) => (row, Some(code)),
        (None, None) => (None, None),
    }
}

/// The steps of a sale that is paid in steps, first to last.
pub(super) fn phases<'o, 'a>(order: &'o Order<'a>) -> Vec<&'o Phase<'a>> {
    let mut phases: Vec<&Phase<'_>> = order.order_phase_list.iter().collect();
    let number = |phase: &Phase<'_>| text(&phase.current_phase).and_then(|text| text.parse::<u32>().ok());
    phases.sort_by_key(|phase| number(phase));
    phases
}

/// Whether a step is paid.
pub(super) fn is_paid(phase: &Phase<'_>) -> bool {
    matches!(text(&phase.pay_success), Some("true" | "1"))
}

fn presale(order: &Order<'_>, row: Option<OrderStatus>) -> Option<PresaleStage> {
    let phases = phases(order);
    let (first, last) = (phases.first()?, phases.last()?);
    let ended = row.and_then(|row| row.lifecycle) == Some(Lifecycle::Cancelled);
    Some(match (is_paid(first), is_paid(last)) {
        (true, true) => PresaleStage::BalancePaid,
        (true, false) if ended => PresaleStage::Failed,
        (true, false) => PresaleStage::DepositPaid,
        (false, _) => PresaleStage::DepositDue,
    })
}

fn payment(order: &Order<'_>, status: &Status, refunded: bool) -> Option<PaymentState> {
    if refunded {
        return Some(PaymentState::Refunded);
    }
    let paid = told(&order.pay_time).is_some();
    let back = order
        .sku_order_list
        .iter()
        .any(|line| line.after_sale_info.as_ref().is_some_and(|case| text(&case.refund_status) == Some("3")));
    let base = match (status.payment, status.presale) {
        (Some(PaymentState::Unpaid), Some(PresaleStage::DepositPaid)) => Some(PaymentState::PartiallyPaid),
        // Cash: sent before anybody paid.
        (Some(PaymentState::Paid), _)
            if !paid
                && text(&order.pay_type) == Some("0")
                && status.lifecycle != Some(Lifecycle::Completed) =>
        {
            Some(PaymentState::CodPending)
        }
        (Some(state), _) => Some(state),
        // Cancelled: what was paid goes back by a case of its own.
        (None, Some(PresaleStage::Failed)) => Some(PaymentState::PartiallyPaid),
        (None, _) if status.lifecycle == Some(Lifecycle::Cancelled) && !paid => Some(PaymentState::Voided),
        (None, _) if status.lifecycle == Some(Lifecycle::Cancelled) && back => Some(PaymentState::Paid),
        (None, _) => None,
    };
    match base {
        Some(PaymentState::Paid) if back => Some(PaymentState::PartiallyRefunded),
        base => base,
    }
}

/// The state of a line's case.
pub(super) fn case(reading: &mut Reading<'_>, line: &Line<'_>, at: usize) -> Option<AftersaleState> {
    let info = line.after_sale_info.as_ref()?;
    let code = text(&info.after_sale_status)?;
    if code == "0" {
        return Some(AftersaleState::None);
    }
    let found = reading.of.codes.case_status.get(code).map(|row| row.state);
    if found.is_none() {
        reading.unmapped(format_args!("sku_order_list[{at}].after_sale_info.after_sale_status"), code);
    }
    Some(found.unwrap_or(AftersaleState::Unknown))
}

fn together(cases: &[Option<AftersaleState>]) -> Option<AftersaleState> {
    for state in [AftersaleState::Unknown, AftersaleState::Open, AftersaleState::Closed, AftersaleState::None]
    {
        if cases.contains(&Some(state)) {
            // One that nobody knows may be open.
            return (state != AftersaleState::Unknown).then_some(state);
        }
    }
    None
}

/// Whether nothing of a line has left yet.
fn waits(row: Option<OrderStatus>) -> bool {
    matches!(
        row.and_then(|row| row.fulfillment),
        Some(Fulfillment::Unfulfilled | Fulfillment::PartiallyShipped)
    )
}

/// Says out loud that nothing holds an order that is told in part: only so does it end an earlier hold. Of an order that
/// does not say where the cases of its lines are, nobody knows.
pub(super) fn no_hold(order: &Order<'_>, status: &mut Status) {
    let cases =
        status.aftersale.is_some() && order.sku_order_list.iter().all(|line| line.after_sale_info.is_some());
    if cases && status.hold.is_empty() && status.lifecycle.is_some() {
        status.hold_raw = told(&order.order_status).map(|code| format!("order_status={code}"));
    }
}

/// Everything that keeps an order that looks paid from being shipped.
fn holds(order: &Order<'_>, row: Option<OrderStatus>, cases: &[Option<AftersaleState>], status: &mut Status) {
    let mut why: Vec<String> = Vec::new();
    if let Some(hold) = row.and_then(|row| row.hold) {
        status.hold.push(hold);
        why.push(format!("order_status={}", text(&order.order_status).unwrap_or_default()));
    }
    let not_sent = |line: &Line<'_>| matches!(text(&line.order_status), Some("1" | "103" | "105" | "2"));
    if waits(row) {
        for (line, case) in order.sku_order_list.iter().zip(cases) {
            if *case == Some(AftersaleState::Open) && not_sent(line) {
                let id = text(&line.order_id).unwrap_or_default();
                why.push(format!("after_sale_info of {id}"));
                if !status.hold.contains(&Hold::Platform) {
                    status.hold.push(Hold::Platform);
                }
            }
        }
    }
    why.sort_unstable();
    status.hold_raw = (!why.is_empty()).then(|| why.join(";"));
}
