//! Signed headers: how the official SDK makes calls without a login.
//!
//! The keys are texts: the signature is the base64 of the *hex text* of the HMAC, and the client secret is hidden in
//! the application's id.

use crossdock_connector::sign::{base64, hex, hmac_sha256, unbase64};
use crossdock_connector::{Error, HttpRequest, Result, Secret};

/// What the SDK hides the client secret with.
const MASK: &[u8; 32] = b"0054f397c6234378b09ca7d3e5debce7";

/// Who signs. Not printed.
pub(crate) struct Signer {
    client_id: String,
    client_secret: String,
    app_id: String,
    app_secret: Vec<u8>,
    app_data: String,
}

impl Signer {
    /// A signer for an application and a user.
    pub(crate) fn new(
        app_id: &str,
        app_secret: &Secret,
        account: &str,
        user: &str,
        language: u32,
        organization: &str,
    ) -> Result<Self> {
        let wrong = || Error::config("expected `<client id>_<32 characters>`").at("app_id");
        let (client_id, hidden) = app_id.split_once('_').ok_or_else(wrong)?;
        let hidden = unbase64(hidden).filter(|bytes| bytes.len() == 24).ok_or_else(wrong)?;
        let secret: Vec<u8> = hidden.iter().zip(MASK).map(|(byte, mask)| byte ^ mask).collect();
        if client_id.is_empty() {
            return Err(wrong());
        }
        if app_secret.expose().is_empty() {
            return Err(Error::config("is empty").at("app_secret"));
        }
        Ok(Self {
            client_id: client_id.to_owned(),
            client_secret: base64(&secret),
            app_id: app_id.to_owned(),
            app_secret: app_secret.expose().to_vec(),
            app_data: format!("{account},{user},{language},{organization}"),
        })
    }

    /// Adds the headers to a call to `path`. The body is not part of what is signed.
    pub(crate) fn sign(&self, request: HttpRequest, path: &str, seconds: i64) -> HttpRequest {
        // The SDK takes the time as the nonce too.
        let (time, nonce) = (seconds, seconds);
        let message = format!("POST\n{}\n\nx-api-nonce:{nonce}\nx-api-timestamp:{time}\n", encoded(path));
        let api = hmac_sha256(self.client_secret.as_bytes(), message.as_bytes());
        let app = hmac_sha256(&self.app_secret, format!("{}{}", self.app_id, self.app_data).as_bytes());
        request
            .header("X-Api-ClientID", self.client_id.clone())
            .header("X-Api-Auth-Version", "2.0")
            .header("x-api-timestamp", time.to_string())
            .header("x-api-nonce", nonce.to_string())
            .header("x-api-signheaders", "x-api-timestamp,x-api-nonce")
            .header("X-Api-Signature", base64(hex(&api).as_bytes()))
            .header("X-Kd-Appkey", self.app_id.clone())
            .header("X-Kd-Appdata", base64(self.app_data.as_bytes()))
            .header("X-Kd-Signature", base64(hex(&app).as_bytes()))
    }
}

/// The path as it is signed: each `/` is `%2F` as well.
fn encoded(path: &str) -> String {
    let mut out = String::with_capacity(path.len() + 16);
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~%".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.push_str(&hex(&[byte]).to_ascii_uppercase());
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const APP_ID: &str = "demoapp_QUJDREVGR0hJSktMTU5PUFFSU1RVVldY";

    fn signer(app_id: &str) -> Result<Signer> {
        let secret = Secret::new("0123456789abcdef0123456789abcdef");
        Signer::new(app_id, &secret, "65demo0000acct", "demo.user", 2052, "0")
    }

    /// The vector made with the official Python SDK 8.2.0.
    #[test]
    fn signs_as_the_sdk_does() {
        let path = "/k3cloud/Kingdee.BOS.WebApi.ServicesStub.DynamicFormService.Save.common.kdsvc";
        let signer = signer(APP_ID).unwrap();
        assert_eq!(signer.client_secret, "cXJ2cCN1fn8qfHl/eX14aDNiajc0YTNr");
        let request =
            signer.sign(HttpRequest::post("https://a.example", "application/json", ""), path, 1_760_000_000);
        for (name, value) in [
            ("x-api-clientid", "demoapp"),
            ("x-api-auth-version", "2.0"),
            ("x-api-timestamp", "1760000000"),
            ("x-api-nonce", "1760000000"),
            ("x-api-signheaders", "x-api-timestamp,x-api-nonce"),
            (
                "x-api-signature",
                "MmQ3M2NhNGE4MGVmMWY0YmIyN2ZmMzRhNmFlN2VjYTMwY2E1Y2VkM2QxZTE0MDg1YjhiZGIyMmNjMWNjOTM5NQ==",
            ),
            ("x-kd-appkey", APP_ID),
            ("x-kd-appdata", "NjVkZW1vMDAwMGFjY3QsZGVtby51c2VyLDIwNTIsMA=="),
            (
                "x-kd-signature",
                "ODRkMzIyMzZmMDIyYzhjMWQ4MzE0ZDc2MWYzMjI0MWUzOTU4OTQ5OTVlZTAwOTUxY2YwZDY1MGE1NzlhMDMyNg==",
            ),
        ] {
            assert_eq!(request.headers.get(name), Some(value), "{name}");
        }
    }

    #[test]
    fn an_application_id_of_another_form_is_refused() {
        for bad in
            ["demoapp", "_QUJDREVGR0hJSktMTU5PUFFSU1RVVldY", "demoapp_QUJD", "demoapp_not base64 at all"]
        {
            let Err(error) = signer(bad) else { panic!("{bad} was accepted") };
            assert_eq!(error.path.as_deref(), Some("app_id"), "{bad}");
        }
    }
}
