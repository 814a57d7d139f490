//! Small readers: a field's text as an exact decimal, a time, a number. Paths are built only on failure.

use jiff::tz::Offset;

use serde_json::value::RawValue;

use crossdock_connector::wire::Scalar;
pub(crate) use crossdock_connector::wire::field::{dec, owned, text};
use crossdock_connector::{Error, Result, time};
use crossdock_schemas::Ts;

use crate::site;
use crate::wire::{Meta, Text};

/// A name that people wrote, without HTML entities.
pub(crate) fn name(field: &Text<'_>) -> Option<String> {
    text(field).map(|text| site::decode(text).into_owned())
}

/// An id; 0 is none.
pub(crate) fn id<'s>(field: &'s Text<'_>) -> Option<&'s str> {
    text(field).filter(|id| *id != "0")
}

/// An id that has to be there: digits, because it names paths.
pub(crate) fn number<'s>(field: &'s Text<'_>, path: &str) -> Result<&'s str> {
    let number = id(field).ok_or_else(|| Error::malformed("the id is missing").at(path))?;
    if is_number(number) { Ok(number) } else { Err(Error::malformed("is not a number").at(path)) }
}

/// Whether a text can name an object in a path.
pub(crate) fn is_number(text: &str) -> bool {
    !text.is_empty() && text.len() <= 20 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A time, from its value in UTC (without a mark that says so). Its twin in the site's time only tells the offset.
pub(crate) fn moment(gmt: &Text<'_>, local: &Text<'_>, path: impl FnOnce() -> String) -> Result<Option<Ts>> {
    let Some(given) = text(gmt) else { return Ok(None) };
    let utc = time::local(given.trim_end_matches('Z'), Offset::UTC).map_err(|error| error.at(path()))?;
    let offset = text(local).and_then(|local| time::local(local, Offset::UTC).ok()).and_then(|local| {
        let seconds = local.utc_seconds().checked_sub(utc.utc_seconds())?;
        // A quarter of an hour is the smallest step of any zone, 14 hours the largest.
        let known = seconds % 900 == 0 && seconds.abs() <= 50_400;
        Offset::from_seconds(i32::try_from(seconds).ok()?).ok().filter(|_| known)
    });
    Ok(Some(Ts::new(utc.at, offset.unwrap_or(Offset::UTC))))
}

/// The value of attached data that is a plain text, number or yes.
pub(crate) fn plain(meta: &Meta<'_>) -> Option<String> {
    serde_json::from_str::<Scalar<'_>>(meta.value.map(RawValue::get)?).ok()?.owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(gmt: &str, local: &str) -> String {
        let given = |text: &str| Some(Scalar::from(text.to_owned()));
        let at = moment(&given(gmt), &given(local), || "$.date".to_owned()).unwrap().unwrap();
        serde_json::to_value(at).unwrap().as_str().unwrap().to_owned()
    }

    #[test]
    fn the_twin_tells_the_offset() {
        assert_eq!(told("2026-10-31T23:12:07", "2026-11-01T00:12:07"), "2026-11-01T00:12:07+01:00");
        assert_eq!(told("2026-10-31T23:12:07", "2026-10-31T17:42:07"), "2026-10-31T17:42:07-05:30");
        assert_eq!(told("2026-10-31T23:12:07Z", "2026-10-31T23:12:08"), "2026-10-31T23:12:07Z");
        assert_eq!(told("2026-10-31T23:12:07", "soon"), "2026-10-31T23:12:07Z");
        assert!(moment(&Some(Scalar::from("soon".to_owned())), &None, String::new).is_err());
        assert_eq!(moment(&None, &None, String::new).unwrap(), None);
    }
}
