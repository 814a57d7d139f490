//! Addresses written by hand in the ways people write them (`written.tsv`), the regions given by name and looked up in
//! the table.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests may panic")]

use std::collections::HashMap;

use crossdock_address::{Raw, Tables, standardize};

/// Codes by the path of names that leads to them.
fn paths(tables: &Tables) -> HashMap<String, u32> {
    let names: HashMap<u32, (&str, Option<u32>, bool)> =
        tables.divisions().map(|unit| (unit.code, (unit.name, unit.parent, unit.placeholder))).collect();
    let mut found = HashMap::new();
    for (code, (name, parent, placeholder)) in &names {
        let mut path = vec![*name];
        let mut above = *parent;
        while let Some(code) = above {
            let (name, parent, placeholder) = names[&code];
            if !placeholder {
                path.insert(0, name);
            }
            above = parent;
        }
        if !placeholder {
            assert!(found.insert(path.join("|"), *code).is_none(), "{path:?} twice");
        }
    }
    found
}

#[test]
fn written_by_hand() {
    let tables = Tables::embedded().unwrap();
    let paths = paths(&tables);
    let (mut count, mut bad) = (0, Vec::new());
    for line in include_str!("written.tsv").lines().filter(|line| !line.starts_with('#')) {
        let cells: Vec<&str> = line.split('\t').collect();
        let [raw, grade, region, detail, name, phone, ext, postcode, wish] = cells[..] else {
            panic!("{line}")
        };
        let got = standardize(&tables, &Raw::text(raw));
        let known = |text: &str| (text != "-").then(|| text.to_owned());
        let levels: Vec<&str> = region.split('|').collect();
        let municipality = levels[0] == levels[1];
        let path = |depth: usize| -> Option<String> {
            (levels[depth] != "-").then(|| {
                let named = levels[..=depth].iter().enumerate();
                let path: Vec<&str> = named
                    .filter(|(at, name)| **name != "-" && !(*at == 1 && municipality))
                    .map(|(_, name)| *name)
                    .collect();
                format!("{:06}", paths.get(&path.join("|")).unwrap_or_else(|| panic!("{path:?}")))
            })
        };
        let town = got.names.town.as_deref().unwrap_or("-");
        let right = got.grade.as_str() == grade
            && got.province == path(0)
            && (municipality || levels[1] == "-" || got.city == path(1))
            && got.district == path(2)
            && town == levels[3]
            && got.detail == detail
            && [&got.name, &got.phone, &got.phone_ext, &got.postcode, &got.instruction]
                == [name, phone, ext, postcode, wish].map(known).each_ref();
        count += 1;
        if !right {
            bad.push(format!("{line}\n  {}", serde_json::to_string(&got).unwrap()));
        }
    }
    assert!(count >= 300, "{count}");
    assert!(bad.is_empty(), "{} of {count}\n{}", bad.len(), bad.join("\n"));
}

/// `judged.tsv`: addresses whose regions were written down before any of them was standardized.
#[test]
fn judged_beforehand() {
    let tables = Tables::embedded().unwrap();
    let names = |code: &Option<String>| -> String {
        let code = code.as_deref().map(|code| code.parse().unwrap());
        code.and_then(|code| tables.name_of(code)).unwrap_or("-").to_owned()
    };
    let (mut count, mut bad) = (0, Vec::new());
    for line in include_str!("judged.tsv").lines().filter(|line| !line.starts_with('#')) {
        let cells: Vec<&str> = line.split('\t').collect();
        let [raw, grade, region] = cells[..] else { panic!("{line}") };
        let got = standardize(&tables, &Raw::text(raw));
        let levels: Vec<&str> = region.split('|').collect();
        let placeholder = got.names.city.is_none() || got.names.city == got.names.province;
        let city = if placeholder { got.names.city.clone().unwrap_or("-".into()) } else { names(&got.city) };
        let found = [names(&got.province), city, names(&got.district)];
        let right = found.iter().zip(&levels).all(|(found, level)| *level == "?" || found == level);
        count += 1;
        if !right || (grade != "-" && got.grade.as_str() != grade) {
            bad.push(format!("{line}\n  {} {} {:?}", got.grade.as_str(), found.join("|"), got.flags));
        }
    }
    assert!(count >= 200, "{count}");
    assert!(bad.is_empty(), "{} of {count}\n{}", bad.len(), bad.join("\n"));
}
