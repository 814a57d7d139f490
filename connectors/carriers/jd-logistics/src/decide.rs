//! What one event means where its code alone does not say it. Each event is decided from itself alone.

use crossdock_connector::Issue;
use crossdock_connector::carrier::Meaning;
use crossdock_connector::codes::{CodeTable, TrackingCode};
use crossdock_connector::remark::{self, Taken};
use crossdock_schemas::ParcelStatus;

/// Decides one event; `path` is where its code stands.
pub(crate) fn decide(
    table: &CodeTable<TrackingCode>,
    code: &str,
    text: &str,
    path: &str,
    issues: &mut Vec<Issue>,
) -> Meaning {
    let Some(found) = table.get(code) else {
        return Meaning::unmapped(code, path, issues);
    };
    let mut meaning = Meaning::from(found);
    match meaning.status {
        ParcelStatus::Delivered => {
            if let Taken::Person(to) | Taken::Place(to) = remark::taken(text) {
                meaning.delivered_to = Some(to);
            }
        }
        ParcelStatus::AvailableForPickup => {
            meaning.delivered_to = remark::place(text).or(meaning.delivered_to);
        }
        ParcelStatus::DeliveryAttempted | ParcelStatus::Exception | ParcelStatus::Returning => {
            meaning.reason = meaning.reason.or_else(|| remark::reason(text));
        }
        _ => {}
    }
    meaning
}

/// The number a waybill goes on under: the first other one the text of a relabelling names.
pub(crate) fn next_number(text: &str, own: &str) -> Option<String> {
    text.split(|letter: char| !letter.is_ascii_alphanumeric())
        .map(str::to_ascii_uppercase)
        .find(|word| is_waybill(word) && word != own)
}

/// `JD`, up to two letters, ten to fifteen digits. (`JD` and eighteen digits is a piece of DHL.)
fn is_waybill(word: &str) -> bool {
    let Some(rest) = word.strip_prefix("JD") else { return false };
    let digits = rest.trim_start_matches(|letter: char| letter.is_ascii_uppercase());
    rest.len().saturating_sub(digits.len()) <= 2
        && (10..=15).contains(&digits.len())
        && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// The piece and the number of pieces of `JDV000000000123-1-3-`, with the waybill they belong to.
pub(crate) fn piece(number: &str) -> Option<(&str, &str, &str)> {
    let mut parts = number.trim_end_matches('-').split('-');
    let (waybill, piece, pieces) = (parts.next()?, parts.next()?, parts.next()?);
    let counted = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    (parts.next().is_none() && counted(piece) && counted(pieces)).then_some((waybill, piece, pieces))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_next_number() {
        let own = "JDV000000000149";
        let next = |text| next_number(text, own);
        assert_eq!(next("换单打印,新运单号 JDV000000000158").as_deref(), Some("JDV000000000158"));
        assert_eq!(next("JDV000000000149换单为jd0000000001").as_deref(), Some("JD0000000001"));
        assert_eq!(next("换单打印 JD000000000000000001 JDVXX0000000001 JDV12"), None);
    }

    #[test]
    fn tells_pieces_from_waybills() {
        assert_eq!(piece("JDV000000000123-1-3-"), Some(("JDV000000000123", "1", "3")));
        assert_eq!(piece("JDV000000000123-2-3"), Some(("JDV000000000123", "2", "3")));
        assert_eq!(piece("JDV000000000123"), None);
        assert_eq!(piece("JDV000000000123-a-3-"), None);
    }
}
