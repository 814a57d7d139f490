//! Chinese postal codes at the edges of a text.

use super::label::{Label, Mark};
use crate::text::{GONE, at, is_han, is_separator, piece, string};

/// First two digits and the province (first two digits of its code).
const PROVINCES: &[(&str, &[u32])] = &[
    ("01", &[15]),
    ("02", &[15]),
    ("03", &[14]),
    ("04", &[14]),
    ("05", &[13]),
    ("06", &[13]),
    ("07", &[13]),
    ("10", &[11]),
    ("11", &[21]),
    ("12", &[21]),
    ("13", &[22]),
    ("15", &[23]),
    ("16", &[23]),
    ("20", &[31]),
    ("21", &[32]),
    ("22", &[32]),
    ("23", &[34]),
    ("24", &[34]),
    ("25", &[37]),
    ("26", &[37]),
    ("27", &[37]),
    ("30", &[12]),
    ("31", &[33]),
    ("32", &[33]),
    ("33", &[36]),
    ("34", &[36]),
    ("35", &[35]),
    ("36", &[35]),
    ("40", &[50]),
    ("41", &[43]),
    ("42", &[43]),
    ("43", &[42]),
    ("44", &[42]),
    ("45", &[41]),
    ("46", &[41]),
    ("47", &[41]),
    ("51", &[44]),
    ("52", &[44]),
    ("53", &[45]),
    ("54", &[45]),
    ("55", &[52]),
    ("56", &[52]),
    ("57", &[46]),
    ("61", &[51]),
    ("62", &[51]),
    ("63", &[51]),
    ("64", &[51]),
    ("65", &[53]),
    ("66", &[53]),
    ("67", &[53]),
    ("71", &[61]),
    ("72", &[61]),
    ("73", &[62]),
    ("74", &[62]),
    ("75", &[64]),
    ("81", &[63]),
    ("83", &[65]),
    ("84", &[65]),
    ("85", &[54]),
];

/// The codes that foreign posts use for Hong Kong and Macau.
const OUTSIDE: &[(&str, &[u32])] = &[("999077", &[81]), ("999078", &[82])];

/// Provinces whose postal codes begin so.
fn provinces(code: &str) -> &'static [u32] {
    let start = code.get(..2).unwrap_or_default();
    let row =
        PROVINCES.iter().find(|row| row.0 == start).or_else(|| OUTSIDE.iter().find(|row| row.0 == code));
    row.map_or(&[], |row| row.1)
}

/// Whether the digits are a postal code of China.
pub(crate) fn is_known(code: &str) -> bool {
    code.len() == 6 && code.bytes().all(|digit| digit.is_ascii_digit()) && !provinces(code).is_empty()
}

/// A code that is glued to the end of the text: it counts only when the province agrees.
#[derive(Debug)]
pub(crate) struct Glued {
    pub(crate) start: usize,
    pub(crate) code: String,
}

impl Glued {
    /// Whether the code lies in the province with this six-digit code.
    pub(crate) fn fits(&self, province: u32) -> bool {
        provinces(&self.code).contains(&(province / 10_000))
    }
}

fn code_at(text: &[char], start: usize) -> Option<String> {
    let inside = piece(text, start, start + 6);
    let alone = inside.len() == 6
        && inside.iter().all(char::is_ascii_digit)
        && !at(text, start + 6).is_ascii_alphanumeric()
        && start.checked_sub(1).is_none_or(|before| !at(text, before).is_ascii_alphanumeric());
    alone.then(|| string(inside)).filter(|code| is_known(code))
}

/// Takes a postal code out that stands behind its label or by itself at an edge; gives back one that is glued to the end.
pub(crate) fn take(text: &mut [char], marks: &[Mark]) -> (Option<String>, Option<Glued>) {
    let labelled = marks.iter().filter(|mark| mark.label == Label::Postcode).map(|mark| {
        mark.value + piece(text, mark.value, text.len()).iter().take_while(|it| **it == ' ').count()
    });
    let front = text.iter().take_while(|letter| is_separator(**letter)).count();
    let end = text.len() - text.iter().rev().take_while(|letter| is_separator(**letter)).count();
    let back = end.checked_sub(6).filter(|back| *back > front);
    let mut taken = None;
    for place in labelled.chain([front]) {
        let next = at(text, place + 6);
        // 518057号 is a house.
        if (is_separator(next)
            || matches!(next, ')' | ']')
            || (is_han(next) && !"号室栋楼层弄座幢单".contains(next)))
            && let Some(code) = code_at(text, place)
        {
            taken = Some((place, code));
            break;
        }
    }
    if taken.is_none()
        && let Some(place) = back
        && let Some(code) = code_at(text, place)
    {
        let before = place.checked_sub(1).map_or(GONE, |before| at(text, before));
        if !is_separator(before) || before == '-' {
            return (None, (before != '-').then_some(Glued { start: place, code }));
        }
        taken = Some((place, code));
    }
    let Some((place, code)) = taken else { return (None, None) };
    if let Some(span) = text.get_mut(place..place + 6) {
        span.fill(GONE);
    }
    (Some(code), None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_edges_count() {
        let find = |text: &str| {
            let mut text: Vec<char> = text.chars().collect();
            let (code, glued) = take(&mut text, &[]);
            (code, glued.map(|glued| glued.code))
        };
        assert_eq!(find("518057 广东省"), (Some("518057".into()), None));
        assert_eq!(find("518057广东省"), (Some("518057".into()), None));
        assert_eq!(find("广东省 518057"), (Some("518057".into()), None));
        assert_eq!(find("广东省30号518057"), (None, Some("518057".into())));
        assert_eq!(find("518057号楼"), (None, None));
        assert_eq!(find("广东省A518057"), (None, None));
        assert_eq!(find("香港 999077"), (Some("999077".into()), None));
        assert_eq!(find("广东省 998877"), (None, None));
        assert_eq!(find("广东省 000000"), (None, None));
    }
}
