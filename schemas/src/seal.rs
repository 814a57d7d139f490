//! Sealing fills in the identities of an observation. It is repeatable: sealing twice changes nothing.

use crate::identity::{
    IdentityError, aftersale_key, hex, idem_key, line_hash_in, lines_hash, order_key, parcel_key,
    tracking_event_key,
};
use crate::text::{clean, is_blank};
use crate::{Aftersale, Entity, Observation, Order, OrderLine, OrderRef, Parcel, Source};

impl OrderRef {
    /// The order's identity.
    #[must_use]
    pub fn key(&self) -> String {
        order_key(&self.platform, &self.shop, &self.order_no)
    }
}

impl Observation {
    /// Fills in every identity: keys of orders, lines, after-sale cases, parcels and scans, hashes of
    /// lines, and the orders named by `refs`. A partial order gets no hash of its lines.
    ///
    /// # Errors
    /// When a part of an identity is absent or a number cannot be hashed.
    pub fn seal(&mut self) -> Result<(), IdentityError> {
        let orders = order_keys(&self.refs)?;
        match &mut self.entity {
            Entity::Order(order) => seal_order(order, self.partial),
            Entity::Aftersale(aftersale) => seal_aftersale(aftersale, orders),
            Entity::Parcel(parcel) => seal_parcel(parcel, orders),
            Entity::Inventory(level) => {
                require(&level.source.platform, "source.platform")?;
                require(&level.source.shop, "source.shop")?;
                require(&level.location, "location")?;
                require(&level.sku, "sku")
            }
        }
    }
}

/// The keys of the named orders, sorted, each once.
fn order_keys(refs: &[OrderRef]) -> Result<Vec<String>, IdentityError> {
    let mut keys = Vec::with_capacity(refs.len());
    for order in refs {
        require(&order.platform, "refs.platform")?;
        require(&order.shop, "refs.shop")?;
        require(&order.order_no, "refs.order_no")?;
        keys.push(order.key());
    }
    keys.sort_unstable();
    keys.dedup();
    Ok(keys)
}

fn seal_order(order: &mut Order, partial: bool) -> Result<(), IdentityError> {
    let Source { platform, shop, .. } = &order.source;
    require(platform, "source.platform")?;
    require(shop, "source.shop")?;
    require(&order.order_no, "order_no")?;
    order.order_key = Some(order_key(platform, shop, &order.order_no));
    let mut hashes = Vec::with_capacity(order.lines.len());
    let mut buffer = Vec::with_capacity(256);
    for line in &order.lines {
        hashes.push(line_hash_in(&mut buffer, line, order.currency.as_deref())?);
    }
    name_lines(&mut order.lines, &hashes);
    if partial {
        order.lines_hash = None;
        order.idem_key = None;
    } else {
        let hash = lines_hash(&mut hashes);
        order.idem_key = Some(idem_key(platform, shop, &order.order_no, &hash));
        order.lines_hash = Some(hex("", &hash));
    }
    Ok(())
}

/// Gives each line its name: the platform's id, else `sku#n` counted in the order of the line hashes, so
/// that it does not depend on the order in which the lines arrived.
fn name_lines(lines: &mut [OrderLine], hashes: &[[u8; 32]]) {
    let mut unnamed: Vec<(String, &[u8; 32], &mut OrderLine)> = Vec::new();
    for (line, hash) in lines.iter_mut().zip(hashes) {
        match line.line_ref.as_deref().map(clean).filter(|name| !name.is_empty()) {
            Some(name) => {
                if line.line_key.as_deref() != Some(&*name) {
                    line.line_key = Some(name.into_owned());
                }
            }
            None => unnamed.push((clean(line.sku.as_deref().unwrap_or_default()).into_owned(), hash, line)),
        }
    }
    // Stable: equal lines keep their order, and it does not matter which of them is which.
    unnamed.sort_by(|a, b| (&a.0, a.1).cmp(&(&b.0, b.1)));
    let (mut previous, mut count) = (None, 0_u32);
    for (sku, _, line) in unnamed {
        count = if previous.as_ref() == Some(&sku) { count.saturating_add(1) } else { 1 };
        line.line_key = Some(format!("{sku}#{count}"));
        previous = Some(sku);
    }
}

fn seal_aftersale(aftersale: &mut Aftersale, orders: Vec<String>) -> Result<(), IdentityError> {
    let Source { platform, shop, .. } = &aftersale.source;
    require(platform, "source.platform")?;
    require(shop, "source.shop")?;
    require(&aftersale.aftersale_no, "aftersale_no")?;
    aftersale.aftersale_key = Some(aftersale_key(platform, shop, &aftersale.aftersale_no));
    if let Some(order) = orders.into_iter().next() {
        aftersale.order_key = Some(order);
    }
    Ok(())
}

fn seal_parcel(parcel: &mut Parcel, orders: Vec<String>) -> Result<(), IdentityError> {
    require(&parcel.carrier, "carrier")?;
    require(&parcel.tracking_no, "tracking_no")?;
    // A key that is there may belong to a later use of the number: only the hub knows.
    if parcel.parcel_key.is_none() {
        parcel.parcel_key = Some(parcel_key(&parcel.carrier, &parcel.tracking_no, ""));
    }
    if !orders.is_empty() {
        parcel.orders = orders;
    }
    if let [only] = parcel.orders.as_slice() {
        for line in parcel.lines.iter_mut().filter(|line| line.order_key.is_none()) {
            line.order_key = Some(only.clone());
        }
    }
    for event in &mut parcel.events {
        event.event_key = Some(tracking_event_key(&parcel.carrier, &parcel.tracking_no, event));
    }
    Ok(())
}

fn require(value: &str, field: &'static str) -> Result<(), IdentityError> {
    if is_blank(value) { Err(IdentityError::Missing(field)) } else { Ok(()) }
}
