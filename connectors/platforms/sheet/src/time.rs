//! Times as spreadsheets write them.

use jiff::civil::DateTime;
use jiff::fmt::strtime::{self, BrokenDownTime};
use jiff::tz::TimeZone;

use crossdock_connector::{Error, Result};
use crossdock_schemas::Ts;

/// How times are read: never with the clock or the zone of this machine.
#[derive(Debug)]
pub(crate) struct Clock {
    zone: Option<TimeZone>,
    formats: Vec<String>,
}

impl Clock {
    /// Checks the forms.
    pub(crate) fn new(zone: Option<TimeZone>, formats: Vec<String>) -> Result<Self> {
        // jiff finds mistakes in a form only while using it; writing a time uses all of it.
        let sample = jiff::Zoned::new(jiff::Timestamp::UNIX_EPOCH, TimeZone::UTC);
        for (at, format) in formats.iter().enumerate() {
            BrokenDownTime::from(&sample).to_string(format).map_err(|error| {
                Error::config("is no form of a time").at(format!("time_formats[{at}]")).because(error)
            })?;
        }
        Ok(Self { zone, formats })
    }

    /// Reads a time: `2026-11-21 20:00:00`, RFC 3339, or one of the forms of the settings.
    pub(crate) fn read(&self, text: &str) -> Result<Ts, String> {
        if let Some(local) = plain(text.as_bytes()) {
            return self.local(local);
        }
        if let Ok(time) = text.parse::<Ts>() {
            return Ok(time);
        }
        for format in &self.formats {
            let Ok(parts) = strtime::parse(format, text) else { continue };
            let zoned =
                parts.to_zoned().or_else(|_| parts.to_timestamp().map(|at| at.to_zoned(TimeZone::UTC)));
            if let Ok(zoned) = zoned {
                return Ok(Ts::new(zoned.timestamp(), zoned.offset()));
            }
            if let Ok(local) = parts.to_datetime() {
                return self.local(local);
            }
        }
        let also: String = self.formats.iter().map(|format| format!(" or `{format}`")).collect();
        Err(format!("is no time like `2026-11-21 20:00:00`{also}"))
    }

    fn local(&self, local: DateTime) -> Result<Ts, String> {
        let zone = self.zone.as_ref().ok_or("has no offset, and `zone` is not set")?;
        // A time that exists twice takes the earlier reading.
        let at = zone.to_timestamp(local).map_err(|_| "is outside the range of times".to_owned())?;
        Ok(Ts::new(at, zone.to_offset(at)))
    }
}

/// `2026-11-21 20:00:00`, the same without seconds, with a fraction or with `T`, by fixed places.
fn plain(text: &[u8]) -> Option<DateTime> {
    let (head, rest) = text.split_at_checked(16)?;
    let [y1, y2, y3, y4, b'-', mo1, mo2, b'-', d1, d2, b' ' | b'T', h1, h2, b':', mi1, mi2] = *head else {
        return None;
    };
    let (second, nanosecond) = match rest {
        [] => (0, 0),
        [b':', s1, s2] => (two(*s1, *s2)?, 0),
        [b':', s1, s2, b'.', f1, f2, f3] => {
            let thousandths =
                i32::from(two(*f1, *f2)?).checked_mul(10)?.checked_add(i32::from(two(b'0', *f3)?))?;
            (two(*s1, *s2)?, thousandths.checked_mul(1_000_000)?)
        }
        _ => return None,
    };
    let year = i16::from(two(y1, y2)?).checked_mul(100)?.checked_add(i16::from(two(y3, y4)?))?;
    DateTime::new(year, two(mo1, mo2)?, two(d1, d2)?, two(h1, h2)?, two(mi1, mi2)?, second, nanosecond).ok()
}

fn two(tens: u8, ones: u8) -> Option<i8> {
    let digit = |byte: u8| byte.is_ascii_digit().then(|| byte.wrapping_sub(b'0'));
    i8::try_from(digit(tens)?.checked_mul(10)?.checked_add(digit(ones)?)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clock(zone: Option<&str>, formats: &[&str]) -> Clock {
        let zone = zone.map(|name| TimeZone::get(name).unwrap());
        Clock::new(zone, formats.iter().map(|format| (*format).to_owned()).collect()).unwrap()
    }

    #[test]
    fn local_times_know_summer_and_winter() {
        let london = clock(Some("Europe/London"), &[]);
        assert_eq!(london.read("2010-12-01 08:26:00").unwrap().to_string(), "2010-12-01T08:26:00Z");
        assert_eq!(london.read("2011-07-01 08:26").unwrap().to_string(), "2011-07-01T08:26:00+01:00");
        assert_eq!(
            london.read("2011-07-01 08:26:09.250").unwrap().to_string(),
            "2011-07-01T08:26:09.250+01:00"
        );
        assert_eq!(london.read("2011-07-01T08:26:09").unwrap().to_string(), "2011-07-01T08:26:09+01:00");
    }

    #[test]
    fn an_offset_in_the_cell_wins() {
        let none = clock(None, &["%Y/%m/%d %H:%M %z"]);
        assert_eq!(none.read("2026-11-21T20:00:00+08:00").unwrap().to_string(), "2026-11-21T20:00:00+08:00");
        assert_eq!(none.read("2026/11/21 20:00 +0800").unwrap().to_string(), "2026-11-21T20:00:00+08:00");
        assert!(none.read("2026-11-21 20:00:00").unwrap_err().contains("`zone`"));
    }

    #[test]
    fn forms_of_the_settings() {
        let china = clock(Some("Asia/Shanghai"), &["%d.%m.%Y %H:%M", "%Y年%m月%d日 %H:%M", "%Y%m%d"]);
        assert_eq!(china.read("21.11.2026 20:00").unwrap().to_string(), "2026-11-21T20:00:00+08:00");
        assert_eq!(china.read("2026年11月21日 20:00").unwrap().to_string(), "2026-11-21T20:00:00+08:00");
        assert_eq!(china.read("20261121").unwrap().to_string(), "2026-11-21T00:00:00+08:00");
        for bad in
            ["", "yesterday", "2026-13-01 00:00:00", "2026-11-21", "31.02.2026 10:00", "21.11.26 20:00 "]
        {
            assert!(china.read(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_form_that_is_none_is_refused() {
        assert!(Clock::new(None, vec!["%!".to_owned()]).is_err());
    }
}
