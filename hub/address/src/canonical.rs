//! Between the canonical model and this crate: reads an [`Address`] or a [`Party`], writes back what was understood.
//!
//! What a source states stays: names and phones are filled in only where there are none, `raw` keeps the text as it
//! came, protected values are not touched. Region, detail, grade, flags and hash are this crate's to write.

use crossdock_schemas::{
    Address, AddressGrade, AddressKind, Party, Phone, PhoneKind, Protected, ProtectedState, RegionCodes,
};

use crate::standard::{Flag, Grade, Hints, NumberKind, PhoneNumber, Raw, Standard};
use crate::table::Tables;
use crate::{abroad, peel, standardize};

/// The text and hints of an address: its lines where it has any, else its raw text.
#[must_use]
pub fn raw_of(address: &Address) -> Raw {
    let lines = [&address.line1, &address.line2, &address.line3];
    let parts = [&address.street, &address.house_no, &address.building, &address.unit_no];
    let join = |fields: &[&Option<String>]| -> String {
        let given: Vec<&str> = fields.iter().filter_map(|field| field.as_deref()).collect();
        given.join("\n")
    };
    let mut raw = join(&lines);
    if raw.trim().is_empty() {
        raw = address.raw.clone().unwrap_or_default();
    }
    if raw.trim().is_empty() {
        raw = join(&parts);
    }
    if raw.trim().is_empty() {
        raw = address.protected.as_ref().and_then(Protected::shown).unwrap_or_default().to_owned();
    }
    let text = |field: &Option<String>| field.clone().unwrap_or_default();
    let hints = Hints {
        country: text(&address.country),
        province: text(&address.province),
        city: text(&address.city),
        district: text(&address.district),
        town: text(&address.town),
        postal_code: text(&address.postal_code),
    };
    Raw { raw, hints: (!hints.is_empty()).then_some(hints) }
}

/// Standardizes an address in place; gives back everything that was noticed, also what an address has no field for
/// (a wish for the courier, candidates).
pub fn fill(tables: &Tables, address: &mut Address) -> Standard {
    let raw = raw_of(address);
    let found = standardize(tables, &raw);
    let hidden = found.flags.has(Flag::Encrypted);
    if address.raw.is_none() && !hidden && !raw.raw.trim().is_empty() && address.protected.is_none() {
        address.raw = Some(raw.raw);
    }
    address.country = found.country.clone().or_else(|| address.country.take());
    address.subdivision = found.subdivision.clone().or_else(|| address.subdivision.take());
    let chinese = found.country.as_deref().is_none_or(abroad::is_chinese);
    if chinese && found.province.is_some() {
        address.region_codes = Some(RegionCodes {
            province: found.province.clone(),
            city: found.city.clone(),
            district: found.district.clone(),
            street: found.street.clone(),
        });
        let names = &found.names;
        address.province = names.province.clone();
        // A level that was not recognised keeps the source's word for it.
        address.city = names.city.clone().or_else(|| address.city.take());
        address.district = names.district.clone().or_else(|| address.district.take());
        address.town = names.town.clone().or_else(|| address.town.take());
        if hidden {
            address.raw = None;
        } else if !found.detail.is_empty() {
            address.line1 = Some(found.detail.clone());
            (address.line2, address.line3) = (None, None);
        }
    }
    address.postal_code = found.postcode.clone().or_else(|| address.postal_code.take());
    if address.name.is_none() {
        address.name = found.name.as_deref().map(protected);
    }
    if address.phones.is_empty() {
        address.phones = found.phones.iter().map(phone_of).collect();
    }
    let country = address.country.clone().unwrap_or_default();
    for phone in &mut address.phones {
        complete(phone, &country);
    }
    if found.flags.has(Flag::PickupPoint) && address.kind.is_none() {
        address.kind = Some(AddressKind::PickupPoint);
    }
    let masked = |name: &Protected| name.state == ProtectedState::Masked;
    let mut flags = found.flags;
    flags.set_if(address.name.as_ref().is_some_and(masked), Flag::Masked);
    address.grade = Some(match found.grade {
        Grade::A => AddressGrade::A,
        Grade::B => AddressGrade::B,
        Grade::C => AddressGrade::C,
        Grade::D => AddressGrade::D,
        Grade::M => AddressGrade::M,
        Grade::E => AddressGrade::E,
    });
    for flag in flags.iter().map(Flag::as_str) {
        if !address.flags.iter().any(|known| known == flag) {
            address.flags.push(flag.to_owned());
        }
    }
    address.addr_hash = found.addr_hash.clone();
    found
}

/// Completes the phone numbers of a party; `country` is where its national numbers are at home.
pub fn fill_party(party: &mut Party, country: &str) {
    for phone in &mut party.phones {
        complete(phone, country);
    }
}

