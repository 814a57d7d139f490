//! Parcels and scans.

use super::{At, Check};
use crate::{Parcel, TrackingEvent};

impl Check {
    pub(super) fn parcel(&mut self, at: &At<'_>, parcel: &Parcel) {
        self.hex_key(&at.name("parcel_key"), parcel.parcel_key.as_deref(), "s1-");
        self.source(&at.name("source"), &parcel.source);
        self.slug(&at.name("carrier"), &parcel.carrier);
        self.waybill(&at.name("tracking_no"), &parcel.tracking_no);
        let orders = at.name("orders");
        for (index, order) in parcel.orders.iter().enumerate() {
            self.hex_key(&orders.index(index), Some(order), "o1-");
        }
        let lines = at.name("lines");
        for (index, line) in parcel.lines.iter().enumerate() {
            let at = lines.index(index);
            self.hex_key(&at.name("order_key"), line.order_key.as_deref(), "o1-");
            self.there(&at.name("line_key"), &line.line_key);
            self.positive(&at.name("quantity"), line.quantity);
        }
        if let Some(package) = &parcel.package {
            let at = at.name("package");
            for (name, value) in [
                ("weight_g", package.weight_g),
                ("length_mm", package.length_mm),
                ("width_mm", package.width_mm),
                ("height_mm", package.height_mm),
            ] {
                self.not_negative(&at.name(name), value);
            }
        }
        self.money(&at.name("cod_amount"), parcel.cod_amount.as_ref());
        self.money(&at.name("declared_value"), parcel.declared_value.as_ref());
        self.address(&at.name("from"), parcel.from.as_ref());
        self.address(&at.name("to"), parcel.to.as_ref());
        self.known(&at.name("status"), parcel.status.as_ref());
        if let Some(eta) = &parcel.eta
            && let (Some(from), Some(to)) = (eta.from, eta.to)
        {
            self.in_order(&at.name("eta"), from, to);
        }
        self.protected(&at.name("signed_by"), parcel.signed_by.as_ref());
        let legs = at.name("legs");
        for (index, leg) in parcel.legs.iter().enumerate() {
            let at = legs.index(index);
            self.slug(&at.name("carrier"), &leg.carrier);
            self.waybill(&at.name("tracking_no"), &leg.tracking_no);
        }
        let events = at.name("events");
        for (index, event) in parcel.events.iter().enumerate() {
            self.scan(&events.index(index), event);
        }
        self.ext(&at.name("ext"), &parcel.ext);
    }

    fn waybill(&mut self, at: &At<'_>, number: &str) {
        self.there(at, number);
        let fits = !number.chars().any(|c| c.is_whitespace() || c.is_ascii_lowercase());
        self.ensure(at, fits, "must be in capitals and without blanks");
    }

    fn scan(&mut self, at: &At<'_>, event: &TrackingEvent) {
        self.hex_key(&at.name("event_key"), event.event_key.as_deref(), "t1-");
        if let Some(location) = &event.location {
            let at = at.name("location");
            self.country(&at.name("country"), location.country.as_deref());
            self.region_codes(&at.name("region_codes"), location.region_codes.as_ref());
        }
        if let Some(courier) = &event.courier {
            let at = at.name("courier");
            self.protected(&at.name("name"), courier.name.as_ref());
            if let Some(phone) = &courier.phone {
                self.phone(&at.name("phone"), phone);
            }
        }
    }
}
