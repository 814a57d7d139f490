//! Standard Webhooks: what is signed is `{id}.{timestamp}.{body}`, the body as bytes.
//!
//! The timestamp is that of the attempt, so a retry carries another signature; how far it may lie off is
//! checked by `verify`.

use std::borrow::Cow;

use jiff::Timestamp;

use crossdock_connector::{
    Ack, Captured, Error, Headers, HttpReply, Push, Request, Result, Scheme, Secret, SignedParts, Verified,
    sign,
};

use crate::normalize::TOPIC;

/// Most signatures looked at in one message: more than any rotation needs.
const MOST_SIGNATURES: usize = 16;
/// Longest message id.
const LONGEST_ID: usize = 256;

/// Messages of one store.
#[derive(Debug)]
pub(crate) struct Messages {
    pub(crate) keys: Vec<(Scheme, Secret)>,
}

impl Push for Messages {
    fn signed_parts<'a>(&'a self, request: &Request<'a>) -> Result<SignedParts<'a>> {
        let names = names(request.headers);
        let id = request.required(names.id)?;
        // A dot in the id could move the border between id and timestamp.
        if id.is_empty()
            || id.len() > LONGEST_ID
            || !id.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'.')
        {
            return Err(Error::auth("message id holds a dot, a blank or a control character"));
        }
        let seconds = request.required(names.timestamp)?;
        let signed_at = timestamp(seconds).ok_or_else(|| Error::auth("timestamp is not in whole seconds"))?;
        let presented = signatures(request.required(names.signature)?);
        if presented.is_empty() {
            return Err(Error::auth("no signature of version v1 or v1a"));
        }
        let mut message = Vec::with_capacity(id.len() + seconds.len() + request.body.len() + 2);
        for part in [id.as_bytes(), b".", seconds.as_bytes(), b".", request.body] {
            message.extend_from_slice(part);
        }
        Ok(SignedParts {
            message: Cow::Owned(message),
            presented,
            keys: self.keys.iter().map(|(scheme, key)| (*scheme, key)).collect(),
            signed_at: Some(signed_at),
        })
    }

    fn capture(&self, request: &Verified<'_>) -> Captured {
        let request = request.request();
        let mut headers = Headers::default();
        if let Some(id) = request.headers.get(names(request.headers).id) {
            headers.push("webhook-id", id);
        }
        Captured { headers, ..Captured::new(TOPIC, request.body.to_vec()) }
    }

    fn reply(&self, ack: Ack) -> HttpReply {
        match ack {
            Ack::Stored => HttpReply::json(200, r#"{"status":"stored"}"#),
            Ack::TryLater => HttpReply::json(503, r#"{"error":"not stored, send it again later"}"#),
            Ack::Refused => HttpReply::json(401, r#"{"error":"signature, timestamp or key does not fit"}"#),
        }
    }
}

/// Names of the three headers.
struct Names {
    id: &'static str,
    timestamp: &'static str,
    signature: &'static str,
}

/// Senders built on Svix may send only their own names; where both are sent, those of the specification count.
fn names(headers: &Headers) -> Names {
    if headers.get("webhook-id").is_none() && headers.get("svix-id").is_some() {
        Names { id: "svix-id", timestamp: "svix-timestamp", signature: "svix-signature" }
    } else {
        Names { id: "webhook-id", timestamp: "webhook-timestamp", signature: "webhook-signature" }
    }
}

fn timestamp(seconds: &str) -> Option<Timestamp> {
    // Digits only: `parse` alone would also take a sign.
    let digits = !seconds.is_empty() && seconds.bytes().all(|byte| byte.is_ascii_digit());
    Timestamp::from_second(seconds.parse().ok().filter(|_| digits)?).ok()
}

/// The signatures of versions we know; any other entry is passed over, as the specification asks.
fn signatures(header: &str) -> Vec<(Scheme, Vec<u8>)> {
    let read = |entry: &str| {
        let (version, signature) = entry.split_once(',')?;
        let scheme = match version {
            "v1" => Scheme::HmacSha256,
            "v1a" => Scheme::Ed25519,
            _ => return None,
        };
        Some((scheme, sign::unbase64(signature).filter(|bytes| !bytes.is_empty())?))
    };
    header.split(' ').filter_map(read).take(MOST_SIGNATURES).collect()
}
