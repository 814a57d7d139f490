//! What Acme answered: one result for each entry, found by the event's id.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Deserialize;

use crossdock_connector::{Delivery, Error, ErrorKind, HttpResponse, Outcome};

#[derive(Deserialize)]
struct Reply<'a> {
    #[serde(borrow)]
    results: Vec<Entry<'a>>,
}

#[derive(Deserialize)]
struct Entry<'a> {
    #[serde(borrow)]
    id: Cow<'a, str>,
    #[serde(borrow)]
    status: Cow<'a, str>,
    #[serde(borrow)]
    code: Option<Cow<'a, str>>,
}

/// One outcome for each delivery, in their order.
pub(super) fn outcomes(sent: &[Delivery], reply: &HttpResponse) -> Vec<Outcome> {
    if !reply.is_success() {
        return sent.iter().map(|_| Outcome::from_status(reply)).collect();
    }
    let Ok(body) = serde_json::from_slice::<Reply<'_>>(&reply.body) else {
        return sent.iter().map(|_| uncertain("reply is not the JSON expected")).collect();
    };
    let results: BTreeMap<&str, &Entry<'_>> = body.results.iter().map(|entry| (&*entry.id, entry)).collect();
    let outcome = |delivery: &Delivery| match results.get(delivery.event.id.as_str()) {
        Some(entry) => read(entry, reply),
        // Not a word about it: it may have arrived. Sending it again is harmless, Acme knows the id.
        None => uncertain("reply says nothing about this event"),
    };
    sent.iter().map(outcome).collect()
}

fn read(entry: &Entry<'_>, reply: &HttpResponse) -> Outcome {
    let error = |kind, message: &str| {
        let error = Error::new(kind, message);
        match &entry.code {
            Some(code) => error.vendor(code.as_ref()),
            None => error,
        }
    };
    match entry.status.as_ref() {
        "created" => Outcome::Delivered,
        "exists" => Outcome::AlreadyThere,
        "busy" => {
            Outcome::Retry(reply.retry_after(), error(ErrorKind::Unavailable, "the document is locked"))
        }
        "refused" => Outcome::Rejected(error(ErrorKind::Rejected, "the receiver refused")),
        _ => Outcome::Uncertain(error(ErrorKind::Malformed, "the receiver answered with an unknown word")),
    }
}

fn uncertain(message: &str) -> Outcome {
    Outcome::Uncertain(Error::malformed(message))
}
