//! The tables, and which columns each has.

use crate::field::Kind;
use crate::fields;

/// A table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Table {
    Events,
    Orders,
    Lines,
    Aftersales,
    Parcels,
    Inventory,
    Milestones,
}

impl Table {
    /// In the order in which they are written: always the same, so that two transactions cannot wait for each other.
    pub(crate) const ALL: [Self; 7] = [
        Self::Events,
        Self::Orders,
        Self::Lines,
        Self::Aftersales,
        Self::Parcels,
        Self::Inventory,
        Self::Milestones,
    ];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Events => "events",
            Self::Orders => "orders",
            Self::Lines => "order_lines",
            Self::Aftersales => "aftersales",
            Self::Parcels => "parcels",
            Self::Inventory => "inventory",
            Self::Milestones => "milestones",
        }
    }

    /// The column with the key of the history.
    pub(crate) const fn key(self) -> &'static str {
        match self {
            Self::Events => "key",
            Self::Orders | Self::Lines => "order_key",
            Self::Aftersales => "aftersale_key",
            Self::Parcels | Self::Milestones => "parcel_key",
            Self::Inventory => "inventory_key",
        }
    }

    /// The columns that make a row one of its kind.
    pub(crate) fn unique(self) -> Vec<&'static str> {
        match self {
            Self::Events | Self::Milestones => vec!["event_id"],
            Self::Lines => vec!["tenant", self.key(), "line_key"],
            Self::Orders | Self::Aftersales | Self::Parcels | Self::Inventory => vec!["tenant", self.key()],
        }
    }

    /// Whether a newer row takes the place of an older one; else the first one stays for ever.
    pub(crate) const fn follows(self) -> bool {
        !matches!(self, Self::Events | Self::Milestones)
    }

    /// The columns that are written, in their order.
    pub(crate) fn columns(self) -> Vec<(&'static str, Kind)> {
        fn named<T: ?Sized>(fields: &[crate::field::Field<T>]) -> Vec<(&'static str, Kind)> {
            fields.iter().map(|field| (field.name, field.kind())).collect()
        }
        let mut columns = named(&fields::head(self.key()));
        columns.extend(match self {
            Self::Events => named(fields::EVENT),
            Self::Orders => named(fields::ORDER),
            Self::Lines => named(fields::LINE),
            Self::Aftersales => named(fields::AFTERSALE),
            Self::Parcels => named(fields::PARCEL),
            Self::Inventory => named(fields::INVENTORY),
            Self::Milestones => [named(fields::REACHED), named(fields::MILESTONE)].concat(),
        });
        if self.follows() && self != Self::Lines {
            columns.extend(named(fields::SNAPSHOT));
        }
        columns
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Column and type as `sql/` says them, without those that only the server fills.
    fn written_down(table: Table) -> Vec<(String, String)> {
        let sql = include_str!("../sql/0001.sql");
        let begin = format!("CREATE TABLE IF NOT EXISTS {{schema}}.{} (\n", table.name());
        let (_, rest) = sql.split_once(&begin).expect("the table");
        let (body, _) = rest.split_once("\n);").expect("its end");
        let columns = body.lines().filter(|line| !line.trim().starts_with("PRIMARY KEY"));
        let named = columns.map(|line| {
            let mut words = line.split_whitespace();
            let name = words.next().unwrap().to_owned();
            (name, words.next().unwrap().trim_end_matches(',').to_owned())
        });
        named.filter(|(name, _)| name != "written_at").collect()
    }

    #[test]
    fn what_is_written_is_what_the_tables_have() {
        for table in Table::ALL {
            let mut ours: Vec<(String, String)> = table
                .columns()
                .into_iter()
                .map(|(name, kind)| {
                    let kind = match kind {
                        Kind::Text => "text",
                        Kind::Amount => "numeric",
                        Kind::Words => "text[]",
                        Kind::Json => "jsonb",
                        Kind::Number => "bigint",
                        Kind::Time => "timestamptz",
                        Kind::Flag => "boolean",
                    };
                    (name.to_owned(), kind.to_owned())
                })
                .collect();
            let mut theirs = written_down(table);
            ours.sort();
            theirs.sort();
            assert_eq!(ours, theirs, "{}", table.name());
        }
    }

    #[test]
    fn no_column_is_written_twice() {
        for table in Table::ALL {
            let mut names: Vec<&str> = table.columns().into_iter().map(|(name, _)| name).collect();
            let count = names.len();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), count, "{}", table.name());
        }
    }
}
