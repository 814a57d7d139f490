//! One document: its rows gathered, and what they are together.

use std::str;

use crossdock_connector::{Capture, Error, Issue, IssueKind, Normalized, Result};
use crossdock_schemas::text::clean;
use crossdock_schemas::{Dec, FeeKind, Fulfillment, LineStatus, OrderLine, Ts};

use crate::columns::Role;
use crate::frame::{Cells, Dialect, Framed, frame};
use crate::layout::Layout;
use crate::parcels::Parcels;
use crate::plan::Plan;
use crate::row::RowReader;
use crate::rules::Then;
use crate::sheets::{LINKED, ROWS, Sheets};
use crate::{order, refund};

/// How many lines room is made for at once: a capture of blank lines must not take all memory.
const MAX_RESERVED: usize = 1024;

/// What the rows of a document say.
pub(crate) struct Gathered<'a> {
    pub(crate) plan: &'a Plan,
    pub(crate) layout: &'a Layout,
    pub(crate) order_no: String,
    /// The earliest time of its rows.
    pub(crate) time: Option<Ts>,
    pub(crate) lines: Vec<OrderLine>,
    pub(crate) fees: Vec<FeeRow>,
    pub(crate) refunds: Vec<RefundRow>,
    /// Rows that are nothing to us, counted by reason.
    pub(crate) ignored: Vec<(&'static str, u64)>,
    /// Words for the status of rows, each once.
    pub(crate) states: Vec<String>,
    pub(crate) parcels: Parcels,
    /// Whether a row told of the order alone.
    told: bool,
    /// What the rows say about the whole document, by role.
    about: Vec<Option<String>>,
    /// How many rows there are at most.
    expected: usize,
    pub(crate) issues: Vec<Issue>,
}

/// A row that is a fee.
pub(crate) struct FeeRow {
    pub(crate) kind: FeeKind,
    pub(crate) amount: Dec,
    /// The row as a line, should the document have no other.
    pub(crate) line: OrderLine,
}

/// A row that is a part of a refund; its signs as they stood.
pub(crate) struct RefundRow {
    /// What the sale was: goods, or a fee.
    pub(crate) fee: Option<FeeKind>,
    pub(crate) line_ref: Option<String>,
    pub(crate) sku: Option<String>,
    pub(crate) quantity: Dec,
    pub(crate) amount: Dec,
    /// Number of the row.
    pub(crate) row: usize,
}

/// Reads a document.
pub(crate) fn read(sheets: &Sheets, capture: &Capture) -> Result<Normalized> {
    let body: &[u8] = &capture.body;
    if str::from_utf8(body).is_err() {
        return Err(Error::malformed("the document is not UTF-8 text").at("$"));
    }
    if !body.ends_with(b"\n") {
        return Err(Error::malformed(
            "the document is cut short: its last row does not end with a line feed",
        )
        .at("$"));
    }
    let mut cells = Cells::default();
    let (layout, rest) = match crate::file::first(body, &mut cells) {
        Some((header, rest)) => (sheets.layouts.of(&sheets.plan, header)?, rest),
        None => return Err(Error::malformed("the header cannot be read").at("$[0]")),
    };
    let mut gathered = Gathered::new(&sheets.plan, &layout);
    let rows = gathered.rows(rest, &mut cells)?;
    if let Some(expected) = capture.headers.get(ROWS)
        && expected.trim() != rows.to_string()
    {
        let what = format!("the document is cut short or mixed up: {rows} rows of {expected}");
        return Err(Error::malformed(what).at("$"));
    }
    if rows == 0 {
        return Err(Error::malformed("the document has no rows").at("$"));
    }
    gathered.finish(capture.headers.get(LINKED))
}

impl<'a> Gathered<'a> {
    fn new(plan: &'a Plan, layout: &'a Layout) -> Self {
        Self {
            plan,
            layout,
            order_no: String::new(),
            time: None,
            lines: Vec::new(),
            fees: Vec::new(),
            refunds: Vec::new(),
            ignored: Vec::new(),
            states: Vec::new(),
            parcels: Parcels::default(),
            told: false,
            about: Vec::new(),
            expected: 0,
            issues: Vec::new(),
        }
    }

