//! The same for carriers that write English: fixed words of their sentences, looked for only where a code leaves the
//! question open. The words are ours, read from published payloads, not a carrier's list.

use std::borrow::Cow;

use crossdock_schemas::{DeliveredTo, Reason};

use super::{mask, mask_name};

/// Why something went wrong; the first that is found counts. Words begin where they stand, so `late` is not in `plate`.
const REASONS: &[(&str, Reason)] = &[
    ("refused", Reason::Refused),
    ("refusal", Reason::Refused),
    ("declined", Reason::Refused),
    ("not available", Reason::RecipientUnavailable),
    ("unavailable to", Reason::RecipientUnavailable),
    ("not home", Reason::RecipientUnavailable),
    ("no one home", Reason::RecipientUnavailable),
    ("no one was", Reason::RecipientUnavailable),
    ("nobody", Reason::RecipientUnavailable),
    ("not present", Reason::RecipientUnavailable),
    ("closed", Reason::RecipientUnavailable),
    ("no authorized recipient", Reason::RecipientUnavailable),
    ("addressee unknown", Reason::RecipientUnavailable),
    ("not claimed", Reason::Unclaimed),
    ("unclaimed", Reason::Unclaimed),
    ("not collected", Reason::Unclaimed),
    ("was not picked up", Reason::Unclaimed),
    ("customer request", Reason::HeldOnRequest),
    ("customer's request", Reason::HeldOnRequest),
    ("receiver's request", Reason::HeldOnRequest),
    ("recipient's request", Reason::HeldOnRequest),
    ("requested by", Reason::HeldOnRequest),
    ("has requested", Reason::HeldOnRequest),
    ("as requested", Reason::HeldOnRequest),
    ("at the request", Reason::HeldOnRequest),
    ("weather", Reason::Weather),
    ("storm", Reason::Weather),
    ("snow", Reason::Weather),
    ("hurricane", Reason::Weather),
    ("damage", Reason::Damaged),
    ("lost", Reason::Lost),
    ("missing package", Reason::Lost),
    ("unable to locate", Reason::Lost),
    ("missort", Reason::Misrouted),
    ("mis-sort", Reason::Misrouted),
    ("misrouted", Reason::Misrouted),
    ("missent", Reason::Misrouted),
    ("incorrectly sorted", Reason::Misrouted),
    ("street number", Reason::AddressProblem),
    ("apartment number", Reason::AddressProblem),
    ("suite number", Reason::AddressProblem),
    ("address", Reason::AddressProblem),
    ("moved", Reason::AddressProblem),
    ("payment", Reason::PaymentDue),
    ("duties", Reason::PaymentDue),
    ("cod amount", Reason::PaymentDue),
    ("customs", Reason::CustomsHold),
    ("clearance", Reason::CustomsHold),
    ("intercept", Reason::Intercepted),
    ("recall", Reason::Intercepted),
    ("stopped", Reason::Intercepted),
    ("destroyed", Reason::Destroyed),
    ("disposed", Reason::Destroyed),
    ("abandoned", Reason::Destroyed),
    ("beyond our delivery area", Reason::OutOfArea),
    ("law enforcement", Reason::Security),
    ("security", Reason::Security),
    ("delay", Reason::Delayed),
    ("on hold", Reason::Delayed),
    ("late", Reason::Delayed),
];

