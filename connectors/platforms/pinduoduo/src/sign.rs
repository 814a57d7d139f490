//! How the platform signs: MD5 over the secret, all parameters and the secret again.
//!
//! Parameters are sorted by key and written as `key` + `value` without separators or encoding. Lists and objects
//! are sent, and signed, as JSON text; truth values as `true` and `false`.

use crossdock_connector::{legacy, sign};

/// The parameter `sign`: upper-case hex.
pub(crate) fn call(secret: &[u8], parameters: &[(&str, String)]) -> String {
    let mut sorted: Vec<_> = parameters.iter().collect();
    sorted.sort_by_key(|(key, _)| *key);
    let mut message = secret.to_vec();
    for (key, value) in sorted {
        message.extend_from_slice(key.as_bytes());
        message.extend_from_slice(value.as_bytes());
    }
    message.extend_from_slice(secret);
    sign::hex(&legacy::md5(&message)).to_ascii_uppercase()
}

/// What the Agiso relay signs: the fields by name, in alphabetical order, between the secret twice.
pub(crate) fn relay_message(secret: &[u8], json: &str, timestamp: &str) -> Vec<u8> {
    [secret, b"json", json.as_bytes(), b"timestamp", timestamp.as_bytes(), secret].concat()
}

/// The path under which a bridge opens the platform's message channel. It is the whole authentication and is
/// built anew for each connection.
#[cfg(test)]
fn channel_path(client_id: &str, secret: &str, millis: i64) -> String {
    let digest = sign::hex(&legacy::md5(format!("{client_id}{millis}{secret}").as_bytes()));
    let digest = crossdock_connector::percent::encode(&sign::base64(digest.as_bytes()));
    format!("/message/{client_id}/{millis}/{digest}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crossdock_connector::form;

    fn parameters() -> Vec<(&'static str, String)> {
        [
            ("type", "pdd.order.information.get"),
            ("client_id", "0123456789abcdef"),
            ("timestamp", "1795262400"),
            ("data_type", "JSON"),
            ("version", "V1"),
            ("access_token", "token-0001"),
            ("order_sn", "261121-000000000000001"),
        ]
        .map(|(key, value)| (key, value.to_owned()))
        .to_vec()
    }

    // Computed over the rule that three public SDKs implement.
    #[test]
    fn a_call_is_signed_as_published() {
        let mut parameters = parameters();
        let sign = call(b"pddsecret0123456789", &parameters);
        assert_eq!(sign, "24573598EA8E97BD358EC2F8BFACCF3B");
        parameters.push(("sign", sign));
        let body = form::write(parameters.iter().map(|(key, value)| (*key, value.as_str())));
        assert_eq!(body, include_str!("../fixtures/_requests/order_information.form").trim_end());
    }

    #[test]
    fn order_of_parameters_is_no_matter_but_every_value_is() {
        let mut turned = parameters();
        turned.reverse();
        assert_eq!(call(b"k", &turned), call(b"k", &parameters()));
        turned.pop();
        assert_ne!(call(b"k", &turned), call(b"k", &parameters()));
    }

    // The expectation of a public SDK's own test.
    #[test]
    fn the_channel_is_opened_as_published() {
        let path = channel_path("app", "secret", 1_700_000_000_000);
        assert_eq!(path, "/message/app/1700000000000/OTgxODMwNDI2NWZiN2NiNzA2NzIxOTI0ZjJlMDMxMjE%3D");
    }

    #[test]
    fn the_relay_signs_as_published() {
        let json = r#"{"Tid":"261121-000000000000001"}"#;
        let message = relay_message(b"agisosecret", json, "1795262400");
        assert_eq!(sign::hex(&legacy::md5(&message)), "9d1627eb1372ce46dfb1db9a10dcf4f3");
    }
}
