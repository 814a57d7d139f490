//! Reading the values of one document: what cannot be read is a fault that the acknowledgement tells to the partner and
//! that keeps the document from being folded; what can be done without is an issue.

use jiff::civil::Date;
use jiff::tz::TimeZone;

use crossdock_connector::{Error, Issue, IssueKind};
use crossdock_schemas::{Dec, Ts};

use crate::config::PartnerConfig;
use crate::syntax::{Document, Segment, Syntax};
use crate::text;

/// A partner and the zone of its clocks.
#[derive(Debug)]
pub(crate) struct Profile {
    pub(crate) config: PartnerConfig,
    pub(crate) zone: TimeZone,
}

/// What is wrong with an element, or with its segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Problem {
    /// It must be there.
    Missing,
    /// It is no number.
    NoNumber,
    /// The segment must be there.
    NoSegment,
}

/// A fault of one element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wrong {
    pub(crate) tag: String,
    pub(crate) position: usize,
    pub(crate) element: usize,
    pub(crate) component: usize,
    pub(crate) problem: Problem,
    /// What stood there.
    pub(crate) value: String,
}

/// A document that is being read.
#[derive(Debug)]
pub(crate) struct Scan<'a> {
    pub(crate) syntax: Syntax,
    pub(crate) profile: &'a Profile,
    /// `$.850[0001]`.
    pub(crate) place: String,
    pub(crate) wrong: Vec<Wrong>,
    pub(crate) issues: Vec<Issue>,
}

impl<'a> Scan<'a> {
    pub(crate) fn new(syntax: Syntax, profile: &'a Profile, document: &Document<'_>) -> Self {
        let place = format!("$.{}[{}]", document.kind, document.reference);
        Self { syntax, profile, place, wrong: Vec::new(), issues: Vec::new() }
    }

    fn at(&self, segment: &Segment<'_>, element: usize) -> String {
        format!("{}.{}[{}].{element:02}", self.place, segment.tag, segment.position)
    }

    fn fault(&mut self, segment: &Segment<'_>, element: usize, component: usize, problem: Problem) {
        self.wrong.push(Wrong {
            tag: segment.tag.to_owned(),
            position: segment.position,
            element,
            component,
            problem,
            value: segment.part(element, component).unwrap_or_default().to_owned(),
        });
    }

    /// A segment without which the document says nothing.
    pub(crate) fn segment<'s, 't>(
        &mut self,
        document: &'s Document<'t>,
        tag: &str,
    ) -> Option<&'s Segment<'t>> {
        let found = document.segments.iter().find(|segment| segment.tag == tag);
        if found.is_none() {
            self.missing(tag, 2);
        }
        found
    }

    /// A segment that should have stood there.
    pub(crate) fn missing(&mut self, tag: &str, position: usize) {
        self.wrong.push(Wrong {
            tag: tag.to_owned(),
            position,
            element: 0,
            component: 0,
            problem: Problem::NoSegment,
            value: String::new(),
        });
    }

    /// A text that must be there.
    pub(crate) fn required(
        &mut self,
        segment: &Segment<'_>,
        element: usize,
        component: usize,
    ) -> Option<String> {
        let text = segment.part(element, component).map(str::to_owned);
        if text.is_none() {
            self.fault(segment, element, component, Problem::Missing);
        }
        text
    }

    /// A number that may be missing.
    pub(crate) fn number(&mut self, segment: &Segment<'_>, element: usize, component: usize) -> Option<Dec> {
        let text = segment.part(element, component)?;
        let read = text::real(text);
        if read.is_none() {
            self.fault(segment, element, component, Problem::NoNumber);
        }
        read
    }

    /// A number with two implied decimals that may be missing.
    pub(crate) fn cents(&mut self, segment: &Segment<'_>, element: usize) -> Option<Dec> {
        let text = segment.text(element)?;
        let read = text::hundredths(text);
        if read.is_none() {
            self.fault(segment, element, 0, Problem::NoNumber);
        }
        read
    }

    /// A quantity that must be there.
    pub(crate) fn quantity(
        &mut self,
        segment: &Segment<'_>,
        element: usize,
        component: usize,
    ) -> Option<Dec> {
        if segment.part(element, component).is_none() {
            self.fault(segment, element, component, Problem::Missing);
        }
        self.number(segment, element, component)
    }

    /// A day that can be done without.
    pub(crate) fn day(&mut self, segment: &Segment<'_>, element: usize, component: usize) -> Option<Date> {
        let text = segment.part(element, component)?;
        let read = text::date(text);
        if read.is_none() {
            self.issue(IssueKind::BadValue, segment, element, "not a date like 20261121");
        }
        read
    }

    /// DTM of EDIFACT: a moment, or the day it names. Formats 102, 203, 204, and 303 with its offset in hours.
    pub(crate) fn dated(&mut self, segment: &Segment<'_>) -> Option<(Ts, Option<Date>)> {
        let text = segment.part(1, 1)?;
        let zone = &self.profile.zone;
        let day = text.get(..8).and_then(text::date);
        let read = match (segment.part(1, 2), day) {
            (Some("203" | "204"), Some(day)) => {
                let hour = text.get(8..).and_then(text::time);
                hour.and_then(|hour| text::moment(day.to_datetime(hour), zone)).map(|at| (at, None))
            }
            (Some("303"), Some(day)) => {
                let hour = text.get(8..12).and_then(text::time);
                let zone = text.get(12..).and_then(text::offset);
                let at = hour.zip(zone).and_then(|(hour, zone)| text::moment(day.to_datetime(hour), &zone));
                at.map(|at| (at, None))
            }
            (Some("102") | None, Some(day)) if text.len() == 8 => {
                text::midnight(day, zone).map(|at| (at, Some(day)))
            }
            _ => None,
        };
        if read.is_none() {
            self.issue(IssueKind::BadValue, segment, 1, "not a date in format 102, 203, 204 or 303");
        }
        read
    }

    /// The beginning of a day in the partner's zone.
    pub(crate) fn midnight(&self, day: Date) -> Option<Ts> {
        text::midnight(day, &self.profile.zone)
    }

    /// The end of a day in the partner's zone.
    pub(crate) fn day_end(&self, day: Date) -> Option<Ts> {
        text::day_end(day, &self.profile.zone)
    }

    /// Something people should know.
    pub(crate) fn issue(&mut self, kind: IssueKind, segment: &Segment<'_>, element: usize, what: &str) {
        let path = self.at(segment, element);
        self.issues.push(Issue::new(kind, path, what));
    }

    /// A code that is not in our tables.
    pub(crate) fn unmapped(&mut self, segment: &Segment<'_>, element: usize, code: &str) {
        let path = self.at(segment, element);
        self.issues.push(Issue::unmapped(path, code));
    }

    /// The first fault as an error.
    pub(crate) fn error(&self) -> Option<Error> {
        let wrong = self.wrong.first()?;
        let what = match wrong.problem {
            Problem::Missing => "must not be empty",
            Problem::NoNumber => "expected a number",
            Problem::NoSegment => "the segment is missing",
        };
        let path = match wrong.problem {
            Problem::NoSegment => format!("{}.{}", self.place, wrong.tag),
            Problem::Missing | Problem::NoNumber => {
                format!("{}.{}[{}].{:02}", self.place, wrong.tag, wrong.position, wrong.element)
            }
        };
        Some(Error::malformed(what).at(path))
    }
}
