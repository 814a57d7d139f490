//! What is open while segments are read, the same in both syntaxes: a document, and the group around it.

use crate::syntax::{Document, Fault, Group, Interchange, Segment, note, trailer};

/// What is open.
pub(crate) struct Open<'t> {
    group: Option<Group<'t>>,
    document: Option<Document<'t>>,
    /// A terminator was missing since the last document ended.
    pub(crate) mended: bool,
    /// There are groups: the interchange counts them. Else one without a kind holds the documents, and nothing ends it.
    grouped: bool,
}

impl<'t> Open<'t> {
    /// Nothing yet; in X12 there always are groups.
    pub(crate) const fn new(grouped: bool) -> Self {
        Self { group: None, document: None, mended: false, grouped }
    }

    /// A group begins.
    pub(crate) fn group(&mut self, read: &mut Interchange<'t>, group: Group<'t>) {
        self.close(read);
        self.grouped = true;
        self.group = Some(group);
    }

    /// A document begins, with its header.
    pub(crate) fn document(
        &mut self,
        kind: String,
        reference: String,
        version: Vec<String>,
        segment: Segment<'t>,
    ) {
        self.close_document();
        let mut document = Document { kind, reference, version, segments: Vec::new(), faults: Vec::new() };
        put(&mut document, segment);
        self.document = Some(document);
    }

    /// Whether a document is open.
    pub(crate) const fn in_document(&self) -> bool {
        self.document.is_some()
    }

    /// A segment of the document; one between documents belongs to nobody.
    pub(crate) fn segment(&mut self, read: &mut Interchange<'t>, segment: Segment<'t>) {
        match &mut self.document {
            Some(document) => put(document, segment),
            None => read.fault(Fault::Count),
        }
    }

    /// The trailer of a document.
    pub(crate) fn end_document(&mut self, segment: Segment<'t>) {
        if let Some(mut document) = self.document.take() {
            let count = document.segments.len() + 1;
            trailer(&mut document.faults, &segment, count, &document.reference);
            if std::mem::take(&mut self.mended) {
                note(&mut document.faults, Fault::Terminator);
            }
            put(&mut document, segment);
            self.group.get_or_insert_default().documents.push(document);
        }
    }

    /// The trailer of a group.
    pub(crate) fn end_group(&mut self, read: &mut Interchange<'t>, segment: &Segment<'_>) {
        self.close_document();
        if let Some(mut group) = self.group.take() {
            let count = group.documents.len();
            group.counted = trailer(&mut group.faults, segment, count, &group.reference);
            read.groups.push(group);
        }
    }

    /// The trailer of the interchange: it counts groups, or documents where there are none.
    pub(crate) fn end(&mut self, read: &mut Interchange<'t>, segment: &Segment<'_>) {
        self.close(read);
        let documents = read.groups.iter().map(|group| group.documents.len()).sum();
        let count = if self.grouped { read.groups.len() } else { documents };
        let reference = read.reference.clone();
        trailer(&mut read.faults, segment, count, &reference);
    }

    /// Closes what is open without its trailer.
    pub(crate) fn close(&mut self, read: &mut Interchange<'t>) {
        self.close_document();
        if let Some(mut group) = self.group.take() {
            if self.grouped {
                note(&mut group.faults, Fault::NoTrailer);
            }
            read.groups.push(group);
        }
    }

    fn close_document(&mut self) {
        if let Some(mut document) = self.document.take() {
            note(&mut document.faults, Fault::NoTrailer);
            self.group.get_or_insert_default().documents.push(document);
        }
    }
}

fn put<'t>(document: &mut Document<'t>, mut segment: Segment<'t>) {
    segment.position = document.segments.len() + 1;
    document.segments.push(segment);
}
