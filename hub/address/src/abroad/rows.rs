//! Countries by their code: where each stands in a table.

/// The row of each country in a table, by its code of two capitals.
#[derive(Debug)]
pub(super) struct Rows(Vec<u8>);

/// Stands where a country has no row.
const NONE: u8 = u8::MAX;

impl Rows {
    /// The rows of a table, given the codes in its order: fewer than 255.
    pub(super) fn new<'a>(codes: impl Iterator<Item = &'a str>) -> Rows {
        let mut rows = vec![NONE; 26 * 26];
        for (code, row) in codes.zip(0..NONE) {
            if let Some(slot) = place(code).and_then(|at| rows.get_mut(at)).filter(|slot| **slot == NONE) {
                *slot = row;
            }
        }
        Rows(rows)
    }

    /// The row of a country.
    pub(super) fn of(&self, code: &str) -> Option<usize> {
        self.0.get(place(code)?).filter(|row| **row != NONE).map(|row| usize::from(*row))
    }
}

fn place(code: &str) -> Option<usize> {
    match code.as_bytes() {
        [first @ b'A'..=b'Z', second @ b'A'..=b'Z'] => {
            Some(usize::from(first - b'A') * 26 + usize::from(second - b'A'))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn countries_by_their_code() {
        let rows = Rows::new(["CN", "US", "CN"].into_iter());
        assert_eq!((rows.of("CN"), rows.of("US")), (Some(0), Some(1)));
        assert!(["", "C", "DE", "cn", "CNN", "中"].iter().all(|code| rows.of(code).is_none()));
    }
}
