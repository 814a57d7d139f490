//! The conversations about an order: create, do not create twice, call off, replace.

use serde_json::Value;

use crossdock_connector::{
    ConnectorConfig, Context, Delivery, Error, ErrorKind, Exchange, HttpSink, Outcome, Repeat, Result, Step,
};
use crossdock_schemas::{AftersaleBody, EventType, Order, OrderBody};

use crate::call::{self, Method};
use crate::config::{Changes, Config, Evidence, Masked, Meaning};
use crate::delivery::{self, Draft};
use crate::lines::{self, Goods};
use crate::names;
use crate::returns;
use crate::state::{self, Wish};
use crate::talk::{Said, Stop, Talk, end};
use crate::walk::{self, Doc, Stand};

/// The sink.
pub(crate) struct QimenSink {
    config: Config,
}

/// An order event being handed over.
struct Case<'a> {
    delivery: &'a Delivery,
    body: &'a OrderBody,
    owner: &'a str,
    base: String,
}

impl Case<'_> {
    fn revision(&self) -> u64 {
        self.delivery.event.sequence
    }

    /// The code of a delivery order that this very event makes in the place of another.
    fn own(&self) -> String {
        names::again(&self.base, self.revision())
    }

    /// Whether the order goes somewhere else now: the one change that nobody can see in the answer of a WMS.
    fn moved(&self) -> bool {
        self.delivery.event.event_type == EventType::OrderAddressChanged
    }

    /// Whether the event says that articles or quantities changed.
    fn rewritten(&self) -> bool {
        self.body.changed.iter().any(|pointer| {
            let mut parts = pointer.split('/').skip(1);
            parts.next() == Some("lines")
                && matches!(
                    parts.nth(1),
                    None | Some("sku" | "variant_ref" | "product_ref" | "quantity" | "quantities" | "kind")
                )
        })
    }

    /// Whether what kept the order from being shipped is gone: then it was us who called the last one off.
    fn resumed(&self) -> bool {
        self.delivery.event.event_type == EventType::OrderReleased
            || self.body.changed.iter().any(|pointer| {
                pointer.starts_with("/status/hold")
                    || pointer.starts_with("/status/lifecycle")
                    || pointer.ends_with("/aftersale")
            })
    }

    /// Whether nothing before this event can have created a delivery order: it is created first, and asked for only when
    /// that is refused.
    fn is_new(&self) -> bool {
        !self.delivery.maybe_there
            && matches!(self.delivery.event.event_type, EventType::OrderPlaced | EventType::OrderPaid)
    }
}

impl QimenSink {
    pub(crate) fn new(config: Config) -> Result<Self> {
        config.validate()?;
        Ok(Self { config })
    }

    fn hold(&self, delivery: &Delivery, past: &[Exchange], context: &Context<'_>) -> Said<Outcome> {
        let event = &delivery.event;
        let data = event.data.get();
        let bad = |error: serde_json::Error| {
            let error =
                Error::new(ErrorKind::Rejected, "the event's data is not what its type says").because(error);
            Box::new(Stop::End(Outcome::Rejected(error)))
        };
        let mut talk = Talk::new(&self.config, past, context);
        match event.event_type.body() {
            "order" => {
                let body: OrderBody = serde_json::from_str(data).map_err(bad)?;
                let tree: Value = serde_json::from_str(data).map_err(bad)?;
                self.order(&mut talk, delivery, &body, &tree)
            }
            "aftersale" => {
                let body: AftersaleBody = serde_json::from_str(data).map_err(bad)?;
                returns::hold(
                    &mut talk,
                    delivery,
                    &body.aftersale,
                    body.order_nos.first().map(String::as_str),
                )
            }
            // Scans and milestones go from a warehouse to its principal, not to it.
            _ => Ok(Outcome::AlreadyThere),
        }
    }

