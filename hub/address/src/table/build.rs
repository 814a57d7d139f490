//! Puts the tables together and refuses files that contradict themselves.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::source::{Row, TableError, rows};
use super::{Entry, Form, Info, Kind, Level, Pairs, Span, Street, Tables, Trie, Unit, UnitId, names};
use crate::clean::traditional;
use crate::region::Memo;

/// Names being gathered: what they say, and what they may mean.
type Names = Vec<(Vec<char>, Entry)>;

pub(super) fn build(text: &str) -> Result<Tables, TableError> {
    let (head, rows) = rows(text)?;
    let said = |key: &str| head.iter().find(|pair| pair.0 == key).map_or("", |pair| pair.1).to_owned();
    let mut tables = Tables {
        text: String::with_capacity(text.len() / 2),
        units: Vec::new(),
        streets: Vec::new(),
        placeholders: Vec::new(),
        trie: Trie::default(),
        simplified: Vec::new(),
        firsts: Vec::new(),
        traditional: Vec::new(),
        special: Vec::new(),
        words: Pairs::new(),
        full: Default::default(),
        info: Info {
            version: said("version"),
            date: said("date"),
            streets_date: said("streets_date"),
            ..Info::default()
        },
        hinted: Memo::default(),
    };
    let of = |section: &'static str| rows.iter().filter(move |row| row.section == section);
    let shorts = units(&mut tables, of("divisions"))?;
    streets(&mut tables, of("streets"))?;
    tables.placeholders =
        ids(&tables).filter(|(_, unit)| unit.kind == Kind::Virtual).map(|(id, _)| id).collect();
    let mut gathered = official(&tables, &shorts);
    zones(&tables, &shorts, &mut gathered);
    tables.info.aliases = aliases(&tables, of("aliases"), &mut gathered)?;
    tables.info.former_names = former(&tables, of("former"), &mut gathered)?;
    tables.info.names = gathered.iter().map(|name| &name.0).collect::<HashSet<_>>().len();
    tables.trie = Trie::build(gathered);
    weigh(&mut tables);
    tables.simplified = traditional::table(&tables.text);
    tables = tables.index();
    tables.text.shrink_to_fit();
    let count = |level: Level, kinds: &[Kind]| {
        tables.units.iter().filter(|unit| unit.level == level && kinds.contains(&unit.kind)).count()
    };
    tables.info.provinces = count(Level::Province, &[Kind::Normal, Kind::Sar, Kind::Tw]);
    tables.info.cities = count(Level::City, &[Kind::Normal, Kind::Tw]);
    tables.info.districts = count(Level::District, &[Kind::Normal, Kind::Sar, Kind::Tw]);
    tables.info.zones = count(Level::District, &[Kind::Zone]);
    tables.info.streets = tables.streets.len();
    tables.info.memory_bytes = tables.memory_bytes();
    Ok(tables)
}

fn keep(text: &mut String, name: &str) -> Option<Span> {
    let span = Span { start: u32::try_from(text.len()).ok()?, len: u16::try_from(name.len()).ok()? };
    text.push_str(name);
    Some(span)
}

fn code(row: &Row<'_>, cell: &str) -> Result<u32, TableError> {
    cell.parse().map_err(|_| row.bad("holds a code that is no number"))
}

/// Reads the units in the order of their codes; gives back their short names.
fn units<'a>(
    tables: &mut Tables,
    rows: impl Iterator<Item = &'a Row<'a>>,
) -> Result<Vec<&'a str>, TableError> {
    let mut read = Vec::new();
    for row in rows {
        let [own, name, parent, level, kind, short] = row.cells()?;
        let level = match level {
            "province" => Level::Province,
            "city" => Level::City,
            "district" => Level::District,
            _ => return Err(row.bad("has an unknown level")),
        };
        let kind = match kind {
            "normal" => Kind::Normal,
            "virtual" => Kind::Virtual,
            "zone" => Kind::Zone,
            "sar" => Kind::Sar,
            "tw" => Kind::Tw,
            _ => return Err(row.bad("has an unknown kind")),
        };
        let own = code(row, own)?;
        let parent = if parent.is_empty() { None } else { Some(code(row, parent)?) };
        if parent.is_some() != (level != Level::Province) || name.is_empty() {
            return Err(row.bad("has no name, or a parent where none belongs"));
        }
        read.push((own, row, name, parent, level, kind, short));
    }
    read.sort_by_key(|unit| unit.0);
    if read.windows(2).any(|pair| matches!(pair, [a, b] if a.0 == b.0)) {
        return Err(TableError::Line { line: 0, problem: "two divisions have the same code" });
    }
    let find = |code: u32| -> Option<UnitId> {
        read.binary_search_by(|unit| unit.0.cmp(&code)).ok().and_then(|at| UnitId::try_from(at).ok())
    };
    for (at, (own, row, name, parent, level, kind, _)) in read.iter().enumerate() {
        let id = UnitId::try_from(at).map_err(|_| TableError::TooMany)?;
        let parent = match parent {
            Some(code) => Some(find(*code).ok_or_else(|| row.bad("has a parent that is not there"))?),
            None => None,
        };
        // Parents come before their children, as their codes are smaller.
        let above = parent.and_then(|id| tables.unit(id));
        if parent.is_some() && above.is_none_or(|above| above.level >= *level) {
            return Err(row.bad("has a parent that does not stand above it"));
        }
        let province = above.map_or(id, |above| above.province);
        let city = if *level == Level::City { Some(id) } else { above.and_then(|above| above.city) };
        let generic = *level == Level::District && names::is_generic(name);
        let name = keep(&mut tables.text, name).ok_or(TableError::TooMany)?;
        tables.units.push(Unit {
            code: *own,
            name,
            level: *level,
            kind: *kind,
            parent,
            province,
            city,
            streets: (0, 0),
            firsts: 0,
            municipality: false,
            namesake: false,
            generic,
            common: false,
        });
    }
    Ok(read.iter().map(|unit| unit.6).collect())
}

