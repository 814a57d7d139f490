//! Batch calls: read by key, upsert by key, associate; and what each record of a batch got for an answer.
//!
//! A batch that is refused as a whole is cut in halves until the record that is to blame stands alone, so one bad
//! record never holds up those it travelled with. A conversation has room for so many calls only; what does not fit
//! is tried again later.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crossdock_connector::talk::{Halt, Reach, Talk, Trouble, Word};
use crossdock_connector::{ErrorKind, HttpRequest, HttpResponse, Result, Token};

use crate::config::{Config, MAX_BATCH};
use crate::error::Reader;

/// No batch is cut any further once so many calls were made.
const ROOM: usize = 14;
/// Pairs in one call that associates; the vendor takes 2000.
const PAIRS: usize = 1000;

/// A property and its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Property {
    pub(crate) name: String,
    pub(crate) value: String,
    /// It says something about a person, so it is not repeated in messages.
    pub(crate) personal: bool,
}

/// A record to be written, known by its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) key: String,
    pub(crate) properties: Vec<Property>,
}

/// Where records go.
#[derive(Clone, Copy)]
pub(crate) struct Place<'a> {
    /// The name of the call.
    pub(crate) name: &'static str,
    /// The object, as in paths.
    pub(crate) object: &'a str,
    /// The property that tells its records apart.
    pub(crate) key_property: &'a str,
}

/// A record that is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) id: String,
    pub(crate) revision: Option<u64>,
}

/// What an answer says, or why it cannot be had now.
type Said<T> = std::result::Result<T, Halt>;
/// What became of each record.
type Each<T> = Vec<std::result::Result<T, Trouble>>;

/// The vendor's interface.
pub(crate) struct Api<'a> {
    pub(crate) config: &'a Config,
    pub(crate) token: Option<&'a Token>,
    pub(crate) reader: Reader<'a>,
}

