//! What one scan means, as far as it tells itself. What follows from the scans beside it is in `history.rs`.

use std::fmt::Arguments;

use crossdock_connector::Issue;
use crossdock_connector::codes::{CodeTable, TrackingCode};
use crossdock_connector::remark::english::Heard;
use crossdock_schemas::{DeliveredTo, ParcelStatus, Step};

use crate::codes::Codes;
use crate::words::{Word, meaning, plain, waits_in};

/// What a scan means.
#[derive(Debug)]
pub(crate) struct Meaning {
    pub(crate) code: TrackingCode,
    /// The code that is not in a table.
    pub(crate) unknown: Option<String>,
    /// Its table and the code in it. A scan that has only a word has none: its text tells it from others.
    pub(crate) found: Option<(String, String)>,
}

/// What a scan of the unified interface says.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Said<'s> {
    pub(crate) status_code: &'s str,
    pub(crate) status: &'s str,
    pub(crate) description: &'s str,
    pub(crate) remark: &'s str,
}

/// A field that may hold a sentence, a word or a code: its text where it is a sentence. Codes are short or joined.
pub(crate) fn sentence(field: &str) -> &str {
    let is_code = !field.contains(' ') && (field.len() <= 5 || field.contains([':', '/', '_']));
    if Word::read(field).is_some() || is_code { "" } else { field }
}

/// Decides a scan of the unified interface. The fields' roles swap between services, so what they hold is told from
/// their form: event and reason of Parcel Germany, two letters of Express, else one of the five words.
pub(crate) fn unified(
    codes: &Codes,
    is_express: bool,
    said: &Said<'_>,
    place: Arguments<'_>,
    issues: &mut Vec<Issue>,
) -> Meaning {
    let Said { status_code, status, description, remark } = *said;
    let text = || Heard::new(&format!("{description} {remark} {status}"));
    let fields = [("status", status), ("statusCode", status_code), ("description", description)];
    for (key, field) in fields {
        if let Some(code) = event_and_reason(&codes.parcel_de, field) {
            return by_table(&codes.parcel_de, &code, &text(), format_args!("{place}.{key}"), issues);
        }
    }
    for (key, field) in fields.into_iter().take(2).filter(|_| is_express) {
        if field.len() == 2 && field.bytes().all(|byte| byte.is_ascii_uppercase()) {
            return by_table(&codes.express, field, &text(), format_args!("{place}.{key}"), issues);
        }
    }
    let word = Word::read(status_code).or_else(|| Word::read(status));
    if let Some(word) = word {
        return Meaning { code: meaning(word, text), unknown: None, found: None };
    }
    let (key, raw) = if status_code.is_empty() { ("status", status) } else { ("statusCode", status_code) };
    issues.push(Issue::unmapped(format!("{place}.{key}"), raw));
    let unknown = (!raw.is_empty()).then(|| raw.to_owned());
    Meaning { code: plain(ParcelStatus::Unknown), unknown, found: None }
}

/// Decides a scan of MyDHL.
pub(crate) fn express(
    codes: &Codes,
    type_code: &str,
    text: &str,
    place: Arguments<'_>,
    issues: &mut Vec<Issue>,
) -> Meaning {
    by_table(&codes.express, type_code, &Heard::new(text), format_args!("{place}.typeCode"), issues)
}

fn by_table(
    table: &CodeTable<TrackingCode>,
    code: &str,
    text: &Heard,
    path: Arguments<'_>,
    issues: &mut Vec<Issue>,
) -> Meaning {
    let found = Some((table.namespace.clone(), code.to_owned()));
    let known = table.get(code).copied().and_then(|known| by_text(code, known, text));
    let Some(mut known) = known else {
        issues.push(Issue::unmapped(path.to_string(), code));
        return Meaning { code: plain(ParcelStatus::Unknown), unknown: Some(code.to_owned()), found };
    };
    match known.status {
        ParcelStatus::AvailableForPickup if known.delivered_to.is_none() => {
            known.delivered_to = waits_in(text);
        }
        ParcelStatus::Delivered if known.delivered_to.is_none() => {
            known.delivered_to = text.taker().filter(|to| *to != DeliveredTo::Sender);
        }
        ParcelStatus::DeliveryAttempted if known.reason.is_none() => known.reason = text.reason(),
        _ => {}
    }
    Meaning { code: known, unknown: None, found }
}

