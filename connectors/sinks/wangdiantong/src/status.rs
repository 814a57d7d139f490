//! Six independent axes of ours, one list of codes of theirs.

use crossdock_connector::{Error, ErrorKind, Result};
use crossdock_schemas::{
    AftersaleState, Dec, Fulfillment, Lifecycle, Order, OrderLine, PaymentKind, PaymentState, PresaleStage,
};

use crate::config::{Config, Held, Push, StatusWord};

/// The state of an order in WDT's words, from the axes.
///
/// # Errors
/// `Rejected` when nobody says whether the order is paid.
pub(crate) fn order(order: &Order) -> Result<StatusWord> {
    let paid = was_paid(order);
    if order.status.lifecycle == Some(Lifecycle::Cancelled) {
        return Ok(if paid == Some(true) { StatusWord::Refunded } else { StatusWord::Closed });
    }
    match order.status.payment {
        Some(PaymentState::Refunded) => return Ok(StatusWord::Refunded),
        Some(PaymentState::Voided) => return Ok(StatusWord::Closed),
        _ => {}
    }
    if order.status.lifecycle == Some(Lifecycle::Completed) {
        return Ok(StatusWord::Completed);
    }
    if let Some(word) = shipped(order.status.fulfillment) {
        return Ok(word);
    }
    match (order.status.payment, order.status.presale) {
        (_, Some(PresaleStage::DepositPaid | PresaleStage::BalanceDue)) => Ok(StatusWord::DepositPaid),
        (Some(PaymentState::PartiallyPaid), _) => Ok(StatusWord::DepositPaid),
        (Some(PaymentState::CodPending), _) => Ok(StatusWord::ToShip),
        _ => match paid {
            Some(true) => Ok(StatusWord::ToShip),
            Some(false) => Ok(StatusWord::Unpaid),
            None => {
                let word = order.status.payment_raw.as_deref().unwrap_or("nothing");
                let what =
                    format!("the order does not say whether it is paid: its payment state is `{word}`");
                Err(Error::new(ErrorKind::Rejected, what))
            }
        },
    }
}

/// What goods in this state are called; nothing while they are not shipped.
fn shipped(fulfillment: Option<Fulfillment>) -> Option<StatusWord> {
    match fulfillment? {
        Fulfillment::PartiallyShipped => Some(StatusWord::PartlyShipped),
        Fulfillment::Shipped
        | Fulfillment::PartiallyDelivered
        | Fulfillment::Delivered
        | Fulfillment::PartiallyReturned
        | Fulfillment::Returned => Some(StatusWord::Shipped),
        Fulfillment::Unfulfilled | Fulfillment::Unknown => None,
    }
}

/// Whether money ever arrived; nothing when nobody says.
pub(crate) fn was_paid(order: &Order) -> Option<bool> {
    match order.status.payment {
        Some(PaymentState::Paid | PaymentState::PartiallyRefunded | PaymentState::Refunded) => Some(true),
        Some(
            PaymentState::Unpaid
            | PaymentState::Authorized
            | PaymentState::Failed
            | PaymentState::Voided
            | PaymentState::PartiallyPaid
            | PaymentState::CodPending,
        ) => Some(false),
        Some(PaymentState::Unknown) | None => order.paid_at.map(|_| true),
    }
}

/// Whether it is paid at the door.
pub(crate) fn at_the_door(order: &Order) -> bool {
    order.status.payment == Some(PaymentState::CodPending)
        || order.payments.iter().any(|payment| payment.kind == PaymentKind::Cod)
}

/// `pay_status`: 0 nothing, 1 a part, 2 all.
pub(crate) fn payment(order: &Order, word: StatusWord) -> u32 {
    match word {
        StatusWord::DepositPaid => 1,
        _ if was_paid(order) == Some(true) => 2,
        _ => 0,
    }
}

/// Why nothing is pushed for an order in this state, if so.
pub(crate) fn nothing_to_do(config: &Config, order: &Order, word: StatusWord) -> Option<&'static str> {
    let waiting = matches!(word, StatusWord::Unpaid | StatusWord::DepositPaid | StatusWord::ToShip);
    if config.push == Push::Paid
        && matches!(word, StatusWord::Unpaid | StatusWord::DepositPaid | StatusWord::Closed)
    {
        return Some("not paid");
    }
    if waiting && config.held == Held::KeepBack && !order.status.hold.is_empty() {
        return Some("on hold");
    }
    if code(config, word).is_none() {
        return Some("the goods are out, and this generation has no word for that");
    }
    None
}

/// The code of a state.
pub(crate) fn code(config: &Config, word: StatusWord) -> Option<u32> {
    config.statuses.get(&word).copied().or_else(|| word.code(config.generation))
}

/// The state of a line: that of its order, unless its goods are further or were called off alone.
pub(crate) fn line(order: StatusWord, line: &OrderLine) -> StatusWord {
    let all = |count: Option<Dec>| count.is_some_and(|count| count >= line.quantity);
    let counted = line.quantities.as_ref();
    match order {
        StatusWord::ToShip | StatusWord::PartlyShipped | StatusWord::Shipped => {
            if all(counted.and_then(|counted| counted.refunded)) {
                return StatusWord::Refunded;
            }
            if order == StatusWord::Shipped {
                return StatusWord::Shipped;
            }
            let fulfillment = line.status.as_ref().and_then(|status| status.fulfillment);
            let out = all(counted.and_then(|counted| counted.shipped));
            match shipped(fulfillment).or(out.then_some(StatusWord::Shipped)) {
                Some(word) => word,
                None => StatusWord::ToShip,
            }
        }
        other => other,
    }
}

