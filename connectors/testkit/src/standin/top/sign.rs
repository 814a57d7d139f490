//! TOP's request signature, as its gateway checks it.

use crossdock_connector::{legacy, sign};

/// The signature over these parameters, upper-case hex; `None` for a method TOP does not know.
///
/// Every parameter but `sign` is sorted by its name in byte order and put together without marks between.
#[must_use]
pub fn signature(method: &str, secret: &[u8], parameters: &[(String, String)]) -> Option<String> {
    let mut sorted: Vec<(&str, &str)> = parameters
        .iter()
        .filter(|(name, _)| name != "sign")
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    sorted.sort_unstable();
    let mut message = Vec::new();
    for (name, value) in sorted {
        message.extend_from_slice(name.as_bytes());
        message.extend_from_slice(value.as_bytes());
    }
    let hex = match method {
        "md5" => {
            let around = [secret, &message, secret].concat();
            sign::hex(&legacy::md5(&around))
        }
        "hmac" => sign::hex(&legacy::hmac_md5(secret, &message)),
        "hmac-sha256" => sign::hex(&sign::hmac_sha256(secret, &message)),
        _ => return None,
    };
    Some(hex.to_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The vector of the fact sheet, section 2.
    #[test]
    fn signs_as_top_does() {
        for (method, expected) in [
            ("md5", "7F3067E8D1DED794E6CC740187866F7C"),
            ("hmac", "184CDC90D995250ED999A01BA67C0406"),
            ("hmac-sha256", "07367E5697B533D4177D3C33B3A2C175BB9DD40C1EF6370EF2E01769AF85FC04"),
        ] {
            let parameters: Vec<(String, String)> = [
                ("method", "taobao.trade.fullinfo.get"),
                ("app_key", "12345678"),
                ("session", "test_session_001"),
                ("timestamp", "2026-11-21 20:00:00"),
                ("format", "json"),
                ("v", "2.0"),
                ("sign_method", method),
                ("fields", "tid,status,payment,orders"),
                ("tid", "4123456789012345678"),
                ("sign", "is left out"),
            ]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .to_vec();
            let signed = signature(method, b"sandbox0123456789abcdef", &parameters);
            assert_eq!(signed.as_deref(), Some(expected), "{method}");
        }
        assert_eq!(signature("sha1", b"x", &[]), None);
    }
}
