//! TMC messages. They hold neither lines nor a receiver and come late, twice and out of order: all they are
//! good for is to say what to fetch.

use crossdock_connector::{Error, Issue, Normalized, ObjectId, Result, wire};

use crate::codes::{Codes, Effect};
use crate::wire::{Content, Message, text};
use crate::{REFUND, TRADE};

pub(super) fn read(codes: &Codes, body: &[u8]) -> Result<Normalized> {
    let message: Message<'_> = wire::parse(body)?;
    let topic = text(&message.topic).ok_or_else(|| Error::malformed("the topic is missing").at("$.topic"))?;
    let content =
        text(&message.content).ok_or_else(|| Error::malformed("the content is missing").at("$.content"))?;
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
