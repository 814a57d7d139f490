//! What each rule sees in an order. Evidence names counts, sums and codes, never a person.

use std::collections::BTreeMap;

use crossdock_schemas::{AddressGrade, Dec, Order};

use super::finger::{Key, Kind};
use super::list::Listing;
use super::rules::When;
use super::windows::{Sight, Windows};

/// What a rule looks for, in the form in which it is looked for; most orders have nothing of it.
#[derive(Debug)]
pub(super) enum Sought {
    /// Grades, a bit for each.
    Grades(u8),
    /// Divisions: whole provinces by a bit for their first two digits, and the rest.
    Regions { provinces: u128, others: Vec<String> },
    /// The most to be paid, by currency.
    Amounts(Vec<([u8; 3], Dec)>),
    /// What is on the list.
    Listed(Kind),
    /// More than one order of a value.
    Several,
    /// As the rule says it.
    AsWritten,
}

impl Sought {
    pub(super) fn new(when: &When) -> Self {
        match when {
            When::AddressGrade(grades) => {
                let bits = grades.iter().map(|grade| bit(AddressGrade::from_text(grade)));
                Sought::Grades(bits.fold(0, |all, bit| all | bit))
            }
            When::Region(codes) => {
                let (whole, others): (Vec<_>, Vec<_>) = codes.iter().partition(|code| code.len() == 2);
                let provinces = whole.into_iter().filter_map(|code| province(code.as_bytes()));
                Sought::Regions {
                    provinces: provinces.fold(0, |all, bit| all | bit),
                    others: others.into_iter().cloned().collect(),
                }
            }
            When::AmountOver(limits) => {
                let limit = |(code, limit): (&String, &Dec)| Some((code.as_bytes().try_into().ok()?, *limit));
                Sought::Amounts(limits.iter().filter_map(limit).collect())
            }
            When::Listed(kind) => Sought::Listed(*kind),
            When::Often { more_than: 1.., .. } => Sought::Several,
            _ => Sought::AsWritten,
        }
    }
}

const fn bit(grade: AddressGrade) -> u8 {
    1 << (grade as u8)
}

/// The bit of the province that a code begins with.
fn province(code: &[u8]) -> Option<u128> {
    match code {
        [tens @ b'0'..=b'9', ones @ b'0'..=b'9', ..] => Some(1 << ((tens - b'0') * 10 + (ones - b'0'))),
        _ => None,
    }
}

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
    /// Whether a rule may see something: of most it is known at once that they do not.
    #[inline]
    pub(super) fn may_see(&self, sought: &Sought) -> bool {
        let to = self.order.ship_to.as_ref();
        match sought {
            Sought::Listed(kind) => self.key.is_some() && self.list.has(*kind),
            Sought::Several => self.sight.is_some_and(|sight| !sight.is_first()),
            Sought::Grades(grades) => {
                to.and_then(|to| to.grade).is_some_and(|grade| grades & bit(grade) != 0)
            }
            Sought::Regions { .. } => to.is_some_and(|to| to.region_codes.is_some()),
            Sought::Amounts(_) | Sought::AsWritten => true,
        }
    }

    /// What a rule sees; none when it does not apply.
    pub(super) fn seen(&self, when: &When, sought: &Sought) -> Option<String> {
        let order = self.order;
        match when {
            When::Listed(kind) => self.listed(*kind),
            When::AmountOver(_) => {
                let Sought::Amounts(limits) = sought else { return None };
                let (currency, owed) = (order.currency.as_deref()?, order.totals.payable?);
                let (_, limit) = *limits.iter().find(|(code, _)| code == currency.as_bytes())?;
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
            When::Region(_) => {
                let region = order.ship_to.as_ref()?.region_codes.as_ref()?;
                let deepest =
                    region.district.as_ref().or(region.city.as_ref()).or(region.province.as_ref())?;
                let Sought::Regions { provinces, others } = sought else { return None };
                let whole = province(deepest.as_bytes()).is_some_and(|province| provinces & province != 0);
                let remote = whole || others.iter().any(|code| deepest.starts_with(code.as_str()));
                remote.then(|| format!("division {deepest}"))
            }
            When::AddressGrade(_) => {
                let address = order.ship_to.as_ref()?;
                let grade = address.grade?;
                let why = || address.flags.join(" ");
                let is = matches!(sought, Sought::Grades(grades) if grades & bit(grade) != 0);
                is.then(|| format!("grade {grade} {}", why()).trim().to_owned())
            }
        }
    }

    fn listed(&self, kind: Kind) -> Option<String> {
        let key = self.key.filter(|_| self.list.has(kind))?;
        let mut since = None;
        key.each_value(self.order, kind, &mut |value| {
            if self.list.may_hold(kind, value.mark()) {
                let found = self.list.since(kind, &value.finger());
                since = since.into_iter().chain(found).min();
            }
        });
        let since = since?;
        Some(format!("listed since {}", since.strftime("%Y-%m-%d")))
    }

    /// The pieces of one SKU over all lines.
    fn pieces(&self, limit: Dec, skus: &[String]) -> Option<String> {
        // Most orders have fewer pieces than that altogether.
        let mut lines = self.order.lines.iter().map(|line| line.quantity);
        let add =
            |all: Dec, pieces: Dec| all.checked_add(pieces).filter(|_| !pieces.value().is_sign_negative());
        if lines.try_fold(Dec::ZERO, add).is_some_and(|all| all <= limit) {
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
    if let Some(discount) = totals.discount {
        sum = sum.checked_sub(discount)?;
    }
    for part in [totals.shipping, totals.fees, totals.rounding].into_iter().flatten() {
        sum = sum.checked_add(part)?;
    }
    let without = payable.checked_sub(sum)?;
    let Some(tax) = totals.tax.filter(|_| order.prices_include_tax != Some(true)) else {
        return Some(without);
    };
    let with = without.checked_sub(tax)?;
    Some(match order.prices_include_tax {
        Some(true) => without,
        Some(false) => with,
        None if without.abs() < with.abs() => without,
        None => with,
    })
}
