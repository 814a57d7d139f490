//! Who may call: sessions by password, and signed headers.

use crossdock_connector::sign::{base64, hex, hmac_sha256, unbase64};
use serde_json::{Value, json};

use super::{Shared, State};
use crate::standin::server::Asked;

const MASK: &[u8] = b"0054f397c6234378b09ca7d3e5debce7";

impl Shared {
    pub(super) fn login(&self, state: &mut State, body: &[u8]) -> Value {
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        let given: Vec<&str> = body
            .get("parameters")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        let known = [self.options.account.as_str(), &self.options.user, &self.options.password];
        if given != known {
            return json!({"Message": "示例:用户名或密码错误", "LoginResultType": 0, "KDSVCSessionId": null});
        }
        state.counts.logins += 1;
        let id = format!("kds-{:06}", state.counts.logins);
        state.sessions.insert(id.clone());
        json!({"Message": null, "MessageCode": "", "LoginResultType": 1, "KDSVCSessionId": id})
    }

    /// Whether the headers of a call are those its application would have made.
    pub(super) fn is_signed(&self, asked: &Asked, path: &str) -> bool {
        let (Some(time), Some(nonce)) = (asked.header("x-api-timestamp"), asked.header("x-api-nonce")) else {
            return false;
        };
        let Some(data) = asked.header("x-kd-appdata").and_then(unbase64) else { return false };
        let Ok(data) = String::from_utf8(data) else { return false };
        let user = format!("{},{},", self.options.account, self.options.user);
        if !data.starts_with(&user) {
            return false;
        }
        let expected =
            signed_headers(&self.options.app_id, &self.options.app_secret, &data, path, time, nonce);
        expected.is_some_and(|expected| {
            expected.iter().all(|(name, value)| asked.header(name) == Some(value.as_str()))
        })
    }
}

/// The headers of a signed call, as the official SDK makes them; `None` for an application id of another form.
#[must_use]
pub fn signed_headers(
    app_id: &str,
    app_secret: &str,
    data: &str,
    path: &str,
    time: &str,
    nonce: &str,
) -> Option<Vec<(&'static str, String)>> {
    let (client, hidden) = app_id.split_once('_')?;
    let plain: Vec<u8> = unbase64(hidden)?.iter().zip(MASK).map(|(byte, mask)| byte ^ mask).collect();
    let key = base64(&plain);
    let message =
        format!("POST\n{}\n\nx-api-nonce:{nonce}\nx-api-timestamp:{time}\n", path.replace('/', "%2F"));
    let text = |key: &[u8], message: &str| base64(hex(&hmac_sha256(key, message.as_bytes())).as_bytes());
    Some(vec![
        ("x-api-clientid", client.to_owned()),
        ("x-api-auth-version", "2.0".to_owned()),
        ("x-api-timestamp", time.to_owned()),
        ("x-api-nonce", nonce.to_owned()),
        ("x-api-signheaders", "x-api-timestamp,x-api-nonce".to_owned()),
        ("x-api-signature", text(key.as_bytes(), &message)),
        ("x-kd-appkey", app_id.to_owned()),
        ("x-kd-appdata", base64(data.as_bytes())),
        ("x-kd-signature", text(app_secret.as_bytes(), &format!("{app_id}{data}"))),
    ])
}
