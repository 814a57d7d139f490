//! What follows from all that was read: postal code, grade and hash.

use crate::abroad::Postal;
use crate::hash::{addr_hash, addr_hash_of_words};
use crate::standard::{Fields, Flag, Grade, Reading, digits};
use crate::text::says;

/// With what follows from all the rest: postal code, grade and hash. `words`: the detail is nothing else.
pub(crate) fn conclude(out: &mut Reading<'_>, hints: Option<Fields<'_>>, words: bool) {
    postcode(out, hints);
    out.grade = grade_of(out);
    if !matches!(out.grade, Grade::M | Grade::E) {
        let (country, detail) = (out.country.unwrap_or_default(), out.detail.as_deref().unwrap_or_default());
        let hash = |region: &[u8]| match words {
            true => Some(addr_hash_of_words(country, region, detail)),
            false => Some(addr_hash(country, region, [detail])),
        };
        out.addr_hash = match out.codes {
            [_, _, _, Some(street)] => hash(&digits::<9>(street)),
            [_, _, Some(code), _] | [_, Some(code), ..] | [Some(code), ..] => hash(&digits::<6>(code)),
            [None, None, None, None] => hash(b""),
        };
    }
}

/// The postal code of the source's own field, where the text has none.
pub(crate) fn postcode(out: &mut Reading<'_>, hints: Option<Fields<'_>>) {
    if out.postcode.is_none()
        && let Some(given) = hints.map(|hints| hints.postal_code).filter(|given| says(given))
    {
        let postal = Postal::read(out.country.unwrap_or("CN"), given);
        out.flags.set_if(postal.is_invalid(), Flag::PostcodeInvalid);
        out.postcode = postal.rewritten(given);
    }
}

/// The grade follows from what was noticed.
fn grade_of(out: &Reading<'_>) -> Grade {
    let has = |flag| out.flags.has(flag);
    if has(Flag::Masked) || has(Flag::Encrypted) {
        Grade::M
    } else if has(Flag::Unparsed) {
        Grade::E
    } else if has(Flag::Conflict) || has(Flag::Ambiguous) {
        Grade::D
    } else if has(Flag::DistrictMissing) {
        Grade::C
    } else if [Flag::AliasUsed, Flag::ProvinceInferred, Flag::CityInferred, Flag::FormerName, Flag::Zone]
        .into_iter()
        .any(has)
    {
        Grade::B
    } else {
        Grade::A
    }
}
