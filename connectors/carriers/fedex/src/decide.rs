//! What one scan means. Each is decided from itself alone; what a whole history adds is in `uses` and `scan`.

use std::fmt::Arguments;

use crossdock_connector::codes::TrackingCode;
use crossdock_connector::remark::english;
use crossdock_connector::{Issue, IssueKind};
use crossdock_schemas::{DeliveredTo, ParcelStatus, Reason, Step};

use crate::codes::Codes;
use crate::wire::Scan;

/// What a scan means.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Meaning {
    pub(crate) namespace: Option<String>,
    pub(crate) code: Option<String>,
    pub(crate) status: ParcelStatus,
    pub(crate) step: Option<Step>,
    pub(crate) reason: Option<Reason>,
    pub(crate) reason_raw: Option<String>,
    pub(crate) delivered_to: Option<DeliveredTo>,
}

/// Decides one scan, which stands at `place`.
pub(crate) fn decide(
    codes: &Codes,
    scan: &Scan<'_>,
    place: Arguments<'_>,
    issues: &mut Vec<Issue>,
) -> Meaning {
    let derived = scan.derived_status_code.text().or_else(|| scan.derived_code.text());
    let event = [(&scan.event_type, "eventType"), (&scan.code, "code")];
    let event = event.into_iter().find_map(|(code, field)| Some((&codes.events, field, code.text()?)));
    let summary = derived.map(|code| (&codes.derived, "derivedStatusCode", code));
    let Some((table, field, code)) = event.or(summary) else {
        issues.push(Issue::new(IssueKind::BadValue, format!("{place}.eventType"), "empty"));
        return Meaning::default();
    };
    let mut meaning = Meaning {
        namespace: Some(table.namespace.clone()),
        code: Some(code.to_owned()),
        ..Meaning::default()
    };
    let Some(found) = table.get(code) else {
        issues.push(Issue::unmapped(format!("{place}.{field}"), code));
        return meaning;
    };
    let mut found: TrackingCode = *found;
    // Two published lists disagree about it; FedEx's own summary knows.
    if code == "EA"
        && let Some(summary) = derived.and_then(|code| codes.derived.get(code))
        && matches!(summary.status, ParcelStatus::Exception | ParcelStatus::DeliveryAttempted)
    {
        found = *summary;
    }
    meaning.status = found.status;
    meaning.step = found.step;
    meaning.reason = found.reason;
    meaning.delivered_to = found.delivered_to;
    match meaning.status {
        ParcelStatus::ArrivedAtHub if scan.location_type.as_str() == "DESTINATION_FEDEX_FACILITY" => {
            meaning.step = Some(Step::ArrivedDestination);
        }
        ParcelStatus::Exception | ParcelStatus::DeliveryAttempted => why(&mut meaning, scan, place, issues),
        // "Left at front door. Signature Service not requested."
        ParcelStatus::Delivered if meaning.delivered_to.is_none() => {
            let to = scan.exception_description.text().and_then(english::taker);
            meaning.delivered_to = to.filter(|to| *to != DeliveredTo::Sender);
        }
        _ => {}
    }
    meaning
}

/// Why: FedEx's list of exception codes is not published, so the words decide.
fn why(meaning: &mut Meaning, scan: &Scan<'_>, place: Arguments<'_>, issues: &mut Vec<Issue>) {
    let code = scan.exception_code.text();
    meaning.reason_raw = code.map(str::to_owned);
    let texts = [&scan.exception_description, &scan.event_description];
    // "Delivery exception" and "Delay" are the code over again; they name no reason that is not known.
    let named = texts.into_iter().find_map(|text| text.text().and_then(english::reason));
    match (named, meaning.reason) {
        (Some(named), None | Some(Reason::Other | Reason::Delayed)) => meaning.reason = Some(named),
        (None, None | Some(Reason::Other)) if code.is_some() => {
            meaning.reason = Some(Reason::Unknown);
            issues.push(Issue::unmapped(format!("{place}.exceptionCode"), code.unwrap_or_default()));
        }
        _ => {}
    }
}

/// Who took it, by FedEx's words for the place of a delivery; `None` where they name only a place.
pub(crate) fn taker(kind: &str, description: &str) -> Option<DeliveredTo> {
    match kind {
        // Collected from where it was held.
        "FEDEX_LOCATION" | "PICKUP_LOCATION" => Some(DeliveredTo::Station),
        _ => english::taker(description).or_else(|| english::taker(&kind.replace('_', " "))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(json: &str) -> (ParcelStatus, Option<Step>, Option<Reason>, usize) {
        let scan: Scan<'_> = serde_json::from_str(json).unwrap();
        let mut issues = Vec::new();
        let meaning = decide(&Codes::read().unwrap(), &scan, format_args!("$"), &mut issues);
        (meaning.status, meaning.step, meaning.reason, issues.len())
    }

    #[test]
    fn the_event_decides_and_the_summary_only_where_there_is_none() {
        use ParcelStatus as S;
        assert_eq!(told(r#"{"eventType":"OD","derivedStatusCode":"IT"}"#).0, S::OutForDelivery);
        assert_eq!(told(r#"{"eventType":"","derivedStatusCode":"DL"}"#).0, S::Delivered);
        assert_eq!(told(r#"{"code":"HL","derivedCode":"IT"}"#).0, S::AvailableForPickup);
        assert_eq!(told(r#"{"eventType":"ZZ","derivedStatusCode":"DL"}"#), (S::Unknown, None, None, 1));
        assert_eq!(told("{}"), (S::Unknown, None, None, 1));
        assert_eq!(told(r#"{"eventType":"EA","derivedStatusCode":"IT"}"#).0, S::InTransit);
        assert_eq!(told(r#"{"eventType":"EA","derivedStatusCode":"SE"}"#).0, S::Exception);
        let arrived = r#"{"eventType":"AR","locationType":"DESTINATION_FEDEX_FACILITY"}"#;
        assert_eq!(told(arrived).1, Some(Step::ArrivedDestination));
    }

    #[test]
    fn why_a_delivery_failed() {
        let reason = |json| {
            let (_, _, reason, issues) = told(json);
            (reason, issues)
        };
        let at_home = r#"{"eventType":"DE","exceptionCode":"08","exceptionDescription":"Customer not available or business closed"}"#;
        assert_eq!(reason(at_home), (Some(Reason::RecipientUnavailable), 0));
        let weather = r#"{"eventType":"DY","exceptionDescription":"Delay due to weather"}"#;
        assert_eq!(reason(weather), (Some(Reason::Weather), 0));
        assert_eq!(reason(r#"{"eventType":"DY"}"#), (Some(Reason::Delayed), 0));
        assert_eq!(reason(r#"{"eventType":"SE","exceptionCode":"99"}"#), (Some(Reason::Unknown), 1));
        assert_eq!(reason(r#"{"eventType":"SE"}"#), (Some(Reason::Other), 0));
        assert_eq!(reason(r#"{"eventType":"DE"}"#), (None, 0));
        assert_eq!(reason(r#"{"eventType":"PU","exceptionCode":"A25"}"#), (None, 0));
    }

    #[test]
    fn who_took_it() {
        assert_eq!(taker("FEDEX_LOCATION", ""), Some(DeliveredTo::Station));
        assert_eq!(taker("APARTMENT_OFFICE", "Receptionist/Front Desk"), Some(DeliveredTo::Agent));
        assert_eq!(taker("MAILROOM", ""), Some(DeliveredTo::Agent));
        assert_eq!(taker("RESIDENCE", "Residence"), None);
    }
}