impl Api<'_> {
    fn post(&self, path: &str, body: &Value) -> Result<HttpRequest> {
        let secret = match (self.token, &self.config.token) {
            (Some(token), _) => &token.access,
            (None, Some(token)) => token,
            (None, None) => {
                return Err(crossdock_connector::Error::new(ErrorKind::Bug, "a call without its session"));
            }
        };
        let url = format!("{}{path}", self.config.base());
        let bearer = format!("Bearer {}", secret.expose_text().unwrap_or_default());
        Ok(HttpRequest::post(url, "application/json", body.to_string())
            .header("authorization", bearer)
            .header("accept", "application/json"))
    }

    /// Which keys are there. Keys nobody has are not in the answer.
    pub(crate) fn read(
        &self,
        talk: &mut Talk<'_>,
        place: Place<'_>,
        keys: &[&str],
        revision_property: &str,
    ) -> Said<BTreeMap<String, Found>> {
        let mut found = BTreeMap::new();
        let mut properties = vec![place.key_property];
        if !revision_property.is_empty() {
            properties.push(revision_property);
        }
        for keys in keys.chunks(usize::try_from(MAX_BATCH).unwrap_or(1)) {
            let inputs: Vec<Value> = keys.iter().map(|key| json!({ "id": key })).collect();
            let body = json!({"idProperty": place.key_property, "properties": properties, "inputs": inputs});
            let path = format!("{}/{}/batch/read", self.config.objects_path, place.object);
            let reply = talk.say(place.name, false, || self.post(&path, &body))?;
            if !reply.is_success() {
                let (trouble, _) = self.reader.refusal(reply, &[]);
                if reply.status == 404 && trouble.code.as_deref() == Some("OBJECT_NOT_FOUND") {
                    // None of them is there.
                    continue;
                }
                return Err(Halt::Stop(trouble));
            }
            let Some(results) = results(reply) else { return Err(Halt::Stop(unreadable(Word::Retry))) };
            for result in &results {
                let Some((key, id)) =
                    text(result, &["properties", place.key_property]).zip(text(result, &["id"]))
                else {
                    return Err(Halt::Stop(unreadable(Word::Retry)));
                };
                let revision = text(result, &["properties", revision_property]).and_then(whole);
                found.insert(key.to_owned(), Found { id: id.to_owned(), revision });
            }
        }
        Ok(found)
    }

    /// Creates or updates records; gives their ids.
    pub(crate) fn upsert(&self, talk: &mut Talk<'_>, place: Place<'_>, rows: &[Row]) -> Said<Each<String>> {
        let mut ids = Vec::with_capacity(rows.len());
        for part in rows.chunks(usize::try_from(MAX_BATCH).unwrap_or(1)) {
            let part: Vec<&Row> = part.iter().collect();
            ids.extend(self.upsert_part(talk, place, &part)?);
        }
        Ok(ids)
    }

    fn upsert_part(&self, talk: &mut Talk<'_>, place: Place<'_>, rows: &[&Row]) -> Said<Each<String>> {
        let reply = talk.say(place.name, true, || {
            let path = format!("{}/{}/batch/upsert", self.config.objects_path, place.object);
            let inputs: Vec<Value> =
                rows.iter().enumerate().map(|(at, row)| row.input(at, place.key_property)).collect();
            self.post(&path, &json!({ "inputs": inputs }))
        })?;
        let people: Vec<&str> = rows.iter().flat_map(|row| row.people()).collect();
        let (mut each, blame) = match self.answered(reply, &people, rows.len(), |results, at| {
            let row = rows.get(at)?;
            let result = results.iter().find(|result| row.is(result, at, place.key_property))?;
            text(result, &["id"]).map(str::to_owned)
        })? {
            Answer::Each(each, blame) => (each, blame),
            Answer::None(trouble) => return Ok(rows.iter().map(|_| Err(trouble.clone())).collect()),
        };
        let open: Vec<usize> =
            each.iter().enumerate().filter(|(_, one)| one.is_none()).map(|(at, _)| at).collect();
        if !open.is_empty() {
            let left: Vec<&Row> = open.iter().filter_map(|at| rows.get(*at).copied()).collect();
            let again = self.halves(talk, &left, &blame, |talk, part| self.upsert_part(talk, place, part))?;
            for (at, one) in open.into_iter().zip(again) {
                if let Some(slot) = each.get_mut(at) {
                    *slot = Some(one);
                }
            }
        }
        Ok(each.into_iter().map(|one| one.unwrap_or_else(|| Err(blame.clone()))).collect())
    }

    /// Connects records by their ids; done twice it is done once.
    pub(crate) fn associate(
        &self,
        talk: &mut Talk<'_>,
        name: &'static str,
        kinds: (&str, &str),
        pairs: &[(String, String)],
    ) -> Said<Each<()>> {
        let mut each = Vec::with_capacity(pairs.len());
        for part in pairs.chunks(PAIRS) {
            each.extend(self.associate_part(talk, name, kinds, part)?);
        }
        Ok(each)
    }

    fn associate_part(
        &self,
        talk: &mut Talk<'_>,
        name: &'static str,
        kinds: (&str, &str),
        pairs: &[(String, String)],
    ) -> Said<Each<()>> {
        let reply = talk.say(name, true, || {
            let (from, to) = kinds;
            let path = format!("{}/{from}/{to}/batch/associate/default", self.config.associations_path);
            let inputs: Vec<Value> =
                pairs.iter().map(|(from, to)| json!({"from": {"id": from}, "to": {"id": to}})).collect();
            self.post(&path, &json!({ "inputs": inputs }))
        })?;
        let (mut each, blame) = match self.answered(reply, &[], pairs.len(), |results, at| {
            let (from, to) = pairs.get(at)?;
            let is = |result: &&Value| {
                text(result, &["from", "id"]) == Some(from) && text(result, &["to", "id"]) == Some(to)
            };
            results.iter().find(is).map(drop)
        })? {
            Answer::Each(each, blame) => (each, blame),
            Answer::None(trouble) => return Ok(pairs.iter().map(|_| Err(trouble.clone())).collect()),
        };
        let open: Vec<usize> =
            each.iter().enumerate().filter(|(_, one)| one.is_none()).map(|(at, _)| at).collect();
        if !open.is_empty() {
            let left: Vec<(String, String)> = open.iter().filter_map(|at| pairs.get(*at).cloned()).collect();
            let again =
                self.halves(talk, &left, &blame, |talk, part| self.associate_part(talk, name, kinds, part))?;
            for (at, one) in open.into_iter().zip(again) {
                if let Some(slot) = each.get_mut(at) {
                    *slot = Some(one);
                }
            }
        }
        Ok(each.into_iter().map(|one| one.unwrap_or_else(|| Err(blame.clone()))).collect())
    }

    /// Reads a reply to a batch that writes: what each record got, and whom to blame for those without an answer.
    fn answered<T>(
        &self,
        reply: &HttpResponse,
        people: &[&str],
        count: usize,
        find: impl Fn(&[Value], usize) -> Option<T>,
    ) -> Said<Answer<T>> {
        if !reply.is_success() {
            let (trouble, reach) = self.reader.refusal(reply, people);
            return match reach {
                Reach::All => Err(Halt::Stop(trouble)),
                Reach::Call => Ok(Answer::None(trouble)),
                Reach::Record => Ok(Answer::Each((0..count).map(|_| None).collect(), trouble)),
            };
        }
        let Some(results) = results(reply) else { return Ok(Answer::None(unreadable(Word::Uncertain))) };
        let errors = errors(reply);
        let mut each: Vec<Option<std::result::Result<T, Trouble>>> =
            (0..count).map(|at| find(&results, at).map(Ok)).collect();
        for error in &errors {
            for at in traces(error) {
                if let Some(slot) = each.get_mut(at).filter(|slot| slot.is_none()) {
                    *slot = Some(Err(self.reader.entry(error, people)));
                }
            }
        }
        match errors.first() {
            Some(first) => {
                let blame = self.reader.entry(first, people);
                Ok(Answer::Each(each, blame))
            }
            // Nothing said about some records, and no error either: nobody knows.
            None => Ok(Answer::Each(
                each.into_iter().map(|one| one.or_else(|| Some(Err(unreadable(Word::Uncertain))))).collect(),
                unreadable(Word::Uncertain),
            )),
        }
    }

    /// Tries records once more in two parts. A single one has its answer already.
    fn halves<R, T>(
        &self,
        talk: &mut Talk<'_>,
        left: &[R],
        blame: &Trouble,
        mut part: impl FnMut(&mut Talk<'_>, &[R]) -> Said<Each<T>>,
    ) -> Said<Each<T>> {
        if left.len() <= 1 {
            return Ok(left.iter().map(|_| Err(blame.clone())).collect());
        }
        if talk.said() >= ROOM {
            let later = Trouble {
                word: Word::Retry,
                wait: None,
                message: format!("{}; among {} records, tried in smaller parts", blame.message, left.len()),
                ..blame.clone()
            };
            return Ok(left.iter().map(|_| Err(later.clone())).collect());
        }
        let (first, second) = left.split_at(left.len() / 2);
        let mut each = part(talk, first)?;
        each.extend(part(talk, second)?);
        Ok(each)
    }
}

