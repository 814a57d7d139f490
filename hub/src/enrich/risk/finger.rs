//! Phones, addresses and buyers as they are compared: normalised, and hashed with a key where they are kept. Phone
//! numbers can be counted through; without the key their hashes say nothing.

use crossdock_address::{Raw, Tables, canonical, standardize};
use crossdock_connector::Secret;
use crossdock_schemas::{Order, Party, Phone};
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use siphasher::sip::SipHasher24;

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

/// A keyed hash: its mark, and behind it what is computed only where the mark says that it may be asked for.
pub type Finger = [u8; 32];

/// What a keyed hash begins with: a keyed hash by itself, but a short one.
pub(super) type Mark = [u8; 4];

/// The key of the hashes, prepared once for all of them.
pub struct Key {
    mac: Hmac<Sha256>,
    marks: SipHasher24,
}

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
        let mac = Hmac::<Sha256>::new_from_slice(secret.expose()).map_err(|error| error.to_string())?;
        let own: [u8; 32] = mac.clone().chain_update("the key of the marks").finalize().into_bytes().into();
        let ([key, _], _) = own.as_chunks::<16>() else { return Err("no key of marks".to_owned()) };
        Ok(Key { marks: SipHasher24::new_with_key(key), mac })
    }

    /// The keyed hash of a normalised value.
    #[must_use]
    pub fn finger(&self, kind: Kind, normal: &str) -> Finger {
        let text = [kind.as_str(), "\n", normal].concat();
        Value { key: self, text: text.as_bytes() }.finger()
    }

    /// Hands out the values of an order that are compared. What is masked or behind a token is not among them.
    pub(super) fn each_value(&self, order: &Order, kind: Kind, visit: &mut dyn FnMut(&Value<'_>)) {
        let mut visit = |parts: &[&str]| {
            let (mut near, mut len) = ([0; 96], 0);
            for part in [kind.as_str(), "\n"].iter().chain(parts).map(|part| part.as_bytes()) {
                let Some(place) = near.get_mut(len..len + part.len()) else {
                    // Longer than such values are.
                    let text = [&[kind.as_str(), "\n"], parts].concat().concat();
                    return visit(&Value { key: self, text: text.as_bytes() });
                };
                place.copy_from_slice(part);
                len += part.len();
            }
            visit(&Value { key: self, text: near.get(..len).unwrap_or_default() });
        };
        match kind {
            Kind::Phone => {
                for phone in phones(order) {
                    match (phone.e164.as_deref(), phone.ext.as_deref()) {
                        (Some(number), Some(ext)) => visit(&[number, "-", ext]),
                        (Some(number), None) => visit(&[number]),
                        (None, _) => {}
                    }
                }
            }
            Kind::Address => {
                let places = order.ship_to.iter().filter_map(|address| address.addr_hash.as_deref());
                places.for_each(|place| visit(&[place]));
            }
            Kind::Buyer => {
                if let Some(id) = buyer_of(order) {
                    visit(&[&order.source.platform, ":", id]);
                }
            }
        }
    }
}

/// A value that may be on the list.
pub(super) struct Value<'a> {
    key: &'a Key,
    text: &'a [u8],
}

impl Value<'_> {
    pub(super) fn mark(&self) -> Mark {
        let [a, b, c, d, ..] = self.key.marks.hash(self.text).to_le_bytes();
        [a, b, c, d]
    }

    pub(super) fn finger(&self) -> Finger {
        let mut finger: Finger = self.key.mac.clone().chain_update(self.text).finalize().into_bytes().into();
        finger.iter_mut().zip(self.mark()).for_each(|(byte, mark)| *byte = mark);
        finger
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
