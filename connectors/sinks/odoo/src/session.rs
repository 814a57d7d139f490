//! Who we are over JSON-RPC: the login name and key give a user id, which goes into every call.
//!
//! There is no session over there: the id does not end, and the key is sent each time.

use jiff::Timestamp;
use serde_json::{Value, json};

use crossdock_connector::{Error, HttpRequest, HttpResponse, Result, Secret, Session, Token};

use crate::config::Config;
use crate::rpc;

pub(crate) struct Login {
    url: String,
    database: String,
    login: String,
    key: Secret,
}

impl Login {
    pub(crate) fn new(config: &Config) -> Self {
        Self {
            url: format!("{}/jsonrpc", config.base_url.trim_end_matches('/')),
            database: config.database.clone().unwrap_or_default(),
            login: config.login.clone().unwrap_or_default(),
            key: config.api_key.clone(),
        }
    }
}

impl Session for Login {
    fn open(&self, _: Option<&Token>, _: Timestamp) -> Result<HttpRequest> {
        let key = self.key.expose_text().unwrap_or_default();
        let args = json!([self.database, self.login, key, {}]);
        let body = rpc::envelope("common", "authenticate", &args);
        Ok(HttpRequest::post(self.url.clone(), "application/json; charset=utf-8", body))
    }

    fn opened(&self, _: Option<&Token>, reply: &HttpResponse, _: Timestamp) -> Result<Token> {
        match rpc::result(reply)? {
            Value::Number(uid) if uid.as_i64().is_some_and(|uid| uid > 0) => Ok(Token::new(uid.to_string())),
            Value::Bool(false) => Err(Error::auth("odoo knows no user with this login and key")),
            _ => Err(rpc::unexpected()),
        }
    }
}
