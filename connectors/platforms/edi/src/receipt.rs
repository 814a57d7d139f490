//! What a partner wants to hear of its interchange: 997 and TA1, or CONTRL. It says of each document what normalizing makes
//! of it: both ask the same judge.

use crossdock_connector::Result;

use crate::answer;
use crate::codes::About;
use crate::config::{Acknowledge, Config};
use crate::normalize::{House, Judged, Way, interchanges, judge};
use crate::scan::{Problem, Profile, Wrong};
use crate::syntax::{Fault, Group, Interchange, Syntax};
use crate::text;
use crate::write::{self, Out, x12_segment};

/// The acknowledgement of a received interchange (or of several in a row), as the profile of its partner asks for it: a 997,
/// with a TA1 where one is due, or a CONTRL; behind it the 855 or ORDRSP where the profile accepts orders. `None` when nothing
/// has to be answered.
///
/// # Errors
/// `Malformed` when it is no interchange or of no partner of the settings; `Config` as the settings say.
pub fn receipt(config: &Config, interchange: &[u8]) -> Result<Option<String>> {
    House::new(config.clone())?.receipt(interchange)
}

impl House {
    pub(crate) fn receipt(&self, body: &[u8]) -> Result<Option<String>> {
        let text = text::decode(body)?;
        let mut out = String::new();
        for read in interchanges(&text)? {
            let (profile, way) = self.partner(&read)?;
            if way == Way::In {
                out.push_str(&match read.syntax {
                    Syntax::X12 => x12(&read, profile),
                    Syntax::Edifact => edifact(&read, profile),
                });
            }
        }
        Ok(Some(out).filter(|out| !out.is_empty()))
    }
}

/// Whether anything in it is refused because its envelope is wrong.
fn refused_whole(read: &Interchange<'_>, profile: &Profile) -> bool {
    let groups = read.groups.iter().any(|group| !group.faults.is_empty());
    profile.config.strict && (!read.faults.is_empty() || groups)
}

fn x12(read: &Interchange<'_>, profile: &Profile) -> String {
    let config = &profile.config;
    let whole = refused_whole(read, profile);
    let mut groups = Vec::new();
    let mut ta1 = None;
    if config.acknowledge != Acknowledge::Never {
        let answered = read.groups.iter().filter(|group| group.kind != "FA");
        let documents: Vec<_> = answered.map(|group| ("997", group_receipt(group, profile, whole))).collect();
        if !documents.is_empty() {
            groups.push(Out { kind: "FA", documents });
        }
        if read.asks || !read.faults.is_empty() {
            ta1 = Some(interchange_receipt(read, whole));
        }
    }
    if config.accept_orders && !whole {
        groups.extend(answer::accepted_x12(read, profile));
    }
    if groups.is_empty() && ta1.is_none() { String::new() } else { write::x12(read, profile, ta1, &groups) }
}

fn interchange_receipt(read: &Interchange<'_>, whole: bool) -> String {
    let at = write::moment(read);
    let (day, hour) = (at.strftime("%y%m%d").to_string(), at.strftime("%H%M").to_string());
    let (said, note) = match read.faults.first() {
        None if whole => ("R", "024"),
        None => ("A", "000"),
        Some(fault) => (if whole { "R" } else { "E" }, fault.x12_interchange()),
    };
    x12_segment("TA1", &[&read.reference, &day, &hour, said, note])
}

/// One 997: what became of the documents of a group.
fn group_receipt(group: &Group<'_>, profile: &Profile, whole: bool) -> Vec<String> {
    let mut out = vec![x12_segment("AK1", &[&group.kind, &group.reference])];
    let (mut taken, mut flawed) = (0_usize, false);
    for document in &group.documents {
        let judged = judge(profile, Syntax::X12, document);
        out.push(x12_segment("AK2", &[&document.kind, &document.reference]));
        segments(&mut out, &judged.wrong);
        let mut codes: Vec<&str> = document.faults.iter().map(|fault| fault.x12_set()).collect();
        if judged.about.is_none() {
            codes.push("1");
        }
        if !judged.wrong.is_empty() {
            codes.push("5");
        }
        codes.sort_unstable();
        codes.dedup();
        let said = if whole || judged.refused.is_some() {
            "R"
        } else if codes.is_empty() {
            taken += 1;
            "A"
        } else {
            taken += 1;
            flawed = true;
            "E"
        };
        let elements: Vec<&str> = std::iter::once(said).chain(codes).collect();
        out.push(x12_segment("AK5", &elements));
    }
    let received = group.documents.len();
    let said = match taken {
        0 => "R",
        some if some < received => "P",
        _ if flawed || !group.faults.is_empty() => "E",
        _ => "A",
    };
    let counts = [group.counted.unwrap_or(received), received, taken].map(|count| count.to_string());
    let mut elements = vec![said];
    elements.extend(counts.iter().map(String::as_str));
    elements.extend(group.faults.iter().map(|fault: &Fault| fault.x12_group()));
    out.push(x12_segment("AK9", &elements));
    out
}