fn protected(text: &str) -> Protected {
    if text.contains('*') { Protected::masked(text) } else { Protected::plain(text) }
}

fn kind_of(kind: NumberKind) -> PhoneKind {
    match kind {
        NumberKind::Mobile => PhoneKind::Mobile,
        NumberKind::Landline => PhoneKind::Landline,
        NumberKind::Virtual => PhoneKind::Virtual,
        NumberKind::Hotline => PhoneKind::Hotline,
        NumberKind::Masked | NumberKind::Unknown => PhoneKind::Unknown,
    }
}

fn phone_of(number: &PhoneNumber) -> Phone {
    let masked = number.kind == NumberKind::Masked;
    Phone {
        e164: number.e164.clone(),
        national: (!masked).then(|| number.national.clone()),
        ext: number.ext.clone(),
        kind: kind_of(number.kind),
        protected: masked.then(|| Protected::masked(number.national.clone())),
        ..Phone::default()
    }
}

/// Fills in what the given form of a number tells: extension, kind and E.164.
fn complete(phone: &mut Phone, country: &str) {
    let Some(given) = phone.national.clone() else { return };
    if (abroad::is_chinese(country) || country.is_empty())
        && let [number] = peel::numbers_in(&given).as_slice()
    {
        phone.e164 = phone.e164.take().or_else(|| number.e164.clone());
        if phone.ext.is_none() && number.ext.is_some() {
            phone.ext.clone_from(&number.ext);
            phone.national = Some(number.national.clone());
        }
        let with_extension = number.kind == NumberKind::Mobile && phone.ext.is_some();
        if phone.kind == PhoneKind::Unknown {
            phone.kind = if with_extension { PhoneKind::Virtual } else { kind_of(number.kind) };
        }
    }
    if phone.e164.is_none() && phone.kind != PhoneKind::Hotline {
        phone.e164 = abroad::e164(country, &given);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tables() -> Tables {
        Tables::embedded().unwrap()
    }

    fn some(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    #[test]
    fn fields_of_a_platform() {
        let mut address = Address {
            province: some("广东省"),
            city: some("深圳市"),
            district: some("南山区"),
            line1: some("广东省深圳市南山区粤海街道科苑路15号"),
            phones: vec![Phone { national: some("18400001234-5678"), ..Phone::default() }],
            ..Address::default()
        };
        let found = fill(&tables(), &mut address);
        let codes = address.region_codes.clone().unwrap();
        assert_eq!(codes.street.as_deref(), Some("440305007"));
        assert_eq!(address.line1.as_deref(), Some("粤海街道科苑路15号"));
        assert_eq!(address.raw.as_deref(), Some("广东省深圳市南山区粤海街道科苑路15号"));
        assert_eq!(address.subdivision.as_deref(), Some("CN-GD"));
        assert_eq!(address.grade, Some(AddressGrade::A));
        assert_eq!(address.phones[0].ext.as_deref(), Some("5678"));
        assert_eq!(address.phones[0].e164.as_deref(), Some("+8618400001234"));
        assert_eq!(address.phones[0].kind, PhoneKind::Virtual);
        assert_eq!(address.addr_hash, found.addr_hash);
        // Once more changes nothing.
        let once = address.clone();
        fill(&tables(), &mut address);
        assert_eq!(address, once);
    }

    #[test]
    fn protected_addresses_show_their_region_only() {
        let mut address = Address {
            province: some("浙江省"),
            city: some("杭州市"),
            district: some("西湖区"),
            line1: some("~AgAAAAMOXvYH5sQhfAAA2dXn8hX4rLZ7~1~"),
            name: Some(Protected::token("taobao_oaid", "abc")),
            ..Address::default()
        };
        fill(&tables(), &mut address);
        assert_eq!(address.grade, Some(AddressGrade::M));
        assert_eq!(address.region_codes.unwrap().district.as_deref(), Some("330106"));
        assert_eq!((address.raw, address.addr_hash), (None, None));
    }

    #[test]
    fn elsewhere_lines_stay() {
        let mut address = Address {
            country: some("United Kingdom"),
            city: some("London"),
            line1: some("10 Downing Street"),
            line2: some("Flat 2"),
            postal_code: some("sw1a2aa"),
            phones: vec![Phone { national: some("020 7946 0018"), ..Phone::default() }],
            ..Address::default()
        };
        fill(&tables(), &mut address);
        assert_eq!(address.country.as_deref(), Some("GB"));
        assert_eq!(address.postal_code.as_deref(), Some("SW1A 2AA"));
        assert_eq!(
            (address.line1.as_deref(), address.line2.as_deref()),
            (Some("10 Downing Street"), Some("Flat 2"))
        );
        assert_eq!(address.phones[0].e164.as_deref(), Some("+442079460018"));
        assert_eq!(address.grade, Some(AddressGrade::A));
        assert!(address.addr_hash.is_some());
    }
}
