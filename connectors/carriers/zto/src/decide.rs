//! What one scan means where its code alone does not say it: who took it, why it failed, whether it returns.
//!
//! Each scan is decided from itself alone, so it says the same whenever and beside whatever it is seen.

use std::collections::BTreeMap;

use crossdock_connector::Issue;
use crossdock_connector::carrier::Meaning;
use crossdock_connector::codes::{CodeTable, TrackingCode};
use crossdock_connector::remark::{self, Taken};
use crossdock_schemas::{DeliveredTo, ParcelStatus, Reason, Step};

use crate::config::ReturnKind;

/// What a scan says beside its code.
pub(crate) struct Words<'a> {
    /// The sentence.
    pub(crate) text: &'a str,
    /// The branch, locker or station, and the brand of the last mile.
    pub(crate) places: [&'a str; 2],
    /// Who signed.
    pub(crate) signer: &'a str,
    /// ZTO's code of a problem.
    pub(crate) problem: &'a str,
    /// What kind of return it is, newest field first.
    pub(crate) returns: [&'a str; 2],
}

/// What the settings say about lists that ZTO does not publish.
pub(crate) struct Told {
    /// What a RETURN_SCAN is.
    pub(crate) return_types: BTreeMap<String, ReturnKind>,
    /// Why, by `problemCode`.
    pub(crate) problem_codes: BTreeMap<String, Reason>,
}

/// Decides one scan; `place` is where its code stands.
pub(crate) fn decide(
    table: &CodeTable<TrackingCode>,
    code: &str,
    words: &Words<'_>,
    told: &Told,
    place: &str,
    issues: &mut Vec<Issue>,
) -> Meaning {
    let Some(found) = table.get(code) else {
        return Meaning::unmapped(code, place, issues);
    };
    let mut meaning = Meaning::from(found);
    if code == "RETURN_SCAN" {
        returns(&mut meaning, words, &told.return_types, place, issues);
    }
    match meaning.status {
        ParcelStatus::Exception | ParcelStatus::Returning => {
            why(&mut meaning, words, &told.problem_codes, place, issues);
        }
        ParcelStatus::Delivered => meaning.delivered_to = taker(meaning.delivered_to, words),
        ParcelStatus::AvailableForPickup => {
            meaning.delivered_to = waits_in(words).or(meaning.delivered_to);
        }
        _ => {}
    }
    meaning
}

/// RETURN_SCAN is also what ZTO sends when the recipient changes the address.
fn returns(
    meaning: &mut Meaning,
    words: &Words<'_>,
    return_types: &BTreeMap<String, ReturnKind>,
    place: &str,
    issues: &mut Vec<Issue>,
) {
    let said = words.returns.into_iter().find(|text| !text.is_empty());
    let configured = said.and_then(|text| return_types.get(text).copied());
    let kind = configured.or_else(|| said.and_then(kind_of)).or_else(|| kind_of(words.text));
    match kind {
        Some(ReturnKind::Return) => {}
        Some(ReturnKind::Readdress) => {
            meaning.status = ParcelStatus::InTransit;
            meaning.step = Some(Step::Readdressed);
        }
        None => {
            // Neither a return nor a change of address is told to anybody on a guess.
            meaning.status = ParcelStatus::Unknown;
            let raw = said.unwrap_or("RETURN_SCAN");
            meaning.status_raw = Some(raw.to_owned());
            issues.push(Issue::unmapped(place.replace("action", "returnType"), raw));
        }
    }
}

/// What a text calls it.
fn kind_of(text: &str) -> Option<ReturnKind> {
    let readdress = ["改地址", "更改地址", "修改地址", "变更地址", "地址变更", "更址", "改派", "转寄"];
    if readdress.iter().any(|word| text.contains(word)) {
        return Some(ReturnKind::Readdress);
    }
    ["退回", "退件", "退货"].iter().any(|word| text.contains(word)).then_some(ReturnKind::Return)
}

/// Why: ZTO's problem codes are not published, so the settings decide, then the words, and a code without either is an
/// issue.
fn why(
    meaning: &mut Meaning,
    words: &Words<'_>,
    problem_codes: &BTreeMap<String, Reason>,
    place: &str,
    issues: &mut Vec<Issue>,
) {
    let problem = words.problem;
    if !problem.is_empty() {
        meaning.reason_raw = Some(problem.to_owned());
    }
    if let Some(reason) = problem_codes.get(problem).copied().or_else(|| remark::reason(words.text)) {
        meaning.reason = Some(reason);
    } else if meaning.reason.is_none() && !problem.is_empty() {
        meaning.reason = Some(Reason::Unknown);
        issues.push(Issue::unmapped(place.replace("action", "problemCode"), problem));
    }
}

/// Who took it: the field for the signer, then the code, then the sentence.
fn taker(by_code: Option<DeliveredTo>, words: &Words<'_>) -> Option<DeliveredTo> {
    let signer = remark::person(words.signer).or_else(|| remark::place(words.signer));
    if by_code == Some(DeliveredTo::Station) {
        return waits_in(words).or(by_code);
    }
    signer.or(by_code).or_else(|| match remark::taken(words.text) {
        Taken::Person(to) | Taken::Place(to) => Some(to),
        Taken::NotSaid => waits_in(words),
    })
}

/// Locker or station, as far as the words tell.
fn waits_in(words: &Words<'_>) -> Option<DeliveredTo> {
    words.places.into_iter().chain([words.text]).find_map(remark::place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_return_is_told_from_a_change_of_address() {
        assert_eq!(kind_of("退回"), Some(ReturnKind::Return));
        assert_eq!(kind_of("客户更改地址,快件退回中转"), Some(ReturnKind::Readdress));
        assert_eq!(kind_of("2"), None);
    }
}
