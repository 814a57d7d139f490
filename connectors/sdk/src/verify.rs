//! The only place where signatures are compared: in constant time, against every key in force.

use hmac::{Hmac, KeyInit, Mac};
use jiff::{SignedDuration, Timestamp};
use sha2::Sha256;
use subtle::ConstantTimeEq;

use crate::{Error, Push, Request, Result, Scheme, legacy};

/// How far a signed time may lie from ours, in seconds, in either direction.
pub(crate) const TOLERANCE_SECONDS: i64 = 300;

/// A request whose signature was checked. Only [`verify`] makes one.
#[derive(Clone, Copy, Debug)]
pub struct Verified<'a> {
    request: Request<'a>,
}

impl<'a> Verified<'a> {
    /// The request.
    pub fn request(&self) -> &Request<'a> {
        &self.request
    }

    /// Takes a request without checking it: only for a source whose configuration says
    /// `insecure_accept_unsigned = true`.
    pub fn insecurely(request: Request<'a>) -> Self {
        Self { request }
    }
}

/// Checks a request against all keys in force, without early exit.
///
/// # Errors
/// `Auth`, with the same message whatever did not fit, so that nothing is learned by trying.
pub fn verify<'a>(push: &'a dyn Push, request: Request<'a>, now: Timestamp) -> Result<Verified<'a>> {
    let parts = push.signed_parts(&request)?;
    if let Some(signed_at) = parts.signed_at {
        let skew = signed_at.duration_since(now).abs();
        if skew > SignedDuration::from_secs(TOLERANCE_SECONDS) {
            return Err(Error::auth("signed time is outside the tolerance").with("seconds", skew.as_secs()));
        }
    }
    let mut fits = false;
    for (scheme, key) in &parts.keys {
        let key = key.expose();
        // An empty key would verify what anybody signs with an empty key.
        if key.is_empty() {
            continue;
        }
        for (claimed, claim) in &parts.presented {
            if claimed == scheme {
                fits |= matches(*scheme, key, &parts.message, claim);
            }
        }
    }
    if fits { Ok(Verified { request }) } else { Err(Error::auth("signature does not match")) }
}

fn matches(scheme: Scheme, key: &[u8], message: &[u8], claim: &[u8]) -> bool {
    match scheme {
        Scheme::HmacSha256 => hmac_sha256(key, message).ct_eq(claim).into(),
        Scheme::Ed25519 => ed25519(key, message, claim),
        Scheme::LegacyMd5 => legacy::md5(message).ct_eq(claim).into(),
        Scheme::SaltedMd5 => legacy::salted_md5(message, key).ct_eq(claim).into(),
        Scheme::SaltedSha256 => salted_sha256(message, key).ct_eq(claim).into(),
        Scheme::SharedToken => key.ct_eq(claim).into(),
    }
}

/// HMAC-SHA256 of a message. A key may have any length.
pub(crate) fn hmac_sha256(key: &[u8], message: &[u8]) -> [u8; 32] {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else {
        // HMAC takes keys of any length, so this cannot happen; an all-zero tag verifies nothing useful.
        return [0; 32];
    };
    mac.update(message);
    mac.finalize().into_bytes().into()
}

/// SHA-256 over a message and then a key.
pub(crate) fn salted_sha256(message: &[u8], key: &[u8]) -> [u8; 32] {
    use sha2::Digest;
    Sha256::new().chain_update(message).chain_update(key).finalize().into()
}

fn ed25519(key: &[u8], message: &[u8], claim: &[u8]) -> bool {
    let (Ok(key), Ok(claim)) = (<&[u8; 32]>::try_from(key), <&[u8; 64]>::try_from(claim)) else {
        return false;
    };
    let Ok(key) = ed25519_dalek::VerifyingKey::from_bytes(key) else { return false };
    key.verify_strict(message, &ed25519_dalek::Signature::from_bytes(claim)).is_ok()
}
