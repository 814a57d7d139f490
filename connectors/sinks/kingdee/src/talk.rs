//! A conversation about bills: what is known of each, and what comes next.
//!
//! Save, submit and audit are three calls, and any of them may have been made before. So the first thing said is a
//! question: is a bill with our number there, and how far is it? From the answer on, each bill goes step by step to
//! where it shall be. A step that is refused is looked at again: if the bill stands where the step would have led,
//! it was done before, by an attempt whose answer got lost or by people.

use crossdock_connector::{Context, Delivery, Error, ErrorKind, Exchange, Outcome, Result, Step};

use crate::bill::{Item, KINDS, Kind, Stage};
use crate::call::{Caller, Model, by_number};
use crate::config::Config;
use crate::plan::Plan;
use crate::reply::{self, copy};
use crate::rows;

/// A conversation.
pub(crate) struct Talk<'a> {
    config: &'a Config,
    items: Vec<Item<'a>>,
}

impl<'a> Talk<'a> {
    pub(crate) fn new(config: &'a Config, batch: &'a [Delivery]) -> Self {
        Self { config, items: batch.iter().map(|delivery| Item::new(config, delivery)).collect() }
    }

    /// The call to make now, and which bills it is about.
    fn current(&self) -> Option<(Kind, Vec<usize>)> {
        let at = |kind: Kind| -> Vec<usize> {
            let there = self.items.iter().enumerate().filter(|(_, item)| item.stage.kind() == Some(kind));
            let most = if kind.shared() { usize::MAX } else { 1 };
            there.map(|(at, _)| at).take(most).collect()
        };
        KINDS.into_iter().map(|kind| (kind, at(kind))).find(|(_, members)| !members.is_empty())
    }

    /// Says what comes next, or what became of each delivery.
    pub(crate) fn say(self, caller: &Caller, context: &Context<'_>) -> Step {
        let Some((kind, members)) = self.current() else {
            let outcome = |item: Item<'_>| match item.stage {
                Stage::Done(outcome) => outcome,
                _ => Outcome::Uncertain(Error::new(ErrorKind::Bug, "a bill without an end")),
            };
            return Step::Done(self.items.into_iter().map(outcome).collect());
        };
        match self.call(kind, &members, caller, context) {
            Ok(step) => step,
            Err(error) => Step::Done(self.items.iter().map(|_| Outcome::from_error(copy(&error))).collect()),
        }
    }

    fn call(&self, kind: Kind, members: &[usize], caller: &Caller, context: &Context<'_>) -> Result<Step> {
        let members: Vec<&Item<'_>> = members.iter().filter_map(|at| self.items.get(*at)).collect();
        let plans: Vec<&Plan> = members.iter().filter_map(|item| item.plan.as_ref()).collect();
        let Some(plan) = plans.first() else {
            return Err(Error::new(ErrorKind::Bug, "a call about nothing"));
        };
        let numbers: Vec<&str> = plans.iter().map(|plan| plan.number.as_str()).collect();
        let form = plan.form(self.config);
        let models: Vec<&Model> = members
            .iter()
            .filter_map(|item| match &item.stage {
                Stage::Save(model) | Stage::Update(model) => Some(model),
                _ => None,
            })
            .collect();
        let operate = |operation| caller.operate(operation, form, &numbers, context);
        Ok(match kind {
            Kind::Ask => Step::read(
                "query",
                caller.query(form, &rows::bill_keys(self.config), &by_number(&numbers), context)?,
            ),
            Kind::Check => Step::read(
                "check",
                caller.query(form, &rows::bill_keys(self.config), &by_number(&numbers), context)?,
            ),
            Kind::Entries => Step::read(
                "lines",
                caller.query(form, &rows::entry_keys(self.config), &by_number(&numbers), context)?,
            ),
            Kind::Sources => {
                let needs: Vec<&str> = plan.needs.iter().map(String::as_str).collect();
                let keys = rows::source_keys(self.config);
                Step::read("orders", caller.query("SAL_SaleOrder", &keys, &by_number(&needs), context)?)
            }
            Kind::Save => Step::write("save", caller.save(form, &models, context)?),
            Kind::Update => Step::write("update", caller.save(form, &models, context)?),
            Kind::Submit => Step::write("submit", operate("Submit")?),
            Kind::Audit => Step::write("audit", operate("Audit")?),
            Kind::Unaudit => Step::write("unaudit", operate("UnAudit")?),
            Kind::Delete => Step::write("delete", operate("Delete")?),
        })
    }

    /// Takes in the answer to the call made last.
    pub(crate) fn hear(&mut self, exchange: &Exchange) {
        let Some((kind, members)) = self.current() else { return };
        let count = members.len();
        let config = self.config;
        let reads = matches!(kind, Kind::Ask | Kind::Sources | Kind::Entries | Kind::Check);
        let rows = if reads { Some(reply::rows(&exchange.reply)) } else { None };
        let written = if reads { None } else { Some(reply::written(&exchange.reply, exchange.name)) };
        for (place, at) in members.into_iter().enumerate() {
            let Some(item) = self.items.get_mut(at) else { continue };
            match (&rows, &written) {
                (Some(Err(failure)), _) | (_, Some(Err(failure))) => {
                    item.stage = Stage::Done(failure.outcome())
                }
                (Some(Ok(rows)), _) => item.read(config, kind, rows),
                (None, Some(Ok(written))) => {
                    let number = item.plan.as_ref().map_or("", |plan| plan.number.as_str());
                    match written.of(place, number, count) {
                        Ok(()) => item.did(config, kind),
                        Err(error) => item.refused(kind, error),
                    }
                }
                (None, None) => {}
            }
        }
    }
}