    /// Reads all rows; gives their number.
    fn rows(&mut self, mut rest: &[u8], cells: &mut Cells) -> Result<usize> {
        let mut number = 0_usize;
        // Lines are large: growing by doubling would copy them several times.
        self.expected = memchr::memchr_iter(b'\n', rest).count();
        let mut last_time: (Vec<u8>, Option<Ts>) = (Vec::new(), None);
        while !rest.is_empty() {
            number = number.saturating_add(1);
            let (len, next, quoted) = match frame(rest, Dialect::OURS, true) {
                Framed::Record { len, next, quoted } => (len, next, quoted),
                Framed::More | Framed::Unterminated => {
                    let error = Error::malformed("a quote opens a cell and does not close it");
                    return Err(error.at(format!("$[{number}]")));
                }
            };
            let record = cells.cut(rest.get(..len).unwrap_or_default(), quoted, Dialect::OURS.delimiter);
            let row = RowReader { plan: self.plan, layout: self.layout, record, number };
            self.row(&row, &mut last_time)?;
            rest = rest.get(next..).unwrap_or_default();
        }
        Ok(number)
    }

    fn row(&mut self, row: &RowReader<'_>, last_time: &mut (Vec<u8>, Option<Ts>)) -> Result<()> {
        self.layout.check_width(row.record).map_err(|what| row.error(what))?;
        let order_no = row.id(Role::OrderNo)?.unwrap_or_default();
        let order_no = clean(order_no);
        if order_no.is_empty() {
            return Err(row.bad(Role::OrderNo, "is empty"));
        }
        if self.order_no.is_empty() {
            self.order_no = order_no.into_owned();
        } else if *order_no != *self.order_no {
            return Err(row.bad(Role::OrderNo, "differs: these are rows of more than one document"));
        }
        let then = self.layout.decide(self.plan, row.record, |_| true);
        if let Then::Ignore(reason) = then {
            match self.ignored.iter_mut().find(|(known, _)| *known == reason) {
                Some((_, count)) => *count = count.saturating_add(1),
                None => self.ignored.push((reason, 1)),
            }
            return Ok(());
        }
        let cell = self.layout.cell(self.plan, row.record, Role::Time);
        if !cell.is_empty() || !self.plan.time_may_be_empty {
            let time = match last_time {
                (known, Some(time)) if known == cell => *time,
                _ => row.time(Role::Time)?,
            };
            *last_time = (cell.to_vec(), Some(time));
            self.time = Some(self.time.map_or(time, |earliest| earliest.min(time)));
        }
        self.about(row)?;
        match then {
            Then::Line if self.plan.no_lines => {
                self.told = true;
                self.parcels.add(row, None, &mut self.issues)?;
            }
            Then::Line => {
                let mut line = row.line()?;
                if line.quantity <= Dec::ZERO {
                    let what = "is not above zero, and no rule under `rules` says what such a row is";
                    return Err(row.bad(Role::Quantity, what));
                }
                if self.lines.capacity() == 0 {
                    self.lines.reserve_exact(self.expected.min(MAX_RESERVED));
                }
                self.state(row, &mut line)?;
                self.parcels.add(row, Some(&line), &mut self.issues)?;
                self.lines.push(line);
            }
            Then::Fee(kind) => {
                let line = row.line()?;
                let amount = row.amount(&line)?;
                self.fees.push(FeeRow { kind, amount, line });
            }
            Then::Refund => {
                let line = row.line()?;
                let fee = match self.layout.decide(self.plan, row.record, |then| matches!(then, Then::Fee(_)))
                {
                    Then::Fee(kind) => Some(kind),
                    Then::Line | Then::Refund | Then::Ignore(_) => None,
                };
                let amount = row.amount(&line)?;
                let OrderLine { line_ref, sku, quantity, .. } = line;
                self.refunds.push(RefundRow { fee, line_ref, sku, quantity, amount, row: row.number });
            }
            Then::Ignore(_) => {}
        }
        Ok(())
    }

