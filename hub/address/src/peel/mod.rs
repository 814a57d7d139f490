//! Takes out of a text what is no address: labels, phones, notes, postal codes and names. What is taken leaves
//! [`GONE`] behind, so that places stay where they are.

mod label;
mod name;
mod note;
mod phone;
mod postcode;
mod surname;

pub(crate) use label::{Label, Mark};
pub(crate) use name::{Around, Place, find as find_name};
pub(crate) use note::is_pickup_point;
pub(crate) use phone::Found;
pub(crate) use postcode::Glued;

use crate::clean::MOST_CHARACTERS;
use crate::standard::{NumberKind, PhoneNumber};
use crate::text::{GONE, at, is_separator, piece, string};

/// What was taken out before the region is read.
#[derive(Debug, Default)]
pub(crate) struct Peeled {
    pub(crate) marks: Vec<Mark>,
    pub(crate) phones: Vec<Found>,
    pub(crate) instruction: Option<String>,
    pub(crate) postcode: Option<String>,
    pub(crate) glued: Option<Glued>,
}

/// What is taken out, or noticed, by the word it begins with.
pub(crate) fn words() -> impl Iterator<Item = &'static str> {
    label::words().chain(note::words())
}

/// Takes out everything that does not need the region.
pub(crate) fn peel(text: &mut [char]) -> Peeled {
    let marks = label::take(text);
    let announced: Vec<usize> =
        marks.iter().filter(|mark| mark.label == Label::Phone).map(|mark| mark.value).collect();
    let mut phones = phone::find(text, &announced);
    for phone in &phones {
        clear(text, phone.start, phone.end);
    }
    extension_in_brackets(text, &mut phones);
    let instruction = note::take(text, &marks);
    let (postcode, glued) = postcode::take(text, &marks);
    Peeled { marks, phones, instruction, postcode, glued }
}

/// Takes a postal code out that stands by itself at an edge.
pub(crate) fn postcode_at_edge(text: &mut [char]) -> Option<String> {
    postcode::take(text, &[]).0
}

/// Takes out what stands alone once the rest is taken out: brackets around nothing, and the word for receiving that
/// nobody stands before.
pub(crate) fn tidy(text: &mut [char]) {
    let last = text.len() - text.iter().rev().take_while(|letter| is_separator(**letter)).count();
    if let Some(receives) = last.checked_sub(1)
        && at(text, receives) == '收'
        && receives.checked_sub(1).is_none_or(|before| is_separator(at(text, before)))
    {
        clear(text, receives, last);
    }
    let (mut open, mut emptied) = (None, false);
    for place in 0..text.len() {
        match at(text, place) {
            '(' | '[' => (open, emptied) = (Some(place), false),
            GONE => emptied = true,
            '收' if open.is_some() && matches!(at(text, place + 1), ')' | ']') => emptied = true,
            ')' | ']' => {
                if let Some(start) = open.take().filter(|_| emptied) {
                    clear(text, start, place + 1);
                }
            }
            letter if is_separator(letter) => {}
            _ => open = None,
        }
    }
}

/// Whether the text is a Chinese mobile number and nothing else: what most sources give.
pub(crate) fn is_mobile(text: &str) -> bool {
    matches!(text.as_bytes(), [b'1', b'3'..=b'9', rest @ ..]
        if rest.len() == 9 && rest.iter().all(u8::is_ascii_digit))
}

/// The phone numbers in a text that is not read otherwise.
pub(crate) fn numbers_in(text: &str) -> Vec<PhoneNumber> {
    let text: Vec<char> = text.chars().take(MOST_CHARACTERS).collect();
    phone::find(&text, &[]).into_iter().map(|found| found.number).collect()
}

/// Replaces a piece by [`GONE`].
pub(crate) fn clear(text: &mut [char], start: usize, end: usize) {
    if let Some(span) = text.get_mut(start..end) {
        span.fill(GONE);
    }
}

/// Platforms also append the extension to name or address: `…1号[4321]`. It belongs to the first mobile number.
fn extension_in_brackets(text: &mut [char], phones: &mut [Found]) {
    let Some(number) = phones.first_mut().map(|phone| &mut phone.number) else { return };
    if !matches!(number.kind, NumberKind::Virtual | NumberKind::Mobile | NumberKind::Masked) {
        return;
    }
    for start in 0..text.len() {
        if at(text, start) != '[' {
            continue;
        }
        let len =
            piece(text, start + 1, text.len()).iter().take(7).take_while(|it| it.is_ascii_digit()).count();
        let end = start + 1 + len;
        if !(2..=6).contains(&len) || at(text, end) != ']' {
            continue;
        }
        let digits = string(piece(text, start + 1, end));
        let last = is_separator(at(text, end + 1));
        let same = number.ext.as_ref().is_some_and(|ext| *ext == digits);
        if same || (number.ext.is_none() && last && (3..=4).contains(&len)) {
            if number.kind == NumberKind::Mobile {
                number.kind = NumberKind::Virtual;
            }
            number.ext = Some(digits);
            clear(text, start, end + 1);
        }
    }
}
