//! A session by password.
//!
//! How long an idle session lives is a setting of the server that no reply tells: a session is used until it is
//! refused.

use std::sync::Arc;

use crossdock_connector::{Error, ErrorKind, HttpRequest, HttpResponse, Result, Secret, Session, Token};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::call::Caller;
use crate::reply;

/// The second cookie of a session, where the server sets it.
pub(crate) const ASP_NET: &str = "asp_net_session";

/// Opens sessions.
pub(crate) struct PasswordSession {
    pub(crate) caller: Arc<Caller>,
    pub(crate) account: String,
    pub(crate) user: String,
    pub(crate) password: Secret,
    pub(crate) language: u32,
}

impl Session for PasswordSession {
    fn open(&self, _last: Option<&Token>, _now: Timestamp) -> Result<HttpRequest> {
        let password =
            self.password.expose_text().ok_or_else(|| Error::config("is not text").at("password"))?;
        let body = json!({"parameters": [self.account, self.user, password, self.language]});
        let (url, _) = self.caller.address("Kingdee.BOS.WebApi.ServicesStub.AuthService.ValidateUser");
        Ok(HttpRequest::post(url, "application/json", body.to_string()))
    }

    fn opened(&self, _last: Option<&Token>, reply: &HttpResponse, _now: Timestamp) -> Result<Token> {
        if !reply.is_success() {
            return Err(Error::from_response(reply));
        }
        let body: Value = serde_json::from_slice(&reply.body).map_err(|error| {
            Error::new(ErrorKind::Unavailable, "the answer to the login is no JSON").because(error)
        })?;
        let Some(result) = body.get("LoginResultType").and_then(Value::as_i64) else {
            return Err(Error::new(
                ErrorKind::Unavailable,
                "the answer to the login has no `LoginResultType`",
            ));
        };
        let id = body.get("KDSVCSessionId").and_then(Value::as_str).filter(|id| header_safe(id));
        match (result, id) {
            (1, Some(id)) => {
                let token = Token::new(id);
                Ok(match cookie(reply, "ASP.NET_SessionId") {
                    Some(value) => token.with(ASP_NET, value),
                    None => token,
                })
            }
            (1, None) => Err(Error::new(ErrorKind::Unavailable, "a login without `KDSVCSessionId`")),
            // A wrong password, one that has to be changed, a user who may not: people have to mend it.
            _ => {
                let words = reply::words(body.get("Message").and_then(Value::as_str).unwrap_or_default());
                Err(Error::auth(format!("login refused: {words}")).vendor(result.to_string()))
            }
        }
    }
}

fn cookie(reply: &HttpResponse, name: &str) -> Option<String> {
    let set = reply.headers.0.iter().filter(|(header, _)| header.eq_ignore_ascii_case("set-cookie"));
    set.filter_map(|(_, value)| value.split(';').next()?.split_once('='))
        .find(|(found, _)| found.trim() == name)
        .map(|(_, value)| value.trim().to_owned())
        .filter(|value| header_safe(value))
}

/// What goes back in a header must not end it.
fn header_safe(value: &str) -> bool {
    !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_graphic() && byte != b';')
}
