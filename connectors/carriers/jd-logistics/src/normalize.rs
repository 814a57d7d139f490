//! Replies to parcels: one observation for each waybill, partial, with its events.

use std::collections::BTreeMap;

use crossdock_connector::carrier::{self, Batch, House, Meaning};
use crossdock_connector::wire::Scalar;
use crossdock_connector::{
    Capture, Error, ErrorKind, Issue, IssueKind, Normalize, Normalized, Result, remark, rows, time,
};
use crossdock_schemas::{Location, ParcelStatus, TrackingEvent, Ts};

use crate::codes::Codes;
use crate::decide;
use crate::wire::{Row, TRACE, TRACKING, Trace};
use crate::{error, wire};

/// 换单打印: the waybill goes on under a number that only the sentence names.
const RELABELLED: &str = "200020";

/// The normalize part.
pub(crate) struct Traces {
    pub(crate) house: House,
    pub(crate) codes: Codes,
}

impl Normalize for Traces {
    fn normalize(&self, capture: &Capture) -> Result<Normalized> {
        if ![TRACE, TRACKING].contains(&capture.topic.as_str()) {
            let what = format!("unknown topic, expected {TRACE} or {TRACKING}");
            return Err(Error::new(ErrorKind::Unsupported, what).with("topic", &capture.topic));
        }
        error::gateway(&capture.body, &BTreeMap::new(), false).map_err(Error::into_malformed)?;
        let found = wire::rows(&capture.body).map_err(Error::into_malformed)?;
        let mut batch = Batch::new(&self.house);
        if found.is_empty() {
            batch.issues.push(Issue::new(IssueKind::BadValue, "$.data.traceDetails", "no events yet"));
        }
        let asked = capture.headers.get(carrier::ASKED);
        let mut next = Vec::new();
        for row in &found {
            match self.trace(row, asked, &mut batch) {
                Ok(found) => next.extend(found),
                Err(error) => batch.bad(error),
            }
        }
        for (number, from) in next {
            batch.parcel(&number).note("forwarded_from", from);
        }
        batch.finish("no_routes")
    }
}

impl Traces {
    /// Adds one event; gives the number the waybill goes on under, and its own.
    fn trace(
        &self,
        row: &Row<'_>,
        asked: Option<&str>,
        batch: &mut Batch<'_>,
    ) -> Result<Option<(String, String)>> {
        let place = &row.place;
        let trace: Trace<'_> = rows::object(row.raw, place)?;
        let number = carrier::number(trace.waybill_code.as_str())
            .or_else(|| row.shipment.as_deref().and_then(carrier::number))
            .or_else(|| asked.and_then(carrier::number))
            .ok_or_else(|| Error::malformed("the waybill is missing").at(format!("{place}.waybillCode")))?;
        let at = moment(trace.operation_time.as_str())
            .map_err(|error| error.at(format!("{place}.operationTime")))?;
        let text = [&trace.operation_remark, &trace.remark, &trace.operation_title]
            .into_iter()
            .find_map(Scalar::text)
            .unwrap_or_default();
        let category = trace.category.text();
        if let Some(category) = category
            && self.codes.categories.get(category).is_none()
        {
            batch.issues.push(Issue::unmapped(format!("{place}.category"), category));
        }
        // The event says more than the shipment's category, which only stands in where there is no event.
        let state = trace.state.text().or(trace.operation_code.text());
        let (table, code, key) = match (state, category) {
            (Some(state), _) => (&self.codes.states, state, "state"),
            (None, Some(category)) => (&self.codes.categories, category, "category"),
            (None, None) => (&self.codes.states, "", "state"),
        };
        let known_issue = key == "category" && table.get(code).is_none();
        let path = format!("{place}.{key}");
        let meaning = if known_issue {
            Meaning::raw(code)
        } else {
            decide::decide(table, code, text, &path, &mut batch.issues)
        };
        let operator = trace.operator_name.text().unwrap_or_default();
        let extend = trace.extend.as_ref();
        let phone =
            trace.operator_phone.text().or_else(|| extend.and_then(|more| more.operator_phone.text()));
        let masked = remark::mask_with(text, &[operator]);
        let event = TrackingEvent {
            at,
            status: meaning.status,
            status_raw: meaning.status_raw.clone(),
            step: meaning.step,
            reason: meaning.reason,
            reason_raw: trace.cancel_reason.text().map(|why| remark::mask(why).text.into_owned()),
            delivered_to: meaning.delivered_to,
            code_namespace: Some(table.namespace.clone()),
            code_raw: (!code.is_empty()).then(|| code.to_owned()),
            description: (!masked.text.is_empty()).then(|| masked.text.clone().into_owned()),
            location: trace.location().map(|text| Location { text: Some(text), ..Location::default() }),
            facility: trace.operate_site.owned().or_else(|| remark::facility(text).map(str::to_owned)),
            courier: (meaning.status == ParcelStatus::OutForDelivery)
                .then(|| carrier::delivering(Some(operator), phone, &masked))
                .flatten(),
            ..TrackingEvent::default()
        };
        let gathered = batch.parcel(&number);
        if let Some(order) = trace.order_id.text() {
            gathered.order_no = Some(order.to_owned());
            gathered.note("order_id", order);
        }
        if let Some((waybill, piece, pieces)) = decide::piece(&number) {
            for (key, value) in [("waybill", waybill), ("piece", piece), ("pieces", pieces)] {
                gathered.note(key, value);
            }
        }
        gathered.add(event, masked.signer);
        let next = if code == RELABELLED { decide::next_number(text, &number) } else { None };
        if let Some(next) = &next {
            gathered.note("forwarded_to", next.as_str());
        }
        Ok(next.map(|next| (next, number)))
    }
}

/// A time in China, with dashes or slashes.
fn moment(text: &str) -> Result<Ts> {
    time::china(&text.replace('/', "-"))
}
