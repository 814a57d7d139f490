//! Phones, addresses and buyers as they are compared: normalised, and hashed with a key where they are kept. Phone
//! numbers can be counted through; without the key their hashes say nothing.

use crossdock_address::{Raw, Tables, canonical, standardize};
use crossdock_connector::Secret;
use crossdock_schemas::{Order, Party, Phone};
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

/// What is listed or counted.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, clap::ValueEnum,
)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A phone number; a privacy number only with its extension.
    Phone,
    /// A place: region and detail.
    Address,
    /// A buyer of a platform.
    Buyer,
}

impl Kind {
    /// The word used in files.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Kind::Phone => "phone",
            Kind::Address => "address",
            Kind::Buyer => "buyer",
        }
    }
}

/// A keyed hash.
pub type Finger = [u8; 32];

/// The key of the hashes, prepared once for all of them.
pub struct Key(Hmac<Sha256>);

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(…)")
    }
}

impl Key {
    /// A key; at least 16 bytes, so that it cannot be guessed.
    ///
    /// # Errors
    /// When it is shorter.
    pub fn new(secret: Secret) -> Result<Key, String> {
        if secret.expose().len() < 16 {
            return Err("the secret is shorter than 16 bytes".to_owned());
        }
        Hmac::new_from_slice(secret.expose()).map(Key).map_err(|error| error.to_string())
    }

    /// The keyed hash of a normalised value.
    #[must_use]
    pub fn finger(&self, kind: Kind, normal: &str) -> Finger {
        self.finger_of(kind, &[normal])
    }

    /// The same of a value in parts.
    fn finger_of(&self, kind: Kind, normal: &[&str]) -> Finger {
        let mut mac = self.0.clone();
        for part in [kind.as_str(), "\n"].iter().chain(normal) {
            mac.update(part.as_bytes());
        }
        mac.finalize().into_bytes().into()
    }

    /// The keyed hashes of the values of an order that are compared. What is masked or behind a token is not among them.
    pub(super) fn fingers(&self, order: &Order, kind: Kind) -> Vec<Finger> {
        let fingers = |parts: &[&str]| self.finger_of(kind, parts);
        match kind {
            Kind::Phone => {
                let mut found: Vec<Finger> = phones(order)
                    .filter_map(|phone| match (phone.e164.as_deref()?, phone.ext.as_deref()) {
                        (number, Some(ext)) => Some(fingers(&[number, "-", ext])),
                        (number, None) => Some(fingers(&[number])),
                    })
                    .collect();
                found.sort_unstable();
                found.dedup();
                found
            }
            Kind::Address => {
                let places = order.ship_to.iter().filter_map(|address| address.addr_hash.as_deref());
                places.map(|place| fingers(&[place])).collect()
            }
            Kind::Buyer => {
                let buyers = buyer_of(order).into_iter();
                buyers.map(|id| fingers(&[&order.source.platform, ":", id])).collect()
            }
        }
    }
}

/// The phones of the receiver and of the buyer.
pub(super) fn phones(order: &Order) -> impl Iterator<Item = &Phone> {
    let to = order.ship_to.iter().flat_map(|address| &address.phones);
    to.chain(order.buyer.iter().flat_map(|buyer| &buyer.phones))
}

/// The platform's id of the buyer.
pub(super) fn buyer_of(order: &Order) -> Option<&str> {
    order.buyer.as_ref().and_then(|buyer| buyer.open_id.as_deref().or(buyer.id.as_deref()))
}

/// A value that somebody gave, as it is compared: a phone number of this country unless it begins with `+`, the text of
/// an address, or a buyer as `platform:id`.
///
/// # Errors
/// When it is none; the value is not repeated.
pub fn normal(tables: &Tables, kind: Kind, value: &str, country: &str) -> Result<String, String> {
    match kind {
        Kind::Phone => {
            let digits =
                value.strip_prefix('+').filter(|rest| rest.bytes().all(|byte| byte.is_ascii_digit()));
            let given = match digits {
                Some(_) => Phone { e164: Some(value.to_owned()), ..Phone::default() },
                None => Phone { national: Some(value.to_owned()), ..Phone::default() },
            };
            let mut party = Party { phones: vec![given], ..Party::default() };
            canonical::fill_party(&mut party, country);
            party.phones.iter().find_map(phone).ok_or_else(|| format!("not a phone number of {country}"))
        }
        Kind::Address => {
            let found = standardize(tables, &Raw::text(value));
            found.addr_hash.ok_or_else(|| "not understood well enough to be compared".to_owned())
        }
        Kind::Buyer => match value.split_once(':') {
            Some((platform, id)) if !platform.is_empty() && !id.is_empty() => Ok(buyer(platform, id)),
            _ => Err("a buyer is written platform:id".to_owned()),
        },
    }
}

/// A buyer by the platform's id.
#[must_use]
pub fn buyer(platform: &str, id: &str) -> String {
    format!("{platform}:{id}")
}

/// A phone number as it is compared.
pub(super) fn phone(phone: &Phone) -> Option<String> {
    let number = phone.e164.as_deref()?;
    Some(match &phone.ext {
        Some(ext) => format!("{number}-{ext}"),
        None => number.to_owned(),
    })
}
