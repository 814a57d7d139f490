//! `load`: rows of cells, written by external id, all or nothing.

use std::collections::BTreeMap;

use crossdock_schemas::Dec;
use serde_json::{Value, json};

use super::answer::Refusal;
use super::model::{self, Kind};
use super::store::{Record, Store, float};

/// Why nothing was written: told in the answer, not as an error.
struct Message {
    row: usize,
    field: String,
    words: String,
}

/// Writes rows.
pub(super) fn load(
    store: &mut Store,
    model: &str,
    fields: &[String],
    data: &[Vec<String>],
) -> Result<Value, Refusal> {
    let paths: Vec<Vec<&str>> = fields.iter().map(|field| field.split('/').collect()).collect();
    for path in &paths {
        check(store, model, path)?;
    }
    let many = |path: &[&str]| {
        let first = path.first().copied().unwrap_or_default();
        matches!(store.kind(model, first), Some(Kind::Many(..)))
    };
    let is_many: Vec<bool> = paths.iter().map(|path| many(path)).collect();
    // A row that has nothing of its own belongs to the record before it.
    let mut records: Vec<Vec<usize>> = Vec::new();
    for (at, row) in data.iter().enumerate() {
        let own = row.iter().zip(&is_many).any(|(cell, many)| !many && !cell.is_empty());
        match records.last_mut() {
            Some(last) if !own => last.push(at),
            _ => records.push(vec![at]),
        }
    }
    let mut copy = store.clone();
    let mut ids = Vec::new();
    for rows in &records {
        match record(&mut copy, model, &paths, &is_many, data, rows) {
            Ok(id) => ids.push(id),
            Err(Message { row, field, words }) => {
                let message = json!({
                    "type": "error", "record": ids.len(), "rows": {"from": row, "to": row}, "field": field,
                    "message": words,
                });
                return Ok(json!({"ids": false, "messages": [message], "nextrow": 0}));
            }
        }
    }
    *store = copy;
    Ok(json!({"ids": ids, "messages": [], "nextrow": 0}))
}

fn check(store: &Store, model: &str, path: &[&str]) -> Result<(), Refusal> {
    let wrong = || Refusal::value(format!("Invalid field name {:?}", path.join("/")));
    match path {
        ["id" | ".id"] => Ok(()),
        [field, rest @ ..] => match (store.kind(model, field), rest) {
            (None, _) => Err(wrong()),
            (Some(Kind::Link(_)), [] | ["id" | ".id"]) => Ok(()),
            (Some(Kind::Many(other, _)), rest @ [_, ..]) => check(store, other, rest),
            (Some(_), []) => Ok(()),
            _ => Err(wrong()),
        },
        [] => Err(wrong()),
    }
}

fn record(
    store: &mut Store,
    model: &str,
    paths: &[Vec<&str>],
    is_many: &[bool],
    data: &[Vec<String>],
    rows: &[usize],
) -> Result<i64, Message> {
    let first = rows.first().copied().unwrap_or_default();
    let cells = |at: usize| {
        let row = data.get(at).map(Vec::as_slice).unwrap_or_default();
        paths.iter().zip(is_many).zip(row).map(|((path, many), cell)| (path.as_slice(), *many, cell.as_str()))
    };
    let own: Vec<(&[&str], &str)> =
        cells(first).filter(|(_, many, _)| !many).map(|(path, _, cell)| (path, cell)).collect();
    let id = write(store, model, &own, None, first)?;
    for at in rows {
        let mut children: BTreeMap<&str, Vec<(&[&str], &str)>> = BTreeMap::new();
        for (path, many, cell) in cells(*at) {
            if let (true, Some((field, rest))) = (many, path.split_first()) {
                children.entry(field).or_default().push((rest, cell));
            }
        }
        for (field, child) in children {
            let Some(Kind::Many(other, back)) = store.kind(model, field) else { continue };
            if child.iter().all(|(_, cell)| cell.is_empty()) {
                continue;
            }
            write(store, other, &child, Some((back, id)), *at)?;
        }
    }
    Ok(id)
}

