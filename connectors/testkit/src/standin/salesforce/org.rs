//! The records of an org, and what calls do to them.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::Fault;
use super::answer::Saying;
use super::objects::{Object, object};

/// Records in one call.
const MOST: usize = 200;
/// What an order's status may be.
const STATUSES: [&str; 4] = ["Draft", "Activated", "Shipped", "Cancelled"];
/// The external id on all objects.
pub(super) const KEY: &str = "Hub_Key__c";

/// A record.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Record {
    /// Its id.
    pub id: String,
    /// Its fields; a relationship holds the id of the other record.
    pub fields: Map<String, Value>,
    /// How often it was written.
    pub writes: u32,
}

pub(super) struct Org {
    records: BTreeMap<&'static str, BTreeMap<String, Record>>,
    pricebook_entries: Vec<String>,
    last: u64,
    pub(super) creates: u64,
    pub(super) updates: u64,
}

/// Why a record is refused.
struct Refusal {
    code: &'static str,
    message: String,
    fields: Vec<String>,
}

impl Refusal {
    fn new(code: &'static str, message: impl Into<String>, fields: &[&str]) -> Self {
        Self { code, message: message.into(), fields: fields.iter().map(|name| (*name).to_owned()).collect() }
    }
}

impl Org {
    pub(super) fn new(accounts: &[String], pricebook_entries: &[String]) -> Self {
        let mut org = Self {
            records: BTreeMap::new(),
            pricebook_entries: pricebook_entries.to_vec(),
            last: 0,
            creates: 0,
            updates: 0,
        };
        for account in accounts {
            org.plant("Account", json!({KEY: account, "Name": account}));
        }
        org.creates = 0;
        org
    }

    pub(super) fn plant(&mut self, name: &'static str, fields: Value) {
        if let (Some(object), Value::Object(fields)) = (object(name), fields) {
            self.insert(object, fields);
        }
    }

    pub(super) fn records(&self, name: &str) -> Vec<Record> {
        self.all(name).cloned().collect()
    }

    pub(super) fn all(&self, name: &str) -> impl Iterator<Item = &Record> {
        self.records.get(name).into_iter().flat_map(BTreeMap::values)
    }

    pub(super) fn find(&self, name: &str, key: &str) -> Option<Record> {
        self.with_key(name, key).next().cloned()
    }

    fn with_key<'a>(&'a self, name: &str, key: &'a str) -> impl Iterator<Item = &'a Record> {
        let is = move |record: &&Record| record.fields.get(KEY).and_then(Value::as_str) == Some(key);
        self.records.get(name).into_iter().flat_map(BTreeMap::values).filter(is)
    }

    fn insert(&mut self, object: &Object, fields: Map<String, Value>) -> String {
        self.last += 1;
        let id = format!("{}{:012}AAA", object.prefix, self.last);
        let record = Record { id: id.clone(), fields, writes: 1 };
        self.records.entry(object_name(object)).or_default().insert(id.clone(), record);
        self.creates += 1;
        id
    }

    /// Upserts a collection. A field that is not there refuses the whole call, anything else one record.
    pub(super) fn upsert(&mut self, name: &str, field: &str, body: &[u8], fault: Fault) -> Saying {
        let Some(object) = object(name) else { return Saying::no_page() };
        if field != KEY {
            let what = "Provided external ID field does not exist or is not accessible";
            return Saying::error(404, "NOT_FOUND", what);
        }
        let Ok(body) = serde_json::from_slice::<Value>(body) else {
            return Saying::error(400, "JSON_PARSER_ERROR", "Unexpected character");
        };
        let records = body.get("records").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        if records.len() > MOST {
            let what = format!("The maximum number of records is {MOST}");
            return Saying::error(400, "EXCEEDED_ID_LIMIT", &what);
        }
        for record in records {
            let typed = record.pointer("/attributes/type").and_then(Value::as_str) == Some(object.name);
            if !typed {
                return Saying::error(400, "INVALID_TYPE", "attributes.type is not the type of the address");
            }
            for field in record.as_object().into_iter().flat_map(Map::keys) {
                let known = field == "attributes"
                    || object.fields.contains(&field.as_str())
                    || object.leads(field).is_some();
                if !known {
                    let what = format!("No such column '{field}' on sobject of type {}", object.name);
                    return Saying::error(400, "INVALID_FIELD", &what);
                }
            }
        }
        let answers: Vec<Value> = records
            .iter()
            .enumerate()
            .map(|(at, record)| {
                let done = match fault {
                    Fault::Locked if at == 0 => Err(Refusal::new(
                        "UNABLE_TO_LOCK_ROW",
                        "unable to obtain exclusive access to this record",
                        &[],
                    )),
                    Fault::Race if at == 0 => {
                        let what = "duplicate value found: Hub_Key__c duplicates value on record with id: 801000000000001";
                        Err(Refusal::new("DUPLICATE_VALUE", what, &[KEY]))
                    }
                    _ => self.upsert_one(object, record),
                };
                match done {
                    Ok((id, created)) => json!({"id": id, "success": true, "errors": [], "created": created}),
                    Err(refusal) => json!({"success": false, "created": false, "errors": [{
                        "statusCode": refusal.code, "message": refusal.message, "fields": refusal.fields,
                    }]}),
                }
            })
            .collect();
        Saying::json(200, &Value::Array(answers))
    }

