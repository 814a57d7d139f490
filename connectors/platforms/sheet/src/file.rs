//! Files of rows: opening them, and saying of each row to which document it belongs.

use std::cell::Cell;
use std::io::{Cursor, Read, Seek, SeekFrom};
use std::rc::Rc;

use flate2::read::MultiGzDecoder;

use crossdock_connector::{Capture, Captured, Error, Files, ReadSeek, Result, Row, RowMatch, Rows};
use crossdock_schemas::text::clean;

use crate::columns::Role;
use crate::decode::Decoded;
use crate::frame::{Cells, Dialect, Framed, MAX_CELL, Record, frame, write_record};
use crate::layout::Layout;
use crate::plan::Plan;
use crate::rules::Then;
use crate::sheets::{BAD_ROW, DOCUMENT, LINKED, ROWS, Sheets};
use crate::table::{Next, Table};
use crate::{problem, xlsx};

/// How much of a row that cannot be read is kept.
const MAX_KEPT: usize = 64 * 1024;
const ALLOWED: &str = "expected CSV text, CSV text in gzip, or a workbook (.xlsx)";

impl Files for Sheets {
    fn open<'a>(&'a self, name: &str, input: Box<dyn ReadSeek + 'a>) -> Result<Box<dyn Rows + 'a>> {
        let rows = SheetRows::open(&self.plan, input).map_err(|error| error.with("file", name))?;
        Ok(Box::new(rows))
    }

    fn document(&self, header: &[u8], rows: &[Vec<u8>], linked: Option<&str>) -> Captured {
        let size: usize = rows.iter().map(|row| row.len().saturating_add(1)).sum();
        let mut body = Vec::with_capacity(size.saturating_add(header.len()).saturating_add(1));
        for row in std::iter::once(header).chain(rows.iter().map(Vec::as_slice)) {
            body.extend_from_slice(row);
            body.push(b'\n');
        }
        let mut captured = Captured::new(DOCUMENT, body);
        captured.headers.push(ROWS, rows.len().to_string());
        if let Some(linked) = linked {
            captured.headers.push(LINKED, linked);
        }
        captured
    }

    fn bad_row_topic(&self) -> &'static str {
        BAD_ROW
    }

    fn label(&self, capture: &Capture) -> Option<String> {
        let number = || {
            let mut cells = Cells::default();
            let (header, rest) = first(&capture.body, &mut cells)?;
            let layout = self.layouts.of(&self.plan, header).ok()?;
            let (row, _) = first(rest, &mut cells)?;
            let number = std::str::from_utf8(layout.cell(&self.plan, row, Role::OrderNo)).ok()?;
            Some(clean(number).into_owned()).filter(|number| !number.is_empty())
        };
        let label = if capture.topic == DOCUMENT { number() } else { None };
        label.or_else(|| capture.origin.clone())
    }
}

/// The first record of a text of ours, and what follows it.
pub(crate) fn first<'c, 't: 'c>(text: &'t [u8], cells: &'c mut Cells) -> Option<(Record<'c>, &'t [u8])> {
    match frame(text, Dialect::OURS, true) {
        Framed::Record { len, next, quoted } if next > 0 => {
            let record = cells.cut(text.get(..len)?, quoted, Dialect::OURS.delimiter);
            Some((record, text.get(next..)?))
        }
        Framed::Record { .. } | Framed::More | Framed::Unterminated => None,
    }
}

/// Rows of an open file.
struct SheetRows<'a> {
    plan: &'a Plan,
    table: Table<Box<dyn Read + 'a>>,
    layout: Layout,
    header: Vec<u8>,
    cells: Cells,
    progress: Progress,
    /// The last time and its sortable form: the rows of a document mostly share it.
    time: (Vec<u8>, String),
}

enum Progress {
    /// Bytes taken from the input.
    Bytes(Rc<Cell<u64>>),
    /// A workbook: the row numbers of its records, how many are done, and the size of the file.
    Rows { numbers: Vec<u32>, done: usize, size: u64 },
}

