//! What settings say about a receiver's server: its address, its clock, the names of its fields.

use jiff::tz::Offset;

use crate::{Error, Result};

/// What may stand behind the host of an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tail {
    /// A `/` at most: the paths are ours.
    Nothing,
    /// A path; no query, no fragment.
    Path,
}

impl Tail {
    const fn expected(self) -> &'static str {
        match self {
            Self::Nothing => "expected https://host, without a path, user or query",
            Self::Path => "expected https://host/path, without blanks, a user, a query or a fragment",
        }
    }

    fn allows(self, rest: &str) -> bool {
        match self {
            Self::Nothing => {
                let authority = rest.strip_suffix('/').unwrap_or(rest);
                authority.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte))
            }
            Self::Path => rest.bytes().all(|byte| byte.is_ascii_graphic() && !b"?#@".contains(&byte)),
        }
    }
}

/// Checks the address of a server: encrypted, unless it is this machine or somebody allowed otherwise. `holds` says
/// what would travel for everybody to read: `orders`.
///
/// # Errors
/// `Config` with what is allowed.
pub fn address(url: &str, tail: Tail, holds: &str, allow_http: bool) -> Result<()> {
    let expected = || Error::config(tail.expected());
    let (rest, encrypted) = match (url.strip_prefix("https://"), url.strip_prefix("http://")) {
        (Some(rest), _) => (rest, true),
        (None, Some(rest)) => (rest, false),
        (None, None) => return Err(expected()),
    };
    let host = host(rest.split('/').next().unwrap_or_default());
    if host.is_empty() || !tail.allows(rest) {
        return Err(expected());
    }
    if encrypted || allow_http || is_this_machine(host) {
        return Ok(());
    }
    Err(Error::config(format!(
        "http is refused because {holds} hold personal data: use https, or set `insecure_allow_http = true`"
    )))
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

/// The offset of a server's clock, written as `+08:00`.
pub fn utc_offset(text: &str) -> Option<Offset> {
    let (sign, rest) = match (text.strip_prefix('+'), text.strip_prefix('-')) {
        (Some(rest), _) => (1, rest),
        (None, Some(rest)) => (-1, rest),
        (None, None) => return None,
    };
    let (hours, minutes) = rest.split_once(':')?;
    if hours.len() != 2 || minutes.len() != 2 {
        return None;
    }
    let (hours, minutes) = (hours.parse::<u8>().ok()?, minutes.parse::<u8>().ok()?);
    if minutes > 59 {
        return None;
    }
    Offset::from_seconds(sign * (i32::from(hours) * 3600 + i32::from(minutes) * 60)).ok()
}

/// Checks a name of theirs: it has no blanks in it and is not empty.
///
/// # Errors
/// `Config` at the setting.
pub fn name(setting: &str, name: &str) -> Result<()> {
    if name.is_empty() || name.chars().any(char::is_whitespace) {
        return Err(Error::config("expected a name without blanks").at(setting));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        let path = |url, allow_http| address(url, Tail::Path, "orders", allow_http);
        for good in [
            "https://erp.example.com",
            "https://erp.example.com/k3cloud",
            "https://erp.example.com:8443/k3cloud/",
            "http://127.0.0.1:9/k3cloud",
            "http://[::1]/k3cloud",
            "http://[::1]:9/k3cloud",
            "http://LOCALHOST/k3cloud",
        ] {
            assert!(path(good, false).is_ok(), "{good}");
        }
        for bad in [
            "",
            "ftp://a",
            "https://",
            "https:///x",
            "https://:443/x",
            "https://a b/",
            "https://u@a/",
            "https://a/?x=1",
            "https://a/#x",
            "https://主机/",
        ] {
            assert!(path(bad, true).is_err(), "{bad}");
        }
        for open in
            ["http://erp.example.com/x", "http://localhost.example.com/", "http://127.0.0.1.example.com"]
        {
            assert!(path(open, true).is_ok(), "{open}");
            let error = path(open, false).unwrap_err().to_string();
            assert!(error.contains("orders hold personal data"), "{open}: {error}");
        }
    }

    #[test]
    fn an_address_without_a_path() {
        let host = |url| address(url, Tail::Nothing, "orders", false);
        for good in ["https://erp.example.com", "https://erp.example.com:8443/", "http://[::1]:9"] {
            assert!(host(good).is_ok(), "{good}");
        }
        for bad in [
            "https://erp.example.com/odoo",
            "https://erp.example.com//",
            "https://user@erp.example.com",
            "https://erp.example.com?x=1",
            "https://erp_example.com",
            "https:///",
        ] {
            assert!(host(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn offsets() {
        assert_eq!(utc_offset("+08:00"), Some(Offset::constant(8)));
        assert_eq!(utc_offset("-03:30").map(|offset| offset.seconds()), Some(-12_600));
        for bad in ["", "08:00", "+8:00", "+08:60", "+99:00", "Asia/Shanghai"] {
            assert_eq!(utc_offset(bad), None, "{bad}");
        }
    }

    #[test]
    fn names() {
        assert!(name("order.bill_type", "XSDD01_SYS").is_ok());
        for bad in ["", "a b", "a\t"] {
            assert_eq!(name("x.y", bad).unwrap_err().path.as_deref(), Some("x.y"), "{bad:?}");
        }
    }
}
