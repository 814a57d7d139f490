//! Vendor times.

use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};

use crossdock_schemas::Ts;

use crate::{Error, Result};

/// The offset of mainland China, which has no daylight saving: +08:00.
pub const CHINA: Offset = Offset::constant(8);

/// Reads `yyyy-MM-dd HH:mm:ss` as a time in China.
///
/// # Errors
/// `Malformed` when it is not such a time.
pub fn china(text: &str) -> Result<Ts> {
    local(text, CHINA)
}

/// Reads milliseconds since 1970, shown with the offset of mainland China.
///
/// # Errors
/// `Malformed` when it is not a number of them.
pub fn china_millis(text: &str) -> Result<Ts> {
    let wrong = || {
        let shown: String = text.chars().take(32).collect();
        Error::malformed(format!("`{}` is not milliseconds since 1970", shown.escape_debug()))
    };
    let millis: i64 = text.trim().parse().map_err(|_| wrong())?;
    // Seconds taken for milliseconds would put every scan into 1970.
    if millis < 946_684_800_000 {
        return Err(wrong());
    }
    let at = jiff::Timestamp::from_millisecond(millis).map_err(|error| wrong().because(error))?;
    Ok(Ts::new(at, CHINA))
}

/// Reads `yyyy-MM-dd HH:mm:ss` at a fixed offset. A time that states its own offset keeps it.
///
/// # Errors
/// `Malformed` when it is not such a time.
pub fn local(text: &str, offset: Offset) -> Result<Ts> {
    if let Some(at) = stated(text) {
        return Ok(at);
    }
    let civil = civil(text)?;
    let at = offset.to_timestamp(civil).map_err(|error| bad(text).because(error))?;
    Ok(Ts::new(at, offset))
}

/// Reads `yyyy-MM-dd HH:mm:ss` in a zone with its daylight saving rules. A time that does not exist or
/// exists twice takes the earlier offset's reading, as clocks did. A time that states its own offset keeps it.
///
/// # Errors
/// `Malformed` when it is not such a time.
pub fn zoned(text: &str, zone: &TimeZone) -> Result<Ts> {
    if let Some(at) = stated(text) {
        return Ok(at);
    }
    let civil = civil(text)?;
    let at = zone.to_timestamp(civil).map_err(|error| bad(text).because(error))?;
    Ok(Ts::new(at, zone.to_offset(at)))
}

/// Reads `yyyy-MM-dd HH:mm:ss` (also with `T`) without a zone.
///
/// # Errors
/// `Malformed` when it is not such a time.
pub fn civil(text: &str) -> Result<DateTime> {
    let trimmed = text.trim();
    // jiff would read a lone date as midnight; here that would be a guess.
    if trimmed.len() < 16 {
        return Err(bad(text));
    }
    trimmed.parse().map_err(|error: jiff::Error| bad(text).because(error))
}

/// A time with its offset behind it; reading it as a local one would pass over what it says.
fn stated(text: &str) -> Option<Ts> {
    let text = text.trim();
    let clock = text.get(16..)?;
    clock.contains(['+', '-', 'Z', 'z']).then(|| text.parse().ok()).flatten()
}

fn bad(text: &str) -> Error {
    let shown: String = text.chars().take(32).collect();
    Error::malformed(format!("`{}` is not a time like 2026-11-21 20:00:00", shown.escape_debug()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offset_that_is_stated_counts() {
        let read = |text: &str| china(text).map(|at| at.to_string());
        assert_eq!(read("2026-09-02 10:41:50").unwrap(), "2026-09-02T10:41:50+08:00");
        assert_eq!(read("2026-09-02T10:41:50").unwrap(), "2026-09-02T10:41:50+08:00");
        assert_eq!(read("2026-09-02T10:41:50+08:00").unwrap(), "2026-09-02T10:41:50+08:00");
        assert_eq!(china("2026-09-02T02:41:50Z").unwrap().at, china("2026-09-02 10:41:50").unwrap().at);
        assert_eq!(china("2026-09-02T02:41:50+00:00").unwrap().at, china("2026-09-02 10:41:50").unwrap().at);
        assert!(read("2026-09-02").is_err() && read("2026-09-02 soon").is_err());
    }
}
