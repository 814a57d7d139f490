//! Reading EDIFACT: separators from UNA or the usual ones, the release character honoured.

use std::borrow::Cow;

use crossdock_connector::{Error, Result};

use crate::open::Open;
use crate::syntax::{Address, Fault, Group, Interchange, Segment, Syntax, mend};
use crate::text;

/// The separators of an interchange.
#[derive(Clone, Copy)]
struct Marks {
    component: char,
    element: char,
    release: Option<char>,
    terminator: char,
}

const USUAL: Marks = Marks { component: ':', element: '+', release: Some('?'), terminator: '\'' };

/// Reads the interchange at the beginning of a text; gives it and what follows.
///
/// # Errors
/// `Malformed` when there is no header of one.
pub(crate) fn read(whole: &str) -> Result<(Interchange<'_>, &str)> {
    let (marks, mut rest) = marks(whole)?;
    let mut read: Option<Interchange<'_>> = None;
    let mut open = Open::new(false);
    let starts = |text: &str| {
        let tag = text.split(marks.element).next().unwrap_or_default();
        tag.len() == 3 && tag.len() < text.len() && tag.bytes().all(|byte| byte.is_ascii_uppercase())
    };
    while !rest.trim_start().is_empty() {
        let next = rest.trim_start();
        if read.is_some()
            && (next.starts_with("UNA")
                || next.strip_prefix("UNB").is_some_and(|text| text.starts_with(marks.element)))
        {
            break;
        }
        let (piece, after) = split(rest, marks);
        rest = after;
        let (pieces, mended) = mend(piece, &starts);
        open.mended |= mended;
        for piece in pieces {
            let segment = segment(piece, marks);
            let Some(begun) = &mut read else {
                read = Some(header(&segment, whole)?);
                continue;
            };
            if take(&mut open, begun, segment) {
                begun.text = whole.get(..whole.len().saturating_sub(rest.len())).unwrap_or(whole);
                return read.map(|read| (read, rest)).ok_or_else(no_header);
            }
        }
    }
    let mut read = read.ok_or_else(no_header)?;
    open.close(&mut read);
    read.fault(Fault::NoTrailer);
    read.text = whole.get(..whole.len().saturating_sub(rest.len())).unwrap_or(whole);
    Ok((read, rest))
}

fn no_header() -> Error {
    Error::malformed("expected UNB").at("$.UNB")
}

/// The separators, and what follows the service string.
fn marks(text: &str) -> Result<(Marks, &str)> {
    let Some(advice) = text.strip_prefix("UNA") else { return Ok((USUAL, text)) };
    let wrong = || Error::malformed("expected six separators").at("$.UNA");
    let mut letters = advice.chars();
    let (component, element, _decimal, release, _reserved, terminator) = (|| {
        Some((
            letters.next()?,
            letters.next()?,
            letters.next()?,
            letters.next()?,
            letters.next()?,
            letters.next()?,
        ))
    })()
    .ok_or_else(wrong)?;
    let all = [component, element, terminator];
    if all.iter().any(|mark| mark.is_alphanumeric()) || component == element || element == terminator {
        return Err(wrong());
    }
    let release = Some(release).filter(|mark| *mark != ' ');
    Ok((Marks { component, element, release, terminator }, letters.as_str()))
}

/// The text up to the next terminator that is not released, and what follows it.
fn split(text: &str, marks: Marks) -> (&str, &str) {
    let mut released = false;
    for (at, letter) in text.char_indices() {
        if released {
            released = false;
        } else if Some(letter) == marks.release {
            released = true;
        } else if letter == marks.terminator {
            let after = text.get(at + letter.len_utf8()..).unwrap_or_default();
            return (text.get(..at).unwrap_or_default(), after);
        }
    }
    (text, "")
}

fn segment(piece: &str, marks: Marks) -> Segment<'_> {
    let mut parts = cut(piece, marks.element, marks.release).into_iter();
    let tag = parts.next().unwrap_or_default();
    // Explicit nesting is told after the tag (`LIN:1:2`): nothing here needs it.
    let tag = tag.split(marks.component).next().unwrap_or_default().trim();
    let components = |element| {
        cut(element, marks.component, marks.release).into_iter().map(|text| plain(text, marks)).collect()
    };
    Segment::new(tag, parts.map(components).collect())
}

/// Cuts at each separator that is not released.
fn cut(text: &str, separator: char, release: Option<char>) -> Vec<&str> {
    let mut found = Vec::new();
    let (mut released, mut from) = (false, 0);
    for (at, letter) in text.char_indices() {
        if released {
            released = false;
        } else if Some(letter) == release {
            released = true;
        } else if letter == separator {
            found.push(text.get(from..at).unwrap_or_default());
            from = at + letter.len_utf8();
        }
    }
    found.push(text.get(from..).unwrap_or_default());
    found
}

