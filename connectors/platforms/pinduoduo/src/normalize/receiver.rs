//! Where an order goes. Name, phone and address are encrypted while the order waits to be shipped, and empty
//! afterwards or while risk control looks at it; masked twins and the region stay.

use serde_json::{Map, Value as Json};

use crossdock_connector::cipher::{self, starred};
use crossdock_connector::wire;
use crossdock_schemas::{Address, Phone, PhoneKind, Protected};

use super::Reading;
use crate::wire::{Order, Value, text};

/// Scheme of the tokens: the encrypted text itself, which prints labels and can be decrypted.
const SCHEME: &str = "pdd_cipher";

/// Where it goes.
pub(super) struct Receiver {
    /// The address; `None` when the payload says nothing at all.
    pub(super) address: Option<Address>,
    /// Whether the platform has emptied or masked the protected fields: what was known before is better than this.
    pub(super) emptied: bool,
}

pub(super) fn read(reading: &mut Reading<'_>, order: &Order<'_>, ext: &mut Map<String, Json>) -> Receiver {
    let given = [&order.receiver_name, &order.receiver_phone, &order.receiver_address, &order.address];
    let emptied = given.into_iter().all(|value| text(value).is_none_or(starred));
    let mut protected = |value: &Value<'_>, mask: &Value<'_>, key: &str| {
        let (value, mask) = (text(value), text(mask));
        let Some(given) = value else { return mask.map(Protected::masked) };
        if let Some(found) = cipher::read(given) {
            if let Some(index) = found.index {
                ext.insert(key.to_owned(), Json::from(index));
            }
            let token = Protected::token(SCHEME, given);
            return Some(match mask {
                Some(mask) => token.with_masked(mask),
                None => token,
            });
        }
        Some(if starred(given) { Protected::masked(given) } else { Protected::plain(given) })
    };
    let name = protected(&order.receiver_name, &order.receiver_name_mask, "receiver_name_index");
    let phone = protected(&order.receiver_phone, &order.receiver_phone_mask, "receiver_phone_index");
    // `receiver_address` is without the region, `address` the older name of the same or of the whole.
    let (detail, mask) = match text(&order.receiver_address).or(text(&order.receiver_address_mask)) {
        Some(_) => (&order.receiver_address, &order.receiver_address_mask),
        None => (&order.address, &order.address_mask),
    };
    let detail = protected(detail, mask, "receiver_address_index");
    let mut address = Address {
        name,
        province: wire::text(order.province.as_ref()),
        city: wire::text(order.city.as_ref()),
        // The platform's `town` is the district: 南山区.
        district: wire::text(order.town.as_ref()),
        ..Address::default()
    };
    if let Some(detail) = detail {
        // A street in the clear is a line like any other.
        match detail.value {
            Some(line) => address.line1 = Some(line),
            None => address.protected = Some(detail),
        }
    }
    let contact = protected(&order.contact_mobile, &None, "contact_mobile_index");
    for phone in phone.into_iter().chain(contact) {
        let phone = match phone.value {
            Some(national) => {
                Phone { national: Some(national), kind: PhoneKind::Unknown, ..Phone::default() }
            }
            None => Phone { kind: PhoneKind::Unknown, protected: Some(phone), ..Phone::default() },
        };
        if !address.phones.contains(&phone) {
            address.phones.push(phone);
        }
    }
    if address == Address::default() {
        return Receiver { address: None, emptied };
    }
    address.country = match text(&order.country) {
        None | Some("CN" | "中国" | "中国大陆") => Some("CN".to_owned()),
        Some(other) => {
            reading.unmapped("country", other);
            None
        }
    };
    Receiver { address: Some(address), emptied }
}

/// Who pays, as customs wants to know: encrypted or masked, a plain number is not kept.
pub(super) fn hidden(value: &Value<'_>) -> Option<Protected> {
    let given = text(value)?;
    if cipher::read(given).is_some() {
        return Some(Protected::token(SCHEME, given));
    }
    starred(given).then(|| Protected::masked(given))
}
