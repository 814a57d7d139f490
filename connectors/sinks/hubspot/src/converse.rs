//! The conversation about a batch: look, write orders, their lines, contacts and notes, and connect them.
//!
//! Every step is an upsert by key, so a conversation that broke off is simply held again. An order that is not there
//! is waited for unless the event brings it along; one that is newer than the event is left alone.

use std::collections::BTreeMap;

use crossdock_connector::talk::{Halt, Talk, Trouble, Word};
use crossdock_connector::{Delivery, Error, ErrorKind, Exchange, Outcome, Step};
use crossdock_schemas::Class;

use crate::batch::{Api, Found, Place, Property, Row};
use crate::plan::{self, Missing, Plan};

/// Where a delivery is.
enum State {
    /// Under way.
    Open(Box<Plan>),
    /// Nothing to do, or newer there.
    There,
    /// Given up for now or for good.
    Failed(Trouble),
}

/// What comes next.
pub(crate) fn step(api: &Api<'_>, batch: &[Delivery], past: &[Exchange]) -> Step {
    let mut states: Vec<State> = batch
        .iter()
        .map(|delivery| match plan::of(api.config, delivery) {
            Ok(plan) if plan.is_empty() => State::There,
            Ok(plan) => State::Open(Box::new(plan)),
            Err(error) => State::Failed(rejected(&error)),
        })
        .collect();
    let stopped = match talk(api, batch, &mut states, &mut Talk::new(past)) {
        Ok(()) => None,
        Err(Halt::Ask(call)) => return Step::Call(call),
        Err(Halt::Stop(trouble)) => Some(trouble),
    };
    let outcome = |state: State| match (state, &stopped) {
        (State::There, _) => Outcome::AlreadyThere,
        (State::Failed(trouble), _) => trouble.outcome(),
        (State::Open(_), Some(trouble)) => trouble.outcome(),
        (State::Open(_), None) => Outcome::Delivered,
    };
    Step::Done(states.into_iter().map(outcome).collect())
}

fn rejected(error: &Error) -> Trouble {
    Trouble { word: Word::Rejected, ..Trouble::from_error(error) }
}

fn talk(api: &Api<'_>, batch: &[Delivery], states: &mut [State], talk: &mut Talk<'_>) -> Result<(), Halt> {
    let mut ids = look(api, batch, states, talk)?;
    orders(api, states, talk, &mut ids)?;
    lines(api, states, talk, &ids)?;
    contacts(api, states, talk, &ids)?;
    notes(api, states, talk, &ids)
}

/// Deliveries under way, with their plans.
fn open(states: &[State]) -> impl Iterator<Item = (usize, &Plan)> {
    states.iter().enumerate().filter_map(|(at, state)| match state {
        State::Open(plan) => Some((at, &**plan)),
        State::There | State::Failed(_) => None,
    })
}

fn fail(states: &mut [State], at: usize, trouble: Trouble) {
    if let Some(state @ State::Open(_)) = states.get_mut(at) {
        *state = State::Failed(trouble);
    }
}

fn order_place<'a>(api: &'a Api<'_>, name: &'static str) -> Place<'a> {
    Place { name, object: api.config.object.path(), key_property: &api.config.key_property }
}

/// Looks which orders are there, for events that need one and for those that may be old news.
fn look(
    api: &Api<'_>,
    batch: &[Delivery],
    states: &mut [State],
    talk: &mut Talk<'_>,
) -> Result<BTreeMap<String, String>, Halt> {
    // In a lane events come in order: only what is told again can be older than what is there.
    let again = |at: usize| {
        batch.get(at).is_some_and(|delivery| {
            delivery.maybe_there || delivery.attempt > 1 || delivery.event.class == Class::Replay
        })
    };
    let asks =
        |at: usize, plan: &Plan| plan.missing != Missing::Brought || (plan.revision.is_some() && again(at));
    let mut keys: Vec<&str> = Vec::new();
    for (_, plan) in open(states).filter(|(at, plan)| asks(*at, plan)) {
        keys.extend(plan.orders.iter().map(String::as_str));
    }
    if keys.is_empty() {
        return Ok(BTreeMap::new());
    }
    let found = api.read(talk, order_place(api, "look"), &keys, &api.config.revision_property)?;
    let mut decided = Vec::new();
    for (at, plan) in open(states) {
        if let Some(missing) = plan
            .orders
            .iter()
            .find(|key| !found.contains_key(*key))
            .filter(|_| plan.missing == Missing::Awaited)
        {
            let what = format!("the order {missing} is not in HubSpot yet");
            decided.push((at, State::Failed(Trouble::new(Word::Wait, ErrorKind::NotFound, what))));
        } else if asks(at, plan) && newer(plan, &found) {
            decided.push((at, State::There));
        }
    }
    for (at, state) in decided {
        if let Some(slot) = states.get_mut(at) {
            *slot = state;
        }
    }
    Ok(found.into_iter().map(|(key, found)| (key, found.id)).collect())
}

