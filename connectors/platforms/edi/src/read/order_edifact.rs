//! ORDERS and ORDCHG.

use crossdock_connector::IssueKind;

use super::order_x12::sum;
use super::{Allowance, Call, Dates, Line, Purchase, ends, party};
use crate::codes;
use crate::scan::Scan;
use crate::syntax::{Document, Segment, Syntax};

/// Reads an order or a change; `None` when it says too little, which is then a fault.
pub(crate) fn read(scan: &mut Scan<'_>, document: &Document<'_>) -> Option<Purchase> {
    let head = scan.segment(document, "BGM")?;
    let number = scan.required(head, 2, 0)?;
    let kind = head.text(1).map(str::to_owned);
    // Without a function it is an original, says the standard.
    let code = head.text(3).unwrap_or("9").to_owned();
    let change = document.kind == "ORDCHG" || kind.as_deref() == Some("230");
    let mut read = Purchase {
        purpose: (code.clone(), codes::purpose(Syntax::Edifact, &code)),
        kind,
        number: number.clone(),
        ..Purchase::default()
    };
    if read.purpose.1.is_none() {
        scan.unmapped(head, 3, &code);
    }
    let mut place = Place::default();
    for segment in &document.segments {
        take(scan, &mut read, &mut place, segment);
    }
    // Nothing can be made of a line without a quantity, unless it only says what becomes of it.
    for line in read.lines.iter().filter(|line| !line.counted && line.action.is_none()) {
        scan.missing("QTY", line.position);
    }
    read.placed = read.dates.document;
    // A change has a number of its own and refers to the order.
    let order = read.references.iter().find(|(kind, _)| kind == "ON").map(|(_, number)| number.clone());
    if let Some(order) = order.filter(|_| change) {
        read.sequence = Some(number).filter(|number| *number != order);
        read.number = order;
        read.placed = None;
    }
    Some(read)
}

/// Where in the message we are.
#[derive(Default)]
struct Place {
    party: bool,
    line: bool,
    /// Allowance (false) or charge (true) that is open.
    allowance: Option<(bool, Option<String>)>,
}

fn take(scan: &mut Scan<'_>, read: &mut Purchase, place: &mut Place, segment: &Segment<'_>) {
    match segment.tag {
        "LIN" => {
            *place = Place { line: true, ..Place::default() };
            let id = segment.text(1).map(str::to_owned);
            let (action, position) = (segment.text(2).map(str::to_owned), segment.position);
            let mut line = Line { id, action, position, ..Line::default() };
            article(&mut line, segment, 3);
            read.lines.push(line);
            return;
        }
        "UNS" => {
            *place = Place::default();
            return;
        }
        "ALC" => {
            let charge = segment.text(1) == Some("C");
            let code = segment.part(5, 0).map(str::to_owned);
            place.allowance = Some((charge, code));
            return;
        }
        "MOA" => return amount(scan, read, place, segment),
        "FTX" => {
            let text = segment.parts(4).collect::<Vec<_>>().join(" ");
            let notes = match read.lines.last_mut().filter(|_| place.line) {
                Some(line) => &mut line.notes,
                None => &mut read.notes,
            };
            notes.extend(Some(text).filter(|text| !text.is_empty()));
            return;
        }
        "CNT" if segment.part(1, 0) == Some("2") => {
            let lines = u32::try_from(read.lines.len()).unwrap_or(u32::MAX);
            if scan.number(segment, 1, 1).is_some_and(|count| count != lines.into()) {
                scan.issue(IssueKind::BadValue, segment, 1, "another number of lines than there are");
            }
            return;
        }
        _ => {}
    }
    if place.line {
        if let Some(line) = read.lines.last_mut() {
            of_line(scan, line, segment);
        }
    } else if !party::edifact(scan, &mut read.parties, &mut place.party, segment) {
        of_order(scan, read, segment);
    }
}

fn of_order(scan: &mut Scan<'_>, read: &mut Purchase, segment: &Segment<'_>) {
    match segment.tag {
        "CUX" => {
            let named = (1..=segment.len()).find(|at| segment.part(*at, 0) == Some("2"));
            read.currency = named.and_then(|at| segment.part(at, 1)).map(str::to_owned);
        }
        "RFF" => reference(&mut read.references, segment),
        "DTM" => date(scan, &mut read.dates, segment),
        "TDT" => {
            read.carrier = segment.part(5, 0).map(str::to_owned);
            read.routing = segment.part(5, 3).map(str::to_owned);
        }
        _ => {}
    }
}

fn reference(references: &mut Vec<(String, String)>, segment: &Segment<'_>) {
    if let (Some(kind), Some(value)) = (segment.part(1, 0), segment.part(1, 1)) {
        references.push((kind.to_owned(), value.to_owned()));
    }
}

