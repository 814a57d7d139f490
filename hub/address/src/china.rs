//! Chinese addresses: the parts put together.

use std::borrow::Cow;

use crate::clean::{Clean, clean};
use crate::conclude::{conclude, postcode};
use crate::guard;
use crate::peel::{self, Around, Peeled, Place};
use crate::plain;
use crate::region::{self, Found, Region};
use crate::standard::{Fields, Flag, Grade, NumberKind, Reading, code};
use crate::table::{Form, Kind, Known, Level, Street, Tables, Unit};
use crate::text::{GONE, at, is_han, is_separator, piece, says, skip_separators, string, trimmed};

/// Fewest stars that make a text masked.
pub(crate) const MASK: usize = 3;

/// What is left of the text once everything else is taken out.
struct Rest {
    /// Where the detail goes on behind the region.
    from: usize,
    /// What stood before it.
    before: (usize, usize),
}

pub(crate) fn standardize<'t>(tables: &'t Tables, raw: &str, hints: Option<Fields<'_>>) -> Reading<'t> {
    let mut room = plain::ROOM;
    let Some((text, words)) = plain::detail(tables, raw, &mut room) else {
        return searched(tables, raw, hints);
    };
    let mut out = Reading::default();
    if !by_fields(tables, &mut out, text, hints) {
        return searched(tables, raw, hints);
    }
    out.detail = Some(raw.to_owned());
    conclude(&mut out, hints, words);
    out
}

/// What a hidden text and the fields beside it say about the region; nothing else is read.
pub(crate) fn hidden<'t>(tables: &'t Tables, raw: &str, hints: Option<Fields<'_>>) -> Reading<'t> {
    let mut room = plain::ROOM;
    let mut out = Reading::default();
    let text = plain::hidden(tables, raw, &mut room);
    if !text.is_some_and(|text| by_fields(tables, &mut out, text, hints)) {
        return hidden_searched(tables, raw, hints);
    }
    postcode(&mut out, hints);
    out
}

/// The region, where the fields say it and nothing is to be found in the text; says whether it is so.
fn by_fields<'t>(
    tables: &'t Tables,
    out: &mut Reading<'t>,
    text: &[char],
    hints: Option<Fields<'_>>,
) -> bool {
    let Some(region) = hints.and_then(|hints| region::by_fields(tables, text, hints)) else { return false };
    place(tables, out, &region, text);
    if let Region::Found(found) = &region {
        street(tables, out, found, text, hints);
    }
    true
}

/// With everything that may stand in the text.
pub(crate) fn searched<'t>(tables: &'t Tables, raw: &str, hints: Option<Fields<'_>>) -> Reading<'t> {
    let mut out = Reading { detail: Some(String::new()), ..Reading::default() };
    if guard::is_encrypted(raw) {
        out.flags.set(Flag::Encrypted);
        out.grade = Grade::M;
        let region = region::find(tables, &[], hints);
        place(tables, &mut out, &region, &[]);
        return out;
    }
    let shown = without_cipher(raw);
    out.flags.set_if(matches!(shown, Cow::Owned(_)), Flag::Encrypted);
    let cleaned = clean(tables, &shown);
    out.flags.set_if(cleaned.traditional, Flag::Traditional);
    out.flags.set_if(cleaned.full_width, Flag::FullwidthNormalized);
    out.flags.set_if(cleaned.noise, Flag::NoiseRemoved);
    let cleaned_han = cleaned.has_han;
    read(tables, &mut out, cleaned, hints);
    out.flags.set_if(!cleaned_han && says(raw), Flag::Latin);
    conclude(&mut out, hints, false);
    out
}

