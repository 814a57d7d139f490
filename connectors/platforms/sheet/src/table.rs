//! Records of a text, read piece by piece: memory holds one record and one piece, however long the file.
//!
//! Nothing ends a file but its end. A quote that never closes costs its own line, a line longer than the limit
//! costs itself, and a file that breaks off says so in one last problem.

use std::io::{self, Read};

use memchr::{memchr, memchr_iter};

use crate::frame::{Dialect, Framed, frame};

/// Longest record.
const MAX_RECORD: usize = 8 << 20;
/// How much is read at once.
const PIECE: usize = 256 * 1024;
/// How much of a record that cannot be read is kept for repair.
const MAX_KEPT: usize = 64 * 1024;

/// The records of a text.
#[derive(Debug)]
pub(crate) struct Table<R> {
    input: R,
    dialect: Dialect,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    ended: bool,
    failure: Option<io::Error>,
    line: u64,
    /// Inside a line that is too long: everything up to its end is passed over.
    passing_over: bool,
}

/// What comes next.
#[derive(Debug)]
pub(crate) enum Next {
    /// A record; its bytes are [`Table::bytes`] of `start` and `len`.
    Record { line: u64, start: usize, len: usize, quoted: bool },
    /// Bytes that are no record.
    Problem { line: u64, bytes: Vec<u8>, problem: String },
    /// Nothing more.
    End,
}

impl<R: Read> Table<R> {
    /// Starts reading. A text without any line feed but with carriage returns ends its lines with those.
    pub(crate) fn new(input: R, delimiter: u8) -> Self {
        let dialect = Dialect { delimiter, terminator: b'\n' };
        let mut table = Self {
            input,
            dialect,
            buffer: vec![0; PIECE],
            start: 0,
            end: 0,
            ended: false,
            failure: None,
            line: 1,
            passing_over: false,
        };
        table.fill();
        if memchr(b'\n', table.unread()).is_none() && memchr(b'\r', table.unread()).is_some() {
            table.dialect.terminator = b'\r';
        }
        table
    }

    /// How its cells and records are separated.
    pub(crate) fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// Bytes of the last record.
    pub(crate) fn bytes(&self, start: usize, len: usize) -> &[u8] {
        self.buffer.get(start..).and_then(|rest| rest.get(..len)).unwrap_or_default()
    }

    fn unread(&self) -> &[u8] {
        self.buffer.get(self.start..self.end).unwrap_or_default()
    }

    /// Reads the next record.
    pub(crate) fn next(&mut self) -> Next {
        loop {
            if self.passing_over && !self.pass_over() {
                continue;
            }
            if self.unread().is_empty() && self.ended {
                return self.failed();
            }
            match frame(self.unread(), self.dialect, self.ended) {
                Framed::Record { len, next, quoted } => {
                    let closed =
                        self.unread().get(..next).is_some_and(|r| r.ends_with(&[self.dialect.terminator]));
                    if self.failure.is_some() && !closed {
                        // The input broke off, and this record does not end: there may have been more of it.
                        return self.failed();
                    }
                    let (line, start) = (self.line, self.start);
                    self.advance(next, quoted);
                    return Next::Record { line, start, len, quoted };
                }
                Framed::More if self.unread().len() >= MAX_RECORD => {
                    let problem = format!("the row is longer than {MAX_RECORD} bytes");
                    return self.give_up_line(problem);
                }
                Framed::More => self.fill(),
                Framed::Unterminated => {
                    return self.give_up_line("a quote opens a cell and does not close it".to_owned());
                }
            }
        }
    }

    fn advance(&mut self, by: usize, may_hold_line_feeds: bool) {
        let lines = if may_hold_line_feeds {
            let passed = self.unread().get(..by).unwrap_or_default();
            memchr_iter(self.dialect.terminator, passed).count()
        } else {
            1
        };
        self.line = self.line.saturating_add(u64::try_from(lines).unwrap_or(0));
        self.start = self.start.saturating_add(by).min(self.end);
    }

    /// The first line of what is there is no record; reading goes on with the line after it.
    fn give_up_line(&mut self, problem: String) -> Next {
        let line = self.line;
        let line_end = memchr(self.dialect.terminator, self.unread());
        let len = line_end.unwrap_or(self.unread().len());
        let bytes = self.unread().get(..len.min(MAX_KEPT)).unwrap_or_default().to_vec();
        self.passing_over = line_end.is_none() && !self.ended;
        let step = len.saturating_add(usize::from(line_end.is_some()));
        if self.passing_over {
            self.start = self.end;
        } else {
            self.advance(step, false);
        }
        Next::Problem { line, bytes, problem }
    }

