//! Calls of the interface.

use crossdock_connector::{Context, Error, ErrorKind, HttpRequest, Result, percent};

use crate::config::Config;

/// What we call ourselves, as the interface asks for it.
const AGENT: &str = concat!("crossdock/", env!("CARGO_PKG_VERSION"), " (Language=Rust)");

/// A call of a path with a query. Lists are joined with commas, which stay as they are.
pub(crate) fn get(
    config: &Config,
    path: &str,
    query: &[(&str, &str)],
    context: &Context<'_>,
) -> Result<HttpRequest> {
    let token = context
        .token()?
        .access
        .expose_text()
        .ok_or_else(|| Error::new(ErrorKind::Bug, "an access token that is no text"))?;
    let mut url = format!("{}{path}", config.host());
    for (at, (name, value)) in query.iter().enumerate() {
        url.push(if at == 0 { '?' } else { '&' });
        url.push_str(name);
        url.push('=');
        let parts: Vec<String> = value.split(',').map(percent::encode).collect();
        url.push_str(&parts.join(","));
    }
    Ok(HttpRequest::get(url)
        .header("accept", "application/json")
        .header("x-amz-access-token", token)
        .header("x-amz-date", context.now.strftime("%Y%m%dT%H%M%SZ").to_string())
        .header("user-agent", AGENT))
}
