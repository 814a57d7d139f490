//! Files of interchanges, for backfill: each interchange is a document of its own.

use std::io::Read;

use crossdock_connector::{Captured, Error, Files, ReadSeek, Result, Row, Rows};

use crate::normalize::interchanges;
use crate::{INTERCHANGE, text};

/// A file is read as a whole: interchanges are small, and their separators are in their first line.
const LIMIT: u64 = 64 * 1024 * 1024;

/// The files part.
pub(crate) struct EdiFiles;

impl Files for EdiFiles {
    fn open<'a>(&'a self, name: &str, input: Box<dyn ReadSeek + 'a>) -> Result<Box<dyn Rows + 'a>> {
        let mut bytes = Vec::new();
        let fault = |what: &str| Error::malformed(what.to_owned()).with("file", name);
        input
            .take(LIMIT + 1)
            .read_to_end(&mut bytes)
            .map_err(|error| fault("the file cannot be read").because(error))?;
        if bytes.len() as u64 > LIMIT {
            return Err(fault("larger than 64 MiB, expected a file of interchanges"));
        }
        let text = text::decode(&bytes).map_err(|error| error.with("file", name))?;
        let mut rows = Vec::new();
        let mut line = 1;
        for (at, read) in interchanges(&text).map_err(|error| error.with("file", name))?.iter().enumerate() {
            let made = read.at.map(|at| at.strftime("%Y%m%d%H%M").to_string()).unwrap_or_default();
            rows.push(Row::Part {
                // The same interchange twice in a file is captured twice: the hub tells that they are one.
                document: format!("{}/{}/{}/{at}", read.sender.id, read.receiver.id, read.reference),
                order_by: format!("{made} {:0>14} {at:08}", read.reference),
                line,
                bytes: read.text.as_bytes().to_vec(),
                matching: None,
            });
            line += read.text.bytes().filter(|byte| *byte == b'\n').count() as u64;
        }
        rows.reverse();
        Ok(Box::new(EdiRows { rows, read: 0 }))
    }

    fn document(&self, _header: &[u8], rows: &[Vec<u8>], _linked: Option<&str>) -> Captured {
        Captured::new(INTERCHANGE, rows.concat())
    }

    fn bad_row_topic(&self) -> &'static str {
        INTERCHANGE
    }
}

/// Interchanges that are left, the last one first.
struct EdiRows {
    rows: Vec<Row>,
    read: u64,
}

impl Rows for EdiRows {
    fn header(&self) -> &[u8] {
        &[]
    }

    fn next_row(&mut self) -> Option<Row> {
        let row = self.rows.pop()?;
        if let Row::Part { bytes, .. } = &row {
            self.read += bytes.len() as u64;
        }
        Some(row)
    }

    fn position(&self) -> u64 {
        self.read
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    #[test]
    fn each_interchange_is_a_document() {
        let one = include_str!("../fixtures/interchange/x12-850/input.edi");
        let two = include_str!("../fixtures/interchange/edifact-orders/input.edi");
        let both = format!("{one}\r\n{two}");
        let mut rows = EdiFiles.open("in.edi", Box::new(Cursor::new(both.into_bytes()))).unwrap();
        let mut found = Vec::new();
        while let Some(Row::Part { document, order_by, line, bytes, .. }) = rows.next_row() {
            let captured = EdiFiles.document(b"", &[bytes], None);
            found.push((document, order_by, line, String::from_utf8(captured.body.to_vec()).unwrap()));
        }
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].0, "FICTRETAIL/LANTERNLOOM/000003107/0");
        assert_eq!(found[0].1, "202611010412 00000000003107 00000000");
        assert_eq!(found[0].3.trim(), one.trim());
        assert_eq!(found[1].3.trim(), two.trim());
        assert!(EdiFiles.open("in.csv", Box::new(Cursor::new(b"a,b\n1,2\n".to_vec()))).is_err());
    }
}
