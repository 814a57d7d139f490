//! The Taobao trace of an order's parcel: steps, and a sentence about the whole.
//!
//! An order shipped "offline" says that it was signed at once, without any step: the sentence counts only beside a step.

use crossdock_connector::carrier::{self, Batch};
use crossdock_connector::{Error, Issue, IssueKind, Normalized, Result, rows, time, wire};
use crossdock_schemas::ParcelStatus;

use super::Feeds;
use crate::event::{self, Said};
use crate::top;
use crate::wire::{TransitStep, Wrapped};

impl Feeds {
    /// Reads a reply.
    ///
    /// # Errors
    /// `Malformed` when it is not such a reply.
    pub(crate) fn taobao(&self, text: &str) -> Result<Normalized> {
        const ROOT: &str = "$.logistics_trace_search_response";
        let traced = top::answer(text).map_err(Error::into_malformed)?;
        let mut batch = Batch::new(&self.house);
        let number = carrier::number(traced.out_sid.as_str())
            .ok_or_else(|| Error::malformed("the waybill is missing").at(format!("{ROOT}.out_sid")))?;
        let name = traced.company_name.text().unwrap_or_default();
        let path = format!("{ROOT}.company_name");
        let carrier = self.names.word(name, name, &path, &mut batch.issues);
        let list = match traced.trace_list.map(|list| list.get()) {
            Some(text) if text.starts_with('{') => {
                wire::object::<Wrapped<'_>>(text.as_bytes())?.transit_step_info
            }
            _ => traced.trace_list,
        };
        let inside = format!("{ROOT}.trace_list.transit_step_info");
        let steps = match list {
            Some(list) => rows::rows(list.get(), &inside)?,
            None => Vec::new(),
        };
        let mut events = Vec::with_capacity(steps.len());
        for (at, raw) in steps.into_iter().enumerate() {
            let place = format!("{inside}[{at}]");
            let event = rows::object::<TransitStep<'_>>(raw, &place).and_then(|step| {
                let at = time::china(step.status_time.as_str())
                    .map_err(|error| error.at(format!("{place}.status_time")))?;
                let table = &self.codes.action;
                let code = step.action.text().unwrap_or_default();
                let said = Said {
                    at,
                    namespace: &table.namespace,
                    code,
                    meaning: table.get(code).copied(),
                    text: step.status_desc.text().unwrap_or_default(),
                    courier: (None, None),
                    path: format!("{place}.action"),
                };
                Ok(event::event(said, &mut batch.issues))
            });
            match event {
                Ok(event) => events.push(event),
                Err(error) => batch.bad(error),
            }
        }
        let status = self.whole(traced.status.text(), events.is_empty(), ROOT, &mut batch);
        let gathered = batch.parcel_of(&carrier, &number);
        gathered.order_no = traced.tid.owned();
        gathered.parcel.carrier_raw = (!name.is_empty()).then(|| name.to_owned());
        for event in events {
            event::add(gathered, event);
        }
        (gathered.parcel.status, gathered.parcel.status_raw) = status;
        batch.finish("no_routes")
    }

    /// What the sentence about the whole says.
    fn whole(
        &self,
        text: Option<&str>,
        no_steps: bool,
        root: &str,
        batch: &mut Batch<'_>,
    ) -> (Option<ParcelStatus>, Option<String>) {
        let Some(text) = text else { return (None, None) };
        let path = format!("{root}.status");
        // The platform writes the same sentence with either comma.
        let Some(found) = self.codes.taobao.get(&text.replace('，', ",")) else {
            batch.issues.push(Issue::unmapped(path, text));
            return (None, Some(text.to_owned()));
        };
        if found.status == ParcelStatus::Delivered && no_steps {
            batch.issues.push(Issue::new(IssueKind::BadValue, path, "signed without a single step"));
            return (None, Some(text.to_owned()));
        }
        (Some(found.status), Some(text.to_owned()))
    }
}
