//! Discounts: Shopify states each once and its shares line by line.
//!
//! A discount that is spread (`across`) belongs to the order; one that applies to single lines (`each`, `one`)
//! belongs to them and lowers their totals.

use crossdock_connector::{Issue, IssueKind, Result};
use crossdock_schemas::{Allocation, Dec, Discount, DiscountKind, DiscountTarget};

use crate::normalize::Reading;
use crate::read::{dec, owned, text};
use crate::{codes, wire};

/// What lowers one line.
#[derive(Clone, Copy, Default)]
pub(crate) struct OnLine {
    /// Discounts of the line itself.
    pub(crate) line: Option<Dec>,
    /// Its share of the order's discounts.
    pub(crate) order: Option<Dec>,
}

/// All discounts of an order.
pub(crate) struct Discounts<'o> {
    applications: &'o [wire::DiscountApplication<'o>],
    found: Vec<Discount>,
    lines: Vec<OnLine>,
}

fn add(sum: &mut Option<Dec>, amount: Dec) {
    *sum = Some(sum.unwrap_or(Dec::ZERO) + amount);
}

impl<'o> Discounts<'o> {
    /// Reads applications and shares.
    pub(crate) fn read(reading: &mut Reading<'_>, order: &'o wire::Order<'o>) -> Result<Self> {
        let applications = order.discount_applications.as_deref().unwrap_or_default();
        let found = applications.iter().enumerate().map(|(i, one)| application(reading, i, one)).collect();
        let mut all = Self { applications, found, lines: Vec::with_capacity(order.line_items.len()) };
        for (i, line) in order.line_items.iter().enumerate() {
            all.line(reading, i, line)?;
        }
        for (i, line) in order.shipping_lines.iter().flatten().enumerate() {
            for (a, share) in line.discount_allocations.iter().flatten().enumerate() {
                let at = |field: &str| format!("$.shipping_lines[{i}].discount_allocations[{a}].{field}");
                let Some(amount) = dec(&share.amount, || at("amount"))? else { continue };
                if let Some(discount) = all.of(reading, share, &at) {
                    discount.amount = discount.amount + amount;
                }
            }
        }
        all.without_shares(order)?;
        Ok(all)
    }

    /// What lowers the line at this place.
    pub(crate) fn on_line(&self, place: usize) -> OnLine {
        self.lines.get(place).copied().unwrap_or_default()
    }

    /// The discounts as the model has them.
    pub(crate) fn into_model(self) -> Vec<Discount> {
        self.found
    }

    fn line(&mut self, reading: &mut Reading<'_>, i: usize, line: &wire::LineItem<'_>) -> Result<()> {
        let mut on = OnLine::default();
        let Some(shares) = &line.discount_allocations else {
            // Bodies too old to have shares; in newer ones this field stays 0.00 whatever happens.
            let legacy = dec(&line.total_discount, || format!("$.line_items[{i}].total_discount"))?;
            on.line = legacy.filter(|amount| !amount.is_zero());
            self.lines.push(on);
            return Ok(());
        };
        for (a, share) in shares.iter().enumerate() {
            let at = |field: &str| format!("$.line_items[{i}].discount_allocations[{a}].{field}");
            let Some(amount) = dec(&share.amount, || at("amount"))? else { continue };
            let Some(discount) = self.of(reading, share, &at) else {
                // The share is real even where the discount it came from is not in the body.
                add(&mut on.order, amount);
                continue;
            };
            discount.amount = discount.amount + amount;
            let line_key = line.id.as_str().to_owned();
            discount.allocations.push(Allocation { line_key, amount });
            let of_line = discount.target == DiscountTarget::Line;
            add(if of_line { &mut on.line } else { &mut on.order }, amount);
        }
        self.lines.push(on);
        Ok(())
    }

    /// The discount a share came from.
    fn of(
        &mut self,
        reading: &mut Reading<'_>,
        share: &wire::DiscountAllocation<'_>,
        at: &dyn Fn(&str) -> String,
    ) -> Option<&mut Discount> {
        let index = text(&share.discount_application_index).and_then(|index| index.parse::<usize>().ok());
        let found = index.and_then(|index| self.found.get_mut(index));
        if found.is_none() {
            let what = "share of a discount that is not in the body";
            reading.issues.push(Issue::new(IssueKind::BadValue, at("discount_application_index"), what));
        }
        found
    }

    /// A code whose shares are missing still says its amount.
    fn without_shares(&mut self, order: &wire::Order<'_>) -> Result<()> {
        for (discount, application) in self.found.iter_mut().zip(self.applications) {
            let Some(code) = text(&application.code).filter(|_| discount.amount.is_zero()) else { continue };
            for (i, given) in order.discount_codes.iter().flatten().enumerate() {
                if text(&given.code).is_some_and(|own| own.eq_ignore_ascii_case(code)) {
                    let amount = dec(&given.amount, || format!("$.discount_codes[{i}].amount"))?;
                    discount.amount = amount.unwrap_or(discount.amount);
                }
            }
        }
        Ok(())
    }
}

fn application(reading: &mut Reading<'_>, i: usize, given: &wire::DiscountApplication<'_>) -> Discount {
    let at = |field: &str| format!("$.discount_applications[{i}].{field}");
    let word = text(&given.r#type).unwrap_or_default();
    let kind = reading.word(codes::discount(word), word, || at("type")).unwrap_or(DiscountKind::Unknown);
    let target = match (text(&given.target_type), text(&given.allocation_method)) {
        (Some("shipping_line"), _) => DiscountTarget::Shipping,
        (_, Some("each" | "one")) => DiscountTarget::Line,
        (_, Some("across")) => DiscountTarget::Order,
        (_, other) => {
            reading.issues.push(Issue::unmapped(at("allocation_method"), other.unwrap_or_default()));
            DiscountTarget::Unknown
        }
    };
    let id = owned(&given.code).or_else(|| owned(&given.title)).or_else(|| owned(&given.description));
    Discount {
        id,
        kind,
        kind_raw: owned(&given.r#type),
        target,
        // The word that decided.
        target_raw: owned(if target == DiscountTarget::Shipping {
            &given.target_type
        } else {
            &given.allocation_method
        }),
        ..Discount::default()
    }
}
