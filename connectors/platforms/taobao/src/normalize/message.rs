//! TMC messages. They hold neither lines nor a receiver and come late, twice and out of order: all they are
//! good for is to say what to fetch.

use crossdock_connector::{Error, Issue, Normalized, ObjectId, Result, wire};

use crate::codes::{Codes, Effect};
use crate::frame::{self, Frame};
use crate::wire::{Content, Message, text};
use crate::{REFUND, TRADE};

/// Reads a message: the headers of its frame as JSON, a row of the queue, or the frame itself.
pub(super) fn read(shop: &str, codes: &Codes, body: &[u8]) -> Result<Normalized> {
    if frame::is_frame(body) {
        let frame = Frame::read(body)?;
        if !frame.is_message() {
            // The frames around messages: the answer to CONNECT, for one.
            return Ok(Normalized::ignored("no_message"));
        }
        let user = frame.number("userid").map(|user| user.to_string());
        return said(shop, codes, frame.text("topic"), frame.text("content"), user.as_deref());
    }
    let message: Message<'_> = wire::parse(body)?;
    let user = text(&message.userid).or(text(&message.user_id));
    said(shop, codes, text(&message.topic), text(&message.content), user)
}

fn said(
    shop: &str,
    codes: &Codes,
    topic: Option<&str>,
    content: Option<&str>,
    user: Option<&str>,
) -> Result<Normalized> {
    let topic = topic.ok_or_else(|| Error::malformed("the topic is missing").at("$.topic"))?;
    let content = content.ok_or_else(|| Error::malformed("the content is missing").at("$.content"))?;
    // One application serves many shops, and what is another's cannot be fetched with this one's session.
    if user.is_some_and(|user| user != shop) {
        return Err(Error::malformed("a message of another shop").at("$.userid"));
    }
    let content: Content<'_> = wire::parse(content.as_bytes()).map_err(|error| {
        let inner = error.path.clone().unwrap_or_default();
        error.at(format!("$.content -> {inner}"))
    })?;
    let trade = text(&content.tid).map(|id| ObjectId::new(TRADE, id));
    let refund = text(&content.refund_id).map(|id| ObjectId::new(REFUND, id));
    let missing = |id: &str| Error::malformed(format!("{id} is missing")).at(format!("$.content -> $.{id}"));
    match codes.topics.get(topic).map(|row| row.effect) {
        Some(Effect::Trade) => Ok(Normalized::nudge(trade.ok_or_else(|| missing("tid"))?)),
        Some(Effect::Refund) => Ok(Normalized::nudge(refund.ok_or_else(|| missing("refund_id"))?)),
        Some(Effect::Ignore) => Ok(Normalized::ignored("informative")),
        None => {
            // Whatever happened, looking at what it happened to cannot be wrong.
            let fetch: Vec<_> = refund.into_iter().chain(trade).collect();
            let ignored = fetch.is_empty().then_some("unknown_topic");
            let issues = vec![Issue::unmapped("$.topic", topic)];
            Ok(Normalized { fetch, ignored, issues, ..Normalized::default() })
        }
    }
}
