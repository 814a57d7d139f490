//! The conversation about a batch: look, then write orders, their lines and their status, then what hangs below.
//!
//! Every write is an upsert by key, so a conversation that broke off is simply held again. Looking first tells new
//! records from old ones: the order and product of a line, the account and first status of an order can be set once.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use crossdock_connector::talk::{Halt, Talk, Trouble, Word};
use crossdock_connector::{Delivery, ErrorKind, Exchange, Outcome, Step};
use crossdock_schemas::Class;

use crate::api::{Api, Found, Look, Row, Said};
use crate::plan::{self, OrderPlan, Plan};

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
    let states = batch.iter().map(|delivery| match plan::of(api.config, delivery) {
        Ok(plan) if plan.is_empty() => State::There,
        Ok(plan) => State::Open(Box::new(plan)),
        Err(error) => State::Failed(Trouble { word: Word::Rejected, ..Trouble::from_error(&error) }),
    });
    let mut all = All { api, batch, states: states.collect(), orders: BTreeMap::new() };
    let stopped = match all.talk(&mut Talk::new(past)) {
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
    Step::Done(all.states.into_iter().map(outcome).collect())
}

/// Everything that is handed over together.
struct All<'a> {
    api: &'a Api<'a>,
    batch: &'a [Delivery],
    states: Vec<State>,
    /// The orders that are there, by their keys.
    orders: BTreeMap<String, Found>,
}

/// A record with the delivery it is for.
type Owned = (usize, Row);

