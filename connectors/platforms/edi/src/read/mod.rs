//! Documents of both syntaxes in one form, before they become observations.

pub(crate) mod answer;
pub(crate) mod order_edifact;
pub(crate) mod order_x12;
pub(crate) mod party;
pub(crate) mod receipt;
pub(crate) mod shipment;

use std::collections::HashMap;

use crossdock_schemas::{Dec, Ts, Window};

use crate::codes::{Article, Date, Purpose, Role};
use crate::syntax::Segment;

/// An order, or a change of one.
#[derive(Debug, Default)]
pub(crate) struct Purchase {
    /// The code, and what it means.
    pub(crate) purpose: (String, Option<Purpose>),
    pub(crate) kind: Option<String>,
    /// The number, with the release where there is one.
    pub(crate) number: String,
    /// The number without it.
    pub(crate) blanket: Option<String>,
    /// Which change it is.
    pub(crate) sequence: Option<String>,
    /// When the order was placed.
    pub(crate) placed: Option<Ts>,
    pub(crate) currency: Option<String>,
    pub(crate) parties: Vec<Party>,
    pub(crate) lines: Vec<Line>,
    pub(crate) allowances: Vec<Allowance>,
    pub(crate) total: Option<Dec>,
    pub(crate) tax: Option<Dec>,
    pub(crate) dates: Dates,
    pub(crate) references: Vec<(String, String)>,
    pub(crate) notes: Vec<String>,
    pub(crate) carrier: Option<String>,
    pub(crate) routing: Option<String>,
}

/// One line.
#[derive(Debug, Default)]
pub(crate) struct Line {
    /// Its number at the buyer, as text.
    pub(crate) id: Option<String>,
    /// What becomes of it, in a change.
    pub(crate) action: Option<String>,
    pub(crate) quantity: Dec,
    /// A quantity was said.
    pub(crate) counted: bool,
    /// Where its segment stands.
    pub(crate) position: usize,
    /// What is left of it, in a change.
    pub(crate) left: Option<Dec>,
    pub(crate) unit: Option<String>,
    /// The unit as it was written.
    pub(crate) unit_raw: Option<String>,
    pub(crate) price: Option<Dec>,
    /// The price contains tax (PRI AAE).
    pub(crate) with_tax: bool,
    /// The amount as it is stated.
    pub(crate) amount: Option<Dec>,
    pub(crate) articles: Vec<(Article, String, String)>,
    pub(crate) title: Option<String>,
    /// Where it goes, when it is spread over many places.
    pub(crate) stores: Vec<(String, Dec)>,
    pub(crate) allowances: Vec<Allowance>,
    pub(crate) tax: Option<Dec>,
    pub(crate) notes: Vec<String>,
    pub(crate) pack: Option<Dec>,
    /// Where it is another one than the order's.
    pub(crate) currency: Option<String>,
    pub(crate) dates: Dates,
    pub(crate) references: Vec<(String, String)>,
    /// What it is made of (SLN).
    pub(crate) parts: Vec<Part>,
    /// When how much of it is wanted (SCH; SCC with its QTY and DTM).
    pub(crate) schedule: Vec<Call>,
}

/// Some of a line at a time of its own.
#[derive(Debug, Default)]
pub(crate) struct Call {
    pub(crate) quantity: Option<Dec>,
    /// Qualifier and date, as they are written.
    pub(crate) date: Option<(String, String)>,
}

/// A part of a line.
#[derive(Debug)]
pub(crate) struct Part {
    pub(crate) id: Option<String>,
    /// I included, A added, D left out, S instead.
    pub(crate) relation: Option<String>,
    pub(crate) quantity: Option<Dec>,
    pub(crate) unit: Option<String>,
    pub(crate) articles: Vec<(String, String)>,
}

/// An allowance or a charge.
#[derive(Debug)]
pub(crate) struct Allowance {
    pub(crate) charge: bool,
    pub(crate) code: Option<String>,
    pub(crate) amount: Dec,
    pub(crate) text: Option<String>,
}

/// Somebody.
#[derive(Debug)]
pub(crate) struct Party {
    pub(crate) role: Role,
    pub(crate) name: Option<String>,
    /// The rest of the name.
    pub(crate) more: Option<String>,
    /// Qualifier and code of a known place.
    pub(crate) code: Option<(String, String)>,
    pub(crate) streets: Vec<String>,
    pub(crate) city: Option<String>,
    pub(crate) state: Option<String>,
    pub(crate) postal_code: Option<String>,
    pub(crate) country: Option<String>,
    pub(crate) phones: Vec<String>,
    pub(crate) email: Option<String>,
    /// A person to ask.
    pub(crate) contact: Option<String>,
}

impl Party {
    pub(crate) fn new(role: Role) -> Self {
        Self {
            role,
            name: None,
            more: None,
            code: None,
            streets: Vec::new(),
            city: None,
            state: None,
            postal_code: None,
            country: None,
            phones: Vec::new(),
            email: None,
            contact: None,
        }
    }
}

/// The dates of a document.
#[derive(Debug, Default)]
pub(crate) struct Dates {
    pub(crate) ship: Window,
    pub(crate) deliver: Window,
    pub(crate) cancel_after: Option<Ts>,
    pub(crate) shipped: Option<Ts>,
    pub(crate) arrives: Option<Ts>,
    pub(crate) document: Option<Ts>,
    strict: Vec<Date>,
}

impl Dates {
    /// Takes a date: of two of one kind the stricter one counts, else the first.
    pub(crate) fn put(&mut self, date: Date, strict: bool, at: Ts) {
        let held = self.strict.contains(&date);
        let place = match date {
            Date::ShipFrom => &mut self.ship.from,
            Date::ShipBy => &mut self.ship.to,
            Date::DeliverFrom => &mut self.deliver.from,
            Date::DeliverBy => &mut self.deliver.to,
            Date::CancelAfter => &mut self.cancel_after,
            Date::Shipped => &mut self.shipped,
            Date::Arrives => &mut self.arrives,
            Date::Document => &mut self.document,
        };
        if place.is_none() || (strict && !held) {
            *place = Some(at);
            if strict {
                self.strict.push(date);
            }
        }
    }
}

/// Article numbers of a segment of X12, from an element on: qualifier and number in turn.
pub(crate) fn articles(segment: &Segment<'_>, from: usize) -> Vec<(String, String)> {
    let pairs = (from..=segment.len()).step_by(2);
    pairs.filter_map(|at| Some((segment.text(at)?.to_owned(), segment.text(at + 1)?.to_owned()))).collect()
}

/// Whether a date means the end of its day.
pub(crate) const fn ends(date: Date) -> bool {
    matches!(date, Date::ShipBy | Date::DeliverBy | Date::CancelAfter | Date::Arrives)
}

/// The number of an order: a release of a blanket order is an order of its own.
pub(crate) fn order_no(number: &str, release: Option<&str>) -> String {
    match release {
        Some(release) => format!("{number}/{release}"),
        None => number.to_owned(),
    }
}

/// The name of each line: its number as text; from the second with one number on, with its count.
pub(crate) fn line_refs(ids: &[Option<&str>]) -> Vec<Option<String>> {
    let mut seen: HashMap<&str, usize> = HashMap::new();
    let mut found = Vec::with_capacity(ids.len());
    for id in ids {
        found.push(id.map(|id| {
            let count = seen.entry(id).or_default();
            *count += 1;
            if *count == 1 { id.to_owned() } else { format!("{id}#{count}") }
        }));
    }
    found
}