/// `refund_status` of a line: 0 none, 1 given up, 2 asked for, 5 done. It is what stops the picker.
pub(crate) fn refund(word: StatusWord, line: &OrderLine) -> u32 {
    if word == StatusWord::Refunded {
        return 5;
    }
    let counted = line.quantities.as_ref();
    let some = counted.and_then(|counted| counted.refunded).is_some_and(|count| !count.is_zero());
    match line.status.as_ref().and_then(|status| status.aftersale) {
        Some(AftersaleState::Open) => 2,
        // A part went back and the rest is still to be shipped: no code says so, and people have to look.
        Some(AftersaleState::Closed) if some => 2,
        Some(AftersaleState::Closed) => 1,
        Some(AftersaleState::None | AftersaleState::Unknown) | None => 0,
    }
}

/// `refund_status` of the head, of `qjb`: 0 none, 1 asked for, 2 a part, 3 all.
pub(crate) fn refund_of_all(lines: &[u32]) -> u32 {
    let done = lines.iter().filter(|code| **code == 5).count();
    match done {
        0 if lines.iter().any(|code| (2..5).contains(code)) => 1,
        0 => 0,
        all if all == lines.len() => 3,
        _ => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(status: &str) -> Order {
        let text = format!(
            r#"{{"source":{{"platform":"taobao","shop":"1"}},"order_no":"1","kind":"sale","status":{status}}}"#
        );
        serde_json::from_str(&text).unwrap()
    }

    #[test]
    fn the_axes_give_one_word() {
        for (status, expected) in [
            (r#"{"lifecycle":"placed","payment":"unpaid","fulfillment":"unfulfilled"}"#, StatusWord::Unpaid),
            (r#"{"lifecycle":"placed","payment":"authorized"}"#, StatusWord::Unpaid),
            (r#"{"lifecycle":"placed","payment":"partially_paid"}"#, StatusWord::DepositPaid),
            (r#"{"lifecycle":"placed","payment":"paid","presale":"balance_due"}"#, StatusWord::DepositPaid),
            (r#"{"lifecycle":"placed","payment":"paid","fulfillment":"unfulfilled"}"#, StatusWord::ToShip),
            (r#"{"lifecycle":"placed","payment":"cod_pending"}"#, StatusWord::ToShip),
            (r#"{"lifecycle":"placed","payment":"partially_refunded"}"#, StatusWord::ToShip),
            (r#"{"payment":"paid","fulfillment":"partially_shipped"}"#, StatusWord::PartlyShipped),
            (r#"{"payment":"paid","fulfillment":"delivered"}"#, StatusWord::Shipped),
            (
                r#"{"lifecycle":"completed","payment":"paid","fulfillment":"delivered"}"#,
                StatusWord::Completed,
            ),
            (r#"{"lifecycle":"closed","payment":"paid","fulfillment":"delivered"}"#, StatusWord::Shipped),
            (r#"{"lifecycle":"cancelled","payment":"refunded"}"#, StatusWord::Refunded),
            (r#"{"lifecycle":"placed","payment":"refunded"}"#, StatusWord::Refunded),
            (r#"{"lifecycle":"cancelled","payment":"voided"}"#, StatusWord::Closed),
            (r#"{"lifecycle":"cancelled"}"#, StatusWord::Closed),
        ] {
            assert_eq!(order(&read(status)).unwrap(), expected, "{status}");
        }
    }

    #[test]
    fn an_unknown_payment_is_no_guess() {
        let error = order(&read(r#"{"lifecycle":"placed","payment":"PRE_AUTH"}"#)).unwrap_err();
        assert!(error.message().contains("`PRE_AUTH`"), "{error}");
        assert_eq!(error.kind(), ErrorKind::Rejected);
    }

    #[test]
    fn a_refund_of_a_line_stops_the_picker() {
        let line = |more: &str| -> OrderLine {
            serde_json::from_str(&format!(r#"{{"line_ref":"1","quantity":"2"{more}}}"#)).unwrap()
        };
        assert_eq!(refund(StatusWord::ToShip, &line("")), 0);
        assert_eq!(refund(StatusWord::ToShip, &line(r#","status":{"aftersale":"open"}"#)), 2);
        assert_eq!(refund(StatusWord::ToShip, &line(r#","status":{"aftersale":"closed"}"#)), 1);
        let back = line(r#","status":{"aftersale":"closed"},"quantities":{"refunded":"2"}"#);
        assert_eq!(super::line(StatusWord::ToShip, &back), StatusWord::Refunded);
        assert_eq!(refund(StatusWord::Refunded, &back), 5);
        let half = line(r#","status":{"aftersale":"closed"},"quantities":{"refunded":"1"}"#);
        assert_eq!(super::line(StatusWord::ToShip, &half), StatusWord::ToShip);
        assert_eq!(refund(StatusWord::ToShip, &half), 2);
        assert_eq!([&[0, 1][..], &[0, 2], &[5, 0], &[5, 5]].map(refund_of_all), [0, 1, 2, 3]);
    }
}
