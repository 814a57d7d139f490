//! How calls to the TOP gateway are signed.
//!
//! All parameters but `sign` are sorted by key in byte order and written as `key` + `value` without
//! separators or encoding. Every parameter that is sent has to be in there, also `session`: signing first
//! and adding the session afterwards is the classic cause of error 25.

use schemars::JsonSchema;
use serde::Deserialize;

use crossdock_connector::{legacy, sign};

/// The digests the gateway takes.
///
/// `hmac-sha256` is the default: the others are MD5, which is only kept for gateways that refuse it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum SignMethod {
    /// MD5 over secret, parameters, secret.
    #[serde(rename = "md5")]
    Md5,
    /// HMAC-MD5 with the secret as key.
    #[serde(rename = "hmac")]
    Hmac,
    /// HMAC-SHA256 with the secret as key.
    #[default]
    #[serde(rename = "hmac-sha256")]
    HmacSha256,
}

impl SignMethod {
    /// The value of the parameter `sign_method`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Md5 => "md5",
            Self::Hmac => "hmac",
            Self::HmacSha256 => "hmac-sha256",
        }
    }

    /// The value of the parameter `sign`: upper-case hex.
    pub(crate) fn sign(self, secret: &[u8], parameters: &[(&str, String)]) -> String {
        let text = base_string(parameters);
        let digest = match self {
            Self::Md5 => {
                let message = [secret, text.as_bytes(), secret].concat();
                sign::hex(&legacy::md5(&message))
            }
            Self::Hmac => sign::hex(&legacy::hmac_md5(secret, text.as_bytes())),
            Self::HmacSha256 => sign::hex(&sign::hmac_sha256(secret, text.as_bytes())),
        };
        digest.to_ascii_uppercase()
    }
}

/// What is signed.
fn base_string(parameters: &[(&str, String)]) -> String {
    let mut sorted: Vec<_> = parameters.iter().collect();
    sorted.sort_by_key(|(key, _)| *key);
    let mut text = String::with_capacity(512);
    for (key, value) in sorted {
        text.push_str(key);
        text.push_str(value);
    }
    text
}

/// `application/x-www-form-urlencoded` of the parameters, in the order given.
pub(crate) fn form(parameters: &[(&str, String)]) -> String {
    let mut text = String::with_capacity(1024);
    for (at, (key, value)) in parameters.iter().enumerate() {
        if at > 0 {
            text.push('&');
        }
        encode(&mut text, key);
        text.push('=');
        encode(&mut text, value);
    }
    text
}

fn encode(text: &mut String, value: &str) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    for byte in value.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'*' => {
                text.push(char::from(byte))
            }
            b' ' => text.push('+'),
            _ => {
                text.push('%');
                for nibble in [byte >> 4, byte & 15] {
                    text.push(char::from(*DIGITS.get(usize::from(nibble)).unwrap_or(&b'0')));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &[u8] = b"sandbox0123456789abcdef";

    fn parameters(method: SignMethod) -> Vec<(&'static str, String)> {
        [
            ("method", "taobao.trade.fullinfo.get"),
            ("app_key", "12345678"),
            ("session", "test_session_001"),
            ("timestamp", "2026-11-21 20:00:00"),
            ("format", "json"),
            ("v", "2.0"),
            ("sign_method", method.as_str()),
            ("fields", "tid,status,payment,orders"),
            ("tid", "4123456789012345678"),
        ]
        .map(|(key, value)| (key, value.to_owned()))
        .to_vec()
    }

    // Vectors computed over the documented algorithm and cross-checked against a public SDK's code.
    #[test]
    fn vectors() {
        let base = base_string(&parameters(SignMethod::Md5));
        assert_eq!(
            base,
            "app_key12345678fieldstid,status,payment,ordersformatjsonmethodtaobao.trade.fullinfo.get\
             sessiontest_session_001sign_methodmd5tid4123456789012345678timestamp2026-11-21 20:00:00v2.0"
        );
        for (method, expected) in [
            (SignMethod::Md5, "7F3067E8D1DED794E6CC740187866F7C"),
            (SignMethod::Hmac, "184CDC90D995250ED999A01BA67C0406"),
            (SignMethod::HmacSha256, "07367E5697B533D4177D3C33B3A2C175BB9DD40C1EF6370EF2E01769AF85FC04"),
        ] {
            assert_eq!(method.sign(SECRET, &parameters(method)), expected);
        }
    }

    #[test]
    fn form_of_a_signed_request() {
        let mut parameters = parameters(SignMethod::Md5);
        let sign = SignMethod::Md5.sign(SECRET, &parameters);
        parameters.push(("sign", sign));
        let expected = include_str!("../fixtures/requests/fullinfo_md5.form").trim_end();
        assert_eq!(form(&parameters), expected);
    }

    // CONNECT of the message channel, which a bridge signs as the README says: the vector of the SDK whose encoder
    // wrote the frame in the fixtures.
    #[test]
    fn the_connect_of_a_bridge_is_signed_as_published() {
        let parameters = [("app_key", "12345678"), ("group_name", "default"), ("timestamp", "1795262400000")];
        let parameters = parameters.map(|(key, value)| (key, value.to_owned()));
        assert_eq!(SignMethod::Md5.sign(SECRET, &parameters), "C45C6E39336FCC7910763918CEAD40A9");
    }

    #[test]
    fn the_session_is_signed_too() {
        let all = parameters(SignMethod::HmacSha256);
        let without: Vec<_> = all.iter().filter(|(key, _)| *key != "session").cloned().collect();
        let method = SignMethod::HmacSha256;
        assert_ne!(method.sign(SECRET, &all), method.sign(SECRET, &without));
    }
}