impl<'a> SheetRows<'a> {
    fn open(plan: &'a Plan, mut input: Box<dyn ReadSeek + 'a>) -> Result<Self> {
        let io = |error: std::io::Error| {
            Error::malformed(format!("the file cannot be read, {ALLOWED}")).because(error)
        };
        let mut magic = Vec::new();
        input.by_ref().take(4).read_to_end(&mut magic).map_err(io)?;
        let size = input.seek(SeekFrom::End(0)).map_err(io)?;
        input.seek(SeekFrom::Start(0)).map_err(io)?;
        let (text, progress): (Box<dyn Read + 'a>, Progress) = match magic.as_slice() {
            [] => return Err(Error::malformed(format!("the file is empty, {ALLOWED}"))),
            [b'P', b'K', 3, 4] => {
                let sheet = xlsx::read(input, plan.sheet.as_deref())?;
                let progress = Progress::Rows { numbers: sheet.rows, done: 0, size };
                (Box::new(Cursor::new(sheet.text)), progress)
            }
            [0xD0, 0xCF, 0x11, 0xE0] => {
                let what =
                    "an old or password-protected workbook, save it as .xlsx without password or as CSV";
                return Err(Error::malformed(what));
            }
            magic => {
                let count = Rc::new(Cell::new(0));
                let counted = Counted { input, count: Rc::clone(&count) };
                let bytes: Box<dyn Read + 'a> = match magic {
                    [0x1F, 0x8B, ..] => Box::new(MultiGzDecoder::new(counted)),
                    _ => Box::new(counted),
                };
                (Box::new(Decoded::new(bytes, plan.encoding).map_err(io)?), Progress::Bytes(count))
            }
        };
        // Workbooks were written by us.
        let delimiter = if matches!(progress, Progress::Rows { .. }) { b',' } else { plan.delimiter };
        let table = Table::new(text, delimiter);
        Self::find_header(plan, table, progress)
    }

    fn find_header(
        plan: &'a Plan,
        mut table: Table<Box<dyn Read + 'a>>,
        mut progress: Progress,
    ) -> Result<Self> {
        let mut cells = Cells::default();
        loop {
            let (line, start, len, quoted) = match table.next() {
                Next::Record { line, start, len, quoted } => (line, start, len, quoted),
                Next::Problem { problem, .. } => return Err(Error::malformed(problem)),
                Next::End => {
                    let what = format!("the file has no header in row {} or below", plan.header_row);
                    return Err(Error::malformed(what));
                }
            };
            let line = progress.line(line);
            let record = cells.cut(table.bytes(start, len), quoted, table.dialect().delimiter);
            if line < u64::from(plan.header_row) || is_blank(record) {
                continue;
            }
            let layout = Layout::new(plan, record)?;
            let mut header = Vec::with_capacity(len);
            write_record(record.iter().map(<[u8]>::trim_ascii), &mut header);
            return Ok(Self {
                plan,
                table,
                layout,
                header,
                cells,
                progress,
                time: (Vec::new(), String::new()),
            });
        }
    }

    /// What can be told of a record; `None` for a blank one.
    fn row(&mut self, line: u64, (start, len, quoted): (usize, usize, bool)) -> Option<Row> {
        let bytes = self.table.bytes(start, len);
        let dialect = self.table.dialect();
        let record = self.cells.cut(bytes, quoted, dialect.delimiter);
        if is_blank(record) {
            return None;
        }
        let document = match document_of(self.plan, &self.layout, record, len) {
            Ok(document) => document,
            Err(problem) => {
                let bytes = bytes.get(..len.min(MAX_KEPT)).unwrap_or_default().to_vec();
                return Some(Row::Bad { line, bytes, problem });
            }
        };
        let time = self.layout.cell(self.plan, record, Role::Time);
        if self.time.0 != time || self.time.1.is_empty() {
            let read = std::str::from_utf8(time).ok().and_then(|text| self.plan.clock.read(text).ok());
            // A time that cannot be read makes the document malformed later, with its reason.
            self.time = (time.to_vec(), read.map(|time| time.utc_text()).unwrap_or_default());
        }
        let order_by = self.time.1.clone();
        let matching = matching(self.plan, &self.layout, record, &order_by);
        // Most rows stand in the file exactly as we would write them.
        let bytes = if quoted || dialect != Dialect::OURS {
            let mut out = Vec::with_capacity(len);
            write_record(record.iter(), &mut out);
            out
        } else {
            bytes.to_vec()
        };
        Some(Row::Part { document, order_by, line, bytes, matching })
    }
}

