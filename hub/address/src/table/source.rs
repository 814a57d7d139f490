//! The form in which the divisions are kept: one text with sections, usually compressed.
//!
//! `head` gives version and dates as `key = value`; `[divisions]`, `[streets]`, `[former]` and `[aliases]` hold comma
//! separated rows without quotes. [`pack`] makes it from the four tables it is derived from.

use std::io::{Read, Write};

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;

const MAGIC: &str = "crossdock-divisions 1";
/// No table of divisions is larger than this; a file that claims to be is not read to its end.
const MOST_BYTES: u64 = 64 << 20;

/// Why a file of divisions cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// It cannot be decompressed.
    #[error("cannot be decompressed: {0}")]
    Compressed(#[from] std::io::Error),
    /// It is no text.
    #[error("is not UTF-8")]
    NotText,
    /// It is something else.
    #[error("does not begin with `{MAGIC}`")]
    NotDivisions,
    /// A line is not what it should be.
    #[error("line {line}: {problem}")]
    Line {
        /// Counted from one.
        line: usize,
        /// What is the matter.
        problem: &'static str,
    },
    /// Too much of it.
    #[error("has more units than fit")]
    TooMany,
}

/// The tables that [`pack`] puts together, each with its header line.
#[derive(Debug, Clone, Copy)]
pub struct Sources<'a> {
    /// A name for this state of the data: `2024.12`.
    pub version: &'a str,
    /// Date of the divisions.
    pub date: &'a str,
    /// Date of the streets and zones.
    pub streets_date: &'a str,
    /// `code,name,parent,level,kind,short`
    pub divisions: &'a str,
    /// `code,name,parent`
    pub streets: &'a str,
    /// `old_name,level,old_code,province,old_city,last_year,successor_code,successor_name,basis`
    pub former_names: &'a str,
    /// `alias,code,name,kind`
    pub aliases: &'a str,
}

/// Puts the tables into one compressed file.
///
/// # Errors
/// When compressing fails.
pub fn pack(sources: &Sources<'_>) -> std::io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(text(sources).as_bytes())?;
    encoder.finish()
}

/// The same, not compressed.
#[must_use]
pub fn text(sources: &Sources<'_>) -> String {
    let mut out = format!(
        "{MAGIC}\nversion = {}\ndate = {}\nstreets_date = {}\n",
        sources.version, sources.date, sources.streets_date
    );
    let mut section = |name: &str, table: &str, columns: &[usize]| {
        out.push('[');
        out.push_str(name);
        out.push_str("]\n");
        for row in table.lines().skip(1).filter(|row| !row.trim().is_empty()) {
            let cells: Vec<&str> = row.trim_end().split(',').collect();
            let kept: Vec<&str> =
                columns.iter().map(|at| cells.get(*at).copied().unwrap_or_default()).collect();
            out.push_str(&kept.join(","));
            out.push('\n');
        }
    };
    section("divisions", sources.divisions, &[0, 1, 2, 3, 4, 5]);
    section("streets", sources.streets, &[0, 1, 2]);
    section("former", sources.former_names, &[0, 1, 4, 6]);
    section("aliases", sources.aliases, &[0, 1]);
    out
}

/// Decompresses what is compressed.
pub(super) fn unpack(bytes: &[u8]) -> Result<String, TableError> {
    let mut text = Vec::new();
    if bytes.starts_with(&[0x1f, 0x8b]) {
        GzDecoder::new(bytes).take(MOST_BYTES).read_to_end(&mut text)?;
    } else {
        text.extend_from_slice(bytes);
    }
    String::from_utf8(text).map_err(|_| TableError::NotText)
}

/// A row: its line, its section and its cells.
pub(super) struct Row<'a> {
    pub(super) line: usize,
    pub(super) section: &'a str,
    cells: &'a str,
}

impl<'a> Row<'a> {
    pub(super) fn bad(&self, problem: &'static str) -> TableError {
        TableError::Line { line: self.line, problem }
    }

    /// Exactly this many cells.
    pub(super) fn cells<const N: usize>(&self) -> Result<[&'a str; N], TableError> {
        let mut found = [""; N];
        let mut cells = self.cells.split(',');
        for slot in &mut found {
            *slot = cells.next().ok_or_else(|| self.bad("has too few columns"))?;
        }
        if cells.next().is_some() {
            return Err(self.bad("has too many columns"));
        }
        Ok(found)
    }
}

/// Keys and values at the beginning of the text.
pub(super) type Head<'a> = Vec<(&'a str, &'a str)>;

/// Head and rows of the text.
pub(super) fn rows(text: &str) -> Result<(Head<'_>, Vec<Row<'_>>), TableError> {
    let mut lines = text.lines().enumerate();
    if lines.next().is_none_or(|(_, line)| line != MAGIC) {
        return Err(TableError::NotDivisions);
    }
    let (mut head, mut rows, mut section) = (Vec::new(), Vec::new(), "");
    for (at, line) in lines {
        if line.is_empty() {
            continue;
        }
        if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            section = name;
        } else if section.is_empty() {
            let pair = line
                .split_once(" = ")
                .ok_or(TableError::Line { line: at + 1, problem: "is no key = value" })?;
            head.push(pair);
        } else {
            rows.push(Row { line: at + 1, section, cells: line });
        }
    }
    Ok((head, rows))
}
