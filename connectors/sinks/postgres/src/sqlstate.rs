//! What the codes of PostgreSQL mean for a batch.
//!
//! From "PostgreSQL Error Codes", appendix A of its manual (`errcodes-appendix.html`), version 18. A code that is not
//! here by itself is judged by its class, the first two characters, and an unknown one waits: nothing is lost by that.

/// What a code means for what was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// The server understood and refused a value: the same value is refused again.
    Refused,
    /// Not now.
    Later,
    /// Not with these rights: people have to mend it.
    Access,
    /// It may or may not be there.
    Unknown,
}

use Meaning::{Access, Later, Refused, Unknown};

/// Codes that differ from their class.
const CODES: &[(&str, Meaning)] = &[
    // transaction_resolution_unknown, statement_completion_unknown
    ("08007", Unknown),
    ("40003", Unknown),
    // insufficient_privilege
    ("42501", Access),
    // read_only_sql_transaction: a standby, or a server that was made read-only because its disk is full
    ("25006", Later),
    // disk_full, too_many_connections, admin_shutdown: their classes say the same; they are what operators meet
    ("53100", Later),
    ("53300", Later),
    ("57P01", Later),
    // undefined_table, undefined_column: tables are gone or not ours; what we hold must not be given up for that
    ("42P01", Later),
    ("42703", Later),
    // serialization_failure, deadlock_detected: the server rolled back
    ("40001", Later),
    ("40P01", Later),
    // integrity_constraint_violation at the end of a transaction
    ("40002", Refused),
];

/// Classes.
const CLASSES: &[(&str, Meaning)] = &[
    ("08", Later),   // connection exception
    ("09", Refused), // triggered action exception
    ("0A", Later),   // feature not supported: a cached plan after the table was changed
    ("0P", Access),  // invalid role
    ("21", Refused), // cardinality violation
    ("22", Refused), // data exception
    ("23", Refused), // integrity constraint violation
    ("25", Later),   // invalid transaction state
    ("26", Later),   // invalid SQL statement name: a pooler forgot what was prepared
    ("27", Refused), // triggered data change violation
    ("28", Access),  // invalid authorization
    ("38", Refused), // external routine exception: a trigger's
    ("39", Refused), // external routine invocation exception
    ("3D", Later),   // invalid catalog name: the database is not there
    ("3F", Later),   // invalid schema name
    ("40", Later),   // transaction rollback
    ("42", Later),   // syntax error or access rule violation: the tables are not as they were made
    ("44", Refused), // WITH CHECK OPTION violation
    ("53", Later),   // insufficient resources
    ("54", Refused), // program limit exceeded: a key too long for its index, a document too large
    ("55", Later),   // object not in prerequisite state
    ("57", Later),   // operator intervention
    ("58", Later),   // system error
    ("F0", Later),   // configuration file error
    ("P0", Refused), // raised by a trigger of the database's owner
    ("XX", Later),   // internal error
];

/// What a code means.
pub(crate) fn meaning(code: &str) -> Meaning {
    let class = code.get(..2).unwrap_or(code);
    let found = CODES.iter().find(|(known, _)| *known == code);
    let found = found.or_else(|| CLASSES.iter().find(|(known, _)| *known == class));
    found.map_or(Later, |(_, meaning)| *meaning)
}

/// Whether a code says that a commit surely did not happen.
pub(crate) fn rolled_back(code: &str) -> bool {
    meaning(code) == Refused || (code.starts_with("40") && code != "40003")
}

/// What an operator can do about it.
pub(crate) fn advice(code: &str) -> Option<&'static str> {
    Some(match code {
        "25006" => "the server only reads: a standby, or read-only because its disk is full",
        "28P01" | "28000" => "check user, password and the server's pg_hba.conf",
        "3D000" => "check the setting `database`",
        "42501" => "grant the user the rights on the schema and its tables",
        "42P01" | "42703" | "42P10" | "3F000" => {
            "the tables are not as the sink made them: bring them back, or choose another schema"
        }
        "53100" => "the server's disk is full",
        "53300" => "the server or the user has no connection left: lower `connections`",
        "57014" => "it took longer than timeout_seconds: look for locks",
        "22P05" | "22021" => "PostgreSQL keeps no zero byte in text",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_operators_meet_is_read_as_the_manual_says() {
        let cases = [
            ("08006", Later),
            ("08007", Unknown),
            ("21000", Refused),
            ("22001", Refused),
            ("22P05", Refused),
            ("23505", Refused),
            ("23514", Refused),
            ("25006", Later),
            ("28P01", Access),
            ("28000", Access),
            ("3D000", Later),
            ("40001", Later),
            ("40002", Refused),
            ("40003", Unknown),
            ("40P01", Later),
            ("42501", Access),
            ("42P01", Later),
            ("53100", Later),
            ("53200", Later),
            ("53300", Later),
            ("54000", Refused),
            ("55P03", Later),
            ("57014", Later),
            ("57P01", Later),
            ("57P03", Later),
            ("58030", Later),
            ("P0001", Refused),
            ("XX001", Later),
        ];
        for (code, expected) in cases {
            assert_eq!(meaning(code), expected, "{code}");
        }
    }

    #[test]
    fn what_nobody_knows_waits() {
        for code in ["ZZ999", "", "9", "日本語"] {
            assert_eq!(meaning(code), Later, "{code}");
        }
    }

    #[test]
    fn only_a_roll_back_is_a_roll_back() {
        for code in ["40001", "40P01", "40002", "23505"] {
            assert!(rolled_back(code), "{code}");
        }
        for code in ["40003", "08006", "57P01", "53100", "XX000"] {
            assert!(!rolled_back(code), "{code}");
        }
    }

    #[test]
    fn no_code_stands_there_twice() {
        for (place, (code, _)) in CODES.iter().chain(CLASSES).enumerate() {
            assert!(!CODES.iter().chain(CLASSES).skip(place + 1).any(|(other, _)| other == code), "{code}");
        }
    }
}
