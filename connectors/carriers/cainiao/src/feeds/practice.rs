//! Cainiao's own express: events with two-digit codes.

use crossdock_connector::carrier::{self, Batch};
use crossdock_connector::{Error, ErrorKind, Issue, IssueKind, Normalized, Result, rows, time, wire};
use crossdock_schemas::{Eta, EtaBy, Location, Ts};

use super::Feeds;
use crate::event::{self, Said};
use crate::wire::{Operation, Practice};

/// A reply that is not an error.
///
/// # Errors
/// The gateway's refusal; `Malformed` when it is not such a reply.
pub(crate) fn answer(text: &str) -> Result<Practice<'_>> {
    let reply: Practice<'_> = wire::object(text.as_bytes())?;
    match reply.success.text() {
        Some("true") => {}
        // A push of the same shape has no word about success.
        None if reply.operation_details.is_some() => {}
        Some("false") => {
            // Neither codes nor their meanings are published: asked again, and kept.
            let code = reply.error_code.text().unwrap_or_default();
            return Err(Error::new(ErrorKind::Unavailable, "cainiao refused the query")
                .vendor(code)
                .at("$.errorCode"));
        }
        _ => return Err(Error::malformed("expected true or false").at("$.success")),
    }
    Ok(reply)
}

impl Feeds {
    /// Reads a reply or a push of this feed.
    ///
    /// # Errors
    /// `Malformed` when it is not one.
    pub(crate) fn practice(&self, text: &str, asked: Option<&str>) -> Result<Normalized> {
        const LIST: &str = "$.operationDetails";
        let reply = answer(text).map_err(Error::into_malformed)?;
        let mut batch = Batch::new(&self.house);
        let found = match reply.operation_details {
            Some(list) => rows::rows(list.get(), LIST)?,
            None => Vec::new(),
        };
        if found.is_empty() {
            batch.issues.push(Issue::new(IssueKind::BadValue, LIST, "no events yet"));
            return batch.finish("no_routes");
        }
        let number = carrier::number(reply.mail_no.as_str())
            .or_else(|| asked.and_then(carrier::number))
            .ok_or_else(|| Error::malformed("the waybill is missing").at("$.mailNo"))?;
        let eta = reply.estimated_arrive_time.text().and_then(|text| moment(text).ok());
        for (at, raw) in found.into_iter().enumerate() {
            let place = format!("{LIST}[{at}]");
            let event = rows::object::<Operation<'_>>(raw, &place).and_then(|operation| {
                let at = moment(operation.operate_time.as_str())
                    .map_err(|error| error.at(format!("{place}.operateTime")))?;
                let table = &self.codes.practice;
                let code = operation.status.text().unwrap_or_default();
                let said = Said {
                    at,
                    namespace: &table.namespace,
                    code,
                    meaning: table.get(code).copied(),
                    text: operation.operate_description.text().unwrap_or_default(),
                    courier: (None, None),
                    path: format!("{place}.status"),
                };
                let mut event = event::event(said, &mut batch.issues);
                if let Some(branch) = operation.org_name.text() {
                    event.facility = Some(branch.to_owned());
                    event.location = Some(Location { text: Some(branch.to_owned()), ..Location::default() });
                }
                Ok(event)
            });
            match event {
                Ok(event) => {
                    let gathered = batch.parcel(&number);
                    gathered.parcel.eta =
                        eta.map(|to| Eta { to: Some(to), by: EtaBy::Carrier, ..Eta::default() });
                    event::add(gathered, event);
                }
                Err(error) => batch.bad(error),
            }
        }
        batch.finish("no_routes")
    }
}

/// A time in China, or milliseconds.
fn moment(text: &str) -> Result<Ts> {
    if text.trim().bytes().all(|byte| byte.is_ascii_digit()) {
        time::china_millis(text)
    } else {
        time::china(text)
    }
}
