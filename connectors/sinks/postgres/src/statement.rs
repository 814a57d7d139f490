//! The SQL of each table, put together once for a schema.
//!
//! One statement writes any number of rows: each column is one parameter, a list, and `unnest` makes rows of the lists.
//! So a statement is prepared once per connection and planned once, however many rows there are.

use crate::identifier::quoted;
use crate::tables::Table;

/// Writes rows and returns the event ids of those that were really written.
pub(crate) fn write(schema: &str, table: Table) -> String {
    let columns = table.columns();
    let names: Vec<String> = columns.iter().map(|(name, _)| quoted(name)).collect();
    let listed = names.join(", ");
    let lists: Vec<String> =
        columns.iter().zip(1..).map(|((_, kind), place)| format!("${place}::{}[]", kind.sent())).collect();
    let cast: Vec<String> =
        columns.iter().zip(&names).map(|((_, kind), name)| format!("u.{name}{}", kind.cast())).collect();
    let unique: Vec<String> = table.unique().into_iter().map(quoted).collect();
    let conflict = if table.follows() {
        let set: Vec<String> = names
            .iter()
            .filter(|name| !unique.contains(name))
            .map(|name| format!("{name} = excluded.{name}"))
            .collect();
        // What is there is only ever replaced by something newer.
        format!("UPDATE SET {}, written_at = now() WHERE excluded.revision > t.revision", set.join(", "))
    } else {
        "NOTHING".to_owned()
    };
    format!(
        "INSERT INTO {}.{} AS t ({listed})\nSELECT {}\nFROM unnest({}) AS u ({listed})\n\
         ON CONFLICT ({}) DO {conflict}\nRETURNING t.event_id",
        quoted(schema),
        quoted(table.name()),
        cast.join(", "),
        lists.join(", "),
        unique.join(", "),
    )
}

/// Removes the lines that an order no longer has: those of an older revision than the one just written.
pub(crate) fn remove_lines(schema: &str) -> String {
    format!(
        "DELETE FROM {}.{} AS t\nUSING unnest($1::text[], $2::text[], $3::int8[]) AS u (tenant, order_key, revision)\n\
         WHERE t.tenant = u.tenant AND t.order_key = u.order_key AND t.revision < u.revision",
        quoted(schema),
        quoted(Table::Lines.name()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_follow_their_revision() {
        let sql = write("a\"b", Table::Inventory);
        assert!(
            sql.starts_with("INSERT INTO \"a\"\"b\".\"inventory\" AS t (\"tenant\", \"inventory_key\""),
            "{sql}"
        );
        assert!(sql.contains("$3::int8[]") && sql.contains("u.\"on_hand\"::numeric"), "{sql}");
        assert!(
            sql.contains("ON CONFLICT (\"tenant\", \"inventory_key\") DO UPDATE SET \"revision\""),
            "{sql}"
        );
        assert!(sql.contains("WHERE excluded.revision > t.revision"), "{sql}");
        assert!(!sql.contains("SET \"tenant\""), "{sql}");
    }

    #[test]
    fn what_happened_is_never_changed() {
        for table in [Table::Events, Table::Milestones] {
            let sql = write("crossdock", table);
            assert!(sql.contains("ON CONFLICT (\"event_id\") DO NOTHING"), "{sql}");
            assert!(!sql.contains("UPDATE"), "{sql}");
        }
    }
}
