//! Signature and address of a call.

use crossdock_connector::{legacy, percent, sign};

/// Upper-case MD5 over the secret, all parameters but `sign` sorted by name and written as name and value, the body
/// exactly as it is sent, and the secret again.
pub(crate) fn signature(parameters: &[(&str, String)], body: &str, secret: &str) -> String {
    let mut sorted: Vec<&(&str, String)> = parameters.iter().filter(|(name, _)| *name != "sign").collect();
    sorted.sort_by_key(|(name, _)| *name);
    let mut text = String::with_capacity(body.len() + 512);
    text.push_str(secret);
    for (name, value) in sorted {
        text.push_str(name);
        text.push_str(value);
    }
    text.push_str(body);
    text.push_str(secret);
    sign::hex(&legacy::md5(text.as_bytes())).to_ascii_uppercase()
}

/// The parameters behind a `?`: values are signed as they are and percent-encoded here.
pub(crate) fn query(parameters: &[(&str, String)]) -> String {
    let mut text = String::with_capacity(256);
    for (at, (name, value)) in parameters.iter().enumerate() {
        text.push(if at == 0 { '?' } else { '&' });
        text.push_str(name);
        text.push('=');
        text.push_str(&percent::encode(value));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(rows: &[(&'static str, &str)]) -> Vec<(&'static str, String)> {
        rows.iter().map(|(name, value)| (*name, (*value).to_owned())).collect()
    }

    /// The vector of the fact sheet: structure by the vendor's page, digest recomputed.
    #[test]
    fn vector() {
        let parameters = pairs(&[
            ("method", "deliveryorder.create"),
            ("timestamp", "2026-01-05 09:00:00"),
            ("format", "xml"),
            ("app_key", "testerp_appkey"),
            ("v", "2.0"),
            ("sign_method", "md5"),
            ("customerId", "stub-cust"),
            ("sign", "is left out"),
        ]);
        let body = r#"<?xml version="1.0" encoding="utf-8"?><request><deliveryOrder><deliveryOrderCode>XD-1</deliveryOrderCode></deliveryOrder></request>"#;
        assert_eq!(signature(&parameters, body, "demo-secret"), "C99B704061D07A30CCC7437A90593173");
    }

    #[test]
    fn a_blank_is_encoded_where_a_plus_would_be_ambiguous() {
        let text = query(&pairs(&[("timestamp", "2026-01-05 09:00:00"), ("customerId", "a+b&c")]));
        assert_eq!(text, "?timestamp=2026-01-05%2009%3A00%3A00&customerId=a%2Bb%26c");
    }
}
