//! After-sale cases and stock.

use super::{At, Check};
use crate::{Aftersale, InventoryLevel};

impl Check {
    pub(super) fn aftersale(&mut self, at: &At<'_>, aftersale: &Aftersale) {
        self.hex_key(&at.name("aftersale_key"), aftersale.aftersale_key.as_deref(), "a1-");
        self.source(&at.name("source"), &aftersale.source);
        self.there(&at.name("aftersale_no"), &aftersale.aftersale_no);
        self.hex_key(&at.name("order_key"), aftersale.order_key.as_deref(), "o1-");
        self.known(&at.name("kind"), aftersale.kind.as_ref());
        self.known(&at.name("status"), aftersale.status.as_ref());
        self.known(&at.name("requested_at"), aftersale.requested_at.or(aftersale.modified_at).as_ref());
        let lines = at.name("lines");
        for (index, line) in aftersale.lines.iter().enumerate() {
            let at = lines.index(index);
            self.there(&at.name("line_key"), &line.line_key);
            self.positive(&at.name("quantity"), line.quantity);
            self.dec(&at.name("amount"), line.amount);
        }
        self.money(&at.name("refund"), aftersale.refund.as_ref());
        self.dec(&at.name("shipping_refund"), aftersale.shipping_refund);
        self.hex_key(&at.name("return_parcel"), aftersale.return_parcel.as_deref(), "s1-");
        self.ext(&at.name("ext"), &aftersale.ext);
    }

    pub(super) fn inventory(&mut self, at: &At<'_>, level: &InventoryLevel) {
        self.source(&at.name("source"), &level.source);
        self.there(&at.name("location"), &level.location);
        self.there(&at.name("sku"), &level.sku);
        self.dec(&at.name("on_hand"), Some(level.on_hand));
        self.dec(&at.name("reserved"), level.reserved);
        self.dec(&at.name("available"), Some(level.available));
        self.unit(&at.name("unit"), level.unit.as_deref());
    }
}
