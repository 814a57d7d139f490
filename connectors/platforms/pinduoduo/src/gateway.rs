//! Calls to the gateway, and what its replies look like from outside.

use std::sync::Arc;

use jiff::Timestamp;

use crossdock_connector::{Context, Error, HttpRequest, HttpResponse, Result, form, wire};

use crate::config::Config;
use crate::wire::ErrorReply;
use crate::{error, sign};

/// Signs and frames calls.
#[derive(Debug)]
pub(crate) struct Gateway {
    config: Arc<Config>,
}

impl Gateway {
    pub(crate) fn new(config: Arc<Config>) -> Self {
        Self { config }
    }

    pub(crate) fn config(&self) -> &Config {
        &self.config
    }

    /// A signed call in the mall's name.
    pub(crate) fn call(
        &self,
        kind: &str,
        mut own: Vec<(&'static str, String)>,
        context: &Context<'_>,
    ) -> Result<HttpRequest> {
        let token = match &self.config.access_token {
            Some(token) => token,
            None => &context.token()?.access,
        };
        own.push(("access_token", token.text("access_token")?.to_owned()));
        self.signed(kind, own, context.now)
    }

    /// A signed call of the application itself.
    pub(crate) fn signed(
        &self,
        kind: &str,
        own: Vec<(&'static str, String)>,
        now: Timestamp,
    ) -> Result<HttpRequest> {
        let mut parameters: Vec<(&str, String)> = vec![
            ("type", kind.to_owned()),
            ("client_id", self.config.client_id.clone()),
            ("timestamp", now.as_second().to_string()),
            ("data_type", "JSON".to_owned()),
            ("version", "V1".to_owned()),
        ];
        parameters.extend(own);
        parameters.push(("sign", sign::call(self.config.client_secret.expose(), &parameters)));
        let body = form::write(parameters.iter().map(|(key, value)| (*key, value.as_str())));
        Ok(HttpRequest::post(self.config.gateway.clone(), form::TYPE, body))
    }

    /// Refuses everything that is not a good reply: the gateway says errors inside a 200.
    pub(crate) fn accept(&self, reply: &HttpResponse) -> Result<()> {
        let parsed: Result<ErrorReply<'_>> = wire::parse(&reply.body);
        match parsed {
            Ok(ErrorReply { error_response: Some(said) }) => {
                Err(error::read(&said, &self.config, reply.retry_after()))
            }
            Ok(ErrorReply { error_response: None }) if reply.is_success() => Ok(()),
            Err(error) if reply.is_success() => Err(error),
            _ => Err(Error::from_response(reply)),
        }
    }
}