/// Who took it, or where it was put.
const TAKERS: &[(&str, DeliveredTo)] = &[
    ("original sender", DeliveredTo::Sender),
    ("returned to shipper", DeliveredTo::Sender),
    ("returned to sender", DeliveredTo::Sender),
    ("returned to the sender", DeliveredTo::Sender),
    ("neighbor", DeliveredTo::Neighbour),
    ("neighbour", DeliveredTo::Neighbour),
    ("mailbox", DeliveredTo::Mailbox),
    ("mail box", DeliveredTo::Mailbox),
    ("letterbox", DeliveredTo::Mailbox),
    ("letter box", DeliveredTo::Mailbox),
    ("mail slot", DeliveredTo::Mailbox),
    ("locker", DeliveredTo::Locker),
    ("packstation", DeliveredTo::Locker),
    ("post office", DeliveredTo::PostOffice),
    ("postal facility", DeliveredTo::PostOffice),
    ("po box", DeliveredTo::PostOffice),
    ("access point", DeliveredTo::Station),
    ("service point", DeliveredTo::Station),
    ("servicepoint", DeliveredTo::Station),
    ("parcelshop", DeliveredTo::Station),
    ("parcel shop", DeliveredTo::Station),
    ("pickup point", DeliveredTo::Station),
    ("pick-up point", DeliveredTo::Station),
    ("front door", DeliveredTo::SafePlace),
    ("back door", DeliveredTo::SafePlace),
    ("side door", DeliveredTo::SafePlace),
    ("porch", DeliveredTo::SafePlace),
    ("garage", DeliveredTo::SafePlace),
    ("patio", DeliveredTo::SafePlace),
    ("safe place", DeliveredTo::SafePlace),
    ("agreed location", DeliveredTo::SafePlace),
    ("preferred location", DeliveredTo::SafePlace),
    ("front desk", DeliveredTo::Agent),
    ("reception", DeliveredTo::Agent),
    ("mailroom", DeliveredTo::Agent),
    ("mail room", DeliveredTo::Agent),
    ("concierge", DeliveredTo::Agent),
    ("doorman", DeliveredTo::Agent),
    ("to agent", DeliveredTo::Agent),
    ("individual", DeliveredTo::Recipient),
    ("met customer", DeliveredTo::Recipient),
];

/// Labels after which the name of whoever signed stands.
const SIGNED: [&str; 4] = ["signed for by", "signed by", "received by", "accepted by"];

/// A sentence as it is listened to: in lower case, looked through as often as there are questions.
#[derive(Clone, Debug)]
pub struct Heard(String);

impl Heard {
    /// A sentence, in whatever case.
    pub fn new(text: &str) -> Self {
        Self(text.to_ascii_lowercase())
    }

    /// Whether a phrase (lower case) stands in it, with a word's beginning before it.
    pub fn says(&self, phrase: &str) -> bool {
        find(&self.0, phrase).is_some()
    }

    /// Whether one of the phrases stands in it.
    pub fn says_any(&self, phrases: &[&str]) -> bool {
        phrases.iter().any(|phrase| self.says(phrase))
    }

    /// Why something went wrong, where it names it.
    pub fn reason(&self) -> Option<Reason> {
        self.first(REASONS)
    }

    /// Who took it or where it was put, where it names it.
    pub fn taker(&self) -> Option<DeliveredTo> {
        self.first(TAKERS)
    }

    fn first<T: Copy>(&self, table: &[(&str, T)]) -> Option<T> {
        let words: Vec<&str> = words(&self.0).collect();
        let stands = |phrase: &str| words.iter().any(|word| begins(word, phrase));
        table.iter().find(|(phrase, _)| stands(phrase)).map(|(_, value)| *value)
    }
}

/// Whether a phrase (lower case) stands in a text, in whatever case, with a word's beginning before it.
pub fn says(text: &str, phrase: &str) -> bool {
    Heard::new(text).says(phrase)
}

/// Whether one of the phrases stands in a text.
pub fn says_any(text: &str, phrases: &[&str]) -> bool {
    Heard::new(text).says_any(phrases)
}

/// Why something went wrong, where the text names it.
pub fn reason(text: &str) -> Option<Reason> {
    Heard::new(text).reason()
}

/// Who took it or where it was put, where the text names it.
pub fn taker(text: &str) -> Option<DeliveredTo> {
    Heard::new(text).taker()
}

/// The text of a field for who signed, masked, when it is a name; `None` for `FRONT DESK` and its like.
pub fn signer(text: &str) -> Option<String> {
    let text = text.trim();
    (text.chars().any(char::is_alphabetic) && taker(text).is_none()).then(|| mask_name(text))
}

/// A sentence that may be shown: phone numbers, the names other fields give away and whoever signed are hidden.
pub fn shown<'a>(text: &'a str, known: &[&str]) -> Cow<'a, str> {
    let text = text.trim();
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let mut masked = if digits < 7 { Cow::Borrowed(text) } else { mask(text).text };
    for name in known.iter().map(|name| name.trim()).filter(|name| name.len() > 1) {
        // Most sentences name nobody: whether it is a name is only asked where it stands in one.
        if holds(&masked, name)
            && let Some(hidden) = signer(name)
        {
            masked = without(masked, name, &hidden);
        }
    }
    signed(&masked).map_or(masked, Cow::Owned)
}

/// Whether a text stands in another, in whatever case.
fn holds(text: &str, part: &str) -> bool {
    text.as_bytes().windows(part.len()).any(|window| window.eq_ignore_ascii_case(part.as_bytes()))
}

