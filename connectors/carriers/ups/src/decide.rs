//! What one scan means: the number first, then the letters under their type, then the type.
//!
//! Each scan is decided from itself alone, so it says the same whenever and beside whatever it is seen. The one thing
//! that a whole history adds, the end of a return, is in `normalize`.

use std::fmt::Arguments;

use crossdock_connector::codes::TrackingCode;
use crossdock_connector::remark::english;
use crossdock_connector::{Issue, IssueKind};
use crossdock_schemas::{DeliveredTo, ParcelStatus, Reason};

use crate::codes::Codes;

/// What a scan says.
pub(crate) struct Said<'s> {
    pub(crate) kind: &'s str,
    pub(crate) code: &'s str,
    pub(crate) number: Option<&'s str>,
    pub(crate) text: &'s str,
    pub(crate) received_by: &'s str,
}

impl Said<'_> {
    /// Its code: type, letters and number, as far as they are there.
    pub(crate) fn joined(&self) -> Option<String> {
        let mut code = String::with_capacity(16);
        for part in [Some(self.kind), Some(self.code), self.number].into_iter().flatten() {
            if !part.is_empty() {
                if !code.is_empty() {
                    code.push('/');
                }
                code.push_str(part);
            }
        }
        (!code.is_empty()).then_some(code)
    }
}

/// What a scan means.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Meaning {
    pub(crate) code: TrackingCode,
    /// The part of the code that nobody knows.
    pub(crate) unknown: Option<String>,
}

/// Decides one scan; `place` is where its status stands, `number_key` the name of the number there.
pub(crate) fn decide(
    codes: &Codes,
    said: &Said<'_>,
    place: Arguments<'_>,
    number_key: &str,
    issues: &mut Vec<Issue>,
) -> Meaning {
    let pair = codes.activity.get(&format!("{}/{}", said.kind, said.code)).copied();
    let found = match said.number {
        Some(number) => codes.status.get(number).copied().ok_or((number_key, number)),
        None => pair.or_else(|| codes.kind.get(said.kind).copied()).ok_or(("type", said.kind)),
    };
    let mut code = match found {
        Ok(code) => code,
        Err((key, text)) => {
            let path = format!("{place}.{key}");
            issues.push(if text.is_empty() {
                Issue::new(IssueKind::BadValue, path, "empty")
            } else {
                Issue::unmapped(path, text)
            });
            let unknown = (!text.is_empty()).then(|| text.to_owned());
            let code = TrackingCode {
                status: ParcelStatus::Unknown,
                step: None,
                reason: None,
                delivered_to: None,
                effect: None,
            };
            return Meaning { code, unknown };
        }
    };
    match code.status {
        // "On the way" is said of origin scans, departures and arrivals alike: the letters make it finer.
        ParcelStatus::InTransit if code.step.is_none() => code = pair.unwrap_or(code),
        ParcelStatus::Delivered => delivered(&mut code, pair, said),
        ParcelStatus::Exception | ParcelStatus::DeliveryAttempted => why(&mut code, said),
        ParcelStatus::Returned => code.delivered_to = Some(DeliveredTo::Sender),
        _ => {}
    }
    Meaning { code, unknown: None }
}

/// Who has it. A parcel brought to an Access Point is called delivered in some feeds; its recipient does not have it.
fn delivered(code: &mut TrackingCode, pair: Option<TrackingCode>, said: &Said<'_>) {
    if let Some(pair) = pair
        && (pair.status == ParcelStatus::AvailableForPickup || pair.delivered_to.is_some())
    {
        *code = pair;
        return;
    }
    let waits = english::says(said.text, "access point")
        && english::says_any(said.text, &["delivered to", "ready for pickup", "ready for pick up"]);
    if waits {
        code.status = ParcelStatus::AvailableForPickup;
        code.delivered_to = Some(DeliveredTo::Station);
    } else if english::says(said.text, "returned to") {
        code.status = ParcelStatus::Returned;
        code.delivered_to = Some(DeliveredTo::Sender);
    } else {
        code.delivered_to = english::taker(said.received_by);
    }
}

/// Why. Not every exception is bad news: a delivery that the customer moved is only told.
fn why(code: &mut TrackingCode, said: &Said<'_>) {
    if !matches!(code.reason, None | Some(Reason::Other | Reason::Delayed)) {
        return;
    }
    let Some(reason) = english::reason(said.text) else { return };
    if reason == Reason::HeldOnRequest {
        code.status = ParcelStatus::Info;
    } else if code.reason == Some(Reason::Delayed) {
        return;
    }
    code.reason = Some(reason);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(kind: &str, code: &str, number: Option<&str>, text: &str) -> (String, Option<Reason>, usize) {
        let codes = Codes::read().unwrap();
        let said = Said { kind, code, number, text, received_by: "" };
        let mut issues = Vec::new();
        let meaning = decide(&codes, &said, format_args!("$.status"), "statusCode", &mut issues);
        let to = meaning.code.delivered_to.map(|to| format!(" to {to}")).unwrap_or_default();
        (format!("{}{to}", meaning.code.status), meaning.code.reason, issues.len())
    }

    #[test]
    fn the_number_decides_and_the_letters_make_it_finer() {
        assert_eq!(told("I", "OR", Some("005"), "On the Way"), ("picked_up".to_owned(), None, 0));
        assert_eq!(told("I", "AR", Some("010"), ""), ("arrived_at_hub".to_owned(), None, 0));
        assert_eq!(told("X", "OR", Some("005"), ""), ("in_transit".to_owned(), None, 0));
        assert_eq!(told("I", "PU", None, ""), ("picked_up".to_owned(), None, 0));
        assert_eq!(told("U", "ZZ", None, ""), ("info".to_owned(), None, 0));
        assert_eq!(told("I", "PU", Some("999"), ""), ("unknown".to_owned(), None, 1));
        assert_eq!(told("Q", "PU", None, ""), ("unknown".to_owned(), None, 1));
        assert_eq!(told("", "", None, ""), ("unknown".to_owned(), None, 1));
    }

    #[test]
    fn an_access_point_is_not_the_recipient() {
        let waits = ("available_for_pickup to station".to_owned(), None, 0);
        assert_eq!(told("D", "ZP", Some("011"), "DELIVERED"), waits);
        assert_eq!(told("I", "5R", Some("040"), ""), waits);
        assert_eq!(told("D", "XX", Some("011"), "Delivered to UPS Access Point™"), waits);
        assert_eq!(told("D", "2W", Some("011"), "").0, "delivered to station");
        assert_eq!(told("D", "FS", Some("011"), "DELIVERED").0, "delivered");
        assert_eq!(told("D", "FS", Some("011"), "Returned to shipper").0, "returned to sender");
    }

    #[test]
    fn not_every_exception_is_bad_news() {
        let asked = "Delivery was rescheduled at customer request.";
        assert_eq!(told("X", "AA", Some("013"), asked).0, "info");
        assert_eq!(told("X", "AA", Some("048"), asked).0, "info");
        let unavailable = Some(Reason::RecipientUnavailable);
        assert_eq!(told("X", "AA", Some("022"), "The customer was not available").1, unavailable);
        assert_eq!(told("X", "AA", Some("013"), "").1, Some(Reason::Other));
        assert_eq!(told("X", "AA", Some("051"), "delay").1, Some(Reason::Weather));
        assert_eq!(told("X", "AA", None, "The receiver refused it").1, Some(Reason::Refused));
    }
}