/// Express codes of which two things are said; `None` where the text does not tell either.
fn by_text(code: &str, known: TrackingCode, text: &Heard) -> Option<TrackingCode> {
    Some(match code {
        "CC" if text.says_any(&["customs", "clearance"]) => {
            TrackingCode { step: Some(Step::Started), ..plain(ParcelStatus::Customs) }
        }
        "CC" if text.says_any(&["collect", "collection", "pick-up", "pickup", "pick up"]) => {
            plain(ParcelStatus::AvailableForPickup)
        }
        "CC" => return None,
        "BR" if text.says_any(&["handed", "handover", "hand over", "forwarded", "turned over"]) => {
            TrackingCode { step: Some(Step::HandedOver), ..plain(ParcelStatus::InTransit) }
        }
        _ => known,
    })
}

/// `DLVRD:PCKAD`, however the two are joined. An event whose reason is missing stands alone, and is no row of the table.
fn event_and_reason(table: &CodeTable<TrackingCode>, field: &str) -> Option<String> {
    let is_code = |part: &str| part.len() == 5 && part.bytes().all(|byte| byte.is_ascii_uppercase());
    let mut parts = field.split([':', '/', '-', '_', ' ', ',']).filter(|part| !part.is_empty());
    let (event, reason) = (parts.next()?, parts.next());
    if !is_code(event) || parts.next().is_some() {
        return None;
    }
    match reason {
        Some(reason) => is_code(reason).then(|| format!("{event}:{reason}")),
        // Any capitals of five letters could be a town: only events of the table are meant.
        None => {
            let prefix = format!("{event}:");
            table.rows().iter().any(|row| row.code.starts_with(&prefix)).then(|| event.to_owned())
        }
    }
}

#[cfg(test)]
mod tests {
    use crossdock_schemas::Effect;

    use super::*;

    fn told(fields: [&str; 3], remark: &str) -> (String, Option<String>, usize) {
        let codes = Codes::read().unwrap();
        let mut issues = Vec::new();
        let [status_code, status, description] = fields;
        let said = Said { status_code, status, description, remark };
        let meaning = unified(&codes, true, &said, format_args!("$"), &mut issues);
        let retract = if meaning.code.effect == Some(Effect::Retract) { "retract " } else { "" };
        let to = meaning.code.delivered_to.map(|to| format!(" to {to}")).unwrap_or_default();
        let code = meaning.found.map(|(_, code)| code);
        (format!("{retract}{}{to}", meaning.code.status), code, issues.len())
    }

    #[test]
    fn roles_of_the_fields_swap() {
        let put = "available_for_pickup to locker".to_owned();
        let code = Some("DLVRD:PCKAD".to_owned());
        assert_eq!(told(["delivered", "DLVRD:PCKAD", "DLVRD"], ""), (put.clone(), code.clone(), 0));
        assert_eq!(told(["DLVRD-PCKAD", "delivered", ""], ""), (put, code, 0));
        assert_eq!(
            told(["delivered", "DLVRD:XXXXX", ""], ""),
            ("unknown".to_owned(), Some("DLVRD:XXXXX".to_owned()), 1)
        );
        assert_eq!(told(["delivered", "DLVRD", ""], ""), ("unknown".to_owned(), Some("DLVRD".to_owned()), 1));
        assert_eq!(told(["transit", "LEEDS", ""], "LEEDS"), ("in_transit".to_owned(), None, 0));
        assert_eq!(told(["transit", "PU", ""], ""), ("picked_up".to_owned(), Some("PU".to_owned()), 0));
        assert_eq!(told(["", "Transit", ""], "Departed"), ("in_transit".to_owned(), None, 0));
        assert_eq!(told(["transit", "STORN:NRQRD", ""], "").0, "retract unknown");
        assert_eq!(told(["odd", "", ""], ""), ("unknown".to_owned(), None, 1));
        assert_eq!(told(["", "", ""], ""), ("unknown".to_owned(), None, 1));
    }

    #[test]
    fn codes_with_two_meanings_need_their_text() {
        let codes = Codes::read().unwrap();
        let told = |code, text| express(&codes, code, text, format_args!("$"), &mut Vec::new()).code.status;
        assert_eq!(told("CC", "Awaiting collection by recipient"), ParcelStatus::AvailableForPickup);
        assert_eq!(told("CC", "Customs clearance"), ParcelStatus::Customs);
        assert_eq!(told("CC", ""), ParcelStatus::Unknown);
        assert_eq!(told("BR", "Broker release"), ParcelStatus::Customs);
        assert_eq!(told("BR", "Handed over to broker"), ParcelStatus::InTransit);
        assert_eq!(told("QQ", "Delivered"), ParcelStatus::Unknown);
    }
}