/// AK3 and AK4 of what is wrong, segment by segment.
fn segments(out: &mut Vec<String>, wrong: &[Wrong]) {
    let mut before = None;
    for found in wrong {
        let position = found.position.to_string();
        if found.problem == Problem::NoSegment {
            out.push(x12_segment("AK3", &[&found.tag, &position, "", "3"]));
            continue;
        }
        if before != Some(found.position) {
            out.push(x12_segment("AK3", &[&found.tag, &position, "", "8"]));
            before = Some(found.position);
        }
        let code = if found.problem == Problem::Missing { "1" } else { "6" };
        let element = found.element.to_string();
        // A bad value may be as long as a partner likes.
        let value: String = found.value.chars().take(99).collect();
        out.push(x12_segment("AK4", &[&element, reference(&found.tag, found.element), code, &value]));
    }
}

/// The number of an element in the X12 dictionary, as far as we check it.
fn reference(tag: &str, element: usize) -> &'static str {
    match (tag, element) {
        ("PO1", 2) | ("POC", 3) => "330",
        ("PO1", 4) | ("POC", 6) => "212",
        ("POC", 2) => "670",
        ("POC", 4) => "671",
        ("BEG" | "BCH" | "BSN", 1) => "353",
        ("BEG" | "BCH" | "BAK" | "BCA", 3) | ("PRF", 1) => "324",
        ("BAK" | "BCA", 2) => "587",
        ("BSN", 2) => "396",
        ("SN1", 2) => "382",
        ("SAC", 5) => "610",
        ("AMT" | "TXI", 2) => "782",
        ("CTT", 1) => "354",
        ("CTT", 2) => "347",
        ("HL", 1) => "628",
        _ => "",
    }
}

fn edifact(read: &Interchange<'_>, profile: &Profile) -> String {
    let config = &profile.config;
    let whole = refused_whole(read, profile);
    let mut out = String::new();
    let due = match config.acknowledge {
        Acknowledge::Never => false,
        Acknowledge::WhenAsked => read.asks,
        Acknowledge::Always => true,
    };
    let documents = || read.groups.iter().flat_map(|group| &group.documents);
    // A CONTRL is never answered by another one.
    if due && documents().any(|document| document.kind != "CONTRL") {
        let judged: Vec<(_, Judged)> =
            documents().map(|document| (document, judge(profile, Syntax::Edifact, document))).collect();
        let mut uci = vec![
            "UCI".to_owned(),
            write::released(&read.reference),
            write::party(&read.sender),
            write::party(&read.receiver),
            if whole { "4" } else { "7" }.to_owned(),
        ];
        if whole {
            uci.extend(read.faults.first().map(|fault| fault.edifact().to_owned()));
        }
        let mut segments = vec![uci.join("+")];
        for (document, judged) in judged.iter().filter(|_| !whole) {
            let kind =
                document.version.iter().map(|part| write::released(part)).collect::<Vec<_>>().join(":");
            let mut ucm = vec!["UCM".to_owned(), write::released(&document.reference), kind];
            match &judged.refused {
                None => ucm.push("7".to_owned()),
                Some(_) => {
                    ucm.push("4".to_owned());
                    let unknown = judged.about.is_none().then_some("14");
                    let code = document.faults.first().map(|fault| fault.edifact()).or(unknown);
                    ucm.extend(code.filter(|_| judged.wrong.is_empty()).map(str::to_owned));
                }
            }
            segments.push(ucm.join("+"));
            segments.extend(judged.wrong.iter().flat_map(wrong_edifact).filter(|_| judged.refused.is_some()));
        }
        out.push_str(&write::edifact(read, "C", &[("CONTRL:D:3:UN".to_owned(), segments)]));
    }
    if config.accept_orders && !whole {
        out.push_str(&answer::accepted_edifact(read, profile));
    }
    out
}

/// UCS with UCD. The tag of a segment is its first element there.
fn wrong_edifact(found: &Wrong) -> Vec<String> {
    match found.problem {
        Problem::NoSegment => vec![format!("UCS+{}+13", found.position)],
        Problem::Missing | Problem::NoNumber => {
            let code = if found.problem == Problem::Missing { "13" } else { "37" };
            let (element, component) = (found.element + 1, found.component + 1);
            vec![format!("UCS+{}", found.position), format!("UCD+{code}+{element}:{component}")]
        }
    }
}

/// Whether a document is an order that is not refused.
pub(crate) fn is_order(judged: &Judged) -> bool {
    judged.refused.is_none() && judged.about == Some(About::Order)
}

#[cfg(test)]
mod tests;
