//! C16: the example is complete and works; a misspelt or mistyped key is refused by name; a secret is given
//! by reference and never shown.

use crossdock_connector::{Error, ErrorKind, Result};
use serde_json::Value as Json;
use toml::{Table, Value};

use super::report::Findings;
use super::suite::Suite;
use crate::fixture::Secrets;

const PLACE: &str = "settings";

pub(super) fn check(suite: &Suite<'_>, findings: &mut Findings) {
    let table = match suite.table(suite.subject.example, &Secrets::new(), |secret| secret) {
        Ok(table) => table,
        Err(error) => return findings.note("example", error),
    };
    if let Err(error) = (suite.subject.build)(table.clone()) {
        findings.note("example", format!("does not build: {error}"));
        return;
    }
    unknown_key(suite, &table, findings);
    wrong_types(suite, &table, findings);
    plain_secrets(suite, findings);
    hidden(suite, &table, findings);
    schema(suite, &table, findings);
}

fn refusal(suite: &Suite<'_>, table: Table) -> Option<Error> {
    let built: Result<_> = (suite.subject.build)(table);
    built.err()
}

fn unknown_key(suite: &Suite<'_>, table: &Table, findings: &mut Findings) {
    let mut more = table.clone();
    more.insert("xd_unknown_key".to_owned(), Value::Boolean(true));
    match refusal(suite, more) {
        None => {
            findings.note(PLACE, "an unknown key is accepted: `#[serde(deny_unknown_fields)]` is missing")
        }
        Some(error) => {
            let text = error.to_string();
            findings.expect(
                error.kind() == ErrorKind::Config,
                PLACE,
                format!("an unknown key is {:?}", error.kind()),
            );
            findings.expect(
                text.contains("xd_unknown_key"),
                PLACE,
                format!("does not name the unknown key: {text}"),
            );
            let named = table.is_empty() || table.keys().any(|key| text.contains(key.as_str()));
            findings.expect(named, PLACE, format!("does not name the keys that are allowed: {text}"));
        }
    }
}

/// A list of lists fits no setting.
fn wrong_types(suite: &Suite<'_>, table: &Table, findings: &mut Findings) {
    for key in table.keys() {
        let mut wrong = table.clone();
        wrong.insert(key.clone(), Value::Array(vec![Value::Array(Vec::new())]));
        match refusal(suite, wrong) {
            None => findings.note(key, "a list of lists is accepted"),
            Some(error) => {
                let path = error.path.as_deref().unwrap_or_default();
                let config = error.kind() == ErrorKind::Config && path.starts_with(key.as_str());
                findings.expect(
                    config,
                    key,
                    format!("a wrong type is {:?} at `{path}`: {error}", error.kind()),
                );
            }
        }
    }
}

/// A secret written out where a reference belongs is refused, and the message does not repeat it.
fn plain_secrets(suite: &Suite<'_>, findings: &mut Findings) {
    const WRITTEN: &str = "written-out-secret";
    let Ok(example) = suite.subject.example.parse::<Table>() else { return };
    let mut paths = Vec::new();
    references(&Value::Table(example.clone()), &mut Vec::new(), &mut paths);
    for path in paths {
        let mut changed = Value::Table(example.clone());
        replace(&mut changed, &path, &Value::String(WRITTEN.to_owned()));
        let place = path.join(".");
        let Value::Table(changed) = changed else { continue };
        let resolved = suite.table(&changed.to_string(), &Secrets::new(), |secret| secret);
        match resolved.map(|table| refusal(suite, table)) {
            Ok(None) => findings.note(place, "a secret in plain text is accepted"),
            Ok(Some(error)) => {
                let text = format!("{error} {error:?}");
                findings.expect(!text.contains(WRITTEN), &place, "the message shows the secret");
                findings.expect(error.kind() == ErrorKind::Config, &place, format!("is {:?}", error.kind()));
            }
            Err(error) => findings.note(place, error),
        }
    }
}

fn references(value: &Value, path: &mut Vec<String>, found: &mut Vec<Vec<String>>) {
    match value {
        Value::Table(table) => {
            let reference = table.len() == 1 && (table.contains_key("env") || table.contains_key("file"));
            if reference && table.values().all(Value::is_str) {
                found.push(path.clone());
                return;
            }
            for (key, inner) in table {
                path.push(key.clone());
                references(inner, path, found);
                path.pop();
            }
        }
        Value::Array(items) => {
            for (at, inner) in items.iter().enumerate() {
                path.push(at.to_string());
                references(inner, path, found);
                path.pop();
            }
        }
        Value::String(_) | Value::Integer(_) | Value::Float(_) | Value::Boolean(_) | Value::Datetime(_) => {}
    }
}

fn replace(value: &mut Value, path: &[String], new: &Value) {
    let Some((first, rest)) = path.split_first() else {
        *value = new.clone();
        return;
    };
    let inner = match value {
        Value::Table(table) => table.get_mut(first),
        Value::Array(items) => first.parse::<usize>().ok().and_then(|at| items.get_mut(at)),
        Value::String(_) | Value::Integer(_) | Value::Float(_) | Value::Boolean(_) | Value::Datetime(_) => {
            None
        }
    };
    if let Some(inner) = inner {
        replace(inner, rest, new);
    }
}

/// Neither settings printed for debugging nor a refused secret show its value.
fn hidden(suite: &Suite<'_>, table: &Table, findings: &mut Findings) {
    if let Some(shown) = (suite.subject.show)(table.clone()) {
        for secret in suite.secrets_in(Some(suite.subject.example), &Secrets::new()) {
            let leaks = !secret.is_empty() && shown.contains(&secret);
            findings.expect(!leaks, PLACE, "`Debug` of the settings shows a secret");
        }
    }
    const BAD: &str = "no-key\u{7f}of-any-form";
    let bad = suite.table(suite.subject.example, &Secrets::new(), |_| BAD.to_owned());
    if let Ok(Some(error)) = bad.map(|table| refusal(suite, table)) {
        let text = format!("{error} {error:?}");
        findings.expect(!text.contains("of-any-form"), PLACE, "a refused secret is shown in the message");
    }
}

/// The schema that people and tools see knows every key of the example, and refuses others.
fn schema(suite: &Suite<'_>, table: &Table, findings: &mut Findings) {
    let schema = (suite.subject.schema)();
    let strict = schema.get("additionalProperties") == Some(&Json::Bool(false));
    findings.expect(strict, "schema", "does not refuse additional keys");
    let properties = schema.get("properties").and_then(Json::as_object);
    for key in table.keys() {
        let property = properties.and_then(|properties| properties.get(key));
        findings.expect(property.is_some(), "schema", format!("does not know `{key}`"));
        let told = property.is_some_and(|property| property.get("description").is_some());
        findings.expect(told, "schema", format!("says nothing about `{key}`"));
    }
}
