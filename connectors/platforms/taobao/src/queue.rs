//! The queue of TMC messages, asked over HTTP where no WebSocket gets out.
//!
//! `taobao.tmc.messages.consume` gives messages and `taobao.tmc.messages.confirm` takes them out of the queue. What a
//! page gave is stored before its cursor is, and the cursor then says to confirm: a message is confirmed only after
//! it is stored, and one that could not be confirmed comes again.

use serde_json::value::RawValue;

use crossdock_connector::{
    Captured, Context, Cursor, Error, ErrorKind, HttpRequest, HttpResponse, Page, Result, rows, wire,
};

use crate::TMC;
use crate::config::Queue;
use crate::gateway::{Gateway, accept};
use crate::wire::{ConfirmReply, ConsumeReply, QueueRow, text};

/// The first place of each window.
pub(crate) const CONSUME: &str = "consume";
/// Before the ids to confirm, which are joined by commas.
const CONFIRM: &str = "confirm/";

/// The call for a place in the queue.
pub(crate) fn request(
    gateway: &Gateway,
    queue: &Queue,
    place: &str,
    context: &Context<'_>,
) -> Result<HttpRequest> {
    let group = || queue.group.iter().map(|group| ("group_name", group.clone()));
    if place == CONSUME {
        let mut own = vec![("quantity", queue.quantity.to_string())];
        own.extend(group());
        return gateway.call("taobao.tmc.messages.consume", own, context.now);
    }
    let ids = place.strip_prefix(CONFIRM).filter(|ids| !ids.is_empty());
    let ids = ids.ok_or_else(|| Error::new(ErrorKind::Bug, "not a cursor of this connector"))?;
    let mut own = vec![("s_message_ids", ids.to_owned())];
    own.extend(group());
    gateway.call("taobao.tmc.messages.confirm", own, context.now)
}

/// Reads the reply to it.
pub(crate) fn page(shop: &str, cursor: &Cursor, reply: &HttpResponse) -> Result<Page> {
    let next = |place: String| Some(Cursor { place, ..cursor.clone() });
    if cursor.place == CONSUME {
        accept(reply)?;
        let (captured, ids) = consumed(shop, &reply.body)?;
        let next = if ids.is_empty() { None } else { next(format!("{CONFIRM}{}", ids.join(","))) };
        return Ok(Page { captured, next, ..Page::default() });
    }
    match accept(reply) {
        // Ids that the platform does not take any more would be confirmed for ever. What is still in the queue comes
        // again with the next window.
        Err(error) if matches!(error.kind(), ErrorKind::Rejected | ErrorKind::NotFound) => {
            return Ok(Page::default());
        }
        other => other?,
    }
    let root = "$.tmc_messages_confirm_response";
    let read: ConfirmReply<'_> = wire::parse(&reply.body)?;
    let said = read.tmc_messages_confirm_response;
    let said = said.ok_or_else(|| Error::malformed("a reply without the answer asked for").at(root))?;
    match text(&said.is_success) {
        Some("true") => Ok(Page { next: next(CONSUME.to_owned()), ..Page::default() }),
        Some("false") => Ok(Page::default()),
        _ => Err(Error::malformed("is_success is missing").at(format!("{root}.is_success"))),
    }
}

/// The messages of a page that are this shop's, each once, and their ids.
fn consumed(shop: &str, body: &[u8]) -> Result<(Vec<Captured>, Vec<String>)> {
    let root = "$.tmc_messages_consume_response";
    let read: ConsumeReply<'_> = wire::parse(body)?;
    let reply = read.tmc_messages_consume_response;
    let reply = reply.ok_or_else(|| Error::malformed("a reply without the list asked for").at(root))?;
    let (mut captured, mut ids, mut others) = (Vec::new(), Vec::new(), false);
    for (at, raw) in messages(reply.messages, root)?.into_iter().enumerate() {
        let place = format!("{root}.messages[{at}]");
        let row: QueueRow<'_> = rows::object(raw, &place)?;
        // One application serves many shops: what is another's is left to it.
        if text(&row.user_id).is_some_and(|user| user != shop) {
            others = true;
            continue;
        }
        let id = text(&row.id).filter(|id| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit()));
        let id = id.ok_or_else(|| Error::malformed("a message without an id").at(format!("{place}.id")))?;
        if ids.iter().all(|known| known != id) {
            ids.push(id.to_owned());
            captured.push(Captured::new(TMC, raw.get().to_owned()));
        }
    }
    if others && ids.is_empty() {
        let what = "the queue holds messages of other shops only: each shop needs a message group of its own";
        return Err(Error::config(what).at("queue.group"));
    }
    Ok((captured, ids))
}

/// The rows of `messages.tmc_message[]`, or of `messages[]` with `simplify=true`; an empty queue has neither.
fn messages<'a>(raw: Option<&'a RawValue>, root: &str) -> Result<Vec<&'a RawValue>> {
    #[derive(serde::Deserialize)]
    struct Wrapped<'a> {
        #[serde(borrow)]
        tmc_message: Option<&'a RawValue>,
    }
    let Some(raw) = raw else { return Ok(Vec::new()) };
    let path = format!("{root}.messages");
    if !raw.get().starts_with('{') {
        return rows::rows(raw.get(), &path);
    }
    let wrapped: Wrapped<'_> = rows::object(raw, &path)?;
    wrapped.tmc_message.map_or(Ok(Vec::new()), |inner| rows::rows(inner.get(), &path))
}
