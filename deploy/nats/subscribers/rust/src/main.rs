//! Prints one line per event from a durable consumer: number, event, sequence, total.
//!
//! ```text
//! NATS_USER=erp NATS_PASSWORD=... cargo run -- XD_DEFAULT erp
//! ```
//!
//! Events arrive at least once. An event is applied when it is new, and acknowledged only after that.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a program for people, configured by its environment"
)]

use std::collections::{HashMap, HashSet};
use std::env;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_nats::jetstream::consumer::PullConsumer;
use async_nats::jetstream::{self, AckKind, Message};
use async_nats::{ConnectErrorKind, ConnectOptions, Event};
use futures_util::StreamExt;
use serde_json::Value;

/// What ends the program, in words.
type Failure = Box<dyn std::error::Error + Send + Sync>;

/// What was applied, per key: the last sequence, and the ids at that sequence. Keep these two beside your data, and change
/// them in the same transaction; here they live as long as the program.
#[derive(Default)]
struct Applied(HashMap<String, (u64, HashSet<String>)>);

#[derive(PartialEq)]
enum Verdict {
    New,
    Repeat,
    Older,
}

impl Applied {
    fn verdict(&mut self, fact: &Fact) -> Verdict {
        let (last, ids) = self.0.entry(fact.key.clone()).or_default();
        if fact.sequence < *last {
            return Verdict::Older;
        }
        if fact.sequence > *last {
            *last = fact.sequence;
            ids.clear();
        }
        if ids.insert(fact.id.clone()) { Verdict::New } else { Verdict::Repeat }
    }
}

/// An event: what its headers say, and the whole order as it is after it.
struct Fact {
    id: String,
    key: String,
    event: String,
    sequence: u64,
    data: Value,
}

impl Fact {
    fn read(message: &Message) -> Result<Self, Failure> {
        let header = |name: &str| {
            let value = message.headers.as_ref().and_then(|headers| headers.get(name));
            value.map(|value| value.as_str().to_owned()).ok_or_else(|| format!("no header {name}"))
        };
        let event = header("ce-type")?;
        Ok(Self {
            id: header("ce-id")?,
            key: header("ce-partitionkey")?,
            event: event.strip_prefix("io.crossdock.").unwrap_or(&event).to_owned(),
            sequence: header("ce-sequence")?.parse()?,
            data: serde_json::from_slice(&message.payload)?,
        })
    }
}

/// The place for your own code.
fn apply(fact: &Fact) {
    let text = |pointer: &str| fact.data.pointer(pointer).and_then(Value::as_str);
    let numbers = ["/order/order_no", "/order_nos/0", "/aftersale/aftersale_no", "/parcel/tracking_no"];
    let number = numbers.into_iter().find_map(text);
    // A decimal as text: never make a float of it.
    let total = text("/order/totals/payable")
        .map_or("-".to_owned(), |total| format!("{total} {}", text("/order/currency").unwrap_or_default()));
    println!("{}\t{}\t{}\t{total}", number.unwrap_or("-"), fact.event, fact.sequence);
}

async fn take(message: &Message, applied: &mut Applied) -> Result<(), Failure> {
    match Fact::read(message) {
        Ok(fact) => match applied.verdict(&fact) {
            Verdict::New => apply(&fact),
            Verdict::Repeat => eprintln!("repeat: {}", fact.id),
            Verdict::Older => eprintln!("older: {}", fact.id),
        },
        Err(error) => {
            eprintln!("not an event of crossdock, never again: {error}");
            return message.ack_with(AckKind::Term).await;
        }
    }
    // The server has noted it when this returns.
    message.double_ack().await
}

async fn run(stream: &str, consumer: &str) -> Result<(), Failure> {
    let url = env::var("NATS_URL").unwrap_or_else(|_| "nats://127.0.0.1:4222".to_owned());
    let user = env::var("NATS_USER").ok();
    let refusals = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&refusals);
    let mut options = ConnectOptions::new().name("subscriber").event_callback(move |event| {
        if let Event::ServerError(error) = &event {
            heard.lock().unwrap_or_else(PoisonError::into_inner).push(error.to_string());
        }
        eprintln!("NATS: {event}");
        std::future::ready(())
    });
    if let Some(user) = &user {
        // A user of ours has its own inboxes.
        let password = env::var("NATS_PASSWORD").unwrap_or_default();
        options =
            options.user_and_password(user.clone(), password).custom_inbox_prefix(format!("_INBOX_{user}"));
    }
    let shown = user.as_deref().unwrap_or("without a name");
    let client = options.connect(&url).await.map_err(|error| match error.kind() {
        ConnectErrorKind::AuthorizationViolation | ConnectErrorKind::Authentication => {
            format!("the server at {url} refuses user {shown}: check NATS_USER and NATS_PASSWORD ({error})")
        }
        _ => format!("cannot connect to {url}: {error}; does nats-server run there?"),
    })?;

    // And finds its consumer under the domain `xd` (accounts.conf).
    let jetstream = match &user {
        Some(_) => jetstream::with_domain(client.clone(), "xd"),
        None => jetstream::new(client.clone()),
    };
    let found: Result<PullConsumer, _> = jetstream.get_consumer_from_stream(consumer, stream).await;
    let found = found.map_err(|error| {
        let words = error.to_string();
        if words.contains("not found") {
            return format!("there is no consumer {consumer} on stream {stream}: run `crossdock nats setup`");
        }
        let refused = refusals.lock().unwrap_or_else(PoisonError::into_inner).last().cloned();
        let why = refused.unwrap_or(words);
        format!("user {shown} may not read consumer {consumer} of stream {stream}: {why}")
    })?;

    let mut applied = Applied::default();
    let stop = stopped();
    tokio::pin!(stop);
    'pulling: loop {
        let batch = found.stream().max_messages_per_batch(100).heartbeat(Duration::from_secs(5));
        let mut messages = match batch.messages().await {
            Ok(messages) => messages,
            Err(error) => {
                eprintln!("NATS: {error}; trying again");
                tokio::time::sleep(Duration::from_secs(1)).await;
                continue;
            }
        };
        loop {
            // One after the other: events of one order stay in order.
            let taken = tokio::select! {
                () = &mut stop => break 'pulling,
                message = messages.next() => match message {
                    Some(Ok(message)) => take(&message, &mut applied).await,
                    Some(Err(error)) => Err(error.into()),
                    None => break,
                },
            };
            // What was not acknowledged comes again.
            if let Err(error) = taken {
                eprintln!("NATS: {error}; going on");
            }
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    client.flush().await?;
    Ok(())
}

/// SIGINT or SIGTERM.
async fn stopped() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
            return;
        }
    }
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    let words: Vec<String> = env::args().skip(1).collect();
    let [stream, consumer] = words.as_slice() else {
        eprintln!("usage: crossdock-subscriber STREAM CONSUMER, for example XD_DEFAULT erp");
        return ExitCode::FAILURE;
    };
    match run(stream, consumer).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::FAILURE
        }
    }
}
