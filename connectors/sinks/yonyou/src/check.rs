//! What settings have to look like.

use crossdock_connector::{Error, Result};
use jiff::tz::Offset;

/// An address with a host, encrypted unless it is this machine or somebody allowed otherwise.
pub(crate) fn url(url: &str, allow_http: bool) -> Result<()> {
    const ALLOWED: &str = "expected https://host/path";
    let (rest, encrypted) = match (url.strip_prefix("https://"), url.strip_prefix("http://")) {
        (Some(rest), _) => (rest, true),
        (None, Some(rest)) => (rest, false),
        (None, None) => return Err(Error::config(ALLOWED)),
    };
    let plain = |byte: u8| byte.is_ascii_graphic() && !b"?#@".contains(&byte);
    if !url.bytes().all(plain) {
        return Err(Error::config("no blanks, user names, queries or fragments; expected https://host/path"));
    }
    let authority = rest.split('/').next().unwrap_or_default();
    let host = match authority.find(']') {
        Some(end) => authority.get(..=end).unwrap_or(authority),
        None => authority.split(':').next().unwrap_or_default(),
    };
    if host.is_empty() {
        return Err(Error::config(ALLOWED));
    }
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<core::net::IpAddr>();
    let here = host.eq_ignore_ascii_case("localhost") || address.is_ok_and(|address| address.is_loopback());
    if !encrypted && !allow_http && !here {
        return Err(Error::config(
            "http is refused because orders hold personal data: use https, or set `insecure_allow_http = true`",
        ));
    }
    Ok(())
}

/// `+08:00`.
pub(crate) fn offset(text: &str) -> Option<Offset> {
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

/// A name of theirs has no blanks in it and is not empty.
pub(crate) fn fields_exist(setting: &str, name: Option<&str>) -> Result<()> {
    let good = |name: &str| !name.is_empty() && !name.chars().any(char::is_whitespace);
    match name {
        Some(name) if !good(name) => Err(Error::config("expected a name without blanks").at(setting)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        for good in [
            "https://erp.example.com/api-gateway",
            "http://127.0.0.1:9/api-gateway",
            "http://[::1]/api-gateway",
        ] {
            assert!(url(good, false).is_ok(), "{good}");
        }
        for bad in ["", "ftp://a", "https://", "https:///x", "https://a b/", "https://u@a/", "https://a/?x=1"]
        {
            assert!(url(bad, true).is_err(), "{bad}");
        }
        assert!(url("http://erp.example.com/api-gateway", false).is_err());
        assert!(url("http://erp.example.com/api-gateway", true).is_ok());
    }

    #[test]
    fn offsets() {
        assert_eq!(offset("+08:00"), Some(Offset::constant(8)));
        assert_eq!(offset("-03:30").map(|offset| offset.seconds()), Some(-12_600));
        for bad in ["", "08:00", "+8:00", "+08:60", "+99:00", "Asia/Shanghai"] {
            assert_eq!(offset(bad), None, "{bad}");
        }
    }
}
