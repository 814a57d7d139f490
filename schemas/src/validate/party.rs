//! People, addresses, customs and invoices. Messages never repeat what was given.

use super::{At, Check};
use crate::{Address, AddressGrade, Customs, InvoiceRequest, Order, Party, Phone, Protected, RegionCodes};

impl Check {
    pub(super) fn order_people(&mut self, at: &At<'_>, order: &Order) {
        if let Some(buyer) = &order.buyer {
            self.party(&at.name("buyer"), buyer);
        }
        for (name, address) in
            [("ship_to", &order.ship_to), ("bill_to", &order.bill_to), ("ship_from", &order.ship_from)]
        {
            self.address(&at.name(name), address.as_ref());
        }
        if let Some(customs) = &order.customs {
            self.customs(&at.name("customs"), customs);
        }
        if let Some(invoice) = &order.invoice {
            self.invoice(&at.name("invoice"), invoice);
        }
    }

    fn party(&mut self, at: &At<'_>, party: &Party) {
        self.protected(&at.name("name"), party.name.as_ref());
        self.protected(&at.name("email"), party.email.as_ref());
        self.phones(&at.name("phones"), &party.phones);
        let tax_ids = at.name("tax_ids");
        for (index, tax_id) in party.tax_ids.iter().enumerate() {
            let at = tax_ids.index(index);
            self.there(&at.name("scheme"), &tax_id.scheme);
            self.protected(&at.name("value"), Some(&tax_id.value));
        }
    }

    pub(super) fn protected(&mut self, at: &At<'_>, value: Option<&Protected>) {
        let Some(value) = value else { return };
        self.ensure(
            at,
            value.value.is_none() || value.masked.is_none(),
            "shows both the value and a masked form",
        );
        if let Some(token) = &value.token {
            let at = at.name("token");
            self.there(&at.name("scheme"), &token.scheme);
            self.there(&at.name("value"), &token.value);
        }
    }

    pub(super) fn phones(&mut self, at: &At<'_>, phones: &[Phone]) {
        for (index, phone) in phones.iter().enumerate() {
            self.phone(&at.index(index), phone);
        }
    }

    pub(super) fn phone(&mut self, at: &At<'_>, phone: &Phone) {
        let fits = |number: &str| {
            number.strip_prefix('+').is_some_and(|digits| {
                (5..=15).contains(&digits.len())
                    && !digits.starts_with('0')
                    && digits.bytes().all(|b| b.is_ascii_digit())
            })
        };
        self.ensure(
            &at.name("e164"),
            phone.e164.as_deref().is_none_or(fits),
            "must be + and 5 to 15 digits without a leading zero",
        );
        self.protected(&at.name("protected"), phone.protected.as_ref());
    }

    pub(super) fn address(&mut self, at: &At<'_>, address: Option<&Address>) {
        let Some(address) = address else { return };
        self.protected(&at.name("name"), address.name.as_ref());
        self.phones(&at.name("phones"), &address.phones);
        self.country(&at.name("country"), address.country.as_deref());
        self.region_codes(&at.name("region_codes"), address.region_codes.as_ref());
        if let Some(geo) = &address.geo {
            self.dec(&at.name("geo").name("lat"), Some(geo.lat));
            self.dec(&at.name("geo").name("lng"), Some(geo.lng));
        }
        self.protected(&at.name("protected"), address.protected.as_ref());
        let hidden = matches!(address.grade, Some(AddressGrade::M | AddressGrade::E));
        self.ensure(
            &at.name("addr_hash"),
            !(hidden && address.addr_hash.is_some()),
            "must be absent for grades M and E",
        );
        self.hex_key(&at.name("addr_hash"), address.addr_hash.as_deref(), "");
    }

    pub(super) fn region_codes(&mut self, at: &At<'_>, codes: Option<&RegionCodes>) {
        let Some(codes) = codes else { return };
        for (name, code) in
            [("province", &codes.province), ("city", &codes.city), ("district", &codes.district)]
        {
            self.digits(&at.name(name), code.as_deref(), &[6], "must be 6 digits");
        }
        self.digits(&at.name("street"), codes.street.as_deref(), &[9], "must be 9 digits");
    }

    fn customs(&mut self, at: &At<'_>, customs: &Customs) {
        self.money(&at.name("duties"), customs.duties.as_ref());
        self.money(&at.name("tax"), customs.tax.as_ref());
        self.money(&at.name("declared"), customs.declared.as_ref());
        self.protected(&at.name("payer_name"), customs.payer_name.as_ref());
        self.protected(&at.name("payer_id"), customs.payer_id.as_ref().map(|id| &id.value));
    }

    fn invoice(&mut self, at: &At<'_>, invoice: &InvoiceRequest) {
        self.protected(&at.name("title"), invoice.title.as_ref());
        self.protected(&at.name("tax_no"), invoice.tax_no.as_ref());
        self.protected(&at.name("email"), invoice.email.as_ref());
    }
}
