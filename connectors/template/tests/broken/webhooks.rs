//! Webhooks that leave something unchecked.

use std::borrow::Cow;
use std::sync::Arc;

use crossdock_connector::{
    Ack, Captured, Headers, HttpReply, Parts, Push, Request, Result, Scheme, Secret, SignedParts, Verified,
    sign,
};
use crossdock_template::acme_platform;
use crossdock_testkit::conformance::Table;

use super::{PLATFORM, acme, fails, subject};

/// Webhooks that leave something unchecked.
struct Careless(Arc<dyn Push>, Secret, Carelessness);

#[derive(Clone, Copy)]
enum Carelessness {
    SignsOnlyTheTime,
    ForgetsTheTime,
    AnyKey,
    KeepsTheSignature,
}

impl Push for Careless {
    fn signed_parts<'a>(&'a self, request: &Request<'a>) -> Result<SignedParts<'a>> {
        let parts = self.0.signed_parts(request)?;
        let vouched = |parts: SignedParts<'a>, message: &[u8]| SignedParts {
            presented: vec![(Scheme::HmacSha256, sign::hmac_sha256(b"any", message).to_vec())],
            keys: vec![(Scheme::HmacSha256, &self.1)],
            ..parts
        };
        Ok(match self.2 {
            Carelessness::SignsOnlyTheTime => {
                let message = request.required("acme-signature")?.as_bytes().to_vec();
                SignedParts { message: Cow::Owned(message.clone()), ..vouched(parts, &message) }
            }
            Carelessness::ForgetsTheTime => SignedParts { signed_at: None, ..parts },
            Carelessness::AnyKey => {
                let message = parts.message.to_vec();
                vouched(parts, &message)
            }
            Carelessness::KeepsTheSignature => parts,
        })
    }

    fn capture(&self, request: &Verified<'_>) -> Captured {
        let mut captured = self.0.capture(request);
        if matches!(self.2, Carelessness::KeepsTheSignature) {
            captured.headers = Headers(request.request().headers.0.clone());
        }
        captured
    }

    fn reply(&self, ack: Ack) -> HttpReply {
        self.0.reply(ack)
    }
}

fn careless(how: Carelessness) -> impl Fn(Table) -> Result<Parts> {
    move |table| {
        let parts = acme(table)?;
        let push = parts
            .push
            .clone()
            .map(|inner| Arc::new(Careless(inner, Secret::new("any"), how)) as Arc<dyn Push>);
        Ok(Parts { push, ..parts })
    }
}

#[test]
fn c10_a_body_that_is_not_signed() {
    let mut subject = subject::<acme_platform::Acme>(PLATFORM);
    subject.build = |table| careless(Carelessness::SignsOnlyTheTime)(table);
    fails(&subject, "C10", "flipped: not signed, not refused, and yet read");
}

#[test]
fn c10_a_time_that_is_not_checked() {
    let mut subject = subject::<acme_platform::Acme>(PLATFORM);
    subject.build = |table| careless(Carelessness::ForgetsTheTime)(table);
    fails(&subject, "C10", "signatures/old: not refused");
}

#[test]
fn c10_a_key_that_is_not_checked() {
    let mut subject = subject::<acme_platform::Acme>(PLATFORM);
    subject.build = |table| careless(Carelessness::AnyKey)(table);
    fails(&subject, "C10", "another key: not refused");
}

#[test]
fn c10_a_signature_that_is_stored() {
    let mut subject = subject::<acme_platform::Acme>(PLATFORM);
    subject.build = |table| careless(Carelessness::KeepsTheSignature)(table);
    fails(&subject, "C10", "the stored header acme-signature holds the signature");
}
