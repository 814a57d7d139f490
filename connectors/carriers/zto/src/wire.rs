//! What ZTO sends, as it stands on the wire: lenient, borrowing from the body.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use crossdock_connector::form::Form;
use crossdock_connector::rows::or_nothing;
use crossdock_connector::wire::{self, Scalar};
use crossdock_connector::{Error, Result, Topic};

/// Platform, carrier and name of everything that is ZTO's.
pub(crate) const SLUG: &str = "zto";
/// Topic of pushes.
pub(crate) const PUSH: Topic = "Traces";
/// Topic of query replies.
pub(crate) const QUERY: Topic = "zto.merchant.waybill.track.query";

/// One scan of a push.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Trace<'a> {
    #[serde(borrow)]
    pub(crate) bill_code: Scalar<'a>,
    #[serde(borrow)]
    pub(crate) action: Scalar<'a>,
    /// `yyyy-MM-dd HH:mm:ss` without zone.
    #[serde(borrow)]
    pub(crate) action_time: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) facility_name: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) city: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) com_name: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) courier: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) courier_phone: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) express_signer: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) desc: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) problem_code: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) return_type: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) return_update_type: Scalar<'a>,
}

/// One scan of a query reply.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Scan<'a> {
    #[serde(borrow)]
    pub(crate) bill_code: Scalar<'a>,
    #[serde(borrow)]
    pub(crate) scan_type: Scalar<'a>,
    /// Milliseconds since 1970; a local time in the interface before.
    #[serde(borrow)]
    pub(crate) scan_date: Scalar<'a>,
    /// A branch; only its name in the interface before.
    #[serde(borrow)]
    pub(crate) scan_site: Option<&'a RawValue>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) scan_city: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) sign_man: Scalar<'a>,
    #[serde(borrow, alias = "dispOrRecMan", deserialize_with = "or_nothing")]
    pub(crate) operate_user: Scalar<'a>,
    #[serde(borrow, alias = "dispOrRecManPhone", deserialize_with = "or_nothing")]
    pub(crate) operate_user_phone: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) desc: Scalar<'a>,
}

impl<'a> Scan<'a> {
    /// The branch, in either form.
    pub(crate) fn site(&self) -> Site<'a> {
        let Some(raw) = self.scan_site.map(RawValue::get) else { return Site::default() };
        if raw.starts_with('{') {
            return wire::parse_text(raw).unwrap_or_default();
        }
        Site { name: wire::parse_text(raw).unwrap_or_default(), city: Scalar::default() }
    }
}

/// A parcel of the interface before.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Bill<'a> {
    #[serde(borrow, default)]
    pub(crate) bill_code: Scalar<'a>,
    #[serde(borrow, default)]
    pub(crate) traces: Option<&'a RawValue>,
}

/// A branch.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Site<'a> {
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) name: Scalar<'a>,
    #[serde(borrow, deserialize_with = "or_nothing")]
    pub(crate) city: Scalar<'a>,
}

/// The reply to a query.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Reply<'a> {
    #[serde(borrow, default)]
    pub(crate) status: Scalar<'a>,
    #[serde(borrow, default)]
    pub(crate) status_code: Scalar<'a>,
    #[serde(borrow, default)]
    pub(crate) result: Option<&'a RawValue>,
    /// Where the interfaces before this one put it.
    #[serde(borrow, default)]
    pub(crate) data: Option<&'a RawValue>,
}

/// The fields of a push that count.
pub(crate) struct Envelope<'a> {
    /// The signed text.
    pub(crate) data: Cow<'a, str>,
    /// The signature.
    pub(crate) digest: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
struct JsonEnvelope<'a> {
    #[serde(borrow, default)]
    data: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    data_digest: Option<Cow<'a, str>>,
}

/// Opens a push: a form, or a JSON object with the same fields.
///
/// # Errors
/// `Malformed` when there is no field `data` in it.
pub(crate) fn envelope(body: &[u8]) -> Result<Envelope<'_>> {
    let missing = || Error::malformed("expected a form or JSON with the text field `data`").at("$.data");
    if wire::first_byte(body) == Some(b'{') {
        let fields: JsonEnvelope<'_> = wire::parse(body)?;
        return Ok(Envelope { data: fields.data.ok_or_else(missing)?, digest: fields.data_digest });
    }
    let form = Form::read(body)?;
    let digest = form.clone().take("data_digest");
    Ok(Envelope { data: form.take("data").ok_or_else(missing)?, digest })
}

/// The scans of a push. A body that is the signed text itself is taken as it is: so it is easily tried out.
///
/// # Errors
/// `Malformed` when it is not such a push.
pub(crate) fn opened(body: &[u8]) -> Result<Cow<'_, str>> {
    if wire::first_byte(body) == Some(b'{') {
        #[derive(Deserialize)]
        struct Probe<'a> {
            #[serde(borrow, rename = "billCode", default)]
            bill_code: Scalar<'a>,
        }
        if wire::parse::<Probe<'_>>(body).is_ok_and(|probe| probe.bill_code.text().is_some()) {
            let text = wire::utf8(body)?;
            return Ok(Cow::Borrowed(text));
        }
    }
    envelope(body).map(|envelope| envelope.data)
}
