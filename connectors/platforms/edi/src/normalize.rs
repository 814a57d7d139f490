//! Interchanges to observations.

mod change;
mod money;
mod order;
mod parcel;
mod people;

use jiff::tz::TimeZoneDatabase;
use jiff::{SignedDuration, Timestamp};

use crossdock_connector::{
    Capture, Error, ErrorKind, Issue, IssueKind, Normalize, Normalized, Result, Secret,
};
use crossdock_schemas::{Observation, OrderRef, Source, Ts};

use crate::codes::{self, About};
use crate::config::Config;
use crate::read::answer::{self, Answer};
use crate::read::shipment::{self, Shipment};
use crate::read::{Purchase, order_edifact, order_x12, receipt};
use crate::scan::{Profile, Scan, Wrong};
use crate::syntax::{Address, Document, Fault, Interchange, Syntax};
use crate::{INTERCHANGE, PLATFORM, edifact, text, x12};

/// The settings, ready for use.
#[derive(Debug)]
pub(crate) struct House {
    profiles: Vec<Profile>,
    pub(crate) carriers: std::collections::BTreeMap<String, String>,
    /// Of the URL, those in force.
    pub(crate) tokens: Vec<Secret>,
}

/// Whether the partner sent an interchange or gets it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    In,
    /// A copy of what was sent.
    Out,
}

impl House {
    pub(crate) fn new(config: Config) -> Result<Self> {
        let tokens = config.path_token.into_iter().chain(config.previous_path_token).collect();
        let mut profiles = Vec::with_capacity(config.partner.len());
        for (at, partner) in config.partner.into_iter().enumerate() {
            let zone = TimeZoneDatabase::bundled().get(&partner.time_zone).map_err(|_| {
                let what = "expected an IANA time zone like America/Los_Angeles";
                Error::config(what).at(format!("partner[{at}].time_zone"))
            })?;
            profiles.push(Profile { config: partner, zone });
        }
        Ok(Self { profiles, carriers: config.carriers, tokens })
    }

    /// The partner of an interchange: its sender, else its receiver.
    pub(crate) fn partner(&self, read: &Interchange<'_>) -> Result<(&Profile, Way)> {
        let find = |address: &Address| {
            self.profiles.iter().find(|profile| {
                let wanted = profile.config.qualifier.as_deref();
                profile.config.id == address.id
                    && wanted.is_none_or(|wanted| address.qualifier.as_deref() == Some(wanted))
            })
        };
        let found = find(&read.sender).map(|profile| (profile, Way::In));
        found.or_else(|| find(&read.receiver).map(|profile| (profile, Way::Out))).ok_or_else(|| {
            let id: String = read.sender.id.chars().take(35).collect();
            let what = "neither sender nor receiver is a partner in the settings";
            Error::malformed(what).at("$.sender").with("sender", id.escape_debug())
        })
    }
}

/// The interchanges of a text, one after the other.
///
/// # Errors
/// `Malformed` when it does not begin with one.
pub(crate) fn interchanges(text: &str) -> Result<Vec<Interchange<'_>>> {
    let mut found: Vec<Interchange<'_>> = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let (read, after) = if rest.starts_with("ISA") {
            x12::read(rest)?
        } else if rest.starts_with("UNA") || rest.starts_with("UNB") {
            edifact::read(rest)?
        } else if let Some(last) = found.last_mut() {
            // What follows an interchange and is none was cut off somewhere.
            last.fault(Fault::NoTrailer);
            break;
        } else if rest.starts_with("STX=") {
            return Err(Error::malformed("TRADACOMS is neither X12 nor EDIFACT").at("$"));
        } else {
            return Err(Error::malformed("expected X12 (ISA) or EDIFACT (UNA or UNB)").at("$"));
        };
        found.push(read);
        rest = after.trim_start();
    }
    Ok(found)
}

/// What a document holds.
#[derive(Debug)]
pub(crate) enum Content {
    Purchase(Box<Purchase>),
    Answer(Answer),
    Shipment(Box<Shipment>),
    Receipt,
    Passed,
}

