//! What one scan means where its code alone does not say it. Each scan is decided from itself alone.

use crossdock_connector::Issue;
use crossdock_connector::carrier::Meaning;
use crossdock_connector::codes::{CodeTable, TrackingCode};
use crossdock_connector::remark::{self, Taken};
use crossdock_schemas::{DeliveredTo, ParcelStatus, Reason};

/// What a scan says beside its code.
#[derive(Clone, Copy, Default)]
pub(crate) struct Words<'a> {
    /// The sentence.
    pub(crate) text: &'a str,
    /// Who signed.
    pub(crate) signer: &'a str,
    /// Why it failed.
    pub(crate) cause: &'a str,
    /// The branch.
    pub(crate) branch: &'a str,
}

/// Decides one scan; `place` is where its row stands.
pub(crate) fn decide(
    table: &CodeTable<TrackingCode>,
    code: &str,
    words: Words<'_>,
    place: &str,
    issues: &mut Vec<Issue>,
) -> Meaning {
    let path = format!("{place}.infoContent");
    let Some(found) = table.get(code) else {
        return Meaning::unmapped(code, path, issues);
    };
    let mut meaning = Meaning::from(found);
    match meaning.status {
        ParcelStatus::Delivered => signed(&mut meaning, words),
        ParcelStatus::AvailableForPickup => {
            meaning.delivered_to = remark::place(words.text).or_else(|| remark::place(words.branch));
        }
        ParcelStatus::DeliveryAttempted => why(&mut meaning, words, place, issues),
        ParcelStatus::Returning => {
            if sender_signed(words.text) {
                meaning.status = ParcelStatus::Returned;
                meaning.delivered_to = Some(DeliveredTo::Sender);
            } else {
                meaning.reason = remark::reason(words.cause).or_else(|| remark::reason(words.text));
            }
        }
        _ => {}
    }
    meaning
}

/// SIGNED is sent when a station signs, too: only a person, or somebody who fetched it there, ends the way.
fn signed(meaning: &mut Meaning, words: Words<'_>) {
    if let Some(to) = remark::person(words.signer) {
        meaning.delivered_to = Some(to);
        return;
    }
    let place = remark::place(words.signer);
    match (place, remark::taken(words.text)) {
        (None, Taken::Person(to)) => meaning.delivered_to = Some(to),
        (Some(to), _) | (None, Taken::Place(to)) => {
            meaning.delivered_to = Some(to);
            if !remark::says_collected(words.text) {
                meaning.status = ParcelStatus::AvailableForPickup;
            }
        }
        (None, Taken::NotSaid) => {}
    }
}

/// Why the courier came in vain: fixed words of the cause, else of the sentence.
fn why(meaning: &mut Meaning, words: Words<'_>, place: &str, issues: &mut Vec<Issue>) {
    meaning.reason = remark::reason(words.cause).or_else(|| remark::reason(words.text));
    if words.cause.is_empty() {
        return;
    }
    let cause = remark::mask(words.cause).text.into_owned();
    if meaning.reason.is_none() {
        meaning.reason = Some(Reason::Unknown);
        issues.push(Issue::unmapped(format!("{place}.questionCause"), cause.clone()));
    }
    meaning.reason_raw = Some(cause);
}

/// Whether a text about a return says that the sender has it.
fn sender_signed(text: &str) -> bool {
    let who = ["寄件人", "发件人", "寄方", "发件方", "退回件已签收", "退件已签收", "退回签收"];
    text.contains("签收") && who.iter().any(|word| text.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_return_ends_with_the_senders_signature() {
        assert!(sender_signed("快件已由寄件人签收") && sender_signed("退回件已签收"));
        assert!(!sender_signed("快件已退回,由寄件人网点处理") && !sender_signed("客户拒绝签收,退回"));
    }
}