impl Rows for SheetRows<'_> {
    fn header(&self) -> &[u8] {
        &self.header
    }

    fn next_row(&mut self) -> Option<Row> {
        loop {
            match self.table.next() {
                Next::Record { line, start, len, quoted } => {
                    let line = self.progress.line(line);
                    if let Some(row) = self.row(line, (start, len, quoted)) {
                        return Some(row);
                    }
                }
                Next::Problem { line, bytes, problem } => return Some(Row::Bad { line, bytes, problem }),
                Next::End => return None,
            }
        }
    }

    fn position(&self) -> u64 {
        match &self.progress {
            Progress::Bytes(count) => count.get(),
            Progress::Rows { numbers, done, size } => {
                let share = |part: usize| u128::try_from(part).unwrap_or(0);
                let read = u128::from(*size).saturating_mul(share(*done)) / share(numbers.len()).max(1);
                u64::try_from(read).unwrap_or(*size)
            }
        }
    }
}

impl Progress {
    /// The line or row a record stood in; called once for each.
    fn line(&mut self, line: u64) -> u64 {
        match self {
            Self::Bytes(_) => line,
            Self::Rows { numbers, done, .. } => {
                let number = numbers.get(*done).copied().map_or(line, u64::from);
                *done = done.saturating_add(1);
                number
            }
        }
    }
}

fn is_blank(record: Record<'_>) -> bool {
    record.iter().all(|cell| cell.trim_ascii().is_empty())
}

/// The document a row belongs to.
fn document_of(plan: &Plan, layout: &Layout, record: Record<'_>, len: usize) -> Result<String, String> {
    if len > MAX_CELL && record.iter().any(|cell| cell.len() > MAX_CELL) {
        return Err(format!("a cell is longer than {MAX_CELL} bytes"));
    }
    let cell = layout.cell(plan, record, Role::OrderNo);
    let column = layout.name(Role::OrderNo);
    let text = std::str::from_utf8(cell).map_err(|_| format!("column `{column}` is not UTF-8 text"))?;
    problem::of_id(text).map_or(Ok(()), |what| Err(format!("column `{column}` {what}")))?;
    let number = clean(text);
    if number.is_empty() {
        return Err(format!(
            "column `{column}` is empty, so nobody can tell to which document the row belongs"
        ));
    }
    Ok(number.into_owned())
}

/// What finds the sale that a row takes back: same buyer, SKU and quantity, earlier time.
fn matching(plan: &Plan, layout: &Layout, record: Record<'_>, at: &str) -> Option<RowMatch> {
    let text =
        |role| std::str::from_utf8(layout.cell(plan, record, role)).ok().filter(|text| !text.is_empty());
    let (buyer, sku, quantity) = (text(Role::BuyerId)?, text(Role::Sku)?, text(Role::Quantity)?);
    if at.is_empty() {
        return None;
    }
    let reversal = match layout.decide(plan, record, |_| true) {
        Then::Ignore(_) => return None,
        Then::Refund => true,
        Then::Line | Then::Fee(_) => false,
    };
    let mut key = String::with_capacity(buyer.len().saturating_add(sku.len()).saturating_add(12));
    key.push_str(buyer);
    key.push('|');
    key.push_str(sku);
    key.push('|');
    let digits = if reversal { quantity.strip_prefix('-').unwrap_or(quantity) } else { quantity };
    if !digits.starts_with('0') && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        key.push_str(digits);
    } else {
        let number = plan.number(quantity).ok()?;
        key.push_str(&if reversal { number.abs() } else { number }.canonical());
    }
    Some(RowMatch { key, at: at.to_owned(), reversal })
}

/// Counts what is taken from a reader.
struct Counted<R> {
    input: R,
    count: Rc<Cell<u64>>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let read = self.input.read(out)?;
        self.count.set(self.count.get().saturating_add(u64::try_from(read).unwrap_or(0)));
        Ok(read)
    }
}