/// A document that was read, and whether anything may be made of it. The acknowledgement says the same.
#[derive(Debug)]
pub(crate) struct Judged {
    pub(crate) about: Option<About>,
    pub(crate) content: Option<Content>,
    pub(crate) wrong: Vec<Wrong>,
    issues: Vec<Issue>,
    /// Why nothing may be made of it.
    pub(crate) refused: Option<Error>,
}

/// Reads a document.
pub(crate) fn judge(profile: &Profile, syntax: Syntax, document: &Document<'_>) -> Judged {
    let mut scan = Scan::new(syntax, profile, document);
    let about = codes::about(&document.kind);
    let purchase = |read: Option<Purchase>| read.map(|read| Content::Purchase(Box::new(read)));
    let content = match about {
        Some(about @ (About::Order | About::Change)) => purchase(match syntax {
            Syntax::X12 => order_x12::read(&mut scan, document, about),
            Syntax::Edifact => order_edifact::read(&mut scan, document),
        }),
        Some(about @ (About::Answer | About::ChangeAnswer)) => {
            answer::read(&mut scan, document, about).map(Content::Answer)
        }
        Some(About::Shipment) => {
            shipment::read(&mut scan, document).map(|read| Content::Shipment(Box::new(read)))
        }
        Some(About::Receipt) => {
            receipt::read(&mut scan, document);
            Some(Content::Receipt)
        }
        Some(About::Passed) => Some(Content::Passed),
        None => None,
    };
    let fatal = |fault: &&Fault| profile.config.strict || **fault == Fault::NoTrailer;
    let refused = match document.faults.iter().find(fatal) {
        _ if about.is_none() => {
            let what = "a document of a type that is not known";
            Some(Error::new(ErrorKind::Unsupported, what).vendor(&document.kind).at(&scan.place))
        }
        Some(fault) => Some(Error::malformed(fault.says()).at(&scan.place)),
        None => scan.error(),
    };
    for fault in document.faults.iter().filter(|fault| !fatal(fault)) {
        scan.issues.push(Issue::new(IssueKind::BadValue, scan.place.clone(), fault.says()));
    }
    Judged { about, content, wrong: scan.wrong, issues: scan.issues, refused }
}

/// What observations of one document have in common.
pub(crate) struct Teller<'a> {
    profile: &'a Profile,
    house: &'a House,
    syntax: Syntax,
    place: String,
    /// Which document of its interchange it is, from 1.
    ordinal: u16,
    /// When the interchange was made.
    sent: Option<Ts>,
    issues: &'a mut Vec<Issue>,
}

impl Teller<'_> {
    fn source(&self, revision: Timestamp) -> Source {
        Source {
            platform: PLATFORM.to_owned(),
            shop: self.profile.config.shop.clone(),
            connector: Some(concat!("edi@", env!("CARGO_PKG_VERSION")).to_owned()),
            revision: Some(Ts::utc(revision).millis_text()),
            ..Source::default()
        }
    }

    fn order_ref(&self, order_no: &str) -> OrderRef {
        OrderRef {
            platform: PLATFORM.to_owned(),
            shop: self.profile.config.shop.clone(),
            order_no: order_no.to_owned(),
        }
    }

    /// When the interchange was made, later by as many milliseconds as the change has a number: so what one interchange
    /// says twice of an order has an order of its own, and a change always comes after its order.
    fn said(&self, sequence: Option<&str>) -> Result<Timestamp> {
        let sent = self.sent.ok_or_else(|| self.undated())?;
        let number = sequence.and_then(|text| text.parse().ok()).unwrap_or(self.ordinal);
        let later = SignedDuration::from_millis(i64::from(number.clamp(1, 999)));
        Ok(sent.at.checked_add(later).unwrap_or(sent.at))
    }

    fn undated(&self) -> Error {
        Error::malformed("neither the interchange nor the document has a date").at(self.place.clone())
    }

    fn issue(&mut self, kind: IssueKind, path: &str, what: impl Into<String>) {
        self.issues.push(Issue::new(kind, format!("{}.{path}", self.place), what));
    }

    fn unmapped(&mut self, path: &str, code: &str) {
        self.issue(IssueKind::UnmappedCode, path, code);
    }
}

