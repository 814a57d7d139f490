//! The sink: one order a conversation.

use std::sync::Arc;
use std::time::Duration;

use crossdock_connector::{
    Context, Delivery, Error, ErrorKind, Exchange, HttpResponse, HttpSink, Outcome, Repeat, Step,
};

use crate::config::{Config, Product};
use crate::talk::{Desk, Talk};
use crate::yonbip;

/// Writes orders.
pub(crate) struct YonyouSink {
    pub(crate) config: Arc<Config>,
    pub(crate) desk: Box<dyn Desk>,
}

impl HttpSink for YonyouSink {
    /// Both systems save one order a call.
    fn together(&self, _batch: &[Delivery]) -> usize {
        1
    }

    fn step(&self, batch: &[Delivery], past: &[Exchange], context: &Context<'_>) -> Step {
        let Some(delivery) = batch.first().filter(|_| batch.len() == 1) else {
            let what = || Outcome::Uncertain(Error::new(ErrorKind::Bug, "one order a conversation"));
            return Step::all(batch, what);
        };
        let mut talk = Talk::new(&self.config, self.desk.as_ref(), delivery);
        for exchange in past {
            talk.hear(exchange);
        }
        talk.say(context)
    }

    /// Saving is safe to repeat in YonBIP; the steps after it are not, and nothing is known about U8.
    fn repeat(&self) -> Repeat {
        Repeat::QueryFirst
    }

    /// The fields of shipments and returns are not established.
    fn takes(&self) -> &'static [&'static str] {
        &["order.*"]
    }

    fn pause(&self, reply: &HttpResponse) -> Option<Duration> {
        if self.config.product == Product::Yonbip { yonbip::limited(reply) } else { None }
    }
}
