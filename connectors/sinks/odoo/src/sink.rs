//! Which event goes where.

use std::sync::Arc;

use serde::de::DeserializeOwned;

use crossdock_connector::{
    Context, Delivery, Error, ErrorKind, Exchange, HttpSink, Outcome, Repeat, Result, Step,
};
use crossdock_schemas::{AftersaleBody, OrderBody, ParcelBody};

use crate::config::Config;
use crate::rpc::Rpc;
use crate::talk::{Said, Stop, Talk};
use crate::{order, parcel, refund};

pub(crate) struct OdooSink {
    config: Arc<Config>,
    rpc: Rpc,
}

impl OdooSink {
    pub(crate) fn new(config: Arc<Config>, rpc: Rpc) -> Self {
        Self { config, rpc }
    }

    fn hand_over(&self, talk: &mut Talk<'_>, delivery: &Delivery) -> Said<Outcome> {
        let event = delivery.event.event_type.as_str();
        let config = &*self.config;
        match event.split_once('.').unwrap_or((event, "")) {
            ("order", _) => order::hand_over(talk, config, delivery, &body::<OrderBody>(delivery)?),
            ("refund", _) => {
                refund::hand_over(talk, config, delivery, &body::<AftersaleBody>(delivery)?.aftersale)
            }
            ("parcel", "created" | "linked" | "cancelled") => {
                parcel::hand_over(talk, config, delivery, &body::<ParcelBody>(delivery)?.parcel)
            }
            _ => {
                let what = format!("odoo has no place for {event}");
                Ok(Outcome::Rejected(Error::new(ErrorKind::Unsupported, what)))
            }
        }
    }
}

fn body<T: DeserializeOwned>(delivery: &Delivery) -> Result<T> {
    serde_json::from_str(delivery.event.data.get())
        .map_err(|error| Error::malformed("the event's data is not of its type").because(error))
}

impl HttpSink for OdooSink {
    fn together(&self, _: &[Delivery]) -> usize {
        // One bad record in a call rolls back all of it.
        1
    }

    fn step(&self, batch: &[Delivery], past: &[Exchange], context: &Context<'_>) -> Step {
        let Some(delivery) = batch.first() else { return Step::Done(Vec::new()) };
        let mut talk = Talk::new(&self.rpc, past, context);
        let outcome = match self.hand_over(&mut talk, delivery) {
            Ok(outcome) => outcome,
            Err(Stop::End(outcome)) => *outcome,
            Err(Stop::Say(call)) => return Step::Call(*call),
        };
        Step::Done(vec![outcome])
    }

    fn repeat(&self) -> Repeat {
        Repeat::QueryFirst
    }

    fn takes(&self) -> &'static [&'static str] {
        &["order.*", "refund.*", "parcel.created", "parcel.linked", "parcel.cancelled"]
    }
}
