//! The UpdateInfo push: a form whose field `logistics_interface` holds XML and is signed.
//!
//! `data_digest = base64(md5(logistics_interface + push secret))` over the decoded text. The answer is XML too, and repeats
//! the order number of the push.

use crossdock_connector::form::Form;
use crossdock_connector::{
    Ack, Captured, Error, HttpReply, Push, Request, Result, Secret, SignedParts, Verified, sign, xml,
};

use crate::wire::{FIELD, PUSH, opened};

/// The push part.
pub(crate) struct UpdatePush {
    pub(crate) secrets: Vec<Secret>,
}

impl Push for UpdatePush {
    fn signed_parts<'a>(&'a self, request: &Request<'a>) -> Result<SignedParts<'a>> {
        let missing = || Error::auth("there is no signed field in it");
        let form = Form::read(request.body).map_err(|_| missing())?;
        let claim = form
            .get("data_digest")
            .and_then(sign::unbase64)
            .ok_or_else(|| Error::auth("data_digest is missing or not base64"))?;
        Ok(SignedParts::salted_md5(form.take(FIELD).ok_or_else(missing)?, claim, &self.secrets))
    }

    fn capture(&self, request: &Verified<'_>) -> Captured {
        Captured::new(PUSH, request.request().body.to_vec())
    }

    fn reply(&self, ack: Ack) -> HttpReply {
        answer(ack, "")
    }

    fn reply_to(&self, ack: Ack, request: &Request<'_>) -> HttpReply {
        // What cannot be read is stored all the same, and has no number to repeat.
        let document = opened(request.body).and_then(|text| xml::read(&text)).unwrap_or_default();
        let order = document.all().into_iter().find_map(|node| node.get("txLogisticID"));
        answer(ack, order.unwrap_or_default())
    }
}

fn answer(ack: Ack, order: &str) -> HttpReply {
    let (status, outcome) = match ack {
        Ack::Stored => (200, "<success>true</success>"),
        Ack::TryLater => (200, "<success>false</success><reason>try later</reason>"),
        Ack::Refused => (401, "<success>false</success><reason>refused</reason>"),
    };
    let order = xml::escape(order);
    let body = format!(
        "<Response><logisticProviderID>YTO</logisticProviderID><txLogisticID>{order}</txLogisticID>{outcome}</Response>"
    );
    HttpReply { status, content_type: "text/xml; charset=utf-8", body: body.into() }
}
