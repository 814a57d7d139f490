#![doc = include_str!("../README.md")]
#![deny(clippy::float_arithmetic, clippy::float_cmp)]

mod abroad;
pub mod canonical;
mod china;
mod clean;
mod guard;
mod hash;
mod peel;
mod region;
mod standard;
mod table;
mod text;

pub use standard::{Flag, Flags, Grade, Hints, Names, NumberKind, PhoneNumber, Raw, Standard};
pub use table::{Division, Info, Sources, TableError, Tables, pack, text as source_text};

/// Standardizes an address. Never fails: what is not understood stays unknown and lowers the grade.
///
/// The work is bounded by the length of the text; of very long texts only the beginning is read, the rest is kept as
/// detail.
#[must_use]
pub fn standardize(tables: &Tables, raw: &Raw) -> Standard {
    let version = &tables.info().date;
    let none = Hints::default();
    let hints = raw.hints.as_ref().unwrap_or(&none);
    let country = abroad::country(&hints.country);
    if let Some(country) = country.filter(|country| !abroad::is_chinese(country)) {
        return abroad::standardize(raw, hints, country, version);
    }
    let han = |text: &str| text.chars().any(text::is_han);
    let region = [&hints.province, &hints.city, &hints.district].into_iter().any(|field| han(field));
    let stars = raw.raw.chars().filter(|letter| matches!(letter, '*' | '＊')).count();
    let hidden = stars >= china::MASK || guard::is_encrypted(&raw.raw);
    let foreign = country.is_none() && !hints.country.trim().is_empty();
    if !region && !hidden && !raw.raw.trim().is_empty() && (!han(&raw.raw) || foreign) {
        return abroad::latin(raw, country, version);
    }
    // The country says which province it is.
    let province = match country {
        Some("HK") => "香港",
        Some("MO") => "澳门",
        Some("TW") => "台湾",
        _ => "",
    };
    if hints.province.trim().is_empty() && !province.is_empty() {
        let hints = Hints { province: province.to_owned(), ..hints.clone() };
        return china::standardize(tables, &Raw { raw: raw.raw.clone(), hints: Some(hints) });
    }
    china::standardize(tables, raw)
}