    /// True when the end of the line that is passed over was found.
    fn pass_over(&mut self) -> bool {
        match memchr(self.dialect.terminator, self.unread()) {
            Some(at) => {
                self.advance(at.saturating_add(1), false);
                self.passing_over = false;
            }
            None if self.ended => {
                self.start = self.end;
                self.passing_over = false;
            }
            None => {
                self.start = self.end;
                self.fill();
            }
        }
        !self.passing_over
    }

    /// The end, or why it is none.
    fn failed(&mut self) -> Next {
        let Some(failure) = self.failure.take() else { return Next::End };
        let bytes = self.unread().get(..self.unread().len().min(MAX_KEPT)).unwrap_or_default().to_vec();
        self.start = self.end;
        Next::Problem {
            line: self.line,
            bytes,
            problem: format!("the file cannot be read further: {failure}"),
        }
    }

    fn fill(&mut self) {
        if self.start > 0 {
            self.buffer.copy_within(self.start..self.end, 0);
            self.end = self.end.saturating_sub(self.start);
            self.start = 0;
        }
        if self.buffer.len().saturating_sub(self.end) < PIECE {
            self.buffer.resize(self.buffer.len().saturating_mul(2), 0);
        }
        loop {
            match self.input.read(self.buffer.get_mut(self.end..).unwrap_or_default()) {
                Ok(0) => self.ended = true,
                Ok(read) => self.end = self.end.saturating_add(read),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => {
                    self.ended = true;
                    self.failure = Some(error);
                }
            }
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: impl Read) -> Vec<(u64, Result<String, String>)> {
        let mut table = Table::new(text, b',');
        let mut out = Vec::new();
        loop {
            match table.next() {
                Next::Record { line, start, len, .. } => {
                    let text = String::from_utf8(table.bytes(start, len).to_vec()).unwrap();
                    out.push((line, Ok(text)));
                }
                Next::Problem { line, problem, .. } => out.push((line, Err(problem))),
                Next::End => return out,
            }
        }
    }

    fn ok(text: &str) -> Result<String, String> {
        Ok(text.to_owned())
    }

    #[test]
    fn lines_are_counted_through_quoted_line_feeds() {
        let rows = all("h\r\n\"a\nb\",1\nc,2".as_bytes());
        assert_eq!(rows, [(1, ok("h")), (2, ok("\"a\nb\",1")), (4, ok("c,2"))]);
    }

    #[test]
    fn a_stray_quote_costs_its_own_line() {
        let rows = all("h\n1,\"open\n2,b\n3,c\n".as_bytes());
        assert_eq!(rows.len(), 4);
        assert_eq!(rows[1].0, 2);
        assert!(rows[1].1.as_ref().unwrap_err().contains("quote"));
        assert_eq!(rows[2..], [(3, ok("2,b")), (4, ok("3,c"))]);
    }

    #[test]
    fn an_endless_line_costs_itself() {
        let mut text = b"h\n".to_vec();
        text.resize(MAX_RECORD * 2, b'x');
        text.extend_from_slice(b"\n1,a\n");
        let rows = all(text.as_slice());
        assert_eq!(rows.len(), 3);
        assert!(rows[1].1.as_ref().unwrap_err().contains("longer than"));
        assert_eq!(rows[2], (3, ok("1,a")));
    }

    #[test]
    fn carriage_returns_alone_end_lines() {
        assert_eq!(all("h\r1\r2".as_bytes()), [(1, ok("h")), (2, ok("1")), (3, ok("2"))]);
    }

    #[test]
    fn a_file_that_breaks_off_says_so() {
        struct Broken<'a>(&'a [u8]);
        impl Read for Broken<'_> {
            fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
                if self.0.is_empty() {
                    return Err(io::Error::other("disk"));
                }
                let len = self.0.len().min(out.len());
                out[..len].copy_from_slice(&self.0[..len]);
                self.0 = &self.0[len..];
                Ok(len)
            }
        }
        let rows = all(Broken(b"h\n1,a\n2,half"));
        assert_eq!(rows[..2], [(1, ok("h")), (2, ok("1,a"))]);
        assert_eq!(rows.len(), 3);
        assert!(rows[2].1.as_ref().unwrap_err().contains("disk"), "{rows:?}");
        // A record that ended before the file broke off stands.
        let rows = all(Broken(b"h\n1,a\n"));
        assert_eq!(rows[1], (2, ok("1,a")));
        assert!(rows[2].1.as_ref().unwrap_err().contains("disk"));
    }
}
