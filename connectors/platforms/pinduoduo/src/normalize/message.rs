//! Messages of the platform's channel and of the relay: all they are good for is to say what to fetch. Their ids
//! change when they are sent again, and their money has been seen in another unit than the interface's.

use std::borrow::Cow;

use crossdock_connector::{Error, Issue, IssueKind, Normalized, ObjectId, Result, form, wire};

use crate::ORDER;
use crate::codes::{Codes, Effect};
use crate::fetch::CaseId;
use crate::wire::{Content, Frame, Message, Relayed, text};

/// A text frame of the channel.
pub(super) fn frame(codes: &Codes, shop: &str, body: &[u8]) -> Result<Normalized> {
    let frame: Frame<'_> = wire::parse(body)?;
    match text(&frame.command) {
        Some("HeartBeat") => return Ok(Normalized::ignored("heartbeat")),
        Some("Ack") => return Ok(Normalized::ignored("ack")),
        _ => {}
    }
    // The platform's own client takes the message out of its frame before it hands it over.
    let bare: Message<'_> = wire::parse(body)?;
    let bare = Some(&bare).filter(|message| text(&message.kind).is_some());
    let message = frame.message.as_ref().or(bare);
    let message = message.ok_or_else(|| Error::malformed("the message is missing").at("$.message"))?;
    let kind = text(&message.kind);
    let kind = kind.ok_or_else(|| Error::malformed("the type is missing").at("$.message.type"))?;
    if kind.starts_with("pdd_goods_") {
        return Ok(Normalized::ignored("goods"));
    }
    let inner = inner(message)?;
    let content: Content<'_> = wire::parse(inner.as_bytes()).map_err(|error| {
        let inner = error.path.clone().unwrap_or_default();
        error.at(format!("$.message.content -> {inner}"))
    })?;
    // An application serves many malls; an order number alone is not proven unique among them.
    if text(&message.mall_id).or(text(&content.mall_id)).is_some_and(|mall| mall != shop) {
        let issues = vec![Issue::new(IssueKind::BadValue, "$.message.mallID", "a message for another mall")];
        return Ok(Normalized { issues, ..Normalized::ignored("other_mall") });
    }
    let order_sn = text(&content.tid).or(text(&content.order_sn));
    let order = order_sn.map(|id| ObjectId::new(ORDER, id));
    let missing =
        |id: &str| Error::malformed(format!("{id} is missing")).at(format!("$.message.content -> $.{id}"));
    // The case was changed at this time, or shortly before it was told.
    let changed = [text(&content.modified), text(&frame.time)].into_iter().flatten();
    let changed = changed.filter_map(|text| text.parse::<i64>().ok()).next().map(|millis| millis / 1000);
    let case = order_sn.zip(text(&content.refund_id)).zip(changed);
    let case = case.map(|((order_sn, id), seconds)| CaseId::write(order_sn, id, seconds));
    match codes.topics.get(kind).map(|row| row.effect) {
        Some(Effect::Order) => Ok(Normalized::nudge(order.ok_or_else(|| missing("tid"))?)),
        Some(Effect::Refund) => {
            let order = order.ok_or_else(|| missing("tid"))?;
            // Without a case or a time there is still the order, which says that there is a case.
            Ok(Normalized { fetch: case.into_iter().chain([order]).collect(), ..Normalized::default() })
        }
        None => {
            // Whatever happened, looking at what it happened to cannot be wrong.
            let fetch: Vec<_> = case.into_iter().chain(order).collect();
            let ignored = fetch.is_empty().then_some("unknown_type");
            let issues = vec![Issue::unmapped("$.message.type", kind)];
            Ok(Normalized { fetch, ignored, issues, ..Normalized::default() })
        }
    }
}

/// The content: JSON inside a text, or the object itself.
fn inner<'m>(message: &Message<'m>) -> Result<Cow<'m, str>> {
    let path = "$.message.content";
    let raw = message.content.ok_or_else(|| Error::malformed("the content is missing").at(path))?;
    if raw.get().starts_with('{') {
        return Ok(Cow::Borrowed(raw.get()));
    }
    let text: wire::Scalar<'m> = wire::parse(raw.get().as_bytes()).map_err(|error| error.at(path))?;
    if text.text().is_none() {
        return Err(Error::malformed("the content is empty").at(path));
    }
    Ok(text.into_inner())
}

/// The form of the relay. What its other fields mean is not established; the order says the rest.
pub(super) fn relayed(body: &[u8]) -> Result<Normalized> {
    let form = form::Form::read(body)?;
    let json = form.get("json");
    let json = json.ok_or_else(|| Error::malformed("the field json is missing or there twice").at("json"))?;
    let relayed: Relayed<'_> = wire::parse(json.as_bytes()).map_err(|error| {
        let inner = error.path.clone().unwrap_or_default();
        error.at(format!("json -> {inner}"))
    })?;
    match text(&relayed.tid) {
        Some(tid) => Ok(Normalized::nudge(ObjectId::new(ORDER, tid))),
        None => Ok(Normalized::ignored("no_order")),
    }
}
