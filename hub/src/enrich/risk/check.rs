//! What each rule sees in an order. Evidence names counts, sums and codes, never a person.

use std::collections::BTreeMap;

use crossdock_schemas::{Dec, Order};

use super::finger::{Key, Kind};
use super::list::Listing;
use super::rules::When;
use super::windows::{Sight, Windows};

/// An order and what is known beside it.
pub(super) struct Facts<'a> {
    pub(super) order: &'a Order,
    pub(super) key: Option<&'a Key>,
    pub(super) list: &'a Listing,
    pub(super) windows: &'a Windows,
    /// By what the order is counted.
    pub(super) sight: Option<&'a Sight>,
}

impl Facts<'_> {
    /// What a rule sees; none when it does not apply.
    pub(super) fn seen(&self, when: &When) -> Option<String> {
        let order = self.order;
        match when {
            When::Listed(kind) => self.listed(*kind),
            When::AmountOver(limits) => {
                let (currency, owed) = (order.currency.as_deref()?, order.totals.payable?);
                let limit = *limits.get(currency)?;
                (owed > limit).then(|| format!("{owed} {currency} is over {limit}"))
            }
            When::QuantityOver { pieces, skus } => self.pieces(*pieces, skus),
            When::Often { by, more_than, within } => {
                let count = self.windows.count(self.sight?, *by, within.micros());
                let hours = within.get().as_secs().div_ceil(3600);
                let what = by.as_str();
                (count > *more_than).then(|| format!("{count} orders of one {what} within {hours} h"))
            }
            When::AmountsOff(tolerance) => {
                let off = off_by(order)?;
                (off.abs() > *tolerance).then(|| format!("the totals are off by {off}"))
            }
            When::Region(codes) => {
                let region = order.ship_to.as_ref()?.region_codes.as_ref()?;
                let deepest =
                    region.district.as_ref().or(region.city.as_ref()).or(region.province.as_ref())?;
                let remote = codes.iter().any(|code| deepest.starts_with(code.as_str()));
                remote.then(|| format!("division {deepest}"))
            }
            When::AddressGrade(grades) => {
                let address = order.ship_to.as_ref()?;
                let grade = address.grade?.as_str();
                let why = || address.flags.join(" ");
                let is = grades.iter().any(|given| given == grade);
                is.then(|| format!("grade {grade} {}", why()).trim().to_owned())
            }
        }
    }

    fn listed(&self, kind: Kind) -> Option<String> {
        let key = self.key.filter(|_| self.list.has(kind))?;
        let fingers = key.fingers(self.order, kind);
        let since = fingers.iter().filter_map(|finger| self.list.since(kind, finger)).min()?;
        Some(format!("listed since {}", since.strftime("%Y-%m-%d")))
    }

    /// The pieces of one SKU over all lines.
    fn pieces(&self, limit: Dec, skus: &[String]) -> Option<String> {
        // Most orders have fewer pieces than that altogether.
        let lines = || self.order.lines.iter().map(|line| line.quantity);
        let all = lines().try_fold(Dec::default(), Dec::checked_add);
        if all.is_some_and(|all| all <= limit) && lines().all(|pieces| pieces >= Dec::default()) {
            return None;
        }
        let mut counts: BTreeMap<&str, Dec> = BTreeMap::new();
        for line in &self.order.lines {
            let Some(sku) = line.sku.as_deref().or(line.variant_ref.as_deref()) else { continue };
            if skus.is_empty() || skus.iter().any(|named| named == sku) {
                let count = counts.entry(sku).or_default();
                *count = count.checked_add(line.quantity).unwrap_or(*count);
            }
        }
        let (sku, pieces) = counts.into_iter().find(|(_, pieces)| *pieces > limit)?;
        Some(format!("{pieces} pieces of {sku}, over {limit}"))
    }
}

/// By how much the totals do not add up; none when goods or payable are not stated. Where nobody says whether prices
/// contain tax, either is fine.
fn off_by(order: &Order) -> Option<Dec> {
    let totals = &order.totals;
    let (mut sum, payable) = (totals.goods?, totals.payable?);
    sum = sum.checked_sub(totals.discount.unwrap_or_default())?;
    for part in [totals.shipping, totals.fees, totals.rounding].into_iter().flatten() {
        sum = sum.checked_add(part)?;
    }
    let tax = totals.tax.unwrap_or_default();
    let (without, with) = (payable.checked_sub(sum)?, payable.checked_sub(sum)?.checked_sub(tax)?);
    Some(match order.prices_include_tax {
        Some(true) => without,
        Some(false) => with,
        None if without.abs() < with.abs() => without,
        None => with,
    })
}
