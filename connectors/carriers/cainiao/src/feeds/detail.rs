//! Logistics details (物流详情): one object a waybill, with the full list of its events each time.

use serde_json::value::RawValue;

use crossdock_connector::carrier::{self, Batch};
use crossdock_connector::xml::Node;
use crossdock_connector::{Error, Issue, IssueKind, Normalized, Result, rows, time};
use crossdock_schemas::{Location, TrackingEvent};

use super::Feeds;
use crate::event::{self, Said};
use crate::wire::{Detail, Trace};

/// One event, from JSON or XML.
struct Row<'a> {
    time: &'a str,
    status: &'a str,
    sub: &'a str,
    text: &'a str,
    area_code: Option<&'a str>,
    area_name: Option<&'a str>,
    courier: (Option<&'a str>, Option<&'a str>),
}

impl Feeds {
    /// Reads details.
    ///
    /// # Errors
    /// `Malformed` when none can be read.
    pub(crate) fn details(&self, found: &[&RawValue]) -> Result<Normalized> {
        if found.is_empty() {
            return Err(Error::malformed("there is no detail in it").at("$"));
        }
        let mut batch = Batch::new(&self.house);
        for (at, raw) in found.iter().enumerate() {
            let place = if found.len() == 1 { "$".to_owned() } else { format!("$[{at}]") };
            if let Err(error) = self.detail(raw, &place, &mut batch) {
                batch.bad(error);
            }
        }
        batch.finish("no_routes")
    }

    fn detail(&self, raw: &RawValue, place: &str, batch: &mut Batch<'_>) -> Result<()> {
        let detail: Detail<'_> = rows::object(raw, place)?;
        let (company, name) = (detail.cp_code.text(), detail.logistics_company_name.text());
        let (carrier, number) = self.whose(company, name, detail.mail_no.as_str(), place, batch)?;
        let list = detail.logistics_trace_detail_list.ok_or_else(|| {
            Error::malformed("there is no list of events").at(format!("{place}.logisticsTraceDetailList"))
        })?;
        let inside = format!("{place}.logisticsTraceDetailList");
        let traces = rows::rows(list.get(), &inside)?;
        if traces.is_empty() {
            batch.issues.push(Issue::new(IssueKind::BadValue, inside.clone(), "no events yet"));
        }
        for (at, raw) in traces.into_iter().enumerate() {
            let place = format!("{inside}[{at}]");
            let event = rows::object::<Trace<'_>>(raw, &place).and_then(|trace| {
                let row = Row {
                    time: trace.time.as_str(),
                    status: trace.logistics_status.text().unwrap_or_default(),
                    sub: trace.sub_logistics_status.text().unwrap_or_default(),
                    text: trace.desc.text().unwrap_or_default(),
                    area_code: trace.area_code.text(),
                    area_name: trace.area_name.text(),
                    courier: (trace.courier.text(), trace.courier_phone.text()),
                };
                self.detail_event(&row, &place, &mut batch.issues)
            });
            match event {
                Ok(event) => {
                    let gathered = batch.parcel_of(&carrier, &number);
                    gathered.parcel.carrier_raw = company.or(name).map(str::to_owned);
                    event::add(gathered, event);
                }
                Err(error) => batch.bad(error),
            }
        }
        Ok(())
    }

    /// The same as XML: elements that hold a time and a status are events of the waybill above them.
    ///
    /// # Errors
    /// `Malformed` when none can be read.
    pub(crate) fn detail_xml(&self, root: &Node) -> Result<Normalized> {
        let mut batch = Batch::new(&self.house);
        let get = |name: &str| root.all().into_iter().find_map(|node| node.get(name));
        let (company, name) = (get("cpCode"), get("logisticsCompanyName"));
        let number = get("mailNo").unwrap_or_default();
        let (carrier, number) = self.whose(company, name, number, "$", &mut batch)?;
        let is_event = |node: &&Node| node.get("time").is_some() && node.child("logisticsStatus").is_some();
        for (at, node) in root.all().into_iter().filter(is_event).enumerate() {
            let place = format!("$.logisticsTraceDetailList[{at}]");
            let row = Row {
                time: node.get("time").unwrap_or_default(),
                status: node.get("logisticsStatus").unwrap_or_default(),
                sub: node.get("subLogisticsStatus").unwrap_or_default(),
                text: node.get("desc").unwrap_or_default(),
                area_code: node.get("areaCode"),
                area_name: node.get("areaName"),
                courier: (node.get("courier"), node.get("courierPhone")),
            };
            match self.detail_event(&row, &place, &mut batch.issues) {
                Ok(event) => {
                    let gathered = batch.parcel_of(&carrier, &number);
                    gathered.parcel.carrier_raw = company.or(name).map(str::to_owned);
                    event::add(gathered, event);
                }
                Err(error) => batch.bad(error),
            }
        }
        batch.finish("no_routes")
    }

    /// The real carrier's word, and the number.
    fn whose(
        &self,
        company: Option<&str>,
        name: Option<&str>,
        number: &str,
        place: &str,
        batch: &mut Batch<'_>,
    ) -> Result<(String, String)> {
        let number = carrier::number(number)
            .ok_or_else(|| Error::malformed("the waybill is missing").at(format!("{place}.mailNo")))?;
        let path = format!("{place}.cpCode");
        let carrier = match (company, name) {
            (Some(code), _) => self.companies.word(code, code, &path, &mut batch.issues),
            (None, Some(name)) => self.names.word(name, name, &path, &mut batch.issues),
            (None, None) => {
                return Err(Error::malformed("the carrier is missing").at(path));
            }
        };
        Ok((carrier, number))
    }

    fn detail_event(&self, row: &Row<'_>, place: &str, issues: &mut Vec<Issue>) -> Result<TrackingEvent> {
        let at = time::china_millis(row.time).map_err(|error| error.at(format!("{place}.time")))?;
        // Most carriers repeat the status where nothing finer is to be said.
        let is_finer = !row.sub.is_empty() && row.sub != row.status;
        let code = if is_finer { format!("{}/{}", row.status, row.sub) } else { row.status.to_owned() };
        let table = &self.codes.detail;
        let meaning = table.get(&code).or_else(|| is_finer.then(|| table.get(row.sub)).flatten()).copied();
        let said = Said {
            at,
            namespace: &table.namespace,
            code: &code,
            meaning,
            text: row.text,
            courier: row.courier,
            path: format!("{place}.logisticsStatus"),
        };
        let mut event = event::event(said, issues);
        match row.status {
            "FAILED" => event::failed(&mut event),
            "TRANSPORT" if meaning.is_some() => event::picked_up(&mut event, row.text),
            _ => {}
        }
        event.location = carrier::area(row.area_code, row.area_name).map(|place| Location {
            // Two feeds write the same area with commas or blanks.
            text: place.text.map(|text| text.replace(' ', "")),
            ..place
        });
        Ok(event)
    }
}
