//! Calls: look by key, upsert by key, delete by id; and what each record of a call got for an answer.
//!
//! A call that is refused as a whole is cut in halves until the record that is to blame stands alone. A conversation
//! has room for so many calls only; what does not fit is tried again later.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crossdock_connector::talk::{Halt, Reach, Talk, Trouble, Word};
use crossdock_connector::{ErrorKind, HttpRequest, HttpResponse, Method, Token, percent};

use crate::config::{Config, MAX_BATCH};
use crate::error::{record, refusal};
use crate::session::INSTANCE;

/// No call is cut any further once so many were made.
const ROOM: usize = 14;
/// Keys in one question: an address has to stay below 16 KiB.
const KEYS: usize = 100;
/// Pages that an answer to a question may have.
const PAGES: usize = 5;

/// What an answer says, or why it cannot be had now.
pub(crate) type Said<T> = std::result::Result<T, Halt>;
/// What became of each record.
type Each = Vec<std::result::Result<(), Trouble>>;

/// A record to be written, known by its key.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Row {
    pub(crate) key: String,
    pub(crate) fields: Map<String, Value>,
    /// What in it says something about a person, so that it is not repeated in messages.
    pub(crate) people: Vec<String>,
}

/// A record that is there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) id: String,
    pub(crate) version: Option<u64>,
    /// The value of the further field that was asked for.
    pub(crate) also: Option<String>,
    /// How many records have this key.
    pub(crate) count: usize,
}

/// A question: which records of an object have one of these keys.
pub(crate) struct Look<'a> {
    pub(crate) name: &'static str,
    pub(crate) object: &'a str,
    /// The field whose values are given: the key, or the key of the parent.
    pub(crate) by: &'a str,
    /// Further fields to be told.
    pub(crate) version: &'a str,
    pub(crate) also: &'a str,
}

/// The vendor's interface.
pub(crate) struct Api<'a> {
    pub(crate) config: &'a Config,
    pub(crate) token: &'a Token,
}

