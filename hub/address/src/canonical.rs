//! Between the canonical model and this crate: reads an [`Address`] or a [`Party`], writes back what was understood.
//!
//! What a source states stays: names and phones are filled in only where there are none, `raw` keeps the text as it
//! came, protected values are not touched. Region, detail, grade, flags and hash are this crate's to write.

use std::borrow::Cow;

use crossdock_schemas::{
    Address, AddressGrade, AddressKind, Party, Phone, PhoneKind, Protected, ProtectedState, RegionCodes,
};

use crate::standard::{Fields, Flag, Flags, Grade, NumberKind, PhoneNumber, Reading, code};
use crate::table::Tables;
use crate::text::says;
use crate::{abroad, china, peel, read};

/// The text of an address: its lines where it has any, else its raw text.
fn text_of(address: &Address) -> Cow<'_, str> {
    let lines = [&address.line1, &address.line2, &address.line3];
    let parts = [&address.street, &address.house_no, &address.building, &address.unit_no];
    let is_text = |text: &Cow<'_, str>| says(text);
    Some(join(&lines))
        .filter(is_text)
        .or_else(|| address.raw.as_deref().map(Cow::Borrowed).filter(is_text))
        .or_else(|| Some(join(&parts)).filter(is_text))
        .or_else(|| address.protected.as_ref().and_then(Protected::shown).map(Cow::Borrowed))
        .unwrap_or_default()
}

fn join<'a>(fields: &[&'a Option<String>]) -> Cow<'a, str> {
    let mut given = fields.iter().filter_map(|field| field.as_deref());
    match (given.next(), given.next()) {
        (None, _) => Cow::default(),
        (Some(only), None) => Cow::Borrowed(only),
        (Some(_), Some(_)) => {
            let all: Vec<&str> = fields.iter().filter_map(|field| field.as_deref()).collect();
            Cow::Owned(all.join("\n"))
        }
    }
}

fn fields_of(address: &Address) -> Fields<'_> {
    Fields {
        country: said(&address.country),
        province: said(&address.province),
        city: said(&address.city),
        district: said(&address.district),
        town: said(&address.town),
        postal_code: said(&address.postal_code),
    }
}

fn said(field: &Option<String>) -> &str {
    field.as_deref().unwrap_or_default()
}

/// What an address has no field for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Beside {
    /// What the courier is asked.
    pub instruction: Option<String>,
    /// Codes it may have been, when it is ambiguous.
    pub candidates: Vec<String>,
    /// A name right after the region that looks like a division but is in no table: data to report.
    pub unlisted: Option<String>,
}

