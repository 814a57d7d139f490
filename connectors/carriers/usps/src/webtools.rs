//! Replies of the older Web Tools interface (`TrackV2`), in XML: they still circulate, and backfills hold them.

use crossdock_connector::carrier::Batch;
use crossdock_connector::remark::plain;
use crossdock_connector::xml::{self, Node};
use crossdock_connector::{Error, Issue, IssueKind, Result, wire};

use crate::error;
use crate::normalize::{Scans, Seen, arrived, arrives, country, end};
use crate::number::number;
use crate::time::{Where, written};

impl Scans {
    /// Reads a reply: any number of mail pieces, each with its newest scan and those before.
    ///
    /// # Errors
    /// `Malformed` when it is no such reply.
    pub(crate) fn web_tools(&self, body: &[u8], asked: Option<&str>, batch: &mut Batch<'_>) -> Result<()> {
        let root = xml::read(wire::utf8(body)?)?;
        if root.name == "Error" {
            let code = root.get("Number").unwrap_or_default();
            return Err(error::named(code).into_malformed().at("$.Number"));
        }
        if root.name != "TrackResponse" {
            return Err(Error::malformed("expected a TrackResponse").at("$"));
        }
        let pieces: Vec<&Node> = root.children.iter().filter(|child| child.name == "TrackInfo").collect();
        if pieces.is_empty() {
            return Err(Error::malformed("there is no mail piece in it").at("$.TrackInfo"));
        }
        for (at, info) in pieces.iter().enumerate() {
            let place = format!("$.TrackInfo[{at}]");
            if let Err(error) = self.info(info, asked, &place, batch) {
                batch.bad(error);
            }
        }
        Ok(())
    }

    fn info(&self, info: &Node, asked: Option<&str>, place: &str, batch: &mut Batch<'_>) -> Result<()> {
        let number = info
            .attribute("ID")
            .or(asked)
            .and_then(number)
            .ok_or_else(|| Error::malformed("the number is missing").at(format!("{place}.ID")))?;
        if info.child("Error").is_some() {
            batch.issues.push(Issue::new(
                IssueKind::BadValue,
                format!("{place}.Error"),
                "nothing known of it",
            ));
            return Ok(());
        }
        let scans: Vec<&Node> = info
            .children
            .iter()
            .filter(|child| matches!(child.name.as_str(), "TrackSummary" | "TrackDetail"))
            .collect();
        let mut events = Vec::with_capacity(scans.len());
        for (at, scan) in scans.iter().enumerate() {
            let place = format!("{place}.{}[{at}]", scan.name);
            let stamp = (scan.get("EventDate").unwrap_or_default(), scan.get("EventTime"));
            let state = scan.get("EventState");
            let place_of = Where { country: country(scan.get("EventCountry")), state, ends: None };
            let path = format_args!("{place}.EventDate");
            let at = match written(stamp.0, stamp.1, place_of, path, &mut batch.issues) {
                Ok(at) => at,
                Err(error) => {
                    batch.bad(error);
                    continue;
                }
            };
            let seen = Seen {
                at,
                code: scan.get("EventCode").unwrap_or_default(),
                text: scan.get("Event").unwrap_or_default(),
                name: scan.get("Name").unwrap_or_default(),
                city: scan.get("EventCity"),
                state,
                zip: scan.get("EventZIPCode"),
                country: scan.get("EventCountry"),
            };
            events.push(self.scan(&seen, format_args!("{place}.EventCode"), &mut batch.issues));
        }
        if events.is_empty() && !scans.is_empty() {
            return Ok(());
        }
        if events.is_empty() {
            batch.issues.push(Issue::new(
                IssueKind::BadValue,
                place,
                "no scans with fields: ask with revision 1",
            ));
        }
        let there = Where { country: Some("US"), state: info.get("DestinationState"), ends: None };
        let expected = ["ExpectedDeliveryDate", "PredictedDeliveryDate"].into_iter();
        let eta = expected.filter_map(|name| info.get(name)).find_map(|day| arrives(day, None, there));
        let eta = eta.filter(|_| !events.iter().any(arrived));
        let gathered = batch.parcel(&number);
        for (event, signer) in events {
            gathered.add(event, signer);
        }
        let parcel = &mut gathered.parcel;
        parcel.eta = eta;
        parcel.service = info.get("Class").map(|class| plain(class).into_owned());
        let ends = |names: [&str; 3]| end(names.map(|name| info.get(name)), None);
        parcel.to = ends(["DestinationCity", "DestinationState", "DestinationZip"]);
        parcel.from = ends(["OriginCity", "OriginState", "OriginZip"]);
        if let Some(id) = info.get("MPSUFFIX") {
            gathered.note("unique_mail_piece_id", id);
        }
        Ok(())
    }
}
