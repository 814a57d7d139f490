//! OAuth 1.0a without a token, which shops on plain http want: HMAC-SHA256 over method, address and sorted parameters.

use jiff::Timestamp;

use crossdock_connector::{percent, sign};

/// The query of a GET with its OAuth parameters, signed.
pub(crate) fn query(
    address: &str,
    query: &[(&str, String)],
    key: &str,
    secret: &str,
    nonce: &str,
    now: Timestamp,
) -> String {
    let mut parameters: Vec<(String, String)> =
        query.iter().map(|(name, value)| (percent::encode(name), percent::encode(value))).collect();
    for (name, value) in [
        ("oauth_consumer_key", key),
        ("oauth_nonce", nonce),
        ("oauth_signature_method", "HMAC-SHA256"),
        ("oauth_timestamp", &now.as_second().to_string()),
    ] {
        parameters.push((name.to_owned(), percent::encode(value)));
    }
    parameters.sort_unstable();
    let pairs: Vec<String> = parameters.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
    let pairs = pairs.join("&");
    let signature = percent::encode(&signature(address, &pairs, secret));
    format!("{pairs}&oauth_signature={signature}")
}

fn signature(address: &str, pairs: &str, secret: &str) -> String {
    let base = format!("GET&{}&{}", percent::encode(address), percent::encode(pairs));
    sign::base64(&sign::hmac_sha256(format!("{secret}&").as_bytes(), base.as_bytes()))
}

/// A word that no other call has: the time to the nanosecond with what is asked.
pub(crate) fn nonce(address: &str, query: &[(&str, String)], now: Timestamp) -> String {
    let mut seed = format!("{address} {}", now.as_nanosecond());
    for (name, value) in query {
        seed.push_str(&format!(" {name}={value}"));
    }
    sign::hex(&sign::sha256(seed.as_bytes())).chars().take(32).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADDRESS: &str = "http://willowbark-goods.example/wp-json/wc/v3/orders";

    #[test]
    fn a_call_is_signed_as_published() {
        let asked = [("modified_after", "2026-10-31T00:00:00".to_owned()), ("per_page", "100".to_owned())];
        let now = Timestamp::from_second(1_793_491_200).unwrap();
        let signed = query(ADDRESS, &asked, "ck_demo0001", "cs_demo0001", "demononce0001", now);
        assert_eq!(
            signed,
            "modified_after=2026-10-31T00%3A00%3A00&oauth_consumer_key=ck_demo0001&oauth_nonce=demononce0001\
             &oauth_signature_method=HMAC-SHA256&oauth_timestamp=1793491200&per_page=100\
             &oauth_signature=x3lCZtSi%2FdydPt%2Bx5BoIXDQcSbSWUSFyupoDOrS9jpA%3D"
        );
    }

    #[test]
    fn every_call_has_its_own_word() {
        let now = Timestamp::from_second(1_793_491_200).unwrap();
        let page = |number: &str| nonce(ADDRESS, &[("page", number.to_owned())], now);
        assert_eq!(page("1"), page("1"));
        assert_ne!(page("1"), page("2"));
        let later = Timestamp::from_nanosecond(now.as_nanosecond() + 1).unwrap();
        assert_ne!(page("1"), nonce(ADDRESS, &[("page", "1".to_owned())], later));
    }
}
