//! Addresses outside China: country, subdivision and postal code in their standard forms, the lines as given.
//!
//! No free text is taken apart. What a source says in fields of its own is held against ISO 3166 and the forms of
//! postal codes; a text alone yields the country it ends with, and nothing else.

mod country;
mod country_table;
mod phone;
mod postal;
mod subdivision;

pub(crate) use country::find as country;
pub(crate) use phone::e164;
pub(crate) use postal::{Postal, read as postal};
pub(crate) use subdivision::of_china as subdivision_of;

use crate::standard::{Fields, Flag, Grade, Standard};

/// Whether Chinese rules apply to a country.
pub(crate) fn is_chinese(country: &str) -> bool {
    matches!(country, "CN" | "HK" | "MO" | "TW")
}

/// An address in a country outside China.
pub(crate) fn standardize(text: &str, hints: Fields<'_>, country: &str) -> Standard {
    let mut out =
        Standard { country: Some(country.to_owned()), detail: text.to_owned(), ..Standard::default() };
    let given = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    out.subdivision = subdivision::find(country, hints.province);
    out.names.province = given(hints.province);
    out.names.city = given(hints.city);
    out.names.district = given(hints.district);
    out.names.town = given(hints.town);
    let state_missing = subdivision::knows(country) && out.subdivision.is_none();
    let mut unknown = state_missing;
    if let Some(code) = given(hints.postal_code) {
        out.postcode = Some(match postal(country, &code) {
            Postal::Valid(code) | Postal::Unknown(code) => code,
            Postal::Invalid(code) => {
                out.flags.set(Flag::PostcodeInvalid);
                unknown = true;
                code
            }
        });
    }
    let masked = text.chars().filter(|letter| matches!(letter, '*' | '＊')).count() >= 3;
    out.flags.set_if(masked, Flag::Masked);
    out.grade = match (masked, text.trim().is_empty(), unknown) {
        (true, _, _) => Grade::M,
        (false, true, _) => Grade::E,
        (false, false, true) => Grade::C,
        (false, false, false) => Grade::A,
    };
    if !matches!(out.grade, Grade::M | Grade::E) {
        // City and postal code have no code of a region: they are part of what is hashed as detail.
        let parts = [Some(&out.detail), out.names.city.as_ref(), out.postcode.as_ref()];
        let detail: Vec<&str> = parts.into_iter().flatten().map(String::as_str).collect();
        let region = out.subdivision.as_deref().unwrap_or_default();
        out.addr_hash = Some(crate::hash::addr_hash(country, region, &detail.join(" ").to_lowercase()));
    }
    out
}

/// A text without Chinese characters, and without a region in fields beside it.
pub(crate) fn latin(text: &str, country: Option<&str>) -> Standard {
    let country = country.or_else(|| country::at_end(text));
    let mut out =
        Standard { country: country.map(str::to_owned), detail: text.to_owned(), ..Standard::default() };
    out.flags.set(Flag::Latin);
    out.flags.set_if(!text.chars().any(char::is_alphabetic), Flag::Unparsed);
    out.phones = crate::peel::numbers_in(text);
    out.flags.set_if(!out.phones.is_empty(), Flag::PhoneExtracted);
    out.phone = out.phones.first().map(|number| number.national.clone());
    out.phone_ext = out.phones.first().and_then(|number| number.ext.clone());
    // Hong Kong, Macau and Taiwan are provinces of the table as well as countries.
    let province = match country {
        Some("HK") => Some(("810000", "香港特别行政区", "CN-HK", Flag::Sar)),
        Some("MO") => Some(("820000", "澳门特别行政区", "CN-MO", Flag::Sar)),
        Some("TW") => Some(("710000", "台湾省", "CN-TW", Flag::Tw)),
        _ => None,
    };
    if let Some((code, name, subdivision, flag)) = province {
        out.names.province = Some(name.to_owned());
        out.province = Some(code.to_owned());
        out.subdivision = Some(subdivision.to_owned());
        out.flags.set(flag);
        out.flags.set(Flag::DistrictMissing);
        out.grade = Grade::C;
        out.addr_hash = Some(crate::hash::addr_hash(country.unwrap_or_default(), code, &out.detail));
    }
    out
}