fn date(scan: &mut Scan<'_>, dates: &mut Dates, segment: &Segment<'_>) {
    let known = segment.part(1, 0).and_then(|code| codes::date(Syntax::Edifact, code));
    let Some((date, strict)) = known else { return };
    let Some((at, day)) = scan.dated(segment) else { return };
    let end = day.filter(|_| ends(date)).and_then(|day| scan.day_end(day));
    // A reference has dates of its own after it; the document's comes first.
    dates.put(date, strict, end.unwrap_or(at));
}

/// What stands behind SCC is of that part of the line, and says nothing of the whole. `true` when it was that.
fn of_call(scan: &mut Scan<'_>, line: &mut Line, segment: &Segment<'_>) -> bool {
    if segment.tag == "SCC" {
        line.schedule.push(Call::default());
        return true;
    }
    let Some(call) = line.schedule.last_mut() else { return false };
    match segment.tag {
        "QTY" => call.quantity = scan.number(segment, 1, 1),
        "DTM" => {
            let date = segment.part(1, 0).zip(segment.part(1, 1));
            call.date = date.map(|(kind, day)| (kind.to_owned(), day.to_owned()));
        }
        _ => return false,
    }
    true
}

fn of_line(scan: &mut Scan<'_>, line: &mut Line, segment: &Segment<'_>) {
    if of_call(scan, line, segment) {
        return;
    }
    match segment.tag {
        "DTM" => date(scan, &mut line.dates, segment),
        "RFF" => reference(&mut line.references, segment),
        "PIA" => (2..=segment.len()).for_each(|at| article(line, segment, at)),
        "IMD" if line.title.is_none() => {
            let text: Vec<&str> = [3, 4].into_iter().filter_map(|at| segment.part(3, at)).collect();
            line.title = Some(text.join(" ")).filter(|text| !text.is_empty());
        }
        "QTY" => match segment.part(1, 0) {
            // A plain number of pieces, where what is ordered is not told by itself.
            Some("1") if line.counted => {}
            Some("21" | "1") => {
                line.counted = true;
                line.quantity = scan.quantity(segment, 1, 1).unwrap_or_default();
                line.unit_raw = segment.part(1, 2).map(str::to_owned);
                line.unit = line.unit_raw.as_deref().and_then(|code| codes::unit(Syntax::Edifact, code));
                if let (None, Some(code)) = (&line.unit, &line.unit_raw) {
                    scan.unmapped(segment, 1, code);
                }
            }
            Some("59") => line.pack = scan.number(segment, 1, 1),
            // Free goods come on top; they are a line of their own at most partners.
            Some("192") => {
                scan.issue(IssueKind::BadValue, segment, 1, "free goods beside a line are not read")
            }
            _ => {}
        },
        "PRI" => {
            let net = segment.part(1, 0) == Some("AAA");
            if net || line.price.is_none() {
                let price = scan.number(segment, 1, 1);
                let basis = scan.number(segment, 1, 4);
                line.price = match basis {
                    Some(basis) => price.and_then(|price| price.checked_div(basis)),
                    None => price,
                };
                line.with_tax = segment.part(1, 0) == Some("AAE");
            }
        }
        _ => {}
    }
}

/// An article number with its kind.
fn article(line: &mut Line, segment: &Segment<'_>, at: usize) {
    if let (Some(number), Some(qualifier)) = (segment.part(at, 0), segment.part(at, 1)) {
        let article = codes::article(Syntax::Edifact, qualifier);
        line.articles.push((article, qualifier.to_owned(), number.to_owned()));
    }
}

/// MOA: of an allowance, a line, or the whole.
fn amount(scan: &mut Scan<'_>, read: &mut Purchase, place: &mut Place, segment: &Segment<'_>) {
    let Some(amount) = scan.number(segment, 1, 1) else { return };
    let line = read.lines.last_mut().filter(|_| place.line);
    match segment.part(1, 0).unwrap_or_default() {
        "8" | "23" | "204" => {
            let Some((charge, code)) = place.allowance.take() else { return };
            let known = code.as_deref().is_some_and(|code| {
                let found = codes::charge(Syntax::Edifact, code).filter(|_| charge).map(drop);
                found.or(codes::allowance(Syntax::Edifact, code).filter(|_| !charge).map(drop)).is_some()
            });
            if !known {
                scan.unmapped(segment, 1, code.as_deref().unwrap_or("no code"));
            }
            let found = Allowance { charge, code, amount: amount.abs(), text: None };
            match line {
                Some(line) => line.allowances.push(found),
                None => read.allowances.push(found),
            }
        }
        "203" => {
            if let Some(line) = line {
                line.amount = Some(amount);
            }
        }
        "124" => match line {
            Some(line) => line.tax = sum(line.tax, Some(amount)),
            None => read.tax = sum(read.tax, Some(amount)),
        },
        // The message's total goes before that of its lines.
        "86" => read.total = Some(amount),
        "79" => read.total = read.total.or(Some(amount)),
        _ => {}
    }
}
