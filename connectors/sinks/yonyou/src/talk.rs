//! A conversation about one order: is it there, how far is it, and what comes next.
//!
//! Saving is safe to repeat, the steps after it are not: before one is repeated somebody has to look. So the first
//! thing said is a question. A step that is refused is looked at again: if the order stands where the step would have
//! led, it was done before.

use crossdock_connector::{
    Context, Delivery, Error, ErrorKind, Exchange, HttpRequest, HttpResponse, Outcome, Result, Step,
};

use crate::config::{Approve, Config, Withdraw};
use crate::plan::{Plan, Target};
use crate::reply::{Failure, copy};

/// An order that is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) id: String,
    pub(crate) status: Status,
}

/// How far an order is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    /// Saved.
    Open,
    /// Submitted: people review it.
    Reviewed,
    /// Audited, or further.
    Approved,
    /// Called off over there.
    Opposed,
    /// A word we do not know.
    Unknown(String),
}

/// A step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    Submit,
    Audit,
    Unaudit,
    Delete,
}

/// What a save did.
pub(crate) struct Saved {
    pub(crate) id: String,
    /// It was there before: nobody knows how far it is.
    pub(crate) again: bool,
}

/// One of the systems.
pub(crate) trait Desk: Send + Sync {
    /// Asks for an order by our number.
    fn query(&self, number: &str, context: &Context<'_>) -> Result<HttpRequest>;
    /// What was found.
    fn found(&self, number: &str, reply: &HttpResponse) -> Result<Option<Found>, Failure>;
    /// Saves an order that is new.
    fn save(&self, plan: &Plan, delivery: &Delivery, context: &Context<'_>) -> Result<HttpRequest>;
    /// What a save did.
    fn saved(&self, number: &str, reply: &HttpResponse) -> Result<Saved, Failure>;
    /// Asks how far an order is whose id is known.
    fn look(&self, id: &str, number: &str, context: &Context<'_>) -> Result<HttpRequest>;
    /// How far it is; `None` when it is not there.
    fn seen(&self, id: &str, number: &str, reply: &HttpResponse) -> Result<Option<Found>, Failure>;
    /// Takes a step.
    fn step(
        &self,
        operation: Operation,
        found: &Found,
        plan: &Plan,
        delivery: &Delivery,
        context: &Context<'_>,
    ) -> Result<HttpRequest>;
    /// What the step did.
    fn stepped(&self, operation: Operation, reply: &HttpResponse) -> Result<(), Failure>;
    /// Whether a saved order has to be submitted before it can be audited.
    fn submits(&self) -> bool;
}

/// What comes next.
enum Stage {
    Ask,
    Save,
    Look,
    /// A step was refused: is it done all the same?
    Check(Option<Operation>, Error),
    Take(Operation),
    Done(Outcome),
}

/// A conversation.
pub(crate) struct Talk<'a> {
    config: &'a Config,
    desk: &'a dyn Desk,
    delivery: &'a Delivery,
    plan: Option<Plan>,
    stage: Stage,
    found: Option<Found>,
    /// Something was changed over there.
    acted: bool,
}

impl<'a> Talk<'a> {
    pub(crate) fn new(config: &'a Config, desk: &'a dyn Desk, delivery: &'a Delivery) -> Self {
        let (plan, stage) = match Plan::of(config, delivery) {
            Ok(Some(plan)) => (Some(plan), Stage::Ask),
            Ok(None) => (None, Stage::Done(Outcome::AlreadyThere)),
            Err(error) => (None, Stage::Done(Outcome::from_error(error))),
        };
        Self { config, desk, delivery, plan, stage, found: None, acted: false }
    }

    /// Says what comes next, or what became of the delivery.
    pub(crate) fn say(self, context: &Context<'_>) -> Step {
        let call = self.call(context);
        match (self.stage, call) {
            (Stage::Done(outcome), _) => Step::Done(vec![outcome]),
            (_, Ok(Some(step))) => step,
            (_, Ok(None)) => {
                let what = Error::new(ErrorKind::Bug, "an order without an end");
                Step::Done(vec![Outcome::Uncertain(what)])
            }
            (_, Err(error)) => Step::Done(vec![Outcome::from_error(error)]),
        }
    }

    fn call(&self, context: &Context<'_>) -> Result<Option<Step>> {
        let Some(plan) = &self.plan else { return Ok(None) };
        let id = self.found.as_ref().map_or("", |found| found.id.as_str());
        Ok(Some(match &self.stage {
            Stage::Ask => Step::read("query", self.desk.query(&plan.number, context)?),
            Stage::Save => Step::write("save", self.desk.save(plan, self.delivery, context)?),
            Stage::Look => Step::read("look", self.desk.look(id, &plan.number, context)?),
            Stage::Check(None, _) => Step::read("check", self.desk.query(&plan.number, context)?),
            Stage::Check(Some(_), _) => Step::read("check", self.desk.look(id, &plan.number, context)?),
            Stage::Take(operation) => {
                let Some(found) = &self.found else { return Ok(None) };
                let name = match operation {
                    Operation::Submit => "submit",
                    Operation::Audit => "audit",
                    Operation::Unaudit => "unaudit",
                    Operation::Delete => "delete",
                };
                Step::write(name, self.desk.step(*operation, found, plan, self.delivery, context)?)
            }
            Stage::Done(_) => return Ok(None),
        }))
    }

    /// Takes in the answer to the call made last.
    pub(crate) fn hear(&mut self, exchange: &Exchange) {
        let Some(plan) = &self.plan else { return };
        let reply = &exchange.reply;
        let heard = match &self.stage {
            Stage::Ask => self.desk.found(&plan.number, reply).map(|found| {
                self.found = found;
                self.next()
            }),
            Stage::Save => match self.desk.saved(&plan.number, reply) {
                Ok(saved) => {
                    // A first attempt that nobody repeated has just made it; any other may have found it.
                    let fresh = !saved.again && self.delivery.attempt <= 1 && !self.delivery.maybe_there;
                    self.acted = true;
                    self.found = Some(Found { id: saved.id, status: Status::Open });
                    Ok(if fresh { self.next() } else { Stage::Look })
                }
                Err(Failure::Refused(error)) => Ok(Stage::Check(None, error)),
                Err(failure) => Err(failure),
            },
            Stage::Look => {
                let id = self.found.as_ref().map_or("", |found| found.id.as_str());
                let number = plan.number.clone();
                self.desk.seen(id, &number, reply).map(|found| match found {
                    Some(found) => {
                        self.found = Some(found);
                        self.next()
                    }
                    None => {
                        let what = format!("{number} was saved and is not there");
                        Stage::Done(Outcome::Retry(None, Error::new(ErrorKind::Unavailable, what)))
                    }
                })
            }
            Stage::Check(tried, error) => {
                self.checked(*tried, copy(error), plan, reply).map(|(found, stage)| {
                    self.found = found;
                    stage.unwrap_or_else(|| self.next())
                })
            }
            Stage::Take(operation) => {
                let operation = *operation;
                match self.desk.stepped(operation, reply) {
                    Ok(()) => {
                        self.acted = true;
                        self.took(operation);
                        Ok(self.next())
                    }
                    Err(Failure::Refused(error)) => Ok(Stage::Check(Some(operation), error)),
                    Err(failure) => Err(failure),
                }
            }
            Stage::Done(_) => return,
        };
        self.stage = heard.unwrap_or_else(|failure| Stage::Done(failure.outcome()));
    }

    fn took(&mut self, operation: Operation) {
        match (operation, &mut self.found) {
            (Operation::Delete, found) => *found = None,
            (Operation::Submit, Some(found)) => found.status = Status::Reviewed,
            (Operation::Audit, Some(found)) => found.status = Status::Approved,
            (Operation::Unaudit, Some(found)) => found.status = Status::Open,
            (_, None) => {}
        }
    }

    /// Whether what was refused is done all the same; else what became of the delivery.
    fn checked(
        &self,
        tried: Option<Operation>,
        error: Error,
        plan: &Plan,
        reply: &HttpResponse,
    ) -> Result<(Option<Found>, Option<Stage>), Failure> {
        let id = self.found.as_ref().map_or("", |found| found.id.as_str());
        let found = match tried {
            None => self.desk.found(&plan.number, reply)?,
            Some(_) => self.desk.seen(id, &plan.number, reply)?,
        };
        let status = found.as_ref().map(|found| &found.status);
        let done = match tried {
            None => found.is_some(),
            Some(Operation::Submit) => matches!(status, Some(Status::Reviewed | Status::Approved)),
            Some(Operation::Audit) => status == Some(&Status::Approved),
            Some(Operation::Unaudit) => status == Some(&Status::Open),
            Some(Operation::Delete) => found.is_none(),
        };
        let stage = (!done).then(|| Stage::Done(Outcome::from_error(error)));
        Ok((found, stage))
    }

    /// From what is known to what comes next.
    fn next(&self) -> Stage {
        let Some(plan) = &self.plan else { return self.done() };
        let Some(found) = &self.found else {
            return if plan.target == Target::Withdrawn { self.done() } else { Stage::Save };
        };
        let held = plan.target == Target::Saved && self.config.approve != Approve::Save;
        match (&found.status, plan.target) {
            (Status::Unknown(word), _) => {
                let what = format!("{} is in a state we do not know: `{word}`", plan.number);
                Stage::Done(Outcome::Rejected(Error::new(ErrorKind::Unsupported, what)))
            }
            (Status::Opposed, Target::Withdrawn) => self.done(),
            (Status::Opposed, _) => {
                let what = format!("{} was called off over there", plan.number);
                Stage::Done(Outcome::Rejected(Error::new(ErrorKind::Rejected, what)))
            }
            (Status::Reviewed, Target::Withdrawn) => under_review(plan),
            (Status::Approved, Target::Withdrawn) => Stage::Take(Operation::Unaudit),
            (Status::Open, Target::Withdrawn) if self.config.withdraw == Withdraw::Delete => {
                Stage::Take(Operation::Delete)
            }
            (Status::Open, Target::Withdrawn) => self.done(),
            // It was there before this conversation and says what was ordered then.
            _ if plan.change && !self.acted => {
                let what = format!(
                    "{} is there, and how to change an order is not established: change it by hand",
                    plan.number
                );
                Stage::Done(Outcome::Rejected(Error::new(ErrorKind::Unsupported, what)))
            }
            (Status::Approved, _) if held => Stage::Take(Operation::Unaudit),
            (Status::Reviewed, _) if held => under_review(plan),
            (Status::Open, Target::Submitted | Target::Audited) if self.desk.submits() => {
                Stage::Take(Operation::Submit)
            }
            (Status::Open | Status::Reviewed, Target::Audited) => Stage::Take(Operation::Audit),
            (Status::Open | Status::Reviewed | Status::Approved, _) => self.done(),
        }
    }

    fn done(&self) -> Stage {
        Stage::Done(if self.acted { Outcome::Delivered } else { Outcome::AlreadyThere })
    }
}

/// Nobody may change an order while people review it.
fn under_review(plan: &Plan) -> Stage {
    let what = format!("{} is under review: nothing can be changed before that ends", plan.number);
    Stage::Done(Outcome::Wait(Error::new(ErrorKind::Rejected, what)))
}
