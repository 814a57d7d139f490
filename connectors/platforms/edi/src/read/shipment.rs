//! Ship notices: 856 with its tree of HL, DESADV with its CPS.

use jiff::tz::TimeZoneDatabase;

use crossdock_connector::carrier;
use crossdock_schemas::Dec;

use super::{Dates, Party, articles, ends, order_no, party};
use crate::codes::{self, Purpose};
use crate::scan::Scan;
use crate::syntax::{Document, Segment, Syntax};

/// A ship notice.
#[derive(Debug, Default)]
pub(crate) struct Shipment {
    pub(crate) id: String,
    pub(crate) purpose: (String, Option<Purpose>),
    pub(crate) carrier: Option<String>,
    pub(crate) service: Option<String>,
    /// The carrier's number of the whole (REF CN, TDT).
    pub(crate) number: Option<String>,
    pub(crate) bill_of_lading: Option<String>,
    pub(crate) weight_g: Option<Dec>,
    pub(crate) dates: Dates,
    pub(crate) parties: Vec<Party>,
    pub(crate) items: Vec<Item>,
}

/// Some of a line of an order.
#[derive(Debug, Default)]
pub(crate) struct Item {
    pub(crate) order: String,
    pub(crate) line: Option<String>,
    pub(crate) quantity: Dec,
    pub(crate) ordered: Option<Dec>,
    /// The carrier's number of the carton (MAN CP), and its SSCC.
    pub(crate) number: Option<String>,
    pub(crate) sscc: Option<String>,
    /// What it is, where it names no line.
    pub(crate) articles: Vec<(String, String)>,
    pub(crate) unit: Option<String>,
}

/// Reads a ship notice; `None` when it says too little, which is then a fault.
pub(crate) fn read(scan: &mut Scan<'_>, document: &Document<'_>) -> Option<Shipment> {
    let read = match scan.syntax {
        Syntax::X12 => x12(scan, document),
        Syntax::Edifact => edifact(scan, document),
    }?;
    if read.items.iter().any(|item| item.order.is_empty())
        || read.items.is_empty() && read.purpose.1 != Some(Purpose::Cancel)
    {
        let tag = if scan.syntax == Syntax::X12 { "PRF" } else { "RFF" };
        scan.missing(tag, 3);
        return None;
    }
    Some(read)
}

/// One HL that is open.
struct Level {
    id: String,
    order: Option<String>,
    number: Option<String>,
    sscc: Option<String>,
}

fn x12(scan: &mut Scan<'_>, document: &Document<'_>) -> Option<Shipment> {
    let head = scan.segment(document, "BSN")?;
    let code = scan.required(head, 1, 0)?;
    let mut read = Shipment {
        id: scan.required(head, 2, 0)?,
        purpose: (code.clone(), codes::purpose(Syntax::X12, &code)),
        ..Shipment::default()
    };
    if read.purpose.1.is_none() {
        scan.unmapped(head, 1, &code);
    }
    let mut levels: Vec<Level> = Vec::new();
    let mut kind = String::new();
    let mut open = false;
    // LIN of the item that is open: its line at the buyer.
    let mut line: Option<String> = None;
    let mut named = Vec::new();
    // The order of the whole, where no level has one of its own.
    let mut whole: Option<String> = None;
    for segment in &document.segments {
        match segment.tag {
            "HL" => {
                let id = scan.required(segment, 1, 0)?;
                let parent = segment.text(2).unwrap_or_default();
                // The way from the root: what is said above holds below.
                let above = levels.iter().position(|level| level.id == parent);
                levels.truncate(above.map_or(0, |at| at + 1));
                levels.push(Level { id, order: None, number: None, sscc: None });
                segment.text(3).unwrap_or_default().clone_into(&mut kind);
                line = None;
                named.clear();
                open = false;
            }
            // Some write the order's number as a reference only.
            "REF" if segment.is(&["PO"]) => {
                let number = segment.text(2).map(str::to_owned);
                match levels.last_mut().filter(|_| kind != "S") {
                    Some(level) => level.order = level.order.take().or(number),
                    None => whole = number.or(whole),
                }
            }
            "REF" if segment.is(&["CN", "2I"]) && !matches!(kind.as_str(), "" | "S") => {
                if let Some(level) = levels.last_mut() {
                    level.number = segment.text(2).and_then(carrier::number).or(level.number.take());
                }
            }
            "PRF" => {
                let number = scan.required(segment, 1, 0)?;
                if let Some(level) = levels.last_mut() {
                    level.order = Some(order_no(&number, segment.text(2)));
                }
            }
            "MAN" => {
                if let Some(level) = levels.last_mut() {
                    match segment.text(1) {
                        Some("GM" | "AA") => level.sscc = segment.text(2).map(str::to_owned),
                        Some("CP" | "SM") => level.number = segment.text(2).and_then(carrier::number),
                        _ => {}
                    }
                }
            }
            "LIN" => {
                line = segment.text(1).map(str::to_owned);
                named = articles(segment, 2);
            }
            "SN1" => {
                let order = levels.iter().rev().find_map(|level| level.order.clone());
                let item = Item {
                    order: order.or_else(|| whole.clone()).unwrap_or_default(),
                    line: segment.text(1).map(str::to_owned).or_else(|| line.take()),
                    quantity: scan.quantity(segment, 2, 0)?,
                    ordered: scan.number(segment, 5, 0),
                    number: levels.iter().rev().find_map(|level| level.number.clone()),
                    sscc: levels.iter().rev().find_map(|level| level.sscc.clone()),
                    articles: std::mem::take(&mut named),
                    unit: segment.text(3).map(str::to_owned),
                };
                read.items.push(item);
            }
            _ if matches!(kind.as_str(), "" | "S") => of_shipment(scan, &mut read, &mut open, segment),
            _ => {}
        }
    }
    Some(read)
}

