//! Whether a parcel would go somewhere else.
//!
//! Addresses are compared in the form they have in common. In the clear: region, cleaned detail, name and
//! phones. Protected: the platform's own mark of a change, the region and the masked text; never a token or
//! cipher, which differ at every call. When one side is in the clear and the other is not (platforms mask
//! addresses after a while), only what both show is compared.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::normal::text;
use crossdock_schemas::text::clean;
use crossdock_schemas::{Address, Code, Order, Phone, Protected, ProtectedState};

/// Members of `ext` by which platforms say that a buyer changed the address of an order: Taobao's flag and
/// time, and the name for connectors to use where a platform has no word of its own.
const CHANGE_MARKS: [&str; 3] = ["modify_address", "ti_modify_address_time", "address_changed_at"];

/// Visits every value about a person in an address.
pub(super) fn each_in_address(address: &mut Address, visit: &mut dyn FnMut(&mut Protected)) {
    address.name.iter_mut().chain(&mut address.protected).for_each(&mut *visit);
    address.phones.iter_mut().filter_map(|phone| phone.protected.as_mut()).for_each(visit);
}

/// Whether two states of an order ship to different places.
pub(super) fn moved(before: &Order, after: &Order) -> bool {
    if marks(before) != marks(after) {
        return true;
    }
    match (&before.ship_to, &after.ship_to) {
        (Some(before), Some(after)) => differ(before, after),
        (before, after) => before.is_some() != after.is_some(),
    }
}

/// The marks of an order and its lines (Taobao marks each sub-order); which line carries one is no matter.
fn marks(order: &Order) -> BTreeSet<(&str, &str, String)> {
    let mut found = BTreeSet::new();
    for ext in std::iter::once(&order.ext).chain(order.lines.iter().map(|line| &line.ext)) {
        for (namespace, members) in ext {
            for mark in CHANGE_MARKS {
                if let Some(value) = members.get(mark) {
                    found.insert((namespace.as_str(), mark, text(value)));
                }
            }
        }
    }
    found
}

fn differ(before: &Address, after: &Address) -> bool {
    if other_region(before, after) {
        return true;
    }
    if is_plain(before) && is_plain(after) {
        return other_place(before, after)
            || shown(&before.name) != shown(&after.name)
            || phones(before) != phones(after);
    }
    let masked = |address: &Address| address.protected.as_ref().and_then(|it| it.masked.clone());
    both_differ(masked(before), masked(after))
        || both_differ(masked_of(&before.name), masked_of(&after.name))
        || both_differ(masked_phones(before), masked_phones(after))
}

/// Both say something, and not the same.
fn both_differ<T: PartialEq>(before: Option<T>, after: Option<T>) -> bool {
    matches!((before, after), (Some(before), Some(after)) if before != after)
}

fn is_plain(address: &Address) -> bool {
    let plain = |state: ProtectedState| matches!(state, ProtectedState::Plain | ProtectedState::Absent);
    address.protected.as_ref().is_none_or(|it| plain(it.state))
        && address.name.as_ref().is_none_or(|it| plain(it.state))
}

/// Whether country or region differ: by codes where both have them, by names otherwise. A level that only
/// one of them names was resolved better, not moved.
fn other_region(before: &Address, after: &Address) -> bool {
    let codes = |address: &Address| -> [Option<Code>; 4] {
        address
            .region_codes
            .clone()
            .map_or([const { None }; 4], |it| [it.province, it.city, it.district, it.street])
    };
    let names =
        |address: &Address| [&address.province, &address.city, &address.district, &address.town].map(said);
    let levels = codes(before).into_iter().zip(codes(after)).zip(names(before).into_iter().zip(names(after)));
    both_differ(said(&before.country), said(&after.country))
        || both_differ(said(&before.postal_code), said(&after.postal_code))
        || levels.into_iter().any(|(codes, names)| match codes {
            (Some(before), Some(after)) => before != after,
            _ => both_differ(names.0, names.1),
        })
}

fn said(text: &Option<String>) -> Option<String> {
    text.as_deref().map(|text| clean(text).into_owned()).filter(|text| !text.is_empty())
}

/// Whether the detail after the region differs: by its hash where both were resolved, else by its texts.
fn other_place(before: &Address, after: &Address) -> bool {
    match (&before.addr_hash, &after.addr_hash) {
        (Some(before), Some(after)) => before != after,
        _ => place(before) != place(after),
    }
}

fn place(address: &Address) -> Vec<Cow<'_, str>> {
    let parts = [
        &address.company,
        &address.line1,
        &address.line2,
        &address.line3,
        &address.street,
        &address.house_no,
        &address.unit_no,
        &address.building,
    ];
    let parts: Vec<Cow<'_, str>> = parts.into_iter().map(cleaned).collect();
    if parts.iter().all(|part| part.is_empty()) { vec![cleaned(&address.raw)] } else { parts }
}

fn cleaned(text: &Option<String>) -> Cow<'_, str> {
    clean(text.as_deref().unwrap_or_default())
}

fn shown(value: &Option<Protected>) -> Cow<'_, str> {
    clean(value.as_ref().and_then(Protected::shown).unwrap_or_default())
}

fn masked_of(value: &Option<Protected>) -> Option<&str> {
    value.as_ref().and_then(|value| value.masked.as_deref())
}

fn phones(address: &Address) -> Vec<&str> {
    let mut phones: Vec<&str> = address.phones.iter().filter_map(number).collect();
    phones.sort_unstable();
    phones
}

fn number(phone: &Phone) -> Option<&str> {
    let protected = || phone.protected.as_ref().and_then(Protected::shown);
    phone.e164.as_deref().or(phone.national.as_deref()).or_else(protected)
}

fn masked_phones(address: &Address) -> Option<Vec<&str>> {
    let mut masked: Vec<&str> =
        address.phones.iter().filter_map(|phone| masked_of(&phone.protected)).collect();
    masked.sort_unstable();
    (!masked.is_empty()).then_some(masked)
}
