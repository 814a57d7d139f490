//! Global parcels: events with action codes, each with the clock and the zone of its place.

use jiff::SignedDuration;
use jiff::tz::Offset;
use serde_json::value::RawValue;

use crossdock_connector::carrier::{self, Batch};
use crossdock_connector::wire::Scalar;
use crossdock_connector::{Error, Issue, IssueKind, Normalized, Result, rows, time, wire};
use crossdock_schemas::{AtQuality, Eta, EtaBy, Location, TrackingEvent, Ts};

use super::Feeds;
use crate::event::{self, Said};
use crate::wire::{Action, EtaInfo, Global, Probe};

impl Feeds {
    /// Reads one parcel, or a `module` of them.
    ///
    /// # Errors
    /// `Malformed` when it is not such an object.
    pub(crate) fn global(&self, text: &str) -> Result<Normalized> {
        let probe: Probe<'_> = wire::object(text.as_bytes())?;
        let (list, from) = match (probe.module, probe.data) {
            (Some(list), _) => (Some(list), "$.module"),
            (None, Some(list)) => (Some(list), "$.data"),
            (None, None) => (None, "$"),
        };
        let found = rows::rows(list.map_or(text, RawValue::get), from)?;
        let mut batch = Batch::new(&self.house);
        for (at, raw) in found.iter().enumerate() {
            let place = if list.is_some() { format!("{from}[{at}]") } else { from.to_owned() };
            if let Err(error) = self.parcel(raw, &place, &mut batch) {
                batch.bad(error);
            }
        }
        batch.finish("no_routes")
    }

    fn parcel(&self, raw: &RawValue, place: &str, batch: &mut Batch<'_>) -> Result<()> {
        let parcel: Global<'_> = rows::object(raw, place)?;
        let number = carrier::number(parcel.mail_no.as_str())
            .ok_or_else(|| Error::malformed("the waybill is missing").at(format!("{place}.mailNo")))?;
        let inside = format!("{place}.detailList");
        let list = parcel
            .detail_list
            .ok_or_else(|| Error::malformed("there is no list of events").at(inside.clone()))?;
        let actions = rows::rows(list.get(), &inside)?;
        if actions.is_empty() {
            batch.issues.push(Issue::new(IssueKind::BadValue, inside.clone(), "no events yet"));
        }
        let eta = parcel.global_eta_info.as_ref().and_then(eta);
        let labelled =
            || parcel.real_mail_no.text().and_then(|text| text.split([':', '\t', ' ']).next_back());
        let real = parcel.copy_real_mail_no.text().or_else(labelled).filter(|real| !real.is_empty());
        for (at, raw) in actions.into_iter().enumerate() {
            let place = format!("{inside}[{at}]");
            let event = rows::object::<Action<'_>>(raw, &place)
                .and_then(|action| self.action(&action, &place, &mut batch.issues));
            match event {
                Ok(event) => batch.parcel(&number).parcel.events.push(event),
                Err(error) => {
                    batch.bad(error);
                    continue;
                }
            }
            let gathered = batch.parcel(&number);
            gathered.parcel.eta = eta.clone();
            if let Some(real) = real {
                gathered.note("last_mile_no", real);
            }
            if let Some(name) = parcel.dest_cp_info.as_ref().and_then(|company| company.cp_name.text()) {
                gathered.note("last_mile", name);
            }
        }
        Ok(())
    }

    fn action(&self, action: &Action<'_>, place: &str, issues: &mut Vec<Issue>) -> Result<TrackingEvent> {
        let zone = action.time_zone.text().and_then(offset);
        let (at, quality) = moment(action, zone).map_err(|error| error.at(format!("{place}.time")))?;
        if quality == AtQuality::NoZone {
            let what = "a local time of a place without a zone, read as +08:00";
            issues.push(Issue::new(IssueKind::NoZone, format!("{place}.timeStr"), what));
        }
        let code = action.action_code.text().unwrap_or_default();
        let said = Said {
            at,
            namespace: &self.codes.global.namespace,
            code,
            meaning: self.codes.of_global(code),
            text: action.standerd_desc.text().or(action.desc.text()).unwrap_or_default(),
            courier: (None, None),
            path: format!("{place}.actionCode"),
        };
        let location = place_of(said.text);
        Ok(TrackingEvent { at_quality: quality, location, ..event::event(said, issues) })
    }
}

/// The moment of an event. Both fields tell what the clock of its place showed: `time` as milliseconds of the moment at
/// which China's clock shows the same. Only with the zone of the place is the moment known.
fn moment(action: &Action<'_>, zone: Option<Offset>) -> Result<(Ts, AtQuality)> {
    let quality = if zone.is_some() { AtQuality::Exact } else { AtQuality::NoZone };
    let zone = zone.unwrap_or(time::CHINA);
    if let Ok(at) = time::local(action.time_str.as_str(), zone) {
        return Ok((at, quality));
    }
    if action.time.text().is_none() {
        return time::local(action.time_str.as_str(), zone).map(|at| (at, quality));
    }
    let shown = time::china_millis(action.time.as_str())?;
    let ahead = i64::from(time::CHINA.seconds().saturating_sub(zone.seconds()));
    let at = shown.at.checked_add(SignedDuration::from_secs(ahead));
    let at = at.map_err(|error| Error::malformed("expected a moment").because(error))?;
    Ok((Ts::new(at, zone), quality))
}

/// `[Xiaoshan District] Parcel left the sorting centre`: where it happened.
fn place_of(text: &str) -> Option<Location> {
    let (name, _) = text.trim_start().strip_prefix('[')?.split_once(']')?;
    let text = Some(name.trim().to_owned()).filter(|name| !name.is_empty())?;
    Some(Location { text: Some(text), ..Location::default() })
}

/// When it should arrive.
fn eta(info: &EtaInfo<'_>) -> Option<Eta> {
    let moment = |text: &Scalar<'_>| text.text().and_then(|text| time::china_millis(text).ok());
    let (from, to) = (moment(&info.delivery_min_time), moment(&info.delivery_max_time));
    (from.is_some() || to.is_some()).then(|| Eta { from, to, by: EtaBy::Carrier, ..Eta::default() })
}

/// `GMT+8`, `GMT-3`, `GMT+5:30`, `+08:00`.
fn offset(text: &str) -> Option<Offset> {
    let text = text.trim().trim_start_matches("GMT").trim_start_matches("UTC");
    let (sign, rest) = match text.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => return None,
    };
    let (hours, minutes) = rest.split_once(':').unwrap_or((rest, "0"));
    let (hours, minutes): (i32, i32) = (hours.parse().ok()?, minutes.parse().ok()?);
    if !(0..=14).contains(&hours) || !(0..=59).contains(&minutes) {
        return None;
    }
    Offset::from_seconds(sign * (hours * 3600 + minutes * 60)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_zones() {
        let seconds = |text| offset(text).map(Offset::seconds);
        assert_eq!(seconds("GMT+8"), Some(28_800));
        assert_eq!(seconds("GMT-3"), Some(-10_800));
        assert_eq!(seconds("+05:30"), Some(19_800));
        assert_eq!(seconds("CST"), None);
        assert_eq!(seconds("GMT+99"), None);
        assert_eq!(seconds(""), None);
    }
}
