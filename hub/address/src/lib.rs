#![doc = include_str!("../README.md")]
#![deny(clippy::float_arithmetic, clippy::float_cmp)]

mod abroad;
pub mod canonical;
mod china;
mod clean;
mod conclude;
mod guard;
mod hash;
mod peel;
mod plain;
mod region;
mod standard;
mod table;
mod text;

use standard::{Fields, Reading};
pub use standard::{Flag, Flags, Grade, Hints, Names, NumberKind, PhoneNumber, Raw, Standard};

pub use table::{Division, Info, Sources, TableError, Tables, pack, text as source_text};

/// Standardizes an address. Never fails: what is not understood stays unknown and lowers the grade.
///
/// The work is bounded by the length of the text; of very long texts only the beginning is read, the rest is kept as
/// detail.
#[must_use]
pub fn standardize(tables: &Tables, raw: &Raw) -> Standard {
    let fields = raw.hints.as_ref().map(Hints::fields);
    let found = read(tables, &raw.raw, fields, china::standardize);
    let mut out = found.standard(&raw.raw, fields.unwrap_or_default());
    out.data_version.clone_from(&tables.info().date);
    out
}

/// How a Chinese text is read.
type Chinese = for<'t> fn(&'t Tables, &str, Option<Fields<'_>>) -> Reading<'t>;

/// Reads an address. What it says is not written out yet.
pub(crate) fn read<'t>(
    tables: &'t Tables,
    text: &str,
    hints: Option<Fields<'_>>,
    chinese: Chinese,
) -> Reading<'t> {
    let fields = hints.unwrap_or_default();
    let country = abroad::country(fields.country);
    if let Some(country) = country.filter(|country| !abroad::is_chinese(country)) {
        return abroad::standardize(text, fields, country);
    }
    let han = |text: &str| text.chars().any(text::is_han);
    let region = [fields.province, fields.city, fields.district].into_iter().any(han);
    let foreign = country.is_none() && text::says(fields.country);
    if !region && text::says(text) && (!han(text) || foreign) {
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
    if !province.is_empty() && !text::says(fields.province) {
        return chinese(tables, text, Some(Fields { province, ..fields }));
    }
    chinese(tables, text, hints)
}