/// Standardizes an address in place; gives back what an address has no field for.
pub fn fill(tables: &Tables, address: &mut Address) -> Beside {
    let raw = text_of(address);
    let fields = fields_of(address);
    let mut found = read(tables, &raw, (!fields.is_empty()).then_some(fields), china::standardize);
    let hidden = found.flags.has(Flag::Encrypted);
    let kept = address.raw.is_none() && !hidden && address.protected.is_none() && says(&raw);
    let joined = match raw {
        Cow::Owned(text) => Some(text),
        Cow::Borrowed(_) => None,
    };
    let known = region(address, &found);
    let detail = found.detail.take().filter(|detail| known && !hidden && !detail.is_empty());
    if known && hidden {
        address.raw = None;
    }
    if kept {
        address.raw = match joined {
            None if detail.is_some() => take_line(address).or_else(|| Some(text_of(address).into_owned())),
            None => Some(text_of(address).into_owned()),
            joined => joined,
        };
    }
    if detail.is_some() {
        (address.line1, address.line2, address.line3) = (detail, None, None);
    }
    put(&mut address.postal_code, &mut found.postcode);
    if address.name.is_none() {
        address.name = found.name.take().map(protected);
    }
    if address.phones.is_empty() {
        address.phones = std::mem::take(&mut found.phones).into_iter().map(phone_of).collect();
    }
    let Address { phones, country, .. } = address;
    for phone in phones {
        complete(phone, said(country));
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
    flag(address, flags);
    address.addr_hash = found.addr_hash;
    let Reading { instruction, candidates, unlisted, .. } = found;
    Beside { instruction, candidates, unlisted }
}

/// Takes the one line that says something, where the text is one of the lines: another one will stand there.
fn take_line(address: &mut Address) -> Option<String> {
    let lines = [&mut address.line1, &mut address.line2, &mut address.line3];
    lines.into_iter().find_map(Option::take).filter(|line| says(line))
}

/// Names the region of an address whose text is masked or behind a token: by its fields, and by what the text shows all the
/// same. Of the text itself nothing is read or written over, and of a hidden place there is no hash.
pub fn fill_hidden(tables: &Tables, address: &mut Address) {
    let parts = join(&[&address.street, &address.house_no, &address.building, &address.unit_no]);
    let shown = address.protected.as_ref().and_then(Protected::shown);
    let text = if says(&parts) { &parts } else { shown.unwrap_or_default() };
    let fields = fields_of(address);
    let mut found = read(tables, text, (!fields.is_empty()).then_some(fields), china::hidden);
    region(address, &found);
    put(&mut address.postal_code, &mut found.postcode);
    if found.flags.has(Flag::PickupPoint) && address.kind.is_none() {
        address.kind = Some(AddressKind::PickupPoint);
    }
    found.flags.set(Flag::Masked);
    flag(address, found.flags);
    (address.grade, address.addr_hash) = (Some(AddressGrade::M), None);
}

/// Writes country and region; says whether it is a Chinese one.
fn region(address: &mut Address, found: &Reading<'_>) -> bool {
    write(&mut address.country, found.country);
    if found.subdivision.is_some() && address.subdivision.as_deref() != found.subdivision {
        address.subdivision = found.subdivision.map(Into::into);
    }
    let chinese = address.country.as_deref().is_none_or(abroad::is_chinese);
    let [province, city, district, street] = found.codes;
    let known = chinese && province.is_some();
    if known {
        let [province, city, district] = match found.known {
            Some(known) => known.texts.each_ref().map(|code| Some(code.clone())),
            None => [province, city, district].map(|number| number.map(code::<6>)),
        };
        let street = street.map(code::<9>);
        address.region_codes = Some(RegionCodes { province, city, district, street });
        // A level that was not recognised keeps the source's word for it.
        let [province, city, district, town] = found.names;
        write(&mut address.province, province);
        write(&mut address.city, city);
        write(&mut address.district, district);
        write(&mut address.town, town);
    }
    known
}

/// Writes what was found where nothing or something else stands: nearly all sources write it as it should be.
fn write(field: &mut Option<String>, found: Option<&str>) {
    if found.is_some() && field.as_deref() != found {
        *field = found.map(str::to_owned);
    }
}

fn flag(address: &mut Address, flags: Flags) {
    for flag in flags.iter().map(Flag::as_str) {
        if !address.flags.iter().any(|known| *known == flag) {
            address.flags.push(flag.into());
        }
    }
}

/// What was found goes where it belongs; what was there stays where nothing was found.
fn put(field: &mut Option<String>, found: &mut Option<String>) {
    if found.is_some() {
        *field = found.take();
    }
}

/// Completes the phone numbers of a party; `country` is where its national numbers are at home.
pub fn fill_party(party: &mut Party, country: &str) {
    for phone in &mut party.phones {
        complete(phone, country);
    }
}

fn protected(text: String) -> Protected {
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

fn phone_of(number: PhoneNumber) -> Phone {
    let PhoneNumber { e164, national, ext, kind } = number;
    let (national, protected) = match kind {
        NumberKind::Masked => (None, Some(Protected::masked(national))),
        _ => (Some(national), None),
    };
    Phone { e164, national, ext, kind: kind_of(kind), protected, ..Phone::default() }
}

/// Fills in what the given form of a number tells: extension, kind and E.164.
fn complete(phone: &mut Phone, country: &str) {
    let Some(given) = phone.national.as_deref() else { return };
    let chinese = abroad::is_chinese(country) || country.is_empty();
    if chinese && peel::is_mobile(given) {
        phone.e164.get_or_insert_with(|| ["+86", given].concat());
        if phone.kind == PhoneKind::Unknown {
            phone.kind = if phone.ext.is_some() { PhoneKind::Virtual } else { PhoneKind::Mobile };
        }
        return;
    }
    if !chinese && (phone.e164.is_some() || phone.kind == PhoneKind::Hotline) {
        return;
    }
    let given = given.to_owned();
    if chinese && let [number] = peel::numbers_in(&given).as_slice() {
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
        let beside = fill(&tables(), &mut address);
        let codes = address.region_codes.clone().unwrap();
        assert_eq!(codes.street.as_deref(), Some("440305007"));
        assert_eq!(address.line1.as_deref(), Some("粤海街道科苑路15号"));
        assert_eq!(address.raw.as_deref(), Some("广东省深圳市南山区粤海街道科苑路15号"));
        assert_eq!(address.subdivision.as_deref(), Some("CN-GD"));
        assert_eq!(address.grade, Some(AddressGrade::A));
        assert_eq!(address.phones[0].ext.as_deref(), Some("5678"));
        assert_eq!(address.phones[0].e164.as_deref(), Some("+8618400001234"));
        assert_eq!(address.phones[0].kind, PhoneKind::Virtual);
        assert_eq!(beside, Beside::default());
        assert!(address.addr_hash.is_some());
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
