//! The name of the receiver: behind its label, before 收, or beside the phone number.

use super::label::{Label, Mark};
use super::phone::Found;
use super::surname::is_name;
use crate::table::Tables;
use crate::text::{GONE, at, is_han, is_separator, piece, skip_separators};

/// Where the name stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) start: usize,
    pub(crate) end: usize,
}

/// What stands right before a name that is glued to a detail.
const DETAIL_ENDS: &str = "号室栋幢楼层座元户店)]院厦场园区村苑寓库";

/// What is known when the name is sought.
pub(crate) struct Around<'a> {
    pub(crate) tables: &'a Tables,
    pub(crate) text: &'a [char],
    pub(crate) marks: &'a [Mark],
    pub(crate) phones: &'a [Found],
    /// The region: from, to. Names lie outside.
    pub(crate) region: Option<(usize, usize)>,
}

/// Finds the name.
pub(crate) fn find(around: &Around<'_>) -> Option<Place> {
    around.labelled().or_else(|| around.before_receives()).or_else(|| around.beside_phone())
}

impl Around<'_> {
    fn labelled(&self) -> Option<Place> {
        let mark = self.marks.iter().find(|mark| mark.label == Label::Name)?;
        let start = skip_separators(self.text, mark.value);
        let end = start + self.value_len(start);
        // A second line of the same form, not a name.
        let fits = end > start && end - start <= 20 && self.is_free(start, end);
        fits.then_some(Place { start, end })
    }

    /// Length of a labelled value: to the next separator, and for Latin names over single blanks.
    fn value_len(&self, start: usize) -> usize {
        let rest = piece(self.text, start, self.text.len());
        let latin = rest.first().is_some_and(char::is_ascii_alphabetic);
        let stop = |(place, letter): (usize, &char)| {
            let joined = match letter {
                '·' => true,
                ' ' => latin && rest.get(place + 1).is_some_and(char::is_ascii_alphabetic),
                '.' | '-' | '\'' => latin,
                _ => false,
            };
            (is_separator(*letter) && !joined) || matches!(letter, '(' | '[' | '0'..='9')
        };
        rest.iter().enumerate().position(stop).unwrap_or(rest.len())
    }

    /// 王五收, 王五(收), 王五 收
    fn before_receives(&self) -> Option<Place> {
        for place in 1..self.text.len() {
            if at(self.text, place) != '收' {
                continue;
            }
            let next = at(self.text, place + 1);
            if !(is_separator(next) || next == ')' || next == ']') {
                continue;
            }
            let mut end = place;
            while end > 0 && matches!(at(self.text, end - 1), ' ' | '(' | '[') {
                end -= 1;
            }
            if let Some(found) = self.name_ending(end) {
                return Some(found);
            }
        }
        None
    }

    /// A name that ends here: its own segment, or glued behind a detail.
    fn name_ending(&self, end: usize) -> Option<Place> {
        let segment = piece(self.text, 0, end);
        let is_part = |letter: &&char| is_han(**letter) || matches!(letter, '*' | '·');
        let len = segment.iter().rev().take_while(is_part).count();
        let start = end - len;
        if self.is_person(start, end) {
            return Some(Place { start, end });
        }
        (2..=4).rev().filter_map(|len| end.checked_sub(len)).find_map(|from| {
            let glued = from > start && DETAIL_ENDS.contains(at(self.text, from - 1));
            let behind_digit = from == start && at(self.text, from.checked_sub(1)?).is_ascii_alphanumeric();
            ((glued || behind_digit) && self.is_person(from, end)).then_some(Place { start: from, end })
        })
    }

    /// A name that begins here: its own segment, or up to the region.
    fn name_beginning(&self, start: usize) -> Option<Place> {
        let rest = piece(self.text, start, self.text.len());
        let len = rest.iter().take_while(|letter| is_han(**letter) || matches!(letter, '*' | '·')).count();
        let border =
            self.region.map(|region| region.0).filter(|border| *border > start && *border < start + len);
        let end = border.unwrap_or(start + len);
        self.is_person(start, end).then_some(Place { start, end })
    }

    fn beside_phone(&self) -> Option<Place> {
        for phone in self.phones {
            let before = phone.start
                - piece(self.text, 0, phone.start)
                    .iter()
                    .rev()
                    .take_while(|it| self.may_lie_between(**it))
                    .count();
            let after = phone.end
                + piece(self.text, phone.end, self.text.len())
                    .iter()
                    .take_while(|it| self.may_lie_between(**it))
                    .count();
            if let Some(found) = self.name_ending(before).or_else(|| self.name_beginning(after)) {
                return Some(found);
            }
        }
        // 张**，浙江省…: a masked name needs no phone beside it.
        let front = skip_separators(self.text, 0);
        let starred = self.text.contains(&'*');
        let masked = starred.then(|| self.name_beginning(front)).flatten();
        let masked = masked.filter(|found| at(self.text, found.end - 1) == '*');
        if masked.is_some() {
            return masked;
        }
        // 张三浙江省…号13812345678: name and phone at the two ends.
        self.phones.first()?;
        let (start, _) = self.region?;
        if front < start {
            return self.name_beginning(front).filter(|found| {
                let rest = skip_separators(self.text, found.end);
                rest >= start
            });
        }
        let end = self.text.len() - self.text.iter().rev().take_while(|it| is_separator(**it)).count();
        let segment = piece(self.text, 0, end);
        let len = segment.iter().rev().take_while(|it| is_han(**it) || matches!(it, '*' | '·')).count();
        let apart = end.checked_sub(len + 1).is_some_and(|before| is_separator(at(self.text, before)));
        (apart && self.is_person(end - len, end)).then_some(Place { start: end - len, end })
    }

    fn may_lie_between(&self, letter: char) -> bool {
        (is_separator(letter) && letter != '.') || matches!(letter, '(' | ')' | '[' | ']' | '收')
    }

    fn is_free(&self, start: usize, end: usize) -> bool {
        self.region.is_none_or(|(from, to)| end <= from || start >= to)
            && !piece(self.text, start, end).contains(&GONE)
    }

    /// Whether this is a person, and no place of this name.
    fn is_person(&self, start: usize, end: usize) -> bool {
        let text = piece(self.text, start, end);
        self.is_free(start, end) && is_name(text) && self.tables.trie().whole(text).is_empty()
    }
}
