//! Where an order stands: the platform's one status, the presale step, the refunds of the lines and cash on
//! delivery, put on our independent axes.

use crossdock_schemas::{AftersaleState, Fulfillment, Hold, Lifecycle, PaymentState, PresaleStage, Status};

use super::Reading;
use crate::wire::{SubOrder, Trade, text};

/// The axes of a trade.
pub(super) fn status(reading: &mut Reading<'_>, trade: &Trade<'_>) -> Status {
    let mut status = Status::default();
    if let Some(code) = text(&trade.status) {
        let raw = || Some(code.to_owned());
        (status.lifecycle_raw, status.payment_raw, status.fulfillment_raw) = (raw(), raw(), raw());
        if let Some(row) = reading.of.codes.trade_status.get(code) {
            status.lifecycle = Some(row.lifecycle);
            status.payment = Some(row.payment);
            status.fulfillment = row.fulfillment;
            if let Some(hold) = row.hold {
                status.hold.push(hold);
                status.hold_raw = raw();
            }
        } else {
            reading.unmapped("status", code);
            status.lifecycle = Some(Lifecycle::Unknown);
            status.payment = Some(PaymentState::Unknown);
            status.fulfillment = Some(Fulfillment::Unknown);
        }
    }
    cash_on_delivery(trade, &mut status);
    presale(reading, trade, &mut status);
    aftersale(reading, trade, &mut status);
    // Documented as "0 not held, 1 held by the platform".
    if text(&trade.top_hold) == Some("1") && !status.hold.contains(&Hold::Platform) {
        status.hold.push(Hold::Platform);
        status.hold_raw = Some("top_hold=1".to_owned());
    }
    status
}

/// A trade that was closed after its parcel was refused or never went out: nothing was paid at the door.
pub(super) fn refused_at_the_door(trade: &Trade<'_>) -> bool {
    text(&trade.kind) == Some("cod")
        && text(&trade.status) == Some("TRADE_CLOSED")
        && text(&trade.cod_status).is_some_and(|code| code != "SIGN_IN")
}

/// With cash on delivery the platform's "paid" statuses only say that the seller may ship.
fn cash_on_delivery(trade: &Trade<'_>, status: &mut Status) {
    if text(&trade.kind) != Some("cod") {
        return;
    }
    let signed = matches!(text(&trade.status), Some("TRADE_BUYER_SIGNED" | "TRADE_FINISHED"));
    match status.payment {
        Some(PaymentState::Paid) if !signed => status.payment = Some(PaymentState::CodPending),
        Some(PaymentState::Refunded) if refused_at_the_door(trade) => {
            status.payment = Some(PaymentState::Voided);
        }
        _ => {}
    }
}

/// A paid deposit is not a paid order, whatever the trade status says.
fn presale(reading: &mut Reading<'_>, trade: &Trade<'_>, status: &mut Status) {
    let Some(code) = text(&trade.step_trade_status) else { return };
    status.presale_raw = Some(code.to_owned());
    let Some(row) = reading.of.codes.step_status.get(code).copied() else {
        reading.unmapped("step_trade_status", code);
        status.presale = Some(PresaleStage::Unknown);
        return;
    };
    status.presale = Some(row.stage);
    if let (Some(payment), Some(PaymentState::Unpaid | PaymentState::Paid | PaymentState::Voided)) =
        (row.payment, status.payment)
    {
        // A trade that was closed before any payment stays voided; a forfeited deposit does not.
        if row.lifecycle.is_some() || status.payment != Some(PaymentState::Voided) {
            status.payment = Some(payment);
        }
    }
    // A status we do not know stays unknown, whatever the step says.
    if row.lifecycle.is_some() && status.lifecycle != Some(Lifecycle::Unknown) {
        status.lifecycle = row.lifecycle;
    }
}

/// A refunded line leaves its trade open; the money of the trade is then partly back.
fn aftersale(reading: &Reading<'_>, trade: &Trade<'_>, status: &mut Status) {
    let mut state = None;
    for order in &trade.orders {
        state = match (state, line_aftersale(reading, order)) {
            (before, None) => before,
            (None, now) => now,
            (Some(before), Some(now)) if weight(now) > weight(before) => Some(now),
            (before, Some(_)) => before,
        };
        // A case may also end well without money going back (exchange, resend): only a closed line proves it.
        if text(&order.status) == Some("TRADE_CLOSED") && status.payment == Some(PaymentState::Paid) {
            status.payment = Some(PaymentState::PartiallyRefunded);
        }
    }
    status.aftersale = state;
}

/// One open case keeps the order's axis open.
fn weight(state: AftersaleState) -> u8 {
    match state {
        AftersaleState::None => 0,
        AftersaleState::Closed => 1,
        AftersaleState::Unknown => 2,
        AftersaleState::Open => 3,
    }
}

/// After-sale state of one sub-order; a code without a row is unknown (the line says so in an issue).
pub(super) fn line_aftersale(reading: &Reading<'_>, order: &SubOrder<'_>) -> Option<AftersaleState> {
    let code = text(&order.refund_status)?;
    Some(reading.of.codes.refund_status.get(code).map_or(AftersaleState::Unknown, |row| row.state))
}
