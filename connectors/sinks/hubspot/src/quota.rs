//! How long HubSpot wants to be left alone.
//!
//! The ten-second window ends by itself; the daily one at midnight in the portal's zone.

use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value;

use crossdock_connector::HttpResponse;

/// The window when nobody says how long it is.
const WINDOW: Duration = Duration::from_secs(10);
/// The wait for a day's end when nobody knows what time it is.
const HOUR: Duration = Duration::from_secs(3600);
/// A locked record is free again after two seconds at the earliest.
const LOCKED: Duration = Duration::from_secs(2);

/// How long no call at all is welcome after this reply. `now` is the reply's own time when it is not given.
pub(crate) fn pause(reply: &HttpResponse, zone: &TimeZone, now: Option<Timestamp>) -> Option<Duration> {
    match reply.status {
        429 if daily(reply) => Some(midnight(reply, zone, now)),
        429 => Some(reply.retry_after().unwrap_or_else(|| window(reply))),
        // The portal is being moved to another data centre.
        477 => reply.retry_after().or(Some(HOUR)),
        _ if header(reply, "x-hubspot-ratelimit-daily-remaining") == Some(0) => {
            Some(midnight(reply, zone, now))
        }
        _ if header(reply, "x-hubspot-ratelimit-remaining") == Some(0) => Some(window(reply)),
        _ => None,
    }
}

/// How long this one call has to wait.
pub(crate) fn wait(reply: &HttpResponse, zone: &TimeZone, now: Timestamp) -> Option<Duration> {
    match reply.status {
        423 => Some(reply.retry_after().unwrap_or(LOCKED).max(LOCKED)),
        429 | 477 => pause(reply, zone, Some(now)),
        _ => reply.retry_after(),
    }
}

fn daily(reply: &HttpResponse) -> bool {
    let body: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
    let policy = body.get("policyName").and_then(Value::as_str);
    policy.is_some_and(|policy| policy.eq_ignore_ascii_case("DAILY"))
}

fn header(reply: &HttpResponse, name: &str) -> Option<u64> {
    reply.headers.get(name)?.trim().parse().ok()
}

fn window(reply: &HttpResponse) -> Duration {
    header(reply, "x-hubspot-ratelimit-interval-milliseconds").map_or(WINDOW, Duration::from_millis)
}

fn midnight(reply: &HttpResponse, zone: &TimeZone, now: Option<Timestamp>) -> Duration {
    let said = || jiff::fmt::rfc2822::parse(reply.headers.get("date")?).ok().map(|date| date.timestamp());
    let Some(now) = now.or_else(said) else { return HOUR };
    let here = now.to_zoned(zone.clone());
    let Ok(end) = here.tomorrow().and_then(|tomorrow| tomorrow.start_of_day()) else { return HOUR };
    let seconds = end.timestamp().as_second().saturating_sub(now.as_second());
    u64::try_from(seconds).map_or(HOUR, Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crossdock_connector::Headers;

    fn reply(status: u16, headers: &[(&str, &str)], body: &'static str) -> HttpResponse {
        let mut all = Headers::default();
        headers.iter().for_each(|(name, value)| all.push(name, *value));
        HttpResponse { status, headers: all, body: body.into() }
    }

    fn seconds(reply: &HttpResponse, zone: &str) -> Option<u64> {
        pause(reply, &TimeZone::get(zone).unwrap(), None).map(|wait| wait.as_secs())
    }

    #[test]
    fn the_day_ends_in_the_portals_zone() {
        let daily = r#"{"errorType":"RATE_LIMIT","policyName":"DAILY"}"#;
        let spent = reply(429, &[("Date", "Mon, 05 Jan 2026 13:00:00 GMT")], daily);
        assert_eq!(seconds(&spent, "UTC"), Some(11 * 3600));
        assert_eq!(seconds(&spent, "Asia/Shanghai"), Some(3 * 3600));
        assert_eq!(seconds(&reply(429, &[], daily), "UTC"), Some(3600));
        let last = [("x-hubspot-ratelimit-daily-remaining", "0"), ("Date", "Mon, 05 Jan 2026 23:59:30 GMT")];
        assert_eq!(seconds(&reply(200, &last, ""), "UTC"), Some(30));
    }

    #[test]
    fn the_window_is_short() {
        let rolling = r#"{"policyName":"TEN_SECONDLY_ROLLING"}"#;
        assert_eq!(seconds(&reply(429, &[], rolling), "UTC"), Some(10));
        let empty =
            [("X-HubSpot-RateLimit-Remaining", "0"), ("X-HubSpot-RateLimit-Interval-Milliseconds", "7000")];
        assert_eq!(seconds(&reply(200, &empty, ""), "UTC"), Some(7));
        assert_eq!(seconds(&reply(200, &[("X-HubSpot-RateLimit-Remaining", "1")], ""), "UTC"), None);
        assert_eq!(seconds(&reply(500, &[], ""), "UTC"), None);
    }

    #[test]
    fn a_lock_and_a_move_have_their_own_waits() {
        let now = Timestamp::from_second(1_767_600_000).unwrap();
        let wait = |reply: &HttpResponse| wait(reply, &TimeZone::UTC, now).map(|wait| wait.as_secs());
        assert_eq!(wait(&reply(423, &[], "")), Some(2));
        assert_eq!(wait(&reply(423, &[("Retry-After", "5")], "")), Some(5));
        assert_eq!(wait(&reply(477, &[("Retry-After", "86400")], "")), Some(86_400));
        assert_eq!(wait(&reply(503, &[("Retry-After", "9")], "")), Some(9));
        assert_eq!(wait(&reply(502, &[], "")), None);
    }
}
