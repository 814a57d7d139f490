//! Rows turned into columns: what a statement with one list per column takes.

use jiff::Timestamp;
use tokio_postgres::types::ToSql;

use crate::field::{Cell, Kind};

/// One row.
pub(crate) type Row = Vec<Cell>;

/// One column of many rows.
enum Column<'a> {
    Text(Vec<Option<&'a str>>),
    Number(Vec<Option<i64>>),
    Time(Vec<Option<Timestamp>>),
    Flag(Vec<Option<bool>>),
}

/// The columns of many rows.
pub(crate) struct Columns<'a>(Vec<Column<'a>>);

impl<'a> Columns<'a> {
    /// Rows whose cells stand in the order of `kinds`. A cell of another kind becomes NULL; rows are made from the same
    /// list as `kinds`, so there is none.
    pub(crate) fn of(kinds: impl IntoIterator<Item = Kind>, rows: &[&'a Row]) -> Self {
        let count = rows.len();
        let mut columns: Vec<Column<'a>> = kinds
            .into_iter()
            .map(|kind| match kind {
                Kind::Text | Kind::Amount | Kind::Words | Kind::Json => {
                    Column::Text(Vec::with_capacity(count))
                }
                Kind::Number => Column::Number(Vec::with_capacity(count)),
                Kind::Time => Column::Time(Vec::with_capacity(count)),
                Kind::Flag => Column::Flag(Vec::with_capacity(count)),
            })
            .collect();
        for row in rows {
            for (column, cell) in columns.iter_mut().zip(row.iter()) {
                match (column, cell) {
                    (Column::Text(column), Cell::Text(text)) => column.push(text.as_deref()),
                    (Column::Number(column), Cell::Number(number)) => column.push(*number),
                    (Column::Time(column), Cell::Time(time)) => column.push(*time),
                    (Column::Flag(column), Cell::Flag(flag)) => column.push(*flag),
                    (Column::Text(column), _) => column.push(None),
                    (Column::Number(column), _) => column.push(None),
                    (Column::Time(column), _) => column.push(None),
                    (Column::Flag(column), _) => column.push(None),
                }
            }
        }
        Self(columns)
    }

    pub(crate) fn parameters(&self) -> Vec<&(dyn ToSql + Sync)> {
        self.0
            .iter()
            .map(|column| -> &(dyn ToSql + Sync) {
                match column {
                    Column::Text(column) => column,
                    Column::Number(column) => column,
                    Column::Time(column) => column,
                    Column::Flag(column) => column,
                }
            })
            .collect()
    }
}
