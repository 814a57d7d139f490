//! Where an order goes. Name, phone and detail are encrypted, with masked twins beside them; the plain fields are empty.
//! The cipher is another one in every answer, so it is a token and in no hash.

use serde_json::{Map, Value as Json};

use crossdock_connector::cipher::{self, starred};
use crossdock_connector::wire;
use crossdock_schemas::{Address, Code, Datum, Dec, Geo, Phone, PhoneKind, Protected, RegionCodes};

use crate::wire::{Order, Place, Value, text};

/// Scheme of the tokens: the encrypted text itself, by which the platform prints labels.
const SCHEME: &str = "douyin_cipher";

/// Where it goes.
pub(super) struct Receiver {
    /// The address; `None` when the payload says nothing at all.
    pub(super) address: Option<Address>,
    /// Whether the payload has nothing but masks: what was known before is better than this.
    pub(super) emptied: bool,
}

pub(super) fn read(order: &Order<'_>, ext: &mut Map<String, Json>) -> Receiver {
    let place = order.post_addr.as_ref();
    let mask = order.mask_post_addr.as_ref();
    let none: Value<'_> = None;
    let detail = |place: Option<&Place<'_>>| place.and_then(|place| text(&place.detail).map(str::to_owned));
    let (plain, hidden) = (detail(place), detail(mask));
    let secret = place.map_or(&none, |place| &place.encrypt_detail);
    let given = [
        (text(&order.post_receiver), text(&order.encrypt_post_receiver)),
        (text(&order.post_tel), text(&order.encrypt_post_tel)),
        (plain.as_deref(), text(secret)),
    ];
    let emptied = given.iter().all(|(plain, secret)| plain.is_none_or(starred) && secret.is_none());
    let mut hide = |plain: Option<&str>, secret: Option<&str>, mask: Option<&str>, key: &str| {
        if let Some(plain) = plain {
            return Some(if starred(plain) { Protected::masked(plain) } else { Protected::plain(plain) });
        }
        let Some(secret) = secret else { return mask.map(Protected::masked) };
        let token = encrypted(secret);
        if token.value.is_some() || token.masked.is_some() {
            return Some(token);
        }
        if let Some(index) = cipher::read(secret).and_then(|cipher| cipher.index) {
            ext.insert(key.to_owned(), Json::from(index));
        }
        Some(match mask {
            Some(mask) => token.with_masked(mask),
            None => token,
        })
    };
    let [name, phone, line] = given;
    let name = hide(name.0, name.1, text(&order.mask_post_receiver), "receiver_name_index");
    let phone = hide(phone.0, phone.1, text(&order.mask_post_tel), "receiver_phone_index");
    let line = hide(line.0, line.1, hidden.as_deref(), "receiver_address_index");
    let region = place.or(mask);
    let part = |of: fn(&'_ Place<'_>) -> Option<String>| place.and_then(of).or_else(|| mask.and_then(of));
    let mut address = Address {
        name,
        province: part(|place| place.province.as_ref().and_then(|region| wire::text(region.name.as_ref()))),
        city: part(|place| place.city.as_ref().and_then(|region| wire::text(region.name.as_ref()))),
        // The platform's `town` is the district, its `street` the town or street office.
        district: part(|place| place.town.as_ref().and_then(|region| wire::text(region.name.as_ref()))),
        town: part(|place| place.street.as_ref().and_then(|region| wire::text(region.name.as_ref()))),
        region_codes: region.and_then(codes),
        geo: geo(order),
        ..Address::default()
    };
    if let Some(line) = line {
        // A street in the clear is a line like any other.
        match line.value {
            Some(line) => address.line1 = Some(line),
            None => address.protected = Some(line),
        }
    }
    address.phones.extend(phone.map(self::phone));
    if address == Address::default() {
        return Receiver { address: None, emptied };
    }
    address.country = Some("CN".to_owned());
    Receiver { address: Some(address), emptied }
}

/// Division codes, where the ids are such: 2 or 6 digits, of a street 9.
fn codes(place: &Place<'_>) -> Option<RegionCodes> {
    let id = |region: &Option<crate::wire::Region<'_>>, longest: usize| {
        let id = region.as_ref().and_then(|region| text(&region.id))?;
        let fits = id.bytes().all(|byte| byte.is_ascii_digit()) && [2, longest].contains(&id.len());
        fits.then(|| Code::from(format!("{id:0<longest$}")))
    };
    let codes = RegionCodes {
        province: id(&place.province, 6),
        city: id(&place.city, 6).filter(|code| !code.ends_with("0000")),
        district: id(&place.town, 6).filter(|code| !code.ends_with("00")),
        street: id(&place.street, 9).filter(|code| !code.ends_with("000")),
    };
    (codes != RegionCodes::default()).then_some(codes)
}

/// On AMap's map.
fn geo(order: &Order<'_>) -> Option<Geo> {
    let given = order.user_coordinate.as_ref()?;
    let number = |value: &Value<'_>| {
        Dec::parse(text(value)?).ok().filter(|value| !value.is_zero() && value.fits_wire())
    };
    Some(Geo {
        lat: number(&given.user_coordinate_latitude)?,
        lng: number(&given.user_coordinate_longitude)?,
        datum: Datum::Gcj02,
        ..Geo::default()
    })
}

/// A phone; a privacy number in the clear has its extension behind a dash.
fn phone(hidden: Protected) -> Phone {
    let Some(plain) = &hidden.value else {
        return Phone { kind: PhoneKind::Unknown, protected: Some(hidden), ..Phone::default() };
    };
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    match plain.split_once('-') {
        Some((number, ext))
            if number.len() == 11 && number.starts_with('1') && digits(number) && digits(ext) =>
        {
            Phone {
                national: Some(number.to_owned()),
                ext: Some(ext.to_owned()),
                kind: PhoneKind::Virtual,
                ..Phone::default()
            }
        }
        _ => Phone { national: Some(plain.clone()), kind: PhoneKind::Unknown, ..Phone::default() },
    }
}

/// What stands where a cipher should: a cipher of a form that is known, or looks like one; else what it is.
fn encrypted(given: &str) -> Protected {
    let like = given.starts_with(['#', '$', '~']) || given.len() >= 24 && cipher::base64(given);
    if cipher::read(given).is_some() || like {
        Protected::token(SCHEME, given)
    } else if starred(given) {
        Protected::masked(given)
    } else {
        Protected::plain(given)
    }
}

/// Who pays, as customs wants to know: encrypted or masked; what stands there in the clear is not read.
pub(super) fn identity(value: &Value<'_>) -> Option<Protected> {
    text(value).map(encrypted).filter(|found| found.value.is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identity_in_the_clear_is_not_read() {
        let read = |given: &str| {
            let json = format!("\"{given}\"");
            let value: Value<'_> = serde_json::from_str(&json).unwrap();
            identity(&value)
        };
        assert_eq!(read("11010119900307000X"), None);
        assert_eq!(read("1101**********000X"), Some(Protected::masked("1101**********000X")));
        let cipher = "#aW5kZXg=#Y2lwaGVy#1##";
        assert_eq!(read(cipher), Some(Protected::token(SCHEME, cipher)));
    }
}
