//! Which deliveries go into one push, and what became of each.

use std::collections::BTreeSet;

use serde_json::Value;

use crossdock_connector::{
    ConnectorConfig, Context, Delivery, Error, ErrorKind, Exchange, HttpRequest, HttpResponse, HttpSink,
    Outcome, Repeat, Result, Step,
};
use crossdock_schemas::{AftersaleBody, OrderBody};

use crate::config::{Config, Masked};
use crate::order::Trade;
use crate::refund::Case;
use crate::{call, order, refund, reply};

/// The sink.
pub(crate) struct WdtSink {
    config: Config,
}

/// What is to be said about one event.
enum Plan {
    /// Nothing.
    Nothing,
    /// It cannot be said.
    Refuse(Error),
    /// This.
    Push { shop: String, thing: Thing },
}

enum Thing {
    Order(Trade),
    Refund(Case),
}

impl Thing {
    /// The numbers by which WDT's answer names it.
    fn numbers(&self) -> impl Iterator<Item = &str> {
        let (order, refund) = match self {
            Self::Order(trade) => (Some(trade.tid.as_str()), None),
            Self::Refund(case) => (None, Some(case.rows.iter().map(|row| row.number.as_str()))),
        };
        order.into_iter().chain(refund.into_iter().flatten())
    }

    /// What must not stand twice in one push: the thing, and orders of one buyer, which WDT refuses in numbers.
    fn marks(&self) -> impl Iterator<Item = String> {
        let nick = match self {
            Self::Order(trade) => Some(format!("nick {}", trade.nick)),
            Self::Refund(_) => None,
        };
        self.numbers().map(|number| format!("number {number}")).chain(nick)
    }
}

impl WdtSink {
    pub(crate) fn new(config: Config) -> Result<Self> {
        config.validate()?;
        Ok(Self { config })
    }

    fn plan(&self, delivery: &Delivery) -> Plan {
        match self.read(delivery) {
            Ok(Some((shop, thing))) => Plan::Push { shop, thing },
            Ok(None) => Plan::Nothing,
            Err(error) => Plan::Refuse(error),
        }
    }

    fn read(&self, delivery: &Delivery) -> Result<Option<(String, Thing)>> {
        let event = &delivery.event;
        let data = event.data.get();
        let bad = |error: serde_json::Error| {
            Error::new(ErrorKind::Rejected, "the event's data is not what its type says").because(error)
        };
        let (source, thing) = match event.event_type.body() {
            "order" => {
                let body: OrderBody = serde_json::from_str(data).map_err(bad)?;
                let tree: Value = serde_json::from_str(data).map_err(bad)?;
                let Some(trade) = order::read(&self.config, &body.order, &tree)? else { return Ok(None) };
                (body.order.source, Thing::Order(trade))
            }
            "aftersale" => {
                let body: AftersaleBody = serde_json::from_str(data).map_err(bad)?;
                let case =
                    refund::read(&self.config, &body.aftersale, body.order_nos.first().map(String::as_str))?;
                (body.aftersale.source, Thing::Refund(case))
            }
            // There is no call for scans and milestones over there.
            _ => return Ok(None),
        };
        let shop = self.config.shops.need_shop("shops", &source.platform, &source.shop)?;
        Ok(Some((shop.to_owned(), thing)))
    }

    fn request(&self, pushed: &[(&str, &Thing)], context: &Context<'_>) -> Result<HttpRequest> {
        let bug = || Error::new(ErrorKind::Bug, "a call without anything to push");
        let shop = pushed.first().map(|(shop, _)| *shop).ok_or_else(bug)?;
        let (mut trades, mut cases) = (Vec::new(), Vec::new());
        for (_, thing) in pushed {
            match thing {
                Thing::Order(trade) => trades.push(trade),
                Thing::Refund(case) => cases.push(case),
            }
        }
        match (trades.is_empty(), cases.is_empty()) {
            (false, true) => call::orders(&self.config, shop, &trades, context.now),
            (true, false) => call::refunds(&self.config, shop, &cases, context.now),
            _ => Err(bug()),
        }
    }

