//! How the platform signs. Calls: names and values in alphabetical order between the secret twice; token and method of
//! signing are not signed. Pushes: application, raw body and secret, MD5.

use serde_json::{Map, Value};

use crossdock_connector::{legacy, sign};

use crate::config::SignMethod;

/// The parameter `sign` of a call.
pub(crate) fn call(
    way: SignMethod,
    secret: &[u8],
    app_key: &str,
    method: &str,
    json: &str,
    timestamp: &str,
) -> String {
    let middle = format!("app_key{app_key}method{method}param_json{json}timestamp{timestamp}v2");
    let message = [secret, middle.as_bytes(), secret].concat();
    match way {
        SignMethod::HmacSha256 => sign::hex(&sign::hmac_sha256(secret, &message)),
        SignMethod::Md5 => sign::hex(&legacy::md5(&message)),
    }
}

/// Parameters as they are signed and sent: compact, keys sorted at every depth, nothing escaped beyond need.
pub(crate) fn json(parameters: Map<String, Value>) -> String {
    sorted(Value::Object(parameters)).to_string()
}

fn sorted(value: Value) -> Value {
    match value {
        Value::Object(map) => {
            let mut pairs: Vec<(String, Value)> = map.into_iter().collect();
            pairs.sort_by(|a, b| a.0.cmp(&b.0));
            Value::Object(pairs.into_iter().map(|(key, value)| (key, sorted(value))).collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(sorted).collect()),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const JSON: &str = r#"{"page":0,"size":50,"update_time_end":1795262400,"update_time_start":1795260600}"#;

    #[test]
    fn a_call_is_signed_as_published() {
        let signed = |way| {
            let (key, method) = ("7000000000000000001", "order.searchList");
            call(way, b"dysecret0123456789", key, method, JSON, "1795262400")
        };
        assert_eq!(
            signed(SignMethod::HmacSha256),
            "102935211911f2bb8cc1d3232442b1d807808938f21e6991441ed7b293a1db40"
        );
        assert_eq!(signed(SignMethod::Md5), "fff1c4cad24baa72340eef461bc706e2");
    }

    #[test]
    fn parameters_are_sorted_at_every_depth_and_not_escaped() {
        let given = r#"{"z":[{"b":1,"a":"<&>"}],"a":{"d":6900000000000000001,"c":"王"}}"#;
        let Value::Object(map) = serde_json::from_str(given).unwrap() else { panic!() };
        assert_eq!(json(map), r#"{"a":{"c":"王","d":6900000000000000001},"z":[{"a":"<&>","b":1}]}"#);
    }
}