/// The text without its release characters.
fn plain(text: &str, marks: Marks) -> Cow<'_, str> {
    let Some(release) = marks.release.filter(|mark| text.contains(*mark)) else { return Cow::Borrowed(text) };
    let mut out = String::with_capacity(text.len());
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        if letter == release {
            out.extend(letters.next());
        } else {
            out.push(letter);
        }
    }
    Cow::Owned(out)
}

fn header<'t>(unb: &Segment<'_>, text: &'t str) -> Result<Interchange<'t>> {
    if unb.tag != "UNB" {
        return Err(no_header());
    }
    let own = |element, component| unb.part(element, component).unwrap_or_default().to_owned();
    let address =
        |element| Address { qualifier: unb.part(element, 1).map(str::to_owned), id: own(element, 0) };
    let day = unb.part(4, 0).and_then(text::date);
    let hour = unb.part(4, 1).and_then(text::time).unwrap_or_default();
    Ok(Interchange {
        syntax: Syntax::Edifact,
        version: unb.parts(1).map(str::to_owned).collect(),
        sender: address(2),
        receiver: address(3),
        reference: own(5, 0),
        at: day.map(|day| day.to_datetime(hour)),
        test: unb.text(11) == Some("1"),
        asks: unb.text(9) == Some("1"),
        groups: Vec::new(),
        receipts: Vec::new(),
        faults: Vec::new(),
        text,
    })
}

/// Takes a segment; true at the end of the interchange.
fn take<'t>(open: &mut Open<'t>, read: &mut Interchange<'t>, segment: Segment<'t>) -> bool {
    let text = |element, component| segment.part(element, component).unwrap_or_default().to_owned();
    match segment.tag {
        "UNG" => {
            let (kind, reference) = (text(1, 0), text(5, 0));
            open.group(read, Group { kind, reference, ..Group::default() });
        }
        "UNH" => {
            let version = segment.parts(2).map(str::to_owned).collect();
            open.document(text(2, 0), text(1, 0), version, segment);
        }
        "UNT" => open.end_document(segment),
        "UNE" => open.end_group(read, &segment),
        "UNZ" => {
            open.end(read, &segment);
            return true;
        }
        _ => open.segment(read, segment),
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: &str = "UNA:+.? 'UNB+UNOC:3+A:14+B:14+261101:0412+R1'UNH+1+ORDERS:D:96A:UN:EAN008'BGM+220+77+9'FTX+AAI+++Halle ?'7?': Tor ?+4??'UNT+4+1'UNZ+1+R1'";

    #[test]
    fn released_separators_are_text() {
        let (read, rest) = read(PLAIN).unwrap();
        assert!(read.faults.is_empty() && rest.is_empty(), "{read:?}");
        let document = &read.groups[0].documents[0];
        assert!(document.faults.is_empty());
        assert_eq!(document.segments[2].part(4, 0), Some("Halle '7'"));
        assert_eq!(document.segments[2].part(4, 1), Some("Tor +4?"));
        assert_eq!((read.sender.id.as_str(), read.sender.qualifier.as_deref()), ("A", Some("14")));
    }

    #[test]
    fn the_service_string_may_be_missing_or_another() {
        let without = PLAIN.strip_prefix("UNA:+.? '").unwrap();
        let lines = without.replace("'UN", "'\r\nUN").replace("'BGM", "'\n\tBGM");
        let other = "UNA|!.\\ ~UNB!UNOA|3!A|14!B|14!261101|0412!R1~UNH!1!ORDERS|D|96A|UN~BGM!220!7\\~7!9~UNT!3!1~UNZ!1!R1~";
        for (text, number) in [(without, "77"), (&lines, "77"), (other, "7~7")] {
            let (read, _) = read(text).unwrap();
            assert!(read.faults.is_empty(), "{text} {read:?}");
            assert_eq!(read.groups[0].documents[0].segments[1].text(2), Some(number), "{text}");
        }
    }

    #[test]
    fn groups_are_counted_when_there_are_any() {
        let text = "UNB+UNOA:3+A+B+261101:0412+R1'UNG+ORDERS+A+B+261101:0412+G1+UN+D:96A'UNH+1+ORDERS:D:96A:UN'BGM+220+77+9'UNT+3+1'UNE+1+G1'UNZ+1+R1'";
        let (first, _) = read(text).unwrap();
        assert!(first.faults.is_empty() && first.groups[0].faults.is_empty(), "{first:?}");
        assert_eq!(first.groups[0].reference, "G1");
        let (cut, _) = read(text.split("UNE").next().unwrap()).unwrap();
        assert_eq!(
            (cut.faults, cut.groups[0].faults.clone()),
            (vec![Fault::NoTrailer], vec![Fault::NoTrailer])
        );
    }

    #[test]
    fn a_header_that_is_none_is_refused() {
        for bad in ["UNA", "UNA:+.?", "UNAabcdef", "UNA:+.? '", "UNH+1'", "UNA:+.? 'BGM+220'"] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }
}
