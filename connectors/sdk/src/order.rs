//! Statements about an order, and about an after-sale case, that say less than all.

use jiff::SignedDuration;

use crossdock_schemas::{Address, Aftersale, Observation, Order, OrderRef, Source, Ts};

/// An order that goes to `address`. Without lines it says nothing about its goods, and is told in part.
pub fn stated(mut order: Order, address: Option<Address>) -> Vec<Observation> {
    order.ship_to = address;
    let partial = order.lines.is_empty();
    let order = Observation::order(order);
    vec![if partial { order.partial() } else { order }]
}

/// An order whose receiver the platform has emptied or masked: it is told in part, as a statement about everything else.
/// What is left of the receiver (masks, the region) is a statement of its own, older than any of the order: it fills a
/// gap, and never takes the place of what was known before.
pub fn emptied(order: Order, rest: Option<Address>, placed_at: Option<Ts>) -> Vec<Observation> {
    let before = placed_at.and_then(|placed_at| {
        let at = placed_at.at.checked_sub(SignedDuration::from_secs(1)).ok()?;
        Some(Ts::new(at, placed_at.offset))
    });
    let rest = rest.zip(before).map(|(address, before)| Order {
        source: Source { revision: Some(before.millis_text()), ..order.source.clone() },
        order_no: order.order_no.clone(),
        kind: order.kind,
        kind_raw: order.kind_raw.clone(),
        ship_to: Some(address),
        ..Order::default()
    });
    let mut statements = vec![Observation::order(order).partial()];
    statements.extend(rest.map(|rest| Observation::order(rest).partial()));
    statements
}

/// A case of an order. One that does not say what is asked for, where it is, or since when, is told in part: what is
/// known of these stays.
pub fn case(case: Aftersale, order: impl IntoIterator<Item = OrderRef>) -> Observation {
    let whole = case.kind.is_some() && case.status.is_some() && case.requested_at.is_some();
    let case = Observation::aftersale(case).with_refs(order);
    if whole { case } else { case.partial() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time;
    use crossdock_schemas::{AftersaleKind, AftersaleStatus};

    fn address() -> Option<Address> {
        Some(Address { province: Some("浙江省".to_owned()), ..Address::default() })
    }

    #[test]
    fn what_is_left_of_a_receiver_is_older_than_the_order() {
        let source = Source { revision: Some("2026-11-21T12:00:05.000Z".to_owned()), ..Source::default() };
        let order = Order { source, order_no: "1".to_owned(), ..Order::default() };
        let placed = time::china("2026-11-21 20:00:00").ok();
        let told = emptied(order.clone(), address(), placed);
        let revisions: Vec<_> = told.iter().map(|one| one.source().revision.as_deref()).collect();
        assert_eq!(revisions, [Some("2026-11-21T12:00:05.000Z"), Some("2026-11-21T11:59:59.000Z")]);
        // Without a time of its own it could take the place of something newer.
        assert_eq!(emptied(order.clone(), address(), None).len(), 1);
        assert_eq!(emptied(order.clone(), None, placed).len(), 1);
        assert!(stated(order, address()).iter().all(|one| one.partial));
    }

    #[test]
    fn a_case_without_its_state_is_told_in_part() {
        let whole = Aftersale {
            kind: Some(AftersaleKind::RefundOnly),
            status: Some(AftersaleStatus::Requested),
            requested_at: time::china("2026-11-21 20:00:00").ok(),
            ..Aftersale::default()
        };
        assert!(!case(whole.clone(), None).partial);
        assert!(case(Aftersale { status: None, ..whole.clone() }, None).partial);
        assert!(case(Aftersale { kind: None, ..whole.clone() }, None).partial);
        assert!(case(Aftersale { requested_at: None, ..whole }, None).partial);
    }
}