/// The same of a hidden one.
pub(crate) fn hidden_searched<'t>(tables: &'t Tables, raw: &str, hints: Option<Fields<'_>>) -> Reading<'t> {
    let mut out = Reading::default();
    let shown = if guard::is_encrypted(raw) { Cow::Owned(String::new()) } else { without_cipher(raw) };
    out.flags.set_if(matches!(shown, Cow::Owned(_)), Flag::Encrypted);
    let text = clean(tables, &shown).text;
    let region = region::find(tables, &text, hints);
    place(tables, &mut out, &region, &text);
    if let Region::Found(found) = &region {
        street(tables, &mut out, found, &text, hints);
    }
    out.flags.set_if(matches!(region, Region::None), Flag::Unparsed);
    out.flags.set_if(peel::is_pickup_point(&text), Flag::PickupPoint);
    postcode(&mut out, hints);
    out
}

/// A text where a platform shows the region and encrypts the rest, without the rest; any other as it is.
fn without_cipher(raw: &str) -> Cow<'_, str> {
    let Some((start, end)) = guard::cipher_inside(raw) else { return Cow::Borrowed(raw) };
    let part = |range: std::ops::Range<usize>| raw.get(range).unwrap_or_default();
    Cow::Owned(format!("{} {}", part(0..start), part(end..raw.len())))
}

fn read<'t>(tables: &'t Tables, out: &mut Reading<'t>, cleaned: Clean, hints: Option<Fields<'_>>) {
    let Clean { mut text, written, unread, stars, .. } = cleaned;
    let mut peeled = peel::peel(&mut text);
    let seen = hints.is_some() || text.iter().any(|letter| is_han(*letter));
    let region = if seen { region::find(tables, &text, hints) } else { Region::None };
    let found = match &region {
        Region::Found(found) => Some(*found),
        Region::None | Region::Ambiguous(_) | Region::Contradiction => None,
    };
    glued_postcode(tables, &mut text, &mut peeled, found.as_ref());
    let span = found.map(|found| (found.start, found.end)).filter(|span| span.1 > span.0);
    let around = Around { tables, text: &text, marks: &peeled.marks, phones: &peeled.phones, region: span };
    let name = peel::find_name(&around);
    if let Some(name) = name {
        take_name(&mut text, written.as_deref(), name, out);
        // It may have stood between a postal code and the edge.
        peeled.postcode = peeled.postcode.or_else(|| peel::postcode_at_edge(&mut text));
    }
    peel::tidy(&mut text);
    place(tables, out, &region, &text);
    let rest = match span {
        Some((start, end)) => Rest { from: end, before: (region::behind_country(&text).min(start), start) },
        None => Rest { from: 0, before: (0, 0) },
    };
    if let Some(found) = &found {
        street(tables, out, found, &text, hints);
    }
    out.detail = Some(detail(&text, &rest, &unread));
    numbers(out, peeled);
    out.flags.set_if(stars >= MASK, Flag::Masked);
    out.flags.set_if(peel::is_pickup_point(&text), Flag::PickupPoint);
    if matches!(region, Region::None) {
        out.flags.set(Flag::Unparsed);
    }
}

/// A postal code that is glued to the end counts when it lies in the province.
fn glued_postcode(tables: &Tables, text: &mut [char], peeled: &mut Peeled, found: Option<&Found<'_>>) {
    let province =
        found.and_then(|found| tables.unit(found.unit)).map_or(0, |unit| unit.code / 10_000 * 10_000);
    if let Some(glued) = peeled.glued.take()
        && glued.fits(province)
    {
        peel::clear(text, glued.start, glued.start + 6);
        peeled.postcode = Some(glued.code);
    }
}

/// Takes the name out, with the 收 behind it: 王五收, 王五 收, (王五)收.
fn take_name(text: &mut [char], written: Option<&[char]>, name: Place, out: &mut Reading<'_>) {
    let shown = string(piece(written.unwrap_or(text), name.start, name.end));
    out.flags.set(Flag::NameExtracted);
    out.name = Some(shown.trim().to_owned());
    peel::clear(text, name.start, name.end);
    let between = |letter: &&char| matches!(**letter, ' ' | '(' | ')' | '[' | ']' | GONE);
    let place = name.end + piece(text, name.end, text.len()).iter().take_while(between).count();
    let next = at(text, place + 1);
    if at(text, place) == '收' && (is_separator(next) || matches!(next, ')' | ']')) {
        peel::clear(text, place, place + 1);
    }
}