    fn order(
        &self,
        talk: &mut Talk<'_>,
        delivery: &Delivery,
        body: &OrderBody,
        data: &Value,
    ) -> Said<Outcome> {
        let (config, order) = (&self.config, &body.order);
        let wish = state::wish(config, order).or_else(rejected)?;
        if wish == Wish::Nothing {
            return Ok(Outcome::AlreadyThere);
        }
        let source = &order.source;
        let base = names::order(config, source, order.order_key.as_deref(), Some(&order.order_no))
            .or_else(rejected)?;
        let owner = delivery::owner(config, &source.platform, &source.shop);
        let case = Case { delivery, body, owner, base };
        if let Wish::Stop(why) = wish {
            return self.stop(talk, &case, why);
        }
        let goods = lines::goods(config, order).or_else(rejected)?;
        if goods.is_empty() {
            return self.stop(talk, &case, "all lines called off");
        }
        let draft = Draft::new(config, &delivery.event, order, data, &goods).or_else(rejected)?;
        if config.evidence == Evidence::Text {
            return self.blindly(talk, &case, &draft);
        }
        let mut claimed = None;
        if case.is_new() {
            match talk.say(Method::Create, draft.body(&case.base, None))? {
                Ok(_) => return Ok(Outcome::Delivered),
                Err(fault) if fault.meaning == Meaning::Exists => claimed = Some(fault.error),
                Err(fault) => return Ok(fault.outcome()),
            }
        }
        match (walk::last(talk, owner, &case.base, case.revision())?, claimed) {
            (Some(doc), _) => self.known(talk, &case, &draft, &goods, &doc),
            // It says that it has it, and does not know it.
            (None, Some(error)) => Ok(Outcome::Rejected(error)),
            (None, None) => {
                // Under its own code a second attempt can tell that this address is the one that is there.
                let own = case.moved() && case.revision() > 1;
                let code = if own { case.own() } else { case.base.clone() };
                talk.create(draft.body(&code, None))
            }
        }
    }

    /// The warehouse has a delivery order of this order.
    fn known(
        &self,
        talk: &mut Talk<'_>,
        case: &Case<'_>,
        draft: &Draft<'_>,
        goods: &[Goods<'_>],
        doc: &Doc,
    ) -> Said<Outcome> {
        let own = case.own();
        match doc.stand() {
            Stand::Refused => {
                let what = format!("the warehouse refuses the order: its status there is {}", doc.status);
                Ok(Outcome::Rejected(Error::new(ErrorKind::Rejected, what)))
            }
            Stand::Out if case.moved() => Ok(Outcome::Rejected(too_late(doc))),
            Stand::Out => Ok(Outcome::AlreadyThere),
            Stand::Dead => {
                let again = case.delivery.attempt > 1 || case.delivery.maybe_there;
                // An attempt before this one may have called it off to replace it, and got no further.
                let replacing =
                    self.config.changes == Changes::Recreate && (case.moved() || case.rewritten() || again);
                if !(case.resumed() || replacing) || case.revision() < 2 || doc.code == own {
                    // Somebody over there called it off, and nothing here says otherwise.
                    return Ok(Outcome::AlreadyThere);
                }
                talk.create(draft.body(&own, Some(&doc.code)))
            }
            Stand::Live if doc.code == own => Ok(Outcome::AlreadyThere),
            Stand::Live if !case.moved() && !differs(case, goods, doc) => Ok(Outcome::AlreadyThere),
            Stand::Live if self.config.changes == Changes::Reject => {
                let what = "the order changed after the warehouse got it, and the protocol has no update: \
                            change it there by hand, or set `changes = \"recreate\"`";
                Ok(Outcome::Rejected(Error::new(ErrorKind::Rejected, what)))
            }
            Stand::Live => {
                self.cancel(talk, case, doc, "order changed")?;
                talk.create(draft.body(&own, Some(&doc.code)))
            }
        }
    }

    /// For a WMS that cannot be asked: its words have to do.
    fn blindly(&self, talk: &mut Talk<'_>, case: &Case<'_>, draft: &Draft<'_>) -> Said<Outcome> {
        match talk.say(Method::Create, draft.body(&case.base, None))? {
            Ok(_) => Ok(Outcome::Delivered),
            Err(fault) if fault.meaning == Meaning::Exists && (case.moved() || case.rewritten()) => {
                Ok(Outcome::Rejected(fault.error))
            }
            Err(fault) => Ok(fault.outcome()),
        }
    }

    /// The order must not be shipped.
    fn stop(&self, talk: &mut Talk<'_>, case: &Case<'_>, why: &str) -> Said<Outcome> {
        if self.config.evidence == Evidence::Text {
            let doc = Doc { code: case.base.clone(), ..Doc::default() };
            return self.cancel(talk, case, &doc, why);
        }
        match walk::last(talk, case.owner, &case.base, case.revision())? {
            None => Ok(Outcome::AlreadyThere),
            Some(doc) => match doc.stand() {
                Stand::Dead | Stand::Refused => Ok(Outcome::AlreadyThere),
                Stand::Out => Ok(Outcome::Rejected(too_late(&doc))),
                Stand::Live => self.cancel(talk, case, &doc, why),
            },
        }
    }

    /// Calls a delivery order off. Ends the conversation unless it is off afterwards.
    fn cancel(&self, talk: &mut Talk<'_>, case: &Case<'_>, doc: &Doc, why: &str) -> Said<Outcome> {
        let warehouse = doc.warehouse.as_deref().unwrap_or_else(|| self.warehouse(&case.body.order));
        let order_type = delivery::order_type(case.body.order.kind);
        let body = call::cancel(warehouse, case.owner, &doc.code, order_type, why);
        match talk.say(Method::Cancel, body)? {
            Ok(_) => Ok(Outcome::Delivered),
            Err(fault) if matches!(fault.meaning, Meaning::Cancelled | Meaning::NotFound) => {
                Ok(Outcome::AlreadyThere)
            }
            Err(fault) => end(fault.outcome()),
        }
    }

    fn warehouse(&self, order: &Order) -> &str {
        let named =
            order.lines.iter().find_map(|line| self.config.warehouses.find(line.warehouse.as_deref()?));
        named.unwrap_or(&self.config.warehouse_code)
    }
}

/// Whether the warehouse has other articles or quantities than the order.
fn differs(case: &Case<'_>, goods: &[Goods<'_>], doc: &Doc) -> bool {
    let there: Option<Vec<(&str, u64)>> =
        doc.lines.iter().map(|line| Some((line.item.as_str(), line.pieces?))).collect();
    match there {
        Some(there) if !there.is_empty() => {
            lines::by_item(there)
                != lines::by_item(goods.iter().map(|goods| (goods.item.as_str(), goods.pieces)))
        }
        // It does not say: what the event names as changed has to do.
        _ => case.rewritten(),
    }
}

