//! A chain of units as far as it was read.

use crate::table::{Entry, Form, Level, Unit, UnitId};

/// A chain as far as it was read.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Chain {
    /// Where to read on.
    pub(crate) next: usize,
    /// Where the region begins and ends.
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// The deepest unit.
    pub(crate) unit: Option<UnitId>,
    /// By what form each level is written, and whether in this text.
    pub(crate) forms: [Option<Form>; 3],
    pub(crate) here: [bool; 3],
    pub(crate) score: i32,
    pub(crate) tokens: u8,
    pub(crate) repeated: bool,
    pub(crate) placeholder: Option<UnitId>,
    /// A city that is a district today: the district, unless another one follows.
    pub(crate) once_city: Option<UnitId>,
    /// What was read before a contradiction: the deepest unit and how many levels were written.
    pub(crate) against: Option<(UnitId, usize)>,
    /// Counts only when more follows.
    pub(crate) pending: bool,
}

impl Chain {
    /// Nothing read yet.
    pub(crate) const fn new() -> Chain {
        Chain {
            next: 0,
            start: 0,
            end: 0,
            unit: None,
            forms: [None; 3],
            here: [false; 3],
            score: 0,
            tokens: 0,
            repeated: false,
            placeholder: None,
            once_city: None,
            against: None,
            pending: false,
        }
    }

    /// What the official names of a district and of what it lies in say in fields of their own, when no other unit is
    /// called so.
    pub(super) const fn in_full(unit: UnitId) -> Chain {
        // A province is worth 40, each level below it 40 more.
        Chain { unit: Some(unit), forms: [Some(Form::Full); 3], score: 120, ..Chain::new() }
    }

    /// The same knowledge at the start of another text.
    pub(crate) fn carried(mut self) -> Chain {
        (self.next, self.start, self.end, self.tokens) = (0, 0, 0, 0);
        (self.here, self.repeated, self.pending) = ([false; 3], false, false);
        self
    }

    /// How many levels are written.
    pub(crate) fn written(&self) -> usize {
        self.forms.iter().flatten().count()
    }

    pub(super) fn form(&self, level: Level) -> Option<Form> {
        self.forms.get(level.depth()).copied().flatten()
    }

    /// Notes a name: by what form it writes its level.
    pub(super) fn write(&mut self, entry: Entry) {
        let (level, form) = (entry.level, entry.form);
        if let Some(slot) = self.forms.get_mut(level.depth()) {
            *slot = (*slot).max(Some(form));
        }
        if let Some(slot) = self.here.get_mut(level.depth()) {
            *slot = true;
        }
    }

    /// Goes on to a unit: the deepest from now on.
    pub(super) fn go_to(&mut self, entry: Entry, unit: &Unit, end: usize) {
        self.unit = Some(entry.unit);
        self.end = end;
        self.write(entry);
        self.once_city = (entry.level == Level::City && unit.level == Level::District).then_some(entry.unit);
    }
}