fn newer(plan: &Plan, found: &BTreeMap<String, Found>) -> bool {
    let there = plan.orders.first().and_then(|key| found.get(key)).and_then(|found| found.revision);
    plan.revision.zip(there).is_some_and(|(ours, theirs)| theirs > ours)
}

fn orders(
    api: &Api<'_>,
    states: &mut [State],
    talk: &mut Talk<'_>,
    ids: &mut BTreeMap<String, String>,
) -> Result<(), Halt> {
    let mut rows = Vec::new();
    let mut owners = Vec::new();
    for (at, plan) in open(states) {
        let mut properties = plan.properties.clone();
        if let Some(revision) = plan.revision {
            let name = api.config.revision_property.clone();
            properties.push(Property { name, value: revision.to_string(), personal: false });
        }
        for key in &plan.orders {
            let mut properties = properties.clone();
            match &plan.missing {
                Missing::Make(more) if !ids.contains_key(key) => properties.extend(more.iter().cloned()),
                Missing::Make(_) | Missing::Awaited if properties.is_empty() => continue,
                Missing::Make(_) | Missing::Awaited | Missing::Brought => {}
            }
            rows.push(Row { key: key.clone(), properties });
            owners.push(at);
        }
    }
    let each = api.upsert(talk, order_place(api, "orders"), &rows)?;
    for ((row, at), one) in rows.into_iter().zip(owners).zip(each) {
        match one {
            Ok(id) => drop(ids.insert(row.key, id)),
            Err(trouble) => fail(states, at, trouble),
        }
    }
    Ok(())
}

fn lines(
    api: &Api<'_>,
    states: &mut [State],
    talk: &mut Talk<'_>,
    ids: &BTreeMap<String, String>,
) -> Result<(), Halt> {
    let mut rows = Vec::new();
    for (at, plan) in open(states) {
        let order = plan.orders.first().and_then(|key| ids.get(key)).cloned().unwrap_or_default();
        rows.extend(plan.lines.iter().map(|row| (at, order.clone(), row.clone())));
    }
    let place = Place { name: "lines", object: "line_items", key_property: &api.config.lines.key_property };
    let order = api.config.object.path();
    records(api, states, talk, place, ("link lines", order, "line_items"), rows, |order, id| (order, id))
}

fn contacts(
    api: &Api<'_>,
    states: &mut [State],
    talk: &mut Talk<'_>,
    ids: &BTreeMap<String, String>,
) -> Result<(), Halt> {
    let mut rows = Vec::new();
    for (at, plan) in open(states) {
        let order = plan.orders.first().and_then(|key| ids.get(key)).cloned().unwrap_or_default();
        rows.extend(plan.contact.iter().map(|row| (at, order.clone(), row.clone())));
    }
    let place = Place { name: "contacts", object: "contacts", key_property: "email" };
    let order = api.config.object.path();
    records(api, states, talk, place, ("link contacts", order, "contact"), rows, |order, id| (order, id))
}

fn notes(
    api: &Api<'_>,
    states: &mut [State],
    talk: &mut Talk<'_>,
    ids: &BTreeMap<String, String>,
) -> Result<(), Halt> {
    let mut rows = Vec::new();
    for (at, plan) in open(states) {
        for note in &plan.notes {
            let orders = plan.orders.iter().filter_map(|key| ids.get(key));
            rows.extend(orders.map(|order| (at, order.clone(), note.clone())));
        }
    }
    let place = Place { name: "notes", object: "notes", key_property: &api.config.notes.key_property };
    let order = api.config.object.path();
    records(api, states, talk, place, ("link notes", "notes", order), rows, |order, id| (id, order))
}

/// Writes records, each once, and connects them with their orders.
fn records(
    api: &Api<'_>,
    states: &mut [State],
    talk: &mut Talk<'_>,
    place: Place<'_>,
    link: (&'static str, &str, &str),
    rows: Vec<(usize, String, Row)>,
    pair: impl Fn(String, String) -> (String, String),
) -> Result<(), Halt> {
    // Two orders of one buyer share the contact, a note may hang on several orders. The last one said counts.
    let mut distinct: BTreeMap<&str, &Row> = BTreeMap::new();
    for (_, _, row) in &rows {
        distinct.insert(&row.key, row);
    }
    let distinct: Vec<Row> = distinct.into_values().cloned().collect();
    let each = api.upsert(talk, place, &distinct)?;
    let answers: BTreeMap<&str, &Result<String, Trouble>> =
        distinct.iter().map(|row| row.key.as_str()).zip(&each).collect();
    let (mut pairs, mut owners) = (Vec::new(), Vec::new());
    for (at, order, row) in rows {
        match answers.get(row.key.as_str()) {
            Some(Ok(id)) => {
                pairs.push(pair(order, id.clone()));
                owners.push(at);
            }
            Some(Err(trouble)) => fail(states, at, trouble.clone()),
            None => {}
        }
    }
    let (name, from, to) = link;
    let each = api.associate(talk, name, (from, to), &pairs)?;
    for (at, one) in owners.into_iter().zip(each) {
        if let Err(trouble) = one {
            fail(states, at, trouble);
        }
    }
    Ok(())
}