fn of_shipment(scan: &mut Scan<'_>, read: &mut Shipment, open: &mut bool, segment: &Segment<'_>) {
    if party::x12(scan, &mut read.parties, open, segment) {
        return;
    }
    match segment.tag {
        "TD1" if read.weight_g.is_none() => {
            if let (Some(weight), Some(unit)) = (segment.text(7), segment.text(8)) {
                read.weight_g = carrier::grams(weight, unit).map(|grams| grams.round(3));
            }
        }
        "TD5" => {
            read.carrier = segment.text(3).or(segment.text(5)).map(str::to_owned);
            read.service = segment.text(12).map(str::to_owned);
        }
        "REF" => match segment.text(1) {
            Some("CN" | "2I") => read.number = segment.text(2).and_then(carrier::number),
            Some("BM") => read.bill_of_lading = segment.text(2).map(str::to_owned),
            _ => {}
        },
        "DTM" => {
            let known = segment.text(1).and_then(|code| codes::date(Syntax::X12, code));
            let Some((date, strict)) = known else { return };
            let Some(day) = scan.day(segment, 2, 0) else { return };
            let hour = segment.text(3).and_then(crate::text::time);
            let at = match hour {
                Some(hour) => {
                    let own = segment.text(4).and_then(codes::zone);
                    let own = own.and_then(|zone| TimeZoneDatabase::bundled().get(zone).ok());
                    crate::text::moment(day.to_datetime(hour), own.as_ref().unwrap_or(&scan.profile.zone))
                }
                None if ends(date) => scan.day_end(day),
                None => scan.midnight(day),
            };
            if let Some(at) = at {
                read.dates.put(date, strict, at);
            }
        }
        _ => {}
    }
}

fn edifact(scan: &mut Scan<'_>, document: &Document<'_>) -> Option<Shipment> {
    let head = scan.segment(document, "BGM")?;
    let code = head.text(3).unwrap_or("9").to_owned();
    let mut read = Shipment {
        id: scan.required(head, 2, 0)?,
        purpose: (code.clone(), codes::purpose(Syntax::Edifact, &code)),
        ..Shipment::default()
    };
    if read.purpose.1.is_none() {
        scan.unmapped(head, 3, &code);
    }
    let (mut order, mut sscc, mut open) = (String::new(), None, false);
    for segment in &document.segments {
        let items = !read.items.is_empty();
        match segment.tag {
            "RFF" => match (segment.part(1, 0), read.items.last_mut()) {
                (Some("ON"), Some(item)) => {
                    // The line's own reference: order, and its line there.
                    item.order = segment.part(1, 1).unwrap_or_default().to_owned();
                    item.line = segment.part(1, 2).map(str::to_owned).or(item.line.take());
                }
                (Some("ON"), None) => order = segment.part(1, 1).unwrap_or_default().to_owned(),
                (Some("CN" | "BM" | "AAS"), None) => {
                    read.number = segment.part(1, 1).and_then(carrier::number).or(read.number);
                }
                _ => {}
            },
            "DTM" if !items => {
                let known = segment.part(1, 0).and_then(|code| codes::date(Syntax::Edifact, code));
                if let (Some((date, strict)), Some((at, day))) = (known, scan.dated(segment)) {
                    let end = day.filter(|_| ends(date)).and_then(|day| scan.day_end(day));
                    read.dates.put(date, strict, end.unwrap_or(at));
                }
            }
            "TDT" => {
                read.carrier = segment.part(5, 3).or(segment.part(5, 0)).map(str::to_owned);
            }
            // Another unit of packing begins: numbers of the one before do not hold for it.
            "CPS" => sscc = None,
            "GIN" if segment.is(&["BJ"]) => sscc = segment.part(2, 0).map(str::to_owned),
            "LIN" => {
                let article = segment.part(3, 1).zip(segment.part(3, 0));
                read.items.push(Item {
                    order: order.clone(),
                    line: segment.text(1).map(str::to_owned),
                    sscc: sscc.clone(),
                    articles: article
                        .map(|(kind, number)| (kind.to_owned(), number.to_owned()))
                        .into_iter()
                        .collect(),
                    ..Item::default()
                });
            }
            "QTY" => {
                let quantity = scan.quantity(segment, 1, 1)?;
                if let Some(item) = read.items.last_mut() {
                    match segment.part(1, 0) {
                        Some("12") => {
                            item.quantity = quantity;
                            item.unit = segment.part(1, 2).map(str::to_owned);
                        }
                        Some("21") => item.ordered = Some(quantity),
                        _ => {}
                    }
                }
            }
            "NAD" | "CTA" | "COM" if !items => {
                party::edifact(scan, &mut read.parties, &mut open, segment);
            }
            _ => {}
        }
    }
    read.items.retain(|item| !item.quantity.is_zero());
    Some(read)
}
