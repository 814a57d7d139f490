//! The questions a sink asks: `SELECT a, b FROM Object WHERE field IN ('..', '..')`, the field of a parent too.

use serde_json::{Map, Value, json};

use super::objects::object;
use super::org::{Org, Record};

/// The records that fit, as an answer shows them.
pub(super) fn answer(org: &Org, question: &str) -> Result<Vec<Value>, String> {
    let unexpected = || format!("unexpected token in: {question}");
    let rest = question.strip_prefix("SELECT ").ok_or_else(unexpected)?;
    let (fields, rest) = rest.split_once(" FROM ").ok_or_else(unexpected)?;
    let (name, rest) = rest.split_once(" WHERE ").ok_or_else(unexpected)?;
    let (by, list) = rest.split_once(" IN (").ok_or_else(unexpected)?;
    let list = list.strip_suffix(')').ok_or_else(unexpected)?;
    let values: Vec<&str> = list.split(',').map(|value| value.trim().trim_matches('\'')).collect();
    let object = object(name).ok_or_else(|| format!("sObject type '{name}' is not supported"))?;
    let fields: Vec<&str> = fields.split(',').map(str::trim).collect();
    for field in &fields {
        if *field != "Id" && !object.fields.contains(field) {
            return Err(format!("No such column '{field}' on entity '{name}'"));
        }
    }
    let value = |record: &Record| -> Option<String> {
        match by.split_once('.') {
            None => record.fields.get(by)?.as_str().map(str::to_owned),
            Some((relationship, field)) => {
                let id = record.fields.get(relationship)?.as_str()?;
                let parent = org.all(object.leads(relationship)?).find(|parent| parent.id == id)?;
                parent.fields.get(field)?.as_str().map(str::to_owned)
            }
        }
    };
    let fits = |record: &&Record| value(record).is_some_and(|value| values.contains(&value.as_str()));
    Ok(org.all(object.name).filter(fits).map(|record| shown(record, name, &fields)).collect())
}

fn shown(record: &Record, name: &str, fields: &[&str]) -> Value {
    let mut row = Map::new();
    row.insert("attributes".to_owned(), json!({ "type": name }));
    for field in fields {
        let value = match *field {
            "Id" => Value::String(record.id.clone()),
            other => match record.fields.get(other).cloned().unwrap_or_default() {
                // Numbers come back with a fraction.
                Value::Number(number) if !number.to_string().contains('.') => {
                    format!("{number}.0").parse().map_or(Value::Null, Value::Number)
                }
                value => value,
            },
        };
        row.insert((*field).to_owned(), value);
    }
    Value::Object(row)
}
