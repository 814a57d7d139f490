//! What was understood of an address, before anybody wrote it out: codes as numbers, names where they stand in the tables.
//! Most of it equals what the source said, and then nothing has to be written.

use crossdock_schemas::Code;

use super::{Fields, Flags, Grade, Names, PhoneNumber, Standard};
use crate::table::Known;

/// The levels of a region from the province to the town, in this order.
pub(crate) type Levels<T> = [Option<T>; 4];

/// [`Standard`], as far as it is not what the source said.
#[derive(Debug, Default)]
pub(crate) struct Reading<'t> {
    pub(crate) country: Option<&'static str>,
    /// Codes: six digits, for the street nine.
    pub(crate) codes: Levels<u32>,
    /// Official names of what the codes mean.
    pub(crate) names: Levels<&'t str>,
    pub(crate) subdivision: Option<&'static str>,
    /// What remains of the text; none where all of it does.
    pub(crate) detail: Option<String>,
    pub(crate) name: Option<String>,
    /// The postal code, where it is not written as in the source's own field.
    pub(crate) postcode: Option<String>,
    pub(crate) instruction: Option<String>,
    pub(crate) flags: Flags,
    pub(crate) grade: Grade,
    pub(crate) candidates: Vec<String>,
    pub(crate) phones: Vec<PhoneNumber>,
    pub(crate) unlisted: Option<String>,
    pub(crate) addr_hash: Option<String>,
    /// Abroad, where the names are those that the source gives.
    pub(crate) abroad: bool,
    /// So are those down to the district, in China: what they say.
    pub(crate) known: Option<&'t Known>,
}

impl Reading<'_> {
    /// Everything, written out.
    pub(crate) fn standard(self, text: &str, fields: Fields<'_>) -> Standard {
        let given = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let [province, city, district, street] = self.codes;
        let names = if self.abroad {
            [fields.province, fields.city, fields.district, fields.town].map(given)
        } else if self.known.is_some() {
            let [.., town] = self.names;
            let [province, city, district] = [fields.province, fields.city, fields.district].map(given);
            [province, city, district, town.map(str::to_owned)]
        } else {
            self.names.map(|name| name.map(str::to_owned))
        };
        let [of_province, of_city, of_district, of_town] = names;
        let first = self.phones.first();
        Standard {
            country: self.country.map(str::to_owned),
            province: province.map(|number| code::<6>(number).into()),
            city: city.map(|number| code::<6>(number).into()),
            district: district.map(|number| code::<6>(number).into()),
            street: street.map(|number| code::<9>(number).into()),
            detail: self.detail.unwrap_or_else(|| text.to_owned()),
            name: self.name,
            phone: first.map(|number| number.national.clone()),
            phone_ext: first.and_then(|number| number.ext.clone()),
            postcode: self.postcode.or_else(|| given(fields.postal_code)),
            instruction: self.instruction,
            flags: self.flags,
            grade: self.grade,
            candidates: self.candidates,
            subdivision: self.subdivision.map(str::to_owned),
            names: Names { province: of_province, city: of_city, district: of_district, town: of_town },
            phones: self.phones,
            unlisted: self.unlisted,
            data_version: String::new(),
            addr_hash: self.addr_hash,
        }
    }
}

/// All digits of a code.
pub(crate) fn digits<const N: usize>(code: u32) -> [u8; N] {
    let (mut digits, mut rest) = ([b'0'; N], code);
    for digit in digits.iter_mut().rev() {
        // A remainder of ten is one digit.
        *digit |= u8::try_from(rest % 10).unwrap_or(0);
        rest /= 10;
    }
    digits
}

/// A code with all its digits, as text.
pub(crate) fn code<const N: usize>(number: u32) -> Code {
    std::str::from_utf8(&digits::<N>(number)).unwrap_or_default().into()
}
