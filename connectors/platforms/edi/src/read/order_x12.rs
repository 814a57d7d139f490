//! 850 and 860.

use crossdock_connector::IssueKind;
use crossdock_schemas::Dec;

use super::{Allowance, Call, Dates, Line, Part, Party, Purchase, articles, ends, order_no, party};
use crate::codes::{self, About};
use crate::scan::Scan;
use crate::syntax::{Document, Segment, Syntax};

/// Reads an order or a change; `None` when it says too little, which is then a fault.
pub(crate) fn read(scan: &mut Scan<'_>, document: &Document<'_>, about: About) -> Option<Purchase> {
    let change = about == About::Change;
    let head = scan.segment(document, if change { "BCH" } else { "BEG" })?;
    let code = scan.required(head, 1, 0)?;
    let number = scan.required(head, 3, 0)?;
    let release = head.text(4);
    let placed = scan.day(head, if change { 6 } else { 5 }, 0).and_then(|day| scan.midnight(day));
    let mut read = Purchase {
        purpose: (code.clone(), codes::purpose(Syntax::X12, &code)),
        kind: head.text(2).map(str::to_owned),
        number: order_no(&number, release),
        blanket: release.map(|_| number),
        sequence: head.text(5).filter(|_| change).map(str::to_owned),
        placed,
        ..Purchase::default()
    };
    if read.purpose.1.is_none() {
        scan.unmapped(head, 1, &code);
    }
    let mut loops = Loops::default();
    for segment in &document.segments {
        take(scan, &mut read, &mut loops, segment);
    }
    Some(read)
}

/// Which loop is open.
#[derive(Default)]
struct Loops {
    party: bool,
    /// Lines have begun; parties after that are the line's and not the order's.
    line: bool,
    ended: bool,
}

fn take(scan: &mut Scan<'_>, read: &mut Purchase, loops: &mut Loops, segment: &Segment<'_>) {
    match segment.tag {
        "PO1" | "POC" => {
            loops.line = true;
            if let Some(line) = line(scan, segment) {
                read.lines.push(line);
            }
            return;
        }
        "CTT" => {
            loops.ended = true;
            return count(scan, read, segment);
        }
        "AMT" if segment.is(&["TT", "1"]) => {
            read.total = scan.number(segment, 2, 0).or(read.total);
            return;
        }
        _ => {}
    }
    if segment.tag == "CUR" && loops.line && !loops.ended {
        // Of the order, when it says none itself; a line in another one says so.
        let own = segment.text(2).map(str::to_owned);
        read.currency = read.currency.take().or_else(|| own.clone());
        if let Some(line) = read.lines.last_mut() {
            line.currency = own.filter(|own| Some(own) != read.currency.as_ref());
        }
        return;
    }
    if loops.line && !loops.ended {
        if let Some(line) = read.lines.last_mut() {
            of_line(scan, line, segment);
        }
        return;
    }
    let mut ignored = Vec::new();
    let parties: &mut Vec<Party> = if loops.ended { &mut ignored } else { &mut read.parties };
    if party::x12(scan, parties, &mut loops.party, segment) {
        return;
    }
    match segment.tag {
        "CUR" => read.currency = segment.text(2).map(str::to_owned),
        "REF" | "N9" => reference(&mut read.references, segment),
        "DTM" => date(scan, &mut read.dates, segment),
        "TD5" => {
            read.carrier = segment.text(3).map(str::to_owned);
            read.routing = segment.text(5).map(str::to_owned);
        }
        "MSG" => read.notes.extend(segment.text(1).map(str::to_owned)),
        "NTE" => read.notes.extend(segment.text(2).map(str::to_owned)),
        "SAC" => read.allowances.extend(allowance(scan, segment)),
        "TXI" => read.tax = sum(read.tax, scan.number(segment, 2, 0)),
        _ => {}
    }
}

fn reference(references: &mut Vec<(String, String)>, segment: &Segment<'_>) {
    if let (Some(kind), Some(value)) = (segment.text(1), segment.text(2)) {
        references.push((kind.to_owned(), value.to_owned()));
    }
}

fn date(scan: &mut Scan<'_>, dates: &mut Dates, segment: &Segment<'_>) {
    let Some((date, strict)) = segment.text(1).and_then(|code| codes::date(Syntax::X12, code)) else {
        return;
    };
    let Some(day) = scan.day(segment, 2, 0) else { return };
    if let Some(at) = if ends(date) { scan.day_end(day) } else { scan.midnight(day) } {
        dates.put(date, strict, at);
    }
}

