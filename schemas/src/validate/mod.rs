//! What the model requires beyond its types. An observation with problems is not thrown away: the caller
//! decides, and each problem names the place and what is allowed there.

mod case;
mod ext;
mod order;
mod party;
mod travel;

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Dec, Entity, Observation, Source, Ts, Window, text};

/// Something the model does not allow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Where: `$.order.lines[2].quantity`.
    pub path: String,
    /// What is wrong and what is allowed, without personal data.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.message)
    }
}

impl Observation {
    /// Everything the model does not allow here. Empty means valid.
    #[must_use]
    pub fn validate(&self) -> Vec<Problem> {
        let mut check = Check { full: !self.partial, problems: Vec::new() };
        let root = At::ROOT;
        match &self.entity {
            Entity::Order(order) => check.order(&root.name("order"), order),
            Entity::Aftersale(aftersale) => check.aftersale(&root.name("aftersale"), aftersale),
            Entity::Parcel(parcel) => check.parcel(&root.name("parcel"), parcel),
            Entity::Inventory(level) => check.inventory(&root.name("inventory"), level),
        }
        let refs = root.name("refs");
        for (index, order) in self.refs.iter().enumerate() {
            let at = refs.index(index);
            check.slug(&at.name("platform"), &order.platform);
            check.there(&at.name("shop"), &order.shop);
            check.there(&at.name("order_no"), &order.order_no);
        }
        check.problems
    }
}

/// A place in the observation; becomes text only when there is a problem.
#[derive(Clone, Copy)]
struct At<'a> {
    parent: Option<&'a At<'a>>,
    step: Step<'a>,
}

#[derive(Clone, Copy)]
enum Step<'a> {
    Root,
    Name(&'a str),
    Index(usize),
}

impl<'a> At<'a> {
    const ROOT: At<'static> = At { parent: None, step: Step::Root };

    const fn name(&'a self, name: &'a str) -> At<'a> {
        At { parent: Some(self), step: Step::Name(name) }
    }

    const fn index(&'a self, index: usize) -> At<'a> {
        At { parent: Some(self), step: Step::Index(index) }
    }
}

impl fmt::Display for At<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(parent) = self.parent {
            parent.fmt(f)?;
        }
        match self.step {
            Step::Root => f.write_str("$"),
            Step::Name(name) => write!(f, ".{name}"),
            Step::Index(index) => write!(f, "[{index}]"),
        }
    }
}

/// What was found so far.
struct Check {
    /// Whether everything the source says now must be there.
    full: bool,
    problems: Vec<Problem>,
}

impl Check {
    fn problem(&mut self, at: &At<'_>, message: impl Into<String>) {
        self.problems.push(Problem { path: at.to_string(), message: message.into() });
    }

    fn ensure(&mut self, at: &At<'_>, holds: bool, message: &str) {
        if !holds {
            self.problem(at, message);
        }
    }

    /// A text that says something.
    fn there(&mut self, at: &At<'_>, value: &str) {
        self.ensure(at, !text::is_blank(value), "is missing");
    }

    /// Something that only a partial observation may lack.
    fn known<T>(&mut self, at: &At<'_>, value: Option<&T>) {
        self.ensure(at, value.is_some() || !self.full, "is missing in a full observation");
    }

    fn slug(&mut self, at: &At<'_>, value: &str) {
        let fits = (2..=32).contains(&value.len())
            && value.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        self.ensure(at, fits, "must be 2 to 32 of a-z, 0-9 and _");
    }

    fn currency(&mut self, at: &At<'_>, value: &str) {
        let fits = value.len() == 3 && value.bytes().all(|b| b.is_ascii_uppercase());
        self.ensure(at, fits, "must be an ISO 4217 code of three capitals");
    }

    fn country(&mut self, at: &At<'_>, value: Option<&str>) {
        let fits = value.is_none_or(|v| v.len() == 2 && v.bytes().all(|b| b.is_ascii_uppercase()));
        self.ensure(at, fits, "must be an ISO 3166-1 code of two capitals");
    }

    fn unit(&mut self, at: &At<'_>, value: Option<&str>) {
        let fits = |v: &str| {
            (1..=3).contains(&v.len()) && v.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
        };
        self.ensure(
            at,
            value.is_none_or(fits),
            "must be a UN/ECE Rec 20 code of one to three capitals or digits",
        );
    }

    fn digits(&mut self, at: &At<'_>, value: Option<&str>, lengths: &[usize], message: &str) {
        let fits = |v: &str| lengths.contains(&v.len()) && v.bytes().all(|b| b.is_ascii_digit());
        self.ensure(at, value.is_none_or(fits), message);
    }

    fn hex_key(&mut self, at: &At<'_>, value: Option<&str>, prefix: &str) {
        // All digits at once: nearly always each is one.
        let digit = |all: bool, b: &u8| all & matches!(b, b'0'..=b'9' | b'a'..=b'f');
        let fits = |v: &str| {
            let hex = v.strip_prefix(prefix).and_then(|hex| <&[u8; 64]>::try_from(hex.as_bytes()).ok());
            hex.is_some_and(|hex| hex.iter().fold(true, digit))
        };
        if !value.is_none_or(fits) {
            self.problem(at, format!("must be {prefix} and 64 lower-case hex digits"));
        }
    }

    fn dec(&mut self, at: &At<'_>, value: Option<Dec>) {
        let fits = value.is_none_or(|v| v.fits_wire() && v.fits_hash());
        self.ensure(at, fits, "has more than 28 digits, or 19 before or 10 after the point");
    }

    fn not_negative(&mut self, at: &At<'_>, value: Option<Dec>) {
        self.dec(at, value);
        self.ensure(at, value.is_none_or(|v| !v.is_negative()), "must not be negative");
    }

    fn positive(&mut self, at: &At<'_>, value: Dec) {
        self.dec(at, Some(value));
        self.ensure(at, value > Dec::ZERO, "must be greater than zero");
    }

    fn window(&mut self, at: &At<'_>, window: Option<&Window>) {
        if let Some(Window { from: Some(from), to: Some(to) }) = window {
            self.in_order(at, *from, *to);
        }
    }

    fn in_order(&mut self, at: &At<'_>, from: Ts, to: Ts) {
        self.ensure(at, from <= to, "ends before it begins");
    }

    fn source(&mut self, at: &At<'_>, source: &Source) {
        self.slug(&at.name("platform"), &source.platform);
        self.there(&at.name("shop"), &source.shop);
        if let Some(revision) = &source.revision {
            self.there(&at.name("revision"), revision);
        }
        self.hex_key(&at.name("raw_sha256"), source.raw_sha256.as_deref(), "");
    }
}
