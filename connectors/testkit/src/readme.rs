//! A README that lists the codes it knows, held against the table.

use crossdock_connector::codes::{CodeTable, TrackingCode};

/// The codes of a table that no line of the README lists, or one without what they mean: `| namespace | status | `code` ... |`.
pub fn unlisted(readme: &str, table: &CodeTable<TrackingCode>) -> Vec<String> {
    let start = format!("| {} |", table.namespace);
    let lines: Vec<&str> = readme.lines().filter(|line| line.starts_with(&start)).collect();
    let listed = |code: &str, status: &str| {
        let code = format!("`{code}`");
        let mut listing = lines.iter().filter(|line| line.contains(&code)).peekable();
        listing.peek().is_some() && listing.all(|line| line.contains(status))
    };
    let rows = table.rows().iter();
    rows.filter(|row| !listed(&row.code, row.value.status.as_str())).map(|row| row.code.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_listed_with_what_it_means() {
        let row = |code: &str| {
            format!(
                "[[code]]\ncode = \"{code}\"\nmeaning = \"x\"\nstatus = \"delivered\"\nconfidence = \"solid\"\n"
            )
        };
        let rows: String = ["1", "2", "3", "4"].map(row).concat();
        let table = CodeTable::read(&format!("namespace = \"acme\"\nsource = \"x\"\n{rows}")).unwrap();
        let readme = "| acme | delivered | `1`, `12`, `4` |\n| acme | in_transit | `2`, `4` |\n| other | delivered | `3` |";
        assert_eq!(unlisted(readme, &table), ["2", "3", "4"]);
    }
}
