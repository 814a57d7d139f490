//! One bill on its way: what is known of it, and which step comes next.

use crossdock_connector::{Delivery, Error, ErrorKind, Outcome, Result};
use serde_json::Value;

use crate::bills::Withdraw;
use crate::call::{MOST_ROWS, Model};
use crate::config::{Approve, Config};
use crate::documents::Following;
use crate::error::may_be_done;
use crate::order::Writing;
use crate::plan::{Plan, Subject, Target};
use crate::rows::{self, Entry, Found, SourceRow, Status};

/// What comes next for a bill.
#[derive(Debug)]
pub(crate) enum Stage {
    Ask,
    Sources,
    Entries,
    Unaudit,
    Delete,
    Save(Model),
    Update(Model),
    /// A step was refused: is it done all the same?
    Check(Tried, Error),
    Submit,
    Audit,
    Done(Outcome),
}

/// A step that was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tried {
    Save,
    Submit,
    Audit,
    Unaudit,
    Delete,
}

/// A call, without what it is about. In the order in which they are made when bills are at different steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Ask,
    Sources,
    Entries,
    Unaudit,
    Delete,
    Save,
    Update,
    Check,
    Submit,
    Audit,
}

pub(crate) const KINDS: [Kind; 10] = [
    Kind::Ask,
    Kind::Sources,
    Kind::Entries,
    Kind::Unaudit,
    Kind::Delete,
    Kind::Save,
    Kind::Update,
    Kind::Check,
    Kind::Submit,
    Kind::Audit,
];

impl Kind {
    /// Whether one call is about all bills at this step.
    pub(crate) const fn shared(self) -> bool {
        matches!(self, Self::Ask | Self::Save | Self::Check | Self::Submit | Self::Audit)
    }
}

impl Stage {
    pub(crate) const fn kind(&self) -> Option<Kind> {
        Some(match self {
            Self::Ask => Kind::Ask,
            Self::Sources => Kind::Sources,
            Self::Entries => Kind::Entries,
            Self::Unaudit => Kind::Unaudit,
            Self::Delete => Kind::Delete,
            Self::Save(_) => Kind::Save,
            Self::Update(_) => Kind::Update,
            Self::Check(..) => Kind::Check,
            Self::Submit => Kind::Submit,
            Self::Audit => Kind::Audit,
            Self::Done(_) => return None,
        })
    }
}

/// One delivery and its bill.
pub(crate) struct Item<'a> {
    delivery: &'a Delivery,
    pub(crate) plan: Option<Plan>,
    pub(crate) stage: Stage,
    found: Option<Found>,
    sources: Option<Vec<SourceRow>>,
    entries: Option<Vec<Entry>>,
    /// The bill says what the event says.
    written: bool,
    /// Something was changed over there.
    acted: bool,
}

impl<'a> Item<'a> {
    /// A delivery that nothing is known about yet.
    pub(crate) fn new(config: &Config, delivery: &'a Delivery) -> Self {
        let (plan, stage) = match Plan::of(config, delivery) {
            Ok(Some(plan)) => (Some(plan), Stage::Ask),
            Ok(None) => (None, Stage::Done(Outcome::AlreadyThere)),
            Err(error) => (None, Stage::Done(Outcome::from_error(error))),
        };
        Self {
            delivery,
            plan,
            stage,
            found: None,
            sources: None,
            entries: None,
            written: false,
            acted: false,
        }
    }
}