impl Normalize for House {
    fn normalize(&self, capture: &Capture) -> Result<Normalized> {
        if capture.topic != INTERCHANGE {
            let what = format!("only the topic `{INTERCHANGE}` is known");
            return Err(Error::new(ErrorKind::Unsupported, what));
        }
        let text = text::decode(&capture.body)?;
        let mut found = Found::default();
        for read in interchanges(&text)? {
            self.interchange(&read, &mut found)?;
        }
        found.finish()
    }
}

/// What a capture means, while it is read.
#[derive(Default)]
struct Found {
    observations: Vec<Observation>,
    issues: Vec<Issue>,
    bad: Option<Error>,
    ignored: Option<&'static str>,
}

impl Found {
    fn bad(&mut self, error: Error) {
        let path = error.path.clone().unwrap_or_default();
        self.issues.push(Issue::new(IssueKind::Malformed, path, error.message()));
        self.bad.get_or_insert(error);
    }

    fn finish(self) -> Result<Normalized> {
        let Self { observations, issues, bad, ignored } = self;
        if !observations.is_empty() {
            return Ok(Normalized { observations, issues, ..Normalized::default() });
        }
        match (bad, ignored) {
            (Some(error), _) => Err(error),
            (None, Some(word)) => Ok(Normalized { issues, ..Normalized::ignored(word) }),
            (None, None) => Err(Error::malformed("an interchange without documents").at("$")),
        }
    }
}

impl House {
    fn interchange(&self, read: &Interchange<'_>, found: &mut Found) -> Result<()> {
        let (profile, way) = self.partner(read)?;
        if read.test && !profile.config.accept_tests {
            found.ignored = Some("test");
            return Ok(());
        }
        let groups = read.groups.iter().flat_map(|group| &group.faults);
        let mut cut = false;
        for fault in read.faults.iter().chain(groups) {
            let what = format!("the envelope: {}", fault.says());
            if profile.config.strict {
                found.bad(Error::malformed(what).at("$"));
                return Ok(());
            }
            // Something may have been cut off: the whole is kept for repair.
            let lost = *fault == Fault::NoTrailer;
            let kind = if lost { IssueKind::Malformed } else { IssueKind::BadValue };
            cut |= lost;
            found.issues.push(Issue::new(kind, "$", what));
        }
        receipt::interchange(read, &mut found.issues);
        if !read.receipts.is_empty() {
            found.ignored = Some("acknowledgement");
        }
        let sent = read.at.and_then(|at| text::moment(at, &profile.zone));
        let documents = read.groups.iter().flat_map(|group| &group.documents);
        for (at, document) in documents.enumerate() {
            let mut judged = judge(profile, read.syntax, document);
            found.issues.append(&mut judged.issues);
            if let Some(error) = judged.refused {
                found.bad(error);
                continue;
            }
            let mut teller = Teller {
                profile,
                house: self,
                syntax: read.syntax,
                place: format!("$.{}[{}]", document.kind, document.reference),
                ordinal: u16::try_from(at + 1).unwrap_or(u16::MAX),
                sent,
                issues: &mut found.issues,
            };
            let told = match judged.content {
                Some(Content::Purchase(_)) if way == Way::Out => Ok(Told::Nothing("own_purchase")),
                Some(Content::Purchase(read)) => change::purchase(&mut teller, *read, judged.about),
                Some(Content::Answer(read)) => change::answer(&mut teller, read),
                Some(Content::Shipment(read)) => parcel::shipment(&mut teller, *read),
                Some(Content::Receipt) => Ok(Told::Nothing("acknowledgement")),
                Some(Content::Passed) | None => Ok(Told::Nothing("not_read")),
            };
            match told {
                Ok(Told::Observations(mut more)) => found.observations.append(&mut more),
                Ok(Told::Nothing(word)) => found.ignored = Some(word),
                Err(error) => found.bad(error),
            }
        }
        if cut {
            found.bad.get_or_insert(Error::malformed("the envelope has no trailer").at("$"));
        }
        Ok(())
    }
}

/// What a document says.
pub(crate) enum Told {
    Observations(Vec<Observation>),
    Nothing(&'static str),
}
