//! Rows of the tables that the platform fills in the merchant's own database (RDS push): `jdp_tb_trade` and
//! `jdp_tb_refund`. The column `jdp_response` holds the whole reply of the gateway as text.

use std::borrow::Cow;

use serde::Deserialize;
use serde::de::IgnoredAny;

use crossdock_connector::{Error, Normalized, ObjectId, Result, reading, rows, wire};

use super::TaobaoNormalize;
use crate::wire::{RdsRow, text};
use crate::{REFUND, TRADE};

/// What tells a refund from a trade; a table name does not come along.
#[derive(Deserialize)]
struct Told {
    #[serde(default)]
    refund_get_response: Option<IgnoredAny>,
    #[serde(default)]
    refund: Option<IgnoredAny>,
    #[serde(default)]
    refund_id: Option<IgnoredAny>,
}

/// Reads one row or a list of rows. One that cannot be read does not cost the others.
pub(super) fn read(normalize: &TaobaoNormalize, body: &[u8]) -> Result<Normalized> {
    let body = wire::utf8(body)?;
    let rows = rows::rows(body, "$")?;
    let list = body.trim_start().starts_with('[');
    match rows.as_slice() {
        [] => Err(Error::malformed("no row").at("$")),
        [one] if !list => row(normalize, one, "$"),
        rows => reading::page(rows, "$", |raw, place| row(normalize, raw, place)),
    }
}

fn row(normalize: &TaobaoNormalize, raw: &serde_json::value::RawValue, place: &str) -> Result<Normalized> {
    let row: RdsRow<'_> = rows::object(raw, place)?;
    let at = |error: Error| {
        let inner = error.path.clone().unwrap_or_default();
        error.at(format!("{place}.jdp_response -> {inner}"))
    };
    let answer: Cow<'_, str> = match row.jdp_response.map(serde_json::value::RawValue::get) {
        Some(given) if given.starts_with('"') => serde_json::from_str(given)
            .map_err(|_| Error::malformed("is no text").at(format!("{place}.jdp_response")))?,
        Some(given) if given.starts_with('{') => Cow::Borrowed(given),
        _ => Cow::Borrowed(""),
    };
    if answer.trim().is_empty() {
        // A row without its answer still says of what there is news.
        let refund = text(&row.refund_id).map(|id| ObjectId::new(REFUND, id));
        let object = refund.or_else(|| text(&row.tid).map(|id| ObjectId::new(TRADE, id)));
        let object =
            object.ok_or_else(|| Error::malformed("neither an answer nor an id").at(place.to_owned()))?;
        return Ok(Normalized::nudge(object));
    }
    let told: Told = wire::parse(answer.as_bytes()).map_err(at)?;
    let refund = told.refund_get_response.is_some() || told.refund.is_some() || told.refund_id.is_some();
    let read = if refund { normalize.refund(answer.as_bytes()) } else { normalize.trade(answer.as_bytes()) };
    let mut found = read.map_err(at)?;
    for issue in &mut found.issues {
        issue.path = format!("{place}.jdp_response -> {}", issue.path);
    }
    // A row whose columns name another object than its answer was put together wrongly.
    let number = |kind: &str| {
        let observation = found.observations.iter().find(|one| one.kind().as_str() == kind)?;
        Some(match &observation.entity {
            crossdock_schemas::Entity::Order(order) => order.order_no.clone(),
            crossdock_schemas::Entity::Aftersale(case) => case.aftersale_no.clone(),
            _ => return None,
        })
    };
    let (column, own) =
        if refund { (&row.refund_id, number("aftersale")) } else { (&row.tid, number("order")) };
    match (text(column), own) {
        (Some(column), Some(own)) if column != own => {
            Err(Error::malformed("the row and its answer are about different objects").at(place.to_owned()))
        }
        _ => Ok(found),
    }
}
