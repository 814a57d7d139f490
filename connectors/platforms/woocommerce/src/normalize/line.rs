//! Lines of an order. All amounts are without tax; coupons are already taken off `total`.

use serde_json::value::RawValue;

use crossdock_connector::wire::Scalar;
use crossdock_connector::{Error, IssueKind, Result};
use crossdock_schemas::{CollectedBy, Dec, LineKind, LineTax, OrderLine};

use super::Reading;
use crate::read::{dec, id, name, number, owned, plain, text};
use crate::site;
use crate::wire::{LineItem, Meta, Order};

/// Before the keys of attributes that make a variant.
const ATTRIBUTE: &str = "pa_";

/// All lines, in the order in which they were made: a list written as an object has no order of its own.
pub(super) fn lines(reading: &mut Reading<'_>, order: &Order<'_>) -> Result<Vec<OrderLine>> {
    let given = order.line_items.as_deref();
    let given = given.ok_or_else(|| Error::malformed("the lines are missing").at("$.line_items"))?;
    let mut lines = Vec::with_capacity(given.len());
    for (i, item) in given.iter().enumerate() {
        let at = |field: &str| format!("$.line_items[{i}].{field}");
        let line_ref = number(&item.id, &at("id"))?;
        let quantity = dec(&item.quantity, || at("quantity"))?
            .ok_or_else(|| Error::malformed("the quantity is missing").at(at("quantity")))?;
        if quantity <= Dec::ZERO {
            reading.issue(IssueKind::BadValue, at("quantity"), "a line without a quantity, left out");
            continue;
        }
        let payable = dec(&item.total, || at("total"))?;
        let before = dec(&item.subtotal, || at("subtotal"))?.or(payable);
        let (variant_title, customization) = attached(reading, item);
        let line = OrderLine {
            line_ref: Some(line_ref.to_owned()),
            parent_ref: id(&item.bundled_by).or(id(&item.composite_parent)).map(str::to_owned),
            sku: owned(&item.sku),
            product_ref: id(&item.product_id).map(str::to_owned),
            variant_ref: id(&item.variation_id).map(str::to_owned),
            title: name(&item.parent_name).or_else(|| name(&item.name)),
            variant_title,
            image_url: item.image.as_ref().and_then(|image| owned(&image.src)),
            quantity,
            unit_price: before.and_then(|before| each(before, quantity)),
            line_total: before,
            allocated_discount: before.zip(payable).map(|(before, payable)| before - payable),
            payable,
            tax: tax(order, item, &at)?,
            customization: customization.into_iter().collect(),
            ..OrderLine::default()
        };
        // Plugins have made shops answer with a line twice, and the total counted it once.
        if lines.contains(&line) {
            reading.issue(IssueKind::BadValue, at("id"), "the same line again, left out");
            continue;
        }
        lines.push(line);
    }
    bundles(&mut lines);
    let made = |line: &OrderLine| line.line_ref.as_ref().map(|id| (id.len(), id.clone()));
    lines.sort_by_key(made);
    for (position, line) in (1_u32..).zip(&mut lines) {
        line.position = Some(position);
    }
    Ok(lines)
}

/// Sets that are sold as one line, with what is in them as lines of their own.
fn bundles(lines: &mut [OrderLine]) {
    let parts: Vec<(Option<String>, Option<String>)> =
        lines.iter().map(|line| (line.line_ref.clone(), line.parent_ref.clone())).collect();
    for line in lines {
        let is_set = parts.iter().any(|(_, parent)| parent.is_some() && *parent == line.line_ref);
        // A set that was taken off the order leaves its parts behind.
        line.parent_ref = line.parent_ref.take().filter(|parent| {
            parts.iter().any(|(name, _)| name.as_ref() == Some(parent) && *name != line.line_ref)
        });
        line.kind = match (is_set, &line.parent_ref) {
            (true, _) => LineKind::Bundle,
            (false, Some(_)) => LineKind::Component,
            (false, None) => LineKind::Product,
        };
    }
}

/// The price of one, where it divides without a rest. The shop's own `price` is after coupons, rounded as a binary number.
fn each(total: Dec, quantity: Dec) -> Option<Dec> {
    let price = total.checked_div(quantity)?;
    let fits = price.fits_wire() && price.checked_mul(quantity) == Some(total);
    fits.then_some(price)
}

