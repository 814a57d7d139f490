//! The calls of polls and fetches: the connector says what to ask and reads what came back, this makes the call.

use crossdock_connector::{
    Captured, Context, Cursor, Error, ErrorKind, Fetch, HttpRequest, HttpResponse, ObjectId, Page, Poll,
    Result,
};

use crate::clock;
use crate::http::{Client, Failure};

/// One page of a poll.
///
/// # Errors
/// The vendor's error as the connector reads it, or that it cannot be reached.
pub async fn page(client: &Client, poll: &dyn Poll, cursor: &Cursor) -> Result<Page> {
    let request = poll.request(cursor, &Context::at(clock::now()))?;
    poll.page(cursor, &call(client, request).await?)
}

/// One object by its id.
///
/// # Errors
/// The vendor's error as the connector reads it, or that it cannot be reached.
pub async fn object(client: &Client, fetch: &dyn Fetch, id: &ObjectId) -> Result<Captured> {
    let request = fetch.request(id, &Context::at(clock::now()))?;
    fetch.record(id, &call(client, request).await?)
}

async fn call(client: &Client, request: HttpRequest) -> Result<HttpResponse> {
    client.send(request).await.map_err(|failure| match failure {
        Failure::NotSent(words) => Error::new(ErrorKind::Unavailable, words),
        Failure::NoAnswer(words) => Error::new(ErrorKind::Timeout, words),
    })
}
