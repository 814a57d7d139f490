//! The one place where what may be about people is written into the store and read out of it: entities, what the fold
//! remembers beside them, the members of events, headers and bodies of captures.
//!
//! Now it writes them as they are. Whoever encrypts them at rest, or erases a person by forgetting a key, does it here:
//! every statement that writes or reads such a column takes it through these functions, and a test holds that.
//! (Searching for words in the bodies of the quarantine is done by SQL and would then have to read them first.)

use rusqlite::types::ValueRef;
use rusqlite::{Result, Row};

/// A text as it is written.
pub(super) const fn sealed(text: &str) -> &str {
    text
}

/// Bytes as they are written.
pub(super) const fn sealed_bytes(bytes: &[u8]) -> &[u8] {
    bytes
}

/// A text as it was before it was written.
///
/// # Errors
/// When the column holds no text.
pub(super) fn opened<'row>(row: &'row Row<'_>, column: usize) -> Result<&'row str> {
    Ok(row.get_ref(column)?.as_str()?)
}

/// The same where there may be none.
///
/// # Errors
/// When the column holds something else than a text.
pub(super) fn opened_if_there<'row>(row: &'row Row<'_>, column: usize) -> Result<Option<&'row str>> {
    match row.get_ref(column)? {
        ValueRef::Null => Ok(None),
        value => Ok(Some(value.as_str()?)),
    }
}

/// Bytes as they were before they were written; none once they were removed.
///
/// # Errors
/// When there is no such column.
pub(super) fn opened_bytes<'row>(row: &'row Row<'_>, column: usize) -> Result<&'row [u8]> {
    match row.get_ref(column)? {
        ValueRef::Blob(bytes) | ValueRef::Text(bytes) => Ok(bytes),
        ValueRef::Null | ValueRef::Integer(_) | ValueRef::Real(_) => Ok(&[]),
    }
}

#[cfg(test)]
mod tests {
    /// Every statement that selects or writes one of these columns stands in a file that goes through the codec.
    #[test]
    fn nobody_passes_by() {
        let files = [
            ("ask", include_str!("ask.rs")),
            ("commit", include_str!("commit.rs")),
            ("log", include_str!("log.rs")),
            ("lots", include_str!("lots.rs")),
            ("read", include_str!("read.rs")),
            ("repair", include_str!("repair.rs")),
            ("settle", include_str!("settle.rs")),
            ("writer", include_str!("writer.rs")),
        ];
        let mut reads = 0;
        for (name, text) in files {
            let selected = text.matches("COALESCE(h.snapshot, e.snapshot)").count()
                + text.matches("COALESCE(e.snapshot, shared.snapshot)").count()
                + text.matches("c.trace, c.body").count();
            let opened = ["opened(", "opened_if_there(", "opened_bytes(", "state(row", "told_row(kind, row"];
            let opened: usize = opened.iter().map(|call| text.matches(call).count()).sum();
            assert!(opened >= selected, "{name} reads {selected} times and opens {opened} times");
            reads += selected;
            for raw in ["snapshot: row.get", "aux: row.get", "headers: row.get", "body: row.get"] {
                assert!(!text.contains(raw), "{name}: {raw}");
            }
        }
        assert!(reads >= 6, "the statements have moved: {reads}");
        let commit = include_str!("commit.rs");
        for column in ["state.aux", "event.extra", "new.captured.body"] {
            for line in commit.lines().filter(|line| line.contains(column)) {
                assert!(line.contains("sealed"), "written as it is: {line}");
            }
        }
    }
}