enum Answer<T> {
    /// What each record got; `None` stands for those the refusal beside it may be about.
    Each(Vec<Option<std::result::Result<T, Trouble>>>, Trouble),
    /// The same for all.
    None(Trouble),
}

impl Row {
    fn input(&self, at: usize, key_property: &str) -> Value {
        let mut properties = serde_json::Map::new();
        for property in &self.properties {
            properties.insert(property.name.clone(), Value::String(property.value.clone()));
        }
        json!({
            "idProperty": key_property, "id": self.key, "objectWriteTraceId": format!("t-{}", at + 1),
            "properties": properties,
        })
    }

    /// Whether a result speaks about this row.
    fn is(&self, result: &Value, at: usize, key_property: &str) -> bool {
        match text(result, &["objectWriteTraceId"]) {
            Some(trace) => trace == format!("t-{}", at + 1),
            None => text(result, &["properties", key_property]) == Some(self.key.as_str()),
        }
    }

    fn people(&self) -> impl Iterator<Item = &str> {
        self.properties.iter().filter(|property| property.personal).map(|property| property.value.as_str())
    }
}

/// The results of a batch; `None` when the reply is none.
fn results(reply: &HttpResponse) -> Option<Vec<Value>> {
    let mut body: Value = serde_json::from_slice(&reply.body).ok()?;
    match body.get_mut("results").map(Value::take) {
        Some(Value::Array(results)) => Some(results),
        // A mixed outcome without a single success.
        None if body.get("errors").is_some_and(Value::is_array) => Some(Vec::new()),
        _ => None,
    }
}

fn errors(reply: &HttpResponse) -> Vec<Value> {
    let mut body: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
    match body.get_mut("errors").map(Value::take) {
        Some(Value::Array(errors)) => errors,
        _ => Vec::new(),
    }
}

/// The records an error names by their trace ids, counted from 0.
fn traces(error: &Value) -> Vec<usize> {
    let named = error.get("context").and_then(|context| context.get("objectWriteTraceId"));
    let number = |trace: &Value| trace.as_str()?.strip_prefix("t-")?.parse::<usize>().ok()?.checked_sub(1);
    match named {
        Some(Value::Array(traces)) => traces.iter().filter_map(number).collect(),
        Some(trace) => number(trace).into_iter().collect(),
        None => Vec::new(),
    }
}

fn text<'a>(value: &'a Value, path: &[&str]) -> Option<&'a str> {
    path.iter().try_fold(value, |at, name| at.get(name))?.as_str().filter(|text| !text.is_empty())
}

/// A number property comes back as text, `3` or `3.0`.
fn whole(text: &str) -> Option<u64> {
    text.split('.').next()?.parse().ok()
}

fn unreadable(word: Word) -> Trouble {
    Trouble::new(word, ErrorKind::Malformed, "the reply does not say what became of the records")
}
