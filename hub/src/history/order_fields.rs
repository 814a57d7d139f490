//! The fields of an order as registers, and what of an order counts as a change.

use crossdock_schemas::identity::{idem_key, line_hash, lines_hash};
use crossdock_schemas::{Ext, Order, OrderKind, Protected, RiskTag, Source, Status, Totals};

use super::address::each_in_address;
use super::axes::Axis;
use super::normal::{Mark, set_text, text};
use super::registers::{Field, Kind, Registers, Stated, Weight, content};

impl Stated for OrderKind {
    fn stated(&self) -> bool {
        *self != OrderKind::Unknown
    }
}

impl Stated for Totals {
    fn stated(&self) -> bool {
        *self != Totals::default()
    }
}

/// An axis of an order's status with its raw twin.
macro_rules! axis {
    ($name:ident, $raw:ident) => {
        Field {
            name: concat!("status/", stringify!($name)),
            kind: Kind::Axis,
            stated: |order| order.status.$name.is_some(),
            swap: |a, b| {
                std::mem::swap(&mut a.status.$name, &mut b.status.$name);
                std::mem::swap(&mut a.status.$raw, &mut b.status.$raw);
            },
            join: |ours, theirs| {
                let place = |status: &Status| (status.$name.map_or(0, Axis::place), status.$raw.clone());
                if place(&theirs.status) > place(&ours.status) {
                    std::mem::swap(&mut ours.status.$name, &mut theirs.status.$name);
                    std::mem::swap(&mut ours.status.$raw, &mut theirs.status.$raw);
                }
            },
        }
    };
}

const FIELDS: &[Field<Order>] = &[
    content!(display_no),
    content!(merchant_no),
    content!(parent_no),
    content!(related),
    content!(kind, kind_raw),
    content!(placed_at),
    content!(paid_at),
    content!(confirmed_at),
    content!(shipped_at),
    content!(delivered_at),
    content!(completed_at),
    content!(cancelled_at),
    content!(modified_at),
    content!(ship_by),
    content!(deliver_by),
    content!(currency),
    content!(prices_include_tax),
    Field {
        name: "lines",
        kind: Kind::Content,
        stated: |order| !order.lines.is_empty(),
        swap: |a, b| std::mem::swap(&mut a.lines, &mut b.lines),
        join: |ours, theirs| {
            let weight = |order: &Order| (set_text(&order.lines, "position"), text(&order.lines));
            if weight(theirs) > weight(ours) {
                std::mem::swap(&mut ours.lines, &mut theirs.lines);
            }
        },
    },
    content!(lines_hash),
    content!(idem_key),
    content!(fees),
    content!(discounts),
    content!(totals),
    content!(payments),
    content!(buyer),
    content!(ship_to),
    content!(bill_to),
    content!(ship_from),
    content!(delivery),
    content!(buyer_note),
    content!(seller_note),
    content!(flags),
    content!(presale),
    content!(customs),
    content!(invoice),
    content!(risk_tags),
    axis!(lifecycle, lifecycle_raw),
    axis!(payment, payment_raw),
    axis!(fulfillment, fulfillment_raw),
    axis!(aftersale, aftersale_raw),
    axis!(presale, presale_raw),
    Field {
        name: "status/hold",
        kind: Kind::Set,
        stated: |order| !order.status.hold.is_empty() || order.status.hold_raw.is_some(),
        swap: |a, b| {
            std::mem::swap(&mut a.status.hold, &mut b.status.hold);
            std::mem::swap(&mut a.status.hold_raw, &mut b.status.hold_raw);
        },
        join: |ours, theirs| {
            ours.status.hold.append(&mut theirs.status.hold);
            tidy_holds(ours);
            if theirs.status.hold_raw > ours.status.hold_raw {
                std::mem::swap(&mut ours.status.hold_raw, &mut theirs.status.hold_raw);
            }
        },
    },
];

impl Registers for Order {
    fn fields() -> &'static [Field<Order>] {
        FIELDS
    }

    fn ext(&mut self) -> &mut Ext {
        &mut self.ext
    }

    fn weight(&self) -> Weight {
        let mut order = self.clone();
        order.status = Status::default();
        forget_trifles(&mut order);
        // What the hub adds decides nothing between two statements of a source.
        order.risk_tags.clear();
        order.lines.iter_mut().for_each(|line| line.items.clear());
        let lines = std::mem::take(&mut order.lines);
        let rest = text(&order);
        let content = format!("{rest}{}", set_text(&lines, "position"));
        let exact = format!("{rest}{}", text(&lines));
        Weight { content: Mark::digest(&content), exact: Mark::digest(&exact) }
    }
}