/// Makes or updates one record from its cells.
fn write(
    store: &mut Store,
    model: &str,
    cells: &[(&[&str], &str)],
    parent: Option<(&str, i64)>,
    row: usize,
) -> Result<i64, Message> {
    let refuse = |field: &str, words: String| Message { row, field: field.to_owned(), words };
    let mut values = Record::new();
    let (mut external, mut database) = (None, None);
    for (path, cell) in cells {
        match path {
            ["id"] => external = Some(*cell).filter(|name| !name.is_empty()),
            [".id"] => database = cell.parse::<i64>().ok(),
            [field, rest @ ..] => {
                let value = value(store, model, field, rest, cell).map_err(|words| refuse(field, words))?;
                values.insert((*field).to_owned(), value);
            }
            [] => {}
        }
    }
    if let Some((back, id)) = parent {
        values.insert(back.to_owned(), id.into());
    }
    let there = external.and_then(|name| store.external(name)).map(|(_, id)| id).or(database);
    if let Some(id) = there.filter(|id| store.get(model, *id).is_some()) {
        if let Some(words) = locked(store, model, id, &values) {
            return Err(refuse("state", words));
        }
        store.update(model, id, values);
        return Ok(id);
    }
    for field in model::required(model) {
        let given = values.get(*field).is_some_and(|value| *value != Value::Bool(false));
        if !given {
            return Err(refuse(field, format!("Missing required value for the field '{field}'")));
        }
    }
    let id = store.insert(model, values);
    if let Some(name) = external {
        let words = "duplicate key value violates unique constraint";
        store.keep_external(name, model, id).map_err(|_| refuse("id", words.to_owned()))?;
    }
    Ok(id)
}

/// What a confirmed order or posted note does not let happen to it.
fn locked(store: &Store, model: &str, id: i64, values: &Record) -> Option<String> {
    let (head, of) = match model {
        "sale.order.line" => ("sale.order", store.link(model, id, "order_id")?),
        "account.move" => ("account.move", id),
        _ => return None,
    };
    let state = store.get(head, of)?.get("state")?.as_str()?;
    let changes =
        values.iter().any(|(name, value)| store.get(model, id).and_then(|now| now.get(name)) != Some(value));
    (changes && state != "draft" && state != "sent")
        .then(|| format!("a record in state {state} cannot be changed"))
}

/// A cell as the value of a field.
fn value(store: &Store, model: &str, field: &str, rest: &[&str], cell: &str) -> Result<Value, String> {
    if cell.is_empty() {
        return Ok(Value::Bool(false));
    }
    match store.kind(model, field) {
        Some(Kind::Link(other)) => {
            let id = match rest {
                [".id"] => cell.parse::<i64>().ok(),
                ["id"] => store.external(cell).filter(|(model, _)| model == other).map(|(_, id)| id),
                _ => None,
            };
            let known = |id: &i64| store.get(other, *id).is_some() || other == "res.country";
            id.filter(known).map(Value::from).ok_or_else(|| {
                format!("No matching record found for {} '{cell}' in field '{field}'", rest.join("/"))
            })
        }
        Some(Kind::Number) => Dec::parse(cell)
            .map(float)
            .map_err(|_| format!("'{cell}' does not seem to be a number for field '{field}'")),
        Some(Kind::Whole) => cell
            .parse::<i64>()
            .map(Value::from)
            .map_err(|_| format!("'{cell}' does not seem to be an integer for field '{field}'")),
        Some(Kind::Flag) => Ok(Value::Bool(matches!(cell, "1" | "true" | "True" | "yes"))),
        Some(Kind::Text) => {
            let moment = field == "date_order" && cell.len() != 19;
            if moment {
                return Err(format!("'{cell}' does not seem to be a valid datetime for field '{field}'"));
            }
            Ok(Value::String(cell.to_owned()))
        }
        Some(Kind::Many(..)) | None => Err(format!("no field '{field}'")),
    }
}
