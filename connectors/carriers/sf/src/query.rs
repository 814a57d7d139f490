//! The reply of EXP_RECE_SEARCH_ROUTES: an envelope, and inside it JSON held in a text.
//!
//! Two levels can fail, each with its own code. The list of waybills was seen under `msgData`, and in the
//! sandbox directly under the root: both are read.

use std::borrow::Cow;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use crossdock_connector::wire::{self, Scalar};
use crossdock_connector::{Error, Result};

use crate::error;
use crate::wire::Route;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Envelope<'a> {
    #[serde(borrow, default)]
    api_result_code: Scalar<'a>,
    #[serde(borrow, default)]
    api_result_data: Option<&'a RawValue>,
    #[serde(default)]
    msg_data: Option<IgnoredAny>,
    #[serde(default)]
    route_resps: Option<IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer<'a> {
    #[serde(borrow, default)]
    success: Scalar<'a>,
    #[serde(borrow, default)]
    error_code: Scalar<'a>,
    #[serde(borrow, default)]
    msg_data: Option<MsgData<'a>>,
    #[serde(borrow, default)]
    route_resps: Option<Vec<Waybill<'a>>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct MsgData<'a> {
    #[serde(borrow, default)]
    route_resps: Option<Vec<Waybill<'a>>>,
}

/// What SF knows of one waybill.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Waybill<'a> {
    /// The number.
    #[serde(borrow, alias = "mailno", default)]
    pub(crate) mail_no: Scalar<'a>,
    /// Its scans; empty also when the phone does not fit.
    #[serde(borrow, default, deserialize_with = "wire::one_or_many")]
    pub(crate) routes: Vec<Route<'a>>,
    /// Why there are none, when SF says so.
    #[serde(borrow, default)]
    pub(crate) reason_code: Scalar<'a>,
}

/// The inner JSON text of a reply.
///
/// # Errors
/// The platform's error as its table says; `Malformed` when it is not such a reply.
pub(crate) fn open(body: &[u8]) -> Result<Cow<'_, str>> {
    let text = wire::utf8(body)?.trim();
    object(text, "$")?;
    let envelope: Envelope<'_> = wire::parse(text.as_bytes())?;
    if let Some(code) = envelope.api_result_code.text()
        && code != error::PLATFORM_OK
    {
        return Err(Error::new(error::kind(code), "the platform refused the query")
            .vendor(code)
            .at("$.apiResultCode"));
    }
    match envelope.api_result_data {
        Some(data) if data.get().starts_with('"') => serde_json::from_str::<String>(data.get())
            .map(Cow::Owned)
            .map_err(|error| Error::malformed("not a JSON text").at("$.apiResultData").because(error)),
        Some(data) => Ok(Cow::Borrowed(data.get())),
        None if envelope.msg_data.is_some() || envelope.route_resps.is_some() => Ok(Cow::Borrowed(text)),
        None => Err(Error::malformed("there is no answer in it").at("$.apiResultData")),
    }
}

/// The waybills of an inner JSON text.
///
/// # Errors
/// The service's error as its table says; `Malformed` when it is not such an answer.
pub(crate) fn waybills(inner: &str) -> Result<Vec<Waybill<'_>>> {
    const PATH: &str = "$.apiResultData";
    object(inner, PATH)?;
    let answer: Answer<'_> = wire::parse(inner.as_bytes()).map_err(|error| {
        let inside = error.path.clone().unwrap_or_default();
        error.at(format!("{PATH} -> {inside}"))
    })?;
    let code = answer.error_code.text();
    if code.is_some_and(|code| code != error::SERVICE_OK) || answer.success.text() == Some("false") {
        let code = code.unwrap_or_default();
        return Err(Error::new(error::kind(code), "the service refused the query")
            .vendor(code)
            .at(format!("{PATH} -> $.errorCode")));
    }
    answer.msg_data.and_then(|data| data.route_resps).or(answer.route_resps).ok_or_else(|| {
        Error::malformed("there is no list of waybills").at(format!("{PATH} -> $.msgData.routeResps"))
    })
}

/// A structure would also be read from a list; SF always sends an object.
fn object(text: &str, path: &str) -> Result<()> {
    if wire::first_byte(text.as_bytes()) == Some(b'{') {
        Ok(())
    } else {
        Err(Error::malformed("expected a JSON object").at(path))
    }
}