    /// The outcome of one of the pushed things.
    fn outcome(&self, thing: &Thing, pushed: &[(&str, &Thing)], answer: &HttpResponse) -> Outcome {
        let alone = pushed.len() == 1;
        let refused = match reply::read(&self.config, answer) {
            Ok(refused) => refused,
            // One of many may be the reason, and nobody says which: next time each goes alone.
            Err(Outcome::Rejected(error) | Outcome::Wait(error)) if !alone => {
                return Outcome::Retry(None, error);
            }
            Err(outcome) => return outcome,
        };
        let own = refused.iter().find(|row| alone || thing.numbers().any(|number| number == row.number));
        if let Some(row) = own {
            return reply::one(&self.config, &row.words);
        }
        let known =
            |number: &str| pushed.iter().any(|(_, thing)| thing.numbers().any(|other| other == number));
        match refused.iter().find(|row| !known(&row.number)) {
            Some(row) => Outcome::Retry(None, Error::new(ErrorKind::Rejected, row.words.clone())),
            None => Outcome::Delivered,
        }
    }
}

impl HttpSink for WdtSink {
    fn together(&self, batch: &[Delivery]) -> usize {
        let Some(first) = batch.first() else { return 0 };
        let Plan::Push { shop, thing } = self.plan(first) else { return 1 };
        // What was tried before goes alone: it may be what WDT does not like.
        if first.attempt > 1 {
            return 1;
        }
        let generation = self.config.generation;
        let orders = matches!(thing, Thing::Order(_));
        let most = if orders { generation.most_orders() } else { generation.most_refunds() };
        let rows = |thing: &Thing| thing.numbers().count();
        let mut count = 1;
        let mut used = rows(&thing);
        let mut seen: BTreeSet<String> = thing.marks().collect();
        for delivery in batch.iter().skip(1) {
            let Plan::Push { shop: other, thing } = self.plan(delivery) else { break };
            let same = other == shop && matches!(thing, Thing::Order(_)) == orders && delivery.attempt == 1;
            let fits = used + rows(&thing) <= most;
            if !same || !fits || thing.marks().any(|mark| seen.contains(&mark)) {
                break;
            }
            used += rows(&thing);
            seen.extend(thing.marks());
            count += 1;
        }
        count
    }

    fn step(&self, batch: &[Delivery], past: &[Exchange], context: &Context<'_>) -> Step {
        let plans: Vec<Plan> = batch.iter().map(|delivery| self.plan(delivery)).collect();
        let pushed: Vec<(&str, &Thing)> = plans
            .iter()
            .filter_map(|plan| match plan {
                Plan::Push { shop, thing } => Some((shop.as_str(), thing)),
                Plan::Nothing | Plan::Refuse(_) => None,
            })
            .collect();
        let answer = past.first().map(|exchange| &exchange.reply);
        if answer.is_none() && !pushed.is_empty() {
            return match self.request(&pushed, context) {
                Ok(request) => Step::write("push", request),
                Err(error) => {
                    let words = error.to_string();
                    Step::all(batch, || Outcome::Rejected(Error::new(ErrorKind::Bug, words.clone())))
                }
            };
        }
        let outcome = |plan: &Plan| match (plan, answer) {
            (Plan::Push { thing, .. }, Some(answer)) => self.outcome(thing, &pushed, answer),
            (Plan::Refuse(error), _) => Outcome::Rejected(again(error)),
            (Plan::Nothing | Plan::Push { .. }, _) => Outcome::AlreadyThere,
        };
        Step::Done(plans.iter().map(outcome).collect())
    }

    fn repeat(&self) -> Repeat {
        Repeat::Upsert
    }

    fn takes(&self) -> &'static [&'static str] {
        &["order.*", "refund.*", "return.*", "exchange.*"]
    }

    fn refuses_hidden(&self, _: &str) -> Option<&'static str> {
        let rejects = self.config.masked_receivers == Masked::Reject;
        rejects.then_some("set masked_receivers = \"send\": labels are then printed through the platform")
    }

    fn pause(&self, reply: &HttpResponse) -> Option<std::time::Duration> {
        reply::pause(&self.config, reply)
    }
}

/// The same error once more.
fn again(error: &Error) -> Error {
    let same = Error::new(error.kind(), error.message());
    match &error.path {
        Some(path) => same.at(path),
        None => same,
    }
}
