//! The table of `infoContent`, which pushes and queries share.

use crossdock_connector::Result;
use crossdock_connector::codes::{CodeTable, TrackingCode};

/// Reads the table that was compiled in.
///
/// # Errors
/// `Bug` when the table is broken.
pub(crate) fn read() -> Result<CodeTable<TrackingCode>> {
    CodeTable::read(include_str!("codes.toml"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_readme_lists_every_code_under_what_it_means() {
        let codes = read().unwrap();
        let readme = include_str!("../README.md");
        for row in codes.rows() {
            let line = readme
                .lines()
                .find(|line| line.starts_with("| ") && line.contains(&format!("`{}`", row.code)));
            let line = line.unwrap_or_else(|| panic!("{} is missing", row.code));
            assert!(line.contains(&row.value.status.to_string()), "{}: {line}", row.code);
        }
    }
}
