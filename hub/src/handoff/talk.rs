//! A conversation with a sink that speaks HTTP: the sink says what comes next, this makes the calls.

use std::time::Duration;

use crossdock_connector::{Context, Delivery, Error, ErrorKind, Exchange, HttpSink, Outcome, Step, Token};

use super::budget::Share;
use crate::clock;
use crate::http::{Client, Failure};
use crate::session::Sessions;

/// Most calls of one conversation. A sink that has not ended by then is broken, and what it wrote is not known.
const MOST_CALLS: usize = 30;

/// What a worker talks with.
pub(super) struct Talker {
    pub(super) client: Client,
    pub(super) sessions: Option<Sessions>,
    pub(super) budgets: Vec<Share>,
    /// Longest pause a receiver may ask for.
    pub(super) longest: Duration,
}

impl Talker {
    /// Ends when there may be something to have that is shared with others.
    pub(super) async fn freed(&self) {
        match self.budgets.last() {
            Some(share) => share.freed().await,
            None => std::future::pending().await,
        }
    }

    /// Hands a batch over, one conversation after the other. The first call is already paid for.
    pub(super) async fn hand_over(&self, sink: &dyn HttpSink, batch: &[Delivery]) -> Vec<Outcome> {
        let mut outcomes = Vec::with_capacity(batch.len());
        let mut rest = batch;
        let mut paid = true;
        while !rest.is_empty() {
            let (first, later) = rest.split_at(sink.together(rest).clamp(1, rest.len()));
            outcomes.extend(self.in_session(sink, first, &mut paid).await);
            rest = later;
        }
        outcomes
    }

    async fn in_session(&self, sink: &dyn HttpSink, batch: &[Delivery], paid: &mut bool) -> Vec<Outcome> {
        let Some(sessions) = &self.sessions else { return self.conversation(sink, batch, None, paid).await };
        for anew in [true, false] {
            let token = match sessions.token().await {
                Ok(token) => token,
                Err(error) => {
                    return each(batch, || Outcome::from_error(Error::new(error.kind(), error.to_string())));
                }
            };
            let outcomes = self.conversation(sink, batch, Some(&token), paid).await;
            let ended = outcomes.iter().any(session_ended);
            if ended {
                sessions.refused(&token).await;
            }
            // Only when nothing at all was settled in the old session the whole may be said again at once.
            if !(anew && outcomes.iter().all(session_ended)) {
                return outcomes;
            }
        }
        Vec::new()
    }

    /// One outcome for each delivery, whatever happens on the way.
    async fn conversation(
        &self,
        sink: &dyn HttpSink,
        batch: &[Delivery],
        token: Option<&Token>,
        paid: &mut bool,
    ) -> Vec<Outcome> {
        let mut past = Vec::new();
        let mut wrote = false;
        while past.len() < MOST_CALLS {
            let step = sink.step(batch, &past, &Context { now: clock::now(), token });
            let step = match step {
                Step::Call(call) if !*paid => {
                    let mut waited = false;
                    for share in &self.budgets {
                        waited |= share.wait().await;
                    }
                    *paid = true;
                    // After a wait it is said anew: what is signed is signed with the time of the call.
                    match waited {
                        true => sink.step(batch, &past, &Context { now: clock::now(), token }),
                        false => Step::Call(call),
                    }
                }
                step => step,
            };
            let call = match step {
                // What was paid for and not used is there for what comes next.
                Step::Done(outcomes) => return outcomes,
                Step::Call(call) => call,
            };
            *paid = false;
            match self.client.send(call.request).await {
                Ok(reply) => {
                    if let Some(pause) = sink.pause(&reply) {
                        self.budgets.iter().for_each(|share| share.pause(pause.min(self.longest)));
                    }
                    past.push(Exchange { name: call.name, reply });
                }
                Err(failure) => return each(batch, || lost(&failure, wrote, call.writes)),
            }
            wrote |= call.writes;
        }
        each(batch, || {
            Outcome::Uncertain(Error::new(ErrorKind::Bug, "the conversation with the receiver does not end"))
        })
    }
}

fn each(batch: &[Delivery], outcome: impl Fn() -> Outcome) -> Vec<Outcome> {
    batch.iter().map(|_| outcome()).collect()
}

fn session_ended(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Retry(_, error) if error.kind() == ErrorKind::Session)
}

/// A call that brought no reply: `wrote` says that an earlier call changed something, `writes` that this one would.
fn lost(failure: &Failure, wrote: bool, writes: bool) -> Outcome {
    let (words, kind, uncertain) = match failure {
        Failure::NotSent(words) => (words, ErrorKind::Unavailable, wrote),
        Failure::NoAnswer(words) => (words, ErrorKind::Timeout, wrote || writes),
    };
    let error = Error::new(kind, words.clone());
    if uncertain { Outcome::Uncertain(error) } else { Outcome::Retry(None, error) }
}
