//! Files that people give us: rows that have to be gathered into documents first.

use std::io::{Read, Seek};

use crate::{Capture, Captured, Result};

/// A file, as the hub hands it over.
pub trait ReadSeek: Read + Seek + Send {}
impl<T: Read + Seek + Send> ReadSeek for T {}

/// A connector that reads files of rows.
///
/// The rows of one document may lie anywhere in the file. The connector only says to which document
/// a row belongs; the hub gathers them on disk, so memory stays flat, and hands each document back as
/// one capture: the header, then the rows in a canonical order, so that a shuffled file gives the same bytes.
pub trait Files: Send + Sync {
    /// Opens a file. `name` is for error messages and for telling the format by its ending.
    ///
    /// # Errors
    /// `Malformed` when it is not a file this connector can read at all, naming what is allowed.
    fn open<'a>(&'a self, name: &str, input: Box<dyn ReadSeek + 'a>) -> Result<Box<dyn Rows + 'a>>;

    /// Puts the rows of one document together. `rows` are the bytes of [`Row::Part`], sorted;
    /// `linked` is the document that a reversal was matched to (see [`RowMatch`]).
    fn document(&self, header: &[u8], rows: &[Vec<u8>], linked: Option<&str>) -> Captured;

    /// Topic given to rows that could not be read, so that normalizing them says why again.
    fn bad_row_topic(&self) -> &'static str;

    /// For people: what a document of this capture is called, when it can be told without normalizing.
    fn label(&self, capture: &Capture) -> Option<String> {
        capture.origin.clone()
    }
}

/// Rows of an open file, one after the other.
pub trait Rows {
    /// The header line as text bytes, the same for every document of this file.
    fn header(&self) -> &[u8];

    /// The next row; `None` at the end. A row that cannot be read does not end the file.
    fn next_row(&mut self) -> Option<Row>;

    /// Bytes of the input read so far, for the progress bar.
    fn position(&self) -> u64;
}

/// One row of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Row {
    /// A row of a document.
    Part {
        /// The document it belongs to: rows with the same text are gathered.
        document: String,
        /// Sortable text that puts documents in the order in which they should be folded (usually the time).
        order_by: String,
        /// Line in the file, from 1, the header included.
        line: u64,
        /// The row as text.
        bytes: Vec<u8>,
        /// For matching cancellations with earlier sales.
        matching: Option<RowMatch>,
    },
    /// A row that cannot be read: kept for repair, the file goes on.
    Bad {
        /// Line in the file, from 1.
        line: u64,
        /// The row as far as it could be read.
        bytes: Vec<u8>,
        /// What is wrong, for people.
        problem: String,
    },
}

/// How the hub finds the sale that a cancellation row takes back: same key, earlier time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowMatch {
    /// What must be equal, for example customer, SKU and quantity.
    pub key: String,
    /// Sortable time text.
    pub at: String,
    /// True for the row that takes back, false for a sale.
    pub reversal: bool,
}
