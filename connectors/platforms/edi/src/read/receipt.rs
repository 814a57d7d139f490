//! What a partner says of our documents: 997, 999, CONTRL and TA1. An acceptance is no news; anything else people have
//! to know.

use crossdock_connector::{Issue, IssueKind};

use crate::scan::Scan;
use crate::syntax::{Document, Interchange, Syntax};

/// Notes everything that was not plainly accepted.
pub(crate) fn read(scan: &mut Scan<'_>, document: &Document<'_>) {
    match scan.syntax {
        Syntax::X12 => x12(scan, document),
        Syntax::Edifact => edifact(scan, document),
    }
}

fn x12(scan: &mut Scan<'_>, document: &Document<'_>) {
    if scan.segment(document, "AK1").is_none() || scan.segment(document, "AK9").is_none() {
        return;
    }
    let mut about = String::new();
    for segment in &document.segments {
        let own = |at: usize| segment.text(at).unwrap_or_default();
        match segment.tag {
            "AK1" => about = format!("{} {}", own(1), own(2)),
            "AK2" => about = format!("{} {}", own(1), own(2)),
            "AK5" | "IK5" | "AK9" => match own(1) {
                "A" => {}
                "E" | "P" | "R" | "M" | "W" | "X" => {
                    let what = format!("the partner answers {} to {about}", own(1));
                    scan.issue(IssueKind::BadValue, segment, 1, &what);
                }
                code => scan.unmapped(segment, 1, code),
            },
            "AK3" | "IK3" | "AK4" | "IK4" => {
                let what = format!(
                    "in {about}: {} {} {} {}",
                    own(1),
                    own(2),
                    own(3),
                    if segment.tag.ends_with('3') { own(4) } else { "" }
                );
                scan.issue(IssueKind::BadValue, segment, 1, what.trim_end());
            }
            _ => {}
        }
    }
}

fn edifact(scan: &mut Scan<'_>, document: &Document<'_>) {
    let Some(whole) = scan.segment(document, "UCI") else { return };
    scan.required(whole, 4, 0);
    for segment in &document.segments {
        let element = match segment.tag {
            "UCI" => 4,
            "UCM" => 3,
            _ => continue,
        };
        let reference = segment.text(1).unwrap_or_default();
        match segment.text(element).unwrap_or_default() {
            // 7 acknowledged, 8 received.
            "7" | "8" => {}
            "4" => {
                let code = segment.text(element + 1).unwrap_or_default();
                let what = format!("the partner refuses {reference}, error {code}");
                scan.issue(IssueKind::BadValue, segment, element, &what);
            }
            code => scan.unmapped(segment, element, code),
        }
    }
}

/// TA1 of an interchange.
pub(crate) fn interchange(read: &Interchange<'_>, issues: &mut Vec<Issue>) {
    for receipt in &read.receipts {
        let own = |at: usize| receipt.text(at).unwrap_or_default();
        let path = format!("$.TA1[{}].04", own(1));
        match own(4) {
            "A" => {}
            "E" | "R" => {
                let what =
                    format!("the partner answers {} to interchange {}, note {}", own(4), own(1), own(5));
                issues.push(Issue::new(IssueKind::BadValue, path, what));
            }
            code => issues.push(Issue::unmapped(path, code)),
        }
    }
}
