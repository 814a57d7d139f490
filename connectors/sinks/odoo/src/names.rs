//! External ids: how what we make is found again, whatever people change about it.
//!
//! Odoo keeps each external id unique, so even two attempts that are under way at once make one record.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crossdock_connector::sign;

use crate::rpc::Call;
use crate::value;

/// The part of a key that tells histories apart: `o1-5c…` is `5c…`.
fn tail(key: &str) -> String {
    let rest = key.split_once('-').map_or(key, |(_, rest)| rest);
    rest.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '_' }).collect()
}

/// Of an order.
pub(crate) fn order(key: &str) -> String {
    format!("order_{}", tail(key))
}

/// Of a line of an order.
pub(crate) fn line(order: &str, line_key: &str) -> String {
    let mut digest = sign::hex(&sign::sha256(line_key.as_bytes()));
    digest.truncate(16);
    format!("{order}_line_{digest}")
}

/// Of the delivery address of an order.
pub(crate) fn address(order: &str) -> String {
    format!("{order}_address")
}

/// Of a buyer.
pub(crate) fn partner(platform: &str, buyer: &str) -> String {
    let mut digest = sign::hex(&sign::sha256(format!("{platform}\n{buyer}").as_bytes()));
    digest.truncate(32);
    format!("partner_{digest}")
}

/// Of a credit note.
pub(crate) fn refund(key: &str) -> String {
    format!("refund_{}", tail(key))
}

/// What is there, by external id.
#[derive(Debug, Default)]
pub(crate) struct Found(BTreeMap<String, i64>);

impl Found {
    /// Reads rows of `ir.model.data`.
    pub(crate) fn of(rows: &[Value]) -> Self {
        let row = |row: &Value| Some((value::text(row, "name")?.to_owned(), value::whole(row, "res_id")?));
        Self(rows.iter().filter_map(row).collect())
    }

    /// The database id.
    pub(crate) fn id(&self, name: &str) -> Option<i64> {
        self.0.get(name).copied()
    }

    /// Lines of an order, with their names.
    pub(crate) fn lines<'a>(&'a self, order: &str) -> impl Iterator<Item = (&'a str, i64)> {
        let prefix = format!("{order}_line_");
        self.0
            .iter()
            .filter(move |(name, _)| name.starts_with(&prefix))
            .map(|(name, id)| (name.as_str(), *id))
    }
}

/// The search for an order with all that belongs to it, and for one further name.
pub(crate) fn search_order(namespace: &str, order: &str, further: Option<&str>) -> Call {
    // `_` in a pattern stands for any one letter: what is found too is not looked at.
    let like = json!(["name", "=like", format!("{order}%")]);
    let module = json!(["module", "=", namespace]);
    let domain = match further {
        Some(name) => json!(["&", module, "|", like, ["name", "=", name]]),
        None => json!([module, like]),
    };
    Call::search("ir.model.data", domain, &["name", "res_id"])
}

/// The search for exact names.
pub(crate) fn search_exact(namespace: &str, names: &[String]) -> Call {
    let domain = json!([["module", "=", namespace], ["name", "in", names]]);
    Call::search("ir.model.data", domain, &["name", "res_id"])
}