/// PO1, and POC, which has two elements more before the unit.
fn line(scan: &mut Scan<'_>, segment: &Segment<'_>) -> Option<Line> {
    let change = segment.tag == "POC";
    let (amount, unit) = if change { (3, 5) } else { (2, 3) };
    let action = change.then(|| scan.required(segment, 2, 0)).flatten();
    let deleted = action.as_deref() == Some("DI");
    // Of a line that is deleted nothing may be said but that.
    let quantity = match segment.text(amount) {
        None if deleted => Dec::ZERO,
        _ => scan.quantity(segment, amount, 0)?,
    };
    let basis = segment.text(unit + 2);
    let price = scan.number(segment, unit + 1, 0);
    let price = match basis {
        // No charge.
        Some("NC") => price.or(Some(Dec::ZERO)),
        Some(basis) => price.and_then(|price| price.checked_div(codes::price_of(basis).into())),
        None => price,
    };
    let mut line = Line {
        id: segment.text(1).map(str::to_owned),
        action,
        quantity,
        counted: true,
        position: segment.position,
        left: if change { scan.number(segment, 4, 0) } else { None },
        unit: segment.text(unit).and_then(|code| codes::unit(Syntax::X12, code)),
        unit_raw: segment.text(unit).map(str::to_owned),
        price,
        ..Line::default()
    };
    if line.unit.is_none()
        && let Some(code) = segment.text(unit)
    {
        scan.unmapped(segment, unit, code);
    }
    for (qualifier, number) in articles(segment, unit + 3) {
        match qualifier.as_str() {
            // The name of the article, where a number should be.
            "PD" => line.title = Some(number),
            _ => line.articles.push((codes::article(Syntax::X12, &qualifier), qualifier, number)),
        }
    }
    Some(line)
}

/// A segment inside of a line.
fn of_line(scan: &mut Scan<'_>, line: &mut Line, segment: &Segment<'_>) {
    match segment.tag {
        "PID" if line.title.is_none() => line.title = segment.text(5).map(str::to_owned),
        "DTM" => date(scan, &mut line.dates, segment),
        "REF" => reference(&mut line.references, segment),
        "SLN" => line.parts.push(Part {
            id: segment.text(1).map(str::to_owned),
            relation: segment.text(3).map(str::to_owned),
            quantity: scan.number(segment, 4, 0),
            unit: segment.text(5).map(str::to_owned),
            articles: articles(segment, 9),
        }),
        "MSG" => line.notes.extend(segment.text(1).map(str::to_owned)),
        "SAC" => line.allowances.extend(allowance(scan, segment)),
        "TXI" => line.tax = sum(line.tax, scan.number(segment, 2, 0)),
        "PO4" => line.pack = scan.number(segment, 1, 0),
        "SCH" => {
            let quantity = scan.number(segment, 1, 0);
            let date = segment.text(5).zip(segment.text(6));
            let date = date.map(|(kind, day)| (kind.to_owned(), day.to_owned()));
            line.schedule.push(Call { quantity, date });
        }
        "SDQ" => {
            // The qualifier of the places is said once, then place and quantity in turn.
            let mut at = 3;
            while let (Some(place), Some(_)) = (segment.text(at), segment.text(at + 1)) {
                if let Some(quantity) = scan.number(segment, at + 1, 0) {
                    line.stores.push((place.to_owned(), quantity));
                }
                at += 2;
            }
        }
        _ => {}
    }
}

/// SAC: allowance, charge, or one without an amount.
fn allowance(scan: &mut Scan<'_>, segment: &Segment<'_>) -> Option<Allowance> {
    let charge = match segment.text(1) {
        Some("C") => true,
        Some("A") => false,
        // A service that is asked for, a promotion that is only named.
        _ => return None,
    };
    let code = segment.text(2).map(str::to_owned);
    let Some(amount) = scan.cents(segment, 5) else {
        if segment.text(7).is_some() {
            scan.issue(IssueKind::BadValue, segment, 7, "a rate without an amount is not applied");
        }
        return None;
    };
    let known = code.as_deref().is_some_and(|code| {
        let found = codes::charge(Syntax::X12, code).filter(|_| charge).map(drop);
        found.or(codes::allowance(Syntax::X12, code).filter(|_| !charge).map(drop)).is_some()
    });
    if !known {
        scan.unmapped(segment, 2, code.as_deref().unwrap_or("no code"));
    }
    Some(Allowance { charge, code, amount: amount.abs(), text: segment.text(15).map(str::to_owned) })
}

/// CTT: how many lines, and the sum of their quantities.
fn count(scan: &mut Scan<'_>, read: &Purchase, segment: &Segment<'_>) {
    let lines = u32::try_from(read.lines.len()).unwrap_or(u32::MAX);
    if scan.number(segment, 1, 0).is_some_and(|count| count != lines.into()) {
        scan.issue(IssueKind::BadValue, segment, 1, "another number of lines than there are");
    }
    let sum: Dec = read.lines.iter().map(|line| line.quantity).sum();
    if scan.number(segment, 2, 0).is_some_and(|hash| hash != sum) {
        scan.issue(IssueKind::BadValue, segment, 2, "another sum of quantities than that of the lines");
    }
}

pub(crate) fn sum(held: Option<Dec>, more: Option<Dec>) -> Option<Dec> {
    match (held, more) {
        (Some(held), Some(more)) => held.checked_add(more),
        (held, more) => held.or(more),
    }
}
