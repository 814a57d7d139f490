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

use standard::Fields;
pub use standard::{Flag, Flags, Grade, Hints, Names, NumberKind, PhoneNumber, Raw, Standard};

pub use table::{Division, Info, Sources, TableError, Tables, pack, text as source_text};

/// Standardizes an address. Never fails: what is not understood stays unknown and lowers the grade.
///
/// The work is bounded by the length of the text; of very long texts only the beginning is read, the rest is kept as
/// detail.
#[must_use]
pub fn standardize(tables: &Tables, raw: &Raw) -> Standard {
    let mut out = read(tables, &raw.raw, raw.hints.as_ref().map(Hints::fields), china::standardize);
    out.data_version.clone_from(&tables.info().date);
    out
}

/// How a Chinese text is read.
type Chinese = fn(&Tables, &str, Option<Fields<'_>>) -> Standard;

/// [`standardize`] without the version of the data.
pub(crate) fn read(tables: &Tables, text: &str, hints: Option<Fields<'_>>, chinese: Chinese) -> Standard {
    let fields = hints.unwrap_or_default();
    let country = abroad::country(fields.country);
    if let Some(country) = country.filter(|country| !abroad::is_chinese(country)) {
        return abroad::standardize(text, fields, country);
    }
    let han = |text: &str| text.chars().any(text::is_han);
    let region = [fields.province, fields.city, fields.district].into_iter().any(han);
    let foreign = country.is_none() && !fields.country.trim().is_empty();
    if !region && !text.trim().is_empty() && (!han(text) || foreign) {
        let stars = text.chars().filter(|letter| matches!(letter, '*' | '＊')).count();
        if stars < china::MASK && !guard::is_encrypted(text) {
            return abroad::latin(text, country);
        }
    }
    // The country says which province it is.
    let province = match country {
        Some("HK") => "香港",
        Some("MO") => "澳门",
        Some("TW") => "台湾",
        _ => "",
    };
    if fields.province.trim().is_empty() && !province.is_empty() {
        return chinese(tables, text, Some(Fields { province, ..fields }));
    }
    chinese(tables, text, hints)
}
