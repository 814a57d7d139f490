//! Pushed messages: all they are good for is to say what to fetch. They come twice under the same and under other ids, and
//! in any order; the order or case says where it is, with its own time of change.

use std::borrow::Cow;

use serde_json::value::RawValue;

use crossdock_connector::{Error, Issue, IssueKind, Normalized, ObjectId, Result, reading, rows, wire};

use crate::codes::{Codes, Effect};
use crate::wire::{Content, Message, text, told};
use crate::{AFTERSALE, ORDER};

/// All messages of one request. A bad one does not cost the others.
pub(super) fn read(codes: &Codes, shop: &str, body: &[u8]) -> Result<Normalized> {
    let body = wire::utf8(body)?.trim_start();
    if !body.starts_with(['[', '{']) {
        return Err(Error::malformed("expected a list of messages").at("$"));
    }
    let list = rows::rows(body, "$")?;
    let mut all = match list.as_slice() {
        [] => return Err(Error::malformed("a list without messages").at("$")),
        [only] if body.starts_with('{') => one(codes, shop, only, "$")?,
        // Created and paid of one order is one thing to fetch.
        rows => reading::page(rows, "$", |row, place| one(codes, shop, row, place))?,
    };
    all.fetch.sort_unstable();
    Ok(all)
}

fn one(codes: &Codes, shop: &str, row: &RawValue, place: &str) -> Result<Normalized> {
    let message: Message<'_> = rows::object(row, place)?;
    let tag = text(&message.tag);
    let tag = tag.ok_or_else(|| Error::malformed("the tag is missing").at(format!("{place}.tag")))?;
    let effect = codes.tags.get(tag).map(|row| row.effect);
    let path = format!("{place}.data");
    match effect {
        // The platform's own sample of a pending order has the tag of the console's test, and names the order.
        Some(Effect::Test) if names_order(&message, &path) => {}
        Some(Effect::Test) => return Ok(Normalized::ignored("test")),
        Some(Effect::Goods) => return Ok(Normalized::ignored("goods")),
        Some(Effect::Order | Effect::Case) | None => {}
    }
    let inner = inner(&message, &path)?;
    if !inner.trim_start().starts_with('{') {
        return Err(Error::malformed("expected an object").at(path));
    }
    let content: Content<'_> = wire::parse(inner.as_bytes()).map_err(|error| {
        let inner = error.path.unwrap_or_default();
        Error::malformed("not the JSON expected").at(format!("{path} -> {inner}"))
    })?;
    // One address serves all shops of an application.
    if text(&content.shop_id).is_some_and(|theirs| theirs != shop) {
        let at = format!("{path} -> $.shop_id");
        let issues = vec![Issue::new(IssueKind::BadValue, at, "a message for another shop")];
        return Ok(Normalized { issues, ..Normalized::ignored("other_shop") });
    }
    let order = told(&content.p_id).map(|id| ObjectId::new(ORDER, id));
    let case = told(&content.aftersale_id).map(|id| ObjectId::new(AFTERSALE, id));
    let missing = |id: &str| Error::malformed(format!("{id} is missing")).at(format!("{path} -> $.{id}"));
    match effect {
        Some(Effect::Order | Effect::Test) => Ok(Normalized::nudge(order.ok_or_else(|| missing("p_id"))?)),
        Some(Effect::Case | Effect::Goods) => {
            // Without a case there is still the order, which says that there is one.
            let fetch: Vec<_> = case.into_iter().chain(order).collect();
            if fetch.is_empty() {
                return Err(missing("aftersale_id"));
            }
            Ok(Normalized { fetch, ..Normalized::default() })
        }
        None => {
            // Whatever happened, looking at what it happened to cannot be wrong.
            let fetch: Vec<_> = case.into_iter().chain(order).collect();
            let ignored = fetch.is_empty().then_some("unknown_tag");
            let issues = vec![Issue::unmapped(format!("{place}.tag"), tag)];
            Ok(Normalized { fetch, ignored, issues, ..Normalized::default() })
        }
    }
}

/// Whether the content is an object with the number of an order.
fn names_order(message: &Message<'_>, path: &str) -> bool {
    inner(message, path).is_ok_and(|inner| {
        wire::parse::<Content<'_>>(inner.as_bytes()).is_ok_and(|content| told(&content.p_id).is_some())
    })
}

/// The content: JSON inside a text, or the object itself.
fn inner<'m>(message: &Message<'m>, path: &str) -> Result<Cow<'m, str>> {
    let raw = message.data.ok_or_else(|| Error::malformed("the data is missing").at(path))?;
    if raw.get().starts_with('{') {
        return Ok(Cow::Borrowed(raw.get()));
    }
    let text: wire::Scalar<'m> = wire::parse(raw.get().as_bytes()).map_err(|error| error.at(path))?;
    if text.text().is_none() {
        return Err(Error::malformed("the data is empty").at(path));
    }
    Ok(text.into_inner())
}
