//! Exports of RDS tables: one row a line, as JSON objects whose keys are the columns.
//!
//! The rows of one trade or refund are one document, in whatever order they stand in the file; each row is one state of
//! it, with its own `modified`.

use std::io::{BufRead, BufReader, Read};

use flate2::read::MultiGzDecoder;

use crossdock_connector::{Captured, Error, Files, ReadSeek, Result, Row, Rows, time, wire};

use crate::RDS;
use crate::scrub::scrub;
use crate::wire::{RdsRow, text};

/// Topic of a line that is no row.
pub(crate) const BAD_ROW: &str = "rds-bad-row";
/// Longest line: a trade of a thousand sub-orders has less.
const MAX_LINE: u64 = 8 << 20;
/// How much of a line that cannot be read is kept.
const MAX_KEPT: usize = 64 * 1024;

/// The files part.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RdsFiles;

impl Files for RdsFiles {
    fn open<'a>(&'a self, name: &str, mut input: Box<dyn ReadSeek + 'a>) -> Result<Box<dyn Rows + 'a>> {
        let io = |error: std::io::Error| {
            Error::malformed("the file cannot be read, expected one JSON object a line, plain or in gzip")
                .with("file", name)
                .because(error)
        };
        let mut magic = Vec::new();
        input.by_ref().take(2).read_to_end(&mut magic).map_err(io)?;
        input.rewind().map_err(io)?;
        let plain: Box<dyn Read + 'a> = match magic.as_slice() {
            [0x1F, 0x8B] => Box::new(MultiGzDecoder::new(input)),
            _ => Box::new(input),
        };
        Ok(Box::new(Lines { input: BufReader::new(plain), line: 0, position: 0, done: false }))
    }

    fn document(&self, _: &[u8], rows: &[Vec<u8>], _: Option<&str>) -> Captured {
        let mut body = vec![b'['];
        for (at, row) in rows.iter().enumerate() {
            if at > 0 {
                body.push(b',');
            }
            body.extend_from_slice(row);
        }
        body.push(b']');
        Captured::new(RDS, body)
    }

    fn bad_row_topic(&self) -> &'static str {
        BAD_ROW
    }
}

struct Lines<R> {
    input: BufReader<R>,
    line: u64,
    position: u64,
    done: bool,
}

impl<R: Read> Rows for Lines<R> {
    fn header(&self) -> &[u8] {
        b""
    }

    fn next_row(&mut self) -> Option<Row> {
        loop {
            if self.done {
                return None;
            }
            let mut bytes = Vec::new();
            let read = (&mut self.input).take(MAX_LINE).read_until(b'\n', &mut bytes);
            self.line = self.line.saturating_add(1);
            let bad = |bytes: &[u8], line, problem: &str| {
                let bytes = kept(bytes.get(..bytes.len().min(MAX_KEPT)).unwrap_or_default());
                Some(Row::Bad { line, bytes, problem: problem.to_owned() })
            };
            match read {
                Ok(0) => {
                    self.done = true;
                    return None;
                }
                Ok(count) => self.position = self.position.saturating_add(u64::try_from(count).unwrap_or(0)),
                Err(_) => {
                    self.done = true;
                    return bad(&bytes, self.line, "the file breaks off");
                }
            }
            if !bytes.ends_with(b"\n") && u64::try_from(bytes.len()).unwrap_or(0) >= MAX_LINE {
                // Where its end is, nobody knows without reading all of it.
                self.done = true;
                return bad(&bytes, self.line, "the line is longer than 8 MiB, reading ends here");
            }
            let text = bytes.trim_ascii();
            let text = text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text);
            if text.is_empty() {
                continue;
            }
            return match part(text) {
                Ok((document, order_by)) => {
                    Some(Row::Part { document, order_by, line: self.line, bytes: kept(text), matching: None })
                }
                Err(problem) => bad(text, self.line, problem),
            };
        }
    }

    fn position(&self) -> u64 {
        self.position
    }
}

/// A row as it may be kept, even until its document is put together.
fn kept(row: &[u8]) -> Vec<u8> {
    scrub(row).map_or_else(|| row.to_vec(), |scrubbed| scrubbed.0)
}

/// The object a row is about, and when the platform wrote it: `modified` inside the answer is the trade's own time, the
/// write time of the row stands in `jdp_modified`.
fn part(line: &[u8]) -> Result<(String, String), &'static str> {
    let row: RdsRow<'_> = wire::parse(line).map_err(|_| "the line is no JSON object of a row")?;
    let document = match (text(&row.refund_id), text(&row.tid)) {
        (Some(refund), _) => format!("refund {refund}"),
        (None, Some(tid)) => format!("trade {tid}"),
        (None, None) => return Err("the row has neither a tid nor a refund_id"),
    };
    let written = text(&row.jdp_modified).or(text(&row.modified));
    let order_by = written.and_then(|text| time::china(text).ok()).map(|at| at.utc_text());
    Ok((document, order_by.unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    fn rows(text: &str) -> Vec<Row> {
        let mut rows = RdsFiles.open("rds.jsonl", Box::new(Cursor::new(text.as_bytes().to_vec()))).unwrap();
        std::iter::from_fn(move || rows.next_row()).collect()
    }

    #[test]
    fn rows_of_one_object_are_one_document() {
        let text = "\u{feff}{\"tid\":\"7\",\"jdp_modified\":\"2026-11-21 20:00:05\",\"jdp_response\":\"{}\"}\r\n\n\
                    {\"refund_id\":9,\"tid\":7,\"modified\":\"2026-11-21 20:00:06\",\"jdp_response\":\"{}\"}\n\
                    {\"tid\":7,\"jdp_response\":null}\n{\"jdp_response\":\"{}\"}\n[]\n{\"tid\":\"8\",\"jdp_resp";
        let found = rows(text);
        let parts: Vec<_> = found
            .iter()
            .filter_map(|row| match row {
                Row::Part { document, order_by, line, .. } => {
                    Some((document.as_str(), order_by.as_str(), *line))
                }
                Row::Bad { .. } => None,
            })
            .collect();
        assert_eq!(
            parts,
            [
                ("trade 7", "2026-11-21T12:00:05Z", 1),
                ("refund 9", "2026-11-21T12:00:06Z", 3),
                ("trade 7", "", 4),
            ]
        );
        let bad: Vec<u64> = found
            .iter()
            .filter_map(|row| match row {
                Row::Bad { line, .. } => Some(*line),
                Row::Part { .. } => None,
            })
            .collect();
        assert_eq!(bad, [5, 6, 7]);
        let document = RdsFiles.document(b"", &[b"{\"a\":1}".to_vec(), b"{\"b\":2}".to_vec()], None);
        assert_eq!((document.topic.as_str(), &document.body[..]), (RDS, b"[{\"a\":1},{\"b\":2}]".as_slice()));
    }

    #[test]
    fn a_file_of_nothing_has_no_rows() {
        assert_eq!(rows(""), []);
        assert_eq!(rows("\n\n"), []);
    }
}
