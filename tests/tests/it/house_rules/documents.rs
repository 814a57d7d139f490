//! Documents that must say what the code does.

use std::collections::BTreeSet;

use crossdock::registry::{self, Entry};
use crossdock::registry_table;
use crossdock::telemetry::metrics::Metric;
use crossdock_connector::Role;

use super::{files, root, text};

#[test]
fn the_registry_has_a_line_for_each_folder() {
    let folders: BTreeSet<String> = files()
        .iter()
        .filter_map(|name| name.strip_prefix("connectors/")?.strip_suffix("/Cargo.toml"))
        .filter(|folder| folder.contains('/') && !folder.starts_with("template"))
        .map(str::to_owned)
        .collect();
    let lines: Vec<String> = registry::all().iter().map(Entry::folder).collect();
    assert_eq!(lines.iter().cloned().collect::<BTreeSet<_>>(), folders);
    assert_eq!(lines.len(), folders.len(), "a line is there twice");
    // And each folder has what a newcomer looks for.
    for folder in &folders {
        for name in ["README.md", "example.toml", "tests/conformance.rs"] {
            assert!(
                text(&format!("connectors/{folder}/{name}")).is_some_and(|text| !text.trim().is_empty()),
                "{folder}/{name}"
            );
        }
    }
}

#[test]
fn nothing_but_the_registry_lists_the_connectors() {
    // The next connector is its folder, its line in the registry and its feature. A table of the README is written by a
    // test, the lock file by cargo; whatever else named them all would want a line for it.
    const LISTS: [&str; 5] =
        ["Cargo.lock", "README.md", "README.zh-CN.md", "hub/Cargo.toml", "hub/src/registry.rs"];
    let entries = registry::all();
    let by_role = [Role::Platform, Role::Carrier, Role::Sink].map(|role| -> Vec<_> {
        entries.iter().filter(|entry| entry.descriptor.role == role).map(names).collect()
    });
    let mut found = BTreeSet::new();
    // Payloads are no lists of ours.
    let ours = |name: &String| !name.contains("/fixtures/") && !name.contains("/corpus/");
    for name in files().into_iter().filter(ours) {
        let Some(text) = text(&name) else { continue };
        // Some are named where they are examples, or where carriers have their numbers told apart.
        let lists = |of_role: &Vec<Vec<String>>| {
            let unnamed = of_role.iter().filter(|names| !names.iter().any(|name| text.contains(name)));
            unnamed.take(of_role.len() / 5 + 1).count() <= of_role.len() / 5
        };
        if by_role.iter().any(lists) {
            found.insert(name);
        }
    }
    assert_eq!(found.iter().map(String::as_str).collect::<Vec<_>>(), LISTS);
}

/// How a list would name a connector.
fn names(entry: &Entry) -> Vec<String> {
    let id = entry.descriptor.id;
    let name = format!("crossdock_{}::", id.replace('-', "_"));
    vec![name, entry.folder(), format!("\"crossdock-{id}\""), format!("\"{id}\""), format!("`{id}`")]
}

#[test]
fn the_fuzz_targets_take_their_list_from_the_registry() {
    let manifest: toml::Table = text("tests/fuzz/Cargo.toml").unwrap().parse().unwrap();
    let ours =
        ["crossdock", "crossdock-connector", "crossdock-schemas", "crossdock-testkit", "libfuzzer-sys"];
    let named: Vec<&String> = manifest["dependencies"].as_table().unwrap().keys().collect();
    assert_eq!(named, ours);
    assert!(text("tests/fuzz/src/lib.rs").unwrap().contains("registry::all()"));
}

#[test]
fn the_readmes_show_the_connectors_there_are() {
    const BEGIN: &str = "<!-- connectors:begin -->";
    const END: &str = "<!-- connectors:end -->";
    let update = std::env::var_os("CROSSDOCK_UPDATE_GOLDENS").is_some() && std::env::var_os("CI").is_none();
    let should = registry_table::markdown();
    for name in ["README.md", "README.zh-CN.md"] {
        let readme = text(name).unwrap();
        let (before, rest) = readme.split_once(BEGIN).expect("a place for the table");
        let (table, after) = rest.split_once(END).expect("the end of the table");
        if update {
            std::fs::write(root().join(name), format!("{before}{BEGIN}\n{should}{END}{after}")).unwrap();
        } else {
            let words = "CROSSDOCK_UPDATE_GOLDENS=1 cargo test -p crossdock-tests the_readmes writes it anew";
            assert_eq!(table.trim(), should.trim(), "{name}: {words}");
        }
    }
}

#[test]
fn the_metrics_page_lists_the_metrics() {
    let page = text("hub/docs/metrics.md").unwrap();
    let (_, table) = page.split_once("| metric |").expect("the table of metrics");
    let rows = table.lines().take_while(|line| !line.is_empty());
    let listed: Vec<&str> = rows.filter_map(|row| row.strip_prefix("| `")?.split('`').next()).collect();
    let known: Vec<&str> = Metric::ALL.iter().map(|metric| metric.name()).collect();
    assert_eq!(listed, known, "same metrics in the same order");
}
