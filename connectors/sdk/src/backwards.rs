//! Lists that are read from the last page to the first.
//!
//! A row leaves a window of changes when it is changed again, and everything behind it moves one place forward. Read
//! forwards, the row that moved from page 3 to page 2 is never seen; read backwards, it is seen twice, which is harmless.
//! So the first call only counts, and the pages are then read from the last one down. A list that grew while it was read
//! has moved rows to where reading has been already, so reading starts again from its new end.

use std::fmt;

use jiff::{SignedDuration, Timestamp};

use crate::{Cursor, Error, ErrorKind, Result, Topic};

/// The first cursor of a window.
pub fn start(topic: Topic, from: Timestamp, to: Timestamp) -> Cursor {
    Cursor { topic: topic.to_owned(), from, to, place: Place::Count.to_string() }
}

/// How many pages a list has.
pub fn pages(total: u64, size: u32) -> u64 {
    total.div_ceil(u64::from(size).max(1))
}

/// The end of a window for vendors that know whole seconds only: rounded up, or its last second would be lost.
pub fn whole_second(to: Timestamp) -> Timestamp {
    match to.subsec_nanosecond() {
        0 => to,
        fraction => {
            let up = SignedDuration::new(1, 0).saturating_sub(SignedDuration::new(0, fraction));
            to.saturating_add(up).unwrap_or(to)
        }
    }
}

/// The error of a cursor that another connector, or another version, wrote.
pub fn not_ours(cursor: &Cursor) -> Error {
    Error::new(ErrorKind::Bug, "not a cursor of this connector")
        .with("topic", &cursor.topic)
        .with("place", &cursor.place)
}

/// Where we are inside a window: `count`, or `page/last`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The first page is asked for to see how long the list is.
    Count,
    /// A page is read, counted from 1.
    Page {
        /// The page.
        page: u64,
        /// The last one when reading began.
        last: u64,
    },
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count => f.write_str("count"),
            Self::Page { page, last } => write!(f, "{page}/{last}"),
        }
    }
}

/// What to do with a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turn {
    /// Whether its rows are taken; those of a first page of several are read in their turn.
    pub take: bool,
    /// Where to go on; `None` when the window is read.
    pub next: Option<Place>,
}

impl Place {
    /// The place that a text says.
    pub fn read(text: &str) -> Option<Self> {
        if text == "count" {
            return Some(Self::Count);
        }
        let (page, last) = text.split_once('/')?;
        let (page, last) = (page.parse().ok()?, last.parse().ok()?);
        (1 <= page && page <= last).then_some(Self::Page { page, last })
    }

    /// The place of a cursor.
    ///
    /// # Errors
    /// `Bug` when it is not one of ours.
    pub fn of(cursor: &Cursor) -> Result<Self> {
        Self::read(&cursor.place).ok_or_else(|| not_ours(cursor))
    }

    /// A cursor of the same window at this place.
    #[must_use]
    pub fn on(self, cursor: &Cursor) -> Cursor {
        Cursor { place: self.to_string(), ..cursor.clone() }
    }

    /// The page to ask for, counted from 1.
    pub const fn number(self) -> u64 {
        match self {
            Self::Count => 1,
            Self::Page { page, .. } => page,
        }
    }

    /// A first page without rows of a list that is not empty, or with rows of an empty one, is an answer to something else.
    ///
    /// # Errors
    /// `Malformed` at `path`.
    pub fn agrees(self, total: u64, rows: usize, path: &str) -> Result<()> {
        if self == Self::Count && (total == 0) != (rows == 0) {
            return Err(
                Error::malformed("the total and the rows of the first page contradict each other").at(path)
            );
        }
        Ok(())
    }

    /// After a reply that says how many pages there are now.
    #[must_use]
    pub const fn turn(self, pages: u64) -> Turn {
        match self {
            Self::Count if pages > 1 => Turn { take: false, next: Some(Self::end(pages)) },
            Self::Count => Turn { take: true, next: None },
            Self::Page { last, .. } if pages > last => Turn { take: true, next: Some(Self::end(pages)) },
            Self::Page { .. } => self.before(),
        }
    }

    /// After a page that only says whether there is another one behind it: the last one tells that the list grew.
    #[must_use]
    pub const fn turn_by_more(self, more: bool) -> Turn {
        match self {
            Self::Page { page, last } if page == last && more => {
                Turn { take: true, next: Some(Self::end(last.saturating_add(1))) }
            }
            _ => self.before(),
        }
    }

    /// After a page that is not there any more: rows left the window since they were counted.
    #[must_use]
    pub const fn before(self) -> Turn {
        let next = match self {
            Self::Page { page, last } if page > 1 => Some(Self::Page { page: page.saturating_sub(1), last }),
            _ => None,
        };
        Turn { take: true, next }
    }

    const fn end(pages: u64) -> Self {
        Self::Page { page: pages, last: pages }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(text: &str) -> Place {
        Place::read(text).unwrap()
    }

    #[test]
    fn places_are_texts() {
        for text in ["count", "1/1", "3/7"] {
            assert_eq!(place(text).to_string(), text);
        }
        for text in ["", "0/1", "2/1", "1", "a/b", "-1/2", "1/2/3"] {
            assert_eq!(Place::read(text), None, "{text}");
        }
        assert_eq!((place("count").number(), place("3/7").number()), (1, 3));
    }

    #[test]
    fn from_the_last_page_down() {
        let mut at = Place::Count;
        let mut seen = Vec::new();
        while let Some(next) = at.turn(3).next {
            seen.push(next.number());
            at = next;
        }
        assert_eq!(seen, [3, 2, 1]);
        // What was counted is not taken twice, a single page is.
        assert!(!Place::Count.turn(3).take && Place::Count.turn(1).take && Place::Count.turn(0).take);
        assert_eq!(place("2/3").turn(1), Turn { take: true, next: Some(place("1/3")) });
    }

    /// Wherever it is seen, growth has moved rows behind the reader.
    #[test]
    fn what_grew_is_read_again_from_its_end() {
        for text in ["3/3", "2/3", "1/3"] {
            assert_eq!(place(text).turn(5), Turn { take: true, next: Some(place("5/5")) }, "{text}");
        }
        assert_eq!(place("3/3").turn_by_more(true).next, Some(place("4/4")));
        assert_eq!(place("2/3").turn_by_more(true).next, Some(place("1/3")));
        assert_eq!(place("1/3").turn_by_more(false).next, None);
        assert_eq!(place("3/3").before().next, Some(place("2/3")));
    }

    #[test]
    fn a_total_without_rows_is_no_answer() {
        assert!(Place::Count.agrees(0, 0, "$").is_ok() && Place::Count.agrees(9, 5, "$").is_ok());
        assert!(Place::Count.agrees(1, 0, "$").is_err() && Place::Count.agrees(0, 1, "$").is_err());
        // Rows may have left since.
        assert!(place("2/2").agrees(3, 0, "$").is_ok());
        assert_eq!((pages(0, 50), pages(50, 50), pages(51, 50), pages(3, 0)), (0, 1, 2, 3));
    }

    #[test]
    fn no_second_is_lost() {
        let rounded = |text: &str| whole_second(text.parse().unwrap()).to_string();
        assert_eq!(rounded("2026-11-21T12:00:00Z"), "2026-11-21T12:00:00Z");
        assert_eq!(rounded("2026-11-21T12:00:00.001Z"), "2026-11-21T12:00:01Z");
        assert_eq!(rounded("2026-11-21T12:00:00.999Z"), "2026-11-21T12:00:01Z");
    }
}
