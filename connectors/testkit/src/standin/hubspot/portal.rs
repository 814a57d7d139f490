//! The records of a portal, and what its calls do to them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::answer::Saying;

/// Records in one batch.
const MOST: usize = 100;
/// Pairs in one batch.
const MOST_PAIRS: usize = 2000;

/// What portals have without anybody's doing.
const DEFAULTS: [(&str, &[&str]); 5] = [
    (
        "order",
        &[
            "hs_order_name",
            "hs_external_order_id",
            "hs_external_order_status",
            "hs_currency_code",
            "hs_total_price",
            "hs_subtotal_price",
            "hs_tax",
            "hs_shipping_cost",
            "hs_order_discount",
            "hs_source_store",
            "hs_pipeline",
            "hs_pipeline_stage",
            "hs_fulfillment_status",
            "hs_payment_status",
            "hs_external_created_date",
            "hs_shipping_address_name",
            "hs_shipping_address_street",
            "hs_shipping_address_city",
            "hs_shipping_address_state",
            "hs_shipping_address_postal_code",
            "hs_shipping_address_country",
            "hs_shipping_tracking_number",
            "hs_shipping_status_url",
        ],
    ),
    ("deals", &["dealname", "amount", "dealstage", "pipeline", "closedate"]),
    ("line_items", &["name", "quantity", "price", "hs_sku"]),
    ("contacts", &["email", "firstname", "lastname", "phone"]),
    ("notes", &["hs_timestamp", "hs_note_body"]),
];

/// A record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    /// Its id.
    pub id: String,
    /// Its properties.
    pub properties: BTreeMap<String, String>,
    /// How often it was written.
    pub writes: u32,
}

pub(super) struct Portal {
    objects: BTreeMap<&'static str, BTreeMap<u64, Record>>,
    /// Per object: its properties, and whether their values are unique.
    properties: BTreeMap<&'static str, BTreeMap<String, bool>>,
    currencies: Vec<String>,
    /// Both ways of each connection: (object, id, object, id).
    links: BTreeSet<(String, String, String, String)>,
    last_id: u64,
    pub(super) creates: u64,
    pub(super) updates: u64,
}

