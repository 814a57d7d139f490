//! Calls to both interfaces, and what their replies look like from outside.

use std::sync::Arc;

use serde_json::{Map, Value as Json};

use crossdock_connector::{
    Context, Error, ErrorKind, HttpRequest, HttpResponse, Result, form, percent, wire,
};

use crate::config::Config;
use crate::error::Reader;
use crate::sign;
use crate::wire::seller::{Answer, Outer};

/// Signs and frames calls.
pub(crate) struct Gateway {
    pub(crate) config: Arc<Config>,
}

impl Gateway {
    /// How errors in replies are read.
    pub(crate) fn reader(&self) -> Reader<'_> {
        Reader::new(&self.config)
    }

    fn token<'t>(&'t self, context: &'t Context<'_>) -> Result<&'t str> {
        match &self.config.access_token {
            Some(token) => token.text("access_token"),
            None => context
                .token()?
                .access
                .expose_text()
                .ok_or_else(|| Error::new(ErrorKind::Bug, "an access token that is no text")),
        }
    }

    /// A call of the JOS gateway. Everything goes in the body, where no log writes it down.
    pub(crate) fn jos(
        &self,
        method: &str,
        own: Map<String, Json>,
        context: &Context<'_>,
    ) -> Result<HttpRequest> {
        let parameters = Json::Object(own).to_string();
        let timestamp = sign::moment(context.now);
        let fields = [
            ("360buy_param_json", parameters.as_str()),
            ("access_token", self.token(context)?),
            ("app_key", &self.config.app_key),
            ("format", "json"),
            ("method", method),
            ("timestamp", &timestamp),
            ("v", "2.0"),
        ];
        let signed = sign::call(&self.config.app_secret, &fields);
        let body = form::write(fields.into_iter().chain([("sign", signed.as_str())]));
        Ok(HttpRequest::post(self.config.gateway.clone(), form::TYPE, body))
    }

    /// A call of the seller interface; a parameter of the path is signed as well.
    pub(crate) fn seller(
        &self,
        path: &str,
        in_path: Option<(&str, &str)>,
        query: &[(&str, &str)],
        context: &Context<'_>,
    ) -> Result<HttpRequest> {
        let timestamp = context.now.as_millisecond().to_string();
        let token = self.token(context)?;
        let named = [
            ("X-JOS-App-Key", self.config.app_key.as_str()),
            ("X-JOS-Access-Token", token),
            ("X-JOS-Timestamp", &timestamp),
        ];
        let fields: Vec<(&str, &str)> = named.iter().chain(&in_path).chain(query).copied().collect();
        let signed = sign::call(&self.config.app_secret, &fields);
        let mut url = format!("{}{path}", self.config.seller_gateway.trim_end_matches('/'));
        if let Some((_, id)) = in_path {
            url.push('/');
            url.push_str(&percent::encode(id));
        }
        for (at, (name, value)) in query.iter().enumerate() {
            url.push(if at == 0 { '?' } else { '&' });
            url.push_str(name);
            url.push('=');
            url.push_str(&percent::encode(value));
        }
        let mut request = HttpRequest::get(url).header("accept", "application/json");
        for (name, value) in named {
            request = request.header(name, value);
        }
        Ok(request.header("X-JOS-Sign", signed).header("X-JOS-Request-Identity", "vender"))
    }
}

/// Refuses what cannot be read at all; a body that says what went wrong is left to the caller.
///
/// # Errors
/// By the status where the body is not an object of JD's; `Malformed` where the status is good and the body is not.
pub(crate) fn readable(reply: &HttpResponse) -> Result<&[u8]> {
    match wire::first_byte(&reply.body) {
        Some(b'{') => Ok(&reply.body),
        _ if reply.is_success() => Err(Error::malformed("expected a JSON object").at("$")),
        _ => Err(Error::from_response(reply)),
    }
}

/// What the seller interface answered, with or without its envelope.
///
/// # Errors
/// `Malformed` when it is not JSON of that kind.
pub(crate) fn answer(body: &[u8]) -> Result<Answer<'_>> {
    let outer: Outer<'_> = wire::object(body)?;
    match outer.response {
        Some(inner) => wire::parse(inner.get().as_bytes()),
        None => wire::parse(body),
    }
}