impl Api<'_> {
    fn request(&self, method: Method, path: &str) -> HttpRequest {
        let instance = self.token.extra.get(INSTANCE).map_or_else(|| self.config.base(), String::as_str);
        let bearer = format!("Bearer {}", self.token.access.expose_text().unwrap_or_default());
        let mut request = HttpRequest::get(format!("{instance}{path}"))
            .header("authorization", bearer)
            .header("accept", "application/json");
        request.method = method;
        request
    }

    fn path(&self, rest: &str) -> String {
        format!("/services/data/{}/{rest}", self.config.version)
    }

    /// The records with one of these values, by their keys.
    pub(crate) fn look(
        &self,
        talk: &mut Talk<'_>,
        look: &Look<'_>,
        values: &[&str],
    ) -> Said<BTreeMap<String, Found>> {
        let mut found = BTreeMap::new();
        for values in values.chunks(KEYS) {
            let mut next = Some(self.path(&format!("query?q={}", self.soql(look, values))));
            for _ in 0..PAGES {
                let Some(path) = next.take() else { break };
                let reply = talk.say(look.name, false, || Ok(self.request(Method::Get, &path)))?;
                next = self.page(look, reply, &mut found)?;
            }
            if next.is_some() {
                let what = "a question with more pages than expected";
                return Err(Halt::Stop(Trouble::new(Word::Rejected, ErrorKind::Malformed, what)));
            }
        }
        Ok(found)
    }

    fn soql(&self, look: &Look<'_>, values: &[&str]) -> String {
        let key = self.config.key_field.as_str();
        let more = [look.version, look.also];
        let more: String =
            more.iter().filter(|name| !name.is_empty()).map(|name| format!(", {name}")).collect();
        let quoted = |value: &&str| format!("'{}'", value.replace('\\', "\\\\").replace('\'', "\\'"));
        let list = values.iter().map(quoted).collect::<Vec<_>>().join(",");
        let question = format!("SELECT Id, {key}{more} FROM {} WHERE {} IN ({list})", look.object, look.by);
        percent::encode(&question)
    }

    /// Reads a page; gives the path of the next.
    fn page(
        &self,
        look: &Look<'_>,
        reply: &HttpResponse,
        found: &mut BTreeMap<String, Found>,
    ) -> Said<Option<String>> {
        if !reply.is_success() {
            return Err(Halt::Stop(refusal(self.config, reply, &[]).0));
        }
        let body: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
        let Some(records) = body.get("records").and_then(Value::as_array) else {
            return Err(Halt::Stop(unreadable(Word::Retry)));
        };
        for record in records {
            let text = |name: &str| record.get(name).and_then(Value::as_str);
            let Some((id, key)) = text("Id").zip(text(&self.config.key_field)) else {
                return Err(Halt::Stop(unreadable(Word::Retry)));
            };
            let one: &mut Found = found.entry(key.to_owned()).or_default();
            one.count += 1;
            one.id = id.to_owned();
            one.version = record.get(look.version).and_then(whole);
            one.also = text(look.also).map(str::to_owned);
        }
        let next = body.get("nextRecordsUrl").and_then(Value::as_str).map(str::to_owned);
        // Only a path of the same place: the session goes there.
        Ok(next.filter(|path| path.starts_with("/services/data/") && !path.contains("..")))
    }

    /// Creates or updates records by their keys.
    pub(crate) fn upsert(
        &self,
        talk: &mut Talk<'_>,
        name: &'static str,
        object: &str,
        rows: &[Row],
    ) -> Said<Each> {
        let mut each = Vec::with_capacity(rows.len());
        for part in rows.chunks(usize::try_from(MAX_BATCH).unwrap_or(1)) {
            each.extend(self.upsert_part(talk, name, object, part)?);
        }
        Ok(each)
    }

    fn upsert_part(&self, talk: &mut Talk<'_>, name: &'static str, object: &str, rows: &[Row]) -> Said<Each> {
        let reply = talk.say(name, true, || Ok(self.upsert_request(object, rows)))?;
        if !reply.is_success() {
            let people: Vec<&str> = rows.iter().flat_map(|row| &row.people).map(String::as_str).collect();
            let (trouble, reach) = refusal(self.config, reply, &people);
            return match reach {
                Reach::All => Err(Halt::Stop(trouble)),
                Reach::Record if rows.len() > 1 && talk.said() < ROOM => {
                    let (first, second) = rows.split_at(rows.len() / 2);
                    let mut each = self.upsert_part(talk, name, object, first)?;
                    each.extend(self.upsert_part(talk, name, object, second)?);
                    Ok(each)
                }
                Reach::Record if rows.len() > 1 => {
                    let message =
                        format!("{}; among {} records, tried in smaller parts", trouble.message, rows.len());
                    let later = Trouble { word: Word::Retry, wait: None, message, ..trouble };
                    Ok(rows.iter().map(|_| Err(later.clone())).collect())
                }
                Reach::Record | Reach::Call => Ok(rows.iter().map(|_| Err(trouble.clone())).collect()),
            };
        }
        // Answers stand in the order of the records.
        let answers: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
        let answers = answers.as_array().map(Vec::as_slice).unwrap_or_default();
        let one = |(at, row): (usize, &Row)| {
            let answer = answers.get(at).filter(|_| answers.len() == rows.len());
            let Some(answer) = answer else { return Err(unreadable(Word::Uncertain)) };
            if answer.get("success").and_then(Value::as_bool) == Some(true) {
                return Ok(());
            }
            let errors =
                answer.get("errors").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
            let people: Vec<&str> = row.people.iter().map(String::as_str).collect();
            Err(record(errors, &people))
        };
        Ok(rows.iter().enumerate().map(one).collect())
    }

    fn upsert_request(&self, object: &str, rows: &[Row]) -> HttpRequest {
        let records: Vec<Value> = rows
            .iter()
            .map(|row| {
                let mut record = Map::new();
                record.insert("attributes".to_owned(), json!({ "type": object }));
                record.insert(self.config.key_field.clone(), Value::String(row.key.clone()));
                record.extend(row.fields.iter().map(|(name, value)| (name.clone(), value.clone())));
                Value::Object(record)
            })
            .collect();
        let path = self.path(&format!("composite/sobjects/{object}/{}", self.config.key_field));
        let mut request = self.request(Method::Patch, &path).header("content-type", "application/json");
        if self.config.allow_duplicates {
            request = request.header("sforce-duplicate-rule-header", "allowSave=true");
        }
        // Partial success: one bad record must not take the others with it.
        request.body = json!({"allOrNone": false, "records": records}).to_string().into();
        request
    }

    /// Deletes records by their ids.
    pub(crate) fn delete(&self, talk: &mut Talk<'_>, name: &'static str, ids: &[String]) -> Said<Each> {
        let mut each = Vec::with_capacity(ids.len());
        for part in ids.chunks(usize::try_from(MAX_BATCH).unwrap_or(1)) {
            let list = percent::encode(&part.join(","));
            let path = self.path(&format!("composite/sobjects?ids={list}&allOrNone=false"));
            let reply = talk.say(name, true, || Ok(self.request(Method::Delete, &path)))?;
            if !reply.is_success() {
                let (trouble, reach) = refusal(self.config, reply, &[]);
                if reach == Reach::All {
                    return Err(Halt::Stop(trouble));
                }
                each.extend(part.iter().map(|_| Err(trouble.clone())));
                continue;
            }
            let answers: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
            each.extend((0..part.len()).map(|at| {
                let Some(answer) = answers.get(at) else { return Err(unreadable(Word::Uncertain)) };
                let errors =
                    answer.get("errors").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
                let gone = |error: &Value| {
                    error.get("statusCode").and_then(Value::as_str) == Some("ENTITY_IS_DELETED")
                };
                match answer.get("success").and_then(Value::as_bool) {
                    Some(true) => Ok(()),
                    _ if errors.iter().any(gone) => Ok(()),
                    _ => Err(record(errors, &[])),
                }
            }));
        }
        Ok(each)
    }
}

/// A number comes back as `3` or `3.0`.
fn whole(value: &Value) -> Option<u64> {
    let Value::Number(number) = value else { return None };
    number.to_string().split('.').next()?.parse().ok()
}

fn unreadable(word: Word) -> Trouble {
    Trouble::new(word, ErrorKind::Malformed, "the reply does not say what became of the records")
}