/// Codes, names and flags of the region.
pub(crate) fn place<'t>(tables: &'t Tables, out: &mut Reading<'t>, region: &Region<'t>, text: &[char]) {
    let found = match region {
        Region::None => return,
        Region::Ambiguous(units) => {
            out.flags.set(Flag::Ambiguous);
            let units = units.iter().filter_map(|id| tables.unit(*id));
            out.candidates = units.map(|unit| code::<6>(unit.code).into()).collect();
            return;
        }
        Region::Contradiction => {
            out.flags.set(Flag::Conflict);
            return;
        }
        Region::Found(found) => found,
    };
    if let Some(known) = found.known {
        let [province, city, district] = known.codes;
        out.codes = [Some(province), Some(city), Some(district), None];
        out.country = Some(country_of(province));
        out.subdivision = crate::abroad::subdivision_of(province);
        (out.flags, out.known) = (known.flags, Some(known));
        return;
    }
    let Some(unit) = tables.unit(found.unit) else { return };
    let Some(province) = tables.unit(unit.province) else { return };
    out.country = Some(country_of(province.code));
    out.subdivision = crate::abroad::subdivision_of(province.code);
    let [code_of_province, code_of_city, code_of_district, _] = &mut out.codes;
    let [name_of_province, name_of_city, name_of_district, _] = &mut out.names;
    *code_of_province = Some(province.code);
    let name = |it: &Unit| Some(tables.name(it.name));
    *name_of_province = name(province);
    let municipality = province.municipality;
    let city = unit.city.or(found.placeholder).or_else(|| {
        // A municipality has one placeholder, but for Chongqing with two: there the district decides.
        let mut only = tables.placeholders(unit.province).filter(|_| municipality);
        let first = only.next().map(|found| found.0);
        first.filter(|_| only.next().is_none())
    });
    let city = city.and_then(|id| tables.unit(id));
    *code_of_city = city.map(|city| city.code);
    *name_of_city = match city {
        Some(city) if city.kind != Kind::Virtual => name(city),
        _ if municipality => *name_of_province,
        _ => None,
    };
    let flags = &mut out.flags;
    if unit.level == Level::District {
        *code_of_district = Some(unit.code);
        *name_of_district = name(unit);
    } else if tables.has_no_districts(unit) {
        flags.set(Flag::NoDistrictCity);
    } else {
        flags.set(Flag::DistrictMissing);
        out.unlisted = region::unlisted(text, skip_separators(text, found.end));
    }
    let placeholder = city.is_some_and(|city| city.kind == Kind::Virtual);
    let written = |level: Level| found.forms.get(level.depth()).copied().flatten();
    let above = written(Level::Province).is_some();
    flags.set_if(!above, Flag::ProvinceInferred);
    let city_known = city.is_some() && written(Level::City).is_none() && unit.level == Level::District;
    flags.set_if(city_known && !(placeholder && above), Flag::CityInferred);
    let forms = || found.forms.iter().flatten();
    let alias = |form: &Form| matches!(form, Form::Short | Form::Alias | Form::ZoneWord | Form::FormerShort);
    flags.set_if(forms().any(alias), Flag::AliasUsed);
    flags.set_if(forms().any(|form| matches!(form, Form::Former | Form::FormerShort)), Flag::FormerName);
    flags.set_if(municipality, Flag::Municipality);
    flags.set_if(placeholder && !municipality, Flag::DirectCounty);
    flags.set_if(unit.kind == Kind::Zone, Flag::Zone);
    flags.set_if(province.kind == Kind::Sar, Flag::Sar);
    flags.set_if(province.kind == Kind::Tw, Flag::Tw);
    flags.set_if(found.repeated, Flag::DuplicateRegionRemoved);
    flags.set_if(found.overruled, Flag::Conflict);
}

/// The country that a province is, elsewhere in the world.
const fn country_of(province: u32) -> &'static str {
    match province {
        810_000 => "HK",
        820_000 => "MO",
        710_000 => "TW",
        _ => "CN",
    }
}

