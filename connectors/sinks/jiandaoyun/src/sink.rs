//! The conversation: what is there, then one write for each delivery.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crossdock_connector::{
    Context, Delivery, Error, ErrorKind, Exchange, HttpSink, Outcome, Repeat, Result, Step,
};

use crate::call::{self, Api};
use crate::config::Config;
use crate::form::{Entity, Form};
use crate::plan::{self, MOST, Plan, Wanted};
use crate::row::{self, There};
use crate::talk::{Say, Talk};
use crate::widgets;

pub(crate) struct JiandaoyunSink {
    config: Config,
    api: Api,
}

/// What was asked before anything is written.
struct Known {
    rows: BTreeMap<String, There>,
    orders: BTreeSet<String>,
}

impl JiandaoyunSink {
    pub(crate) fn new(config: Config) -> Self {
        Self { api: Api::new(&config), config }
    }

    fn converse(&self, batch: &[Delivery], past: &[Exchange]) -> std::result::Result<Vec<Outcome>, Say> {
        let mut talk = Talk::new(&self.api, past);
        let plans: Vec<Plan<'_>> = batch.iter().map(|delivery| plan::plan(&self.config, delivery)).collect();
        let wanted: Vec<&Wanted<'_>> = plans
            .iter()
            .filter_map(|plan| match plan {
                Plan::Row(wanted) => Some(wanted),
                Plan::Nothing | Plan::Refused(_) => None,
            })
            .collect();
        let known = match wanted.first() {
            Some(first) => match self.ask(&mut talk, first.form, first.entity, &wanted)? {
                Ok(known) => known,
                Err(error) => return Ok(all_fail(&plans, &error)),
            },
            None => Known { rows: BTreeMap::new(), orders: BTreeSet::new() },
        };
        let mut outcomes = Vec::with_capacity(plans.len());
        let mut made: Vec<(usize, &Form, &str)> = Vec::new();
        let mut stopped: Option<Error> = None;
        for (at, plan) in plans.iter().enumerate() {
            let outcome = match plan {
                Plan::Nothing => Outcome::AlreadyThere,
                Plan::Refused(error) => Outcome::from_error(copy(error)),
                Plan::Row(wanted) => {
                    match (write(&mut talk, wanted, &known, stopped.is_some())?, stopped.as_ref()) {
                        (Done::Nothing(outcome), _) => outcome,
                        (Done::Said(..), Some(cause)) => {
                            Outcome::Retry(cause.retry_after, copy(cause).with("next", "not tried yet"))
                        }
                        (Done::Said(Ok(()), new), None) => {
                            made.extend(new.then_some((at, wanted.form, wanted.key)));
                            Outcome::Delivered
                        }
                        (Done::Said(Err(error), _), None) => {
                            stopped = (!call::is_of_one_row(&error)).then(|| passing(&error));
                            call::outcome(error, true)
                        }
                    }
                }
            };
            outcomes.push(outcome);
        }
        show(&mut talk, &made, &mut outcomes)?;
        Ok(outcomes)
    }