/// Holds are a set: each once, in one order.
pub(super) fn tidy_holds(order: &mut Order) {
    order.status.hold.sort_unstable();
    order.status.hold.dedup();
}

/// Clears what never counts: provenance, revision, hashes derived from the rest, tokens.
fn forget_trifles(order: &mut Order) {
    order.source = Source::default();
    order.hub_revision = None;
    order.lines_hash = None;
    order.idem_key = None;
    each_protected(order, &mut |protected| protected.token = None);
}

/// What of an order counts when it is asked whether something changed: everything but provenance, hashes
/// derived from the rest, tokens, the order and numbering of lines, the time of the last change (which
/// changes with every revision) and the time at which a risk was found.
pub(super) fn counting(order: &Order) -> Order {
    let mut order = order.clone();
    forget_trifles(&mut order);
    order.modified_at = None;
    for line in &mut order.lines {
        line.position = None;
    }
    order.lines.sort_by(|a, b| a.line_key.cmp(&b.line_key));
    for tag in &mut order.risk_tags {
        tag.at = RiskTag::default().at;
    }
    order
}

/// Computes the hashes over lines that came from partial observations: sealing leaves those without.
pub(super) fn hash_lines(order: &mut Order) {
    if order.lines.is_empty() {
        order.lines_hash = None;
        order.idem_key = None;
        return;
    }
    let mut hashes = Vec::with_capacity(order.lines.len());
    for line in &order.lines {
        // Sealing has hashed every line once, so none is refused here; should one be, its order goes on
        // without hashes, and changes of its lines are found by comparing them.
        let Ok(hash) = line_hash(line, order.currency.as_deref()) else {
            order.lines_hash = None;
            order.idem_key = None;
            return;
        };
        hashes.push(hash);
    }
    let hash = lines_hash(&mut hashes);
    order.idem_key = Some(idem_key(&order.source.platform, &order.source.shop, &order.order_no, &hash));
    order.lines_hash = Some(hash.iter().map(|byte| format!("{byte:02x}")).collect());
}

/// Visits every value about a person.
fn each_protected(order: &mut Order, visit: &mut dyn FnMut(&mut Protected)) {
    if let Some(buyer) = &mut order.buyer {
        buyer.name.iter_mut().chain(&mut buyer.email).for_each(&mut *visit);
        buyer.phones.iter_mut().filter_map(|phone| phone.protected.as_mut()).for_each(&mut *visit);
        buyer.tax_ids.iter_mut().for_each(|tax_id| visit(&mut tax_id.value));
    }
    for address in [&mut order.ship_to, &mut order.bill_to, &mut order.ship_from].into_iter().flatten() {
        each_in_address(address, visit);
    }
    if let Some(invoice) = &mut order.invoice {
        invoice.title.iter_mut().chain(&mut invoice.tax_no).chain(&mut invoice.email).for_each(&mut *visit);
    }
    if let Some(customs) = &mut order.customs {
        customs.payer_name.iter_mut().for_each(&mut *visit);
        customs.payer_id.iter_mut().for_each(|id| visit(&mut id.value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A field nobody listed would never be taken from a later observation.
    #[test]
    fn every_field_of_an_order_is_a_register() {
        let text = include_str!("../../../schemas/src/order.rs");
        let body = text.split("pub struct Order {").nth(1).unwrap().split("\n    }\n").next().unwrap();
        let declared = body.lines().filter_map(|line| line.trim().strip_prefix("pub "));
        let mut found = 0;
        for line in declared {
            let name = line.split([' ', ':']).next().unwrap();
            found += 1;
            let apart = ["order_key", "source", "order_no", "status", "hub_revision", "ext"];
            assert!(
                apart.contains(&name) || FIELDS.iter().any(|field| field.name == name),
                "`{name}` of an order is no register"
            );
        }
        assert_eq!(found, 44 - 2, "the test no longer reads the declaration");
    }
}
