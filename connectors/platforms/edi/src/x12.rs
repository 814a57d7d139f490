//! Reading X12. The separators are read from ISA by counting its elements: in real files its fields are not always as
//! wide as they should be.

use std::borrow::Cow;

use crossdock_connector::{Error, Result};

use crate::open::Open;
use crate::syntax::{Address, Fault, Group, Interchange, Segment, Syntax, mend};
use crate::text;

/// The separators of an interchange.
struct Marks {
    element: char,
    terminator: char,
}

/// Reads the interchange at the beginning of a text; gives it and what follows.
///
/// # Errors
/// `Malformed` when there is no header of one.
pub(crate) fn read(text: &str) -> Result<(Interchange<'_>, &str)> {
    let (marks, isa, body) = header(text)?;
    let field = |at: usize| isa.get(at).map(|field| field.trim()).unwrap_or_default().to_owned();
    let address = |qualifier: usize, id: usize| Address {
        qualifier: Some(field(qualifier)).filter(|text| !text.is_empty()),
        id: field(id),
    };
    let day = text::date(&field(9));
    let mut read = Interchange {
        syntax: Syntax::X12,
        version: vec![field(12)],
        sender: address(5, 6),
        receiver: address(7, 8),
        reference: field(13),
        at: day.map(|day| day.to_datetime(text::time(&field(10)).unwrap_or_default())),
        test: field(15) == "T",
        asks: field(14) == "1",
        groups: Vec::new(),
        receipts: Vec::new(),
        faults: Vec::new(),
        text,
    };
    let rest = segments(&mut read, &marks, body);
    read.text = text.get(..text.len().saturating_sub(rest.len())).unwrap_or(text);
    Ok((read, rest))
}

/// The separators, the elements of ISA, and what follows it.
fn header(text: &str) -> Result<(Marks, Vec<&str>, &str)> {
    let wrong = |what: &str| Error::malformed(what.to_owned()).at("$.ISA");
    let element = text.chars().nth(3).filter(|mark| !mark.is_alphanumeric() && !mark.is_whitespace());
    let element = element.ok_or_else(|| wrong("no element separator after ISA"))?;
    let mut isa: Vec<&str> = text.splitn(17, element).collect();
    let last = isa.pop().filter(|_| isa.len() == 16).unwrap_or_default();
    let mut rest = last.chars();
    let component = rest.next().ok_or_else(|| wrong("expected 16 elements"))?;
    // Blanks after the component separator are padding, but a line break may be the terminator itself.
    let after = rest.as_str().trim_start_matches(' ');
    let mut marks = after.chars();
    let terminator = match marks.next() {
        Some('\r') => '\n',
        Some(mark) if !mark.is_alphanumeric() && mark != element => mark,
        _ => return Err(wrong("no segment terminator after it")),
    };
    let body = if after.starts_with('\r') { after } else { marks.as_str() };
    // Where the 16th element is empty, what stands there is the terminator: the lines that follow end with it too.
    let next = body.trim_start().lines().next().unwrap_or_default();
    let shifted = terminator == '\n' && next.trim_end().ends_with(component);
    let (terminator, body) = if shifted { (component, after) } else { (terminator, body) };
    // Elements before the 16th hold no line break: that would be another segment.
    if isa.iter().any(|field| field.contains(['\n', '\r'])) {
        return Err(wrong("expected 16 elements"));
    }
    Ok((Marks { element, terminator }, isa, body))
}

/// Reads segments up to the end of the interchange; gives what follows.
fn segments<'t>(read: &mut Interchange<'t>, marks: &Marks, body: &'t str) -> &'t str {
    let mut rest = body;
    let mut open = Open::new(true);
    while !rest.trim_start().is_empty() {
        // The next interchange without the end of this one.
        if rest.trim_start().strip_prefix("ISA").is_some_and(|text| text.starts_with(marks.element)) {
            break;
        }
        let (piece, after) = rest.split_once(marks.terminator).unwrap_or((rest, ""));
        rest = after;
        let starts = |text: &str| {
            let tag = text.split(marks.element).next().unwrap_or_default();
            let capitals = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
            (2..=3).contains(&tag.len())
                && tag.len() < text.len()
                && tag.bytes().all(capitals)
                && tag.starts_with(|letter: char| letter.is_ascii_uppercase())
        };
        let (pieces, mended) = mend(piece, &starts);
        open.mended |= mended;
        for piece in pieces {
            let mut elements = piece.split(marks.element);
            let tag = elements.next().unwrap_or_default().trim();
            let segment = Segment::new(tag, elements.map(|text| vec![Cow::Borrowed(text)]).collect());
            if take(&mut open, read, segment) {
                return rest;
            }
        }
    }
    open.close(read);
    read.fault(Fault::NoTrailer);
    rest
}

