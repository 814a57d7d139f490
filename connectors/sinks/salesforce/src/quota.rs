//! How long the org wants no further call: its calls of a day are shared by everybody.

use std::time::Duration;

use serde_json::Value;

use crossdock_connector::HttpResponse;

use crate::config::Config;

/// How long no call at all is welcome after this reply.
pub(crate) fn pause(reply: &HttpResponse, config: &Config) -> Option<Duration> {
    let spent = reply.status == 403 && exceeded(reply);
    (spent || left(reply).is_some_and(|left| left <= config.spare_calls)).then(|| wait(config))
}

/// The pause the settings ask for.
pub(crate) fn wait(config: &Config) -> Duration {
    Duration::from_secs(u64::from(config.limit_pause_minutes).saturating_mul(60))
}

fn exceeded(reply: &HttpResponse) -> bool {
    let body: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
    let code =
        |error: &Value| error.get("errorCode").and_then(Value::as_str) == Some("REQUEST_LIMIT_EXCEEDED");
    body.as_array().is_some_and(|errors| errors.iter().any(code))
}

/// Calls that are left: `Sforce-Limit-Info: api-usage=123/100000`, more may follow.
fn left(reply: &HttpResponse) -> Option<u64> {
    let header = reply.headers.get("sforce-limit-info")?;
    let usage = header.split([';', ',']).find_map(|part| part.trim().strip_prefix("api-usage="))?;
    let (used, most) = usage.split_once('/')?;
    Some(most.trim().parse::<u64>().ok()?.saturating_sub(used.trim().parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crossdock_connector::Headers;

    fn reply(info: &str) -> HttpResponse {
        let mut headers = Headers::default();
        headers.push("Sforce-Limit-Info", info);
        HttpResponse { status: 200, headers, body: "[]".into() }
    }

    #[test]
    fn the_rest_of_a_day_is_read() {
        assert_eq!(left(&reply("api-usage=123/100000")), Some(99_877));
        assert_eq!(left(&reply("api-usage=9/5; per-app-api-usage=1/2(appName=x)")), Some(0));
        assert_eq!(left(&reply("per-app-api-usage=1/2")), None);
        assert_eq!(left(&reply("api-usage=x/2")), None);
    }
}
