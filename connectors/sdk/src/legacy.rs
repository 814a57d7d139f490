//! Weak digests that some vendors still demand. Never use them for anything of our own.

use hmac::{Hmac, KeyInit, Mac};
use md5::{Digest, Md5};

/// MD5.
pub fn md5(message: &[u8]) -> [u8; 16] {
    Md5::digest(message).into()
}

/// MD5 over a message and then a key.
pub fn salted_md5(message: &[u8], key: &[u8]) -> [u8; 16] {
    Md5::new().chain_update(message).chain_update(key).finalize().into()
}

/// HMAC-MD5.
pub fn hmac_md5(key: &[u8], message: &[u8]) -> [u8; 16] {
    let Ok(mut mac) = Hmac::<Md5>::new_from_slice(key) else {
        // HMAC takes keys of any length, so this cannot happen.
        return [0; 16];
    };
    mac.update(message);
    mac.finalize().into_bytes().into()
}