    /// The status of a row, where rows have one of their own.
    fn state(&mut self, row: &RowReader<'_>, line: &mut OrderLine) -> Result<()> {
        let Some(code) = row.text(Role::LineStatus)? else { return Ok(()) };
        let known = self.plan.statuses.get(code);
        if !self.states.iter().any(|state| state == code) {
            self.states.push(code.to_owned());
            if known.is_none() {
                let path = format!("$[*].{}", self.layout.name(Role::LineStatus));
                self.issues.push(Issue::unmapped(path, code));
            }
        }
        line.status = Some(LineStatus {
            fulfillment: known.map_or(Some(Fulfillment::Unknown), |status| status.fulfillment),
            fulfillment_raw: Some(code.to_owned()),
            ..LineStatus::default()
        });
        Ok(())
    }

    /// Keeps what a row says about the whole document.
    fn about(&mut self, row: &RowReader<'_>) -> Result<()> {
        for role in &self.layout.document_roles {
            let Some(text) = row.text(*role)? else { continue };
            if self.about.is_empty() {
                self.about.resize(Role::ALL.len(), None);
            }
            let Some(place) = self.about.get_mut(role.at()) else { continue };
            match place {
                None => *place = Some(text.to_owned()),
                Some(known) if known == text => {}
                Some(_) if role.must_agree() => {
                    return Err(row.bad(*role, "differs from the other rows of the document"));
                }
                Some(_) => {
                    let what = "rows of the document disagree, the first one in their order stands";
                    let path = format!("$[*].{}", self.layout.name(*role));
                    if !self.issues.iter().any(|issue| issue.path == path) {
                        self.issues.push(Issue::new(IssueKind::BadValue, path, what));
                    }
                }
            }
        }
        Ok(())
    }

    /// What the rows say about the whole document.
    pub(crate) fn said(&self, role: Role) -> Option<&str> {
        self.about.get(role.at()).and_then(Option::as_deref)
    }

    /// The same, owned.
    pub(crate) fn take(&mut self, role: Role) -> Option<String> {
        self.about.get_mut(role.at()).and_then(Option::take)
    }

    /// An amount about the whole document.
    pub(crate) fn amount(&self, role: Role) -> Result<Option<Dec>> {
        let read = |text| match self.plan.number(text) {
            Ok(number) if number.fits_wire() => Ok(number),
            _ => Err(self.bad(role, "is not an amount")),
        };
        self.said(role).map(read).transpose()
    }

    /// An error about a column of the document.
    pub(crate) fn bad(&self, role: Role, what: &str) -> Error {
        let name = self.layout.name(role);
        Error::malformed(format!("column `{name}` {what}")).at(format!("$[*].{name}"))
    }

    /// The currency of all amounts.
    pub(crate) fn currency(&self) -> Result<String> {
        match self.said(Role::Currency) {
            Some(text) => self.plan.currency_of(text).ok_or_else(|| {
                self.bad(Role::Currency, "is neither an ISO 4217 code nor one of `currency_aliases`")
            }),
            None => self.plan.currency.clone().ok_or_else(|| self.bad(Role::Currency, "is empty")),
        }
    }

    fn finish(self, linked: Option<&str>) -> Result<Normalized> {
        let sale = !self.lines.is_empty() || !self.fees.is_empty() || self.told;
        if !self.refunds.is_empty() && sale {
            let what = "the document mixes sale and refund rows: refunds need a number of their own";
            return Err(Error::malformed(what).at("$"));
        }
        if !self.refunds.is_empty() {
            return refund::build(self, linked);
        }
        if sale {
            return order::build(self);
        }
        Ok(Normalized::ignored(self.ignored.first().map_or("note", |(reason, _)| *reason)))
    }
}
