//! Lets calls in: counterpart, time, signature over the bytes.

use crossdock_connector::{legacy, sign, time};

use super::Options;
use super::tree::{self, Node};
use crate::standin::form;
use crate::standin::server::Asked;

/// Seconds by which the time of a call may be off.
const TOLERANCE: u64 = 600;

/// A call that was let in.
pub(super) struct Call {
    pub(super) method: String,
    pub(super) request: Node,
}

/// The signature of a call, upper-case hex.
#[must_use]
pub fn signature(parameters: &[(String, String)], body: &[u8], secret: &str) -> String {
    let mut sorted: Vec<_> = parameters.iter().filter(|(name, _)| name != "sign").collect();
    sorted.sort();
    let mut message = secret.as_bytes().to_vec();
    for (name, value) in sorted {
        message.extend_from_slice(name.as_bytes());
        message.extend_from_slice(value.as_bytes());
    }
    message.extend_from_slice(body);
    message.extend_from_slice(secret.as_bytes());
    sign::hex(&legacy::md5(&message)).to_ascii_uppercase()
}

pub(super) fn admit(options: &Options, asked: &Asked) -> Result<Call, (&'static str, &'static str)> {
    const BAD: (&str, &str) = ("TOP15", "request-convert-error");
    if asked.head.method != hyper::Method::POST || asked.head.uri.path() != "/qimen/service" {
        return Err(("TOP15", "no such service"));
    }
    let pairs = form::parse(asked.head.uri.query().unwrap_or_default().as_bytes()).ok_or(BAD)?;
    let given = |name: &str| form::once(&pairs, name).filter(|value| !value.is_empty()).ok_or(BAD);
    let fixed = given("format")? == "xml" && given("v")? == "2.0" && given("sign_method")? == "md5";
    if !fixed || !asked.header("content-type").is_some_and(|kind| kind.contains("xml")) {
        return Err(BAD);
    }
    if given("app_key")? != options.app_key || given("customerId")? != options.customer_id {
        return Err(("TOP15", "invalid app_key or customerId"));
    }
    if given("sign")? != signature(&pairs, &asked.body, &options.secret) {
        return Err(("TOP15", "signature is invalid"));
    }
    let at = time::china(given("timestamp")?).map_err(|_| BAD)?;
    if at.utc_seconds().abs_diff((options.clock)().as_second()) > TOLERANCE {
        return Err(("TOP15", "timestamp is out of range"));
    }
    let request = tree::parse(&asked.body).filter(|node| node.name == "request").ok_or(BAD)?;
    Ok(Call { method: given("method")?.to_owned(), request })
}
