//! What an order means for a warehouse: ship it, do not ship it, or nothing.

use crossdock_connector::{Error, ErrorKind, Result};
use crossdock_schemas::{AftersaleState, Fulfillment, Lifecycle, Order, PaymentState, PresaleStage};

use crate::config::{Config, Held};

/// What a warehouse is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wish {
    /// Ship it.
    Ship,
    /// Do not ship it, for this reason.
    Stop(&'static str),
    /// Nothing: it is not paid yet, or its goods are out.
    Nothing,
}

/// What this state of an order means.
///
/// # Errors
/// `Rejected` when nobody says whether it is paid.
pub(crate) fn wish(config: &Config, order: &Order) -> Result<Wish> {
    let status = &order.status;
    if is_out(order) || matches!(status.lifecycle, Some(Lifecycle::Completed | Lifecycle::Closed)) {
        return Ok(Wish::Nothing);
    }
    if status.lifecycle == Some(Lifecycle::Cancelled) {
        return Ok(Wish::Stop("order cancelled"));
    }
    match status.payment {
        Some(PaymentState::Refunded) => return Ok(Wish::Stop("order refunded")),
        Some(PaymentState::Voided) => return Ok(Wish::Stop("payment voided")),
        Some(
            PaymentState::Unpaid
            | PaymentState::Authorized
            | PaymentState::Failed
            | PaymentState::PartiallyPaid,
        ) => {
            return Ok(Wish::Nothing);
        }
        Some(PaymentState::Paid | PaymentState::PartiallyRefunded | PaymentState::CodPending) => {}
        Some(PaymentState::Unknown) | None if order.paid_at.is_some() => {}
        Some(PaymentState::Unknown) | None => {
            let word = status.payment_raw.as_deref().unwrap_or("nothing");
            let what = format!("the order does not say whether it is paid: its payment state is `{word}`");
            return Err(Error::new(ErrorKind::Rejected, what));
        }
    }
    if matches!(
        status.presale,
        Some(
            PresaleStage::DepositDue
                | PresaleStage::DepositPaid
                | PresaleStage::BalanceDue
                | PresaleStage::Failed
        )
    ) {
        return Ok(Wish::Nothing);
    }
    if config.held == Held::Cancel {
        if !status.hold.is_empty() {
            return Ok(Wish::Stop("order on hold"));
        }
        let open = |line: &crossdock_schemas::OrderLine| {
            line.status.as_ref().and_then(|status| status.aftersale) == Some(AftersaleState::Open)
        };
        if order.lines.iter().any(open) {
            return Ok(Wish::Stop("refund asked for"));
        }
    }
    Ok(Wish::Ship)
}

/// Whether goods have left.
fn is_out(order: &Order) -> bool {
    matches!(
        order.status.fulfillment,
        Some(
            Fulfillment::PartiallyShipped
                | Fulfillment::Shipped
                | Fulfillment::PartiallyDelivered
                | Fulfillment::Delivered
                | Fulfillment::PartiallyReturned
                | Fulfillment::Returned
        )
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(status: &str, line: &str) -> Order {
        let text = format!(
            r#"{{"source":{{"platform":"taobao","shop":"1"}},"order_no":"1","kind":"sale","status":{status},
                "lines":[{{"line_ref":"1","quantity":"1"{line}}}]}}"#
        );
        serde_json::from_str(&text).unwrap()
    }

    #[test]
    fn the_axes_give_one_wish() {
        let config = crate::config::tests::config(&[]).unwrap();
        let open = r#","status":{"aftersale":"open"}"#;
        for (status, line, expected) in [
            (r#"{"lifecycle":"placed","payment":"paid","fulfillment":"unfulfilled"}"#, "", Wish::Ship),
            (r#"{"lifecycle":"placed","payment":"cod_pending"}"#, "", Wish::Ship),
            (r#"{"lifecycle":"placed","payment":"partially_refunded"}"#, "", Wish::Ship),
            (r#"{"lifecycle":"placed","payment":"unpaid"}"#, "", Wish::Nothing),
            (r#"{"lifecycle":"placed","payment":"paid","presale":"balance_due"}"#, "", Wish::Nothing),
            (
                r#"{"lifecycle":"placed","payment":"paid","fulfillment":"partially_shipped"}"#,
                "",
                Wish::Nothing,
            ),
            (r#"{"lifecycle":"cancelled","payment":"refunded","fulfillment":"shipped"}"#, "", Wish::Nothing),
            (r#"{"lifecycle":"cancelled","payment":"refunded"}"#, "", Wish::Stop("order cancelled")),
            (r#"{"lifecycle":"placed","payment":"refunded"}"#, "", Wish::Stop("order refunded")),
            (r#"{"lifecycle":"placed","payment":"paid","hold":["risk"]}"#, "", Wish::Stop("order on hold")),
            (r#"{"lifecycle":"placed","payment":"paid"}"#, open, Wish::Stop("refund asked for")),
        ] {
            assert_eq!(wish(&config, &read(status, line)).unwrap(), expected, "{status}");
        }
        let ignoring = crate::config::tests::config(&[("held = \"cancel\"", "held = \"ignore\"")]).unwrap();
        let held = read(r#"{"lifecycle":"placed","payment":"paid","hold":["risk"]}"#, open);
        assert_eq!(wish(&ignoring, &held).unwrap(), Wish::Ship);
    }

    #[test]
    fn an_unknown_payment_is_no_guess() {
        let config = crate::config::tests::config(&[]).unwrap();
        let error = wish(&config, &read(r#"{"lifecycle":"placed","payment":"PRE_AUTH"}"#, "")).unwrap_err();
        assert!(error.message().contains("`PRE_AUTH`"), "{error}");
    }
}
