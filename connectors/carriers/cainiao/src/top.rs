//! Asking the Taobao Open Platform (TOP) for the parcel of an order, and reading whether it answered.
//!
//! All parameters but `sign` are sorted and written as key and value without anything between; every one that is sent is in
//! there, `session` too.

use crossdock_connector::{
    Captured, Context, Error, ErrorKind, Fetch, HttpRequest, HttpResponse, ObjectId, Result, form, legacy,
    sign, time, wire,
};

use crate::config::{SignMethod, TaobaoConfig};
use crate::wire::{TAOBAO, TopReply, Traced};

/// What is fetched: an order, by its number.
const TRADE: &str = "trade";

/// The fetch part.
pub(crate) struct TraceSearch {
    pub(crate) config: TaobaoConfig,
}

impl SignMethod {
    const fn as_str(self) -> &'static str {
        match self {
            Self::HmacSha256 => "hmac-sha256",
            Self::Md5 => "md5",
        }
    }

    /// The value of the parameter `sign`: upper-case hex.
    fn sign(self, secret: &[u8], parameters: &[(&str, String)]) -> String {
        let mut sorted: Vec<_> = parameters.iter().collect();
        sorted.sort_by_key(|(key, _)| *key);
        let text: String = sorted.into_iter().flat_map(|(key, value)| [*key, value.as_str()]).collect();
        let digest = match self {
            Self::HmacSha256 => sign::hex(&sign::hmac_sha256(secret, text.as_bytes())),
            Self::Md5 => sign::hex(&legacy::md5(&[secret, text.as_bytes(), secret].concat())),
        };
        digest.to_ascii_uppercase()
    }
}

impl Fetch for TraceSearch {
    fn request(&self, id: &ObjectId, context: &Context<'_>) -> Result<HttpRequest> {
        if id.kind != TRADE {
            return Err(Error::new(ErrorKind::Unsupported, "expected a trade").with("kind", &id.kind));
        }
        let config = &self.config;
        let session = config.session.text("taobao.session")?;
        let moment = time::CHINA.to_datetime(context.now).strftime("%Y-%m-%d %H:%M:%S").to_string();
        let mut parameters: Vec<(&str, String)> = vec![
            ("method", TAOBAO.to_owned()),
            ("app_key", config.app_key.clone()),
            ("session", session.to_owned()),
            ("timestamp", moment),
            ("format", "json".to_owned()),
            ("v", "2.0".to_owned()),
            ("sign_method", config.sign_method.as_str().to_owned()),
            ("tid", id.id.clone()),
            ("seller_nick", config.seller_nick.clone()),
        ];
        let signed = config.sign_method.sign(config.app_secret.expose(), &parameters);
        parameters.push(("sign", signed));
        let body = form::write(parameters.iter().map(|(key, value)| (*key, value.as_str())));
        let kind = "application/x-www-form-urlencoded;charset=utf-8";
        Ok(HttpRequest::post(config.gateway.as_str(), kind, body))
    }

    fn record(&self, _id: &ObjectId, reply: &HttpResponse) -> Result<Captured> {
        if !reply.is_success() {
            return Err(Error::from_response(reply));
        }
        let text = wire::utf8(&reply.body)?;
        answer(text).map_err(|error| match reply.retry_after() {
            Some(wait) => error.after(wait),
            None => error,
        })?;
        Ok(Captured::new(TAOBAO, reply.body.clone()))
    }
}

/// The answer of a reply. The platform says errors inside a 200.
///
/// # Errors
/// The platform's error; `Malformed` when it is not such a reply.
pub(crate) fn answer(text: &str) -> Result<Traced<'_>> {
    let reply: TopReply<'_> = wire::object(text.as_bytes())?;
    if let Some(said) = reply.error_response {
        let (code, sub_code) = (said.code.text().unwrap_or_default(), said.sub_code.text());
        return Err(Error::new(kind(code, sub_code), "the platform refused the call")
            .vendor(sub_code.unwrap_or(code))
            .at("$.error_response"));
    }
    reply
        .logistics_trace_search_response
        .ok_or_else(|| Error::malformed("there is no answer in it").at("$.logistics_trace_search_response"))
}

/// What a code means; the sub code decides where there is one. As the platform's page on error codes has it.
fn kind(code: &str, sub_code: Option<&str>) -> ErrorKind {
    match sub_code {
        Some("isv.trade-not-exist") => return ErrorKind::NotFound,
        Some("invalid-sessionkey" | "session-expired" | "session-not-exist") => return ErrorKind::Auth,
        Some(sub) if sub.starts_with("accesscontrol.") => return ErrorKind::RateLimited,
        Some(sub) if sub.starts_with("isp.") => return ErrorKind::Unavailable,
        Some(_) | None => {}
    }
    match code {
        "4" | "5" | "6" | "7" | "8" => ErrorKind::RateLimited,
        "11" | "12" | "13" | "24" | "25" | "26" | "27" | "28" | "29" | "31" | "42" | "53" => ErrorKind::Auth,
        // "Remote service error" without a sub code: whose fault it is was not said, so asking again is safe.
        "10" => ErrorKind::Unavailable,
        "15" | "50" if sub_code.is_none() => ErrorKind::Unavailable,
        _ => ErrorKind::Rejected,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Computed with another program after the platform's recipe, held against an independent client.
    #[test]
    fn signs_as_the_vectors_do() {
        let vectors = [
            (SignMethod::Md5, "7F3067E8D1DED794E6CC740187866F7C"),
            (SignMethod::HmacSha256, "07367E5697B533D4177D3C33B3A2C175BB9DD40C1EF6370EF2E01769AF85FC04"),
        ];
        for (method, wanted) in vectors {
            let parameters = [
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
            .map(|(key, value)| (key, value.to_owned()));
            assert_eq!(method.sign(b"sandbox0123456789abcdef", &parameters), wanted);
        }
    }
}
