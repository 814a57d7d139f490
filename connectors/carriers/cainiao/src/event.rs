//! One event of any feed: what its code leaves open is read from its own sentence, and its place from its own area.

use crossdock_connector::codes::TrackingCode;
use crossdock_connector::remark::{self, Taken};
use crossdock_connector::{Issue, IssueKind};
use crossdock_schemas::{DeliveredTo, Location, ParcelStatus, Reason, RegionCodes, Step, TrackingEvent, Ts};

/// What a feed says of one event.
pub(crate) struct Said<'a> {
    /// When.
    pub(crate) at: Ts,
    /// The feed's namespace.
    pub(crate) namespace: &'a str,
    /// Its code.
    pub(crate) code: &'a str,
    /// What the code means, where it is known.
    pub(crate) meaning: Option<TrackingCode>,
    /// The sentence.
    pub(crate) text: &'a str,
    /// Where the code stands.
    pub(crate) path: String,
}

/// The event; an unknown code is an issue.
pub(crate) fn event(said: Said<'_>, issues: &mut Vec<Issue>) -> TrackingEvent {
    let mut event = TrackingEvent {
        at: said.at,
        code_namespace: Some(said.namespace.to_owned()),
        code_raw: (!said.code.is_empty()).then(|| said.code.to_owned()),
        ..TrackingEvent::default()
    };
    match said.meaning {
        Some(code) => {
            event.status = code.status;
            event.step = code.step;
            event.reason = code.reason;
            event.delivered_to = code.delivered_to;
            read(&mut event, said.text);
        }
        None if said.code.is_empty() => {
            issues.push(Issue::new(IssueKind::BadValue, said.path, "empty"));
        }
        None => {
            event.status_raw = Some(said.code.to_owned());
            issues.push(Issue::unmapped(said.path, said.code));
        }
    }
    let text = remark::mask(said.text).text;
    event.description = (!text.is_empty()).then(|| text.into_owned());
    event.facility = remark::facility(said.text).map(str::to_owned);
    event
}

/// Who took it and why it failed, from fixed words of the sentence.
fn read(event: &mut TrackingEvent, text: &str) {
    match event.status {
        ParcelStatus::Delivered if event.delivered_to.is_none() => match remark::taken(text) {
            Taken::Person(to) => event.delivered_to = Some(to),
            Taken::Place(to) => {
                event.delivered_to = Some(to);
                if !remark::says_collected(text) {
                    // A station signed: it waits there for its recipient.
                    event.status = ParcelStatus::AvailableForPickup;
                }
            }
            Taken::NotSaid => {}
        },
        ParcelStatus::AvailableForPickup => {
            event.delivered_to = remark::place(text).or(event.delivered_to);
        }
        ParcelStatus::DeliveryAttempted | ParcelStatus::Exception | ParcelStatus::Returning => {
            event.reason = event.reason.or_else(|| remark::reason(text));
        }
        _ => {}
    }
}

/// FAILED of a detail: a courier in vain, or something wrong with the parcel.
pub(crate) fn failed(event: &mut TrackingEvent) {
    let wrong = matches!(
        event.reason,
        Some(
            Reason::Damaged
                | Reason::Lost
                | Reason::Destroyed
                | Reason::Misrouted
                | Reason::OutOfArea
                | Reason::Weather
                | Reason::Delayed
                | Reason::Intercepted
        )
    );
    if wrong {
        event.status = ParcelStatus::Exception;
    }
}

/// TRANSPORT of SF's parcels, whose pick-up has no code of its own.
pub(crate) fn picked_up(event: &mut TrackingEvent, text: &str) {
    if ["已揽收", "已揽件", "已收取", "已收件"].iter().any(|word| text.contains(word)) {
        event.status = ParcelStatus::PickedUp;
        event.step = None::<Step>;
        event.delivered_to = None::<DeliveredTo>;
    }
}

/// The place of an area: `CN330106000000` and `浙江省,杭州市,西湖区`.
pub(crate) fn location(code: Option<&str>, name: Option<&str>) -> Option<Location> {
    let digits = code
        .and_then(|code| code.strip_prefix("CN"))
        .and_then(|digits| digits.get(..6))
        .filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with("00"));
    let region_codes = digits.map(|digits| {
        let part = |length: usize| digits.get(..length).unwrap_or_default();
        let is_city = !digits.ends_with("0000");
        let is_district = !digits.ends_with("00");
        RegionCodes {
            province: Some(format!("{}0000", part(2))),
            city: is_city.then(|| format!("{}00", part(4))),
            district: is_district.then(|| digits.to_owned()),
            ..RegionCodes::default()
        }
    });
    let country = digits.map(|_| "CN".to_owned());
    (name.is_some() || region_codes.is_some()).then(|| Location {
        text: name.map(str::to_owned),
        country,
        region_codes,
        ..Location::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_area_names_its_divisions() {
        let codes = |code| location(Some(code), None).and_then(|place| place.region_codes);
        let district = codes("CN330106000000").unwrap();
        assert_eq!(district.province.as_deref(), Some("330000"));
        assert_eq!(district.city.as_deref(), Some("330100"));
        assert_eq!(district.district.as_deref(), Some("330106"));
        let city = codes("CN330100000000").unwrap();
        assert_eq!((city.city.as_deref(), city.district), (Some("330100"), None));
        assert_eq!(codes("CN330000000000").unwrap().city, None);
        assert!(codes("US").is_none() && codes("CN00").is_none() && codes("CNabcdef").is_none());
    }
}
