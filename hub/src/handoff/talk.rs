//! A conversation with a sink that speaks HTTP: the sink says what comes next, this makes the calls.

use crossdock_connector::{Context, Delivery, Error, ErrorKind, Exchange, HttpSink, Outcome, Step, Token};

use crate::clock;
use crate::http::{Client, Failure};

/// Most calls of one conversation. A sink that has not ended by then is broken, and what it wrote is not known.
const MOST_CALLS: usize = 30;

/// One outcome for each delivery, whatever happens on the way.
pub(super) async fn conversation(
    client: &Client,
    sink: &dyn HttpSink,
    batch: &[Delivery],
    token: Option<&Token>,
) -> Vec<Outcome> {
    let mut past = Vec::new();
    let mut wrote = false;
    while past.len() < MOST_CALLS {
        let context = Context { now: clock::now(), token };
        let call = match sink.step(batch, &past, &context) {
            Step::Done(outcomes) => return outcomes,
            Step::Call(call) => call,
        };
        match client.send(call.request).await {
            Ok(reply) => past.push(Exchange { name: call.name, reply }),
            Err(failure) => return batch.iter().map(|_| lost(&failure, wrote, call.writes)).collect(),
        }
        wrote |= call.writes;
    }
    let words = "the conversation with the receiver does not end";
    batch.iter().map(|_| Outcome::Uncertain(Error::new(ErrorKind::Bug, words))).collect()
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
