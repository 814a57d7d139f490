//! Receiver and buyer. Name, phone and detail of the address never leave here in the clear: the platform masks
//! them and gives an OAID by which its label service finds them; what comes unmasked all the same is masked here.

use crossdock_connector::{IssueKind, wire};
use crossdock_schemas::{Address, Party, PartyKind, Phone, PhoneKind, Protected, ProtectedState};

use super::Reading;
use crate::wire::{Trade, Value, text};
use crate::{OAID, scrub};

/// Where it goes; `None` when the payload says nothing about it, which must not erase what is known.
pub(super) fn ship_to(reading: &mut Reading<'_>, trade: &Trade<'_>) -> Option<Address> {
    let name = hidden(reading, &trade.receiver_name, "receiver_name", scrub::name);
    let mobile = hidden(reading, &trade.receiver_mobile, "receiver_mobile", scrub::number);
    let phone = hidden(reading, &trade.receiver_phone, "receiver_phone", scrub::number);
    let detail = hidden(reading, &trade.receiver_address, "receiver_address", |_| "***".to_owned());
    let protected = match (text(&trade.oaid), detail) {
        (Some(oaid), Some(detail)) => {
            let both = Protected::token(OAID, oaid).with_masked(detail);
            Some(Protected { state: ProtectedState::Masked, ..both })
        }
        (Some(oaid), None) => Some(Protected::token(OAID, oaid)),
        (None, Some(detail)) => Some(Protected::masked(detail)),
        (None, None) => None,
    };
    let mut address = Address {
        name: name.map(Protected::masked),
        // For county-level cities the city is empty and the district holds it: kept as given.
        province: wire::text(trade.receiver_state.as_ref()),
        city: wire::text(trade.receiver_city.as_ref()),
        district: wire::text(trade.receiver_district.as_ref()),
        town: wire::text(trade.receiver_town.as_ref()),
        postal_code: wire::text(trade.receiver_zip.as_ref()).filter(|zip| zip != "000000"),
        protected,
        ..Address::default()
    };
    for (number, kind) in [(mobile, PhoneKind::Mobile), (phone, PhoneKind::Landline)] {
        if let Some(number) = number {
            address.phones.push(Phone {
                kind,
                protected: Some(Protected::masked(number)),
                ..Phone::default()
            });
        }
    }
    if address == Address::default() {
        return None;
    }
    address.country = country(reading, &trade.receiver_country);
    Some(address)
}

/// The platform leaves the country empty for receivers in China.
fn country(reading: &mut Reading<'_>, value: &Value<'_>) -> Option<String> {
    match text(value) {
        None | Some("CN" | "中国" | "中国大陆" | "China") => Some("CN".to_owned()),
        Some(other) => {
            reading.unmapped("receiver_country", other);
            None
        }
    }
}

/// A value with its stars.
fn hidden(
    reading: &mut Reading<'_>,
    value: &Value<'_>,
    field: &str,
    mask: impl Fn(&str) -> String,
) -> Option<String> {
    let given = text(value)?;
    if scrub::is_masked(given) {
        return Some(given.to_owned());
    }
    reading.issue(IssueKind::BadValue, field, "plain receiver dropped");
    Some(mask(given))
}

/// Who bought. `buyer_open_uid` is stable for one application; the nick is masked or empty for most.
pub(super) fn buyer(trade: &Trade<'_>) -> Option<Party> {
    let (open_id, nick) = (wire::text(trade.buyer_open_uid.as_ref()), wire::text(trade.buyer_nick.as_ref()));
    if open_id.is_none() && nick.is_none() {
        return None;
    }
    Some(Party { open_id, nick, kind: PartyKind::Unknown, ..Party::default() })
}
