//! What both syntaxes have in common: interchanges of groups of documents of segments, and what is wrong with them.

use std::borrow::Cow;

use jiff::civil::DateTime;

/// Which syntax.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Syntax {
    /// ANSI X12.
    X12,
    /// UN/EDIFACT.
    Edifact,
}

/// One segment. Elements count from 1, their components from 0.
#[derive(Debug)]
pub(crate) struct Segment<'t> {
    pub(crate) tag: &'t str,
    elements: Vec<Vec<Cow<'t, str>>>,
    /// From 1, the header of the document being the first.
    pub(crate) position: usize,
}

impl<'t> Segment<'t> {
    pub(crate) fn new(tag: &'t str, elements: Vec<Vec<Cow<'t, str>>>) -> Self {
        Self { tag, elements, position: 0 }
    }

    /// A component; `None` when it is empty.
    pub(crate) fn part(&self, element: usize, component: usize) -> Option<&str> {
        let text = self.elements.get(element.checked_sub(1)?)?.get(component)?.trim();
        (!text.is_empty()).then_some(text)
    }

    /// The first component of an element; `None` when it is empty.
    pub(crate) fn text(&self, element: usize) -> Option<&str> {
        self.part(element, 0)
    }

    /// All components of an element that say something.
    pub(crate) fn parts(&self, element: usize) -> impl Iterator<Item = &str> {
        let components = element.checked_sub(1).and_then(|at| self.elements.get(at));
        let texts = components.into_iter().flatten().map(|text| text.trim());
        texts.filter(|text| !text.is_empty())
    }

    /// How many elements there are.
    pub(crate) fn len(&self) -> usize {
        self.elements.len()
    }

    /// Whether the first element is one of these.
    pub(crate) fn is(&self, words: &[&str]) -> bool {
        self.text(1).is_some_and(|word| words.contains(&word))
    }
}

/// What is wrong with an envelope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fault {
    /// Its trailer is missing: something was cut off.
    NoTrailer,
    /// Header and trailer have different references.
    References,
    /// The trailer counts otherwise.
    Count,
    /// A segment did not end where it should.
    Terminator,
}

impl Fault {
    /// For people.
    pub(crate) const fn says(self) -> &'static str {
        match self {
            Self::NoTrailer => "the trailer is missing",
            Self::References => "header and trailer have different references",
            Self::Count => "the trailer counts otherwise",
            Self::Terminator => "a segment without its terminator",
        }
    }

    /// AK5 of a 997.
    pub(crate) const fn x12_set(self) -> &'static str {
        match self {
            Self::NoTrailer => "2",
            Self::References => "3",
            Self::Count => "4",
            Self::Terminator => "5",
        }
    }

    /// AK9 of a 997.
    pub(crate) const fn x12_group(self) -> &'static str {
        match self {
            Self::NoTrailer => "3",
            Self::References => "4",
            Self::Count | Self::Terminator => "5",
        }
    }

    /// TA1.
    pub(crate) const fn x12_interchange(self) -> &'static str {
        match self {
            Self::References => "001",
            Self::NoTrailer => "023",
            Self::Count => "021",
            Self::Terminator => "004",
        }
    }

    /// 0085 of a CONTRL.
    pub(crate) const fn edifact(self) -> &'static str {
        match self {
            Self::NoTrailer => "13",
            Self::References => "28",
            Self::Count => "29",
            Self::Terminator => "18",
        }
    }
}

/// Who sent or gets an interchange.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Address {
    pub(crate) qualifier: Option<String>,
    pub(crate) id: String,
}

/// One document: a transaction set or a message.
#[derive(Debug)]
pub(crate) struct Document<'t> {
    /// `850`, `ORDERS`.
    pub(crate) kind: String,
    pub(crate) reference: String,
    /// UNH: type, version, release, agency, association.
    pub(crate) version: Vec<String>,
    /// Header and trailer included.
    pub(crate) segments: Vec<Segment<'t>>,
    pub(crate) faults: Vec<Fault>,
}

/// A functional group. EDIFACT mostly has none: then one without a kind holds the messages.
#[derive(Debug, Default)]
pub(crate) struct Group<'t> {
    pub(crate) kind: String,
    pub(crate) reference: String,
    pub(crate) version: String,
    /// GS02 and GS03.
    pub(crate) sender: String,
    pub(crate) receiver: String,
    /// How many documents its trailer counts.
    pub(crate) counted: Option<usize>,
    pub(crate) documents: Vec<Document<'t>>,
    pub(crate) faults: Vec<Fault>,
}

/// An interchange.
#[derive(Debug)]
pub(crate) struct Interchange<'t> {
    pub(crate) syntax: Syntax,
    /// ISA12, or UNB's syntax identifier and version.
    pub(crate) version: Vec<String>,
    pub(crate) sender: Address,
    pub(crate) receiver: Address,
    pub(crate) reference: String,
    /// Local time of its making, as far as it can be read.
    pub(crate) at: Option<DateTime>,
    pub(crate) test: bool,
    /// TA1 or CONTRL is asked for.
    pub(crate) asks: bool,
    pub(crate) groups: Vec<Group<'t>>,
    /// Acknowledgements of interchanges (TA1), which stand outside of groups.
    pub(crate) receipts: Vec<Segment<'t>>,
    pub(crate) faults: Vec<Fault>,
    /// Its own text.
    pub(crate) text: &'t str,
}

impl Interchange<'_> {
    /// Notes a fault once.
    pub(crate) fn fault(&mut self, fault: Fault) {
        note(&mut self.faults, fault);
    }
}

/// Adds a fault once.
pub(crate) fn note(faults: &mut Vec<Fault>, fault: Fault) {
    if !faults.contains(&fault) {
        faults.push(fault);
        faults.sort_unstable();
    }
}

/// Whether two control numbers are the same: partners fill them up with zeros as they like.
pub(crate) fn same_reference(left: &str, right: &str) -> bool {
    let bare = |text: &str| text.trim().trim_start_matches('0').to_owned();
    bare(left) == bare(right)
}

/// Checks what a trailer repeats and counts.
pub(crate) fn trailer(
    faults: &mut Vec<Fault>,
    segment: &Segment<'_>,
    count: usize,
    reference: &str,
) -> Option<usize> {
    let counted = segment.text(1).and_then(|text| text.parse().ok());
    if counted != Some(count) {
        note(faults, Fault::Count);
    }
    if !segment.text(2).is_some_and(|text| same_reference(text, reference)) {
        note(faults, Fault::References);
    }
    counted
}

/// A segment inside of which the next one begins on a new line has lost its terminator. `starts` tells the beginning
/// of a segment. Gives the pieces, and whether there was more than one.
pub(crate) fn mend<'t>(piece: &'t str, starts: &dyn Fn(&str) -> bool) -> (Vec<&'t str>, bool) {
    let piece = piece.trim();
    let mut pieces = Vec::new();
    let mut rest = piece;
    let mut from = 0;
    while let Some(found) = rest.get(from..).and_then(|text| text.find('\n')) {
        let at = from + found;
        let (head, tail) = (rest.get(..at).unwrap_or_default(), rest.get(at + 1..).unwrap_or_default());
        if starts(tail.trim_start()) {
            pieces.push(head.trim());
            rest = tail;
            from = 0;
        } else {
            from = at + 1;
        }
    }
    pieces.push(rest.trim());
    let mended = pieces.len() > 1;
    pieces.retain(|piece| !piece.is_empty());
    (pieces, mended)
}
