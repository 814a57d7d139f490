//! Parcels that the rows of an order name: one for each carrier and number, told in part.

use crossdock_connector::{Issue, IssueKind, Result, carrier};
use crossdock_schemas::{Direction, Observation, OrderLine, OrderRef, Parcel, ParcelLine};

use crate::columns::Role;
use crate::order::source;
use crate::plan::Plan;
use crate::row::RowReader;

/// The parcels of one document.
#[derive(Default)]
pub(crate) struct Parcels(Vec<Parcel>);

impl Parcels {
    /// The parcel of a row, with the row's line where it has an id. A number without a carrier makes no parcel: its
    /// identity needs both.
    pub(crate) fn add(
        &mut self,
        row: &RowReader<'_>,
        line: Option<&OrderLine>,
        issues: &mut Vec<Issue>,
    ) -> Result<()> {
        let Some(number) = row.id(Role::TrackingNo)?.and_then(carrier::number) else { return Ok(()) };
        let mut issue = |kind, role, detail: &str| {
            let issue = Issue::new(kind, format!("$[*].{}", row.layout.name(role)), detail);
            if !issues.contains(&issue) {
                issues.push(issue);
            }
        };
        let Some(name) = row.text(Role::Carrier)? else {
            issue(IssueKind::BadValue, Role::TrackingNo, "a tracking number without a carrier");
            return Ok(());
        };
        let slug = match carrier::known(name) {
            Some(known) => known.to_owned(),
            None => {
                issue(IssueKind::UnmappedCode, Role::Carrier, name);
                carrier::slug(name)
            }
        };
        let known = self.0.iter().position(|known| known.carrier == slug && known.tracking_no == number);
        let at = known.unwrap_or(self.0.len());
        if known.is_none() {
            self.0.push(Parcel {
                source: source(row.plan),
                carrier: slug,
                carrier_raw: Some(name.to_owned()),
                tracking_no: number,
                direction: Direction::Outbound,
                ..Parcel::default()
            });
        }
        let line = line.and_then(|line| Some((line.line_ref.clone()?, line.quantity)));
        if let (Some(parcel), Some((line_key, quantity))) = (self.0.get_mut(at), line) {
            parcel.lines.push(ParcelLine { line_key, quantity, ..ParcelLine::default() });
        }
        Ok(())
    }

    /// What they say, each with its order.
    pub(crate) fn observations(self, plan: &Plan, order_no: &str) -> impl Iterator<Item = Observation> {
        let order = OrderRef {
            platform: plan.platform.clone(),
            shop: plan.shop.clone(),
            order_no: order_no.to_owned(),
        };
        let told = move |parcel| Observation::parcel(parcel).partial().with_refs(vec![order.clone()]);
        self.0.into_iter().map(told)
    }
}