    /// Asks what is there: the widgets, the rows, the orders that have to come first.
    fn ask(
        &self,
        talk: &mut Talk<'_>,
        form: &Form,
        entity: Entity,
        wanted: &[&Wanted<'_>],
    ) -> std::result::Result<Result<Known>, Say> {
        if self.config.check_widgets {
            let listed = talk.exchange("widgets", false, |api| api.widgets(form))?;
            if let Err(error) = listed.and_then(|answer| widgets::check(form, entity, &answer)) {
                return Ok(Err(error));
            }
        }
        let keys: Vec<&str> = wanted.iter().map(|wanted| wanted.key).collect();
        let found = talk.exchange("list", false, |api| api.list(form, &keys))?;
        let rows = match found.and_then(|answer| rows(form, &answer)) {
            Ok(rows) => rows,
            Err(error) => return Ok(Err(error)),
        };
        let mut orders = BTreeSet::new();
        let needed: BTreeSet<&str> =
            wanted.iter().flat_map(|wanted| wanted.orders.iter().map(String::as_str)).collect();
        if let (false, Some(form)) = (needed.is_empty(), &self.config.orders) {
            let needed: Vec<&str> = needed.into_iter().collect();
            let found = talk.exchange("orders", false, |api| api.list(form, &needed))?;
            match found.and_then(|answer| self::rows(form, &answer)) {
                Ok(rows) => orders.extend(rows.into_keys()),
                Err(error) => return Ok(Err(error)),
            }
        }
        Ok(Ok(Known { rows, orders }))
    }
}

fn rows(form: &Form, answer: &Value) -> Result<BTreeMap<String, There>> {
    let rows = answer.get("data").and_then(Value::as_array);
    let rows = rows.ok_or_else(|| Error::malformed("the list of rows is not of the expected form"))?;
    row::there(form, rows)
}

/// The same error once more, for the next delivery.
fn copy(error: &Error) -> Error {
    let mut copy = Error::new(error.kind(), error.message());
    copy.retry_after = error.retry_after;
    copy.path.clone_from(&error.path);
    copy.vendor_code.clone_from(&error.vendor_code);
    copy
}

/// The reason for which the rest of a batch is not sent. What became of the one that met it may be unknown; the
/// others simply wait.
fn passing(error: &Error) -> Error {
    let kind = match error.kind() {
        kind @ (ErrorKind::RateLimited | ErrorKind::Auth) => kind,
        _ => ErrorKind::Unavailable,
    };
    let mut passing = Error::new(kind, error.message());
    passing.retry_after = error.retry_after;
    passing
}

/// Nothing could be asked: each row shares the reason.
fn all_fail(plans: &[Plan<'_>], error: &Error) -> Vec<Outcome> {
    let outcome = |plan: &Plan<'_>| match plan {
        Plan::Nothing => Outcome::AlreadyThere,
        Plan::Refused(own) => Outcome::from_error(copy(own)),
        Plan::Row(_) => call::outcome(copy(error), false),
    };
    plans.iter().map(outcome).collect()
}

/// What became of a row.
enum Done {
    /// There was nothing to say.
    Nothing(Outcome),
    /// What was answered, and whether the row is new.
    Said(Result<()>, bool),
}

/// Makes or changes one row, where that is needed; only looks whether it is when `quiet`.
fn write(
    talk: &mut Talk<'_>,
    wanted: &Wanted<'_>,
    known: &Known,
    quiet: bool,
) -> std::result::Result<Done, Say> {
    let there = known.rows.get(wanted.key);
    match there {
        None if wanted.only_there => return Ok(Done::Nothing(Outcome::AlreadyThere)),
        None if wanted.homeless || wanted.orders.iter().any(|key| !known.orders.contains(key)) => {
            let what = "its order has no row yet";
            return Ok(Done::Nothing(Outcome::Wait(Error::new(ErrorKind::NotFound, what))));
        }
        Some(There { revision: Some(revision), .. })
            if *revision > wanted.sequence || (*revision == wanted.sequence && !wanted.again) =>
        {
            return Ok(Done::Nothing(Outcome::AlreadyThere));
        }
        _ => {}
    }
    let data = match row::data(wanted, there) {
        Ok(data) => data,
        Err(error) => return Ok(Done::Nothing(Outcome::from_error(error))),
    };
    if quiet {
        return Ok(Done::Said(Ok(()), false));
    }
    let answer = match there {
        Some(there) => talk.exchange("update", true, |api| api.update(wanted, &there.id, &data))?,
        None => talk.exchange("create", true, |api| api.create(wanted, &data))?,
    };
    let new = there.is_none();
    Ok(Done::Said(answer.and_then(|answer| written(&answer, new)), new))
}

/// A new row counts once a search shows it. Until then the next revision would make a second one.
fn show(
    talk: &mut Talk<'_>,
    made: &[(usize, &Form, &str)],
    outcomes: &mut [Outcome],
) -> std::result::Result<(), Say> {
    let Some((_, form, _)) = made.first() else { return Ok(()) };
    let keys: Vec<&str> = made.iter().map(|(_, _, key)| *key).collect();
    let found = talk.exchange("seen", false, |api| api.list(form, &keys))?;
    let seen = found.and_then(|answer| rows(form, &answer)).unwrap_or_default();
    for (at, _, key) in made {
        if !seen.contains_key(*key)
            && let Some(outcome) = outcomes.get_mut(*at)
        {
            let what = "the new row does not show in searches yet";
            *outcome = Outcome::Retry(Some(call::BREATH), Error::new(ErrorKind::Unavailable, what));
        }
    }
    Ok(())
}

/// Whether the answer says that the row was written.
fn written(answer: &Value, new: bool) -> Result<()> {
    if !new {
        return match answer.get("data").is_some_and(Value::is_object) {
            true => Ok(()),
            false => Err(Error::malformed("the answer does not show the row that was changed")),
        };
    }
    match answer.get("success_count").and_then(Value::as_u64) {
        Some(0) => Err(Error::new(ErrorKind::Rejected, "no row was made, and no reason given")),
        Some(_) => Ok(()),
        None => Err(Error::malformed("the answer does not say how many rows were made")),
    }
}

impl HttpSink for JiandaoyunSink {
    fn together(&self, batch: &[Delivery]) -> usize {
        let Some(first) = batch.first() else { return 0 };
        let entity = plan::entity(first);
        let most = usize::try_from(MOST).unwrap_or(1);
        let mut keys = BTreeSet::new();
        let mut count = 0;
        for delivery in batch.iter().take(most) {
            if plan::entity(delivery) != entity || !keys.insert(delivery.event.key.as_str()) {
                break;
            }
            count += 1;
        }
        count.max(1)
    }

    fn step(&self, batch: &[Delivery], past: &[Exchange], _: &Context<'_>) -> Step {
        match self.converse(batch, past) {
            Ok(outcomes) => Step::Done(outcomes),
            Err(Say(call)) => Step::Call(*call),
        }
    }

    fn repeat(&self) -> Repeat {
        Repeat::QueryFirst
    }

    fn takes(&self) -> &'static [&'static str] {
        let there = Entity::ALL.map(|entity| self.config.form(entity).is_some());
        match there {
            [true, true, true] => {
                &["order.*", "refund.*", "return.*", "exchange.*", "parcel.*", "milestone.*"]
            }
            [true, true, false] => &["order.*", "refund.*", "return.*", "exchange.*"],
            [true, false, true] => &["order.*", "parcel.*", "milestone.*"],
            [true, false, false] => &["order.*"],
            [false, true, true] => &["refund.*", "return.*", "exchange.*", "parcel.*", "milestone.*"],
            [false, true, false] => &["refund.*", "return.*", "exchange.*"],
            [false, false, true] => &["parcel.*", "milestone.*"],
            // Settings without a form are refused.
            [false, false, false] => &[],
        }
    }
}