fn streets<'a>(tables: &mut Tables, rows: impl Iterator<Item = &'a Row<'a>>) -> Result<(), TableError> {
    let mut read = Vec::new();
    for row in rows {
        let [own, name, parent] = row.cells()?;
        let parent = tables.by_code(code(row, parent)?).ok_or_else(|| row.bad("lies in no division"))?;
        read.push((parent, code(row, own)?, name));
    }
    read.sort_unstable();
    for (parent, code, name) in read {
        let name = keep(&mut tables.text, name).ok_or(TableError::TooMany)?;
        let at = u32::try_from(tables.streets.len()).map_err(|_| TableError::TooMany)?;
        tables.streets.push(Street { code, name });
        if let Some(unit) = tables.units.get_mut(usize::from(parent)) {
            let first = if unit.streets.1 == 0 { at } else { unit.streets.0 };
            unit.streets = (first, at + 1);
        }
    }
    tables.streets.shrink_to_fit();
    Ok(())
}

fn ids(tables: &Tables) -> impl Iterator<Item = (UnitId, &Unit)> {
    tables.units.iter().enumerate().filter_map(|(at, unit)| Some((UnitId::try_from(at).ok()?, unit)))
}

fn chars(name: &str) -> Vec<char> {
    name.chars().collect()
}

/// Official names, short ones, and the everyday names of autonomous units.
fn official(tables: &Tables, shorts: &[&str]) -> Names {
    let mut gathered = Names::new();
    let taken: HashSet<&str> = ids(tables).map(|(_, unit)| tables.name(unit.name)).collect();
    for ((id, unit), short) in ids(tables).zip(shorts) {
        if unit.kind == Kind::Virtual {
            continue;
        }
        let name = tables.name(unit.name);
        let entry = |form| Entry { unit: id, form, level: unit.level, via: None };
        gathered.push((chars(name), entry(Form::Full)));
        if !short.is_empty() && *short != name {
            gathered.push((chars(short), entry(Form::Short)));
        }
        if let Some(plain) = names::plain(name, short).filter(|plain| !taken.contains(plain.as_str())) {
            gathered.push((chars(&plain), entry(Form::Alias)));
        }
    }
    gathered
}

/// Words for zones that only one zone of a city answers to.
fn zones(tables: &Tables, shorts: &[&str], gathered: &mut Names) {
    let both = |id: Option<UnitId>| -> Vec<&str> {
        let name = id.and_then(|id| tables.unit(id)).map_or("", |unit| tables.name(unit.name));
        let short = id.and_then(|id| shorts.get(usize::from(id))).copied().unwrap_or_default();
        [name, short].into_iter().filter(|name| !name.is_empty()).collect()
    };
    let mut words: BTreeMap<(Option<UnitId>, String), BTreeSet<UnitId>> = BTreeMap::new();
    for (id, unit) in ids(tables).filter(|(_, unit)| unit.kind == Kind::Zone) {
        let name = tables.name(unit.name);
        for word in names::zone_words(name, &both(Some(unit.province)), &both(unit.city)) {
            if word != name {
                words.entry((unit.city, word)).or_default().insert(id);
            }
        }
    }
    for ((_, word), units) in words {
        if let (Some(unit), 1) = (units.first(), units.len()) {
            let entry = Entry { unit: *unit, form: Form::ZoneWord, level: Level::District, via: None };
            gathered.push((chars(&word), entry));
        }
    }
}