    fn upsert_one(&mut self, object: &'static Object, record: &Value) -> Result<(String, bool), Refusal> {
        let mut fields = record.as_object().cloned().unwrap_or_default();
        fields.shift_remove("attributes");
        let Some(key) = fields.get(KEY).and_then(Value::as_str).map(str::to_owned) else {
            return Err(Refusal::new("MISSING_ARGUMENT", format!("{KEY} not specified"), &[]));
        };
        let matches: Vec<String> = self.with_key(object.name, &key).map(|found| found.id.clone()).collect();
        if matches.len() > 1 {
            let what = format!("{KEY}: more than one record found for external id field: {matches:?}");
            return Err(Refusal::new("DUPLICATE_EXTERNAL_ID", what, &[KEY]));
        }
        let there = matches.first().cloned();
        self.resolve(object, &mut fields)?;
        self.check(object, &fields, there.as_deref())?;
        if let Some(id) = there {
            let record = self.records.entry(object_name(object)).or_default().entry(id.clone()).or_default();
            record.fields.extend(fields);
            record.writes += 1;
            self.updates += 1;
            return Ok((id, false));
        }
        Ok((self.insert(object, fields), true))
    }

    /// Puts the ids of other records where their external ids are given.
    fn resolve(&self, object: &Object, fields: &mut Map<String, Value>) -> Result<(), Refusal> {
        for (relationship, target) in object.lookups {
            let Some(given) = fields.get_mut(*relationship) else { continue };
            let key = given.get(KEY).and_then(Value::as_str).unwrap_or_default().to_owned();
            let Some(found) = self.with_key(target, &key).next() else {
                let what =
                    format!("Foreign key external ID: {key} not found for field {KEY} in entity {target}");
                return Err(Refusal::new("INVALID_FIELD", what, &[]));
            };
            *given = Value::String(found.id.clone());
        }
        Ok(())
    }

    fn check(
        &self,
        object: &Object,
        fields: &Map<String, Value>,
        there: Option<&str>,
    ) -> Result<(), Refusal> {
        for name in object.numbers {
            if fields.get(*name).is_some_and(|value| !value.is_number()) {
                let what = format!("{name}: value not of required type");
                return Err(Refusal::new("INVALID_TYPE_ON_FIELD_IN_RECORD", what, &[name]));
            }
        }
        if there.is_some() {
            let changed: Vec<&str> =
                object.once.iter().copied().filter(|name| fields.contains_key(*name)).collect();
            if !changed.is_empty() {
                let what = format!("Unable to create/update fields: {}.", changed.join(", "));
                return Err(Refusal::new("INVALID_FIELD_FOR_INSERT_UPDATE", what, &changed));
            }
        } else {
            let missing: Vec<&str> =
                object.required.iter().copied().filter(|name| !fields.contains_key(*name)).collect();
            if !missing.is_empty() {
                let what = format!("Required fields are missing: [{}]", missing.join(", "));
                return Err(Refusal::new("REQUIRED_FIELD_MISSING", what, &missing));
            }
        }
        match object.name {
            "Order" => self.check_order(fields, there),
            "OrderItem" => self.check_item(fields, there),
            _ => Ok(()),
        }
    }

    fn check_order(&self, fields: &Map<String, Value>, there: Option<&str>) -> Result<(), Refusal> {
        let Some(status) = fields.get("Status").and_then(Value::as_str) else { return Ok(()) };
        if !STATUSES.contains(&status) {
            let what = format!("Status: bad value for restricted picklist field: {status}");
            return Err(Refusal::new("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", what, &["Status"]));
        }
        let items = there.is_some_and(|id| {
            self.all("OrderItem").any(|item| item.fields.get("Order").and_then(Value::as_str) == Some(id))
        });
        if status == "Activated" && !items {
            let what = "An order must have at least one product, and start as a draft";
            return Err(Refusal::new("FAILED_ACTIVATION", what, &["Status"]));
        }
        Ok(())
    }

    fn check_item(&self, fields: &Map<String, Value>, there: Option<&str>) -> Result<(), Refusal> {
        let text = |name: &str| fields.get(name).and_then(Value::as_str);
        if let Some(entry) = text("PricebookEntryId")
            && !self.pricebook_entries.iter().any(|known| known == entry)
        {
            let what = "pricebook entry is inactive";
            return Err(Refusal::new("FIELD_INTEGRITY_EXCEPTION", what, &["PricebookEntryId"]));
        }
        let order = text("Order").and_then(|id| self.records.get("Order")?.get(id));
        let locked = order.and_then(|order| order.fields.get("Status")?.as_str()) == Some("Activated");
        if locked && there.is_none() {
            let what = "the order is activated, its products are locked";
            return Err(Refusal::new("FIELD_INTEGRITY_EXCEPTION", what, &["Order"]));
        }
        Ok(())
    }

    pub(super) fn delete(&mut self, ids: &str) -> Saying {
        let answers: Vec<Value> = ids
            .split(',')
            .map(|id| {
                let gone = self.records.values_mut().find_map(|records| records.remove(id));
                match gone {
                    Some(_) => json!({"id": id, "success": true, "errors": []}),
                    None => json!({"id": id, "success": false, "errors": [{
                        "statusCode": "ENTITY_IS_DELETED", "message": "entity is deleted", "fields": [],
                    }]}),
                }
            })
            .collect();
        Saying::json(200, &Value::Array(answers))
    }
}

fn object_name(object: &Object) -> &'static str {
    object.name
}
