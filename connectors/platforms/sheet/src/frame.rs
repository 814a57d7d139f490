//! Cutting text into records and cells, as RFC 4180 says and as spreadsheets write.
//!
//! A quote opens only at the start of a cell, `""` inside stands for one quote, and a quoted cell may hold
//! delimiters and line feeds. Most records hold no quote at all: those are found and cut by searching for
//! single bytes, without looking at each byte by turn.

use memchr::{memchr, memchr_iter, memchr2};

/// Longest quoted cell that is looked for: a quote that does not close within it is a stray quote.
pub(crate) const MAX_CELL: usize = 1 << 20;

/// Which bytes separate cells and records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Dialect {
    /// Between cells.
    pub delimiter: u8,
    /// After records: a line feed, or a carriage return in files of old.
    pub terminator: u8,
}

impl Dialect {
    /// How documents are written by this connector.
    pub(crate) const OURS: Self = Self { delimiter: b',', terminator: b'\n' };
}

/// Where the first record of a text ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Framed {
    /// `len` bytes of record; the next one starts at `next`.
    Record { len: usize, next: usize, quoted: bool },
    /// The text ends inside the record.
    More,
    /// A quote opens and never closes.
    Unterminated,
}

/// Finds the end of the first record. `end` says that nothing comes after the text.
pub(crate) fn frame(text: &[u8], dialect: Dialect, end: bool) -> Framed {
    let line_end = memchr(dialect.terminator, text);
    let line = line_end.and_then(|at| text.get(..at)).unwrap_or(text);
    if memchr(b'"', line).is_some() {
        return frame_quoted(text, dialect, end);
    }
    match line_end {
        Some(at) => Framed::Record { len: without_return(line), next: at.saturating_add(1), quoted: false },
        None if end => Framed::Record { len: without_return(line), next: text.len(), quoted: false },
        None => Framed::More,
    }
}

fn frame_quoted(text: &[u8], dialect: Dialect, end: bool) -> Framed {
    let rest = |from: usize| text.get(from..).unwrap_or_default();
    let mut at = 0_usize;
    loop {
        if rest(at).first() == Some(&b'"') {
            match closing_quote(rest(at)) {
                Some(len) if at.saturating_add(len) < text.len() || end => at = at.saturating_add(len),
                Some(_) => return Framed::More,
                None if end || rest(at).len() > MAX_CELL => return Framed::Unterminated,
                None => return Framed::More,
            }
        }
        let Some(found) = memchr2(dialect.delimiter, dialect.terminator, rest(at)) else {
            let whole = Framed::Record { len: without_return(text), next: text.len(), quoted: true };
            return if end { whole } else { Framed::More };
        };
        at = at.saturating_add(found);
        if rest(at).first() == Some(&dialect.terminator) {
            let record = text.get(..at).unwrap_or_default();
            return Framed::Record { len: without_return(record), next: at.saturating_add(1), quoted: true };
        }
        at = at.saturating_add(1);
    }
}

/// Length of a quoted cell, both quotes included.
fn closing_quote(text: &[u8]) -> Option<usize> {
    let mut at = 1_usize;
    loop {
        let inside = text.get(at..)?;
        let quote = at.saturating_add(memchr(b'"', inside.get(..MAX_CELL).unwrap_or(inside))?);
        if text.get(quote.saturating_add(1)) != Some(&b'"') {
            return Some(quote.saturating_add(1));
        }
        at = quote.saturating_add(2);
        if at > MAX_CELL {
            return None;
        }
    }
}

fn without_return(record: &[u8]) -> usize {
    record.strip_suffix(b"\r").unwrap_or(record).len()
}

/// The cells of one record; kept between records, so that nothing is allocated for each.
#[derive(Debug, Default)]
pub(crate) struct Cells {
    ranges: Vec<(usize, usize)>,
    unescaped: Vec<u8>,
}

/// A record as its cells.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Record<'a> {
    text: &'a [u8],
    ranges: &'a [(usize, usize)],
}

impl Cells {
    /// Cuts a record; `quoted` as [`frame`] found it.
    pub(crate) fn cut<'a>(&'a mut self, record: &'a [u8], quoted: bool, delimiter: u8) -> Record<'a> {
        self.ranges.clear();
        if !quoted {
            let mut from = 0_usize;
            for at in memchr_iter(delimiter, record) {
                self.ranges.push((from, at));
                from = at.saturating_add(1);
            }
            self.ranges.push((from, record.len()));
            return Record { text: record, ranges: &self.ranges };
        }
        self.unescaped.clear();
        let mut rest = record;
        loop {
            let from = self.unescaped.len();
            if let Some(inside) = rest.strip_prefix(b"\"") {
                rest = unquote(inside, &mut self.unescaped);
            }
            let end = memchr(delimiter, rest);
            let (cell, after) = rest.split_at_checked(end.unwrap_or(rest.len())).unwrap_or((rest, &[]));
            self.unescaped.extend_from_slice(cell);
            self.ranges.push((from, self.unescaped.len()));
            match after.split_first() {
                Some((_, after)) => rest = after,
                None => break,
            }
        }
        Record { text: &self.unescaped, ranges: &self.ranges }
    }
}

/// Copies a quoted cell without its quotes; gives what stands after the closing one.
fn unquote<'a>(mut inside: &'a [u8], out: &mut Vec<u8>) -> &'a [u8] {
    loop {
        let Some((cell, after)) = memchr(b'"', inside).and_then(|at| inside.split_at_checked(at)) else {
            out.extend_from_slice(inside);
            return &[];
        };
        out.extend_from_slice(cell);
        match after {
            [b'"', b'"', rest @ ..] => {
                out.push(b'"');
                inside = rest;
            }
            [b'"', rest @ ..] => return rest,
            rest => return rest,
        }
    }
}

impl<'a> Record<'a> {
    /// How many cells there are.
    pub(crate) fn len(self) -> usize {
        self.ranges.len()
    }

    /// A cell; `None` when the record is shorter.
    pub(crate) fn get(self, at: usize) -> Option<&'a [u8]> {
        let (from, to) = self.ranges.get(at)?;
        self.text.get(*from..*to)
    }

    /// All cells.
    pub(crate) fn iter(self) -> impl Iterator<Item = &'a [u8]> {
        self.ranges.iter().map(move |(from, to)| self.text.get(*from..*to).unwrap_or_default())
    }
}

/// Appends a cell as this connector writes it: quoted only where that is needed.
pub(crate) fn write_cell(cell: &[u8], out: &mut Vec<u8>) {
    if !cell.iter().any(|byte| matches!(byte, b',' | b'"' | b'\n' | b'\r')) {
        out.extend_from_slice(cell);
        return;
    }
    out.push(b'"');
    for byte in cell {
        if *byte == b'"' {
            out.push(b'"');
        }
        out.push(*byte);
    }
    out.push(b'"');
}

/// Appends a record as this connector writes it, without a line feed.
pub(crate) fn write_record<'a>(cells: impl Iterator<Item = &'a [u8]>, out: &mut Vec<u8>) {
    for (at, cell) in cells.enumerate() {
        if at > 0 {
            out.push(b',');
        }
        write_cell(cell, out);
    }
}

#[cfg(test)]
mod tests;
