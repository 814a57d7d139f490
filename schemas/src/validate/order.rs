//! Orders, lines and money.

use std::collections::BTreeSet;

use super::{At, Check};
use crate::{Dec, Discount, Money, Order, OrderLine, Payment, Presale, RiskTag, Totals};

impl Check {
    pub(super) fn order(&mut self, at: &At<'_>, order: &Order) {
        self.hex_key(&at.name("order_key"), order.order_key.as_deref(), "o1-");
        self.source(&at.name("source"), &order.source);
        self.there(&at.name("order_no"), &order.order_no);
        self.known(&at.name("placed_at"), order.placed_at.as_ref());
        self.known(&at.name("currency"), order.currency.as_ref());
        if let Some(currency) = &order.currency {
            self.currency(&at.name("currency"), currency);
        }
        self.window(&at.name("ship_by"), order.ship_by.as_ref());
        self.window(&at.name("deliver_by"), order.deliver_by.as_ref());
        self.ensure(&at.name("lines"), !(self.full && order.lines.is_empty()), "must hold at least one line");
        self.lines(&at.name("lines"), &order.lines);
        let related = at.name("related");
        for (index, other) in order.related.iter().enumerate() {
            self.there(&related.index(index).name("order_no"), &other.order_no);
        }
        let fees = at.name("fees");
        for (index, fee) in order.fees.iter().enumerate() {
            let at = fees.index(index);
            self.dec(&at.name("amount"), Some(fee.amount));
            self.dec(&at.name("tax"), fee.tax);
        }
        let discounts = at.name("discounts");
        for (index, discount) in order.discounts.iter().enumerate() {
            self.discount(&discounts.index(index), discount);
        }
        self.totals(&at.name("totals"), &order.totals);
        let payments = at.name("payments");
        for (index, payment) in order.payments.iter().enumerate() {
            self.payment(&payments.index(index), payment);
        }
        self.order_people(at, order);
        if let Some(presale) = &order.presale {
            self.presale(&at.name("presale"), presale);
        }
        let tags = at.name("risk_tags");
        for (index, tag) in order.risk_tags.iter().enumerate() {
            self.risk_tag(&tags.index(index), tag);
        }
        self.hex_key(&at.name("lines_hash"), order.lines_hash.as_deref(), "");
        self.hex_key(&at.name("idem_key"), order.idem_key.as_deref(), "k1-");
        self.ensure(&at.name("hub_revision"), order.hub_revision != Some(0), "counts from 1");
        self.ext(&at.name("ext"), &order.ext);
    }

    fn lines(&mut self, at: &At<'_>, lines: &[OrderLine]) {
        let mut names = BTreeSet::new();
        for (index, line) in lines.iter().enumerate() {
            let at = at.index(index);
            if let Some(name) = &line.line_key {
                self.ensure(&at.name("line_key"), names.insert(name.as_str()), "names two lines");
            }
            self.line(&at, line);
        }
    }

    fn line(&mut self, at: &At<'_>, line: &OrderLine) {
        self.ensure(&at.name("position"), line.position != Some(0), "counts from 1");
        self.positive(&at.name("quantity"), line.quantity);
        self.unit(&at.name("unit"), line.unit.as_deref());
        self.digits(
            &at.name("gtin"),
            line.gtin.as_deref(),
            &[8, 12, 13, 14],
            "must be 8, 12, 13 or 14 digits",
        );
        self.digits(
            &at.name("hs_code"),
            line.hs_code.as_deref(),
            &[6, 7, 8, 9, 10],
            "must be 6 to 10 digits",
        );
        self.country(&at.name("origin_country"), line.origin_country.as_deref());
        self.not_negative(&at.name("list_price"), line.list_price);
        for (name, value) in [
            ("unit_price", line.unit_price),
            ("line_total", line.line_total),
            ("allocated_discount", line.allocated_discount),
            ("payable", line.payable),
            ("net_weight_g", line.net_weight_g),
        ] {
            self.dec(&at.name(name), value);
        }
        for (index, item) in line.items.iter().enumerate() {
            let at = at.name("items");
            self.there(&at.index(index).name("sku"), &item.sku);
        }
        if let Some(done) = &line.quantities {
            let at = at.name("quantities");
            for (name, value) in [
                ("shipped", done.shipped),
                ("delivered", done.delivered),
                ("cancelled", done.cancelled),
                ("returned", done.returned),
                ("refunded", done.refunded),
            ] {
                self.not_negative(&at.name(name), value);
            }
        }
        if let Some(tax) = &line.tax {
            let at = at.name("tax");
            self.not_negative(&at.name("rate"), tax.rate);
            self.dec(&at.name("amount"), tax.amount);
        }
        if let Some(currency) = &line.currency {
            self.currency(&at.name("currency"), currency);
        }
        if let Some(date) = &line.expires_on {
            let fits = date.parse::<jiff::civil::Date>().is_ok() && date.len() == 10;
            self.ensure(&at.name("expires_on"), fits, "must be a date as YYYY-MM-DD");
        }
        self.ext(&at.name("ext"), &line.ext);
    }

    fn discount(&mut self, at: &At<'_>, discount: &Discount) {
        self.not_negative(&at.name("amount"), Some(discount.amount));
        let allocations = at.name("allocations");
        for (index, share) in discount.allocations.iter().enumerate() {
            let at = allocations.index(index);
            self.there(&at.name("line_key"), &share.line_key);
            self.dec(&at.name("amount"), Some(share.amount));
        }
    }

    fn totals(&mut self, at: &At<'_>, totals: &Totals) {
        self.not_negative(&at.name("discount"), totals.discount);
        for (name, value) in [
            ("goods", totals.goods),
            ("shipping", totals.shipping),
            ("fees", totals.fees),
            ("tax", totals.tax),
            ("duties", totals.duties),
            ("rounding", totals.rounding),
            ("payable", totals.payable),
            ("paid", totals.paid),
            ("refunded", totals.refunded),
            ("settled", totals.settled),
            ("off_by", totals.off_by),
        ] {
            self.dec(&at.name(name), value);
        }
    }

    pub(super) fn money(&mut self, at: &At<'_>, money: Option<&Money>) {
        if let Some(money) = money {
            self.dec(&at.name("amount"), Some(money.amount));
            self.currency(&at.name("currency"), &money.currency);
        }
    }

    fn payment(&mut self, at: &At<'_>, payment: &Payment) {
        self.there(&at.name("method"), &payment.method);
        self.money(&at.name("amount"), Some(&payment.amount));
        if let Some(fx) = &payment.fx {
            let at = at.name("fx");
            self.dec(&at.name("rate"), Some(fx.rate));
            self.ensure(&at.name("rate"), fx.rate > Dec::ZERO, "must be greater than zero");
            self.currency(&at.name("from"), &fx.from);
            self.currency(&at.name("to"), &fx.to);
        }
    }

    fn presale(&mut self, at: &At<'_>, presale: &Presale) {
        self.money(&at.name("deposit"), Some(&presale.deposit));
        self.money(&at.name("balance"), presale.balance.as_ref());
        if let (Some(from), Some(to)) = (presale.balance_from, presale.balance_to) {
            self.in_order(&at.name("balance_to"), from, to);
        }
    }

    fn risk_tag(&mut self, at: &At<'_>, tag: &RiskTag) {
        self.there(&at.name("rule"), &tag.rule);
        self.there(&at.name("rule_version"), &tag.rule_version);
    }
}
