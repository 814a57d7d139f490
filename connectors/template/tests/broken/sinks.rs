//! Sinks that go wrong.

use std::sync::Arc;

use crossdock_connector::{
    Context, Delivery, Exchange, HttpSink, Outcome, Parts, Repeat, Result, SinkPart, Step,
};
use crossdock_template::acme_sink;
use crossdock_testkit::conformance::Table;

use super::{SINK, fails, subject};

/// A sink that goes wrong.
struct Rash(Arc<dyn HttpSink>, Rashness);

#[derive(Clone, Copy)]
enum Rashness {
    AlwaysDelivered,
    OneOutcome,
    ForgetsTheLast,
    NeverEnds,
    WritesUnasked,
}

impl HttpSink for Rash {
    fn together(&self, batch: &[Delivery]) -> usize {
        if matches!(self.1, Rashness::ForgetsTheLast) { 0 } else { self.0.together(batch) }
    }
    fn step(&self, batch: &[Delivery], past: &[Exchange], context: &Context<'_>) -> Step {
        match self.1 {
            Rashness::AlwaysDelivered if !past.is_empty() => Step::all(batch, || Outcome::Delivered),
            Rashness::OneOutcome if !past.is_empty() => Step::Done(vec![Outcome::Delivered]),
            Rashness::NeverEnds if !past.is_empty() => self.0.step(batch, &[], context),
            _ => self.0.step(batch, past, context),
        }
    }
    fn repeat(&self) -> Repeat {
        if matches!(self.1, Rashness::WritesUnasked) { Repeat::QueryFirst } else { self.0.repeat() }
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
    fails(&subject, "C14", "0 go into one conversation");
}

#[test]
fn c14_a_conversation_without_end() {
    let mut subject = subject::<acme_sink::Acme>(SINK);
    subject.build = |table| rash(Rashness::NeverEnds)(table);
    fails(&subject, "C14", "no end after");
}

#[test]
fn c14_a_write_of_what_may_be_there() {
    let mut subject = subject::<acme_sink::Acme>(SINK);
    subject.build = |table| rash(Rashness::WritesUnasked)(table);
    fails(&subject, "C14", "written without asking first");
}
