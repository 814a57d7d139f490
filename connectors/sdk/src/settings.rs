//! Reading a connector's settings: references to secrets are resolved first, then the connector's own type
//! reads the table. The hub and the conformance suite share this, so both refuse the same things.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use toml::{Table, Value};

use crossdock_schemas::Reason;

use crate::{Error, Result, Secret};

/// Where a secret comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretRef<'a> {
    /// An environment variable.
    Env(&'a str),
    /// A file; outer white space of its content is dropped.
    File(&'a str),
}

/// Puts the value of each `{ env = ".." }` and `{ file = ".." }` in place, at any depth.
///
/// # Errors
/// What `lookup` says, with the path of the key (`secret`, `keys[1]`).
pub fn resolve(table: &mut Table, lookup: &dyn Fn(SecretRef<'_>) -> Result<String>) -> Result<()> {
    for (key, value) in table.iter_mut() {
        resolve_value(value, key, lookup)?;
    }
    Ok(())
}

fn resolve_value(
    value: &mut Value,
    path: &str,
    lookup: &dyn Fn(SecretRef<'_>) -> Result<String>,
) -> Result<()> {
    match value {
        Value::Table(table) => {
            let reference = match (table.len(), table.iter().next()) {
                (1, Some((key, Value::String(name)))) if key == "env" => Some(SecretRef::Env(name)),
                (1, Some((key, Value::String(name)))) if key == "file" => Some(SecretRef::File(name)),
                _ => None,
            };
            if let Some(reference) = reference {
                let secret = lookup(reference).map_err(|error| error.at(path))?;
                let mut resolved = Table::new();
                resolved.insert(Secret::resolved_key().to_owned(), Value::String(secret));
                *value = Value::Table(resolved);
                return Ok(());
            }
            for (key, inner) in table.iter_mut() {
                resolve_value(inner, &format!("{path}.{key}"), lookup)?;
            }
        }
        Value::Array(items) => {
            for (at, inner) in items.iter_mut().enumerate() {
                resolve_value(inner, &format!("{path}[{at}]"), lookup)?;
            }
        }
        Value::String(_) | Value::Integer(_) | Value::Float(_) | Value::Boolean(_) | Value::Datetime(_) => {}
    }
    Ok(())
}

/// Reads a resolved table as a connector's settings.
///
/// # Errors
/// `Config` with the key path; unknown keys are refused with the list of known ones.
pub fn read<C: DeserializeOwned>(table: Table) -> Result<C> {
    serde_path_to_error::deserialize(Value::Table(table)).map_err(|error| {
        let path = error.path().to_string();
        let message = error.into_inner().to_string();
        let config = Error::config(message.trim().replace('\n', " "));
        if path == "." { config } else { config.at(path) }
    })
}

/// Refuses an empty text.
///
/// # Errors
/// `Config` at the key.
pub fn filled(text: &str, key: &str) -> Result<()> {
    if text.trim().is_empty() { Err(Error::config("must not be empty").at(key)) } else { Ok(()) }
}

/// Refuses an empty secret.
///
/// # Errors
/// `Config` at the key.
pub fn secret(secret: &Secret, key: &str) -> Result<()> {
    if secret.expose().is_empty() { Err(Error::config("must not be empty").at(key)) } else { Ok(()) }
}

/// Refuses a secret that is not text, or blank.
///
/// # Errors
/// `Config` at the key.
pub fn secret_text(secret: &Secret, key: &str) -> Result<()> {
    match secret.expose_text() {
        Some(text) if !text.trim().is_empty() => Ok(()),
        _ => Err(Error::config("expected text that is not empty").at(key)),
    }
}

/// Refuses carriers, given by the vendor's code, that are not named as the model names carriers.
///
/// # Errors
/// `Config` at the code, under the key.
pub fn carriers(named: &BTreeMap<String, String>, key: &str) -> Result<()> {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    for (code, slug) in named {
        if !(2..=32).contains(&slug.len()) || !slug.bytes().all(fits) {
            let what = "expected 2 to 32 lower-case letters, digits and `_`";
            return Err(Error::config(what).at(format!("{key}.{code}")));
        }
    }
    Ok(())
}

/// Refuses reasons, given by the vendor's code, that say nothing.
///
/// # Errors
/// `Config` at the code, under the key, with the reasons there are.
pub fn reasons(named: &BTreeMap<String, Reason>, key: &str) -> Result<()> {
    let Some((code, _)) = named.iter().find(|(_, reason)| **reason == Reason::Unknown) else { return Ok(()) };
    let told = Reason::ALL.iter().filter(|reason| **reason != Reason::Unknown);
    let words: Vec<&str> = told.map(|reason| reason.as_str()).collect();
    let what = format!("expected one of {}", words.join(", "));
    Err(Error::config(what).at(format!("{key}.\"{code}\"")))
}

/// Shortest token of a vendor that signs nothing.
const SHORTEST_TOKEN: usize = 12;

/// Refuses a short token: of a vendor that signs nothing it is all that keeps strangers out.
///
/// # Errors
/// `Config` at the key.
pub fn shared_token(token: &Secret, key: &str) -> Result<()> {
    if token.expose().len() >= SHORTEST_TOKEN {
        return Ok(());
    }
    Err(Error::config(format!("expected at least {SHORTEST_TOKEN} characters")).at(key))
}

/// As [`shared_token`] for the token before it was changed, which may be left empty.
///
/// # Errors
/// `Config` at the key.
pub fn previous_token(token: Option<&Secret>, key: &str) -> Result<()> {
    token.filter(|token| !token.expose().is_empty()).map_or(Ok(()), |token| shared_token(token, key))
}

/// Refuses what is not an address that can be called.
///
/// # Errors
/// `Config` at the key.
pub fn address(url: &str, key: &str) -> Result<()> {
    if url.starts_with("https://") || url.starts_with("http://") {
        Ok(())
    } else {
        Err(Error::config("expected an http or https address").at(key))
    }
}

/// The same where it may be left out.
///
/// # Errors
/// `Config` at the key.
pub fn other_address(url: Option<&str>, key: &str) -> Result<()> {
    url.map_or(Ok(()), |url| address(url, key))
}

/// Where calls go, without a slash at the end: another address of the interface (a stand-in, a relay) before the vendor's.
pub fn base<'c>(other: Option<&'c str>, vendor: &'c str) -> &'c str {
    other.unwrap_or(vendor).trim_end_matches('/')
}

/// Refuses what is not letters, digits, `-` and `_`, as languages and names of services are written: it becomes part of
/// an address or a header.
///
/// # Errors
/// `Config` at the key, with an example of what is expected.
pub fn word(text: &str, key: &str, example: &str) -> Result<()> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if !text.is_empty() && text.bytes().all(fits) {
        return Ok(());
    }
    Err(Error::config(format!("expected letters, digits, `-` or `_`, like {example}")).at(key))
}

/// The account where a merchant has only one: `#[serde(default = "settings::only_account")]`.
pub fn only_account() -> String {
    "default".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_addresses() {
        assert!(word("en_US", "k", "en_US").is_ok() && word("parcel-de", "k", "en").is_ok());
        for text in ["", "en US", "en&x", "é"] {
            assert_eq!(word(text, "track.locale", "en").unwrap_err().path.as_deref(), Some("track.locale"));
        }
        assert_eq!(base(Some("http://a/x/"), "https://v"), "http://a/x");
        assert_eq!(base(None, "https://v/"), "https://v");
        assert!(other_address(None, "k").is_ok() && other_address(Some("x"), "k").is_err());
    }

    #[test]
    fn a_reason_says_something() {
        let named = |reason| BTreeMap::from([("99".to_owned(), reason)]);
        assert!(reasons(&named(Reason::Refused), "reason_codes").is_ok());
        let error = reasons(&named(Reason::Unknown), "reason_codes").unwrap_err();
        assert_eq!(error.path.as_deref(), Some("reason_codes.\"99\""));
        assert!(error.message().contains("refused") && !error.message().contains("unknown"));
    }

    #[test]
    fn what_keeps_strangers_out_is_long_enough() {
        let (long, short, none) = (Secret::new("n7Qm2pX4vK8s"), Secret::new("n7Qm2pX4vK8"), Secret::new(""));
        assert!(shared_token(&long, "push.token").is_ok() && secret(&short, "key").is_ok());
        assert_eq!(shared_token(&short, "push.token").unwrap_err().path.as_deref(), Some("push.token"));
        assert!(secret(&none, "key").is_err() && shared_token(&none, "push.token").is_err());
        assert!(previous_token(None, "k").is_ok() && previous_token(Some(&none), "k").is_ok());
        assert!(previous_token(Some(&long), "k").is_ok() && previous_token(Some(&short), "k").is_err());
        assert!(
            filled(" ", "k").is_err()
                && address("ftp://x", "k").is_err()
                && address("https://x", "k").is_ok()
        );
    }
}
