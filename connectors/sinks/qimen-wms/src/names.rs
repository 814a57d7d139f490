//! The codes under which documents are known over there. They are ours, and made from what never changes.
//!
//! The first delivery order of an order has its base code. Qimen has no update: a delivery order that replaces a
//! cancelled one has the revision of the order behind the base (`-4`). So every code that an order can have had can be
//! asked for, without anything being remembered here.

use crossdock_connector::{Error, ErrorKind, Result, sign};
use crossdock_schemas::Source;

use crate::config::{Config, OrderNames};

/// Longest code of the protocol, less room for a suffix.
const MOST: usize = 44;

/// Revisions that are looked for: a conversation has room for so many questions and the call itself.
pub(crate) const MOST_REVISIONS: u64 = 20;

/// Code of the first delivery order of an order.
pub(crate) fn order(
    config: &Config,
    source: &Source,
    key: Option<&str>,
    number: Option<&str>,
) -> Result<String> {
    match config.order_names {
        OrderNames::Key => key
            .map(|key| digest_of("XD", key))
            .ok_or_else(|| unnamed("the event does not say which order it is about")),
        OrderNames::Number => {
            let number = number.ok_or_else(|| {
                unnamed(
                    "the event names its order by key, not by number: set `order_names = \"key\"` to send it",
                )
            })?;
            Ok(fit(&format!("{}{number}", prefix(config, source)?)))
        }
    }
}

/// Code of a return order.
pub(crate) fn case(config: &Config, source: &Source, key: Option<&str>, number: &str) -> Result<String> {
    match (config.order_names, key) {
        (OrderNames::Key, Some(key)) => Ok(digest_of("XR", key)),
        _ => Ok(fit(&format!("{}{number}", prefix(config, source)?))),
    }
}

/// The code of a delivery order that replaces a cancelled one.
pub(crate) fn again(base: &str, revision: u64) -> String {
    format!("{base}-{revision}")
}

/// The codes of all that can have replaced the first delivery order of an order of this revision, the newest first.
///
/// # Errors
/// `Rejected` when it changed too often to look for all of them.
pub(crate) fn replaced(base: &str, revision: u64) -> Result<Vec<String>> {
    if revision > MOST_REVISIONS {
        let what = format!(
            "the order changed {revision} times: which delivery order is the last has to be looked up by hand"
        );
        return Err(Error::new(ErrorKind::Rejected, what));
    }
    Ok((2..=revision).rev().map(|revision| again(base, revision)).collect())
}

/// Name of a line, which has to come back in answers.
pub(crate) fn line(line_key: &str) -> String {
    let plain = crate::write::clean(line_key);
    if plain == line_key && line_key.chars().count() <= 50 { plain } else { short(line_key) }
}

fn prefix<'c>(config: &'c Config, source: &Source) -> Result<&'c str> {
    config.prefixes.need_shop("prefixes", &source.platform, &source.shop)
}

fn unnamed(what: &str) -> Error {
    Error::new(ErrorKind::Rejected, what)
}

/// Half of the hash in one of our keys (`o1-`, `a1-` and 64 digits): 128 bits name a thing well enough.
fn digest_of(mark: &str, key: &str) -> String {
    let hex = key.split_once('-').map_or(key, |(_, hex)| hex);
    format!("{mark}{}", hex.chars().take(32).collect::<String>())
}

fn short(text: &str) -> String {
    sign::hex(&sign::sha256(text.as_bytes())).chars().take(32).collect()
}

fn fit(text: &str) -> String {
    let fits = text.len() <= MOST && text.bytes().all(|byte| byte.is_ascii_graphic());
    if fits { text.to_owned() } else { format!("XD{}", short(text)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_an_order_can_have_can_be_asked_for() {
        assert!(replaced("XD1", 1).unwrap().is_empty());
        assert_eq!(replaced("XD1", 4).unwrap(), ["XD1-4", "XD1-3", "XD1-2"]);
        assert!(replaced("XD1", MOST_REVISIONS + 1).is_err());
        assert_eq!(line("4012345678901234568"), "4012345678901234568");
        assert_eq!(line("杯子#1"), "杯子#1");
        assert_eq!(line(&"x".repeat(51)).len(), 32);
        assert_eq!(fit(&"9".repeat(60)).len(), 34);
    }
}