/// Takes a segment; true at the end of the interchange.
fn take<'t>(open: &mut Open<'t>, read: &mut Interchange<'t>, segment: Segment<'t>) -> bool {
    let text = |at: usize| segment.text(at).unwrap_or_default().to_owned();
    match segment.tag {
        "GS" => {
            let group = Group {
                kind: text(1),
                sender: text(2),
                receiver: text(3),
                reference: text(6),
                version: text(8),
                ..Group::default()
            };
            open.group(read, group);
        }
        "ST" => open.document(text(1), text(2), Vec::new(), segment),
        "SE" => open.end_document(segment),
        "GE" => open.end_group(read, &segment),
        "IEA" => {
            open.end(read, &segment);
            return true;
        }
        "TA1" if !open.in_document() => read.receipts.push(segment),
        _ => open.segment(read, segment),
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: &str = "ISA*00*          *00*          *ZZ*A              *ZZ*B              *261101*0412*U*00401*000000007*0*P*>~GS*PO*A*B*20261101*0412*3*X*004010~ST*850*0001~BEG*00*SA*77**20261101~SE*3*0001~GE*1*3~IEA*1*000000007~";

    fn faults(text: &str) -> (Vec<Fault>, Vec<Fault>, Vec<Fault>) {
        let (read, _) = read(text).unwrap();
        let group = &read.groups[0];
        (read.faults.clone(), group.faults.clone(), group.documents[0].faults.clone())
    }

    #[test]
    fn an_interchange_is_read_however_it_is_laid_out() {
        let lines = PLAIN.replace('~', "~\r\n");
        let bare = PLAIN.replace('~', "\n");
        let bare_crlf = PLAIN.replace('~', "\r\n");
        let indented = PLAIN.replace('~', "~\n\t  ");
        let narrow = PLAIN.replace("A              *", "A*");
        let no_component = lines.replace("*P*>~", "*P*~");
        for text in [PLAIN, &lines, &bare, &bare_crlf, &indented, &narrow, &no_component] {
            let (read, rest) = read(text).unwrap();
            assert_eq!((read.sender.id.as_str(), read.receiver.id.as_str()), ("A", "B"), "{text}");
            assert_eq!(read.reference, "000000007");
            let document = &read.groups[0].documents[0];
            assert_eq!((document.segments.len(), document.segments[1].text(3)), (3, Some("77")), "{text}");
            assert!(read.faults.is_empty() && document.faults.is_empty(), "{text} {read:?}");
            assert!(rest.trim().is_empty());
        }
    }

    #[test]
    fn what_does_not_fit_is_told() {
        let none = Vec::<Fault>::new;
        assert_eq!(faults(&PLAIN.replace("SE*3*0001", "SE*9*0002")).2, [Fault::References, Fault::Count]);
        assert_eq!(
            faults(&PLAIN.replace("IEA*1*000000007", "IEA*1*8")),
            (vec![Fault::References], none(), none())
        );
        assert_eq!(faults(&PLAIN.replace("GE*1*3", "GE*2*3")).1, [Fault::Count]);
        let (whole, group, set) = faults(PLAIN.split("SE*").next().unwrap());
        assert_eq!(
            (whole, group, set),
            (vec![Fault::NoTrailer], vec![Fault::NoTrailer], vec![Fault::NoTrailer])
        );
        // A terminator that was lost at the end of a line.
        let lost = PLAIN.replace('~', "~\n").replace("20261101~\nSE", "20261101\nSE");
        assert_eq!(faults(&lost), (none(), none(), vec![Fault::Terminator]));
    }

    #[test]
    fn one_may_follow_another() {
        let two = format!("{PLAIN}\n{PLAIN}");
        let (first, rest) = read(&two).unwrap();
        let (second, rest) = read(rest.trim_start()).unwrap();
        assert_eq!((first.text.len(), second.text.len(), rest), (PLAIN.len(), PLAIN.len(), ""));
        let cut = format!("{}{PLAIN}", PLAIN.split("IEA").next().unwrap());
        let (first, rest) = read(&cut).unwrap();
        assert_eq!(first.faults, [Fault::NoTrailer]);
        assert!(rest.starts_with("ISA"));
    }

    #[test]
    fn a_header_that_is_none_is_refused() {
        for bad in
            ["ISA", "ISA*", "ISA*00*\nGS*PO~", "ISAAAAA", PLAIN.get(..60).unwrap(), PLAIN.get(..105).unwrap()]
        {
            assert!(read(bad).is_err(), "{bad}");
        }
    }
}