/// A text with a name hidden wherever it stands, in whatever case.
fn without<'a>(text: Cow<'a, str>, name: &str, hidden: &str) -> Cow<'a, str> {
    let (lower, name) = (text.to_ascii_lowercase(), name.to_ascii_lowercase());
    let mut out = String::new();
    let mut from = 0;
    for (at, _) in lower.match_indices(name.as_str()) {
        out.push_str(text.get(from..at).unwrap_or_default());
        out.push_str(hidden);
        from = at.saturating_add(name.len());
    }
    if from == 0 {
        return text;
    }
    out.push_str(text.get(from..).unwrap_or_default());
    Cow::Owned(out)
}

/// The text with the name behind a label for whoever signed hidden; `None` when there is none.
fn signed(text: &str) -> Option<String> {
    // All labels end like this.
    if !holds(text, " by") {
        return None;
    }
    let lower = text.to_ascii_lowercase();
    let after = SIGNED.iter().find_map(|label| Some(find(&lower, label)?.saturating_add(label.len())))?;
    let (head, tail) = text.split_at_checked(after)?;
    let name = tail.trim_start_matches([' ', ':', '-']);
    let lead = tail.get(..tail.len().saturating_sub(name.len()))?;
    let (name, rest) = name.split_at_checked(name.find(['.', ',', ';']).unwrap_or(name.len()))?;
    let hidden = signer(name)?;
    Some(format!("{head}{lead}{hidden}{rest}"))
}

/// The text from each place on where a word may begin: the phrases are few words, and most places are inside of one.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let mut inside = false;
    text.char_indices().filter_map(move |(at, letter)| {
        let begins = !inside;
        inside = letter.is_alphanumeric();
        text.get(at..).filter(|_| begins)
    })
}

fn begins(text: &str, phrase: &str) -> bool {
    // Most differ in the first letter already.
    text.as_bytes().first() == phrase.as_bytes().first() && text.starts_with(phrase)
}

fn find(text: &str, phrase: &str) -> Option<usize> {
    let rest = words(text).find(|word| begins(word, phrase))?;
    text.len().checked_sub(rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_reasons() {
        for (text, wanted) in [
            ("The customer was not available on the first attempt.", Some(Reason::RecipientUnavailable)),
            ("Delivery attempted; consignee premises closed", Some(Reason::RecipientUnavailable)),
            ("Addressee not available", Some(Reason::RecipientUnavailable)),
            ("The street number is incorrect.", Some(Reason::AddressProblem)),
            ("Delivery rescheduled at customer request", Some(Reason::HeldOnRequest)),
            ("Number plate missing", None),
            ("The receiver REFUSED the package", Some(Reason::Refused)),
        ] {
            assert_eq!(reason(text), wanted, "{text}");
        }
    }

    #[test]
    fn reads_who_took_it() {
        assert_eq!(taker("Delivered, In/At Mailbox"), Some(DeliveredTo::Mailbox));
        assert_eq!(taker("Delivered, Parcel Locker"), Some(DeliveredTo::Locker));
        assert_eq!(taker("Delivered, To Original Sender"), Some(DeliveredTo::Sender));
        assert_eq!(taker("Delivered"), None);
        assert!(
            says("Delivered to UPS ACCESS POINT", "access point") && !says("inaccess point", "access point")
        );
        assert!(says_any("Out for Delivery", &["with courier", "out for delivery"]));
    }

    #[test]
    fn nobody_is_named() {
        assert_eq!(
            shown("Delivered - Signed for by: JON TESTER", &[]),
            "Delivered - Signed for by: J*********"
        );
        assert_eq!(shown("Signed by Jon Tester, thank you", &[]), "Signed by J*********, thank you");
        assert_eq!(shown("Received by FRONT DESK", &[]), "Received by FRONT DESK");
        assert_eq!(shown(" Arrived at Facility ", &[]), "Arrived at Facility");
        assert_eq!(shown("JESSICA", &["Jessica"]), "J******");
        assert_eq!(shown("Left with Jon Tester at 12", &["JON TESTER", "1"]), "Left with J********* at 12");
        assert_eq!(shown("Call 13800000012", &[]), "Call 138****0012");
        assert_eq!((signer("FRONT DESK"), signer(" "), signer("1")), (None, None, None));
        assert_eq!(signer("Tester").as_deref(), Some("T*****"));
    }
}
