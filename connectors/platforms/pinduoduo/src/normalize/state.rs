//! Where an order stands: the platform's five codes and the presale step, put on our independent axes.

use crossdock_schemas::{AftersaleState, Fulfillment, Hold, Lifecycle, PaymentState, PresaleStage, Status};

use super::{Reading, yes};
use crate::codes;
use crate::wire::{Order, Value, text};

/// The axes of an order.
pub(super) fn status(reading: &mut Reading<'_>, order: &Order<'_>) -> Status {
    let mut status = Status::default();
    goods(reading, order, &mut status);
    presale(reading, order, &mut status);
    life(reading, order, &mut status);
    money(reading, order, &mut status);
    aftersale(reading, order, &mut status);
    holds(reading, order, &mut status);
    status
}

fn raw(value: &Value<'_>) -> Option<String> {
    text(value).map(str::to_owned)
}

fn goods(reading: &mut Reading<'_>, order: &Order<'_>, status: &mut Status) {
    let Some(code) = text(&order.order_status) else { return };
    status.fulfillment_raw = Some(code.to_owned());
    status.fulfillment = codes::fulfillment(code);
    if status.fulfillment.is_none() {
        reading.unmapped("order_status", code);
        status.fulfillment = Some(Fulfillment::Unknown);
    }
}

fn presale(reading: &mut Reading<'_>, order: &Order<'_>, status: &mut Status) {
    let Some(code) = order.step_order_info.as_ref().and_then(|step| text(&step.step_trade_status)) else {
        return;
    };
    status.presale_raw = Some(code.to_owned());
    status.presale = codes::step(code);
    if status.presale.is_none() {
        reading.unmapped("step_order_info.step_trade_status", code);
        status.presale = Some(PresaleStage::Unknown);
    }
}

fn life(reading: &mut Reading<'_>, order: &Order<'_>, status: &mut Status) {
    let Some(code) = text(&order.confirm_status) else { return };
    status.lifecycle_raw = raw(&order.confirm_status);
    let received = status.fulfillment == Some(Fulfillment::Delivered) && text(&order.receive_time).is_some();
    status.lifecycle = Some(match code {
        "0" => Lifecycle::Placed,
        "1" if text(&order.refund_status) == Some("4") => Lifecycle::Closed,
        "1" if received && reading.of.config.received_is_completed => Lifecycle::Completed,
        "1" => Lifecycle::Confirmed,
        "2" => Lifecycle::Cancelled,
        other => {
            reading.unmapped("confirm_status", other);
            Lifecycle::Unknown
        }
    });
}

fn money(reading: &mut Reading<'_>, order: &Order<'_>, status: &mut Status) {
    status.payment_raw = raw(&order.refund_status);
    let paid = match (text(&order.confirm_status), status.presale) {
        (_, Some(PresaleStage::Unknown)) => Some(PaymentState::Unknown),
        (_, Some(PresaleStage::DepositPaid)) => Some(PaymentState::PartiallyPaid),
        (_, Some(PresaleStage::DepositDue)) => Some(PaymentState::Unpaid),
        (_, Some(PresaleStage::BalancePaid)) | (Some("1"), _) => Some(PaymentState::Paid),
        // A group that is still open, or failed, was paid by those who joined it.
        _ if text(&order.pay_time).is_some() => Some(PaymentState::Paid),
        (Some("0"), _) => Some(PaymentState::Unpaid),
        (Some("2"), _) => Some(PaymentState::Voided),
        _ => None,
    };
    status.payment = match text(&order.refund_status) {
        Some("4") => Some(PaymentState::Refunded),
        Some("1" | "2" | "3") | None => paid,
        Some(other) => {
            reading.unmapped("refund_status", other);
            Some(PaymentState::Unknown)
        }
    };
}

/// The two codes tell of the same cases; `refund_status` knows none of exchanges and repairs.
fn aftersale(reading: &mut Reading<'_>, order: &Order<'_>, status: &mut Status) {
    let code = text(&order.after_sales_status);
    status.aftersale_raw = code.map(str::to_owned);
    let case = match code {
        Some(code) => match reading.of.codes.case_status.get(code) {
            Some(row) => Some(row.state),
            None => {
                reading.unmapped("after_sales_status", code);
                status.aftersale = Some(AftersaleState::Unknown);
                return;
            }
        },
        None => None,
    };
    status.aftersale = match (text(&order.refund_status), case) {
        (Some("2" | "3"), _) | (_, Some(AftersaleState::Open)) => Some(AftersaleState::Open),
        (Some("4"), _) => Some(AftersaleState::Closed),
        (_, Some(state)) => Some(state),
        // 1 is both "never" and "closed"; alone it says that nothing is open.
        (Some("1"), None) => Some(AftersaleState::None),
        (_, None) => None,
    };
}

/// Everything that keeps an order that looks paid from being shipped. What has left is not held any more.
fn holds(reading: &mut Reading<'_>, order: &Order<'_>, status: &mut Status) {
    let mut why: Vec<String> = Vec::new();
    let mut hold = |hold: Hold, field: &str, code: &str| {
        why.push(format!("{field}={code}"));
        if !status.hold.contains(&hold) {
            status.hold.push(hold);
        }
    };
    match text(&order.risk_control_status) {
        None | Some("0") => {}
        Some("1") => hold(Hold::Risk, "risk_control_status", "1"),
        Some(other) => {
            reading.unmapped("risk_control_status", other);
            hold(Hold::Unknown, "risk_control_status", other);
        }
    }
    let waits =
        matches!(text(&order.order_status), None | Some("1")) && text(&order.confirm_status) != Some("2");
    match text(&order.is_lucky_flag) {
        None | Some("0" | "1") => {}
        // Only the winners' orders are shipped, and nothing says yet who won.
        Some("2") if waits => hold(Hold::Platform, "is_lucky_flag", "2"),
        Some("2") => {}
        Some(other) => {
            reading.unmapped("is_lucky_flag", other);
            hold(Hold::Unknown, "is_lucky_flag", other);
        }
    }
    match text(&order.group_status) {
        None | Some("1" | "2") => {}
        Some("0") if waits => hold(Hold::Platform, "group_status", "0"),
        Some("0") => {}
        Some(other) => {
            reading.unmapped("group_status", other);
            hold(Hold::Unknown, "group_status", other);
        }
    }
    if waits {
        if let Some(code @ ("2" | "3")) = text(&order.refund_status) {
            hold(Hold::Platform, "refund_status", code);
        }
        // The tag 暂停发货: the platform has stopped shipping of this order.
        if order.order_tag_list.iter().any(|tag| text(&tag.name) == Some("ship_hold") && yes(&tag.value)) {
            hold(Hold::Platform, "order_tag_list.ship_hold", "1");
        }
        if yes(&order.is_stock_out) && text(&order.stock_out_handle_status) == Some("0") {
            hold(Hold::Stock, "stock_out_handle_status", "0");
        }
    }
    status.hold_raw = if why.is_empty() {
        // Said out loud: only so does a statement without holds end an earlier one.
        text(&order.risk_control_status).map(|code| format!("risk_control_status={code}"))
    } else {
        Some(why.join(";"))
    };
}
