//! One method of one model, said in either of Odoo's two interfaces.
//!
//! Both take named arguments, so a call is put together once. JSON-2 is told apart by its HTTP status; JSON-RPC
//! answers 200 whatever happened, and the error stands in the body.

use serde_json::{Map, Value, json};

use crossdock_connector::{Context, Error, HttpRequest, HttpResponse, Result, Secret};

use crate::config::{Config, Protocol};
use crate::error;

const JSON: &str = "application/json; charset=utf-8";

/// A call of a method.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    model: &'static str,
    method: &'static str,
    ids: Vec<i64>,
    named: Map<String, Value>,
    context: Map<String, Value>,
}

impl Call {
    /// A call of a method of a model.
    pub(crate) fn new(model: &'static str, method: &'static str) -> Self {
        let mut context = Map::new();
        // Times without a zone are UTC over there, except in `load`, which takes them in the user's zone.
        context.insert("tz".to_owned(), "UTC".into());
        Self { model, method, ids: Vec::new(), named: Map::new(), context }
    }

    /// A search that sees archived records too: one that is not seen would be made a second time.
    pub(crate) fn search(model: &'static str, domain: Value, fields: &[&str]) -> Self {
        Self::new(model, "search_read")
            .with("domain", domain)
            .with("fields", json!(fields))
            .told("active_test", json!(false))
    }

    /// Creation or update by external id.
    pub(crate) fn load(model: &'static str, fields: &[String], rows: &[Vec<String>]) -> Self {
        Self::new(model, "load").with("fields", json!(fields)).with("data", json!(rows))
    }

    /// The records it is about.
    pub(crate) fn on(mut self, ids: &[i64]) -> Self {
        self.ids = ids.to_vec();
        self
    }

    /// An argument.
    pub(crate) fn with(mut self, name: &str, value: Value) -> Self {
        self.named.insert(name.to_owned(), value);
        self
    }

    /// A value of the context.
    pub(crate) fn told(mut self, name: &str, value: Value) -> Self {
        self.context.insert(name.to_owned(), value);
        self
    }

    /// Acts inside a company, or inside several; records of others are not seen.
    pub(crate) fn inside(self, companies: impl IntoIterator<Item = i64>) -> Self {
        let companies: Vec<i64> = companies.into_iter().collect();
        if companies.is_empty() { self } else { self.told("allowed_company_ids", json!(companies)) }
    }
}

/// How calls are sent and answers read.
pub(crate) struct Rpc {
    base: String,
    database: Option<String>,
    key: Secret,
    protocol: Protocol,
    lang: Option<String>,
}

impl Rpc {
    pub(crate) fn new(config: &Config) -> Self {
        Self {
            base: config.base_url.trim_end_matches('/').to_owned(),
            database: config.database.clone(),
            key: config.api_key.clone(),
            protocol: config.protocol,
            lang: config.lang.clone(),
        }
    }

    /// The call as HTTP.
    pub(crate) fn request(&self, call: &Call, context: &Context<'_>) -> Result<HttpRequest> {
        let mut named = call.named.clone();
        let mut told = call.context.clone();
        if let Some(lang) = &self.lang {
            told.insert("lang".to_owned(), lang.as_str().into());
        }
        named.insert("context".to_owned(), Value::Object(told));
        let key = self.key.expose_text().unwrap_or_default();
        match self.protocol {
            Protocol::Json2 => {
                if !call.ids.is_empty() {
                    named.insert("ids".to_owned(), json!(call.ids));
                }
                let url = format!("{}/json/2/{}/{}", self.base, call.model, call.method);
                let mut request = HttpRequest::post(url, JSON, Value::Object(named).to_string())
                    .header("authorization", format!("bearer {key}"));
                if let Some(database) = &self.database {
                    request = request.header("x-odoo-database", database.clone());
                }
                Ok(request)
            }
            Protocol::Jsonrpc => {
                let uid = context.token()?.access.expose_text().unwrap_or_default();
                let uid = uid.parse::<i64>().map_or_else(|_| Value::from(uid), Value::from);
                let positional = if call.ids.is_empty() { json!([]) } else { json!([call.ids]) };
                let args = json!([self.database, uid, key, call.model, call.method, positional, named]);
                Ok(HttpRequest::post(
                    format!("{}/jsonrpc", self.base),
                    JSON,
                    envelope("object", "execute_kw", &args),
                ))
            }
        }
    }

    /// What came back, or why not.
    pub(crate) fn read(&self, reply: &HttpResponse) -> Result<Value> {
        match self.protocol {
            Protocol::Json2 if reply.is_success() => json_of(reply),
            Protocol::Json2 => Err(error::of_status(reply)),
            Protocol::Jsonrpc => result(reply),
        }
    }
}

/// The body of a JSON-RPC call.
pub(crate) fn envelope(service: &str, method: &str, args: &Value) -> String {
    json!({
        "jsonrpc": "2.0",
        "method": "call",
        "id": 1,
        "params": {"service": service, "method": method, "args": args},
    })
    .to_string()
}

/// The result of a JSON-RPC answer.
pub(crate) fn result(reply: &HttpResponse) -> Result<Value> {
    if !reply.is_success() {
        return Err(error::of_status(reply));
    }
    let Value::Object(mut answer) = json_of(reply)? else { return Err(unexpected()) };
    match (answer.remove("error"), answer.remove("result")) {
        (Some(Value::Object(said)), _) => Err(error::of_rpc(&said)),
        (None, Some(result)) => Ok(result),
        _ => Err(unexpected()),
    }
}

fn json_of(reply: &HttpResponse) -> Result<Value> {
    serde_json::from_slice(&reply.body).map_err(|_| unexpected())
}

/// An answer that is not of the form it should have.
pub(crate) fn unexpected() -> Error {
    Error::malformed("odoo's answer is not of the expected form")
}
