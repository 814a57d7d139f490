//! The two signatures, and how parameters are written.

use crossdock_connector::{form, legacy, sign};

/// Signature of the qyb and y generations: every parameter but `sign`, sorted by key, each as key length (at least two
/// digits), `-`, key, `:`, value length (at least four digits), `-`, value; joined by `;`, the secret at the end.
///
/// Lengths are counted in characters, as the vendor's own example does.
pub(crate) fn form_sign(parameters: &[(&str, String)], secret: &str) -> String {
    let mut sorted: Vec<&(&str, String)> = parameters.iter().filter(|(key, _)| *key != "sign").collect();
    sorted.sort_by_key(|(key, _)| *key);
    let mut text = String::with_capacity(512);
    for (at, (key, value)) in sorted.into_iter().enumerate() {
        if at > 0 {
            text.push(';');
        }
        text.push_str(&format!("{:02}-{key}:{:04}-{value}", key.chars().count(), value.chars().count()));
    }
    text.push_str(secret);
    sign::hex(&legacy::md5(text.as_bytes()))
}

/// Signature of the qjb generation: every parameter and the body as a parameter called `body`, sorted by key, key and
/// value without marks between, the secret at both ends.
pub(crate) fn query_sign(parameters: &[(&str, String)], body: &str, secret: &str) -> String {
    let mut sorted: Vec<(&str, &str)> = parameters
        .iter()
        .filter(|(key, _)| *key != "sign")
        .map(|(key, value)| (*key, value.as_str()))
        .chain([("body", body)])
        .collect();
    sorted.sort_unstable();
    let mut text = String::with_capacity(body.len() + 256);
    text.push_str(secret);
    for (key, value) in sorted {
        text.push_str(key);
        text.push_str(value);
    }
    text.push_str(secret);
    sign::hex(&legacy::md5(text.as_bytes()))
}

/// `application/x-www-form-urlencoded` of the parameters, in the order given.
pub(crate) fn encode(parameters: &[(&str, String)]) -> String {
    form::write(parameters.iter().map(|(key, value)| (*key, value.as_str())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(rows: &[(&'static str, &str)]) -> Vec<(&'static str, String)> {
        rows.iter().map(|(key, value)| (*key, (*value).to_owned())).collect()
    }

    /// The vendor's own example.
    #[test]
    fn form_vector_of_the_vendor() {
        let parameters = pairs(&[
            ("appkey", "test2-xx"),
            ("page_no", "0"),
            ("page_size", "40"),
            ("sid", "test2"),
            ("timestamp", "1470042310"),
            ("start_time", "2016-08-01 12:00:00"),
            ("end_time", "2016-08-01 13:00:00"),
            ("sign", "is left out"),
        ]);
        assert_eq!(form_sign(&parameters, "12345"), "ad4e6fe037ea6e3ba4768317be9d1309");
    }

    /// Raw Chinese text: the reading in characters. The one in bytes is `1515b60317fe45f87f3085cd5b6949cc`.
    #[test]
    fn form_vectors_with_an_order() {
        let common = [
            ("sid", "demo"),
            ("appkey", "demo-key"),
            ("timestamp", "1760000000"),
            ("shop_no", "S001"),
            ("switch", "1"),
        ];
        let with =
            |list: &str| form_sign(&[pairs(&common), pairs(&[("trade_list", list)])].concat(), "demo-secret");
        let raw = r#"[{"tid":"XD-DEMO-0001","trade_status":30,"receiver_name":"林小满"}]"#;
        assert_eq!(with(raw), "ce0a5ec4db1498c2b167f259770cdd6b");
        let escaped = crate::ascii::json(&serde_json::from_str(raw).unwrap());
        assert_eq!(escaped.len(), 79);
        assert_eq!(with(&escaped), "cfb8015c2742c3495b348fb9ca7db842");
    }

    #[test]
    fn query_vector() {
        let parameters = pairs(&[
            ("sid", "demo"),
            ("key", "demo-key"),
            ("salt", "demo-salt"),
            ("method", "sales.LogisticsSync.getSyncListExt"),
            ("v", "1.0"),
            ("timestamp", "434652800"),
            ("page_size", "100"),
            ("page_no", "0"),
            ("calc_total", "1"),
        ]);
        let body = r#"[{"shop_no":"S001","is_own_platform":true}]"#;
        assert_eq!(query_sign(&parameters, body, "demo-secret"), "88703b0eca18098afeb96252f5710c27");
    }

    #[test]
    fn parameters_are_encoded() {
        let text = encode(&pairs(&[("a", "x y&="), ("b", "[{\"n\":1}]")]));
        assert_eq!(text, "a=x+y%26%3D&b=%5B%7B%22n%22%3A1%7D%5D");
    }
}
