//! JD's signatures: MD5 over names and values between two secrets, upper-case hex for calls, lower-case for tokens.

use jiff::Timestamp;

use crossdock_connector::{Result, Secret, legacy, sign, time};

/// `yyyy-MM-dd HH:mm:ss` in China, as the gateway wants it.
pub(crate) fn moment(now: Timestamp) -> String {
    time::CHINA.to_datetime(now).strftime("%Y-%m-%d %H:%M:%S").to_string()
}

/// The parts of a call that are signed.
pub(crate) struct Signed<'a> {
    pub(crate) token: &'a str,
    pub(crate) app_key: &'a str,
    pub(crate) path: &'a str,
    /// The very bytes that are sent.
    pub(crate) body: &'a str,
    pub(crate) timestamp: &'a str,
}

/// The sign of a call.
///
/// # Errors
/// `Config` when the secret is no text.
pub(crate) fn call(secret: &Secret, parts: &Signed<'_>) -> Result<String> {
    let secret = secret.text("track.app_secret")?;
    let Signed { token, app_key, path, body, timestamp } = parts;
    let message = format!(
        "{secret}access_token{token}app_key{app_key}method{path}param_json{body}timestamp{timestamp}v2.0{secret}"
    );
    Ok(sign::hex(&legacy::md5(message.as_bytes())).to_ascii_uppercase())
}

/// The sign of a renewal.
///
/// # Errors
/// `Config` when the secret is no text.
pub(crate) fn renewal(secret: &Secret, app_key: &str, refresh: &str, timestamp: &str) -> Result<String> {
    let secret = secret.text("track.app_secret")?;
    let message = format!("{secret}app_key{app_key}refresh_token{refresh}timestamp{timestamp}{secret}");
    Ok(sign::hex(&legacy::md5(message.as_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_as_the_vector_does() {
        let parts = Signed {
            token: "tok-0001",
            app_key: "appkey0001",
            path: "/ecap/v1/orders/trace/query",
            body: r#"[{"waybillCode":"JDV000000000123","customerCode":"010K0000001"}]"#,
            timestamp: "2026-03-02 18:21:07",
        };
        let sign = call(&Secret::new("jdl-secret-01"), &parts).unwrap();
        assert_eq!(sign, "20CAB892EA14C78949AA49C5B5C83B56");
    }

    #[test]
    fn tells_the_time_in_china() {
        assert_eq!(moment("2026-03-02T10:21:07Z".parse().unwrap()), "2026-03-02 18:21:07");
    }

    #[test]
    fn a_renewal_is_signed_in_small_letters() {
        let sign =
            renewal(&Secret::new("jdl-secret-01"), "appkey0001", "ref-0001", "2026-03-02 18:21:07").unwrap();
        assert_eq!(sign, RENEWAL);
    }

    /// Computed from the published recipe with another program.
    const RENEWAL: &str = "8ba659b8b9b80398e8bf3093e803772d";
}
