//! A row as it is written, and what is there already.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crossdock_connector::{Error, ErrorKind, Result, sign};
use crossdock_schemas::Dec;

use crate::convert;
use crate::form::{Form, Kind, Lines};
use crate::plan::Wanted;

/// A row that is there.
#[derive(Clone, Debug, Default)]
pub(crate) struct There {
    /// Its id.
    pub(crate) id: String,
    /// The revision it holds.
    pub(crate) revision: Option<u64>,
    /// The ids of its lines by our keys.
    lines: BTreeMap<String, String>,
}

/// Reads what a search gave: rows by our key. Of several with one key the oldest counts: rows come in order of age.
pub(crate) fn there(form: &Form, rows: &[Value]) -> Result<BTreeMap<String, There>> {
    let mut found = BTreeMap::new();
    for row in rows {
        let text = |name: &str| row.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
        let Some(id) = text("_id") else { return Err(Error::malformed("a row without an id")) };
        let Some(key) = text(&form.key) else {
            let what = format!(
                "rows do not show the widget `{}`: use its alias in the settings if it has one",
                form.key
            );
            return Err(Error::new(ErrorKind::Rejected, what));
        };
        let revision = row.get(&form.revision).and_then(whole);
        let lines = form.lines.as_ref().map(|lines| line_ids(lines, row)).unwrap_or_default();
        found.entry(key.to_owned()).or_insert_with(|| There { id: id.to_owned(), revision, lines });
    }
    Ok(found)
}

/// A whole number, also one that is written with a point.
fn whole(value: &Value) -> Option<u64> {
    let Value::Number(number) = value else { return None };
    Dec::parse(number.as_str()).ok()?.canonical().parse().ok()
}

fn line_ids(lines: &Lines, row: &Value) -> BTreeMap<String, String> {
    let rows = row.get(&lines.widget).and_then(Value::as_array).into_iter().flatten();
    let pair = |row: &Value| {
        let text = |name: &str| row.get(name).and_then(Value::as_str).map(str::to_owned);
        Some((text(&lines.key)?, text("_id")?))
    };
    rows.filter_map(pair).collect()
}

/// The values of a row, wrapped as the API wants them.
///
/// # Errors
/// `Rejected` at the setting that does not fit the event.
pub(crate) fn data(wanted: &Wanted<'_>, there: Option<&There>) -> Result<Value> {
    let (form, setting) = (wanted.form, wanted.entity.setting());
    let mut row = Map::new();
    row.insert(form.key.clone(), json!({"value": wanted.key}));
    row.insert(form.revision.clone(), json!({"value": wanted.sequence}));
    for (widget, field) in &form.fields {
        let value = convert::field(field, &wanted.data, &format!("{setting}.fields.{widget}"))?;
        match value {
            Some(value) => drop(row.insert(widget.clone(), json!({"value": value}))),
            // A text that is no more is cleared; how other kinds are cleared is not told.
            None if there.is_some() && field.kind == Kind::Text => {
                row.insert(widget.clone(), json!({"value": ""}));
            }
            None => {}
        }
    }
    if let Some(lines) = &form.lines {
        let list = wanted.data.get(wanted.entity.root()).and_then(|snapshot| snapshot.get("lines"));
        let rows: Result<Vec<Value>> = list
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .map(|line| line_row(lines, line, there, setting))
            .collect();
        row.insert(lines.widget.clone(), json!({"value": rows?}));
    }
    Ok(Value::Object(row))
}

/// A line. One that is there already keeps its id: others may point to it.
fn line_row(lines: &Lines, line: &Value, there: Option<&There>, setting: &str) -> Result<Value> {
    let key = line.get("line_key").and_then(Value::as_str).unwrap_or_default();
    let mut row = Map::new();
    if let Some(id) = there.and_then(|there| there.lines.get(key)) {
        row.insert("_id".to_owned(), json!({"value": id}));
    }
    row.insert(lines.key.clone(), json!({"value": key}));
    for (widget, field) in &lines.fields {
        if let Some(value) = convert::field(field, line, &format!("{setting}.lines.fields.{widget}"))? {
            row.insert(widget.clone(), json!({"value": value}));
        }
    }
    Ok(Value::Object(row))
}

