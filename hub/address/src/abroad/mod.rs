//! Addresses outside China: country, subdivision and postal code in their standard forms, the lines as given.
//!
//! No free text is taken apart. What a source says in fields of its own is held against ISO 3166 and the forms of
//! postal codes; a text alone yields the country it ends with, and nothing else.

mod country;
mod country_table;
mod phone;
mod postal;
mod rows;
mod subdivision;

pub(crate) use country::find as country;
pub(crate) use phone::e164;
pub(crate) use postal::Postal;
pub(crate) use subdivision::of_china as subdivision_of;

use crate::hash::addr_hash;
use crate::standard::{Fields, Flag, Grade, Reading, digits};
use crate::text::{says, trimmed};

/// Whether Chinese rules apply to a country.
pub(crate) fn is_chinese(country: &str) -> bool {
    matches!(country, "CN" | "HK" | "MO" | "TW")
}

/// An address in a country outside China.
pub(crate) fn standardize(text: &str, hints: Fields<'_>, country: &'static str) -> Reading<'static> {
    let mut out = Reading { country: Some(country), abroad: true, ..Reading::default() };
    let state = subdivision::find(country, hints.province);
    out.subdivision = state.flatten();
    let mut unknown = state.is_some_and(|state| state.is_none());
    let postal = says(hints.postal_code).then(|| Postal::read(country, hints.postal_code));
    let invalid = postal.as_ref().is_some_and(Postal::is_invalid);
    out.flags.set_if(invalid, Flag::PostcodeInvalid);
    unknown |= invalid;
    let stars = |text: &str| match text.is_ascii() {
        true => text.bytes().filter(|letter| *letter == b'*').count(),
        false => text.chars().filter(|letter| matches!(letter, '*' | '＊')).count(),
    };
    let masked = stars(text) >= 3;
    out.flags.set_if(masked, Flag::Masked);
    out.grade = match (masked, !says(text), unknown) {
        (true, _, _) => Grade::M,
        (false, true, _) => Grade::E,
        (false, false, true) => Grade::C,
        (false, false, false) => Grade::A,
    };
    if !matches!(out.grade, Grade::M | Grade::E) {
        // City and postal code have no code of a region: they are part of what is hashed as detail.
        let city = trimmed(hints.city);
        let parts = [text, city, postal.as_ref().map(Postal::code).unwrap_or_default()];
        let region = out.subdivision.unwrap_or_default().as_bytes();
        let hash = if parts.iter().all(|part| part.is_ascii()) {
            addr_hash(country, region, parts)
        } else {
            addr_hash(country, region, [parts.join(" ").to_lowercase().as_str()])
        };
        out.addr_hash = Some(hash);
    }
    out.postcode = postal.and_then(|postal| postal.rewritten(hints.postal_code));
    out
}

/// A text without Chinese characters, and without a region in fields beside it.
pub(crate) fn latin(text: &str, country: Option<&'static str>) -> Reading<'static> {
    let country = country.or_else(|| country::at_end(text));
    let mut out = Reading { country, detail: Some(text.to_owned()), ..Reading::default() };
    out.flags.set(Flag::Latin);
    out.flags.set_if(!text.chars().any(char::is_alphabetic), Flag::Unparsed);
    out.phones = crate::peel::numbers_in(text);
    out.flags.set_if(!out.phones.is_empty(), Flag::PhoneExtracted);
    // Hong Kong, Macau and Taiwan are provinces of the table as well as countries.
    let province = match country {
        Some("HK") => Some((810_000, "香港特别行政区", "CN-HK", Flag::Sar)),
        Some("MO") => Some((820_000, "澳门特别行政区", "CN-MO", Flag::Sar)),
        Some("TW") => Some((710_000, "台湾省", "CN-TW", Flag::Tw)),
        _ => None,
    };
    if let Some((code, name, subdivision, flag)) = province {
        out.codes = [Some(code), None, None, None];
        out.names = [Some(name), None, None, None];
        out.subdivision = Some(subdivision);
        out.flags.set(flag);
        out.flags.set(Flag::DistrictMissing);
        out.grade = Grade::C;
        out.addr_hash = Some(addr_hash(country.unwrap_or_default(), &digits::<6>(code), [text]));
    }
    out
}