impl Portal {
    pub(super) fn new(custom: &[(&'static str, String, bool)], currencies: &[String]) -> Self {
        let mut properties: BTreeMap<&'static str, BTreeMap<String, bool>> = BTreeMap::new();
        for (object, names) in DEFAULTS {
            let unique = |name: &str| object == "contacts" && name == "email";
            properties.insert(object, names.iter().map(|name| ((*name).to_owned(), unique(name))).collect());
        }
        for (object, name, unique) in custom {
            properties.entry(object).or_default().insert(name.clone(), *unique);
        }
        Self {
            objects: BTreeMap::new(),
            properties,
            currencies: currencies.to_vec(),
            links: BTreeSet::new(),
            last_id: 9000,
            creates: 0,
            updates: 0,
        }
    }

    pub(super) fn records(&self, object: &str) -> Vec<Record> {
        self.objects.get(object).into_iter().flat_map(BTreeMap::values).cloned().collect()
    }

    pub(super) fn find(&self, object: &str, property: &str, value: &str) -> Option<&Record> {
        let is = |record: &&Record| record.properties.get(property).map(String::as_str) == Some(value);
        self.objects.get(object)?.values().find(is)
    }

    pub(super) fn linked(&self, from: &str, id: &str, to: &str) -> usize {
        self.links.iter().filter(|(a, b, c, _)| a == from && b == id && c == to).count()
    }

    pub(super) fn call(&mut self, method: &str, path: &str, body: &[u8], now: i64) -> Saying {
        let Ok(body) = serde_json::from_slice::<Value>(body) else {
            return Saying::error(400, "VALIDATION_ERROR", "Invalid input JSON");
        };
        let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
        match (method, parts.as_slice()) {
            ("POST", ["crm", "v3", "objects", object, "batch", verb])
            | ("POST", ["crm", "objects", "2026-03", object, "batch", verb]) => {
                let Some(object) = self.object(object) else { return no_page() };
                match *verb {
                    "upsert" => self.upsert(object, &body, now),
                    "read" => self.read(object, &body),
                    _ => no_page(),
                }
            }
            ("POST", ["crm", "v3", "objects", object]) => match self.object(object) {
                Some(object) => self.create(object, &body),
                None => no_page(),
            },
            ("POST", ["crm", "v4", "associations", from, to, "batch", "associate", "default"])
            | ("POST", ["crm", "associations", "2026-03", from, to, "batch", "associate", "default"]) => {
                match (self.object(from), self.object(to)) {
                    (Some(from), Some(to)) => self.associate(from, to, &body),
                    _ => no_page(),
                }
            }
            _ => no_page(),
        }
    }

    /// Objects go by more than one name.
    fn object(&self, name: &str) -> Option<&'static str> {
        let name = match name {
            "orders" | "0-123" => "order",
            "contact" => "contacts",
            "deal" => "deals",
            "line_item" => "line_items",
            "note" => "notes",
            other => other,
        };
        self.properties.keys().find(|known| **known == name).copied()
    }

    fn upsert(&mut self, object: &'static str, body: &Value, now: i64) -> Saying {
        let inputs = match inputs(body, MOST) {
            Ok(inputs) => inputs,
            Err(refusal) => return refusal,
        };
        let mut seen = BTreeSet::new();
        for input in &inputs {
            let (Some(property), Some(key)) = (text(input, "idProperty"), text(input, "id")) else {
                return invalid("idProperty and id are required");
            };
            let unique = self.properties.get(object).and_then(|known| known.get(property));
            if unique != Some(&true) {
                return invalid(&format!("Property {property} is not a unique property"));
            }
            if !seen.insert(key.to_lowercase()) {
                return invalid(&format!("Duplicate IDs found in batch input: {key}"));
            }
            // A wrong name refuses all of them.
            for name in
                input.get("properties").and_then(Value::as_object).into_iter().flat_map(|all| all.keys())
            {
                if !self.properties.get(object).is_some_and(|known| known.contains_key(name)) {
                    return invalid(&format!("Property \"{name}\" does not exist"));
                }
            }
        }
        let (mut results, mut errors) = (Vec::new(), Vec::new());
        for input in &inputs {
            match self.upsert_one(object, input) {
                Ok((record, new)) => {
                    let at = jiff::Timestamp::from_second(now).unwrap_or_default().to_string();
                    results.push(json!({
                        "id": record.id, "new": new, "archived": false, "properties": record.properties,
                        "createdAt": at, "updatedAt": at, "objectWriteTraceId": input.get("objectWriteTraceId"),
                    }));
                }
                Err(message) => errors.push(json!({
                    "status": "error", "category": "VALIDATION_ERROR", "message": message,
                    "context": {"objectWriteTraceId": [input.get("objectWriteTraceId")]},
                })),
            }
        }
        Saying::batch(results, errors)
    }

    fn upsert_one(&mut self, object: &'static str, input: &Value) -> Result<(Record, bool), String> {
        let property = text(input, "idProperty").unwrap_or_default().to_owned();
        let key = text(input, "id").unwrap_or_default().trim().to_owned();
        let mut written = BTreeMap::from([(property.clone(), key.clone())]);
        for (name, value) in input.get("properties").and_then(Value::as_object).into_iter().flatten() {
            let Value::String(value) = value else { return Err(format!("property {name} is no text")) };
            self.allowed(name, value)?;
            written.insert(name.clone(), value.clone());
        }
        let same = |record: &&mut Record| {
            record.properties.get(&property).is_some_and(|there| there.eq_ignore_ascii_case(&key))
        };
        let records = self.objects.entry(object).or_default();
        if let Some(record) = records.values_mut().find(same) {
            // An empty text clears.
            record.properties.extend(written);
            record.properties.retain(|_, value| !value.is_empty());
            record.writes += 1;
            self.updates += 1;
            return Ok((record.clone(), false));
        }
        Ok((self.insert(object, written), true))
    }

    fn insert(&mut self, object: &'static str, properties: BTreeMap<String, String>) -> Record {
        self.last_id += 1;
        let record = Record { id: self.last_id.to_string(), properties, writes: 1 };
        self.objects.entry(object).or_default().insert(self.last_id, record.clone());
        self.creates += 1;
        record
    }

    fn allowed(&self, name: &str, value: &str) -> Result<(), String> {
        let number = |text: &str| {
            let digits = text.strip_prefix('-').unwrap_or(text);
            !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
        };
        let fits = match name {
            "hs_currency_code" => self.currencies.iter().any(|known| known == value),
            "email" => value.contains('@') && !value.contains(' ') && !value.ends_with(".invalid"),
            "hs_total_price"
            | "hs_subtotal_price"
            | "hs_tax"
            | "hs_shipping_cost"
            | "hs_order_discount"
            | "amount"
            | "price"
            | "quantity"
            | "hs_external_created_date"
            | "hs_timestamp"
            | "closedate" => number(value),
            _ => true,
        };
        if fits { Ok(()) } else { Err(format!("property {name} has an unsupported value: {value}")) }
    }

    /// A plain create: a second one of anything but contacts.
    fn create(&mut self, object: &'static str, body: &Value) -> Saying {
        let mut properties = BTreeMap::new();
        for (name, value) in body.get("properties").and_then(Value::as_object).into_iter().flatten() {
            properties.insert(name.clone(), value.as_str().unwrap_or_default().to_owned());
        }
        let email = properties.get("email").cloned().unwrap_or_default();
        if let Some(there) = self.find(object, "email", &email).filter(|_| object == "contacts") {
            let what = format!("Contact already exists. Existing ID: {}", there.id);
            return Saying::error(409, "CONFLICT", &what);
        }
        let record = self.insert(object, properties);
        Saying::json(201, &json!({"id": record.id, "properties": record.properties, "archived": false}))
    }

    fn read(&self, object: &'static str, body: &Value) -> Saying {
        let inputs = match inputs(body, MOST) {
            Ok(inputs) => inputs,
            Err(refusal) => return refusal,
        };
        let property = text(body, "idProperty").unwrap_or("hs_object_id");
        let wanted: Vec<&str> = body
            .get("properties")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        let (mut results, mut missing) = (Vec::new(), Vec::new());
        for id in inputs.iter().filter_map(|input| text(input, "id")) {
            match self.find(object, property, id) {
                Some(record) => {
                    let shown: BTreeMap<_, _> = record
                        .properties
                        .iter()
                        .filter(|(name, _)| wanted.contains(&name.as_str()))
                        .collect();
                    results.push(json!({"id": record.id, "properties": shown, "archived": false}));
                }
                None => missing.push(id.to_owned()),
            }
        }
        let errors = if missing.is_empty() {
            Vec::new()
        } else {
            vec![json!({
                "status": "error", "category": "OBJECT_NOT_FOUND", "message": "Could not get some objects",
                "context": {"ids": missing},
            })]
        };
        Saying::batch(results, errors)
    }

    fn associate(&mut self, from: &'static str, to: &'static str, body: &Value) -> Saying {
        let inputs = match inputs(body, MOST_PAIRS) {
            Ok(inputs) => inputs,
            Err(refusal) => return refusal,
        };
        let (mut results, mut errors) = (Vec::new(), Vec::new());
        for input in &inputs {
            let id = |side: &str| text(input.get(side)?, "id").map(str::to_owned);
            let (one, other) = (id("from").unwrap_or_default(), id("to").unwrap_or_default());
            let there = |object: &str, id: &str| {
                id.parse::<u64>()
                    .is_ok_and(|id| self.objects.get(object).is_some_and(|all| all.contains_key(&id)))
            };
            if !there(from, &one) || !there(to, &other) {
                errors.push(json!({
                    "status": "error", "category": "OBJECT_NOT_FOUND", "message": "one of the records is not there",
                    "context": {"fromObjectId": [one], "toObjectId": [other]},
                }));
                continue;
            }
            self.links.insert((from.to_owned(), one.clone(), to.to_owned(), other.clone()));
            self.links.insert((to.to_owned(), other.clone(), from.to_owned(), one.clone()));
            results.push(json!({"from": {"id": one}, "to": {"id": other}}));
        }
        Saying::batch(results, errors)
    }
}

fn inputs(body: &Value, most: usize) -> Result<Vec<Value>, Saying> {
    match body.get("inputs").and_then(Value::as_array) {
        Some(inputs) if inputs.len() <= most => Ok(inputs.clone()),
        Some(_) => Err(invalid(&format!("The maximum number of inputs is {most}"))),
        None => Err(invalid("inputs are required")),
    }
}

fn text<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    value.get(name)?.as_str().filter(|text| !text.is_empty())
}

fn invalid(message: &str) -> Saying {
    Saying::error(400, "VALIDATION_ERROR", message)
}

fn no_page() -> Saying {
    Saying::plain(404, "<html>404</html>")
}