/// The name of a write: the same for the same content, so that a second attempt makes no second row.
///
/// A UUID of version 8 (RFC 9562), from SHA-256 of form, key and revision.
pub(crate) fn transaction(wanted: &Wanted<'_>) -> String {
    let form = wanted.form;
    let name = format!("{}\n{}\n{}\n{}", form.app_id, form.entry_id, wanted.key, wanted.sequence);
    let mut bytes = sign::sha256(name.as_bytes());
    let marks = [(6, 0x0f, 0x80), (8, 0x3f, 0x80)];
    for (at, keep, set) in marks {
        if let Some(byte) = bytes.get_mut(at) {
            *byte = (*byte & keep) | set;
        }
    }
    let hex = sign::hex(bytes.get(..16).unwrap_or_default());
    let part = |from: usize, to: usize| hex.get(from..to).unwrap_or_default().to_owned();
    [part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32)].join("-")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::tests::read;
    use crate::form::Entity;

    const FORM: &str = "[orders]\napp_id = 'a'\nentry_id = 'b'\nkey = 'k'\nrevision = 'r'\n\
        [orders.fields]\nnote = { from = 'order.buyer_note' }\nat = { from = 'order.paid_at', as = 'datetime' }\n\
        [orders.lines]\nwidget = 'l'\nkey = 'lk'\nfields = { sku = { from = 'sku' }, n = { from = 'quantity', as = 'number' } }";

    fn wanted(form: &Form, sequence: u64) -> Wanted<'_> {
        let data = json!({"order": {"lines": [
            {"line_key": "1", "sku": "A", "quantity": "2"}, {"line_key": "2", "quantity": "1.5"},
        ]}});
        Wanted {
            form,
            entity: Entity::Orders,
            key: "o1-x",
            sequence,
            again: false,
            only_there: false,
            orders: Vec::new(),
            homeless: false,
            data,
        }
    }

    #[test]
    fn rows_keep_the_ids_of_their_lines() {
        let config = read(FORM).unwrap();
        let form = config.orders.as_ref().unwrap();
        let rows = [
            json!({"_id": "d1", "k": "o1-x", "r": 3, "l": [{"_id": "l1", "lk": "1"}, {"_id": "l9", "lk": "9"}]}),
        ];
        let found = there(form, &rows).unwrap();
        let there = &found["o1-x"];
        assert_eq!((there.id.as_str(), there.revision), ("d1", Some(3)));
        let new = data(&wanted(form, 4), None).unwrap();
        let lines = json!([
            {"lk": {"value": "1"}, "n": {"value": 2}, "sku": {"value": "A"}}, {"lk": {"value": "2"}, "n": {"value": 1.5}},
        ]);
        assert_eq!(new, json!({"k": {"value": "o1-x"}, "r": {"value": 4}, "l": {"value": lines}}));
        let changed = data(&wanted(form, 4), Some(there)).unwrap();
        assert_eq!(changed["l"]["value"][0]["_id"], json!({"value": "l1"}));
        assert!(changed["l"]["value"][1].get("_id").is_none());
        assert_eq!(changed["note"], json!({"value": ""}));
        assert!(changed.get("at").is_none());
    }

    #[test]
    fn of_two_rows_the_older_counts_and_one_without_its_key_is_noticed() {
        let config = read(FORM).unwrap();
        let form = config.orders.as_ref().unwrap();
        let rows: Vec<Value> =
            serde_json::from_str(r#"[{"_id":"d1","k":"x","r":1.0},{"_id":"d2","k":"x","r":2}]"#).unwrap();
        let found = &there(form, &rows).unwrap()["x"];
        assert_eq!((found.id.as_str(), found.revision), ("d1", Some(1)));
        let error = there(form, &[json!({"_id": "d1", "alias": "x"})]).unwrap_err();
        assert!(error.to_string().contains("rows do not show the widget `k`"), "{error}");
    }

    #[test]
    fn a_write_has_one_name_whatever_the_attempt() {
        let config = read(FORM).unwrap();
        let form = config.orders.as_ref().unwrap();
        let name = transaction(&wanted(form, 4));
        assert_eq!(name, transaction(&wanted(form, 4)));
        assert_ne!(name, transaction(&wanted(form, 5)));
        let shape: Vec<usize> = name.split('-').map(str::len).collect();
        assert_eq!(shape, [8, 4, 4, 4, 12]);
        assert!(name.split('-').nth(2).unwrap().starts_with('8'), "{name}");
        assert!(matches!(name.split('-').nth(3).unwrap().as_bytes()[0], b'8' | b'9' | b'a' | b'b'), "{name}");
    }
}
