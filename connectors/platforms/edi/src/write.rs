//! Writing interchanges back to the sender of one.
//!
//! Nothing here has a clock or a counter: date, time and numbers repeat those of the interchange that is answered, so the
//! same interchange always gets the same answer.

use jiff::civil::DateTime;

use crate::scan::Profile;
use crate::syntax::{Address, Interchange};

/// A group of X12 documents to write.
pub(crate) struct Out {
    /// GS01.
    pub(crate) kind: &'static str,
    /// Segments of each document, without ST and SE.
    pub(crate) documents: Vec<(&'static str, Vec<String>)>,
}

/// A segment of X12; empty elements at its end are left out.
pub(crate) fn x12_segment(tag: &str, elements: &[&str]) -> String {
    let filled = elements.iter().rposition(|text| !text.is_empty()).map_or(0, |at| at + 1);
    let mut out = tag.to_owned();
    for text in elements.iter().take(filled) {
        out.push('*');
        // Our separators and line breaks cannot be written.
        out.extend(
            text.chars()
                .map(|letter| if matches!(letter, '*' | '~' | '>' | '\r' | '\n') { ' ' } else { letter }),
        );
    }
    out
}

/// The number of an answer: that of the interchange it answers, moved by the partner's offset, from 1 to 999999999.
pub(crate) fn number(read: &Interchange<'_>, profile: &Profile) -> u64 {
    let digits: String = read.reference.chars().filter(char::is_ascii_digit).take(18).collect();
    let theirs: u64 = digits.parse().unwrap_or(1);
    (theirs + u64::from(profile.config.control_offset)).saturating_sub(1) % 999_999_999 + 1
}

/// When the interchange was made.
pub(crate) fn moment(read: &Interchange<'_>) -> DateTime {
    read.at.unwrap_or(DateTime::constant(2000, 1, 1, 0, 0, 0, 0))
}

/// An X12 interchange to the sender of `read`.
pub(crate) fn x12(read: &Interchange<'_>, profile: &Profile, ta1: Option<String>, groups: &[Out]) -> String {
    let at = moment(read);
    let (day, hour) = (at.strftime("%y%m%d").to_string(), at.strftime("%H%M").to_string());
    let number = number(read, profile);
    let version = read.version.first().map(String::as_str).filter(|text| text.len() == 5).unwrap_or("00401");
    let own = |address: &Address| {
        (address.qualifier.clone().unwrap_or_else(|| "ZZ".to_owned()), address.id.clone())
    };
    let ((from_kind, from), (to_kind, to)) = (own(&read.receiver), own(&read.sender));
    // From 00402 on the 11th element separates repetitions.
    let eleventh = if version > "00401" { "^" } else { "U" };
    let test = if read.test { "T" } else { "P" };
    let blanks = " ".repeat(10);
    let mut out = format!(
        "ISA*00*{blanks}*00*{blanks}*{from_kind:<2}*{from:<15}*{to_kind:<2}*{to:<15}*{day}*{hour}*{eleventh}*{version}*{number:09}*0*{test}*>~\n"
    );
    let mut put = |segment: &str| {
        out.push_str(segment);
        out.push_str("~\n");
    };
    if let Some(ta1) = ta1 {
        put(&ta1);
    }
    let like = read.groups.first();
    let or = |text: Option<&String>, otherwise: &str| match text {
        Some(text) if !text.is_empty() => text.clone(),
        _ => otherwise.to_owned(),
    };
    let our = or(like.map(|group| &group.receiver), &from);
    let their = or(like.map(|group| &group.sender), &to);
    let release = or(like.map(|group| &group.version), "004010");
    let (long, control) = (at.strftime("%Y%m%d").to_string(), number.to_string());
    for group in groups {
        put(&x12_segment("GS", &[group.kind, &our, &their, &long, &hour, &control, "X", &release]));
        for (place, (kind, segments)) in group.documents.iter().enumerate() {
            let reference = format!("{:04}", place + 1);
            put(&x12_segment("ST", &[kind, &reference]));
            for segment in segments {
                put(segment);
            }
            put(&x12_segment("SE", &[&(segments.len() + 2).to_string(), &reference]));
        }
        put(&x12_segment("GE", &[&group.documents.len().to_string(), &control]));
    }
    put(&x12_segment("IEA", &[&groups.len().to_string(), &format!("{number:09}")]));
    out
}

/// A component or element of EDIFACT, separators released.
pub(crate) fn released(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        if matches!(letter, '+' | ':' | '\'' | '?') {
            out.push('?');
        }
        out.push(if matches!(letter, '\r' | '\n') { ' ' } else { letter });
    }
    out
}

/// Who, as UNB and UCI write it.
pub(crate) fn party(address: &Address) -> String {
    match &address.qualifier {
        Some(qualifier) => format!("{}:{}", released(&address.id), released(qualifier)),
        None => released(&address.id),
    }
}

/// An EDIFACT interchange to the sender of `read`. `mark` tells one kind of answer from another in the reference.
pub(crate) fn edifact(read: &Interchange<'_>, mark: &str, messages: &[(String, Vec<String>)]) -> String {
    let at = moment(read);
    let syntax = read.version.iter().map(|part| released(part)).collect::<Vec<_>>().join(":");
    let syntax = if syntax.is_empty() { "UNOC:3".to_owned() } else { syntax };
    // A reference has at most 14 characters.
    let reference: String = format!("{mark}{}", read.reference).chars().take(14).collect();
    let reference = released(&reference);
    let test = if read.test { "++++++1" } else { "" };
    let mut out = format!(
        "UNA:+.? '\nUNB+{syntax}+{}+{}+{}+{reference}{test}'\n",
        party(&read.receiver),
        party(&read.sender),
        at.strftime("%y%m%d:%H%M"),
    );
    for (place, (kind, segments)) in messages.iter().enumerate() {
        let number = place + 1;
        out.push_str(&format!("UNH+{number}+{kind}'\n"));
        for segment in segments {
            out.push_str(segment);
            out.push_str("'\n");
        }
        out.push_str(&format!("UNT+{}+{number}'\n", segments.len() + 2));
    }
    out.push_str(&format!("UNZ+{}+{reference}'\n", messages.len()));
    out
}