fn tax(order: &Order<'_>, item: &LineItem<'_>, at: &dyn Fn(&str) -> String) -> Result<Option<LineTax>> {
    let Some(amount) = dec(&item.total_tax, || at("total_tax"))? else { return Ok(None) };
    let mut rates = item.taxes.iter().flatten().filter(|tax| text(&tax.total).is_some());
    let rate = match (rates.next(), rates.next()) {
        (Some(only), None) => {
            let lines = order.tax_lines.iter().flatten();
            let line = lines.into_iter().find(|line| text(&line.rate_id) == text(&only.id));
            let percent = line.and_then(|line| Dec::parse(text(&line.rate_percent)?).ok());
            percent.and_then(|percent| percent.checked_div(Dec::from(100)))
        }
        // Several authorities have several rates; one rate for all of them is not stated.
        _ => None,
    };
    Ok(Some(LineTax {
        included: false,
        rate,
        amount: Some(amount),
        category: owned(&item.tax_class),
        collected_by: Some(CollectedBy::Seller),
        ..LineTax::default()
    }))
}

/// What the buyer chose or wrote: attributes of a variant are its title, the rest has to be made. Keys with `_` before
/// them are the shop's own.
fn attached(reading: &Reading<'_>, item: &LineItem<'_>) -> (Option<String>, Vec<(String, String)>) {
    let (mut variant, mut made) = (Vec::new(), Vec::new());
    let named = id(&item.variation_id).map(|_| named(item)).unwrap_or_default();
    for meta in item.meta_data.iter().flatten() {
        let Some(key) = text(&meta.key).filter(|key| !key.starts_with('_')) else { continue };
        if reading.config.ignored_line_meta.iter().any(|ignored| ignored == key) {
            continue;
        }
        let Some(value) = plain(meta) else { continue };
        let shown = meta.display_value.and_then(|shown| serde_json::from_str::<Scalar<'_>>(shown.get()).ok());
        let in_name = |text: &str| named.iter().any(|part| part.eq_ignore_ascii_case(&site::decode(text)));
        let chosen = in_name(&value) || shown.as_ref().and_then(Scalar::text).is_some_and(in_name);
        if chosen || (id(&item.variation_id).is_some() && key.starts_with(ATTRIBUTE)) {
            variant.push(value);
        } else {
            made.push((key.to_owned(), value));
        }
    }
    variant.sort_unstable();
    // The same key twice: both count, in whatever order they stand.
    made.sort_unstable();
    let mut joined: Vec<(String, String)> = Vec::with_capacity(made.len());
    for (key, value) in made {
        match joined.last_mut().filter(|(last, _)| *last == key) {
            Some((_, values)) => *values = format!("{values}, {value}"),
            None => joined.push((key, value)),
        }
    }
    ((!variant.is_empty()).then(|| variant.join(", ")), joined)
}

/// What the shop itself adds to the name of a variation: the values of its attributes, and nothing that the buyer wrote.
fn named(item: &LineItem<'_>) -> Vec<String> {
    let (Some(whole), Some(parent)) = (name(&item.name), name(&item.parent_name)) else { return Vec::new() };
    let values = whole.strip_prefix(&parent).and_then(|rest| rest.strip_prefix(" - "));
    values.map(|values| values.split(", ").map(str::to_owned).collect()).unwrap_or_default()
}

/// The line of an order that a line of a refund takes back.
pub(super) fn refunded_line(meta: &[Meta<'_>]) -> Option<String> {
    let found = meta.iter().find(|meta| text(&meta.key) == Some("_refunded_item_id"))?;
    found.value.map(RawValue::get)?;
    plain(found).filter(|id| crate::read::is_number(id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_price_is_exact_or_not_there() {
        let price = |total: &str, quantity: &str| {
            each(Dec::parse(total).unwrap(), Dec::parse(quantity).unwrap()).map(|price| price.canonical())
        };
        assert_eq!(price("40.00", "2").as_deref(), Some("20"));
        assert_eq!(price("1.00", "8").as_deref(), Some("0.125"));
        assert_eq!(price("11.11", "3"), None);
        assert_eq!(price("3.00", "1.5").as_deref(), Some("2"));
    }
}
