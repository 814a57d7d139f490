//! The lines that compile a connector in: its feature and its line in the registry. Pure: text in, text out; a test holds
//! them against the real files.

use crossdock_connector::Role;
use crossdock_template::scaffold::{Kind, Name};

use crate::registry;

/// The files that name every connector, from the root of the checkout.
pub(super) const FILES: &[&str] = &["hub/Cargo.toml", "hub/src/registry.rs"];

/// One of these files with a new connector in it.
pub(super) fn wired(file: &str, text: &str, name: &Name, kind: Kind) -> Result<String, String> {
    match file {
        "hub/Cargo.toml" => hub_manifest(text, name, kind),
        _ => registry_source(text, name, kind),
    }
}

fn package(name: &Name) -> String {
    format!("crossdock-{}", name.id())
}

fn hub_manifest(text: &str, name: &Name, kind: Kind) -> Result<String, String> {
    let path = format!("../{}/{}", kind.folder(), name.id());
    let dependency = format!("{} = {{ path = \"{path}\", optional = true }}", package(name));
    let text = insert_sorted(text, "[dependencies]", &dependency)?;
    let feature = format!("{} = [\"dep:{}\"]", name.id(), package(name));
    let text = insert_sorted(&text, "[features]", &feature)?;
    defaults(&text, name)
}

/// The text with one more default feature; the list has one a line.
fn defaults(text: &str, name: &Name) -> Result<String, String> {
    const BEGIN: &str = "default = [\n";
    let missing = || "has no list of default features, one a line".to_owned();
    let start = text.find(BEGIN).ok_or_else(missing)? + BEGIN.len();
    let end = start + text.get(start..).and_then(|rest| rest.find("]\n")).ok_or_else(missing)?;
    let line = format!("    \"{}\",", name.id());
    let mut list: Vec<&str> =
        text.get(start..end).unwrap_or_default().lines().chain([line.as_str()]).collect();
    list.sort_unstable();
    let (before, after) = (text.get(..start).unwrap_or_default(), text.get(end..).unwrap_or_default());
    Ok(format!("{before}{}\n{after}", list.join("\n")))
}

/// The text with a line in a section whose lines are sorted by their keys. A list of defaults stays first.
fn insert_sorted(text: &str, section: &str, line: &str) -> Result<String, String> {
    let key = |line: &str| line.split([' ', '.', '=']).next().unwrap_or_default().to_owned();
    let start = text.lines().position(|line| line == section).ok_or_else(|| format!("has no {section}"))? + 1;
    let goes_on = |known: &str| {
        known.starts_with(['#', ' ', ']'])
            || known.starts_with("default ")
            || (!known.is_empty() && key(known) < key(line))
    };
    let place = text.lines().skip(start).position(|known| !goes_on(known));
    Ok(insert(text, place.map_or(usize::MAX, |place| start + place), line))
}

fn registry_source(text: &str, name: &Name, kind: Kind) -> Result<String, String> {
    // Platforms stand before carriers, carriers before sinks: before the first of a later kind.
    let later = |role: Role| match kind {
        Kind::Platform => role != Role::Platform,
        Kind::Carrier => role == Role::Sink,
        Kind::Sink => false,
    };
    let next = registry::all().into_iter().find(|entry| later(entry.descriptor.role));
    let anchor = match next {
        Some(entry) => format!("#[cfg(feature = \"{}\")]", entry.descriptor.id),
        None => "]".to_owned(),
    };
    let start = text.lines().position(|line| line.trim() == "vec![").ok_or("has no list of connectors")?;
    let place = text.lines().skip(start).position(|line| line.trim() == anchor);
    let place = place.ok_or_else(|| format!("has no line `{anchor}`"))? + start;
    let lines = format!(
        "        #[cfg(feature = \"{}\")]\n        Entry::of::<crossdock_{}::{}>(),",
        name.id(),
        name.slug(),
        name.type_name()
    );
    Ok(insert(text, place, &lines))
}

/// The text with these lines before its line number `at`, counted from 0.
fn insert(text: &str, at: usize, lines: &str) -> String {
    let mut out: Vec<&str> = text.lines().collect();
    out.insert(at.min(out.len()), lines);
    let mut out = out.join("\n");
    out.push('\n');
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn after(file: &str, id: &str, kind: Kind) -> (String, String) {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let before = std::fs::read_to_string(root.join(file)).unwrap();
        let after = wired(file, &before, &Name::parse(id, &[]).unwrap(), kind).unwrap();
        (before, after)
    }

    /// Lines of one that are not in the other.
    fn gained(before: &str, after: &str) -> Vec<String> {
        let known: Vec<&str> = before.lines().collect();
        after.lines().filter(|line| !known.contains(line)).map(str::to_owned).collect()
    }

    #[test]
    fn each_file_gains_its_lines_and_keeps_the_others() {
        let (before, text) = after("hub/Cargo.toml", "tea-house", Kind::Platform);
        let hub: toml::Table = text.parse().unwrap();
        assert_eq!(hub["features"]["tea-house"][0].as_str(), Some("dep:crossdock-tea-house"));
        let dependency = &hub["dependencies"]["crossdock-tea-house"];
        assert_eq!(dependency["optional"].as_bool(), Some(true));
        assert_eq!(dependency["path"].as_str(), Some("../connectors/platforms/tea-house"));
        let default: Vec<_> = hub["features"]["default"].as_array().unwrap().iter().collect();
        assert!(default.iter().any(|feature| feature.as_str() == Some("tea-house")));
        assert!(default.is_sorted_by_key(|feature| feature.as_str()));
        assert_eq!(gained(&before, &text).len(), 3, "{:?}", gained(&before, &text));
        assert!(gained(&text, &before).is_empty());
    }

    #[test]
    fn a_kind_stands_with_its_kind() {
        let order = |id: &str, kind| -> Vec<String> {
            let (before, text) = after("hub/src/registry.rs", id, kind);
            assert_eq!(gained(&before, &text).len(), 2);
            let entries = text.lines().filter_map(|line| line.trim().strip_prefix("Entry::of::<crossdock_"));
            entries.map(|entry| entry.split("::").next().unwrap().to_owned()).collect()
        };
        let place = |entries: &[String], id: &str| entries.iter().position(|entry| entry == id).unwrap();
        let first = |role: Role| {
            let entry = registry::all().into_iter().find(|entry| entry.descriptor.role == role).unwrap();
            entry.descriptor.id.replace('-', "_")
        };
        let platform = order("tea-house", Kind::Platform);
        assert_eq!(place(&platform, "tea_house") + 1, place(&platform, &first(Role::Carrier)));
        let carrier = order("rocket", Kind::Carrier);
        assert_eq!(place(&carrier, "rocket") + 1, place(&carrier, &first(Role::Sink)));
        let sink = order("my-erp", Kind::Sink);
        assert_eq!(sink.last().unwrap(), "my_erp");
    }

    #[test]
    fn a_file_of_another_shape_is_an_error() {
        let name = Name::parse("tea-house", &[]).unwrap();
        for file in FILES {
            assert!(wired(file, "[package]\nname = \"x\"\n", &name, Kind::Sink).is_err(), "{file}");
        }
    }
}
