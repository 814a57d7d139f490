//! Settings of a webhook sink.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crossdock_connector::{ConnectorConfig, Error, Result, Secret};

/// Most events in one call.
pub(crate) const MAX_BATCH: u32 = 100;

/// Headers we set ourselves, and those that belong to the connection.
const OURS: &[&str] = &[
    "connection",
    "content-length",
    "content-type",
    "host",
    "keep-alive",
    "te",
    "trailer",
    "transfer-encoding",
    "traceparent",
    "upgrade",
    "webhook-id",
    "webhook-signature",
    "webhook-timestamp",
];

/// How the text of a secret becomes the key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum SecretEncoding {
    /// `whsec_` (may be missing) and base64: what the standard says.
    #[default]
    Base64,
    /// The characters themselves.
    Raw,
}

/// Settings of a webhook sink.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where the events go.
    pub url: String,
    /// The key both sides know.
    pub secret: Secret,
    /// The key before this one: signs too, until the receiver has the new one.
    pub previous_secret: Option<Secret>,
    /// How the text of the secrets becomes the key.
    #[serde(default)]
    pub secret_encoding: SecretEncoding,
    /// Events in one call, 1 to 100. Above 1 the body is a list.
    #[serde(default = "one")]
    pub batch: u32,
    /// Headers the receiver wants besides.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// The same for values that are secrets.
    #[serde(default)]
    pub secret_headers: BTreeMap<String, Secret>,
    /// Lets personal data travel unencrypted to another machine.
    #[serde(default)]
    pub insecure_allow_http: bool,
}

fn one() -> u32 {
    1
}

impl ConnectorConfig for Config {
    fn example() -> &'static str {
        include_str!("../example.toml")
    }

    fn validate(&self) -> Result<()> {
        check_url(&self.url, self.insecure_allow_http).map_err(|error| error.at("url"))?;
        if !(1..=MAX_BATCH).contains(&self.batch) {
            return Err(Error::config(format!("allowed are 1 to {MAX_BATCH}")).at("batch"));
        }
        for (name, value) in &self.headers {
            check_header(name, value).map_err(|error| error.at(format!("headers.{name}")))?;
        }
        for (name, value) in &self.secret_headers {
            let path = format!("secret_headers.{name}");
            let text = value.expose_text().unwrap_or("\0");
            check_header(name, text).map_err(|error| error.at(path.clone()))?;
            if self.headers.keys().any(|other| other.eq_ignore_ascii_case(name)) {
                return Err(Error::config("stands in `headers` too").at(path));
            }
        }
        Ok(())
    }
}

fn check_url(url: &str, allow_http: bool) -> Result<()> {
    const ALLOWED: &str = "expected https://host/path";
    let (rest, encrypted) = match (url.strip_prefix("https://"), url.strip_prefix("http://")) {
        (Some(rest), _) => (rest, true),
        (None, Some(rest)) => (rest, false),
        (None, None) => return Err(Error::config(ALLOWED)),
    };
    if !url.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(Error::config("blanks and characters outside ASCII have to be percent-encoded"));
    }
    if url.contains('#') {
        return Err(Error::config("a fragment is never sent, leave it out"));
    }
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    if authority.contains('@') {
        return Err(Error::config("user and password do not belong into the URL: use `secret_headers`"));
    }
    let host = host(authority);
    if host.is_empty() {
        return Err(Error::config(ALLOWED));
    }
    if !encrypted && !allow_http && !is_this_machine(host) {
        return Err(Error::config(
            "http is refused because events hold personal data: use https, or set `insecure_allow_http = true`",
        ));
    }
    Ok(())
}

/// The host without its port; brackets of an IPv6 address stay.
fn host(authority: &str) -> &str {
    match authority.find(']') {
        Some(end) => authority.get(..=end).unwrap_or(authority),
        None => authority.split(':').next().unwrap_or_default(),
    }
}

fn is_this_machine(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<core::net::IpAddr>();
    host.eq_ignore_ascii_case("localhost") || address.is_ok_and(|address| address.is_loopback())
}

fn check_header(name: &str, value: &str) -> Result<()> {
    let token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    if name.is_empty() || !name.bytes().all(token) || name == Secret::resolved_key() {
        return Err(Error::config("is not a header name"));
    }
    if OURS.iter().any(|ours| name.eq_ignore_ascii_case(ours)) {
        return Err(Error::config("is set by crossdock itself"));
    }
    // The value is not shown: it may be a secret.
    if value.is_empty() || !value.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
        return Err(Error::config("a header value is visible ASCII and blanks, and not empty"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(change: impl FnOnce(&mut Config)) -> Result<()> {
        let mut config = Config {
            url: "https://erp.example.com/hook".into(),
            secret: Secret::new("whsec_AAAA"),
            previous_secret: None,
            secret_encoding: SecretEncoding::Base64,
            batch: 1,
            headers: BTreeMap::new(),
            secret_headers: BTreeMap::new(),
            insecure_allow_http: false,
        };
        change(&mut config);
        config.validate()
    }

    #[test]
    fn urls() {
        for good in
            ["https://a.example", "http://127.0.0.1:9/x", "http://[::1]:9/x", "http://localhost/x?y=1"]
        {
            assert!(config(|c| c.url = good.into()).is_ok(), "{good}");
        }
        for bad in [
            "",
            "ftp://a.example",
            "https://",
            "https:///x",
            "https://:443/x",
            "https://user:pass@a.example/",
            "https://a.example/x#y",
            "https://a.example/a b",
            "http://erp.example.com/hook",
            "http://localhost.example.com/",
            "http://127.0.0.1.example.com/",
        ] {
            let error = config(|c| c.url = bad.into()).expect_err(bad);
            assert_eq!(error.path.as_deref(), Some("url"), "{bad}");
        }
        assert!(
            config(|c| {
                c.url = "http://erp.internal.example/".into();
                c.insecure_allow_http = true;
            })
            .is_ok()
        );
    }

    #[test]
    fn headers_cannot_smuggle() {
        for (name, value) in [
            ("x y", "1"),
            ("", "1"),
            ("Webhook-Id", "1"),
            ("content-type", "text/plain"),
            ("x", "a\r\nwebhook-id: b"),
            ("x", ""),
            (Secret::resolved_key(), "a"),
        ] {
            assert!(
                config(|c| drop(c.headers.insert(name.into(), value.into()))).is_err(),
                "{name}: {value}"
            );
        }
        let twice = config(|c| {
            c.headers.insert("X-Key".into(), "1".into());
            c.secret_headers.insert("x-key".into(), Secret::new("2"));
        });
        assert!(twice.is_err());
    }

    #[test]
    fn a_secret_is_never_in_the_message() {
        let refused = config(|c| drop(c.secret_headers.insert("x-key".into(), Secret::new("top\nsecret"))))
            .expect_err("newline");
        assert!(!refused.to_string().contains("top"), "{refused}");
    }

    #[test]
    fn batch_has_bounds() {
        assert!(config(|c| c.batch = 0).is_err());
        assert!(config(|c| c.batch = MAX_BATCH).is_ok());
        assert!(config(|c| c.batch = MAX_BATCH + 1).is_err());
    }
}