impl All<'_> {
    fn talk(&mut self, talk: &mut Talk<'_>) -> Said<()> {
        self.look(talk)?;
        let rows = self.rows(|plan| plan.order.as_ref().map(|order| self.order_row(order)));
        let made: Vec<(usize, String)> = rows.iter().map(|(at, row)| (*at, row.key.clone())).collect();
        self.write(talk, "orders", &self.api.config.orders.object, rows)?;
        self.lines(talk)?;
        self.status(talk)?;
        self.parents(&made);
        self.stale(talk, "look shipments", &self.api.config.shipments.object, |plan| plan.shipment.as_ref())?;
        let rows = self.rows(|plan| self.shipment(plan));
        self.write(talk, "shipments", &self.api.config.shipments.object, rows)?;
        let rows = self.new_milestones(talk)?;
        self.write(talk, "milestones", &self.api.config.milestones.object, rows)?;
        self.stale(talk, "look refunds", &self.api.config.refunds.object, |plan| plan.refund.as_ref())?;
        let rows = self.rows(|plan| plan.refund.clone());
        self.write(talk, "refunds", &self.api.config.refunds.object, rows)
    }

    /// Deliveries under way, with their plans.
    fn open(&self) -> impl Iterator<Item = (usize, &Plan)> {
        self.states.iter().enumerate().filter_map(|(at, state)| match state {
            State::Open(plan) => Some((at, &**plan)),
            State::There | State::Failed(_) => None,
        })
    }

    fn rows(&self, row: impl Fn(&Plan) -> Option<Row>) -> Vec<Owned> {
        self.open().filter_map(|(at, plan)| Some((at, row(plan)?))).collect()
    }

    fn end(&mut self, at: usize, end: State) {
        if let Some(state @ State::Open(_)) = self.states.get_mut(at) {
            *state = end;
        }
    }

    /// Writes records; a delivery whose record is refused has failed.
    fn write(&mut self, talk: &mut Talk<'_>, name: &'static str, object: &str, rows: Vec<Owned>) -> Said<()> {
        let (owners, rows): (Vec<usize>, Vec<Row>) = rows.into_iter().unzip();
        let each = self.api.upsert(talk, name, object, &rows)?;
        for (at, one) in owners.into_iter().zip(each) {
            if let Err(trouble) = one {
                self.end(at, State::Failed(trouble));
            }
        }
        Ok(())
    }

    /// Looks which orders are there, and how new.
    fn look(&mut self, talk: &mut Talk<'_>) -> Said<()> {
        let own = |plan: &Plan| plan.order.as_ref().map(|order| order.row.key.clone());
        let keys: BTreeSet<String> =
            self.open().flat_map(|(_, plan)| own(plan).into_iter().chain(plan.parent.clone())).collect();
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        let config = self.api.config;
        let status =
            if config.orders.statuses.0.is_empty() { "" } else { config.orders.status_field.as_str() };
        let look = Look {
            name: "look orders",
            object: &config.orders.object,
            by: &config.key_field,
            version: &config.version_field,
            also: status,
        };
        self.orders = self.api.look(talk, &look, &keys)?;
        let mut ends = Vec::new();
        for (at, plan) in self.open() {
            let Some(order) = &plan.order else { continue };
            if let Some(end) = self.orders.get(&order.row.key).and_then(|found| self.ended(at, found)) {
                ends.push((at, end));
            }
        }
        ends.into_iter().for_each(|(at, end)| self.end(at, end));
        Ok(())
    }

    /// Whether what is there ends the matter: it is newer, or nobody knows which one is meant.
    fn ended(&self, at: usize, found: &Found) -> Option<State> {
        if found.count > 1 {
            let field = &self.api.config.key_field;
            let what = format!("{} records have this key: {field} has to be unique", found.count);
            return Some(State::Failed(Trouble::new(Word::Rejected, ErrorKind::Config, what)));
        }
        let ours = self.batch.get(at).map(|delivery| delivery.event.sequence);
        let newer = found.version.zip(ours).is_some_and(|(theirs, ours)| theirs > ours);
        newer.then_some(State::There)
    }

    fn order_row(&self, order: &OrderPlan) -> Row {
        let new = !self.orders.contains_key(&order.row.key);
        with_first(&order.row, new.then_some(&order.first))
    }

    /// Lines of orders that are there now.
    fn lines(&mut self, talk: &mut Talk<'_>) -> Said<()> {
        let config = self.api.config;
        if !config.lines.enabled {
            return Ok(());
        }
        let orders: Vec<(usize, OrderPlan)> =
            self.open().filter_map(|(at, plan)| Some((at, plan.order.clone()?))).collect();
        // A new order has no lines yet.
        let old: Vec<&str> = orders
            .iter()
            .map(|(_, order)| order.row.key.as_str())
            .filter(|key| self.orders.contains_key(*key))
            .collect();
        let by = format!("{}.{}", config.lines.order, config.key_field);
        let look = Look { name: "look lines", object: &config.lines.object, by: &by, version: "", also: "" };
        let there = self.api.look(talk, &look, &old)?;
        let mut rows = Vec::new();
        let mut gone = Vec::new();
        for (at, order) in &orders {
            for line in &order.lines {
                let new = !there.contains_key(&line.row.key);
                rows.push((*at, with_first(&line.row, new.then_some(&line.first))));
            }
            let kept: BTreeSet<&str> = order.lines.iter().map(|line| line.row.key.as_str()).collect();
            // Ours are named after their order; what others added is theirs.
            let ours = format!("{}-", order.row.key);
            let lost = there.iter().filter(|(key, _)| key.starts_with(&ours) && !kept.contains(key.as_str()));
            gone.extend(lost.map(|(_, found)| (*at, found.id.clone())));
        }
        self.write(talk, "lines", &config.lines.object, rows)?;
        if config.lines.remove {
            let ids: Vec<String> = gone.iter().map(|(_, id)| id.clone()).collect();
            let each = self.api.delete(talk, "remove lines", &ids)?;
            for ((at, _), one) in gone.into_iter().zip(each) {
                if let Err(trouble) = one {
                    self.end(at, State::Failed(trouble));
                }
            }
        }
        Ok(())
    }

    /// The status comes last: an order that is activated takes no more lines.
    fn status(&mut self, talk: &mut Talk<'_>) -> Said<()> {
        let orders = &self.api.config.orders;
        let rows = self.rows(|plan| {
            let order = plan.order.as_ref()?;
            let wanted = order.status.clone()?;
            let now = match self.orders.get(&order.row.key) {
                Some(found) => found.also.as_deref(),
                None if orders.standard() => Some(orders.initial_status.as_str()),
                None => None,
            };
            (now != Some(wanted.as_str())).then(|| {
                let mut row = Row::new(order.row.key.clone());
                row.fields.insert(orders.status_field.clone(), Value::String(wanted));
                row
            })
        });
        self.write(talk, "status", &orders.object, rows)
    }

    /// What hangs below an order waits for it, unless the order came in this very conversation.
    fn parents(&mut self, made: &[(usize, String)]) {
        for (at, key) in made {
            if matches!(self.states.get(*at), Some(State::Open(_))) {
                self.orders.entry(key.clone()).or_default();
            }
        }
        let missing: Vec<(usize, String)> = self
            .open()
            .filter(|(_, plan)| plan.waits)
            .filter_map(|(at, plan)| Some((at, plan.parent.clone()?)))
            .filter(|(_, key)| !self.orders.contains_key(key))
            .collect();
        for (at, key) in missing {
            let what = format!("the order {key} is not in Salesforce yet");
            self.end(at, State::Failed(Trouble::new(Word::Wait, ErrorKind::NotFound, what)));
        }
    }

    /// A shipment with the order that is there.
    fn shipment(&self, plan: &Plan) -> Option<Row> {
        let mut row = plan.shipment.clone()?;
        let config = self.api.config;
        if let Some(order) = plan.parent.as_ref().filter(|key| self.orders.contains_key(*key)) {
            row.fields.insert(config.shipments.order.clone(), json!({ config.key_field.as_str(): order }));
        }
        Some(row)
    }

    /// Whether something is told again, so that it may be there, or be old news.
    fn again(&self, at: usize) -> bool {
        self.batch.get(at).is_some_and(|delivery| {
            delivery.maybe_there || delivery.attempt > 1 || delivery.event.class == Class::Replay
        })
    }

    /// Milestones that are not there yet. One never changes, and a flow of the org that tells a customer of it must
    /// not run twice.
    fn new_milestones(&self, talk: &mut Talk<'_>) -> Said<Vec<Owned>> {
        let mut rows = self.rows(|plan| plan.milestone.clone());
        let config = self.api.config;
        let look = Look {
            name: "look milestones",
            object: &config.milestones.object,
            by: &config.key_field,
            version: "",
            also: "",
        };
        let asked: Vec<&str> =
            rows.iter().filter(|(at, _)| self.again(*at)).map(|(_, row)| row.key.as_str()).collect();
        let there = self.api.look(talk, &look, &asked)?;
        rows.retain(|(_, row)| !there.contains_key(&row.key));
        Ok(rows)
    }

    /// In a lane events come in order: only what is told again can be older than what is there.
    fn stale(
        &mut self,
        talk: &mut Talk<'_>,
        name: &'static str,
        object: &str,
        row: impl Fn(&Plan) -> Option<&Row>,
    ) -> Said<()> {
        let config = self.api.config;
        if config.version_field.is_empty() {
            return Ok(());
        }
        let asked: Vec<(usize, String)> = self
            .open()
            .filter(|(at, _)| self.again(*at))
            .filter_map(|(at, plan)| Some((at, row(plan)?.key.clone())))
            .collect();
        let keys: Vec<&str> = asked.iter().map(|(_, key)| key.as_str()).collect();
        let look = Look { name, object, by: &config.key_field, version: &config.version_field, also: "" };
        let found = self.api.look(talk, &look, &keys)?;
        for (at, key) in &asked {
            match (found.get(key).and_then(|found| self.ended(*at, found)), self.states.get_mut(*at)) {
                // A milestone stays true when its shipment has moved on.
                (Some(State::There), Some(State::Open(plan))) if plan.milestone.is_some() => {
                    plan.shipment = None
                }
                (Some(end), _) => self.end(*at, end),
                (None, _) => {}
            }
        }
        Ok(())
    }
}

fn with_first(row: &Row, first: Option<&Map<String, Value>>) -> Row {
    let mut row = row.clone();
    for (name, value) in first.into_iter().flatten() {
        row.fields.entry(name.clone()).or_insert_with(|| value.clone());
    }
    row
}