/// The street right behind the region, or in the hints. It stays in the detail.
fn street<'t>(
    tables: &'t Tables,
    out: &mut Reading<'t>,
    found: &Found<'_>,
    text: &[char],
    hints: Option<Fields<'_>>,
) {
    let place = skip_separators(text, found.end);
    // Of nearly all no street is written, and the unit itself need not come from memory to know it.
    let none = |known: &Known| !known.has_namesake() && !known.may_be_street(at(text, place));
    if found.known.is_some_and(none) && hints.is_none_or(|hints| hints.town.is_empty()) {
        return;
    }
    let Some(unit) = tables.unit(found.unit) else { return };
    let mut take = |street: Street| {
        let ([.., code], [.., name]) = (&mut out.codes, &mut out.names);
        (*code, *name) = (Some(street.code), Some(tables.name(street.name)));
    };
    if let Some((street, _)) = tables.street_at(unit, text, place) {
        take(street);
        return;
    }
    let Some(hints) = hints else { return };
    let may_name = |field: &str| match field.chars().next() {
        // The district's own name, as it nearly always is.
        Some(_) if !unit.namesake && field == tables.name(unit.name) => false,
        // Cleaning leaves such a character as it is: no street begins with it, and none is there.
        Some(first @ '\u{4e00}'..='\u{9fff}') if tables.simplified(first).is_none() => {
            tables.may_be_street(unit, first)
        }
        first => first.is_some(),
    };
    let district = if found.known.is_some() && !unit.namesake { "" } else { hints.district };
    for field in [hints.town, district].map(trimmed).into_iter().filter(|field| may_name(field)) {
        let field = clean(tables, field).text;
        if let Some((street, end)) = tables.street_at(unit, &field, 0)
            && end == field.len()
        {
            take(street);
            return;
        }
    }
}

/// What remains, without separators at its ends and without blanks between Chinese characters.
fn detail(text: &[char], rest: &Rest, unread: &str) -> String {
    let mut out = String::with_capacity((text.len() - rest.from.min(text.len())) * 3 + unread.len());
    let mut last = GONE;
    let mut gap = false;
    let before = piece(text, rest.before.0, rest.before.1).iter();
    let border = std::iter::once(&' ');
    for letter in before.chain(border).chain(piece(text, rest.from, text.len())) {
        if matches!(letter, ' ' | &GONE) {
            gap = true;
            continue;
        }
        let starts = out.is_empty();
        if starts && (is_separator(*letter) || matches!(letter, ')' | ']')) && *letter != '.' {
            continue;
        }
        let words = last.is_ascii_alphanumeric() && letter.is_ascii_alphanumeric();
        if gap && !starts && (words || is_latin(last) && is_latin(*letter)) {
            out.push(' ');
        } else if gap && is_separator(last) && is_separator(*letter) {
            // Where something was taken out between two commas, one is enough.
            continue;
        }
        gap = false;
        out.push(*letter);
        last = *letter;
    }
    let kept = out.trim_end_matches(|letter| is_separator(letter) || matches!(letter, '(' | '[')).len();
    out.truncate(kept);
    out.push_str(unread);
    out
}

fn is_latin(letter: char) -> bool {
    letter.is_ascii_alphabetic() || matches!(letter, '.' | ',' | '&')
}

fn numbers(out: &mut Reading<'_>, peeled: Peeled) {
    let Peeled { phones, instruction, postcode, .. } = peeled;
    out.flags.set_if(!phones.is_empty(), Flag::PhoneExtracted);
    out.flags.set_if(instruction.is_some(), Flag::InstructionExtracted);
    out.flags.set_if(postcode.is_some(), Flag::PostcodeExtracted);
    out.instruction = instruction;
    out.postcode = postcode;
    out.phones = phones.into_iter().map(|phone| phone.number).collect();
    if let Some(first) = out.phones.first() {
        out.flags.set_if(first.kind == NumberKind::Virtual, Flag::VirtualPhone);
    }
}
