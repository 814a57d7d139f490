//! The numbers under which orders, lines and refunds are known over there.
//!
//! They are unique per seller account, not per shop, so each starts with a mark of the channel it comes from. They are
//! made from what never changes, because the same number has to come out for every event.

use crossdock_connector::{Error, ErrorKind, Result, sign};
use crossdock_schemas::Source;

use crate::config::{Config, OrderNames};

/// Longest number WDT keeps.
pub(crate) const MOST: usize = 40;

/// Who an order is: what an event says about it.
pub(crate) struct OrderId<'a> {
    pub(crate) platform: &'a str,
    pub(crate) shop: &'a str,
    pub(crate) key: Option<&'a str>,
    pub(crate) number: Option<&'a str>,
}

/// `tid`: the number of an order.
pub(crate) fn tid(config: &Config, order: &OrderId<'_>) -> Result<String> {
    match config.order_names {
        OrderNames::Number => {
            let number = order.number.ok_or_else(|| {
                unnamed(
                    "the event names its order by key, not by number: set `order_names = \"key\"` to book it",
                )
            })?;
            Ok(fit(&format!("{}{number}", prefix(config, order.platform, order.shop)?)))
        }
        OrderNames::Key => {
            let key = order.key.ok_or_else(|| unnamed("the event does not say which order it belongs to"))?;
            Ok(digest_of("xd", key))
        }
    }
}

/// `oid`: the number of a line, stable over all pushes.
pub(crate) fn oid(tid: &str, line_key: &str) -> String {
    part(tid, line_key)
}

/// `refund_no` of a case; of one of its lines where the case has several and each has to be a refund of its own.
pub(crate) fn refund_no(
    config: &Config,
    source: &Source,
    number: &str,
    key: Option<&str>,
    line_key: Option<&str>,
) -> Result<String> {
    let whole = match (config.order_names, key) {
        (OrderNames::Key, Some(key)) => digest_of("xr", key),
        _ => format!("{}{number}", prefix(config, &source.platform, &source.shop)?),
    };
    Ok(match line_key {
        None => fit(&whole),
        Some(line_key) => part(&whole, line_key),
    })
}

/// Half of the hash in one of our keys (`o1-`, `a1-` and 64 digits): 128 bits name a thing well enough.
fn digest_of(mark: &str, key: &str) -> String {
    let hex = key.split_once('-').map_or(key, |(_, hex)| hex);
    format!("{mark}-{}", hex.chars().take(32).collect::<String>())
}

fn prefix<'c>(config: &'c Config, platform: &str, shop: &str) -> Result<&'c str> {
    config.prefixes.need_shop("prefixes", platform, shop)
}

fn unnamed(what: &str) -> Error {
    Error::new(ErrorKind::Rejected, what)
}

/// A part of something with a number: both with a dash between where that fits, else a short digest of the part, else of
/// both.
fn part(whole: &str, part: &str) -> String {
    let plain = format!("{whole}-{part}");
    if fits(&plain) {
        return plain;
    }
    let short: String = sign::hex(&sign::sha256(part.as_bytes())).chars().take(12).collect();
    let short = format!("{whole}-{short}");
    if fits(&short) { short } else { fit(&plain) }
}

fn fits(text: &str) -> bool {
    text.len() <= MOST && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// The text itself where WDT can keep it, else a digest of it.
fn fit(text: &str) -> String {
    if fits(text) {
        return text.to_owned();
    }
    let digest = sign::hex(&sign::sha256(text.as_bytes()));
    format!("xd-{}", digest.chars().take(32).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_fit_and_stay_apart() {
        assert_eq!(oid("tb-XD20260105-0001", "1"), "tb-XD20260105-0001-1");
        let long = oid("tb-4012345678901234567", "4012345678902234567");
        assert_eq!(long.len(), 35);
        assert!(long.starts_with("tb-4012345678901234567-"), "{long}");
        assert_eq!(long, oid("tb-4012345678901234567", "4012345678902234567"));
        assert_ne!(long, oid("tb-4012345678901234567", "4012345678902234568"));
        assert_ne!(oid("tb-1", "杯子#1"), oid("tb-1", "杯子#2"));
        assert!(oid("tb-1", "a b#1").starts_with("tb-1-"));
        let longest = oid(&"9".repeat(30), &"8".repeat(30));
        assert!(longest.starts_with("xd-") && longest.len() == 35, "{longest}");
    }
}