fn aliases<'a>(
    tables: &Tables,
    rows: impl Iterator<Item = &'a Row<'a>>,
    gathered: &mut Names,
) -> Result<usize, TableError> {
    let mut count = 0;
    for row in rows {
        let [alias, own] = row.cells()?;
        let id = tables.by_code(code(row, own)?).ok_or_else(|| row.bad("names a unit that is not there"))?;
        let level = tables.unit(id).map_or(Level::District, |unit| unit.level);
        let form = if names::is_whole(alias) { Form::Alias } else { Form::Short };
        gathered.push((chars(alias), Entry { unit: id, form, level, via: None }));
        count += 1;
    }
    Ok(count)
}

/// Former names, and what is left of them without suffix where nothing else is called so.
fn former<'a>(
    tables: &Tables,
    rows: impl Iterator<Item = &'a Row<'a>>,
    gathered: &mut Names,
) -> Result<usize, TableError> {
    let mut read = Vec::new();
    for row in rows {
        let [name, level, city, successor] = row.cells()?;
        let level = match level {
            "province" => Level::Province,
            "city" => Level::City,
            "district" => Level::District,
            _ => return Err(row.bad("has an unknown level")),
        };
        let id = tables
            .by_code(code(row, successor)?)
            .ok_or_else(|| row.bad("is succeeded by a unit that is not there"))?;
        read.push((name, level, city, id));
    }
    // The city a unit lay in may have changed its name as well.
    let province = |id: UnitId| tables.unit(id).map(|unit| unit.province);
    let mut cities: HashMap<(&str, Option<UnitId>), UnitId> = HashMap::new();
    for (name, level, _, id) in &read {
        if *level == Level::City {
            cities.insert((name, province(*id)), *id);
        }
    }
    for (id, unit) in ids(tables).filter(|(_, unit)| unit.level == Level::City && unit.kind == Kind::Normal) {
        cities.insert((tables.name(unit.name), Some(unit.province)), id);
    }
    let mut known: HashSet<Vec<char>> = gathered.iter().map(|name| name.0.clone()).collect();
    let stems: HashMap<&str, UnitId> =
        read.iter().filter_map(|(name, _, _, id)| Some((names::stem(name)?, *id))).collect();
    let words = also_streets_elsewhere(tables, &stems);
    for (name, level, city, id) in &read {
        let via = cities.get(&(*city, province(*id))).copied();
        let entry = Entry { unit: *id, form: Form::Former, level: *level, via };
        gathered.push((chars(name), entry));
        if let Some(stem) = names::stem(name).filter(|stem| !names::is_generic(name) && !words.contains(stem))
            && known.insert(chars(stem))
        {
            gathered.push((chars(stem), Entry { form: Form::FormerShort, ..entry }));
        }
    }
    Ok(read.len())
}

/// Which of these stems also begin the name of a street outside their own city.
fn also_streets_elsewhere<'a>(tables: &Tables, stems: &HashMap<&'a str, UnitId>) -> HashSet<&'a str> {
    let city = |id: UnitId| tables.unit(id).and_then(|unit| unit.city);
    let mut found = HashSet::new();
    for (_, home) in ids(tables) {
        for street in tables.streets_in(home) {
            let name = tables.name(street.name);
            for (end, _) in name.char_indices().skip(2).take(4) {
                let Some((stem, id)) = name.get(..end).and_then(|start| stems.get_key_value(start)) else {
                    continue;
                };
                if city(*id) != home.city {
                    found.insert(*stem);
                }
            }
        }
    }
    found
}

/// Finds the short names of districts that also begin names of streets in other cities, as 光明 and 红旗 do: words of
/// the language, and so no evidence when they stand alone.
fn weigh(tables: &mut Tables) {
    let mut common: HashSet<UnitId> = HashSet::new();
    for home in &tables.units {
        for street in tables.streets_in(home) {
            let name = chars(tables.name(street.name));
            for (_, entries) in tables.trie.matches(&name, 0) {
                for entry in entries.iter().filter(|entry| !entry.form.is_whole()) {
                    let elsewhere = tables.unit(entry.unit).is_some_and(|unit| {
                        if unit.city.is_some() {
                            unit.city != home.city
                        } else {
                            unit.province != home.province
                        }
                    });
                    if elsewhere {
                        common.insert(entry.unit);
                    }
                }
            }
        }
    }
    for id in common {
        if let Some(unit) = tables.units.get_mut(usize::from(id)) {
            unit.common = true;
        }
    }
}
