//! The seller's answers: 855, 865 and ORDRSP, as copies of what was sent or as a supplier sends them.

use crossdock_connector::IssueKind;
use crossdock_schemas::{Dec, Ts};

use super::order_no;
use crate::codes::{self, About, Purpose};
use crate::scan::Scan;
use crate::syntax::{Document, Segment, Syntax};

/// An answer to an order.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) number: String,
    /// The code, and whether the order is accepted.
    pub(crate) code: Option<String>,
    pub(crate) accepted: Option<bool>,
    pub(crate) at: Option<Ts>,
    /// It answers a change.
    pub(crate) of_change: bool,
    pub(crate) lines: Vec<LineAnswer>,
}

/// What is said of a line.
#[derive(Debug, Default)]
pub(crate) struct LineAnswer {
    pub(crate) id: Option<String>,
    pub(crate) code: Option<String>,
    pub(crate) word: Option<&'static str>,
    pub(crate) quantity: Option<Dec>,
    pub(crate) date: Option<String>,
}

/// Reads an answer; `None` when it says too little, which is then a fault.
pub(crate) fn read(scan: &mut Scan<'_>, document: &Document<'_>, about: About) -> Option<Answer> {
    match scan.syntax {
        Syntax::X12 => x12(scan, document, about),
        Syntax::Edifact => edifact(scan, document),
    }
}

fn x12(scan: &mut Scan<'_>, document: &Document<'_>, about: About) -> Option<Answer> {
    let of_change = about == About::ChangeAnswer;
    let head = scan.segment(document, if of_change { "BCA" } else { "BAK" })?;
    let code = scan.required(head, 2, 0)?;
    let number = scan.required(head, 3, 0)?;
    // BAK has the release after the date, BCA before it.
    let release = head.text(if of_change { 4 } else { 5 });
    let accepted = codes::accepted(&code);
    if accepted.is_none() {
        scan.unmapped(head, 2, &code);
    }
    let dated = if of_change { 11 } else { 9 };
    let at = scan.day(head, dated, 0).and_then(|day| scan.midnight(day));
    let number = order_no(&number, release);
    let mut read = Answer { number, code: Some(code), accepted, at, of_change, lines: Vec::new() };
    let mut line: Option<String> = None;
    for segment in &document.segments {
        match segment.tag {
            "PO1" | "POC" => line = segment.text(1).map(str::to_owned),
            "ACK" => {
                let code = segment.text(1).map(str::to_owned);
                let word = word(scan, segment, 1, code.as_deref());
                let quantity = scan.number(segment, 2, 0);
                let date = segment.text(5).map(str::to_owned);
                read.lines.push(LineAnswer { id: line.clone(), code, word, quantity, date });
            }
            _ => {}
        }
    }
    Some(read)
}

fn edifact(scan: &mut Scan<'_>, document: &Document<'_>) -> Option<Answer> {
    let head = scan.segment(document, "BGM")?;
    scan.required(head, 2, 0)?;
    let code = head.text(3).map(str::to_owned);
    let accepted = match (code.as_deref().and_then(|code| codes::purpose(Syntax::Edifact, code)), &code) {
        // 4: accepted with amendments, which the lines tell.
        (Some(Purpose::Accept | Purpose::Change), _) => Some(true),
        (Some(Purpose::Refuse), _) => Some(false),
        (_, Some(code)) => {
            scan.unmapped(head, 3, code);
            None
        }
        (_, None) => {
            scan.issue(IssueKind::BadValue, head, 3, "does not say whether the order is accepted");
            None
        }
    };
    let mut read =
        Answer { number: String::new(), code, accepted, at: None, of_change: false, lines: Vec::new() };
    for segment in &document.segments {
        match segment.tag {
            "RFF" if segment.part(1, 0) == Some("ON") && read.number.is_empty() => {
                read.number = scan.required(segment, 1, 1)?;
            }
            // What was changed is answered by the same message.
            "RFF" if segment.part(1, 0) == Some("PC") => read.of_change = true,
            "DTM" if segment.part(1, 0) == Some("137") => read.at = scan.dated(segment).map(|(at, _)| at),
            "LIN" => {
                let code = segment.text(2).map(str::to_owned);
                let word = word(scan, segment, 2, code.as_deref());
                let id = segment.text(1).map(str::to_owned);
                read.lines.push(LineAnswer { id, code, word, ..LineAnswer::default() });
            }
            "QTY" => {
                let quantity = scan.number(segment, 1, 1);
                // What will be delivered goes before what was ordered.
                let promised = segment.part(1, 0) == Some("113");
                if let Some(line) = read.lines.last_mut().filter(|line| promised || line.quantity.is_none()) {
                    line.quantity = quantity;
                }
            }
            _ => {}
        }
    }
    if read.number.is_empty() {
        scan.missing("RFF", 3);
        return None;
    }
    Some(read)
}

fn word(
    scan: &mut Scan<'_>,
    segment: &Segment<'_>,
    element: usize,
    code: Option<&str>,
) -> Option<&'static str> {
    let code = code?;
    let word = codes::line_answer(scan.syntax, code);
    if word.is_none() {
        scan.unmapped(segment, element, code);
    }
    word
}
