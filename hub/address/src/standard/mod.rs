//! What goes in and what comes out.

mod flags;
mod reading;

use serde::{Deserialize, Serialize};

use crate::text::says;

pub use flags::{Flag, Flags};
pub(crate) use reading::{Reading, code, digits};

/// An address as somebody gave it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Raw {
    /// The text: anything from a detail line to everything in one line.
    pub raw: String,
    /// What the source gave in fields of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hints: Option<Hints>,
}

impl Raw {
    /// Only a text.
    #[must_use]
    pub fn text(raw: impl Into<String>) -> Raw {
        Raw { raw: raw.into(), hints: None }
    }
}

/// Fields of the source, as names. Numbers of a platform are not taken: JD and Douyin count in their own way.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Hints {
    /// Country: a code or a name.
    pub country: String,
    /// Province or state.
    pub province: String,
    /// City.
    pub city: String,
    /// District or county.
    pub district: String,
    /// Street, town or township.
    pub town: String,
    /// Postal code.
    pub postal_code: String,
}

impl Hints {
    /// Whether nothing is said.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.fields().is_empty()
    }

    pub(crate) fn fields(&self) -> Fields<'_> {
        let Hints { country, province, city, district, town, postal_code } = self;
        Fields { country, province, city, district, town, postal_code }
    }
}

/// [`Hints`], wherever they stand.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Fields<'a> {
    pub(crate) country: &'a str,
    pub(crate) province: &'a str,
    pub(crate) city: &'a str,
    pub(crate) district: &'a str,
    pub(crate) town: &'a str,
    pub(crate) postal_code: &'a str,
}

impl Fields<'_> {
    pub(crate) fn is_empty(&self) -> bool {
        let Fields { country, province, city, district, town, postal_code } = self;
        ![country, province, city, district, town, postal_code].into_iter().any(|field| says(field))
    }
}

/// An address as it is understood. `None` is unknown, never a guess.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Standard {
    /// ISO 3166-1 alpha-2; `HK`, `MO` and `TW` for themselves.
    pub country: Option<String>,
    /// GB/T 2260, six digits.
    pub province: Option<String>,
    /// GB/T 2260, six digits; the placeholder in municipalities and above directly administered counties.
    pub city: Option<String>,
    /// GB/T 2260, six digits; zones have a code of the statistics.
    pub district: Option<String>,
    /// Nine digits of the statistics.
    pub street: Option<String>,
    /// What remains after region, people and notes; it begins with the street.
    pub detail: String,
    /// Who receives.
    pub name: Option<String>,
    /// The first phone number, without its extension.
    pub phone: Option<String>,
    /// Its extension, which has to reach the label.
    pub phone_ext: Option<String>,
    /// Postal code, in its national form.
    pub postcode: Option<String>,
    /// What the courier is asked.
    pub instruction: Option<String>,
    /// What was noticed.
    pub flags: Flags,
    /// How well it was understood.
    pub grade: Grade,
    /// Codes it may have been, when it is ambiguous.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub candidates: Vec<String>,
    /// ISO 3166-2.
    pub subdivision: Option<String>,
    /// Official names of what the codes mean.
    pub names: Names,
    /// Every phone number found.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub phones: Vec<PhoneNumber>,
    /// A name right after the region that looks like a division but is in no table: data to report.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unlisted: Option<String>,
    /// Date of the divisions it was held against.
    pub data_version: String,
    /// Hash of country, region and detail; none for grades M and E.
    pub addr_hash: Option<String>,
}

/// Official names; the city of a municipality is shown as the municipality.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Names {
    /// Of the province.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub province: Option<String>,
    /// Of the city; none where only a placeholder stands there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    /// Of the district.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub district: Option<String>,
    /// Of the street, town or township.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub town: Option<String>,
}

/// How well an address was understood.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Grade {
    /// Every level there is, written in full.
    A,
    /// Every level, through an alias, an inference, a former name or a zone.
    B,
    /// District or city not known, and no contradiction.
    C,
    /// Ambiguous or contradictory.
    D,
    /// Masked or encrypted: not deliverable from this text.
    M,
    /// Nothing usable.
    #[default]
    E,
}

impl Grade {
    /// Its letter.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Grade::A => "A",
            Grade::B => "B",
            Grade::C => "C",
            Grade::D => "D",
            Grade::M => "M",
            Grade::E => "E",
        }
    }
}

/// A phone number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PhoneNumber {
    /// `+8613812345678`; none where the country's rules are not known or the number is masked.
    pub e164: Option<String>,
    /// As it is written in its country.
    pub national: String,
    /// Extension.
    pub ext: Option<String>,
    /// What kind of number it is.
    pub kind: NumberKind,
}

/// What kind of phone number it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NumberKind {
    /// Mobile.
    Mobile,
    /// Landline.
    Landline,
    /// A mobile number with an extension, which platforms lend for some weeks.
    Virtual,
    /// 400 and 800 numbers.
    Hotline,
    /// Partly hidden.
    Masked,
    /// Not told by its digits.
    Unknown,
}