fn too_late(doc: &Doc) -> Error {
    let what = format!("too late: the warehouse has shipped it, its status there is {}", doc.status);
    Error::new(ErrorKind::Rejected, what)
}

fn rejected<T>(error: Error) -> Said<T> {
    end(Outcome::Rejected(error))
}

impl HttpSink for QimenSink {
    fn together(&self, _: &[Delivery]) -> usize {
        1
    }

    fn step(&self, batch: &[Delivery], past: &[Exchange], context: &Context<'_>) -> Step {
        let [delivery] = batch else {
            let what = "one delivery order at a time";
            return Step::all(batch, || Outcome::Retry(None, Error::new(ErrorKind::Bug, what)));
        };
        match self.hold(delivery, past, context) {
            Ok(outcome) => Step::Done(vec![outcome]),
            Err(stop) => match *stop {
                Stop::Call(call) => Step::Call(call),
                Stop::End(outcome) => Step::Done(vec![outcome]),
            },
        }
    }

    fn repeat(&self) -> Repeat {
        Repeat::QueryFirst
    }

    fn takes(&self) -> &'static [&'static str] {
        &["order.*", "refund.*", "return.*", "exchange.*"]
    }

    fn refuses_hidden(&self, scheme: &str) -> Option<&'static str> {
        let prints = self.config.oaid_schemes.iter().any(|known| known == scheme);
        let rejects = self.config.masked_receivers == Masked::Reject;
        (rejects && !prints).then_some(
            "name the platform's token in oaid_schemes when the warehouse prints by it, or set masked_receivers = \"send\"",
        )
    }

    fn wants(&self) -> &'static [&'static str] {
        if self.config.returns.is_some() { self.takes() } else { &["order.*"] }
    }
}
