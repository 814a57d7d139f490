//! What is known of one division.

/// Place of a unit in the table.
pub(crate) type UnitId = u16;

/// The three levels above the street.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    Province,
    City,
    District,
}

impl Level {
    /// As an index.
    pub(crate) const fn depth(self) -> usize {
        match self {
            Level::Province => 0,
            Level::City => 1,
            Level::District => 2,
        }
    }
}

/// What sort of unit it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Normal,
    /// A placeholder of the statistics that stands on no label.
    Virtual,
    /// A development zone: a code of the statistics, not of GB/T 2260.
    Zone,
    /// Hong Kong and Macau.
    Sar,
    /// Taiwan.
    Tw,
}

/// A piece of the table's one text.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Span {
    pub(crate) start: u32,
    pub(crate) len: u16,
}

/// One division.
#[derive(Debug, Clone)]
#[repr(align(64))]
pub(crate) struct Unit {
    pub(crate) code: u32,
    pub(crate) name: Span,
    pub(crate) level: Level,
    pub(crate) kind: Kind,
    pub(crate) parent: Option<UnitId>,
    pub(crate) province: UnitId,
    /// Itself for a city; none for a province and for districts right below one.
    pub(crate) city: Option<UnitId>,
    /// Its streets: first and one past the last.
    pub(crate) streets: (u32, u32),
    /// Which characters its streets begin with, a bit of each: most texts begin with none of them.
    pub(crate) firsts: u128,
    /// One of its streets is called as it is.
    pub(crate) namesake: bool,
    /// A province that is a city.
    pub(crate) municipality: bool,
    /// A name that describes a place anywhere (老城区, 东区): no evidence without its parent.
    pub(crate) generic: bool,
    /// Its short form also begins names of streets elsewhere: no evidence on its own.
    pub(crate) common: bool,
}

impl Unit {
    /// The bit of a character among [`Unit::firsts`].
    pub(crate) fn first(letter: char) -> u128 {
        1 << (u32::from(letter).wrapping_mul(0x9e37_79b1) >> 25)
    }
}

/// How a name refers to its unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Form {
    /// The usual word for a zone, understood only after its city: 高新区.
    ZoneWord,
    /// A former name without its suffix: 襄樊.
    FormerShort,
    /// The name without its suffix: 南山.
    Short,
    /// Another name that still says what it is: 恩施州, 围场县.
    Alias,
    /// A name that is no longer official.
    Former,
    /// The official name.
    Full,
}

impl Form {
    /// Whether the name ends in a word that makes it a division on sight.
    pub(crate) const fn is_whole(self) -> bool {
        matches!(self, Form::Alias | Form::Former | Form::Full)
    }

    /// What finding it is worth, in tenths of a point.
    pub(crate) const fn score(self) -> i32 {
        match self {
            Form::Full => 30,
            Form::Former => 25,
            Form::Alias => 22,
            Form::Short | Form::FormerShort | Form::ZoneWord => 20,
        }
    }
}

/// What a name may mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) unit: UnitId,
    pub(crate) form: Form,
    /// The level it is written at; a former city may be a district today.
    pub(crate) level: Level,
    /// The unit it lay in when it still had this name.
    pub(crate) via: Option<UnitId>,
}
