//! Calls to the gateway, and what its replies look like from outside.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Map, Value};

use crossdock_connector::{Context, Error, HttpRequest, HttpResponse, Result, percent, wire};

use crate::codes::Codes;
use crate::config::Config;
use crate::wire::{Envelope, text as shown};
use crate::{error, sign};

/// What a call that went well has for a code.
const SUCCESS: &str = "10000";

/// Signs and frames calls.
#[derive(Debug)]
pub(crate) struct Gateway {
    pub(crate) config: Arc<Config>,
    pub(crate) codes: Arc<Codes>,
}

impl Gateway {
    /// A signed call in the shop's name.
    pub(crate) fn call(
        &self,
        method: &str,
        parameters: Map<String, Value>,
        context: &Context<'_>,
    ) -> Result<HttpRequest> {
        let token = match &self.config.access_token {
            Some(token) => token,
            None => &context.token()?.access,
        };
        self.signed(method, parameters, Some(token.text("access_token")?), context.now)
    }

    /// A signed call, of the application itself where there is no token.
    pub(crate) fn signed(
        &self,
        method: &str,
        parameters: Map<String, Value>,
        token: Option<&str>,
        now: Timestamp,
    ) -> Result<HttpRequest> {
        let config = &self.config;
        let json = sign::json(parameters);
        let timestamp = now.as_second().to_string();
        let secret = config.app_secret.expose();
        let signed = sign::call(config.sign_method, secret, &config.app_key, method, &json, &timestamp);
        let mut url = format!("{}/{}", config.gateway.trim_end_matches('/'), method.replace('.', "/"));
        let fields = [
            ("app_key", Some(config.app_key.as_str())),
            ("method", Some(method)),
            ("access_token", token),
            ("timestamp", Some(timestamp.as_str())),
            ("v", Some("2")),
            ("sign", Some(signed.as_str())),
            ("sign_method", Some(config.sign_method.as_str())),
        ];
        let mut mark = '?';
        for (name, value) in fields {
            let Some(value) = value else { continue };
            url.push(mark);
            url.push_str(name);
            url.push('=');
            url.push_str(&percent::encode(value));
            mark = '&';
        }
        // The bytes that were signed are the bytes that are sent.
        let request = HttpRequest::post(url, "application/json;charset=UTF-8", json);
        // Without it old applications get the codes of an older list.
        Ok(request.header("x-open-no-old-err-code", "1"))
    }

    /// Refuses everything that is not a good reply: the gateway says errors inside a 200.
    pub(crate) fn accept(&self, reply: &HttpResponse) -> Result<()> {
        let parsed: Result<Envelope<'_>> = wire::object(&reply.body);
        match parsed {
            // How the older gateway said it.
            Ok(envelope) if shown(&envelope.code).is_none() && shown(&envelope.err_no).is_some() => {
                if shown(&envelope.err_no) == Some("0") && reply.is_success() {
                    return Ok(());
                }
                let mut error = error::read(&envelope, &self.config, &self.codes);
                error.retry_after = reply.retry_after();
                Err(error)
            }
            Ok(envelope) => match shown(&envelope.code) {
                Some(SUCCESS) if reply.is_success() => Ok(()),
                Some(SUCCESS) => Err(Error::from_response(reply)),
                Some(_) => {
                    let mut error = error::read(&envelope, &self.config, &self.codes);
                    error.retry_after = reply.retry_after();
                    Err(error)
                }
                None if reply.is_success() => Err(Error::malformed("a reply without a code").at("$.code")),
                None => Err(Error::from_response(reply)),
            },
            Err(error) if reply.is_success() => Err(error),
            Err(_) => Err(Error::from_response(reply)),
        }
    }
}

/// Whether a code says that the call went well; a row of a list has none.
pub(crate) fn is_success(code: &crate::wire::Value<'_>) -> bool {
    shown(code).is_none_or(|code| code == SUCCESS)
}