impl Item<'_> {
    /// Rows of a query.
    pub(crate) fn read(&mut self, config: &Config, kind: Kind, rows: &[Vec<Value>]) {
        let Some(plan) = &self.plan else { return };
        match kind {
            Kind::Sources | Kind::Entries if rows.len() >= MOST_ROWS => {
                let what = format!("kingdee query: {MOST_ROWS} lines and more are not read");
                self.stage = Stage::Done(Outcome::Rejected(Error::new(ErrorKind::Rejected, what)));
            }
            Kind::Sources => {
                let sources = rows::sources(rows);
                match missing(plan, &sources) {
                    Some(error) => self.stage = Stage::Done(Outcome::Wait(error)),
                    None => {
                        self.sources = Some(sources);
                        self.next(config);
                    }
                }
            }
            Kind::Entries => {
                self.entries = Some(rows::entries(rows));
                self.next(config);
            }
            Kind::Check => {
                let found = rows::bill(rows, &plan.number);
                let Stage::Check(tried, error) = std::mem::replace(&mut self.stage, Stage::Ask) else {
                    return;
                };
                let status = found.as_ref().map(|found| found.status);
                let done = match tried {
                    Tried::Save => found.is_some(),
                    Tried::Submit => matches!(status, Some(Status::Reviewed | Status::Audited)),
                    Tried::Audit => status == Some(Status::Audited),
                    Tried::Unaudit => matches!(status, Some(Status::Again | Status::Created)),
                    Tried::Delete => found.is_none(),
                };
                if !done {
                    self.stage = Stage::Done(Outcome::from_error(error));
                    return;
                }
                // What appeared between question and answer was written for the same order.
                self.written |= tried == Tried::Save;
                self.found = found;
                self.next(config);
            }
            _ => {
                self.found = rows::bill(rows, &plan.number);
                self.next(config);
            }
        }
    }

    /// A step that was done.
    pub(crate) fn did(&mut self, config: &Config, kind: Kind) {
        let Some(plan) = &self.plan else { return };
        self.acted = true;
        let status = match kind {
            Kind::Submit => Status::Reviewed,
            Kind::Audit => Status::Audited,
            Kind::Unaudit => Status::Again,
            _ => Status::Created,
        };
        match kind {
            Kind::Delete => self.found = None,
            Kind::Save => {
                self.found = Some(Found { id: String::new(), status, revision: Some(plan.revision) });
            }
            _ => {
                if let Some(found) = &mut self.found {
                    found.status = status;
                }
            }
        }
        self.written |= matches!(kind, Kind::Save | Kind::Update);
        self.next(config);
    }

    /// A step that was refused.
    pub(crate) fn refused(&mut self, kind: Kind, error: Error) {
        let tried = match kind {
            Kind::Save => Some(Tried::Save),
            Kind::Submit => Some(Tried::Submit),
            Kind::Audit => Some(Tried::Audit),
            Kind::Unaudit => Some(Tried::Unaudit),
            Kind::Delete => Some(Tried::Delete),
            Kind::Update | Kind::Ask | Kind::Sources | Kind::Entries | Kind::Check => None,
        };
        self.stage = match tried {
            Some(tried) if may_be_done(&error) => Stage::Check(tried, error),
            _ => Stage::Done(Outcome::from_error(error)),
        };
    }

    /// From what is known to what comes next.
    fn next(&mut self, config: &Config) {
        let Some(plan) = &self.plan else { return };
        self.stage = match (&self.found, plan.target) {
            (None, Target::Withdrawn) => self.done(),
            (None, _) if self.sources.is_none() && !plan.needs.is_empty() => Stage::Sources,
            (None, _) => match self.create(config, plan) {
                Ok(model) => Stage::Save(model),
                Err(error) => Stage::Done(Outcome::from_error(error)),
            },
            (Some(found), target) => self.onwards(config, plan, found, target),
        };
    }

    fn onwards(&self, config: &Config, plan: &Plan, found: &Found, target: Target) -> Stage {
        if !self.acted && found.revision.is_some_and(|there| there > plan.revision) {
            return Stage::Done(Outcome::AlreadyThere);
        }
        let status = found.status;
        if status == Status::Unknown {
            let what = format!("kingdee query: {} is in a state we do not know", plan.number);
            return Stage::Done(Outcome::Rejected(Error::new(ErrorKind::Unsupported, what)));
        }
        if target == Target::Withdrawn {
            return match (status, config.order.withdraw) {
                (Status::Audited, _) => Stage::Unaudit,
                (Status::Reviewed, _) => under_review(plan),
                (_, Withdraw::Delete) => Stage::Delete,
                (_, Withdraw::Unaudit) => self.done(),
            };
        }
        // A draft was never checked: it is written again. Only orders are: the others say their thing once.
        let same = found.revision == Some(plan.revision);
        let order = matches!(plan.subject, Subject::Order(_));
        let stale = order && !self.written && ((plan.change && !same) || status == Status::Draft);
        match status {
            Status::Audited if stale => Stage::Unaudit,
            // Ours, from an attempt that broke off, goes on; people's review is not ours to cut short.
            Status::Reviewed if stale && target == Target::Audited => Stage::Audit,
            Status::Reviewed if stale => under_review(plan),
            _ if stale && self.entries.is_none() => Stage::Entries,
            _ if stale => match self.update(config, plan, found) {
                Ok(model) => Stage::Update(model),
                Err(error) => Stage::Done(Outcome::from_error(error)),
            },
            Status::Audited if target == Target::Saved && config.approve != Approve::Save => Stage::Unaudit,
            Status::Reviewed if target == Target::Saved && config.approve != Approve::Save => {
                under_review(plan)
            }
            Status::Created | Status::Again | Status::Draft if target != Target::Saved => Stage::Submit,
            Status::Reviewed if target == Target::Audited => Stage::Audit,
            _ => self.done(),
        }
    }

    fn done(&self) -> Stage {
        Stage::Done(if self.acted { Outcome::Delivered } else { Outcome::AlreadyThere })
    }

    fn create(&self, config: &Config, plan: &Plan) -> Result<Model> {
        let following = Following {
            config,
            data: &plan.data,
            number: &plan.number,
            revision: plan.revision,
            time: self.delivery.event.time,
            sources: self.sources.as_deref().unwrap_or_default(),
        };
        let lacks = |name: &str| Error::config("is missing").at(name);
        match &plan.subject {
            Subject::Order(_) => self.writing(config, plan)?.create(),
            Subject::Shipment(body) => {
                following.shipment(config.shipments.as_ref().ok_or_else(|| lacks("shipments"))?, body)
            }
            Subject::Return(body) => {
                following.goods_back(config.returns.as_ref().ok_or_else(|| lacks("returns"))?, body)
            }
            Subject::Refund(body) => {
                following.money_back(config.refunds.as_ref().ok_or_else(|| lacks("refunds"))?, body)
            }
        }
    }

    fn update(&self, config: &Config, plan: &Plan, found: &Found) -> Result<Model> {
        self.writing(config, plan)?.update(&found.id, self.entries.as_deref().unwrap_or_default())
    }

    fn writing<'w>(&self, config: &'w Config, plan: &'w Plan) -> Result<Writing<'w>> {
        let Subject::Order(body) = &plan.subject else {
            return Err(Error::new(ErrorKind::Bug, "an order that is none"));
        };
        Ok(Writing {
            config,
            order: &body.order,
            data: &plan.data,
            number: &plan.number,
            revision: plan.revision,
            time: self.delivery.event.time,
        })
    }
}

/// Nobody may change a bill while people review it.
fn under_review(plan: &Plan) -> Stage {
    let what = format!("{} is under review in Kingdee: nothing can be changed before that ends", plan.number);
    Stage::Done(Outcome::Wait(Error::new(ErrorKind::Rejected, what)))
}

/// What is not there yet: an order that was not written, or one that was not approved and so cannot ship.
fn missing(plan: &Plan, sources: &[SourceRow]) -> Option<Error> {
    for need in &plan.needs {
        let mut rows = sources.iter().filter(|row| row.number.eq_ignore_ascii_case(need)).peekable();
        let what = match rows.peek() {
            None => format!("its order {need} is not in Kingdee yet"),
            Some(row) if matches!(plan.subject, Subject::Shipment(_)) && row.status != Status::Audited => {
                format!("its order {need} is not approved in Kingdee yet")
            }
            Some(_) => continue,
        };
        return Some(Error::new(ErrorKind::NotFound, what));
    }
    None
}
