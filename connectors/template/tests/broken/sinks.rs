//! Sinks that go wrong.

use std::sync::Arc;

use crossdock_connector::{
    Delivery, HttpResponse, HttpSink, Outcome, Parts, Repeat, Result, SinkCall, SinkPart,
};
use crossdock_template::acme_sink;
use crossdock_testkit::conformance::Table;
use jiff::Timestamp;

use super::{SINK, fails, subject};

/// A sink that goes wrong.
struct Rash(Arc<dyn HttpSink>, Rashness);

#[derive(Clone, Copy)]
enum Rashness {
    AlwaysDelivered,
    OneOutcome,
    ForgetsTheLast,
}

impl HttpSink for Rash {
    fn encode(&self, batch: &[Delivery], now: Timestamp) -> Result<Vec<SinkCall>> {
        let mut calls = self.0.encode(batch, now)?;
        if matches!(self.1, Rashness::ForgetsTheLast) && batch.len() > 1 {
            calls[0].covers.end -= 1;
        }
        Ok(calls)
    }
    fn read_reply(&self, sent: &[Delivery], reply: &HttpResponse) -> Vec<Outcome> {
        match self.1 {
            Rashness::AlwaysDelivered => sent.iter().map(|_| Outcome::Delivered).collect(),
            Rashness::OneOutcome => vec![Outcome::Delivered],
            Rashness::ForgetsTheLast => self.0.read_reply(sent, reply),
        }
    }
    fn repeat(&self) -> Repeat {
        self.0.repeat()
    }
}

fn rash(how: Rashness) -> impl Fn(Table) -> Result<Parts> {
    move |table| {
        let parts = (subject::<acme_sink::Acme>(SINK).build)(table)?;
        let sink = match parts.sink.clone() {
            Some(SinkPart::Http(inner)) => {
                Some(SinkPart::Http(Arc::new(Rash(inner, how)) as Arc<dyn HttpSink>))
            }
            other => other,
        };
        Ok(Parts { sink, ..parts })
    }
}

#[test]
fn c14_a_failure_called_delivered() {
    let mut subject = subject::<acme_sink::Acme>(SINK);
    subject.build = |table| rash(Rashness::AlwaysDelivered)(table);
    fails(&subject, "C14", "status 503, body ``: is delivered");
}

#[test]
fn c14_a_delivery_without_outcome() {
    let mut subject = subject::<acme_sink::Acme>(SINK);
    subject.build = |table| rash(Rashness::OneOutcome)(table);
    fails(&subject, "C14", "1 outcomes for 3 deliveries");
}

#[test]
fn c14_a_delivery_that_is_not_covered() {
    let mut subject = subject::<acme_sink::Acme>(SINK);
    subject.build = |table| rash(Rashness::ForgetsTheLast)(table);
    fails(&subject, "C14", "49 of 50 are covered");
}
