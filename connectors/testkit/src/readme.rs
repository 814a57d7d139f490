//! A README that lists the codes it knows, held against the table.

use crossdock_connector::codes::{CodeTable, Row, TrackingCode};
use crossdock_schemas::{DeliveredTo, Reason, Step};

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

/// The rows of a table that the README does not have as lines of their own, up to what they mean:
/// `| code | what it says | status / step, reason, to whom |`.
pub fn rows_missing(readme: &str, table: &CodeTable<TrackingCode>) -> Vec<String> {
    let lines = table.rows().iter().map(line);
    lines.filter(|line| !readme.lines().any(|there| there.starts_with(line))).collect()
}

fn line(row: &Row<TrackingCode>) -> String {
    let TrackingCode { status, step, reason, delivered_to, .. } = row.value;
    let mut line = format!("| {} | {} | {status}", row.code, row.meaning);
    let more = [
        (" / ", step.map(Step::as_str)),
        (", ", reason.map(Reason::as_str)),
        (", to ", delivered_to.map(DeliveredTo::as_str)),
    ];
    for (before, word) in more {
        if let Some(word) = word {
            line.push_str(before);
            line.push_str(word);
        }
    }
    line.push_str(" |");
    line
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

    #[test]
    fn a_row_is_there_with_all_that_it_means() {
        let row = |code: &str, more: &str| {
            format!("[[code]]\ncode = \"{code}\"\nmeaning = \"x\"\nconfidence = \"solid\"\n{more}\n")
        };
        let rows = [
            row("1", "status = \"delivered\"\ndelivered_to = \"locker\""),
            row("2", "status = \"customs\"\nstep = \"held\"\nreason = \"customs_hold\""),
            row("3", "status = \"customs\"\nstep = \"held\""),
        ];
        let table =
            CodeTable::read(&format!("namespace = \"acme\"\nsource = \"x\"\n{}", rows.concat())).unwrap();
        let readme = "| 1 | x | delivered, to locker | solid |\n| 2 | x | customs / held, customs_hold |\n| 3 | x | customs |";
        assert_eq!(rows_missing(readme, &table), ["| 3 | x | customs / held |"]);
    }
}
